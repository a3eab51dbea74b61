"""Business days: holidays as data, and where a due date on a holiday moves to.

A calendar is data of the release: rest days on weekdays and working weekends (调休) by year, with
their source. A year that is not listed has weekends alone, until its notice is published; the
notice comes before the year begins, so no date that has fallen due ever moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final, assert_never

import yaml

from heliu.credit.engine.domain.terms import BusinessDayConvention
from heliu.ground.errors import Fault

_PACKAGE: Final = "heliu.credit.engine"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The days on which banks do not settle, and the weekend days on which they do."""

    code: str
    weekend: frozenset[int]  # date.weekday(): Monday is 0
    holidays: frozenset[date]
    workdays: frozenset[date]

    def is_business_day(self, day: date) -> bool:
        """Do banks settle on `day`."""
        if day in self.workdays:
            return True
        return day.weekday() not in self.weekend and day not in self.holidays


def calendar_of(plain: Mapping[str, object]) -> HolidayCalendar:
    """A calendar from its file. Raises Fault when the file is not one."""
    weekend, years = plain.get("weekend"), plain.get("years")
    if not isinstance(weekend, list) or not isinstance(years, Mapping):
        raise Fault("a holiday calendar has a weekend and years")
    rest: set[date] = set()
    work: set[date] = set()
    for year in years.values():
        for name, days in (("holidays", rest), ("workdays", work)):
            for text in year.get(name, ()):
                days.update(_range(str(text)))
    return HolidayCalendar(str(plain["code"]), frozenset(weekend), frozenset(rest), frozenset(work))


@cache
def known(code: str) -> HolidayCalendar | None:
    """The calendar of this release with that code, or None."""
    if not code.isidentifier():
        return None
    found = files(_PACKAGE) / "holidays" / f"{code}.yaml"
    if not found.is_file():
        return None
    return calendar_of(yaml.safe_load(found.read_text(encoding="utf-8")))


def adjusted(
    day: date, convention: BusinessDayConvention, calendar: HolidayCalendar | None
) -> date:
    """Where a date moves to (ISDA 2006, section 4.12); without a calendar it stays."""
    if calendar is None or convention is BusinessDayConvention.UNADJUSTED:
        return day
    match convention:
        case BusinessDayConvention.FOLLOWING:
            return _next(day, calendar, _DAY)
        case BusinessDayConvention.PRECEDING:
            return _next(day, calendar, -_DAY)
        case BusinessDayConvention.MODIFIED_FOLLOWING:
            moved = _next(day, calendar, _DAY)
            return moved if moved.month == day.month else _next(day, calendar, -_DAY)
        case _:
            assert_never(convention)


def _next(day: date, calendar: HolidayCalendar, step: timedelta) -> date:
    while not calendar.is_business_day(day):
        day += step
    return day


def _range(text: str) -> list[date]:
    """`2025-10-01/2025-10-08`, both included, or one day."""
    first, _, last = text.partition("/")
    since = date.fromisoformat(first)
    until = date.fromisoformat(last or first)
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]
