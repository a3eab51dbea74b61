"""Due dates: counted from the loan's first day, so a clamped month end never drifts."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from heliu.credit.engine.domain.terms import MonthEnd, PeriodUnit, Terms

_IN_EVERY_MONTH: Final = 27  # no month ends on such a day, so none sticks to its end


def add_units(start: date, count: int, unit: PeriodUnit, *, month_end: MonthEnd) -> date:
    """`start` plus `count` (>= 0) units; a month without that day ends on its last one."""
    match unit:
        case PeriodUnit.DAY:
            return start + timedelta(days=count)
        case PeriodUnit.WEEK:
            return start + timedelta(weeks=count)
        case PeriodUnit.MONTH:
            return add_months(start, count, month_end=month_end)


def add_months(start: date, months: int, *, month_end: MonthEnd) -> date:
    """`start` plus `months` (any sign); STICK keeps a start on month end on month ends."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if start.day <= _IN_EVERY_MONTH:
        return date(year, month + 1, start.day)
    last = monthrange(year, month + 1)[1]
    sticks = month_end is MonthEnd.STICK and start.day == monthrange(start.year, start.month)[1]
    return date(year, month + 1, last if sticks else min(start.day, last))


def due_dates(terms: Terms, start: date, count: int) -> list[date]:
    """The due dates of `count` periods from `start`, before any business-day adjustment."""
    first = terms.first_due_on
    seed = start if first is None else first
    ahead = 1 if first is None else 0
    every, unit, month_end = terms.repay_every, terms.repay_unit, terms.calendar.month_end
    return [add_units(seed, (k + ahead) * every, unit, month_end=month_end) for k in range(count)]
