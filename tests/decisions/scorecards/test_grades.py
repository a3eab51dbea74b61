"""Grades: every score has one, and a better one never lends less or costs more."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.decisions.scorecards.api import Grade, GradeTable, InvalidScorecard

Row = tuple[str, int | None, str, str]
GOOD: tuple[Row, ...] = (("E", None, "0", "300"), ("C", 560, "0.7", "150"), ("A", 700, "1", "0"))


def table(*rows: Row) -> GradeTable:
    return GradeTable(
        tuple(Grade(name, low, Decimal(factor), Decimal(bp)) for name, low, factor, bp in rows)
    )


@pytest.mark.parametrize(
    ("score", "grade"),
    [(-5, "E"), (559, "E"), (560, "C"), (699, "C"), (700, "A"), (10**6, "A")],
)
def test_a_score_has_the_grade_it_reaches(score: int, grade: str) -> None:
    assert table(*GOOD).of(score).name == grade


@given(st.integers(-1000, 2000), st.integers(0, 1000))
def test_a_higher_score_never_lends_less_or_costs_more(score: int, more: int) -> None:
    lower, higher = table(*GOOD).of(score), table(*GOOD).of(score + more)
    assert lower.factor <= higher.factor
    assert lower.add_on_bp >= higher.add_on_bp


def test_the_best_grade_is_the_last() -> None:
    assert table(*GOOD).best.name == "A"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (GOOD[:1], "at least two"),
        (GOOD[1:], "no lower bound"),
        ((GOOD[0], ("E", 560, "1", "0")), "used twice"),
        ((("E", None, "0.1", "0"), GOOD[2]), "worst grade refuses"),
        ((GOOD[0], ("A", 1, "1.1", "0")), r"in \[0, 1\]"),
        ((GOOD[0], ("A", None, "1", "0")), "has a lowest score"),
        ((GOOD[0], ("B", 700, "0.5", "9"), ("A", 700, "1", "0")), "lowest scores"),
        ((GOOD[0], ("B", 600, "0.9", "9"), ("A", 700, "0.8", "0")), "factors"),
        ((GOOD[0], ("B", 600, "0.9", "9"), ("A", 700, "1", "10")), "add-ons"),
    ],
)
def test_a_table_that_is_no_ladder_is_refused_at_load_time(
    rows: tuple[Row, ...], fault: str
) -> None:
    with pytest.raises(InvalidScorecard, match=fault):
        table(*rows)
