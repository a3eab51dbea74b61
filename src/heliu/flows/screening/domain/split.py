"""Split sums: one invoice's total taken to the bank again as several smaller invoices.

For each possible whole, the invoices of the same parties near in date are searched for two to
eight that add up to it (bounded subset sum: the twelve nearest rows; among many rows, first those
whose numbers or amounts are unusual), and runs of consecutive numbers or days of any position.
Sums meet by chance too, most of all between round amounts: the expected number of chance meetings
is what lowers the score.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.habits import (
    PRIOR,
    posterior,
    shrunk,
    worth_pledging,
)
from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, keyed, sizes
from heliu.flows.screening.domain.numbers import Strangeness
from heliu.flows.screening.domain.redletter import Settled
from heliu.flows.screening.domain.suspicion import Hit, Options, SuspicionKind
from heliu.ground.text import Text

MOST_PARTS: Final = 8
_TOLERANCE: Final = MOST_PARTS  # fen: each part may be rounded by itself
_WINDOW: Final = 24  # rows looked at around a whole
_CHOSEN: Final = 12  # of which so many take part in the subset search
_LEAST_WHOLE: Final = 1_000  # fen: nobody splits an invoice of ten yuan
_ROUND: Final = 1_000  # fen
_CHUNK: Final = 256
_RUN_TRIALS: Final = 500.0  # runs of seven lengths around a whole, in two orders
_CRUMB: Final = 500  # a part is more than a five-hundredth of the whole

# How a split is made: assumed. By number of parts (from 0) and by days to the farthest part.
_FORGED_PARTS: Final = np.array([0, 0, 0.2, 0.2, 0.18, 0.16, 0.1, 0.08, 0.08])
_SPANS: Final = (0, 3, 7, 15)
_FORGED_SPANS: Final = np.array([0.15, 0.3, 0.2, 0.2, 0.15])
_FORGED_OFF: Final = 0.3  # of splits whose parts were rounded one by one
_SUMS_MEET: Final = 0.0005
_BEYOND_CHANCE: Final = 0.01
_TABLE_WHOLES: Final = 200.0
_HOLDER_WHOLES: Final = 50.0
_PAIR_WHOLES: Final = 10.0


@dataclass(frozen=True, slots=True)
class Sums:
    """Solutions: `whole` (k,), `parts` (k, 8) padded with -1, `trials` (k,) sums looked at."""

    whole: Ints
    parts: Ints
    trials: Floats


def split_sums(
    invoices: Invoices, strange: Strangeness, matched: Settled, options: Options
) -> list[Hit]:
    """Wholes with the parts that add up to them, each row in one suspicion at most."""
    live = np.flatnonzero(invoices.live & (invoices.total > 0))
    # A copy told twice stands once here: exact duplicates are another suspicion.
    _, once = np.unique(
        group(invoices.pair, invoices.number, invoices.total)[live], return_index=True
    )
    live = live[once]
    order = live[np.lexsort((invoices.serial[live], invoices.day[live], invoices.pair[live]))]
    wholes = order[(matched.outstanding[order] > 0) & (invoices.total[order] >= _LEAST_WHOLE)]
    if not len(wholes):
        return []
    by_number = live[np.lexsort((invoices.serial[live], invoices.pair[live]))]
    seldom = sizes(group(invoices.pair[order], invoices.total[order])) <= 2  # noqa: PLR2004
    out_of_book = strange.part[order] > 1
    odd = out_of_book | (seldom & (invoices.total[order] % _ROUND != 0))
    unusual, foreign = order[odd], order[out_of_book]
    crowded = _crowded(invoices, order, wholes, options)
    found = [
        _runs(invoices, order, wholes, options),
        _runs(invoices, by_number, wholes, options),
        _subsets(invoices, order, wholes, options),
        _subsets(invoices, unusual, crowded, options),
        _subsets(invoices, foreign, _crowded(invoices, unusual, crowded, options), options),
    ]
    sums = _real(invoices, found)
    return _ranked(invoices, sums, _scores(invoices, sums, strange, wholes), options.floor)


def _runs(invoices: Invoices, order: Ints, wholes: Ints, options: Options) -> Sums:
    """Sums of 2 to 8 rows that follow each other in `order`, met with a whole of their parties."""
    pair, total, day = (c[order] for c in (invoices.pair, invoices.total, invoices.day))
    running = np.concatenate(([0], np.cumsum(total)))
    amounts = np.unique(invoices.total[wholes])
    width = len(amounts) + 1
    ranked = wholes[
        np.lexsort((invoices.day[wholes], invoices.total[wholes], invoices.pair[wholes]))
    ]
    keys = invoices.pair[ranked] * width + np.searchsorted(amounts, invoices.total[ranked])
    found: list[tuple[Ints, Ints]] = []
    for length in range(2, MOST_PARTS + 1):
        start = np.arange(len(order) - length + 1)
        last = start + length - 1
        start = start[
            (pair[start] == pair[last]) & (np.abs(day[last] - day[start]) <= options.near_days)
        ]
        wanted = running[start + length] - running[start]
        code = np.searchsorted(amounts, wanted - _TOLERANCE)
        fits = (code < len(amounts)) & (
            amounts[np.minimum(code, len(amounts) - 1)] <= wanted + _TOLERANCE
        )
        start, wanted, code = start[fits], wanted[fits], code[fits]
        at = np.searchsorted(keys, pair[start] * width + code)
        for step in range(3):
            whole = ranked[np.minimum(at + step, len(ranked) - 1)]
            meets = (invoices.pair[whole] == pair[start]) & (
                np.abs(invoices.total[whole] - wanted) <= _TOLERANCE
            )
            meets &= np.abs(invoices.day[whole] - day[start]) <= options.near_days
            parts = np.full((int(meets.sum()), MOST_PARTS), -1, dtype=np.int64)
            parts[:, :length] = order[start[meets][:, None] + np.arange(length)]
            found.append((whole[meets], parts))
    whole = np.concatenate([w for w, _ in found])
    parts = np.concatenate([p for _, p in found])
    return Sums(whole, parts, np.full(len(whole), _RUN_TRIALS))


def _subsets(invoices: Invoices, order: Ints, wholes: Ints, options: Options) -> Sums:
    """Subsets of the nearest rows of `order` (by parties and day) that add up to a whole."""
    chosen, counts, wholes = _nearest(invoices, order, wholes, options)
    found_whole: list[Ints] = []
    found_parts: list[Ints] = []
    for count in range(2, _CHOSEN + 1):
        mine = np.flatnonzero(counts == count)
        if not len(mine):
            continue
        masks = np.arange(1 << count)
        ones = np.array([int(m).bit_count() for m in masks])
        allowed = (ones >= 2) & (ones <= MOST_PARTS)  # noqa: PLR2004
        for chunk in np.array_split(mine, max(1, -(-len(mine) // _CHUNK))):
            values = invoices.total[chosen[chunk, :count]]
            sums = np.zeros((len(chunk), 1), dtype=np.int64)
            for column in range(count):
                sums = np.concatenate((sums, sums + values[:, column, None]), axis=1)
            sums -= invoices.total[wholes[chunk], None]
            np.abs(sums, out=sums)
            hit, mask = np.nonzero((sums <= _TOLERANCE) & allowed)
            if not len(hit):
                continue
            cost = sums[hit, mask] * 16 + ones[mask]
            best = np.lexsort((cost, hit))
            best = best[np.concatenate(([True], hit[best][1:] != hit[best][:-1]))]
            hit, mask = hit[best], mask[best]
            bits = (mask[:, None] >> np.arange(count)) & 1
            rank = np.argsort(1 - bits, axis=1, kind="stable")[:, :MOST_PARTS]
            taken = np.take_along_axis(chosen[chunk[hit], :count], rank, axis=1)
            taken = np.where(np.take_along_axis(bits, rank, axis=1) == 1, taken, -1)
            parts = np.full((len(hit), MOST_PARTS), -1, dtype=np.int64)
            parts[:, : taken.shape[1]] = taken
            found_whole.append(wholes[chunk[hit]])
            found_parts.append(parts)
    if not found_whole:
        none = np.empty(0, dtype=np.int64)
        return Sums(none, np.empty((0, MOST_PARTS), dtype=np.int64), none.astype(np.float64))
    whole = np.concatenate(found_whole)
    where = np.searchsorted(wholes, whole, sorter=(by := np.argsort(wholes)))
    trials = np.exp2(counts[by[where]].astype(np.float64))
    return Sums(whole, np.concatenate(found_parts), trials)


def _crowded(invoices: Invoices, order: Ints, wholes: Ints, options: Options) -> Ints:
    """Those of `wholes` with more rows around them than one subset search can take."""
    keys = keyed(invoices.pair[order], invoices.day[order])
    pair, day = invoices.pair[wholes], invoices.day[wholes]
    low = np.searchsorted(keys, keyed(pair, day - options.near_days))
    high = np.searchsorted(keys, keyed(pair, day + options.near_days), side="right")
    return wholes[high - low > _CHOSEN]


def _nearest(
    invoices: Invoices, order: Ints, wholes: Ints, options: Options
) -> tuple[Ints, Ints, Ints]:
    """Per whole that can be reached at all: up to 12 smaller rows nearest in day, and how many."""
    keys = keyed(invoices.pair[order], invoices.day[order])
    pair, day = invoices.pair[wholes], invoices.day[wholes]
    low = np.searchsorted(keys, keyed(pair, day - options.near_days))
    high = np.searchsorted(keys, keyed(pair, day + options.near_days), side="right")
    some = high - low >= 2  # noqa: PLR2004
    wholes, low, high = wholes[some], low[some], high[some]
    middle = np.searchsorted(keys, keyed(invoices.pair[wholes], invoices.day[wholes]))
    start = np.clip(middle - _WINDOW // 2, low, np.maximum(high - _WINDOW, low))
    at = start[:, None] + np.arange(_WINDOW)
    rows = order[np.minimum(at, len(order) - 1)] if len(order) else at
    fits = (at < high[:, None]) & (invoices.total[rows] < invoices.total[wholes, None] - _TOLERANCE)
    apart = np.where(fits, np.abs(invoices.day[rows] - invoices.day[wholes, None]), 1 << 30)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :_CHOSEN]
    rows, fits = (
        np.take_along_axis(rows, nearest, axis=1),
        np.take_along_axis(fits, nearest, axis=1),
    )
    counts = fits.sum(axis=1)
    reach = np.where(fits, invoices.total[rows], 0).sum(axis=1) + _TOLERANCE
    able = (counts >= 2) & (reach >= invoices.total[wholes])  # noqa: PLR2004
    return rows[able], counts[able], wholes[able]


def _scores(invoices: Invoices, sums: Sums, strange: Strangeness, wholes: Ints) -> Floats:
    """Score (k,): a forger's parts against the sums that this trade shows by chance and habit."""
    there = sums.parts >= 0
    values = np.where(there, invoices.total[sums.parts], 0)
    whole, count = invoices.total[sums.whole], there.sum(axis=1)
    off = np.abs(values.sum(axis=1) - whole)
    away = np.abs(invoices.day[sums.parts] - invoices.day[sums.whole, None])
    span = np.searchsorted(_SPANS, np.where(there, away, 0).max(axis=1))
    # The parts were numbered together, the honest rows one by one: they count as two witnesses.
    telling = np.exp(2 * np.where(there, np.log(strange.part[sums.parts]), 0).sum(axis=1) / count)
    fraud = PRIOR * worth_pledging(whole) * telling * np.where(off > 0, _FORGED_OFF, 1.0)
    chance = _chance(invoices, sums, values, off)
    largest = values.max(axis=1)
    equal = np.where(there, values, largest[:, None]).min(axis=1) == largest
    shape = count * len(_SPANS) + span
    forged = _FORGED_PARTS[count] * _FORGED_SPANS[span]
    # Equal parts are a habit of prices, other sums one only where chance does not explain them.
    habit = np.where(
        equal,
        _habit(invoices, sums, equal, shape, wholes),
        _habit(invoices, sums, ~equal & (chance < _BEYOND_CHANCE), shape, wholes),
    )
    rarer = _tail(_FORGED_PARTS)[count] * _tail(_FORGED_SPANS)[span]
    return posterior(fraud, np.where(equal, 0.0, chance / rarer) + habit / forged)


