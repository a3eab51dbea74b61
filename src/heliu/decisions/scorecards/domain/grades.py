"""Grades: what a score is worth - how much of the request, at which add-on to the base rate."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from heliu.decisions.scorecards.domain.scorecard import InvalidScorecard


@dataclass(frozen=True, slots=True)
class Grade:
    """Scores from `min_score` (None: from below) up to the next grade.

    `factor` in [0, 1] of the amount, 0 refuses; `add_on_bp` in basis points per year (0.01 %).
    """

    name: str
    min_score: int | None
    factor: Decimal
    add_on_bp: Decimal


@dataclass(frozen=True, slots=True)
class GradeTable:
    """Grades from worst to best; a better grade never lends less or costs more."""

    grades: tuple[Grade, ...]

    def __post_init__(self) -> None:
        """Raises InvalidScorecard unless every score has one grade and better is better."""
        if len(self.grades) < 2 or self.grades[0].min_score is not None:  # noqa: PLR2004 - one refuses, one lends
            raise InvalidScorecard("grades: at least two, and the worst has no lower bound")
        if len({grade.name for grade in self.grades}) != len(self.grades):
            raise InvalidScorecard("grades: a name is used twice")
        if self.grades[0].factor or not all(0 <= g.factor <= 1 for g in self.grades):
            raise InvalidScorecard("grades: factors are in [0, 1], and the worst grade refuses")
        if any(grade.min_score is None for grade in self.grades[1:]):
            raise InvalidScorecard("grades: every grade but the worst has a lowest score")
        _check_rising("lowest scores", [g.min_score or 0 for g in self.grades[1:]], strict=True)
        _check_rising("factors", [g.factor for g in self.grades], strict=False)
        _check_rising("add-ons", [-g.add_on_bp for g in self.grades], strict=False)

    @property
    def best(self) -> Grade:
        """The grade above which nothing can be gained."""
        return self.grades[-1]

    def of(self, score: int) -> Grade:
        """The grade of `score`."""
        return self.grades[bisect_right([g.min_score or 0 for g in self.grades[1:]], score)]


def _check_rising(what: str, values: Sequence[int | Decimal], *, strict: bool) -> None:
    for worse, better in pairwise(values):
        if better < worse or (strict and better == worse):
            raise InvalidScorecard(f"grades: {what} do not improve from worst to best")
