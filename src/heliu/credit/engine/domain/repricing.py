"""A floating rate: on which days it is set anew, to what, and which rate a day bears.

The engine reprices nothing by itself: a RATE_CHANGE event does, and these functions say which one.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import count, takewhile
from typing import Final, assert_never

from heliu.credit.engine.domain.dates import add_units
from heliu.credit.engine.domain.events import LoanEvent, RateChange, Restructure
from heliu.credit.engine.domain.factors import ZERO
from heliu.credit.engine.domain.fold import in_force
from heliu.credit.engine.domain.terms import PeriodUnit, RepricingRule, Terms

_YEAR: Final = 12  # months
_QUARTER: Final = 3


def repricing_dates(terms: Terms, start: date, until: date) -> list[date]:
    """The days in (start, until) on which a floating rate is set anew; none for a fixed rate.

    `start` is the day of the first draw. An anniversary on 29 February is kept on the 28th where
    the year has none, and comes back.
    """
    agreed = terms.repricing
    if agreed is None:
        return []
    match agreed.rule:
        case RepricingRule.FIXED:
            return []
        case RepricingRule.ANNIVERSARY:
            days = _anniversaries(terms, start)
        case RepricingRule.NEW_YEAR:
            days = _firsts(start, _YEAR)
        case RepricingRule.QUARTER:
            days = _firsts(start, _QUARTER)
        case _:
            assert_never(agreed.rule)
    return list(takewhile(lambda day: day < until, days))


def _anniversaries(terms: Terms, start: date) -> Iterator[date]:
    for years in count(1):
        months = years * _YEAR
        yield add_units(start, months, PeriodUnit.MONTH, month_end=terms.calendar.month_end)


def _firsts(start: date, months: int) -> Iterator[date]:
    """The first days of the calendar's blocks of so many months that come after `start`."""
    first = start.year * _YEAR + (start.month - 1) // months * months
    for block in count(first + months, months):
        year, month = divmod(block, _YEAR)
        yield date(year, month + 1, 1)


def repriced(terms: Terms, quoted: Decimal) -> Decimal:
    """The rate a year after a repricing: the benchmark's quote plus the spread, not below 0."""
    agreed = terms.repricing
    assert agreed is not None, "a fixed rate is not repriced"
    return max(ZERO, quoted + agreed.spread)


def rate_on(terms: Terms, events: Sequence[LoanEvent], on: date) -> Decimal:
    """The rate a year that day `on` bears by the events in force, whoever changed it last."""
    rate = terms.annual_rate
    for event in in_force(events):
        if event.on <= on and isinstance(event.detail, RateChange | Restructure):
            rate = event.detail.annual_rate
    return rate
