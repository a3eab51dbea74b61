"""Day counts and calendars as small tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.engine.api import (
    BusinessDayConvention,
    DayCount,
    adjusted,
    days_of_year,
    known,
    year_fraction,
)
from heliu.credit.engine.domain.calendar import calendar_of
from heliu.credit.engine.domain.daycount import days_between
from heliu.ground.errors import Fault

CN = known("CN")
# start, end, days by 30/360 bond basis, days by 30E/360 (2006 ISDA Definitions, 4.16 (f) and (g))
THIRTY = [
    ("2026-01-31", "2026-02-28", 28, 28),
    ("2026-01-30", "2026-01-31", 0, 0),
    ("2026-01-15", "2026-01-31", 16, 15),
    ("2024-02-29", "2024-03-31", 32, 31),
    ("2026-08-31", "2027-02-28", 178, 178),
]
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(("start", "end", "bond", "euro"), THIRTY)
def test_months_of_thirty_days_end_as_isda_says(start: str, end: str, bond: int, euro: int) -> None:
    since, until = date.fromisoformat(start), date.fromisoformat(end)
    assert days_between(DayCount.THIRTY_360_BOND, since, until) == bond
    assert days_between(DayCount.THIRTY_E_360, since, until) == euro
    assert year_fraction(DayCount.THIRTY_E_360, since, until) * 360 == pytest.approx(euro)


@pytest.mark.parametrize(
    ("count", "exact"),
    [
        (DayCount.ACT_360, Decimal(182) / 360),
        (DayCount.ACT_364, Decimal(182) / 364),
        (DayCount.ACT_365F, Decimal(182) / 365),
        (DayCount.ACT_ACT, Decimal(122) / 365 + Decimal(60) / 366),
        (DayCount.THIRTY_360, Decimal(6) / 12),
    ],
)
def test_half_a_year_over_a_leap_new_year_is_as_long_as_the_convention_says(
    count: DayCount, exact: Decimal
) -> None:
    told = year_fraction(count, date(2023, 9, 1), date(2024, 3, 1))
    assert told == pytest.approx(exact, rel=Decimal("1E-25"))


def test_a_part_of_a_month_is_its_days_over_the_days_of_that_month() -> None:
    told = year_fraction(DayCount.THIRTY_360, date(2026, 1, 10), date(2026, 2, 25))
    assert told == pytest.approx((1 + Decimal(15) / 28) / 12, rel=Decimal("1E-25"))
    before = year_fraction(DayCount.THIRTY_360, date(2026, 1, 31), date(2026, 3, 30))
    assert before == pytest.approx((1 + Decimal(30) / 31) / 12, rel=Decimal("1E-25"))


@given(days, st.integers(0, 4000), st.integers(0, 4000))
def test_actual_years_add_up_wherever_a_span_is_cut(start: date, one: int, other: int) -> None:
    cut = date.fromordinal(start.toordinal() + one)
    end = date.fromordinal(cut.toordinal() + other)
    parts = year_fraction(DayCount.ACT_ACT, start, cut) + year_fraction(DayCount.ACT_ACT, cut, end)
    assert parts == pytest.approx(year_fraction(DayCount.ACT_ACT, start, end), abs=Decimal("1E-25"))


@pytest.mark.parametrize("count", DayCount)
def test_a_year_of_penalty_days_is_that_of_the_day_count(count: DayCount) -> None:
    assert days_of_year(count) in {360, 364, 365}


@pytest.mark.parametrize(
    ("convention", "day", "moved"),
    [
        (BusinessDayConvention.UNADJUSTED, "2025-10-01", "2025-10-01"),
        (BusinessDayConvention.FOLLOWING, "2025-10-01", "2025-10-09"),
        (BusinessDayConvention.PRECEDING, "2025-10-01", "2025-09-30"),
        (BusinessDayConvention.MODIFIED_FOLLOWING, "2024-08-31", "2024-08-30"),
        (BusinessDayConvention.MODIFIED_FOLLOWING, "2024-09-01", "2024-09-02"),
        (BusinessDayConvention.FOLLOWING, "2025-09-28", "2025-09-28"),  # a Sunday that is worked
        (BusinessDayConvention.FOLLOWING, "2031-10-04", "2031-10-06"),  # a year without a notice
    ],
)
def test_a_due_date_on_a_holiday_moves_as_agreed(
    convention: BusinessDayConvention, day: str, moved: str
) -> None:
    assert adjusted(date.fromisoformat(day), convention, CN) == date.fromisoformat(moved)


def test_without_a_calendar_every_day_is_a_business_day() -> None:
    day = date(2025, 10, 1)
    assert adjusted(day, BusinessDayConvention.FOLLOWING, None) == day


@pytest.mark.parametrize("code", ["XX", "../CN", ""])
def test_a_calendar_that_is_not_there_is_unknown(code: str) -> None:
    assert known(code) is None


@pytest.mark.parametrize("plain", [{}, {"weekend": [5]}, {"weekend": 5, "years": {}}])
def test_a_file_that_is_no_calendar_is_a_fault(plain: dict[str, object]) -> None:
    with pytest.raises(Fault, match="weekend"):
        calendar_of(plain)


def test_actual_days_are_counted_as_they_are() -> None:
    assert days_between(DayCount.ACT_360, date(2024, 2, 1), date(2024, 3, 1)) == 29
