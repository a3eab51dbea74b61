"""Stages and expected loss, beside a loan-by-loan computation in exact fractions."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.classification.api import MAX_AMOUNT
from heliu.credit.provisioning.api import (
    Exposed,
    Presumptions,
    Stage,
    expected_loss,
    losses,
    packaged,
    stages,
)

HELD = packaged()[0]
LOSSES = losses(HELD)
PRESUMED = Presumptions(30, 90)
WEIGHED = [(Fraction(s.weight), Fraction(s.pd), Fraction(s.lgd)) for s in HELD.scenarios]
UNSECURED = HELD.number("unsecured")


def column(*numbers: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(numbers, np.int64)


def loss(stage: Stage, exposure: int, left: int = 400, rate: int = 60_000) -> int:
    one = Exposed(*(column(stage), column(UNSECURED), column(exposure), column(left), column(rate)))
    return int(expected_loss(one, LOSSES)[0])


@pytest.mark.parametrize(
    ("late", "tier", "risen", "stage"),
    [
        (0, 1, False, Stage.PERFORMING),
        (30, 2, False, Stage.PERFORMING),
        (31, 2, False, Stage.WATCHED),
        (0, 1, True, Stage.WATCHED),
        (91, 2, False, Stage.DEFAULTED),
        (0, 3, False, Stage.DEFAULTED),
    ],
)
def test_days_class_and_warnings_stage_a_loan(
    *, late: int, tier: int, risen: bool, stage: Stage
) -> None:
    found = stages(column(late), column(tier), np.array([risen]), PRESUMED)
    assert found.tolist() == [stage]


def test_a_performing_loan_loses_what_a_year_of_its_segment_loses() -> None:
    whole = sum(w * Fraction("0.018") * p * Fraction("0.45") * g for w, p, g in WEIGHED)
    discount = 1 / (1 + Fraction("0.06") / 2)
    assert loss(Stage.PERFORMING, 10**10) == pytest.approx(float(10**10 * whole * discount), 1e-5)


def test_a_watched_loan_loses_over_its_life_and_a_defaulted_one_its_lgd() -> None:
    first = Fraction("0.12"), Fraction("0.08")
    rates = [Fraction(0), Fraction(0)]
    for weight, pd, lgd in WEIGHED:
        alive = Fraction(1)
        for year, given_rate in enumerate(first):
            fails = alive * min(Fraction(1), given_rate * pd)
            rates[year] += weight * fails * Fraction("0.45") * lgd
            alive -= fails
    half, later = 1 / (1 + Fraction("0.06") / 2), 1 / Fraction("1.06")
    partly = Fraction(35, 365)
    expected = rates[0] * half + rates[1] * partly * later / (1 + Fraction("0.06") * partly / 2)
    assert loss(Stage.WATCHED, 10**10) == pytest.approx(float(10**10 * expected), 1e-4)
    lgd = sum((w * Fraction("0.45") * g for w, _, g in WEIGHED), Fraction(0))
    workout = 1 / (1 + Fraction("0.06") * Fraction(540, 365))
    assert loss(Stage.DEFAULTED, 10**10) == pytest.approx(float(10**10 * lgd * workout), 1e-5)


def test_an_overdue_loan_is_looked_at_for_the_least_horizon() -> None:
    assert loss(Stage.PERFORMING, 10**8, left=-50) == loss(Stage.PERFORMING, 10**8, left=30) > 0


@given(
    stage=st.sampled_from(Stage),
    exposure=st.integers(0, MAX_AMOUNT),
    left=st.integers(-400, 365 * 40),
    rate=st.integers(0, 1_000_000),
)
def test_a_loan_loses_at_least_nothing_and_at_most_all_of_it(
    stage: Stage, exposure: int, left: int, rate: int
) -> None:
    assert 0 <= loss(stage, exposure, left, rate) <= exposure


@given(exposure=st.integers(0, MAX_AMOUNT), left=st.integers(365, 365 * 10))
def test_a_worse_stage_never_loses_less(exposure: int, left: int) -> None:
    performing, watched = (
        loss(Stage.PERFORMING, exposure, left),
        loss(Stage.WATCHED, exposure, left),
    )
    assert performing <= watched


def test_a_rate_above_a_hundred_percent_stops_the_run() -> None:
    with pytest.raises(AssertionError, match="at most 100 %"):
        loss(Stage.PERFORMING, 1, rate=1_000_001)


def test_the_packaged_parameters_are_in_force() -> None:
    assert HELD.effective_from <= date(2026, 5, 20)
