"""Red-letter (negative) invoices that undo more than was billed, or what was never billed.

A red letter cancels a blue invoice whole or in part; it can never exceed it (红字发票). Evidence,
strongest first: the number of a smaller blue; more than any blue ever billed to that party; no blue
at all; a clean multiple of a blue; a number strange in the seller's book. Partial red letters are
the habit of some sellers (returns, rebates): their habit is learnt from their own rows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.habits import classed, posterior, worth_pledging
from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, keyed
from heliu.flows.screening.domain.numbers import Strangeness
from heliu.flows.screening.domain.suspicion import Hit, SuspicionKind
from heliu.ground.text import Text

_AFTER_DAYS: Final = 5  # a blue may be entered a few days after its red
_HISTORY_DAYS: Final = 180  # before that the blue may lie before the table's first day
_TIMES: Final = (1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.75, 1.8, 2.0, 2.5, 3.0, 4, 5, 10)
_ROUND: Final = 1_000  # fen: between round amounts a clean multiple says nothing
_NEAR_DAYS: Final = 62
_PRIOR: Final = 0.02  # one red letter in fifty undoes more than it may
_SURE: Final = 0.98
_IN_TURN: Final = 0.4  # likelihood ratio: the number stands in its seller's book
_DOUBTFUL: Final = 0.6  # it has the number of a smaller blue and the amount of another one

_NUMBERED, _UNDOING, _LARGEST, _NONE, _SUMMED, _PARTIAL, _MULTIPLE = range(7)
# How inflated red letters meet the blues, assumed, and honest ones before looking at the firm's.
_FORGED: Final = np.array([0.25, 0.05, 0.3, 0.15, 0.1, 0.15])
_HONEST: Final = np.array([0.001, 0.65, 0.01, 0.04, 0.02, 0.279])
_HONEST_EARLY: Final = np.array([0.001, 0.45, 0.03, 0.2, 0.07, 0.249])
_FORGED_CLEAN: Final = 0.3
_CLEAN: Final = 0.03
_WORDS: Final = (
    Text("大于同号蓝字发票", "is larger than the blue invoice of its number"),
    Text("与蓝字发票相符", "undoes a blue invoice"),
    Text("大于双方此前任何一张蓝字发票", "is larger than any blue invoice before it"),
    Text("双方此前没有蓝字发票", "has no blue invoice before it"),
    Text("使累计红冲超过累计开票", "takes refunds above all that was billed"),
    Text("没有金额相等的蓝字发票", "meets no blue invoice of its amount"),
    Text("为某张蓝字发票的整倍放大", "is a clean multiple of a blue invoice"),
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
    amount = -invoices.total[at]
    numbered, referred = _by_number(invoices, at, blues)
    past = _history(invoices, at, blues)
    multiple = _multiples(invoices, at, blues)
    free = ~matched.undoing[at] & ~referred
    larger = (past.largest >= 0) & (amount > invoices.total[past.largest])
    case = np.select(
        [numbered >= 0, ~free, larger, past.largest < 0, amount > past.open],
        [_NUMBERED, _UNDOING, _LARGEST, _NONE, _SUMMED],
        _PARTIAL,
    )
    odds = _odds(invoices, at, case, multiple >= 0, past.early)
    # Its number was drawn from anywhere or put close to the blue's: either way as likely.
    telling = (strange.single[at] + strange.beside[at]) / 2
    score = posterior(odds * telling, np.ones(len(at)))
    by_number = np.where(matched.undoing[at], _DOUBTFUL, _SURE)
    score = np.where(case == _NUMBERED, by_number, score)
    # A return or rebate written in turn, of no clean multiple, is what red letters are for.
    plain = (case == _PARTIAL) & (multiple < 0) & (telling <= _IN_TURN)
    score = np.where((case == _UNDOING) | plain, 0.0, score)
    case = np.where((case == _PARTIAL) & (multiple >= 0), _MULTIPLE, case)
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
    # A blue may come days after its red; another red of later days has nothing to do with this one.
    billed = np.concatenate(([0], np.cumsum(np.maximum(total, 0))))
    undone = np.concatenate(([0], np.cumsum(np.minimum(total, 0))))
    down = np.searchsorted(pair, invoices.pair[at])
    today = np.searchsorted(keys, keyed(invoices.pair[at], invoices.day[at]))
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
        open=billed[up] - billed[down] + undone[today] - undone[down],
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


def _odds(invoices: Invoices, at: Ints, case: Ints, clean: Flags, early: Flags) -> Floats:
    """Odds (k,) that a red is inflated by its case, against this holder's own red letters."""
    holder = group(invoices.holder[at], early.astype(np.int64))
    believed = np.where(early, _HONEST_EARLY[:, None], _HONEST[:, None])
    every = np.ones(len(at), dtype=np.bool_)
    usual = classed(holder, case, every, believed)
    multiples = np.stack((np.full(len(at), 1 - _CLEAN), np.full(len(at), _CLEAN)))
    usual_clean = classed(holder, clean.astype(np.int64), every, multiples)
    forged_clean = np.where(clean, _FORGED_CLEAN, 1 - _FORGED_CLEAN)
    tempting = worth_pledging(-invoices.total[at])
    odds = _PRIOR * tempting * _FORGED[case] / usual * forged_clean / usual_clean
    return np.asarray(odds, dtype=np.float64)


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
