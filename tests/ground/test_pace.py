"""Quantiles of the last durations, by nearest rank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.ground.pace import LAST, Pace, Quantiles


def noted(seconds: list[float]) -> Pace:
    pace = Pace()
    for one in seconds:
        pace.note(one)
    return pace


def test_before_the_first_there_is_nothing_to_tell() -> None:
    assert Pace().quantiles() is None


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ([0.5], Quantiles(1, 0.5, 0.5)),
        ([3.0, 1.0, 2.0], Quantiles(3, 2.0, 3.0)),
        ([float(n) for n in range(1, 101)], Quantiles(100, 50.0, 99.0)),
        ([9.0] + [1.0] * LAST, Quantiles(LAST, 1.0, 1.0)),
    ],
)
def test_quantiles_are_durations_that_happened(seconds: list[float], told: Quantiles) -> None:
    assert noted(seconds).quantiles() == told


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50))
def test_the_middle_is_never_above_the_tail(seconds: list[float]) -> None:
    told = noted(seconds).quantiles()
    assert told is not None
    assert min(seconds) <= told.p50 <= told.p99 <= max(seconds)
