"""What happened to a loan: an append-only list of events, numbered in the order of recording.

`on` is the day an event takes effect (it may lie in the past), `recorded_on` the business date it
was booked on. Nothing is ever edited: an event is undone by a REVERSE event that names its number.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class EventKind(StrEnum):
    """Every way a loan's state may change."""

    DISBURSE = "disburse"
    REPAY = "repay"
    PAY_OFF = "pay_off"  # the amount is what `quote` said that day
    DOWN_PAYMENT = "down_payment"  # recorded with its disbursement: see `down_payment_of`
    ADD_CHARGE = "add_charge"
    PREPAY_FEE = "prepay_fee"
    REFUND = "refund"  # what was overpaid goes back
    RATE_CHANGE = "rate_change"
    RESCHEDULE = "reschedule"
    EXTEND = "extend"
    RESTRUCTURE = "restructure"
    INTEREST_PAUSE = "interest_pause"
    WRITE_OFF = "write_off"
    RECOVER = "recover"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee or a penalty with a due date of its own; the event's amount is its sum."""

    due_on: date
    is_penalty: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class RateChange:
    """From the event's day the loan bears `annual_rate` (a fraction a year)."""

    annual_rate: Decimal


@dataclass(frozen=True, slots=True)
class Reschedule:
    """The instalment due on `due_on` moves to `new_due_on`, and all later ones by as many days."""

    due_on: date
    new_due_on: date


@dataclass(frozen=True, slots=True)
class Extension:
    """展期: `instalments` more periods are added; what is not yet due is spread over the rest."""

    instalments: int


@dataclass(frozen=True, slots=True)
class Restructure:
    """What is owed is agreed anew: instalments from the next period, rate, and observation end."""

    instalments: int
    annual_rate: Decimal
    observed_until: date


@dataclass(frozen=True, slots=True)
class InterestPause:
    """No interest accrues in [event day, until)."""

    until: date


@dataclass(frozen=True, slots=True)
class Reversal:
    """The event numbered `of` never happened."""

    of: int


@dataclass(frozen=True, slots=True)
class TakenOut:
    """The down payment was taken out of the disbursement numbered `of`, and goes when that goes."""

    of: int


Detail = (
    Charge | RateChange | Reschedule | Extension | Restructure | InterestPause | Reversal | TakenOut
)

# The detail each kind carries; every other kind carries none.
DETAIL_OF: dict[EventKind, type[Detail]] = {
    EventKind.ADD_CHARGE: Charge,
    EventKind.RATE_CHANGE: RateChange,
    EventKind.RESCHEDULE: Reschedule,
    EventKind.EXTEND: Extension,
    EventKind.RESTRUCTURE: Restructure,
    EventKind.INTEREST_PAUSE: InterestPause,
    EventKind.REVERSE: Reversal,
    EventKind.DOWN_PAYMENT: TakenOut,
}


@dataclass(frozen=True, slots=True)
class LoanEvent:
    """One event: `amount` in minor units (> 0) where the kind moves money, else None."""

    no: int
    kind: EventKind
    on: date
    recorded_on: date
    id: UUID
    amount: int | None = None
    detail: Detail | None = None

    @property
    def money(self) -> int:
        """The amount of an event that moves money."""
        assert self.amount is not None, f"{self.kind} moves money"
        return self.amount
