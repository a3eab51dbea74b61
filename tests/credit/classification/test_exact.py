"""Whole numbers in columns: exact at their bounds, beside Python's own unbounded integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.classification.domain.exact import (
    MAX_AMOUNT,
    MILLION,
    accrue,
    times_ratio,
    total,
    totals_by,
)

amounts = st.integers(0, MAX_AMOUNT)


def column(*numbers: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(numbers, np.int64)


@given(amount=amounts, days=st.integers(0, 36_500), length=st.integers(1, 36_500))
def test_a_share_of_an_amount_is_rounded_half_up_exactly(
    amount: int, days: int, length: int
) -> None:
    got = times_ratio(column(amount), column(min(days, length)), column(length))
    assert got.tolist() == [(2 * amount * min(days, length) + length) // (2 * length)]


@given(
    units=st.integers(0, MAX_AMOUNT * 60),
    rate=st.integers(0, MILLION),
    year=st.sampled_from((360, 364, 365)),
)
def test_what_accrues_and_what_is_left_over_are_all_there_was(
    units: int, rate: int, year: int
) -> None:
    scale = year * MILLION
    grown, rest = accrue(column(units), column(rate), column(scale), column(scale // 2))
    assert int(grown[0]) * scale + int(rest[0]) == units * rate + scale // 2
    assert 0 <= int(rest[0]) < scale


@given(st.lists(st.tuples(amounts, st.integers(0, MILLION)), min_size=1, max_size=50))
def test_accruing_day_by_day_is_accruing_at_once(days: list[tuple[int, int]]) -> None:
    rate, scale = 65_250, 360 * MILLION
    grown, rest = column(0), column(scale // 2)
    for amount, _ in days:
        more, rest = accrue(column(amount), column(rate), column(scale), rest)
        grown = grown + more
    owed = sum(amount for amount, _ in days)
    assert int(grown[0]) == (owed * rate + scale // 2) // scale


@pytest.mark.parametrize(
    ("numbers", "sum_"),
    [((), 0), ((1, 2, -4), -1), ((2**62, 2**62, 2**62), 3 * 2**62)],
)
def test_a_sum_is_exact_however_large(numbers: tuple[int, ...], sum_: int) -> None:
    assert total(column(*numbers)) == sum_


def test_sums_by_group_stand_at_the_group_s_number() -> None:
    assert totals_by(column(2, 0, 2), column(5, 7, -1), 4).tolist() == [7, 0, 4, 0]
    assert totals_by(column(), column(), 2).tolist() == [0, 0]


def test_sums_that_do_not_fit_stop_the_run() -> None:
    with pytest.raises(AssertionError, match="sums fit"):
        totals_by(column(0, 0, 0), column(2**62, 2**62, 2**62), 1)
