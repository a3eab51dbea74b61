"""A floating rate: the days it is set anew, what it becomes, and what a day bears."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.engine.planning import START, drawn, plain

from heliu.credit.engine.api import (
    Amortisation,
    EventKind,
    RateChange,
    Repricing,
    RepricingRule,
    Restructure,
    Reversal,
    Terms,
    rate_on,
    repriced,
    repricing_dates,
)

EQUAL = plain(Amortisation.EQUAL_PRINCIPAL)
FEB, MAR = date(2026, 2, 10), date(2026, 3, 10)


def floating(rule: RepricingRule, spread: str = "0.0085") -> Terms:
    return replace(EQUAL, repricing=Repricing("LPR", "1Y", Decimal(spread), rule), instalments=60)


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (RepricingRule.ANNIVERSARY, ["2027-01-10", "2028-01-10"]),
        (RepricingRule.NEW_YEAR, ["2027-01-01", "2028-01-01"]),
        (
            RepricingRule.QUARTER,
            [
                *("2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01", "2027-04-01"),
                *("2027-07-01", "2027-10-01", "2028-01-01"),
            ],
        ),
        (RepricingRule.FIXED, []),
    ],
)
def test_a_rate_is_set_anew_on_the_days_its_contract_names(
    rule: RepricingRule, days: list[str]
) -> None:
    found = repricing_dates(floating(rule), date(2026, 1, 10), date(2028, 1, 11))
    assert [day.isoformat() for day in found] == days


def test_a_rate_that_never_floated_is_never_set_anew() -> None:
    assert repricing_dates(EQUAL, START, date(2030, 1, 1)) == []


def test_an_anniversary_on_a_leap_day_is_kept_on_the_28th_and_comes_back() -> None:
    found = repricing_dates(
        floating(RepricingRule.ANNIVERSARY), date(2024, 2, 29), date(2028, 3, 1)
    )
    assert found == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


def test_a_loan_drawn_on_the_first_of_a_quarter_waits_for_the_next() -> None:
    found = repricing_dates(floating(RepricingRule.QUARTER), date(2026, 4, 1), date(2026, 8, 1))
    assert found == [date(2026, 7, 1)]


@given(
    start=st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    rule=st.sampled_from([r for r in RepricingRule if r is not RepricingRule.FIXED]),
)
def test_no_rate_stands_longer_than_its_rule_says(start: date, rule: RepricingRule) -> None:
    days = [
        start,
        *repricing_dates(floating(rule), start, start + timedelta(days=5 * 366)),
    ]
    longest = 92 if rule is RepricingRule.QUARTER else 366
    gaps = [(after - before).days for before, after in pairwise(days)]
    assert len(gaps) >= 4
    assert all(0 < gap <= longest for gap in gaps)


def test_it_becomes_the_quote_and_the_spread_and_never_less_than_nothing() -> None:
    terms = floating(RepricingRule.QUARTER)
    assert repriced(terms, Decimal("0.0285")) == Decimal("0.0370")
    assert repriced(terms, Decimal("-0.02")) == 0


def test_a_day_bears_the_rate_that_was_changed_last_before_it() -> None:
    book = drawn(EQUAL)
    book.add(EventKind.RATE_CHANGE, FEB, None, RateChange(Decimal("0.05")))
    book.add(EventKind.RESTRUCTURE, MAR, None, Restructure(6, Decimal("0.04"), date(2027, 1, 1)))
    days = (date(2026, 2, 9), FEB, MAR)
    assert [rate_on(EQUAL, book.events, day) for day in days] == [
        *(EQUAL.annual_rate, Decimal("0.05"), Decimal("0.04"))
    ]


def test_a_rate_change_that_was_reversed_never_held() -> None:
    book = drawn(EQUAL)
    changed = book.add(EventKind.RATE_CHANGE, FEB, None, RateChange(Decimal("0.05")))
    book.add(EventKind.REVERSE, FEB, None, Reversal(changed.no))
    assert rate_on(EQUAL, book.events, MAR) == EQUAL.annual_rate
