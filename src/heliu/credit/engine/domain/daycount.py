"""Day counts: how many days lie between two dates, and what part of a year they are.

The 30/360 conventions and ACT/ACT follow the 2006 ISDA Definitions, section 4.16 (b), (f), (g);
ACT/360 and ACT/365 Fixed 4.16 (d), (e). Intervals are [start, end). THIRTY_360 is the peer's: a
whole month is one twelfth, a part of a month its days over the days of that month. ACT/364 is the
custom of weekly contracts (52 whole weeks are a year).
"""

from calendar import isleap
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, assert_never

from heliu.credit.engine.domain.dates import add_months
from heliu.credit.engine.domain.terms import DayCount, MonthEnd

_EXACT: Final = Context(prec=40, rounding=ROUND_HALF_EVEN)
_MONTHS: Final = 12
_LONGEST: Final = 31
_BOND_MONTH: Final = 30
_BOND_YEAR: Final = 360


def year_fraction(count: DayCount, start: date, end: date) -> Decimal:
    """The part of a year in [start, end), start <= end; 40 significant digits."""
    assert start <= end, "time runs forward"
    match count:
        case DayCount.THIRTY_360:
            return _by_months(start, end)
        case DayCount.THIRTY_360_BOND | DayCount.THIRTY_E_360:
            return _EXACT.divide(Decimal(days_between(count, start, end)), Decimal(_BOND_YEAR))
        case DayCount.ACT_360 | DayCount.ACT_364 | DayCount.ACT_365F:
            return _EXACT.divide(Decimal((end - start).days), Decimal(days_of_year(count)))
        case DayCount.ACT_ACT:
            return _by_years(start, end)
        case _:
            assert_never(count)


def days_between(count: DayCount, start: date, end: date) -> int:
    """The days of [start, end) as the convention counts them."""
    if count is DayCount.THIRTY_360_BOND:
        first = min(start.day, _BOND_MONTH)
        last = _BOND_MONTH if end.day == _LONGEST and first == _BOND_MONTH else end.day
        return _thirty(start, end, first, last)
    if count is DayCount.THIRTY_E_360:
        return _thirty(start, end, min(start.day, _BOND_MONTH), min(end.day, _BOND_MONTH))
    return (end - start).days


def days_of_year(count: DayCount) -> int:
    """What a daily rate divides the yearly one by (罚息 and 复利 run by days; ACT/ACT by 365)."""
    match count:
        case (
            DayCount.THIRTY_360
            | DayCount.THIRTY_360_BOND
            | DayCount.THIRTY_E_360
            | DayCount.ACT_360
        ):
            return 360
        case DayCount.ACT_364:
            return 364
        case DayCount.ACT_365F | DayCount.ACT_ACT:
            return 365
        case _:
            assert_never(count)


def _thirty(start: date, end: date, first: int, last: int) -> int:
    months = (end.year - start.year) * _MONTHS + end.month - start.month
    return months * _BOND_MONTH + last - first


def _by_months(start: date, end: date) -> Decimal:
    """Whole months from `start`, then days over the days of the month they fall in."""
    months = (end.year - start.year) * _MONTHS + end.month - start.month
    if add_months(start, months, month_end=MonthEnd.CLAMP) > end:
        months -= 1
    since = add_months(start, months, month_end=MonthEnd.CLAMP)
    until = add_months(start, months + 1, month_end=MonthEnd.CLAMP)
    part = _EXACT.divide(Decimal((end - since).days), Decimal((until - since).days))
    return _EXACT.divide(_EXACT.add(Decimal(months), part), Decimal(_MONTHS))


def _by_years(start: date, end: date) -> Decimal:
    """Days that lie in a leap year over 366, the others over 365."""
    total, at = Decimal(0), start
    while at < end:
        until = min(end, date(at.year + 1, 1, 1))
        year = Decimal(366 if isleap(at.year) else 365)
        total = _EXACT.add(total, _EXACT.divide(Decimal((until - at).days), year))
        at = until
    return total
