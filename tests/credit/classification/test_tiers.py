"""The five classes, told as small tables: one loan a row."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.classification.domain.tiers import (
    Cutoffs,
    Facing,
    Tier,
    Why,
    by_days,
    classify,
    observe,
)

CUTOFFS = Cutoffs(0, 90, 270, 360, 100_000, 365, int(Tier.SPECIAL_MENTION))
PASS, MENTION, SUBSTANDARD, DOUBTFUL, LOSS = Tier
days = st.integers(0, 500)


def column(*numbers: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(numbers, np.int64)


def book(loans: int = 1, **changes: Any) -> Facing:
    """Loans of debtors of their own, nobody late, nothing said."""
    none, no = np.zeros(loans, np.int64), np.zeros(loans, np.bool_)
    owned = np.arange(1, loans + 1)
    clean = Facing(none, none, owned, none, none + 100, none, none, no, no)
    return replace(clean, **changes)


def classes(facing: Facing) -> list[tuple[Tier, Why]]:
    tier, why = classify(facing, CUTOFFS)
    return [(Tier(t), Why(w)) for t, w in zip(tier.tolist(), why.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("late", "tier"),
    [
        *((0, PASS), (1, MENTION), (90, MENTION), (91, SUBSTANDARD), (270, SUBSTANDARD)),
        *((271, DOUBTFUL), (360, DOUBTFUL), (361, LOSS)),
    ],
)
def test_days_late_beyond_a_cutoff_are_the_next_class(late: int, tier: Tier) -> None:
    assert by_days(column(late), CUTOFFS).tolist() == [tier]


def test_cutoffs_out_of_order_stop_the_run() -> None:
    with pytest.raises(AssertionError, match="takes more days"):
        by_days(column(1), replace(CUTOFFS, doubtful_days=30))


def test_the_worse_of_two_clocks_decides_and_is_named() -> None:
    assert classes(book(3, own_days=column(0, 91, 5), buyer_days=column(91, 0, 5))) == [
        (SUBSTANDARD, Why.BUYER_OVERDUE),
        (SUBSTANDARD, Why.OVERDUE),
        (MENTION, Why.OVERDUE),
    ]


def test_a_borrower_of_whose_debt_too_much_is_bad_draws_all_of_it_along() -> None:
    borrower, owed = column(7, 7, 7, 8), column(11, 50, 39, 100)
    facing = book(4, borrower=borrower, exposure=owed, own_days=column(100, 0, 0, 0))
    assert classes(facing) == [
        (SUBSTANDARD, Why.OVERDUE),
        (SUBSTANDARD, Why.BORROWER_DEFAULT),
        (SUBSTANDARD, Why.BORROWER_DEFAULT),
        (PASS, Why.NOTHING),
    ]


def test_a_tenth_exactly_draws_nobody_along() -> None:
    facing = book(2, borrower=column(7, 7), exposure=column(10, 90), own_days=column(100, 0))
    assert classes(facing)[1] == (PASS, Why.NOTHING)


def test_a_buyer_in_default_draws_along_what_other_suppliers_sold_him() -> None:
    facing = book(2, buyer=column(9, 9), buyer_days=column(100, 0), exposure=column(60, 40))
    assert classes(facing)[1] == (SUBSTANDARD, Why.BUYER_DEFAULT)


def test_a_person_s_loan_is_not_drawn_along() -> None:
    facing = book(2, borrower=column(7, 7), own_days=column(100, 0))
    assert classes(replace(facing, retail=np.array([True, True])))[1] == (PASS, Why.NOTHING)


@pytest.mark.parametrize(
    ("late", "judged", "released", "answer"),
    [
        (0, MENTION, False, (MENTION, Why.JUDGED)),
        (91, MENTION, False, (SUBSTANDARD, Why.OVERDUE)),
        (91, MENTION, True, (MENTION, Why.JUDGED)),
        (91, PASS, True, (PASS, Why.JUDGED)),
        (5, LOSS, False, (LOSS, Why.JUDGED)),
    ],
)
def test_a_judgement_is_only_ever_worse_unless_a_second_person_released_it(
    *, late: int, judged: Tier, released: bool, answer: tuple[Tier, Why]
) -> None:
    facing = book(own_days=column(late), judged=column(judged))
    assert classes(replace(facing, released=np.array([released]))) == [answer]


def test_a_restructured_loan_is_not_better_than_its_observation() -> None:
    assert classes(book(watch_tier=column(MENTION))) == [(MENTION, Why.RESTRUCTURED)]


@pytest.mark.parametrize(
    ("until", "late", "after"),
    [
        (1000, False, (MENTION, 1000)),
        (500, False, (0, 0)),
        (500, True, (SUBSTANDARD, 865)),
        (1000, True, (SUBSTANDARD, 1000)),
    ],
)
def test_observation_ends_in_its_time_and_starts_anew_while_late(
    *, until: int, late: bool, after: tuple[int, int]
) -> None:
    tier, ends = observe(column(MENTION), column(until), np.array([late]), 500, CUTOFFS)
    assert (int(tier[0]), int(ends[0])) == after


def test_an_unwatched_loan_stays_unwatched() -> None:
    tier, ends = observe(column(0), column(0), np.array([True]), 500, CUTOFFS)
    assert (int(tier[0]), int(ends[0])) == (0, 0)


@given(own=st.lists(days, min_size=2, max_size=2), bought=days, more=st.integers(1, 200))
def test_no_loan_is_classed_better_by_a_debtor_being_later(
    own: list[int], bought: int, more: int
) -> None:
    shared = book(2, borrower=column(3, 3), buyer=column(4, 4), buyer_days=column(bought, 0))
    before, _ = classify(replace(shared, own_days=column(*own)), CUTOFFS)
    after, _ = classify(replace(shared, own_days=column(own[0] + more, own[1])), CUTOFFS)
    assert (after >= before).all()
