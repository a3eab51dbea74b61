"""A contract and the commands on it: what was agreed, what is asked, what was done. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.credit.engine.api import Detail, EventKind, LoanEvent, LoanState, Terms
from heliu.credit.limits.api import LineKey
from heliu.credit.products.api import Given, Part
from heliu.ground.money import Money
from heliu.payments.orders.api import Payee

# The paper a contract rests on if it came from an application: its id, as that of a document.
APPLICATION: Final = "application"


class Funds(StrEnum):
    """The other side of the cash an act moves."""

    DEPOSIT = "deposit"  # the borrower's account with us
    NOSTRO = "nostro"  # money that came in from outside


@dataclass(frozen=True, slots=True)
class Moment:
    """The business date acts are booked on, and the instant."""

    business_date: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """Agree a contract on a version of `product`; `key` makes it happen once.

    `version` is one that was released, None the one in force on `on`.

    `principal` is what may be drawn, `periods` how many periods of the product it runs. `inputs`
    answer the product's eligibility; `evidence` names the papers of the first stage, by kind;
    `base_value` is what they are worth.
    """

    key: UUID
    product: str
    borrower_uscc: str
    principal: Money
    annual_rate: Decimal
    on: date
    periods: int
    obligor_uscc: str | None = None
    programme: str | None = None
    inputs: Given = field(default_factory=dict)
    evidence: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    base_value: Money | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens to a contract on day `on` (not after the business date).

    `kind`, `amount` and `detail` are the engine's; `payee` sends what is paid out on at once;
    `lots` are the goods a repayment is made for, where the product lets the payer name them.
    """

    key: UUID
    contract_id: UUID
    kind: EventKind
    on: date
    amount: Money | None = None
    detail: Detail | None = None
    funds: Funds = Funds.DEPOSIT
    payee: Payee | None = field(default=None, repr=False)
    lots: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Refund:
    """Pay back what was overpaid: `amount`, or all of it.

    `to` is an account of the borrower's own; None: back to where the last payment came from.
    """

    key: UUID
    contract_id: UUID
    amount: Money | None = None
    to: Payee | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Cancel:
    """End a contract on which nothing was drawn, and say why."""

    key: UUID
    contract_id: UUID
    because: str


@dataclass(frozen=True, slots=True)
class EnterStage:
    """The papers of a contract move on: their kinds and documents, and what they are worth now."""

    key: UUID
    contract_id: UUID
    stage: str
    on: date
    evidence: Mapping[str, tuple[UUID, ...]]
    base_value: Money | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as it was agreed; `no` is its number in fixed-width reads. Amounts in minor units.

    What was agreed never changes: rates and plans change by events.
    """

    no: int
    id: UUID
    product_no: int
    borrower_uscc: str
    obligor_uscc: str | None
    programme: str | None
    limit_lines: tuple[LineKey, ...]
    currency: str
    principal: int
    annual_rate: Decimal
    opened_on: date
    matures_on: date
    terms: Terms


@dataclass(frozen=True, slots=True)
class Papers:
    """The stage a contract's papers are in (number `no`), and their base value in minor units."""

    no: int
    stage: str
    base_value: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contract stands at the end of a day, folded from its events.

    `parts` are the cumulative amounts of `Part` as of that day, accrued ones included (provision
    is not the contract's to know); `booked` what acts have booked of the others.
    """

    contract: Contract
    papers: Papers
    events: tuple[LoanEvent, ...]
    state: LoanState
    parts: Mapping[Part, int]
    booked: Mapping[Part, int]
