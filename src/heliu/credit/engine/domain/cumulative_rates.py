"""Rates of one unit of time and the rounding of the cumulative engine.

A day costs rate / 365 (or the agreed 360, 364); a month rate / 12, a week rate / 52, whatever the
day count. Parts of a unit are days over the days of that unit.
"""

from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from heliu.credit.engine.domain.dates import add_months
from heliu.credit.engine.domain.terms import (
    DayCount,
    InterestCalculation,
    MonthEnd,
    PeriodUnit,
    Terms,
)

WORK: Final = Context(prec=34, rounding=ROUND_HALF_EVEN)
_YEAR_DAYS: Final = {DayCount.THIRTY_360: 360, DayCount.ACT_360: 360, DayCount.ACT_364: 364}
_UNITS_A_YEAR: Final = {PeriodUnit.WEEK: 52, PeriodUnit.MONTH: 12}
_WEEK: Final = 7


def rate_of_unit(terms: Terms) -> Decimal:
    """The rate of one day (counted daily) or of one repayment unit."""
    daily = terms.interest_calculation is InterestCalculation.DAILY
    units = _YEAR_DAYS.get(terms.day_count, 365)
    if not daily:
        units = _UNITS_A_YEAR.get(terms.repay_unit, units)
    return WORK.divide(terms.annual_rate, Decimal(units))


def periods_between(terms: Terms, start: date, end: date) -> Decimal:
    """Repayment units in [start, end): whole ones, and days over the days of the next."""
    match terms.repay_unit:
        case PeriodUnit.DAY:
            return Decimal((end - start).days)
        case PeriodUnit.WEEK:
            return WORK.divide(Decimal((end - start).days), Decimal(_WEEK))
        case PeriodUnit.MONTH:
            months = (end.year - start.year) * 12 + end.month - start.month
            if add_months(start, months, month_end=MonthEnd.CLAMP) > end:
                months -= 1
            since = add_months(start, months, month_end=MonthEnd.CLAMP)
            until = add_months(start, months + 1, month_end=MonthEnd.CLAMP)
            part = WORK.divide(Decimal((end - since).days), Decimal((until - since).days))
            return WORK.add(Decimal(months), part)


def rounded(terms: Terms, amount: Decimal) -> int:
    """To the minor unit, as agreed."""
    return int(amount.to_integral_value(rounding=terms.rounding.mode.value))


def multiple(terms: Terms, amount: Decimal | int) -> int:
    """An instalment in whole multiples as agreed."""
    step = terms.rounding.instalment_multiple
    return rounded(terms, Decimal(amount) / step) * step
