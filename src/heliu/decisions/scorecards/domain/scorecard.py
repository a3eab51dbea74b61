"""Points scorecard: every characteristic puts a feature into one bin, and the bin has points.

All arithmetic is on integers: decimals are compared as integers of 1e-6 (edges have at most six
places, values are floored, which cannot move a value across such an edge). A batch is evaluated
column by column in numpy; a single case is a batch of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from heliu.ground.text import Text

Features: TypeAlias = Mapping[str, object]
_PLACES: Final = 6
# Enough digits for every decimal that has a canonical form, so that scaling is exact.
_EXACT: Final = Context(prec=200)
_FAR: Final = 2**62
# Up to so many cases numpy's fixed cost is more than the arithmetic.
_FEW: Final = 6


class InvalidScorecard(ValueError):
    """Bins overlap, leave a hole or break their promised direction: found at load time."""


class Direction(StrEnum):
    """How points move as the feature grows; a promise checked when the scorecard is read."""

    RISING = "rising"
    FALLING = "falling"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Interval:
    """Values in [low, high); None is without bound."""

    low: Decimal | None
    high: Decimal | None
    points: int


@dataclass(frozen=True, slots=True)
class Category:
    """Values that are equal to one of `members`."""

    members: tuple[str | bool, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Adverse:
    """What is told when points are lost."""

    reason: Text
    cure: Text


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A feature with its bins, ascending; an unknown value or category gets `missing_points`."""

    code: str
    feature: str
    direction: Direction
    bins: tuple[Interval, ...] | tuple[Category, ...]
    missing_points: int
    adverse: Adverse
    adverse_missing: Adverse
    best: int = field(init=False, default=0)
    """The points that a case can have at most."""

    def __post_init__(self) -> None:
        """Raises InvalidScorecard unless the bins are a true partition."""
        object.__setattr__(self, "best", max([self.missing_points, *(b.points for b in self.bins)]))
        if not self.bins:
            raise InvalidScorecard(f"{self.code}: no bins")
        if self.intervals:
            _check_intervals(self)
        else:
            _check_categories(self)

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The bins of a numeric characteristic, else nothing."""
        return tuple(b for b in self.bins if isinstance(b, Interval))

    @property
    def worst(self) -> int:
        """The points that a case has at least."""
        return min(self.missing_points, *(b.points for b in self.bins))


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Base points and characteristics; a score is the base plus one bin's points of each."""

    base: int
    characteristics: tuple[Characteristic, ...]

    def __post_init__(self) -> None:
        """Raises InvalidScorecard if a code is used twice."""
        codes = [c.code for c in self.characteristics]
        if len(set(codes)) != len(codes):
            raise InvalidScorecard("two characteristics have the same code")

    @property
    def best(self) -> int:
        """The highest score there is."""
        return self.base + sum(c.best for c in self.characteristics)

    @property
    def worst(self) -> int:
        """The lowest score there is."""
        return self.base + sum(c.worst for c in self.characteristics)


@dataclass(frozen=True, slots=True)
class Lost:
    """Points a case lost on one characteristic against its best bin (> 0)."""

    characteristic: Characteristic
    points: int
    missing: bool

    @property
    def adverse(self) -> Adverse:
        """What to tell: an unknown value is another reason than a bad one."""
        told = self.characteristic
        return told.adverse_missing if self.missing else told.adverse


def points_of(scorecard: Scorecard, cases: Sequence[Features]) -> NDArray[np.int64]:
    """Points of every case on every characteristic, `(n_cases, n_characteristics) int64`."""
    if len(cases) <= _FEW:
        rows = [
            [_points(c, case.get(c.feature)) for c in scorecard.characteristics] for case in cases
        ]
        return np.array(rows, dtype=np.int64).reshape(len(cases), len(scorecard.characteristics))
    table = np.empty((len(cases), len(scorecard.characteristics)), dtype=np.int64)
    for column, characteristic in enumerate(scorecard.characteristics):
        values = [case.get(characteristic.feature) for case in cases]
        if characteristic.intervals:
            table[:, column] = _interval_points(characteristic, values)
        else:
            table[:, column] = _category_points(characteristic, values)
    return table


