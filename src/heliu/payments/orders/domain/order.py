"""A payment order: who pays whom how much and why; immutable. Its state is the fold of events."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import AccountId
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

# ISO 20022: Max140Text names a party, Max34Text an account; no control characters in XML 1.0.
MAX_NAME: Final = 140
MAX_ACCOUNT: Final = 34
_LEGIBLE: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_BANK: Final = re.compile(r"[A-Z0-9]{8}|[A-Z0-9]{11,14}")


class State(StrEnum):
    """Where an order stands. The last three are the ends; DISPUTED waits for a person."""

    INSTRUCTED = "instructed"  # on our books, not handed to the rail yet
    SENT = "sent"  # the rail has it, we know nothing more
    ACCEPTED = "accepted"  # the rail will try to pay it
    UNKNOWN = "unknown"  # no answer in time: the rail is asked, nobody is paid again
    DISPUTED = "disputed"  # what the rail says does not fit the order
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"  # settled, and the money came back


OPEN: Final = frozenset({State.INSTRUCTED, State.SENT, State.ACCEPTED, State.UNKNOWN})


class Route(StrEnum):
    """How the money goes: between accounts of our ledger, or out by a rail."""

    LEDGER = "ledger"
    RAIL = "rail"


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid. `account`: a number at another bank, or the name of an account of our ledger.

    `bank`: BIC (8 or 11) or clearing member number (CNAPS, 12 digits) where it is known.
    """

    name: str = field(repr=False)
    account: str = field(repr=False)
    uscc: str | None = None
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class Entrusted:
    """An entrusted payment (受托支付): for whom, and the documents that name the payee."""

    borrower_uscc: str
    documents: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """The command to pay `amount` (> 0) from the ledger account `payer`; `key` is idempotent.

    `basis_id` is the loan or drawdown it rests on, `on` the business date, `parties` the USCCs
    who may know of it. `payer_name` and `payer_uscc` are what the message to the rail says.
    """

    key: UUID
    payer: AccountId
    payee: Payee
    amount: Money
    basis_id: UUID
    on: date
    parties: tuple[str, ...] = ()
    payer_name: str | None = field(default=None, repr=False)
    payer_uscc: str | None = None
    entrusted: Entrusted | None = None


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """An order on the books and where it stands."""

    order: Order
    route: Route
    state: State

    @property
    def id(self) -> UUID:
        """The order's identity, derived from its key."""
        return order_id(self.order.key)

    @property
    def end_to_end_id(self) -> str:
        """What identifies the payment from end to end, for ever (ISO 20022, Max35Text)."""
        return end_to_end_id(self.id)


def order_id(key: UUID) -> UUID:
    """The id of the order of this key: the same for ever."""
    return derived_id("payment order", key.hex)


def end_to_end_id(order: UUID) -> str:
    """The end-to-end id of an order: 34 characters."""
    return f"HE{order.hex}"


def instruction_id(order: UUID) -> str:
    """The message id of the order's one instruction: sent again it is the same message."""
    return f"HM{order.hex}"


def query_id(order: UUID, asked: int) -> str:
    """The message id of the order's status query number `asked` (> 0)."""
    return f"HQ{derived_id('payment query', order.hex, str(asked)).hex}"


def is_inside(account: str) -> bool:
    """Whether `account` is spelled as a name of our ledger (`kind:owner:...`), not a number."""
    return ":" in account


def payee_fault(payee: Payee) -> str | None:
    """Which field of the payee cannot be put into a payment message, if one cannot."""
    if not _fits(payee.name, MAX_NAME):
        return "name"
    inside = is_inside(payee.account)
    if not _fits(payee.account, MAX_NAME if inside else MAX_ACCOUNT):
        return "account"
    if payee.uscc is not None and not _fits(payee.uscc, MAX_ACCOUNT):
        return "uscc"
    if payee.bank is not None and not _BANK.fullmatch(payee.bank):
        return "bank"
    return None


def _fits(value: str, most: int) -> bool:
    return len(value) <= most and bool(value.strip()) and bool(_LEGIBLE.fullmatch(value))
