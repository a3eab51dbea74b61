"""Prices beside independent libraries: QuantLib for rates and days, numpy-financial for IRR."""

from datetime import date, timedelta
from decimal import Decimal

import numpy_financial as npf  # type: ignore[import-untyped]  # it ships no types
import pytest
import QuantLib as ql  # type: ignore[import-untyped]  # noqa: N813  # it ships no types
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.credit.engine.planning import plain

from heliu.credit.engine.api import (
    Amortisation,
    DayCount,
    Discounting,
    Flow,
    InterestCalculation,
    RoundingMode,
    annual_effective_rate,
    discount,
    periodic_rate,
    present_value,
    schedule,
    year_fraction,
)

START = date(2026, 1, 10)
COUNTERS = {
    DayCount.THIRTY_360_BOND: ql.Thirty360(ql.Thirty360.BondBasis),
    DayCount.THIRTY_E_360: ql.Thirty360(ql.Thirty360.European),
    DayCount.ACT_360: ql.Actual360(),
    DayCount.ACT_364: ql.Actual364(),
    DayCount.ACT_365F: ql.Actual365Fixed(),
    DayCount.ACT_ACT: ql.ActualActual(ql.ActualActual.ISDA),
}
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


def in_quantlib(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


@pytest.mark.parametrize("count", COUNTERS)
@given(start=days, length=st.integers(0, 5000))
def test_a_year_fraction_is_quantlibs(count: DayCount, start: date, length: int) -> None:
    end = start + timedelta(length)
    theirs = COUNTERS[count].yearFraction(in_quantlib(start), in_quantlib(end))
    assert float(year_fraction(count, start, end)) == pytest.approx(theirs, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(
    lent=st.integers(100_000, 10**10),
    rate_bp=st.integers(1, 3000),
    gaps=st.lists(st.integers(30, 120), min_size=1, max_size=12),
)
def test_the_effective_rate_of_a_loan_is_quantlibs_yield(
    lent: int, rate_bp: int, gaps: list[int]
) -> None:
    each = lent * (10_000 + rate_bp) // 10_000 // len(gaps)
    dues = [START + timedelta(sum(gaps[: n + 1])) for n in range(len(gaps))]
    ours = annual_effective_rate([Flow(START, -lent), *(Flow(due, each) for due in dues)])
    leg = [ql.SimpleCashFlow(each, in_quantlib(due)) for due in dues]
    assert ours is not None
    rate = ql.InterestRate(float(ours), ql.Actual365Fixed(), ql.Compounded, ql.Annual)
    today, with_today = in_quantlib(START), False
    worth = ql.CashFlows.npv(leg, rate, with_today, today, today)
    assert worth == pytest.approx(lent, rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(10_000, 10**9), st.lists(st.integers(20, 2000), min_size=1, max_size=24))
def test_the_rate_per_period_is_numpy_financials_irr(lent: int, permille: list[int]) -> None:
    paid = [lent * part // 1000 for part in permille]
    ours = periodic_rate([-lent, *paid])
    assert ours is not None
    assert npf.npv(float(ours), [-lent, *paid]) == pytest.approx(0, abs=max(lent, sum(paid)) * 1e-8)


@pytest.mark.parametrize(("rate", "periods"), [("0.06", 12), ("0.1", 36), ("0.0435", 240)])
def test_equal_instalments_are_numpy_financials_payment(rate: str, periods: int) -> None:
    terms = plain(
        Amortisation.EQUAL_INSTALMENT,
        annual_rate=Decimal(rate),
        instalments=periods,
        day_count=DayCount.THIRTY_360,
        interest_calculation=InterestCalculation.SAME_AS_REPAYMENT_PERIOD,
        principal=100_000_000,
    )
    dues = [row.due for row in schedule(terms).instalments]
    payment = -npf.pmt(float(rate) / 12, periods, 100_000_000)
    # The last row takes the rest; the others may be shifted by a fen to bring it nearer.
    assert all(abs(due - payment) <= 1 for due in dues[:-1])
    assert abs(dues[-1] - payment) <= periods


@pytest.mark.parametrize(
    ("flows", "why"),
    [
        ([], "nothing"),
        ([Flow(START, -5)], "no return"),
        ([Flow(START, 5), Flow(START + timedelta(9), 5)], "no cost"),
        ([Flow(START, -5), Flow(START + timedelta(9), 9), Flow(START + timedelta(19), -1)], "two"),
        ([Flow(START, -1), Flow(START + timedelta(365), 10**9)], "beyond the bracket"),
    ],
)
def test_flows_without_one_rate_have_none(flows: list[Flow], why: str) -> None:
    assert annual_effective_rate(flows) is None, why


def test_amounts_without_one_rate_have_none() -> None:
    assert periodic_rate([1, 2, 3]) is None


def test_a_loan_at_twelve_percent_a_year_repaid_after_a_year_costs_twelve_percent() -> None:
    flows = [Flow(START, -100_000), Flow(START + timedelta(365), 112_000)]
    assert annual_effective_rate(flows) == Decimal("0.12")
    assert present_value(flows, Decimal("0.12"), START) == pytest.approx(0, abs=Decimal("1E-15"))


def test_a_discount_is_face_times_rate_times_time() -> None:
    paper = Discounting(
        face=1_000_000_00,
        rate=Decimal("0.024"),
        on=START,
        due_on=START + timedelta(180),
        day_count=DayCount.ACT_360,
        rounding=RoundingMode.HALF_UP,
    )
    assert discount(paper) == 1_200_000