def lost_points(scorecard: Scorecard, points: Sequence[int], case: Features) -> list[Lost]:
    """Where points were lost, most first; equal losses in the scorecard's order."""
    found = [
        Lost(characteristic, characteristic.best - got, _missing(characteristic, case))
        for characteristic, got in zip(scorecard.characteristics, points, strict=True)
        if got < characteristic.best
    ]
    return sorted(found, key=lambda lost: -lost.points)


def _missing(characteristic: Characteristic, case: Features) -> bool:
    value = case.get(characteristic.feature)
    if isinstance(characteristic.bins[0], Interval):
        return value is None
    return not any(value in b.members for b in characteristic.bins if isinstance(b, Category))


def _points(characteristic: Characteristic, value: object) -> int:
    """One case's points: what the columns below say, without their fixed cost."""
    bins = characteristic.bins
    if isinstance(bins[0], Interval):
        if value is None:
            return characteristic.missing_points
        scaled = _scaled(value)
        return next(
            b.points
            for b in reversed(bins)
            if isinstance(b, Interval) and (b.low is None or scaled >= _scaled(b.low))
        )
    return next(
        (b.points for b in bins if isinstance(b, Category) and value in b.members),
        characteristic.missing_points,
    )


def _interval_points(characteristic: Characteristic, values: Sequence[object]) -> NDArray[np.int64]:
    bins = characteristic.intervals
    edges = np.array([_scaled(b.low) for b in bins[1:]], dtype=np.int64)
    points = np.array([*(b.points for b in bins), characteristic.missing_points], dtype=np.int64)
    known = np.array([value is not None for value in values], dtype=np.bool_)
    scaled = np.array([0 if v is None else _scaled(v) for v in values], dtype=np.int64)
    where = np.where(known, np.searchsorted(edges, scaled, side="right"), len(bins))
    return points[where]


def _category_points(characteristic: Characteristic, values: Sequence[object]) -> NDArray[np.int64]:
    points = {
        m: b.points for b in characteristic.bins if isinstance(b, Category) for m in b.members
    }
    return np.array(
        [points.get(value, characteristic.missing_points) for value in values],  # type: ignore[call-overload] # any hashable may be asked for
        dtype=np.int64,
    )


@lru_cache(maxsize=65536)
def _scaled(value: object) -> int:
    """Floor of `value` in units of 1e-6, far values pinned beyond every edge."""
    match value:
        case Decimal():
            whole = int(_EXACT.scaleb(value, _PLACES).to_integral_value(ROUND_FLOOR, _EXACT))
        case int():
            whole = value * 10**_PLACES
        case _:
            raise TypeError(f"{type(value).__name__} has no place on the line")
    return max(-_FAR, min(_FAR, whole))


def _check_intervals(told: Characteristic) -> None:
    bins = told.intervals
    if len(bins) != len(told.bins):
        raise InvalidScorecard(f"{told.code}: intervals and categories do not mix")
    if bins[0].low is not None or bins[-1].high is not None:
        raise InvalidScorecard(f"{told.code}: the first and the last bin are without bound")
    for left, right in pairwise(bins):
        if left.high is None or left.high != right.low:
            raise InvalidScorecard(
                f"{told.code}: [.., {left.high}) is not followed by its neighbour"
            )
        if left.low is not None and left.low >= left.high:
            raise InvalidScorecard(f"{told.code}: [{left.low}, {left.high}) holds nothing")
        scaled = _EXACT.scaleb(left.high, _PLACES)
        if scaled != scaled.to_integral_value(context=_EXACT) or abs(scaled) >= _FAR:
            raise InvalidScorecard(f"{told.code}: the edge {left.high} has more than six places")
    points = [b.points for b in bins]
    wanted = {Direction.RISING: sorted(points), Direction.FALLING: sorted(points, reverse=True)}
    if points != wanted.get(told.direction, points):
        raise InvalidScorecard(f"{told.code}: the points are not {told.direction.value}")


def _check_categories(told: Characteristic) -> None:
    members = [m for b in told.bins if isinstance(b, Category) for m in b.members]
    if len({(type(m), m) for m in members}) != len(members) or not members:
        raise InvalidScorecard(f"{told.code}: a category stands in two bins, or a bin is empty")
    if told.direction is not Direction.FREE:
        raise InvalidScorecard(f"{told.code}: categories have no direction")
