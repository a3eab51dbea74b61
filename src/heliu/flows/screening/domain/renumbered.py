"""Renumbered duplicates: the same parties, amount and (nearly) date under another number.

Honest trade is full of equal amounts: invoices capped at the same ceiling written one after the
other, rents, subscriptions, a void or reversed invoice and its re-issue. What gives a copy away is
its number: rewritten from the original's, or strange in the seller's book.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, keyed, sizes
from heliu.flows.screening.domain.numbers import Strangeness, rewritten, serial_gap
from heliu.flows.screening.domain.redletter import Settled
from heliu.flows.screening.domain.suspicion import Hit, Options, SuspicionKind
from heliu.ground.text import Text

_LAGS: Final = 4
_SMALL_GROUP: Final = 8
_SAME_BOOK: Final = 50  # numbers apart
_NEAR_BOOK: Final = 1000
_MONTH: Final = (26, 35)  # days between two equal amounts that recur
_ROUND: Final = 100_000  # fen
_PETTY: Final = 10_000  # fen: below it nobody would trouble to pledge a copy
_SMALL: Final = 100_000
_AROUND: Final = 3  # days
_RESTED: Final = 0.15  # factor: one of the two was reversed by a red letter


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs of row positions `a` (earlier) and `b`, with what speaks for each."""

    a: Ints
    b: Ints
    written_anew: Flags
    score: Floats


def renumbered_duplicates(
    invoices: Invoices, strange: Strangeness, matched: Settled, options: Options
) -> list[Hit]:
    """Pairs and clusters of live invoices that look like one invoice under several numbers."""
    pairs = _scored(invoices, strange, matched, options)
    keep = np.flatnonzero(pairs.score >= options.floor)
    keep = keep[np.argsort(-pairs.score[keep], kind="stable")]
    clusters: list[tuple[list[int], float, bool]] = []
    home: dict[int, int] = {}
    for i in keep.tolist():
        a, b, score = int(pairs.a[i]), int(pairs.b[i]), float(pairs.score[i])
        known = home.get(a, home.get(b))
        if known is None:
            home[a] = home[b] = len(clusters)
            first, second = (a, b) if strange.lone[a] > strange.lone[b] else (b, a)
            clusters.append(([first, second], score, bool(pairs.written_anew[i])))
        elif (a in home) != (b in home) and score >= clusters[known][1] / 2:
            joining, there = (b, a) if a in home else (a, b)
            if strange.lone[joining] < strange.lone[there] or not strange.lone[joining]:
                continue  # an original has one copy more, a copy has no second original
            home[joining] = known
            clusters[known][0].append(joining)
    return [_hit(invoices, *cluster) for cluster in clusters]


def _scored(invoices: Invoices, strange: Strangeness, matched: Settled, options: Options) -> Pairs:
    a, b, count = _candidates(invoices, strange, options)
    gap, days = serial_gap(invoices, a, b), invoices.day[b] - invoices.day[a]
    alien = np.maximum(strange.lone[a], strange.lone[b])
    anew = _written_anew(invoices, a, b, alien > 0)
    telling = np.maximum(alien, anew)
    by_book = np.select([gap <= _SAME_BOOK, gap <= _NEAR_BOOK], [0.2, 0.3], 0.35)
    by_number = np.where(anew, 1.0, np.maximum(by_book, 0.2 + 0.78 * alien))
    by_days = np.select([days <= 1, days <= 3, days <= 7, days <= 15], [1.0, 0.97, 0.92, 0.8], 0.6)  # noqa: PLR2004
    monthly = (days >= _MONTH[0]) & (days <= _MONTH[1])
    by_days = np.where(monthly, 0.4, by_days)
    by_days = by_days + 0.5 * (1 - by_days) * telling
    rarity = np.select([count == 2, count == 3], [1.0, 0.8], 1.2 / np.maximum(count, 2))  # noqa: PLR2004
    rarity = telling + (1 - telling) * rarity
    by_chance = 1 / (1 + 4 * _expected(invoices, a, b, count))
    total = invoices.total[a]
    small = np.select([total < _PETTY, total < _SMALL], [0.4, 0.75], 1.0)
    plain = np.where(total % _ROUND == 0, 0.85, 1.0)
    left = np.where(matched.outstanding[a] <= 1, _RESTED + 0.5 * telling, 1.0)
    score = 0.98 * by_number * by_days * rarity * by_chance * small * plain * np.minimum(left, 1)
    return Pairs(a, b, anew, np.asarray(score, dtype=np.float64))