def _tail(share: Floats) -> Floats:
    """How much of a distribution lies at each place or beyond."""
    return np.asarray(np.cumsum(share[::-1])[::-1], dtype=np.float64)


def _real(invoices: Invoices, found: list[Sums]) -> Sums:
    """What the searches found, once: no part a crumb or the whole, off by a fen a part at most."""
    every = np.concatenate([np.column_stack((s.whole, -np.sort(-s.parts, axis=1))) for s in found])
    trials = np.concatenate([s.trials for s in found])
    # The same sum met by several searches was the easiest to meet in the smallest of them.
    order = np.argsort(trials, kind="stable")
    once, first = np.unique(every[order], axis=0, return_index=True)
    sums = Sums(once[:, 0], once[:, 1:], trials[order][first])
    there = sums.parts >= 0
    values = np.where(there, invoices.total[sums.parts], 0)
    whole, count = invoices.total[sums.whole], there.sum(axis=1)
    smallest = np.where(there, values, whole[:, None]).min(axis=1)
    keep = (smallest > np.maximum(_TOLERANCE, whole // _CRUMB)) & (values.max(axis=1) < whole)
    keep &= np.abs(values.sum(axis=1) - whole) <= count
    return Sums(sums.whole[keep], sums.parts[keep], sums.trials[keep])


def _chance(invoices: Invoices, sums: Sums, values: Ints, off: Ints) -> Floats:
    """How many sums as simple as this one chance brings to the whole (k,).

    Sums of as many parts or fewer among the rows as near in date, times the width of a hit: round
    amounts meet more often than odd ones.
    """
    there = sums.parts >= 0
    away = np.abs(invoices.day[sums.parts] - invoices.day[sums.whole, None])
    span, count = np.where(there, away, 0).max(axis=1), there.sum(axis=1)
    live = invoices.live & (invoices.total > 0)
    keys = np.sort(keyed(invoices.pair[live], invoices.day[live]))
    pair, day = invoices.pair[sums.whole], invoices.day[sums.whole]
    low = np.searchsorted(keys, keyed(pair, day - span))
    near = np.searchsorted(keys, keyed(pair, day + span), side="right") - low - 1
    choices, subsets = np.ones(len(near)), np.zeros(len(near))
    for size in range(1, MOST_PARTS + 1):
        choices = choices * np.maximum(near - size + 1, 0) / size
        subsets += np.where((size > 1) & (size <= count), choices, 0.0)
    whole = invoices.total[sums.whole]
    grid = np.gcd.reduce(values, axis=1)
    width = np.where(off > 0, np.maximum(2 * off + 1, grid), np.gcd(grid, whole))
    return np.asarray(np.minimum(subsets, sums.trials) * width / whole, dtype=np.float64)


def _habit(invoices: Invoices, sums: Sums, like: Flags, shape: Ints, wholes: Ints) -> Floats:
    """How often an honest whole of this trade meets a sum of this shape (k,).

    Counted in the sums that are `like` it, of the other wholes of the same parties, of the same
    holder, of the table.
    """
    seen = np.zeros(len(invoices), dtype=np.bool_)
    seen[sums.whole[like]] = True
    met, shapes, size = np.flatnonzero(seen), len(_FORGED_PARTS) * len(_SPANS), len(invoices)
    pair, holder = invoices.pair, group(invoices.holder)
    # The sum that is judged is no habit of its own: it is left out of every count.
    others = np.int64(max(len(met) - 1, 0)), np.int64(len(wholes) - 1)
    table = shrunk(*others, _SUMS_MEET, _TABLE_WHOLES)
    in_holder, of_holder = (np.bincount(holder[at], minlength=size) for at in (met, wholes))
    in_pair, of_pair = (np.bincount(pair[at], minlength=size) for at in (met, wholes))
    mine, ours = pair[sums.whole], holder[sums.whole]
    by_holder = shrunk(
        in_holder[ours] - in_pair[mine], of_holder[ours] - of_pair[mine], table, _HOLDER_WHOLES
    )
    met_here, here = np.maximum(in_pair[mine] - 1, 0), np.maximum(of_pair[mine] - 1, 0)
    by_pair = shrunk(met_here, here, by_holder, _PAIR_WHOLES)
    alike = np.maximum(np.bincount(shape[like], minlength=shapes)[shape] - 1, 0)
    return by_pair * shrunk(alike, np.int64(max(like.sum() - 1, 0)), 1 / shapes, _TABLE_WHOLES)


def _ranked(invoices: Invoices, sums: Sums, score: Floats, floor: float) -> list[Hit]:
    keep = np.flatnonzero((score >= floor) & (score > 0))
    keep = keep[np.lexsort((sums.whole[keep], -score[keep]))]
    used: set[int] = set()
    hits: list[Hit] = []
    for i in keep.tolist():
        whole = int(sums.whole[i])
        parts = [part for part in sums.parts[i].tolist() if part >= 0]
        if used.isdisjoint((whole, *parts)):
            used.update((whole, *parts))
            hits.append(_hit(invoices, whole, parts, float(score[i])))
    return hits


def _hit(invoices: Invoices, whole: int, parts: list[int], score: float) -> Hit:
    number, count = invoices.number_of(whole), len(parts)
    reason = Text(
        f"同一交易双方的 {count} 张发票金额之和等于发票 {number} 的金额",
        f"{count} invoices of the same parties add up to invoice {number}",
    )
    return Hit(SuspicionKind.SPLIT_SUM, (*parts, whole), score, reason)
