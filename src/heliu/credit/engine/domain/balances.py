"""Balances at the end of a day: what a loan's accounts must show, from its folded state.

Interest inside a period accrues straight over its days: the cumulative is the period's interest
x days elapsed / days of the period, rounded half up, so daily amounts are differences of
cumulatives and sum to the period's interest exactly. Minor units.
"""

from datetime import date

from heliu.credit.engine.domain.state import Balances, Instalment, LoanState


def accrued(interest: int, elapsed: int, days: int) -> int:
    """The part of a period's `interest` (>= 0) earned after `elapsed` of its `days`, half up."""
    if days <= 0 or elapsed >= days:
        return interest
    return (2 * interest * max(elapsed, 0) + days) // (2 * days)


def balances(state: LoanState, on: date) -> Balances:
    """What is owed at the end of `on` (not before `state.as_of`'s last event)."""
    running = due = overdue_principal = overdue_interest = fees = 0
    oldest: date | None = None
    for row in state.instalments:
        fees += row.fees + row.penalties - row.fees_paid - row.penalties_paid
        if row.due_date > on:
            running += _running(row, on)
            continue
        due += row.interest - row.interest_paid
        if row.due_date < on:
            overdue_principal += row.principal - row.principal_paid
            overdue_interest += row.interest - row.interest_paid
        if row.outstanding > 0 and row.due_date < on and oldest is None:
            oldest = row.due_date
    return Balances(
        on=on,
        principal=state.principal_outstanding,
        interest_accrued=running,
        interest_due=due,
        penalty=state.penalty_accrued - state.penalty_paid,
        compound=state.compound_accrued - state.compound_paid,
        fees=fees,
        overpaid=state.overpaid,
        principal_overdue=overdue_principal,
        interest_overdue=overdue_interest,
        oldest_unpaid_due=oldest,
    )


def _running(row: Instalment, on: date) -> int:
    """Interest earned in a period that is not due yet, less what was paid of it before."""
    if row.prepaid:
        return 0
    since, before = row.from_date, 0
    if row.earned_on is not None and on >= row.earned_on:
        since, before = row.earned_on, row.earned
    days, elapsed = (row.due_date - since).days, (on - since).days
    if elapsed < 0:
        return -row.interest_paid
    return before + accrued(row.interest - before, elapsed, days) - row.interest_paid
