"""Which days a floating rate is due on, and what the quotes make of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from tests.credit.engine.planning import plain

from heliu.credit.benchmarks.api import Quote
from heliu.credit.engine.api import Amortisation, Repricing, RepricingRule
from heliu.credit.repricing.domain import Change, Due, Floating, Missed, Why, decide, due_until

DRAWN, ENDS = date(2026, 2, 10), date(2026, 8, 10)
APR, JUL = date(2026, 4, 1), date(2026, 7, 1)
AGREED = Repricing("LPR", "1Y", Decimal("0.009"), RepricingRule.QUARTER)
TERMS = replace(plain(Amortisation.BULLET), repricing=AGREED)
LOAN = Floating(1, UUID(int=1), ("B",), TERMS, DRAWN, None, ENDS)
QUOTE = Quote("LPR", "1Y", date(2026, 3, 20), Decimal("0.03"), verified=False)


@pytest.mark.parametrize(
    ("day", "set_for", "due"),
    [
        (date(2026, 3, 31), None, []),
        (APR, None, [APR]),
        (APR, APR, []),
        (date(2026, 7, 31), None, [APR, JUL]),
        (date(2026, 7, 31), APR, [JUL]),
        (date(2027, 1, 1), JUL, []),
    ],
)
def test_a_rate_is_due_from_its_day_until_it_is_set_or_the_plan_ends(
    day: date, set_for: date | None, due: list[date]
) -> None:
    assert [one.on for one in due_until(replace(LOAN, set_for=set_for), day)] == due


def test_a_quote_and_the_spread_are_the_new_rate() -> None:
    due = Due(LOAN, APR)
    assert decide([due], {due.wanted: QUOTE}, verified_only=False) == [
        Change(due, QUOTE, Decimal("0.039"))
    ]


def test_without_a_quote_the_old_rate_stays() -> None:
    due = Due(LOAN, APR)
    assert decide([due], {}, verified_only=False) == [Missed(due, Why.NO_QUOTE)]


def test_production_rests_on_no_quote_that_nobody_checked() -> None:
    due = Due(LOAN, APR)
    quotes = {due.wanted: QUOTE}
    assert decide([due], quotes, verified_only=True) == [Missed(due, Why.UNVERIFIED)]
    checked = {due.wanted: replace(QUOTE, verified=True)}
    assert [type(one) for one in decide([due], checked, verified_only=True)] == [Change]
