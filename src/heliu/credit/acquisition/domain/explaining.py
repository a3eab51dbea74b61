"""Why a judgement is not a better one: at most four true reasons a supplier, as numbers.

The verdicts desk's order: the rules that refuse, as the release lists them; a grade that refuses,
where most points were lost; an approval, that the capacity capped it and, below the best grade,
where points were lost. A reason's number is its place in the run's catalogue, from 1; 0 is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heliu.credit.acquisition.domain.columns import Array, Bools, Columns, cuts
from heliu.credit.acquisition.domain.judging import PIECE, Judged
from heliu.credit.acquisition.domain.plan import Plan
from heliu.decisions.rules.api import WhenMissing
from heliu.decisions.verdicts.api import MAX_REASONS
from heliu.ground.text import Text

# A lost characteristic as a number that sorts: points, the earlier one first, whether unknown.
_POINTS, _PLACE, _PLACES = 5, 1, 15


@dataclass(frozen=True, slots=True)
class Told:
    """A reason of a release as a supplier reads it, with what cures it."""

    code: str
    reason: Text
    cure: Text


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every reason a run can give, and where its kinds begin (0-based)."""

    told: tuple[Told, ...]
    missing: int
    unverified: int
    lost: int
    unknown: int
    capped: int
    too_small: int


def catalogue(plan: Plan) -> Catalogue:
    """The reasons of a plan's release; the same release always numbers them the same."""
    release = plan.release
    rules, points = release.rules, release.scorecard.characteristics
    answers = release.answers
    told = [Told(rule.code, rule.reason, rule.cure) for rule in rules]
    for rule in rules:
        name = rule.condition.feature
        told.append(
            Told(f"missing.{name}", *answers.feature_missing.of(release.features[name].label))
        )
    for rule in rules:
        named = answers.rule_unverified.of(Text(rule.code, rule.code))
        told.append(Told(f"unverified.{rule.code}", *named))
    told += [Told(one.code, one.adverse.reason, one.adverse.cure) for one in points]
    for one in points:
        adverse = one.adverse_missing
        told.append(Told(f"missing.{one.code}", adverse.reason, adverse.cure))
    told.append(Told("amount_capped", *answers.amount_capped))
    told.append(Told("amount_too_small", *answers.amount_too_small))
    n, c = len(rules), len(points)
    return Catalogue(tuple(told), n, 2 * n, 3 * n, 3 * n + c, len(told) - 2, len(told) - 1)


def explain(plan: Plan, columns: Columns, judged: Judged) -> NDArray[np.int16]:
    """The reasons of every supplier, `(4, n) int16` numbers, 0 after the last."""
    numbers = catalogue(plan)
    reasons = np.zeros((MAX_REASONS, len(columns)), np.int16)
    for start, end in cuts(len(columns), PIECE):
        known, part = columns.part(start, end), judged.part(start, end)
        told = reasons[:, start:end]
        _by_points(plan, numbers, known, part, told)
        _chosen(plan, numbers, part, told)
    refused = np.flatnonzero(np.bitwise_or.reduce(judged.failed, axis=0))
    reasons[:, refused] = _by_rules(plan, numbers, columns, judged, refused).T
    return reasons


def _chosen(plan: Plan, numbers: Catalogue, part: Judged, told: NDArray[np.int16]) -> None:
    """Of the reasons by points in `told`, leave what belongs; put what goes before them first."""
    approved, worst = part.limit > 0, part.grade == 0
    told[:, part.grade == len(plan.parts.edges)] = 0
    small = ~worst & ~approved
    told[:, small] = 0
    told[0, small] = numbers.too_small + 1
    capped = np.flatnonzero(approved & (part.capacity < np.take(_enough(plan), part.grade)))
    told[1:, capped] = told[:-1, capped]
    told[0, capped] = numbers.capped + 1


def _enough(plan: Plan) -> Array:
    # From which capacity on a grade lends its part of the whole supplier limit, by grade.
    limit, whole = plan.terms.supplier_limit, plan.whole
    parts = [0, *np.cumsum(plan.parts.deltas[:, 0].astype(np.int64)).tolist()]
    least = [-(-(limit * part // whole * whole) // part) if part else 0 for part in parts]
    return np.array(least, np.int64)


def _by_points(
    plan: Plan,
    numbers: Catalogue,
    known: Mapping[str, Array],
    part: Judged,
    told: NDArray[np.int16],
) -> None:
    """Where most points were lost, most first, equal losses in the scorecard's order."""
    spare, unknown = np.empty(len(part.score), np.int16), np.empty(len(part.score), np.bool_)
    for place, steps in enumerate(plan.steps):
        column = known.get(steps.feature, part.capacity)
        key = np.subtract(np.int16(steps.best), part.points[place], dtype=np.int16)
        key <<= _POINTS
        key += np.int16((_PLACES - place) << _PLACE)
        if column.dtype.kind == "f":
            key += np.isnan(column, out=unknown).view(np.int8)
        # Keep the four largest so far, in order: one pass of insertion.
        for kept in told:
            np.minimum(kept, key, out=spare)
            np.maximum(kept, key, out=kept)
            key, spare = spare, key
    # From sorting key to number: characteristic, and whether it was unknown.
    keys = np.arange(1 << _POINTS, dtype=np.int16)
    start = np.where(keys & 1, numbers.unknown, numbers.lost)
    number = (start + _PLACES - (keys >> _PLACE) + 1).astype(np.int16)
    lost = told >= 1 << _POINTS
    told &= (1 << _POINTS) - 1
    told[:] = np.take(number, told)
    told *= lost


def _by_rules(
    plan: Plan, numbers: Catalogue, columns: Columns, judged: Judged, rows: Array
) -> NDArray[np.int16]:
    rules = plan.release.rules
    failed = np.zeros(len(rows), np.uint64)
    unknown = np.zeros(len(rows), np.uint64)
    for place, rule in enumerate(rules):
        bit = np.uint64(1 << place)
        failed |= (judged.failed[place // 8, rows] >> np.uint8(place % 8) & np.uint8(1)) * bit
        if place not in plan.always and rule.when_missing is WhenMissing.REFUSE:
            unknown |= _unknown(columns.known.get(rule.condition.feature), rows) * bit
    # Few combinations occur: each is told once.
    kinds, which = np.unique(failed << np.uint64(32) | unknown, return_inverse=True)
    told = [_told(plan, numbers, kind >> 32, kind & 0xFFFFFFFF) for kind in kinds.tolist()]
    return np.array(told, np.int16).reshape(-1, MAX_REASONS)[which]


def _unknown(column: Array | None, rows: Array) -> Bools:
    if column is None:  # the capacity, which is always known
        return np.zeros(len(rows), np.bool_)
    taken = column[rows]
    return np.isnan(taken) if taken.dtype.kind == "f" else taken < 0


def _told(plan: Plan, numbers: Catalogue, failed: int, unknown: int) -> list[int]:
    # Two rules may miss the same feature: that is one reason.
    found: dict[str, int] = {}
    for place in range(len(plan.release.rules)):
        if failed >> place & 1:
            start = 0
            if place in plan.always:
                start = numbers.unverified
            elif unknown >> place & 1:
                start = numbers.missing
            found.setdefault(numbers.told[start + place].code, start + place + 1)
    return [*found.values(), 0, 0, 0, 0][:MAX_REASONS]
