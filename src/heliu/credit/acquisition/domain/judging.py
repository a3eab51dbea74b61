"""A list judged: points, rules, grade, limit and expected draw of every supplier, by columns.

All arithmetic on money is on 64-bit integers and rounds down. Fractions are compared as doubles:
two decimals of at most 15 digits stand in the same order as the doubles nearest to them, so no bin
and no rule differs from the exact comparison. A supplier's judgement depends on nobody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from heliu.credit.acquisition.domain.columns import (
    CAPACITY,
    PAYMENT_DAYS,
    PURCHASES,
    Array,
    Bools,
    Columns,
    Ints,
    cuts,
)
from heliu.credit.acquisition.domain.plan import Check, Plan, Steps

# A piece and its scratch stay in the second-level cache.
PIECE: Final = 65_536
_BITS: Final = 8
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The judgements of n suppliers.

    `points (c, n) int8` above each characteristic's first bin; `score (n,) int16`; `failed (r, n)
    uint8`, bit k of row j set where rule 8 j + k refuses; `grade (n,) int8`, 0 is the worst;
    `capacity`, `limit` and `draw (n,) int64` in minor units, limit and draw 0 where refused.
    """

    points: NDArray[np.int8]
    score: NDArray[np.int16]
    failed: NDArray[np.uint8]
    grade: NDArray[np.int8]
    capacity: Ints
    limit: Ints
    draw: Ints

    def part(self, start: int, end: int) -> "Judged":
        """Views of the suppliers [start, end)."""
        return Judged(
            *(self.points[:, start:end], self.score[start:end], self.failed[:, start:end]),
            *(self.grade[start:end], self.capacity[start:end]),
            *(self.limit[start:end], self.draw[start:end]),
        )


