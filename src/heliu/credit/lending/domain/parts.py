"""The cumulative amounts of a contract, read off its folded state: what the journal is booked to.

Two identities hold on every state and let cash pass through a clearing account that is always
zero: what was disbursed is what was kept back and what was paid out; what was received (and not
paid back) is what was repaid by component, what is held as overpaid, and what was recovered after
a write-off. So a refund books the rows of an overpayment backwards.
"""

from collections.abc import Sequence
from typing import Final

from heliu.credit.engine.api import (
    Balances,
    LoanState,
    Status,
    Transaction,
    TransactionKind,
    accrued,
)
from heliu.credit.products.api import Part

_PAYMENTS: Final = frozenset(
    {TransactionKind.REPAYMENT, TransactionKind.DOWN_PAYMENT, TransactionKind.PREPAY_FEE}
)
_DONE: Final = frozenset({Status.CLOSED, Status.OVERPAID, Status.WRITTEN_OFF})


def parts_of(state: LoanState, balances: Balances) -> dict[Part, int]:
    """Every part as of `state.as_of`, minor units >= 0; `balances` are of the same day."""
    standing = [t for t in state.transactions if not t.reversed]
    paid = [t for t in standing if t.kind in _PAYMENTS]
    lost = [t for t in standing if t.kind is TransactionKind.WRITE_OFF]
    recovered = sum(t.amount for t in standing if t.kind is TransactionKind.RECOVERY)
    refunded = sum(t.amount for t in standing if t.kind is TransactionKind.REFUND)
    repaid = _repaid(paid)
    received = sum(t.amount for t in paid) - refunded
    discount = _discount(state)
    prepay_fees = sum(t.fees for t in paid if t.kind is TransactionKind.PREPAY_FEE)
    return {
        Part.PRINCIPAL_DISBURSED: state.disbursed,
        Part.DISCOUNT_KEPT: discount,
        Part.PAID_OUT: state.disbursed - discount,
        Part.FEES_CHARGED: sum(charge.amount for charge in state.charges) + prepay_fees,
        Part.RECEIVED: received + recovered,
        **repaid,
        Part.OVERPAID: received - sum(repaid.values()),
        **_written_off(lost),
        Part.RECOVERED: recovered,
        **_accrued(state, balances, (discount, repaid, _written_off(lost))),
    }


def _repaid(paid: Sequence[Transaction]) -> dict[Part, int]:
    return {
        Part.PRINCIPAL_REPAID: sum(t.principal for t in paid),
        Part.INTEREST_REPAID: sum(t.interest for t in paid),
        Part.PENALTY_REPAID: sum(t.penalty_interest for t in paid),
        Part.COMPOUND_REPAID: sum(t.compound_interest for t in paid),
        Part.FEES_REPAID: sum(t.fees + t.penalties for t in paid),
    }


def _written_off(lost: Sequence[Transaction]) -> dict[Part, int]:
    return {
        Part.PRINCIPAL_WRITTEN_OFF: sum(t.principal for t in lost),
        Part.INTEREST_WRITTEN_OFF: sum(t.interest for t in lost),
        Part.PENALTY_WRITTEN_OFF: sum(t.penalty_interest for t in lost),
        Part.COMPOUND_WRITTEN_OFF: sum(t.compound_interest for t in lost),
        Part.FEES_WRITTEN_OFF: sum(t.fees + t.penalties for t in lost),
    }


def _accrued(
    state: LoanState, balances: Balances, known: tuple[int, dict[Part, int], dict[Part, int]]
) -> dict[Part, int]:
    """What was earned so far: what was paid or lost of it, and what is still to come in."""
    discount, repaid, lost = known
    return {
        Part.INTEREST_ACCRUED: repaid[Part.INTEREST_REPAID]
        + lost[Part.INTEREST_WRITTEN_OFF]
        + balances.interest_accrued
        + balances.interest_due,
        Part.PENALTY_ACCRUED: state.penalty_accrued,
        Part.COMPOUND_ACCRUED: state.compound_accrued,
        Part.DISCOUNT_EARNED: _earned(state, discount),
    }


def _discount(state: LoanState) -> int:
    """What was kept back of the draws: interest of the plan that was paid in advance."""
    return sum(row.interest for row in state.instalments if row.prepaid)


def _earned(state: LoanState, discount: int) -> int:
    """A discount is earned day by day over its period, rounded half up; all of it at the end."""
    if not discount:
        return 0
    if state.status in _DONE:
        return discount
    return sum(
        accrued(
            row.interest, (state.as_of - row.from_date).days, (row.due_date - row.from_date).days
        )
        for row in state.instalments
        if row.prepaid
    )
