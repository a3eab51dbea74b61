"""Renumbered duplicates: the same parties, amount and (nearly) date under another number.

Honest trade is full of equal amounts: invoices capped at the same ceiling written one after the
other, rents, subscriptions, a void or reversed invoice and its re-issue. What gives a copy away is
that these parties hardly ever repeat an amount so soon, and its number: rewritten from the
original's, strange in the seller's book, or already in use there.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.habits import (
    PRIOR,
    REACHES,
    posterior,
    shrunk,
    worth_pledging,
)
from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, sizes
from heliu.flows.screening.domain.numbers import Strangeness, rewritten, serial_gap
from heliu.flows.screening.domain.redletter import Settled
from heliu.flows.screening.domain.suspicion import Hit, Options, SuspicionKind
from heliu.ground.text import Text

_LAGS: Final = 4
_SMALL_GROUP: Final = 8
_TELLING: Final = 2.0  # a likelihood ratio that tells a copy from its original
_WORTH_A_LOOK: Final = 1.2  # in a large group, where most pairs are what this trade always does
_SAME_BOOK: Final = 50  # numbers apart
_NEAR_BOOK: Final = 1000
_MANY_DIGITS: Final = 1_000  # a running number from here on
_RESTED: Final = 0.1  # factor: one of the two was reversed by a red letter

# How a copy is dated and numbered: assumed, from 0 to 31 days and from "rewritten" to "far off".
_FORGED_DAYS: Final = np.array([0.45, 0.35, 0.14, 0.055, 0.005])
_ANEW, _NEXT, _NEAR, _BOOK, _FAR = range(5)
_GAPS: Final = (3, 21)
_FORGED_GAPS: Final = np.array([0.3, 0.04, 0.06, 0.1, 0.5])
# Of honest equal amounts, before looking: written anew by chance, within one book, in another.
_HONEST_GAPS: Final = np.array([0.0001, 0.5, 0.3, 0.2, 1.0])
_TABLE_PAIRS: Final = 500.0  # pairs that the beliefs above are worth
_HOLDER_PAIRS: Final = 50.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs of row positions `a` (earlier) and `b`, with what speaks for each."""

    a: Ints
    b: Ints
    written_anew: Flags
    score: Floats


def renumbered_duplicates(
    invoices: Invoices,
    strange: Strangeness,
    matched: Settled,
    recurs: Floats,
    options: Options,
) -> list[Hit]:
    """Pairs and clusters of live invoices that look like one invoice under several numbers."""
    pairs = _scored(invoices, strange, matched, recurs, options)
    keep = np.flatnonzero(pairs.score >= options.floor)
    keep = keep[np.argsort(-pairs.score[keep], kind="stable")]
    clusters: list[tuple[list[int], float, bool]] = []
    home: dict[int, int] = {}
    for i in keep.tolist():
        a, b, score = int(pairs.a[i]), int(pairs.b[i]), float(pairs.score[i])
        first, second = (a, b) if strange.single[a] > strange.single[b] else (b, a)
        known = home.get(a, home.get(b))
        if known is not None:
            if a in home and b in home:
                continue
            joining, there = (b, a) if a in home else (a, b)
            genuine = strange.single[joining] < max(strange.single[there], _TELLING)
            if genuine and min(strange.single[row] for row in clusters[known][0]) < _TELLING:
                continue  # an original has one copy more, a copy has no second original
            if score >= clusters[known][1] / 2:
                home[joining] = known
                clusters[known][0].append(joining)
                continue
        home.setdefault(a, len(clusters))
        home.setdefault(b, len(clusters))
        clusters.append(([first, second], score, bool(pairs.written_anew[i])))
    return [_hit(invoices, *cluster) for cluster in clusters]


def _scored(
    invoices: Invoices,
    strange: Strangeness,
    matched: Settled,
    recurs: Floats,
    options: Options,
) -> Pairs:
    a, b = _candidates(invoices, strange, options)
    gap, days = serial_gap(invoices, a, b), invoices.day[b] - invoices.day[a]
    strangest = np.maximum(strange.single[a], strange.single[b])
    anew = _written_anew(invoices, a, b, strangest > _TELLING)
    reach = np.searchsorted(REACHES, np.minimum(days, REACHES[-1]))
    apart = strange.book[a] != strange.book[b]
    gaps = np.select(
        [anew, apart], [_ANEW, _FAR], _NEXT + np.searchsorted(_GAPS, gap, side="right")
    )
    # A pair is as strange as its two numbers on average: which of them is the copy is not known.
    far = (strange.single[a] + strange.single[b]) / 2
    beside = (strange.beside[a] + strange.beside[b]) / 2
    telling = np.select([anew, apart], [np.maximum(far, 1.0), far], beside)
    fraud = PRIOR * worth_pledging(invoices.total[a]) * _FORGED_DAYS[reach] * _FORGED_GAPS[gaps]
    fraud = fraud * telling * np.where(matched.outstanding[a] <= 1, _RESTED, 1.0)
    elsewhere, beside_it = recurs[0, reach, a], recurs[1, reach, a]
    honest = np.select([anew, apart], [elsewhere + beside_it, elsewhere], beside_it)
    return Pairs(a, b, anew, posterior(fraud, honest * _usual_gaps(invoices, a, gaps)))


