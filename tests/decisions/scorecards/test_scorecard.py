"""Points: every value has one bin, batches equal single cases, and losses are true."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.decisions.scorecards.api import (
    Adverse,
    Category,
    Characteristic,
    Direction,
    Interval,
    InvalidScorecard,
    Scorecard,
    lost_points,
    points_of,
)
from heliu.ground.text import Text

TOLD, TOLD_MISSING = (
    Adverse(Text("低", "low"), Text("升", "raise")),
    Adverse(*[Text("无", "?")] * 2),
)
Bins = tuple[Interval, ...] | tuple[Category, ...]


def characteristic(
    bins: Bins, missing: int = 3, direction: Direction = Direction.FREE, code: str = "x"
) -> Characteristic:
    return Characteristic(code, code, direction, bins, missing, TOLD, TOLD_MISSING)


def intervals(edges: Sequence[str], points: Sequence[int]) -> tuple[Interval, ...]:
    bounds = [None, *map(Decimal, edges), None]
    return tuple(Interval(*pair) for pair in zip(bounds, bounds[1:], points, strict=False))


RATE = characteristic(intervals(["0", "0.05", "0.3"], [1, 50, 20, 0]))
GRADE = characteristic((Category(("a", "b"), 9), Category(("c",), 5)), code="g")
FLAG = characteristic((Category((True,), 60), Category((False,), 0)), 25, code="f")
CARD = Scorecard(400, (RATE, GRADE, FLAG))


def naive(value: Decimal | int | None) -> int:
    if value is None:
        return RATE.missing_points
    inside = [
        b.points
        for b in RATE.intervals
        if (b.low is None or b.low <= value) and (b.high is None or value < b.high)
    ]
    assert len(inside) == 1
    return inside[0]


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ("-0.0000001", 1),
        ("0", 50),
        ("0.0499999999", 50),
        ("0.05", 20),
        ("0.29999999999999999999999999", 20),
        ("0.3", 0),
        ("1e30", 0),
        ("-1e30", 1),
    ],
)
def test_a_value_at_an_edge_belongs_to_the_bin_above(value: str, points: int) -> None:
    assert points_of(CARD, [{"x": Decimal(value)}])[0, 0] == points


numbers = st.none() | st.integers(-(10**25), 10**25) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20
) | st.decimals(-1, 1, places=9)  # fmt: skip
cases = st.fixed_dictionaries(
    {
        "x": numbers,
        "g": st.sampled_from(["a", "b", "c", "unseen", None]),
        "f": st.sampled_from([True, False, None]),
    }
)


@given(st.lists(cases, max_size=12))
def test_a_batch_is_its_cases_one_by_one_and_both_are_exact(batch: list[dict[str, object]]) -> None:
    table = points_of(CARD, batch).tolist()
    assert table == [points_of(CARD, [case]).tolist()[0] for case in batch]
    numeric = [case["x"] for case in batch]
    assert [row[0] for row in table] == [naive(v) for v in numeric]  # type: ignore[arg-type] # drawn as numbers


@given(cases)
def test_losses_are_what_the_best_bin_would_have_given_more(case: dict[str, object]) -> None:
    points = points_of(CARD, [case]).tolist()[0]
    lost = lost_points(CARD, points, case)
    assert CARD.best - (CARD.base + sum(points)) == sum(loss.points for loss in lost)
    assert all(loss.points > 0 for loss in lost)
    assert sorted((loss.points for loss in lost), reverse=True) == [loss.points for loss in lost]


def test_an_unknown_value_is_told_as_unknown_not_as_bad() -> None:
    case = {"x": None, "g": "unseen", "f": False}
    points = points_of(CARD, [case]).tolist()[0]
    told = {loss.characteristic.code: loss.adverse for loss in lost_points(CARD, points, case)}
    assert points == [3, 3, 0]
    assert told == {"x": TOLD_MISSING, "g": TOLD_MISSING, "f": TOLD}


def test_equal_losses_keep_the_order_of_the_scorecard() -> None:
    card = Scorecard(0, tuple(characteristic(intervals([], [9]), 1, code=c) for c in "cab"))
    lost = lost_points(card, [1, 1, 1], {})
    assert [loss.characteristic.code for loss in lost] == ["c", "a", "b"]


def test_best_and_worst_bound_every_score() -> None:
    assert (CARD.worst, CARD.best) == (400 + 0 + 3 + 0, 400 + 50 + 9 + 60)


@pytest.mark.parametrize(
    ("bins", "direction", "fault"),
    [
        ((), Direction.FREE, "no bins"),
        ((Interval(Decimal(0), None, 1),), Direction.FREE, "without bound"),
        ((Interval(None, Decimal(0), 1),), Direction.FREE, "without bound"),
        (
            (Interval(None, Decimal(1), 1), Interval(Decimal(2), None, 2)),
            Direction.FREE,
            "not followed",
        ),
        (
            (Interval(None, Decimal(2), 1), Interval(Decimal(1), None, 2)),
            Direction.FREE,
            "not followed",
        ),
        ((Interval(None, None, 1), Interval(None, None, 2)), Direction.FREE, "not followed"),
        (intervals(["2", "1"], [1, 2, 3]), Direction.FREE, "holds nothing"),
        (intervals(["1", "1"], [1, 2, 3]), Direction.FREE, "holds nothing"),
        (intervals(["0.0000001"], [1, 2]), Direction.FREE, "six places"),
        (intervals(["1e15"], [1, 2]), Direction.FREE, "six places"),
        (intervals(["1", "2"], [1, 3, 2]), Direction.RISING, "not rising"),
        (intervals(["1", "2"], [1, 3, 2]), Direction.FALLING, "not falling"),
        ((Category((), 1),), Direction.FREE, "bin is empty"),
        ((Category(("a",), 1), Category(("a",), 2)), Direction.FREE, "two bins"),
        ((Category(("a",), 1),), Direction.RISING, "no direction"),
        ((Interval(None, None, 1), Category(("a",), 2)), Direction.FREE, "do not mix"),
    ],
)
def test_bins_that_are_no_partition_are_refused_at_load_time(
    bins: Bins, direction: Direction, fault: str
) -> None:
    with pytest.raises(InvalidScorecard, match=fault):
        characteristic(bins, direction=direction)


@pytest.mark.parametrize(
    ("points", "direction"),
    [([1, 1, 2], Direction.RISING), ([2, 2, 0], Direction.FALLING), ([1, 3, 2], Direction.FREE)],
)
def test_points_move_as_promised(points: list[int], direction: Direction) -> None:
    bins = intervals(["1", "2"], points)
    assert characteristic(bins, direction=direction).intervals == bins


def test_a_code_stands_once_on_a_scorecard() -> None:
    with pytest.raises(InvalidScorecard, match="same code"):
        Scorecard(0, (RATE, RATE))


def test_a_feature_of_no_number_is_a_bug() -> None:
    with pytest.raises(TypeError, match="no place"):
        points_of(CARD, [{"x": "many"}])
