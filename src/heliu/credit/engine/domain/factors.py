"""Rate factors of the progressive engine: what one period, or a part of it, costs per unit owed.

30/360 with month periods: a whole period of m months is m/12, a part of it is its days over the
days of the period; with week or day periods the days count over 360. ACT/ACT: a period over New
Year is split by year, each day counted in the year in which it ends. Nineteen significant digits,
ties to even, at every step: two engines agree to the cent only when they round alike.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, NamedTuple

from heliu.credit.engine.domain.terms import (
    DayCount,
    InterestCalculation,
    LeapYear,
    PeriodUnit,
    RoundingMode,
    Terms,
)

PRECISE: Final = Context(prec=19, rounding=ROUND_HALF_EVEN)
ONE: Final = Decimal(1)
ZERO: Final = Decimal(0)
_SCALE: Final = Decimal("1E-19")
_LONG: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LEAP, _COMMON = Decimal(366), Decimal(365)
_YEAR: Final = {
    DayCount.THIRTY_360: Decimal(360),
    DayCount.ACT_360: Decimal(360),
    DayCount.ACT_364: Decimal(364),
    DayCount.ACT_365F: Decimal(365),
}
_UNIT_DAYS: Final = {
    PeriodUnit.DAY: ONE,
    PeriodUnit.WEEK: Decimal(7),
    PeriodUnit.MONTH: Decimal(30),
}
_UNITS_A_YEAR: Final = {PeriodUnit.MONTH: Decimal(12), PeriodUnit.WEEK: Decimal(52)}

_TO_MINOR: Final = {
    mode: Context(prec=60, rounding=mode.value).to_integral_value for mode in RoundingMode
}

YearFraction = Callable[[DayCount, date, date], Decimal]


class Within(NamedTuple):
    """The repayment period a factor is asked for, and its length in repayment units."""

    start: date
    end: date
    units: Decimal


class Factors:
    """Rate factors of one loan."""

    __slots__ = ("_known", "_rate", "_rates", "_terms", "_units", "_year_fraction", "by_length")

    def __init__(self, terms: Terms, year_fraction: YearFraction) -> None:
        self._terms = terms
        self._year_fraction = year_fraction
        self.by_length = terms.day_count in _YEAR  # only the lengths of part and period matter
        # A life of monthly periods has four of them at a rate.
        self._rates: dict[tuple[Decimal, Decimal], dict[tuple[int, int], Decimal]] = {}
        self._rate = self._units = ZERO  # what `_known` was asked for last
        self._known = self._rates.setdefault((ZERO, ZERO), {})

    def factor(self, rate: Decimal, start: date, end: date, within: Within) -> Decimal:
        """The interest on 1 from `start` to `end` inside the period `within`, at `rate` a year."""
        days, length = (end - start).days, (within.end - within.start).days
        if not length:
            return ZERO
        if not self.by_length:
            return self._by_dates(rate, start, end, within)
        if rate is not self._rate or within.units is not self._units:
            self._rate, self._units = rate, within.units
            self._known = self._rates.setdefault((rate, within.units), {})
        known = self._known.get((days, length))
        if known is None:
            known = self._known[days, length] = self._by_length(rate, days, length, within.units)
        return known

    def _by_length(self, rate: Decimal, days: int, length: int, units: Decimal) -> Decimal:
        terms, count, whole = self._terms, Decimal(days), Decimal(length)
        year = _YEAR[terms.day_count]
        if self._same_periods:
            every = _divide(Decimal(terms.repay_every), _UNITS_A_YEAR[terms.repay_unit])
            return _scaled(rate, every, count, whole)
        if terms.day_count is DayCount.THIRTY_360:
            period = PRECISE.multiply(_UNIT_DAYS[terms.repay_unit], units)
            return _scaled(rate, _divide(period, year), count, whole)
        return _scaled(rate, _divide(count, year), ONE, ONE)

    def _by_dates(self, rate: Decimal, start: date, end: date, within: Within) -> Decimal:
        terms = self._terms
        if self._same_periods:
            every = _divide(Decimal(terms.repay_every), _UNITS_A_YEAR[terms.repay_unit])
            length = Decimal((within.end - within.start).days)
            return _scaled(rate, every, Decimal((end - start).days), length)
        if terms.day_count is DayCount.ACT_ACT:
            return self._actual(rate, start, end, within)
        return _scaled(rate, self._year_fraction(terms.day_count, start, end), ONE, ONE)

    @property
    def _same_periods(self) -> bool:
        """Does every month or week count the same."""
        same = InterestCalculation.SAME_AS_REPAYMENT_PERIOD
        terms = self._terms
        return terms.interest_calculation is same and terms.repay_unit in _UNITS_A_YEAR

    def _actual(self, rate: Decimal, start: date, end: date, within: Within) -> Decimal:
        only_feb29 = self._terms.leap_year is LeapYear.FEB_29_PERIOD_ONLY
        leaps = _holds_feb29(within.start, within.end)
        if end.year > start.year and (leaps or not only_feb29):
            return _scaled(rate, self._split_by_year(start, end), ONE, ONE)
        year = _days_of(start.year)
        if only_feb29 and not leaps:
            year = _COMMON
        return _scaled(rate, _divide(Decimal((end - start).days), year), ONE, ONE)

    def _split_by_year(self, start: date, end: date) -> Decimal:
        """A day belongs to the year it ends in, or begins in when the first day bears interest."""
        shift = timedelta(1 if self._terms.interest_on_disbursement_day else 0)
        total, at = ZERO, start
        for year in range(start.year, end.year + 1):
            until = end if year == end.year else date(year, 12, 31) + shift
            part = _divide(Decimal((until - at).days), _days_of(year))
            total, at = PRECISE.add(total, part), until
        return total


def in_minor(mode: RoundingMode) -> Callable[[Decimal], Decimal]:
    """What rounds an amount to the whole minor unit."""
    return _TO_MINOR[mode]


def _divide(one: Decimal, other: Decimal) -> Decimal:
    return PRECISE.divide(one, other)


def _scaled(rate: Decimal, fraction: Decimal, days: Decimal, length: Decimal) -> Decimal:
    product = PRECISE.multiply(PRECISE.multiply(rate, fraction), days)
    return PRECISE.divide(product, length).quantize(_SCALE, context=_LONG)


def _days_of(year: int) -> Decimal:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _LEAP if leap else _COMMON


def _holds_feb29(start: date, end: date) -> bool:
    """Is there a 29 February in (start, end]."""
    return any(
        _days_of(year) is _LEAP and start < date(year, 2, 29) <= end
        for year in range(start.year, end.year + 1)
    )