def judge(plan: Plan, columns: Columns) -> Judged:
    """Judge every supplier of `columns`."""
    size = len(columns)
    rows = -(-len(plan.release.rules) // _BITS)
    judged = Judged(
        points=np.empty((len(plan.steps), size), np.int8),
        score=np.empty(size, np.int16),
        failed=np.empty((rows, size), np.uint8),
        grade=np.empty(size, np.int8),
        capacity=np.empty(size, np.int64),
        limit=np.empty(size, np.int64),
        draw=np.empty(size, np.int64),
    )
    scratch = _Scratch(plan, min(PIECE, size), columns.whole)
    for start, end in cuts(size, PIECE):
        scratch.judge(columns.part(start, end), judged.part(start, end))
    return judged


class _Scratch:
    """Room for one piece: arrays of its length that every piece uses again.

    One thread: the operations are so short that two would wait for the interpreter's lock.
    """

    def __init__(self, plan: Plan, size: int, whole: frozenset[str]) -> None:
        self.plan, self.whole = plan, whole
        edges = max(len(steps.edges) for steps in (*plan.steps, *plan.take_up, plan.parts))
        self.reached = np.empty((edges, size), np.bool_)
        self.weighed = np.empty((edges, size), np.int8)
        self.mask = np.empty(size, np.bool_)
        self.small = np.empty(size, np.int8)
        self.share = np.empty(size, np.int8)
        self.days = np.empty(size, np.float32)
        self.amount = np.empty(size, np.int64)

    def judge(self, known: Mapping[str, Array], out: Judged) -> None:
        """Judge one piece of suppliers into `out`."""
        plan, size = self.plan, len(out.score)
        self._capacity(known[PURCHASES], known[PAYMENT_DAYS], out.capacity)
        known = {**known, CAPACITY: out.capacity}
        for steps, points in zip(plan.steps, out.points, strict=True):
            self._points(steps, known[steps.feature], points)
        small, share = self.small[:size], self.share[:size]
        out.score.fill(plan.base)
        for start, end in plan.sums:
            some = np.add.reduce(out.points[start:end], axis=0, out=small)
            np.add(out.score, some, out=out.score)
        self._rules(known, out.failed)
        self._points(plan.parts, out.score, share)
        reached = self.reached[: len(plan.parts.edges), :size]
        np.add.reduce(reached.view(np.int8), axis=0, out=out.grade)
        self._limit(share, out)
        share.fill(plan.take_up_base)
        for steps in plan.take_up:
            self._points(steps, known[steps.feature], small)
            np.add(share, small, out=share)
        np.multiply(out.limit, share, out=out.draw)
        _divide(out.draw, _PERCENT)

    def _points(self, steps: Steps, column: Array, out: Array) -> None:
        edges, size = len(steps.edges), len(column)
        reached, weighed = self.reached[:edges, :size], self.weighed[:edges, :size]
        np.greater_equal(column, steps.edges, out=reached)
        np.multiply(reached.view(np.int8), steps.deltas, out=weighed)
        np.add.reduce(weighed, axis=0, out=out)
        if column.dtype.kind == "f" and steps.feature not in self.whole:
            # An unknown value has reached no edge.
            unknown = np.isnan(column, out=self.mask[:size]).view(np.int8)
            weighed = np.multiply(unknown, np.int8(steps.missing), out=self.weighed[0, :size])
            np.add(out, weighed, out=out)

    def _rules(self, known: Mapping[str, Array], failed: Array) -> None:
        failed.fill(0)
        size = failed.shape[1]
        mask, bits = self.mask[:size], self.small[:size].view(np.uint8)
        for check in self.plan.checks:
            fails = broken(check, known[check.feature], mask).view(np.uint8)
            row, bit = divmod(check.place, _BITS)
            np.multiply(fails, np.uint8(1 << bit), out=bits)
            np.bitwise_or(failed[row], bits, out=failed[row])
        for place in self.plan.always:
            failed[place // _BITS] |= np.uint8(1 << place % _BITS)

    def _capacity(self, purchases: Ints, payment_days: Array, out: Ints) -> None:
        # Purchases x days / 365 x advance rate, rounded down once.
        plan, size = self.plan, len(out)
        tenor = np.float32(plan.terms.max_tenor_days)
        days = np.minimum(payment_days, tenor, out=self.days[:size])
        if PAYMENT_DAYS not in self.whole:
            unknown = np.isnan(payment_days, out=self.mask[:size])
            np.copyto(days, plan.unknown_days, where=unknown)
        out[:] = days
        np.multiply(purchases, out, out=out)
        rate, unit = plan.rate
        if plan.exact:
            np.multiply(out, rate, out=out)
            _divide(out, unit)
        else:
            # The same quotient in two parts that fit 64 bits: rate < unit <= 365 x 10^8.
            whole = self.amount[:size]
            whole[:] = out
            _divide(whole, unit)
            rest = out - whole * unit
            np.multiply(whole, rate, out=out)
            np.multiply(rest, rate, out=rest)
            _divide(rest, unit)
            np.add(out, rest, out=out)

    def _limit(self, parts: Array, out: Judged) -> None:
        plan, size = self.plan, len(out.limit)
        np.minimum(out.capacity, plan.terms.supplier_limit, out=out.limit)
        np.multiply(out.limit, parts, out=out.limit)
        _divide(out.limit, plan.whole)
        refused = np.less(out.limit, plan.release.minimum_minor, out=self.mask[:size])
        for row in out.failed:
            np.logical_or(refused, row, out=refused)
        np.copyto(out.limit, 0, where=refused)


def broken(check: Check, column: Array, out: Bools) -> Bools:
    """Where the rule refuses, unknown values as it says, into `out`."""
    check.compare(column, column.dtype.type(check.threshold), out=out)
    return np.logical_not(out, out=out) if check.holds else out


def _divide(amounts: Ints, by: int) -> None:
    # Nothing is negative here, and unsigned division is the faster one.
    np.floor_divide(amounts.view(np.uint64), np.uint64(by), out=amounts.view(np.uint64))
