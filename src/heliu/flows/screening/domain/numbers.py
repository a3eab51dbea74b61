"""Invoice numbers as evidence: does a number stand in its seller's book, was it rewritten?

A seller draws numbers from books (发票本, or one running series), so a genuine number has
neighbours: other invoices of the same seller with close numbers and close dates. A number made
up later stands alone. How telling that is, is learnt from the seller's own other rows.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices

LARGEST_ISLAND: Final = 8
_BOOK_REACH: Final = 500  # numbers
_BOOK_DAYS: Final = 45
# A seller of few rows says little about his books.
_PRIOR_ROWS: Final = 3
UNKNOWN: Final = 0.3
_REWRITTEN_FROM: Final = 4  # digits: shorter numbers look alike by chance


@dataclass(frozen=True, slots=True)
class Strangeness:
    """How little each row's number fits its seller's books, in [0, 1], each (n,) float64.

    `lone` judges the number by itself, `island` with up to eight numbers of the same parties
    around it (parts of one split may be numbered in a row). 0: it stands in a book; else the
    share of the seller's other rows that stand in larger ones, lifted to what is merely unknown.
    """

    lone: Floats
    island: Floats


def strangeness(invoices: Invoices) -> Strangeness:
    """Judge every number by the numbers its seller used around the same days."""
    distinct, mixed = _islands(invoices)
    seller = invoices.seller
    rows = np.bincount(seller)
    island = np.zeros(len(invoices))
    lone = island
    for size in range(1, LARGEST_ISLAND + 1):
        booked = np.bincount(seller, weights=(distinct > size) | mixed)
        share = booked / np.maximum(rows - size + _PRIOR_ROWS, 1)
        judged = np.where(
            (distinct == size) & ~mixed & invoices.usable & (invoices.serial >= 0),
            UNKNOWN + (1 - UNKNOWN) * np.minimum(share, 1)[seller],
            0.0,
        )
        island = island + judged
        lone = island if size == 1 else lone
    return Strangeness(lone, island)


def _islands(invoices: Invoices) -> tuple[Ints, Flags]:
    """Per row: how many numbers its run of near numbers and days holds; whether parties mix."""
    order = np.lexsort((invoices.day, invoices.serial, invoices.seller))
    seller, serial, day, pair = (
        c[order] for c in (invoices.seller, invoices.serial, invoices.day, invoices.pair)
    )
    ahead = np.diff(serial)
    breaks = (np.diff(seller) != 0) | (ahead > _BOOK_REACH) | (np.abs(np.diff(day)) > _BOOK_DAYS)
    first = np.concatenate(([0], np.flatnonzero(breaks) + 1))
    run = np.cumsum(np.concatenate(([0], breaks)))
    new = np.concatenate(([1], (breaks | (ahead > 0)).astype(np.int64)))
    distinct = np.add.reduceat(new, first)
    mixed = np.minimum.reduceat(pair, first) != np.maximum.reduceat(pair, first)
    by_row, mixed_row = np.empty_like(order), np.empty(len(order), dtype=np.bool_)
    by_row[order] = distinct[run]
    mixed_row[order] = mixed[run] & (distinct[run] > 1)
    return by_row, mixed_row


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
