"""Red-letter (negative) invoices that undo more than was billed, or what was never billed.

A red letter cancels a blue invoice whole or in part; it can never exceed it (红字发票). Evidence,
strongest first: the number of a smaller blue; more than any blue ever billed to that party; no blue
at all; a clean multiple of a blue; a number strange in the seller's book. Partial red letters are
the habit of some sellers (returns, rebates): their habit is learnt from their own rows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, keyed
from heliu.flows.screening.domain.numbers import Strangeness
from heliu.flows.screening.domain.suspicion import Hit, SuspicionKind
from heliu.ground.text import Text

_AFTER_DAYS: Final = 5  # a blue may be entered a few days after its red
_HISTORY_DAYS: Final = 180  # before that the blue may lie before the table's first day
_TIMES: Final = (1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.75, 1.8, 2.0, 2.5, 3.0, 4, 5, 10)
_ROUND: Final = 1_000  # fen: between round amounts a clean multiple says nothing
_NEAR_DAYS: Final = 62
_UNSURE: Final = 0.5
_PRIOR: Final = 3  # reds: a holder of few is not yet one of habit


_NUMBERED, _LARGEST, _NONE, _SUMMED, _MULTIPLE, _STRANGE, _HABIT = range(7)
_WORDS: Final = (
    Text("大于同号蓝字发票", "is larger than the blue invoice of its number"),
    Text("大于双方此前任何一张蓝字发票", "is larger than any blue invoice before it"),
    Text("双方此前没有蓝字发票", "has no blue invoice before it"),
    Text("使累计红冲超过累计开票", "takes refunds above all that was billed"),
    Text("为某张蓝字发票的整倍放大", "is a clean multiple of a blue invoice"),
    Text("无对应蓝字且号码异常", "meets no blue invoice, and its number is strange to the seller"),
    Text("没有金额相等的蓝字发票", "meets no blue invoice of its amount"),
)


@dataclass(frozen=True, slots=True)
class Settled:
    """How many blues of a row's parties and amount no red undid; whether it is such a red.

    Both per row (n,).
    """

    outstanding: Ints
    undoing: Flags


def settled(invoices: Invoices) -> Settled:
    """Match red letters to blues of equal amount: the k-th red needs k blues up to its day."""
    same = group(invoices.pair, np.abs(invoices.total))
    blue = np.flatnonzero(invoices.live & (invoices.total > 0))
    red = np.flatnonzero(invoices.live & (invoices.total < 0))
    red = red[np.lexsort((invoices.day[red], same[red]))]
    first = np.searchsorted(same[red], same[red])
    rank = np.arange(len(red)) - first + 1
    keys = np.sort(keyed(same[blue], invoices.day[blue]))
    upto = np.searchsorted(keys, keyed(same[red], invoices.day[red] + _AFTER_DAYS), side="right")
    before = upto - np.searchsorted(keys, keyed(same[red], np.zeros_like(red)))
    undoing = np.zeros(len(invoices), dtype=np.bool_)
    undoing[red[before >= rank]] = True
    groups = int(same.max(initial=-1)) + 1
    left = np.bincount(same[blue], minlength=groups)
    left = left - np.bincount(same[undoing], minlength=groups)
    return Settled(left[same], undoing)


def inflated_red_letters(
    invoices: Invoices, strange: Strangeness, matched: Settled, floor: float
) -> list[Hit]:
    """Live red letters that undo more than their blue, or no blue at all."""
    at = np.flatnonzero(invoices.live & (invoices.total < 0))
    if not len(at):
        return []
    blues = np.flatnonzero(invoices.live & (invoices.total > 0))
    amount, alien = -invoices.total[at], strange.lone[at]
    numbered, referred = _by_number(invoices, at, blues)
    past = _history(invoices, at, blues)
    multiple = _multiples(invoices, at, blues)
    free = ~matched.undoing[at] & ~referred
    above = free & (past.largest >= 0) & (amount > invoices.total[past.largest])
    exceeds = amount > past.open
    cases: list[tuple[Flags, Floats]] = [
        (numbered >= 0, np.full(len(at), 0.98)),
        (above, 0.62 + 0.1 * exceeds + 0.25 * alien),
        (free & (past.largest < 0), np.where(past.early, 0.3, 0.42) + 0.4 * alien),
        (free & exceeds, 0.5 + 0.35 * alien),
        (free & (multiple >= 0), 0.5 + 0.4 * alien),
        (free & (alien > _UNSURE), 0.2 + 0.5 * alien),
        (free, (0.2 + 0.5 * alien) * (1 - _habit(invoices, at, free))),
    ]
    score = np.select([holds for holds, _ in cases], [value for _, value in cases], 0.0)
    case = np.select([holds for holds, _ in cases], list(range(len(cases))), _HABIT)
    blue = np.select(
        [case == _NUMBERED, (case == _LARGEST) | (case == _SUMMED), case == _MULTIPLE],
        [numbered, past.largest, multiple],
        -1,
    )
    return [
        _hit(invoices, int(at[i]), int(blue[i]), int(case[i]), float(score[i]))
        for i in np.flatnonzero(score >= floor).tolist()
    ]


@dataclass(frozen=True, slots=True)
class _Past:
    """What lies before each red (k,), with the same parties.

    Row of the largest blue (-1: none), fen billed and not yet refunded, and whether the holder's
    table hardly reaches back from it.
    """

    largest: Ints
    open: Ints
    early: Flags


def _by_number(invoices: Invoices, at: Ints, blues: Ints) -> tuple[Ints, Flags]:
    """Per red: its smaller blue of the same number (-1: none); whether a large enough one is."""
    if not len(blues):
        return np.full(len(at), -1), np.zeros(len(at), dtype=np.bool_)
    key = group(invoices.pair, invoices.skeleton)
    order = blues[np.lexsort((invoices.total[blues], key[blues]))]
    blue = order[np.maximum(np.searchsorted(key[order], key[at], side="right") - 1, 0)]
    named = key[blue] == key[at]
    smaller = named & (invoices.total[blue] < -invoices.total[at])
    return np.where(smaller, blue, -1), named & ~smaller


def _history(invoices: Invoices, at: Ints, blues: Ints) -> _Past:
    every = np.concatenate((blues, at))
    order = every[np.lexsort((-invoices.total[every], invoices.day[every], invoices.pair[every]))]
    pair, total = invoices.pair[order], invoices.total[order]
    keys = keyed(pair, invoices.day[order])
    up = np.searchsorted(
        keys, keyed(invoices.pair[at], invoices.day[at] + _AFTER_DAYS), side="right"
    )
    running = np.concatenate(([0], np.cumsum(total)))
    down = np.searchsorted(pair, invoices.pair[at])
    # The largest so far, restarted at each party: parties are lifted above one another.
    ranked = np.argsort(np.where(total > 0, total, 0), kind="stable")
    rank = np.empty_like(ranked)
    rank[ranked] = np.arange(len(ranked))
    highest = np.maximum.accumulate(pair * len(order) + rank) % len(order)
    largest = order[ranked[highest[up - 1]]]
    first_day = np.full(int(invoices.holder.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first_day, invoices.holder[every], invoices.day[every])
    return _Past(
        largest=np.where(invoices.total[largest] > 0, largest, -1),
        open=running[up] - running[down] - invoices.total[at],
        early=invoices.day[at] - first_day[invoices.holder[at]] < _HISTORY_DAYS,
    )


def _multiples(invoices: Invoices, at: Ints, blues: Ints) -> Ints:
    """Per red: a blue near in date of which it is a clean multiple to the fen (-1: none)."""
    best = np.full(len(at), -1)
    if not len(blues):
        return best
    totals = np.unique(invoices.total[blues])
    code = np.searchsorted(totals, invoices.total[blues])
    order = blues[np.lexsort((code, invoices.pair[blues]))]
    width = len(totals) + 1
    keys = invoices.pair[order] * width + np.searchsorted(totals, invoices.total[order])
    amount = -invoices.total[at]
    for times in reversed(_TIMES):
        wanted = np.searchsorted(totals, np.rint(amount / times) - 1)
        found = np.searchsorted(keys, invoices.pair[at] * width + wanted)
        blue = order[np.minimum(found, len(order) - 1)]
        fits = invoices.pair[blue] == invoices.pair[at]
        fits &= np.abs(np.rint(invoices.total[blue] * times) - amount) <= 1
        fits &= (amount % _ROUND != 0) & (invoices.total[blue] % _ROUND != 0)
        fits &= np.abs(invoices.day[blue] - invoices.day[at]) <= _NEAR_DAYS
        best = np.where(fits, blue, best)
    return best


def _habit(invoices: Invoices, at: Ints, free: Flags) -> Floats:
    """Per red: the share of its holder's other reds that meet no blue either."""
    holder = invoices.holder
    reds = np.bincount(holder[at])
    loose = np.bincount(holder[at], weights=free)
    share = (loose - 1) / (reds - 1 + _PRIOR)
    return np.asarray(np.clip(share, 0, 1)[holder[at]], dtype=np.float64)


def _hit(invoices: Invoices, red: int, blue: int, case: int, score: float) -> Hit:
    words, number = _WORDS[case], invoices.number_of(red)
    which = Text("", "")
    if blue >= 0:
        which = Text(f"（蓝字 {invoices.number_of(blue)}）", f" (blue {invoices.number_of(blue)})")
    reason = Text(
        f"红字发票 {number} {words.zh}{which.zh}",
        f"red-letter invoice {number} {words.en}{which.en}",
    )
    rows = (red,) if blue < 0 else (red, blue)
    return Hit(SuspicionKind.INFLATED_RED_LETTER, rows, score, reason)