def _usual_gaps(invoices: Invoices, a: Ints, gaps: Ints) -> Floats:
    """How often this holder's honest equal amounts of one book lie so many numbers apart (k,)."""
    classes = len(_FORGED_GAPS)
    within = (gaps != _ANEW) & (gaps != _FAR)
    in_gap, in_all = np.bincount(gaps, minlength=classes), within.sum()
    table = shrunk(in_gap[gaps], in_all, _HONEST_GAPS[gaps], _TABLE_PAIRS)
    holder = group(invoices.holder[a])
    cell = holder * classes + gaps
    in_cell, of_holder = np.bincount(cell), np.bincount(holder, weights=within)
    usual = shrunk(in_cell[cell] - 1, np.maximum(of_holder[holder] - 1, 0), table, _HOLDER_PAIRS)
    return np.where(within, usual, _HONEST_GAPS[gaps])


def _candidates(invoices: Invoices, strange: Strangeness, options: Options) -> tuple[Ints, Ints]:
    """Pairs of one (parties, amount) group near in date, the earlier row first, each once."""
    at = np.flatnonzero(invoices.live & (invoices.total > 0))
    code = group(invoices.pair[at], invoices.total[at])
    # A copy told twice stands once here: exact duplicates are another suspicion.
    _, once = np.unique(group(code, invoices.number[at]), return_index=True)
    at, code = at[once], group(code[once])
    few = sizes(code) <= _SMALL_GROUP
    telling = (np.maximum(strange.single, strange.beside) > _WORTH_A_LOOK)[at]
    order = np.lexsort((invoices.serial[at], invoices.day[at], code))
    found: list[tuple[Ints, Ints]] = []
    for lag in range(1, _LAGS + 1):
        a, b = order[:-lag], order[lag:]
        keep = (code[a] == code[b]) & (few[b] | telling[a] | telling[b])
        found.append((at[a[keep]], at[b[keep]]))
    # In a large group two writings of one number may stand far apart by date.
    order = np.lexsort((invoices.day[at], invoices.serial[at], code))
    a, b = order[:-1], order[1:]
    keep = (code[a] == code[b]) & (invoices.serial[at[a]] == invoices.serial[at[b]]) & ~few[b]
    found.append((at[a[keep]], at[b[keep]]))
    a, b = (np.concatenate(columns) for columns in zip(*found, strict=True))
    near = np.abs(invoices.day[b] - invoices.day[a]) <= options.near_days
    late = invoices.day[a] > invoices.day[b]
    return np.where(late, b, a)[near], np.where(late, a, b)[near]


def _written_anew(invoices: Invoices, a: Ints, b: Ints, lone: Flags) -> Flags:
    """Whether the numbers are one number written anew; neighbours in a book are alike anyway."""
    gap = serial_gap(invoices, a, b)
    same_skeleton = invoices.skeleton[a] == invoices.skeleton[b]
    found = np.array(same_skeleton, dtype=np.bool_)
    # Letters put around the same digits, where these are many enough not to meet by chance.
    found |= (gap == 0) & (invoices.serial[a] >= _MANY_DIGITS)
    # Two numbers of one book differ in a digit or two by nature.
    far = np.flatnonzero(~found & ((gap > _NEAR_BOOK) | ((gap > _SAME_BOOK) & lone)))
    ones = invoices.written.take(a[far]).to_pylist()
    others = invoices.written.take(b[far]).to_pylist()
    found[far] = [rewritten(*two) for two in zip(ones, others, strict=True)]
    return found


def _hit(invoices: Invoices, rows: list[int], score: float, anew: bool) -> Hit:  # noqa: FBT001
    numbers = ", ".join(invoices.number_of(row) for row in rows)
    days = invoices.day[rows]
    apart = int(days.max() - days.min())
    how = (
        Text("号码系改写", "the numbers are one number rewritten")
        if anew
        else Text("号码不同", "only the numbers differ")
    )
    reason = Text(
        f"发票 {numbers} 交易双方与金额相同，日期相隔 {apart} 天，{how.zh}",
        f"invoices {numbers} have the same parties and amount, {apart} days apart; {how.en}",
    )
    return Hit(SuspicionKind.RENUMBERED_DUPLICATE, tuple(rows), score, reason)