def _expected(invoices: Invoices, a: Ints, b: Ints, count: Ints) -> Floats:
    """How many equal amounts chance brings to a pair (k,).

    Rows of these parties around those days, times how common the amount is among the seller's
    other rows (two rows of the whole table stand in for a seller of few).
    """
    live = invoices.live & (invoices.total > 0)
    rows = np.bincount(invoices.seller[live], minlength=int(invoices.seller.max()) + 1)
    priced = group(invoices.seller, invoices.total)
    common = np.bincount(priced[live], minlength=int(priced.max()) + 1)
    popular = group(invoices.total)
    anywhere = np.bincount(popular[live], minlength=int(popular.max()) + 1) / max(live.sum(), 1)
    others = np.maximum(common[priced[a]] - count, 0)
    share = (others + 2 * anywhere[popular[a]]) / np.maximum(
        rows[invoices.seller[a]] - count + 2, 1
    )
    keys = np.sort(keyed(invoices.pair[live], invoices.day[live]))
    low = np.searchsorted(keys, keyed(invoices.pair[a], invoices.day[a] - _AROUND))
    high = np.searchsorted(keys, keyed(invoices.pair[a], invoices.day[b] + _AROUND), side="right")
    return np.asarray(np.maximum(high - low - count, 0) * share, dtype=np.float64)


def _candidates(
    invoices: Invoices, strange: Strangeness, options: Options
) -> tuple[Ints, Ints, Ints]:
    """Pairs of one (parties, amount) group near in date, and how large the group is."""
    at = np.flatnonzero(invoices.live & (invoices.total > 0))
    code = group(invoices.pair[at], invoices.total[at])
    # A copy told twice stands once here: exact duplicates are another suspicion.
    _, once = np.unique(group(code, invoices.number[at]), return_index=True)
    at, code = at[once], group(code[once])
    count = sizes(code)
    order = np.lexsort((invoices.serial[at], invoices.day[at], code))
    at, code, count = at[order], code[order], count[order]
    found: list[tuple[Ints, Ints, Ints]] = []
    for lag in range(1, _LAGS + 1):
        a, b, n = at[:-lag], at[lag:], count[lag:]
        near = (code[:-lag] == code[lag:]) & _near(invoices, a, b, options)
        near &= (n <= _SMALL_GROUP) | (np.maximum(strange.lone[a], strange.lone[b]) > 0)
        found.append((a[near], b[near], n[near]))
    order = np.lexsort((invoices.day[at], invoices.serial[at], code))
    a, b, n = at[order[:-1]], at[order[1:]], count[order[1:]]
    near = (code[order[:-1]] == code[order[1:]]) & _near(invoices, a, b, options)
    near &= (invoices.serial[a] == invoices.serial[b]) & (n > _SMALL_GROUP)
    late = invoices.day[a] > invoices.day[b]
    found.append((np.where(late, b, a)[near], np.where(late, a, b)[near], n[near]))
    a, b, n = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return a, b, n


def _near(invoices: Invoices, a: Ints, b: Ints, options: Options) -> Flags:
    return np.asarray(
        np.abs(invoices.day[b] - invoices.day[a]) <= options.near_days, dtype=np.bool_
    )


def _written_anew(invoices: Invoices, a: Ints, b: Ints, lone: Flags) -> Flags:
    """Whether the numbers are one number written anew; neighbours in a book are alike anyway."""
    gap = serial_gap(invoices, a, b)
    same_skeleton = invoices.skeleton[a] == invoices.skeleton[b]
    found = np.array(same_skeleton, dtype=np.bool_)
    # Two numbers of one book differ in a digit or two by nature.
    same_serial = (gap == 0) & ~same_skeleton  # letters put around the same digits
    far = np.flatnonzero(same_serial | (gap > _NEAR_BOOK) | ((gap > _SAME_BOOK) & lone))
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
