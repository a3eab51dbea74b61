"""Bills: who sends them, for which month, and where each stands."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits.domain.purpose import Purpose


class BillState(StrEnum):
    """Where a bill stands."""

    DUE = "due"
    PAYING = "paying"  # its transfer is held and may be recalled
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Biller:
    """Who may send bills, and the account he is paid on."""

    code: str
    name: Text
    purpose: Purpose
    account: str = field(repr=False)
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class NewBill:
    """The command to file a bill for the month of `period` (its first day)."""

    key: UUID
    biller: str
    holder: str
    customer_no: str = field(repr=False)
    amount: Money
    period: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill and where it stands; `transfer` is the one that pays it."""

    id: UUID
    biller: Biller
    holder: str
    customer_no: str = field(repr=False)
    amount: Money
    period: date
    due_on: date
    state: BillState
    transfer: UUID | None = None


@dataclass(frozen=True, slots=True)
class PayBill:
    """The command to pay a bill from an account of its holder; `key` is idempotent."""

    key: UUID
    holder: str
    account: UUID
    bill: UUID


def bill_id(key: UUID) -> UUID:
    """The id of the bill filed under this key."""
    return derived_id("bill", key.hex)
