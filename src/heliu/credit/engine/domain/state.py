"""What a loan is on a day: instalments, transactions and balances, folded from terms and events.

All amounts are minor units (>= 0 unless said) of the terms' currency.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """The stage of a loan's life."""

    PENDING = "pending"  # nothing disbursed
    ACTIVE = "active"
    CLOSED = "closed"
    OVERPAID = "overpaid"
    WRITTEN_OFF = "written_off"
    CANCELLED = "cancelled"  # ended before anything was drawn: no fold says so, the book does


class TransactionKind(StrEnum):
    """What a line of the loan's statement is."""

    DISBURSEMENT = "disbursement"
    DOWN_PAYMENT = "down_payment"
    REPAYMENT = "repayment"
    PREPAY_FEE = "prepay_fee"
    REFUND = "refund"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Disbursement:
    """Money paid out on a day."""

    on: date
    amount: int


class Instalment(NamedTuple):
    """One row of the plan: what falls due on `due_date`, and what of it was paid.

    `balance` is the planned principal left after it; `in_advance` and `late` are the parts of
    what was paid before its due date and after it. A named tuple, as `Transaction` is.
    """

    number: int
    from_date: date
    due_date: date
    balance: int
    principal: int
    interest: int
    fees: int = 0
    penalties: int = 0
    principal_paid: int = 0
    interest_paid: int = 0
    fees_paid: int = 0
    penalties_paid: int = 0
    in_advance: int = 0
    late: int = 0
    settled_on: date | None = None
    down_payment: bool = False
    additional: bool = False  # holds only charges that fall due after maturity
    prepaid: bool = False  # its interest was kept back when the money was paid out (贴现)
    earned: int = 0  # interest earned up to `earned_on`, where the debt or the rate changed
    earned_on: date | None = None  # from then on the rest accrues straight to the due date

    @property
    def due(self) -> int:
        """All that falls due with this row."""
        return self.principal + self.interest + self.fees + self.penalties

    @property
    def paid(self) -> int:
        """All that was paid on this row."""
        return self.principal_paid + self.interest_paid + self.fees_paid + self.penalties_paid

    @property
    def outstanding(self) -> int:
        """What is still open on this row."""
        return self.due - self.paid


class Transaction(NamedTuple):
    """One event that moved money, and how it was spread. `balance` = principal owed after it.

    A named tuple, not a dataclass: a long life holds hundreds, and each fold makes them anew.
    """

    no: int  # of the event
    kind: TransactionKind
    on: date
    amount: int
    principal: int = 0
    interest: int = 0
    fees: int = 0
    penalties: int = 0
    penalty_interest: int = 0  # 罚息 and 复利 served by it, apart from contractual parts
    compound_interest: int = 0
    overpaid: int = 0
    balance: int = 0
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class ChargeState:
    """A fee or penalty: its amount and what was paid of it."""

    no: int  # of the event
    due_on: date
    is_penalty: bool
    name: str
    amount: int
    paid: int


@dataclass(frozen=True, slots=True)
class LoanState:
    """The whole truth about a loan as of the end of day `as_of`."""

    as_of: date
    status: Status
    disbursed: int
    principal_outstanding: int
    disbursements: tuple[Disbursement, ...]
    instalments: tuple[Instalment, ...]
    transactions: tuple[Transaction, ...]
    charges: tuple[ChargeState, ...]
    overpaid: int = 0
    penalty_accrued: int = 0  # 罚息 up to as_of, whole life
    penalty_paid: int = 0
    compound_accrued: int = 0  # 复利 up to as_of, whole life
    compound_paid: int = 0  # served, or given up with a write-off
    penalty_units: int = 0  # amount-days of overdue principal that the penalty is worked out on
    compound_units: int = 0  # amount-days of overdue interest
    written_off: int = 0
    recovered: int = 0
    closed_on: date | None = None
    observed_until: date | None = None  # restructured: under observation until then

    @property
    def outstanding(self) -> int:
        """All that is open on the plan, due or not."""
        return sum(row.outstanding for row in self.instalments)


@dataclass(frozen=True, slots=True)
class Quote:
    """What closes a loan on a day."""

    on: date
    principal: int
    interest: int
    fees: int
    penalties: int
    penalty_interest: int = 0
    compound_interest: int = 0
    prepay_fee: int = 0

    @property
    def total(self) -> int:
        """The sum to pay."""
        parts = self.principal + self.interest + self.fees + self.penalties
        return parts + self.penalty_interest + self.compound_interest + self.prepay_fee


@dataclass(frozen=True, slots=True)
class Balances:
    """Balances at the END of a day. `interest_accrued` = earned, not yet due, not yet paid."""

    on: date
    principal: int
    interest_accrued: int
    interest_due: int
    penalty: int
    compound: int
    fees: int
    overpaid: int
    principal_overdue: int
    interest_overdue: int
    oldest_unpaid_due: date | None
