"""Invoice numbers as evidence: does a number stand in its seller's book, was it rewritten?

A seller draws numbers from books (发票本, or one running series), one after the other, each once.
So a genuine number has neighbours of close numbers and dates, and no second invoice bears it. A
number made up later stands alone, or out of turn, or hits one that is in use. How telling that is,
is learnt from the seller's own other rows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.habits import classed
from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group

LARGEST_ISLAND: Final = 8
_BOOK_REACH: Final = 500  # numbers
_BOOK_DAYS: Final = 45
_SEASON: Final = 182  # days
_SLACK_DAYS: Final = 3
_REUSED_DAYS: Final = 180  # a series may start anew every year
_REWRITTEN_FROM: Final = 4  # digits: shorter numbers look alike by chance

_IN_TURN, _OUT_OF_TURN, _ALONE, _REUSED = range(4)
# How a forger's numbers fall, assumed: drawn at random, put beside the original, a few together.
_FORGED_FAR: Final = np.array([0.04, 0.06, 0.85, 0.05])
_FORGED_BESIDE: Final = np.array([0.6, 0.2, 0.05, 0.15])
_FORGED_PART: Final = np.array([0.15, 0.1, 0.6, 0.15])
# Without the code of its book a number may be told twice honestly.
_REUSED_BELIEVED: Final = 0.01
_OUT_OF_TURN_BELIEVED: Final = 0.05


@dataclass(frozen=True, slots=True)
class Strangeness:
    """How much likelier a row's number is made up than its seller's, likelihood ratios (n,).

    `single` if it was drawn from anywhere, `beside` if it was put within a thousand of a genuine
    one, `part` if up to eight were made up together, perhaps in a row. 1: it says nothing.
    `book` is a code of the run of near numbers and days in which the row stands.
    """

    book: Ints
    single: Floats
    beside: Floats
    part: Floats


def strangeness(invoices: Invoices) -> Strangeness:
    """Judge every number by the numbers its seller used around the same days."""
    book, distinct, mixed, misplaced = _runs(invoices)
    reused = _reused(invoices)
    judged = invoices.usable & (invoices.serial >= 0)

    def ratio(alone: Flags, forged: Floats, at_most: int) -> Floats:
        kind = np.select([reused, alone, misplaced], [_REUSED, _ALONE, _OUT_OF_TURN], _IN_TURN)
        honest = _believed(invoices, at_most)
        rate = classed(invoices.seller, kind, judged, honest)
        rate = np.where(reused, np.maximum(rate, _REUSED_BELIEVED), rate)
        return np.where(judged, forged[kind] / rate, 1.0)

    island = (distinct <= LARGEST_ISLAND) & ~mixed
    return Strangeness(
        book=book,
        single=ratio(distinct == 1, _FORGED_FAR, 1),
        beside=ratio(distinct == 1, _FORGED_BESIDE, 1),
        part=ratio(island, _FORGED_PART, LARGEST_ISLAND),
    )


def _believed(invoices: Invoices, island: int) -> Floats:
    """Honest shares of the four classes (4, n) before looking: who shows few rows shows no book."""
    rows = np.bincount(invoices.seller)[invoices.seller]
    alone = np.clip(2 * island / (rows + 1), 0.05, 0.9)
    out = np.full(len(invoices), _OUT_OF_TURN_BELIEVED)
    reused = np.full(len(invoices), _REUSED_BELIEVED)
    return np.stack((1 - alone - out - reused, out, alone, reused))


def _runs(invoices: Invoices) -> tuple[Ints, Ints, Flags, Flags]:
    """Per row: its run of near numbers and days; how many numbers that holds; if parties mix.

    And whether its day does not lie between those of the numbers before and after it.
    """
    # Books of other years may run through the same numbers: half years are looked at apart.
    season = group(invoices.seller, invoices.day // _SEASON)
    order = np.lexsort((invoices.day, invoices.serial, season))
    season, serial, day, pair = (
        c[order] for c in (season, invoices.serial, invoices.day, invoices.pair)
    )
    ahead, other = np.diff(serial), np.diff(season) != 0
    far = np.abs(np.diff(day)) > _BOOK_DAYS
    breaks = other | (ahead > _BOOK_REACH) | far
    first = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    run = np.cumsum(np.concatenate(([0], breaks)))
    new = np.concatenate(([1], (breaks | (ahead > 0)).astype(np.int64)))
    distinct = np.add.reduceat(new, first)
    mixed = np.minimum.reduceat(pair, first) != np.maximum.reduceat(pair, first)
    inner = np.concatenate(([False], ~breaks[1:] & ~breaks[:-1], [False]))[: len(order)]
    before, after = np.roll(day, 1), np.roll(day, -1)
    low, high = np.minimum(before, after), np.maximum(before, after)
    off = inner & ((day < low - _SLACK_DAYS) | (day > high + _SLACK_DAYS))
    found = np.empty((4, len(order)), dtype=np.int64)
    found[:, order] = run, distinct[run], mixed[run] & (distinct[run] > 1), off
    return found[0], found[1], found[2] > 0, found[3] > 0


def _reused(invoices: Invoices) -> Flags:
    """Rows whose number bears another invoice of the seller: another buyer or another amount.

    Reds aside, which may bear the number of their blue; so may a number come back after years.
    """
    at = np.flatnonzero(invoices.usable & (invoices.total > 0))
    number = group(invoices.seller[at], invoices.number[at], invoices.out[at].astype(np.int64))
    content = group(invoices.buyer[at], invoices.total[at])
    order = np.lexsort((invoices.day[at], number))
    number, content, day = number[order], content[order], invoices.day[at][order]
    clash = (np.diff(number) == 0) & (np.diff(content) != 0) & (np.diff(day) <= _REUSED_DAYS)
    found = np.zeros(len(invoices), dtype=np.bool_)
    found[at[order]] = np.append(clash, False) | np.insert(clash, 0, False)
    return found & (invoices.serial >= 0)


def serial_gap(invoices: Invoices, a: Ints, b: Ints) -> Ints:
    """How far apart the numbers of rows `a` and `b` are (shape (k,))."""
    return np.asarray(np.abs(invoices.serial[a] - invoices.serial[b]), dtype=np.int64)


def rewritten(one: str, other: str) -> bool:
    """Whether one number is the other written anew: one digit changed or added, or two swapped.

    Symmetric. Damerau-Levenshtein distance 1 (adjacent swap, substitution, insertion), or the
    shorter one inside the longer with up to three signs put before or after it.
    """
    if min(len(one), len(other)) < _REWRITTEN_FROM or one == other:
        return False
    short, long = sorted((one, other), key=len)
    if len(short) < len(long):
        inside = long.startswith(short) or long.endswith(short)
        return (inside and len(long) - len(short) <= 3) or _one_more(short, long)  # noqa: PLR2004
    differing = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    match differing:
        case [_]:
            return True
        case [i, j]:
            return j == i + 1 and one[i] == other[j] and one[j] == other[i]
        case _:
            return False


def _one_more(short: str, long: str) -> bool:
    if len(long) != len(short) + 1:
        return False
    at = next((i for i, a in enumerate(short) if a != long[i]), len(short))
    return short[at:] == long[at + 1 :]
