"""Exact ratios of integer arrays in millionths; rates over few cases are shrunk. No float.

A ratio is rounded half up to six places; nothing is told above MOST (1,000). A rate x over n cases
is told as (x n + k p) / (n + k) with k = 5, p the rate of the whole buyer or supplier, itself
shrunk to the prior of the house (empirical Bayes); each step is rounded so. What is not known is
NONE until it is told as None.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MILLION: Final = 1_000_000
MOST: Final = 1000 * MILLION
NONE: Final = -(2**62)
SHRINK: Final = 5
# Expert-set, in millionths: what is expected of a trade nothing is known of.
LATE_PRIOR: Final = 100_000
VOID_PRIOR: Final = 30_000
RED_PRIOR: Final = 20_000
DILUTION_PRIOR: Final = 20_000
HALF_LIFE_DAYS: Final = 62
# Benford's law, log10(1 + 1/d) in millionths for d = 1..9.
BENFORD: Final = (301_030, 176_091, 124_939, 96_910, 79_181, 66_947, 57_992, 51_153, 45_757)
_SCALE_BITS: Final = 20
_SMALL: Final = 2**41  # what may be multiplied by two million within 63 bits
_PLACES: Final = Decimal("0.000001")
_OBJECT: Final = np.dtype(object)


def ratios(above: Sequence[NDArray[Any]], below: Sequence[NDArray[Any]]) -> Ints:
    """Row by row, above / below in millionths, half up; NONE unless below > 0.

    Rows of int64, or of Python's integers where 63 bits do not hold them.
    """
    found = np.empty((len(above), len(above[0])), np.int64)
    wide = [_OBJECT in {over.dtype, under.dtype} for over, under in zip(above, below, strict=True)]
    narrow = [row for row, is_wide in enumerate(wide) if not is_wide]
    if narrow:
        over = np.array([above[row] for row in narrow])
        large = np.abs(over).max(axis=1) >= _SMALL
        for row, is_large in zip(narrow, large.tolist(), strict=True):
            wide[row] = is_large
        found[narrow] = _divided(over, np.array([below[row] for row in narrow]))
    rows = [row for row, is_wide in enumerate(wide) if is_wide]
    if rows:
        over = np.array([above[row] for row in rows], object)
        found[rows] = _divided(over, np.array([below[row] for row in rows], object))
    return found


def _divided(over: NDArray[Any], under: NDArray[Any]) -> NDArray[Any]:
    known = under > 0
    under = np.where(known, under, 1)
    value = (2 * MILLION * over + under) // (2 * under)
    return np.where(known, np.maximum(np.minimum(value, MOST), -MOST), NONE)


def within(above: Ints, below: Ints) -> Ints:
    """What is told of a part: red letters may turn it negative or beyond the whole."""
    return np.maximum(np.minimum(above, below), 0)


def shrunk(rate: Ints, cases: Ints, prior: Ints) -> Ints:
    """`rate` over `cases` drawn to `prior` with the weight of SHRINK cases; NONE without a case."""
    weight = cases + SHRINK
    value = (2 * (rate * cases + SHRINK * prior) + weight) // (2 * weight)
    return np.where((rate != NONE) & (cases > 0), value, NONE)


def priors(rate: Ints, cases: Ints, house: Ints) -> Ints:
    """The priors of pairs: the whole party's rate, shrunk to the house's; the house's if none."""
    value = shrunk(rate, cases, house)
    return np.where(value == NONE, house, value)


def unless(unknown: Flags, value: NDArray[Any]) -> Ints:
    """`value`, NONE where it is not known."""
    return np.where(unknown, NONE, value)


def decimals(values: Ints) -> list[list[Decimal | None]]:
    """Row by row, millionths as decimals to six places, NONE as None."""
    return [[None if n == NONE else Decimal(n) * _PLACES for n in row] for row in values.tolist()]


def integers(values: Ints) -> list[list[int | None]]:
    """Row by row, counts and days, NONE as None."""
    return [[None if n == NONE else n for n in row] for row in values.tolist()]


def decay(age_days: int) -> int:
    """2 ** (-age / half-life) in units of 2 ** -20, rounded down exactly (age >= 0)."""
    # The largest w with w ** h <= 2 ** (20 h - age).
    power = _SCALE_BITS * HALF_LIFE_DAYS - age_days
    low, high = 0, 1 << (_SCALE_BITS + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**HALF_LIFE_DAYS <= 1 << power else (low, middle)
    return low
