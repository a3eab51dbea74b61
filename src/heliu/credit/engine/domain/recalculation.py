"""Interest recalculation: what early and late payments change in the interest model.

Late: from a due date on, the unpaid principal goes on bearing interest until it is paid. Early: a
payment lowers the balance from its day on, and the last unpaid period gives the saving back (or
the instalments shrink, as agreed). Functions over the working `Model` of one fold.
"""

from dataclasses import dataclass
from datetime import date

from heliu.credit.engine.domain.instalments import (
    adjust_last_unpaid,
    until,
)
from heliu.credit.engine.domain.model import Model, Period
from heliu.credit.engine.domain.terms import PreClose, Processing, Recalculation, Rest


@dataclass(frozen=True, slots=True)
class PeriodDue:
    """What one period asks for on a day."""

    principal: int
    interest: int


def to_due_date(rules: Recalculation, *, prepay: bool) -> bool:
    """Does interest run to the end of the current period, whatever the day of payment."""
    till_rest = rules.pre_close is PreClose.TILL_REST_FREQUENCY_DATE
    return till_rest and (prepay or rules.rest is Rest.SAME_AS_REPAYMENT)


def correct_balance(model: Model, day: date, amount: int) -> Period | None:
    """The debt changed by `amount` (negative = paid) on `day`."""
    period = model.change_balance(day, correction=amount)
    if period is not None:
        model.refactor([period])
        model.settle()
        adjust_last_unpaid(model, day)
    return period


def overdue_until(model: Model, rules: Recalculation, day: date, *, prepay: bool) -> bool:
    """Let unpaid principal of past periods bear interest until `day`. True if anything changed."""
    target = min(day, model.last.end)
    past = [period for period in model.periods if target > period.end]
    if not past:
        return False
    current = model.find(target) or model.last
    changed, due, total = False, 0, 0
    for period in past:
        if due:
            changed |= _carry(model, rules, (target, period, due, total), prepay=prepay)
        due = period.outstanding_principal
        total += due
    changed |= _carry(model, rules, (target, current, due, total), prepay=prepay)
    if total > 0 and (model.last_overdue is None or model.last_overdue < target):
        model.last_overdue = target
    return changed


def _carry(
    model: Model, rules: Recalculation, move: tuple[date, Period, int, int], *, prepay: bool
) -> bool:
    target, period, due, total = move
    if target == model.last_overdue:
        return False
    since = model.last_overdue
    start = period.start if since is None or period.start > since else since
    _correct_overdue(model, start, due)
    if period.start < target <= period.end:
        end = period.end if to_due_date(rules, prepay=prepay) else target
        _correct_overdue(model, end, -total)
        model.last_overdue = end
    return True


def _correct_overdue(model: Model, day: date, amount: int) -> None:
    period = model.change_balance(day, correction=amount)
    if period is not None:
        model.overdue.append((day, amount, period.end))
        model.refactor([period])
        model.settle()
        adjust_last_unpaid(model, day)


def pay_interest(model: Model, period: Period, day: date, amount: int) -> None:
    """`amount` of interest was paid on `period`; never more than the whole loan owes."""
    open_periods = [p for p in model.periods if not p.fully_paid]
    if open_periods and open_periods[-1] is not model.last and day >= open_periods[-1].end:
        latest = open_periods[-1]
        if latest is period:
            _pull_unrecognised(model, latest, day)
    _, _, due, paid = model.totals()
    if paid + amount > due:
        amount = due - paid
    period.paid_interest += amount
    model.settle()
    adjust_last_unpaid(model, day)


def _pull_unrecognised(model: Model, period: Period, day: date) -> None:
    copy = model.copy()
    until(copy, day)
    copy.derive()
    for later in reversed(copy.periods):
        if later.unrecognised > 0 and later.end > period.end:
            period.future = later.unrecognised
            for moved in model.periods:
                if moved.end > period.end:
                    moved.moved_up = True
            model.derive()
            return


def pay_principal(model: Model, period: Period, day: date, amount: int) -> None:
    """`amount` of principal was paid on `period`: less is owed from `day` on (or its due date)."""
    if not amount:
        return
    disbursed, paid, _, _ = model.totals()
    period.paid_principal += min(amount, disbursed - paid)
    effective = min(day, period.end)
    model.derive()
    correct_balance(model, effective, -amount)
    unpaid = sum(not p.fully_paid for p in model.periods)
    early = unpaid > 1 and day < period.start
    if early and (period.paid > period.instalment or period.paid == period.original_emi):
        period.emi = period.paid
    model.derive()
    adjust_last_unpaid(model, effective)


def due_on(model: Model, period: Period, day: date) -> PeriodDue:
    """What `period` asks for when the loan is looked at on `day` (interest stops there)."""
    index = model.periods.index(period)
    copy = _stopped(model, day)
    mine = copy.periods[index]
    unpaid = sum(not p.fully_paid for p in copy.periods)
    if day <= mine.start:
        _as_agreed(copy, mine, unpaid)
    interest = mine.due_interest
    if model.terms.allocation.processing is not Processing.VERTICAL:
        return PeriodDue(mine.due_principal, interest)
    disbursed, paid, due_interest, paid_interest = copy.totals()
    principal = mine.instalment if unpaid > 1 else mine.due_principal
    return PeriodDue(
        min(principal, max(disbursed - paid, mine.paid_principal)),
        min(interest, max(due_interest - paid_interest, mine.paid_interest)),
    )


def _as_agreed(copy: Model, mine: Period, unpaid: int) -> None:
    """A future period asks for its first instalment, but not for more than the debt."""
    disbursed, paid, _, _ = copy.totals()
    if unpaid > 1:
        mine.emi = mine.original_emi
        copy.derive()
        mine.emi -= max(0, mine.outstanding_principal - max(0, disbursed - paid))
    elif mine.fully_paid and unpaid == 1:
        debt = disbursed - paid + mine.paid_principal + mine.due_interest
        mine.emi = min(mine.original_emi, debt)
    copy.derive()


def _stopped(model: Model, day: date) -> Model:
    """A copy in which no day after `day` bears interest."""
    copy = model.copy()
    if day < copy.periods[0].start:
        for period in copy.periods:
            period.spans.clear()
        copy.derive()
        return copy
    if day >= copy.last.end:
        return copy
    current = copy.find(day)
    assert current is not None, "the day lies between start and maturity"
    for period in copy.periods:
        if period.end <= day:
            continue
        if period is current:
            _stop_inside(copy, period, day)
        else:
            period.spans.clear()
    copy.refactor([current])
    copy.settle()
    adjust_last_unpaid(copy, day)
    return copy


def _stop_inside(copy: Model, period: Period, day: date) -> None:
    first = period is copy.periods[0]
    for index in range(len(period.spans) - 1, -1, -1):
        span = period.spans[index]
        if span.start < day <= span.end or (first and not index and span.start == day):
            span.end = day
            del period.spans[index + 1 :]
            return
