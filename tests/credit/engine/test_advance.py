"""A merchant's advance: the fee is earned as the flow comes in, and all of it in the end.

The peer's own figures (9,000 out, 1,000 fee, 100,000 of yearly flow, 18 %): by a year of 360 days
fifty a day for two hundred days, by one of 365 days 49.32 a day and 37.36 on the 203rd.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.engine.api import (
    Advance,
    AdvanceDay,
    deferred_fee,
    expected_days,
    expected_payment,
    taken_of,
)
from heliu.ground.money import Money

NET, FEE, FLOW, SHARE = Money.of("9000"), Money.of("1000"), Money.of("100000"), Decimal("0.18")


def advance(days_of_year: int) -> Advance:
    return Advance(NET, FEE, expected_payment(FLOW, SHARE, days_of_year))


def shown(day: AdvanceDay) -> tuple[str, ...]:
    figures = (day.payment, day.carrying, day.earned, day.deferred)
    return tuple(str(figure.amount) for figure in figures)


def test_a_year_of_360_days_brings_fifty_a_day_for_two_hundred_days() -> None:
    days = list(expected_days(advance(360)))
    assert len(days) == 200
    assert shown(days[0]) == ("50.00", "8959.61", "9.61", "990.39")
    assert shown(days[1]) == ("50.00", "8919.18", "9.57", "980.82")
    assert shown(days[199]) == ("50.00", "0.00", "0.05", "0.00")


def test_a_year_of_365_days_ends_with_a_smaller_payment_on_the_203rd() -> None:
    days = list(expected_days(advance(365)))
    assert (len(days), advance(365).last_payment) == (203, Money.of("37.36"))
    assert shown(days[0]) == ("49.32", "8960.16", "9.48", "990.52")
    assert shown(days[202]) == ("37.36", "0.00", "0.04", "0.00")


def test_the_rate_makes_the_expected_payments_worth_what_was_paid_out() -> None:
    # The plain sum of 200 discounted payments instead of the annuity's formula.
    rate = advance(360).daily_rate
    worth = sum((Decimal(5000) / (1 + rate) ** n for n in range(1, 201)), Decimal(0))
    assert abs(worth - 900_000) < Decimal("1e-15")


@pytest.mark.parametrize(
    ("settled", "owed", "taken"),
    [(100_00, 50_00, 18_00), (100_00, 10_00, 10_00), (0, 50_00, 0), (3, 50_00, 1), (2, 50_00, 0)],
)
def test_the_share_of_a_days_flow_is_taken_and_never_more_than_is_owed(
    settled: int, owed: int, taken: int
) -> None:
    assert taken_of(Money(settled), SHARE, Money(owed)) == Money(taken)


def test_a_day_without_sales_earns_nothing() -> None:
    assert deferred_fee(advance(360), advance(360).owed) == FEE


advances = st.builds(
    lambda net, fee, days: Advance(
        Money(net), Money(max(1, net * fee // 1000)), Money(-(-net * (1000 + fee) // 1000 // days))
    ),
    st.integers(10_000, 10**10),
    st.integers(1, 500),
    st.integers(1, 900),
)


@given(advance=advances, flows=st.lists(st.integers(0, 10**9), max_size=20))
def test_whatever_the_flow_the_fee_is_earned_as_it_comes_and_all_of_it_at_the_end(
    advance: Advance, flows: list[int]
) -> None:
    owed, deferred = advance.owed, deferred_fee(advance, advance.owed)
    assert deferred == advance.discount
    for flow in (*flows, owed.minor * 10):
        owed -= taken_of(Money(flow), Decimal("0.1"), owed)
        left = deferred_fee(advance, owed)
        assert 0 <= left.minor <= deferred.minor
        deferred = left
    assert (owed.minor, deferred.minor) == (0, 0)


@given(advance=advances)
def test_the_expected_days_sum_to_the_fee_and_to_what_is_owed(advance: Advance) -> None:
    days = list(expected_days(replace(advance, payment=max(advance.payment, Money(50)))))
    assert sum(day.earned.minor for day in days) == advance.discount.minor
    assert sum(day.payment.minor for day in days) == advance.owed.minor
    assert all(day.earned.minor >= 0 for day in days)
