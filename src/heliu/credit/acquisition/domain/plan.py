"""A release and a programme's terms, compiled into the few array operations that judge a list.

The meaning is the verdicts desk's: rules, then points, then a grade's part of what is asked for,
where every supplier asks for the programme's supplier limit and its capacity is the cap. Added
here: the capacity, and the expected draw by which the list is ranked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from math import lcm
from typing import Any, Final

import numpy as np

from heliu.credit.acquisition.domain.columns import (
    AMOUNTS,
    CAPACITY,
    EXPOSURE,
    FLAGS,
    FRACTIONS,
    INVOICES,
    MAX_COUNTED,
    MAX_MINOR,
    NUMBERS,
    PAYMENT_DAYS,
    PURCHASES,
    Array,
)
from heliu.decisions.rules.api import Condition, Operator, Rule, WhenMissing
from heliu.decisions.scorecards.api import Interval
from heliu.decisions.verdicts.api import Profile, Release

YEAR_DAYS: Final = 365
# A buyer whose habit is not known counts as paying after a month: less is outstanding at a time.
UNKNOWN_PAYMENT_DAYS: Final = 30
MAX_RULES, MAX_CHARACTERISTICS = 32, 16
_POINTS: Final = range(-127, 128)
_PERCENT: Final = 100
_MAX: Final = 2**63
TAKE_UP: Final = "take-up-1"
"""Name of the expert formula of the expected draw, below; another formula is another name."""


class Unfit(ValueError):
    """A release asks for what a supplier list cannot answer column by column."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the programme and the day add: limits in minor units, the tenor in days."""

    on: date
    supplier_limit: int
    advance_rate: Decimal
    max_tenor_days: int
    profile: Profile


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Points that change at edges: `deltas` of the `edges` a value reaches, above the first bin.

    `edges (k, 1)` of the feature's dtype, `deltas (k, 1) int8`; an unknown value gets `missing`.
    `worst` and `best` are the least and most there is, all counted from the first bin.
    """

    feature: str
    edges: Array
    deltas: Array
    missing: int
    worst: int
    best: int


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A rule as one comparison: it fails where `compare(column, threshold)` is not `holds`."""

    place: int
    feature: str
    compare: "np.ufunc"
    threshold: int | float
    holds: bool


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that judges a column.

    `sums` cut the characteristics into runs whose points add up within a byte; `always` are the
    unverified rules that refuse every case; a grade lends `parts / whole` of what is asked for;
    capacity is purchases x days x `rate`, which fits 64 bits at once if `exact`.
    """

    release: Release
    terms: Terms
    base: int
    steps: tuple[Steps, ...]
    sums: tuple[tuple[int, int], ...]
    checks: tuple[Check, ...]
    always: tuple[int, ...]
    parts: Steps
    whole: int
    rate: tuple[int, int]
    exact: bool
    unknown_days: float
    take_up_base: int
    take_up: tuple[Steps, ...]


def compile_plan(release: Release, terms: Terms) -> Plan:
    """The plan of `release` under `terms`. Raises Unfit naming what has no column."""
    if release.cap != CAPACITY:
        raise Unfit(f"the amount's cap is {release.cap}, wanted {CAPACITY}")
    characteristics = release.scorecard.characteristics
    if len(release.rules) > MAX_RULES or len(characteristics) > MAX_CHARACTERISTICS:
        raise Unfit(f"at most {MAX_RULES} rules and {MAX_CHARACTERISTICS} characteristics")
    firsts, steps = [], []
    for one in characteristics:
        if not one.intervals:
            raise Unfit(f"{one.code}: a list's characteristics are intervals of numbers")
        firsts.append(one.intervals[0].points)
        steps.append(_steps(one.feature, one.intervals, one.missing_points))
    production = terms.profile is Profile.PRODUCTION
    in_force = [(n, r) for n, r in enumerate(release.rules) if terms.on >= r.effective_from]
    blocked = tuple(n for n, rule in in_force if production and rule.unverified)
    grades = release.grades.grades
    whole = lcm(*(grade.factor.as_integer_ratio()[1] for grade in grades))
    if whole > _PERCENT:
        raise Unfit("a list's grades lend whole per cents")
    rate, unit = terms.advance_rate.as_integer_ratio()
    return Plan(
        release=release,
        terms=terms,
        base=release.scorecard.base + sum(firsts),
        steps=tuple(steps),
        sums=_runs(steps),
        checks=tuple(_check(n, rule) for n, rule in in_force if n not in blocked),
        always=blocked,
        parts=Steps(
            "score",
            np.array([[g.min_score or 0] for g in grades[1:]], np.int16),
            np.diff([int(grade.factor * whole) for grade in grades]).astype(np.int8)[:, None],
            missing=0,
            worst=0,
            best=whole,
        ),
        whole=whole,
        rate=(rate, unit * YEAR_DAYS),
        exact=MAX_MINOR * terms.max_tenor_days * rate < _MAX,
        unknown_days=float(min(UNKNOWN_PAYMENT_DAYS, terms.max_tenor_days)),
        take_up_base=TAKE_UP_BASE + sum(bins[0].points for _, bins, _ in TAKE_UP_BINS),
        take_up=tuple(_steps(*one) for one in TAKE_UP_BINS),
    )


def _steps(feature: str, bins: Sequence[Interval], missing: int) -> Steps:
    if feature not in (*NUMBERS, *AMOUNTS):
        raise Unfit(f"{feature} is not a number of a supplier list")
    first = bins[0].points
    points = [b.points - first for b in bins]
    deltas = np.diff(points)
    # Part sums stay within a byte as well, in any order of addition from the lowest edge up.
    if not {*points, missing - first, *deltas.tolist()} <= {*_POINTS}:
        raise Unfit(f"{feature}: points differ by more than a byte holds")
    edges = [edge for b in bins[1:] if (edge := b.low) is not None]
    return Steps(
        feature,
        _column(feature, edges),
        deltas.astype(np.int8)[:, None],
        missing - first,
        min(0, *points, missing - first),
        max(0, *points, missing - first),
    )


def _runs(steps: Sequence[Steps]) -> tuple[tuple[int, int], ...]:
    found, start, least, most = [], 0, 0, 0
    for place, one in enumerate(steps):
        if not (_POINTS[0] <= least + one.worst and most + one.best <= _POINTS[-1]):
            found.append((start, place))
            start, least, most = place, 0, 0
        least, most = least + one.worst, most + one.best
    return (*found, (start, len(steps)))


def _column(feature: str, edges: Sequence[Decimal]) -> Array:
    if feature in AMOUNTS:
        whole = [int(edge.to_integral_value(ROUND_CEILING)) for edge in edges]
        return np.array(whole, np.int64)[:, None]
    if feature in FRACTIONS:
        return np.array([float(edge) for edge in edges], np.float64)[:, None]
    return np.array([_counted(feature, edge) for edge in edges], np.float32)[:, None]


def _counted(feature: str, value: Any) -> float:
    if value != int(value) or abs(value) >= MAX_COUNTED:
        raise Unfit(f"{feature}: a count is compared with a whole number below {MAX_COUNTED}")
    return float(value)


_COMPARE: Final[dict[Operator, "np.ufunc"]] = {
    Operator.BELOW: np.less,
    Operator.AT_MOST: np.less_equal,
    Operator.ABOVE: np.greater,
    Operator.AT_LEAST: np.greater_equal,
}
_OPPOSITE: Final = {
    Operator.BELOW: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.ABOVE,
    Operator.ABOVE: Operator.AT_MOST,
    Operator.AT_LEAST: Operator.BELOW,
}


def _check(place: int, rule: Rule) -> Check:
    condition, refuses = rule.condition, rule.when_missing is WhenMissing.REFUSE
    if condition.feature in FLAGS:
        wanted = _wanted(condition)
        # Unknown (-1) is neither: it fails "is wanted", and does not hold of "is the other".
        if refuses:
            return Check(place, condition.feature, np.equal, wanted, holds=True)
        return Check(place, condition.feature, np.equal, 1 - wanted, holds=False)
    if condition.feature not in (*NUMBERS, *AMOUNTS) or condition.operator not in _COMPARE:
        raise Unfit(f"{rule.code}: a list's rules put numbers in order or ask yes or no")
    threshold = _threshold(condition)
    # No order holds of NaN, so an unknown number fails the rule itself, or not its opposite.
    if refuses:
        compare = _COMPARE[condition.operator]
        return Check(place, condition.feature, compare, threshold, holds=True)
    compare = _COMPARE[_OPPOSITE[condition.operator]]
    return Check(place, condition.feature, compare, threshold, holds=False)


def _wanted(condition: Condition) -> int:
    if condition.operator not in (Operator.EQUAL, Operator.DIFFERENT):
        raise Unfit(f"{condition.feature}: a flag is = or != true or false")
    return int(bool(condition.threshold) is (condition.operator is Operator.EQUAL))


def _threshold(condition: Condition) -> int | float:
    value: Any = condition.threshold
    if condition.feature in AMOUNTS:
        if value != int(value):
            raise Unfit(f"{condition.feature}: minor units are whole")
        return int(value)
    return float(value) if condition.feature in FRACTIONS else _counted(condition.feature, value)


def _bins(*edges_and_points: int) -> tuple[Interval, ...]:
    points, edges = edges_and_points[::2], [None, *map(Decimal, edges_and_points[1::2]), None]
    return tuple(
        Interval(low, high, n) for low, high, n in zip(edges, edges[1:], points, strict=False)
    )


# The expected draw is the limit times the share of it that is likely to be used, in per cent. The
# share is an experts' table, not fitted: who waits longest, is smallest, invoices most often and
# has no other lender draws most. (feature, points below / edge / points from there / ..., unknown)
TAKE_UP_BASE: Final = 10
TAKE_UP_BINS: Final = (
    (PAYMENT_DAYS, _bins(0, 31, 10, 61, 20, 91, 28), 10),
    (PURCHASES, _bins(22, 10**8, 16, 10**9, 8, 5 * 10**9, 0), 0),
    (INVOICES, _bins(0, 4, 5, 12, 12, 24, 18), 0),
    (EXPOSURE, _bins(18, 1, 10, 300, 0), 9),
)
assert (
    TAKE_UP_BASE + sum(max(*(b.points for b in bins), m) for _, bins, m in TAKE_UP_BINS) <= _PERCENT
), "nobody draws more than the limit"
