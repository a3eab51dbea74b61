"""Exact products and quotients of whole numbers in columns, without overflow.

`amount x numerator / denominator` is taken apart into quotient and remainder first, so that no
intermediate product is larger than the result or than denominator x numerator.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MILLION: Final = 1_000_000  # rates and ratios in columns are millionths (ppm)
# Largest amount a column holds (minor units): the ledger's largest transfer, 10^12 yuan.
MAX_AMOUNT: Final = 10**14
_MAX: Final = 2**63 - 1


def times_ratio(amount: Ints, numerator: Ints | int, denominator: Ints | int) -> Ints:
    """`amount` x numerator / denominator, rounded half up; all >= 0, denominator > 0.

    Exact while numerator x denominator < 2^62 and the result < 2^62.
    """
    whole, rest = np.divmod(amount, denominator)
    half = np.asarray(denominator, np.int64) // 2
    return np.asarray(whole * numerator + (rest * numerator + half) // denominator, np.int64)


def accrue(units: Ints, rate: Ints, denominator: Ints, rest: Ints) -> tuple[Ints, Ints]:
    """(units x rate + rest) / denominator as whole minor units and the new rest; nothing is lost.

    `rest` is the remainder the day before left, in [0, denominator). Exact while
    rate x denominator < 2^62 and the result < 2^62.
    """
    whole, left = np.divmod(units, denominator)
    more, new_rest = np.divmod(left * rate + rest, denominator)
    return whole * rate + more, new_rest


def total(column: Ints) -> int:
    """The sum of a column, exact however large (Python's integers where 64 bits might not do)."""
    if not len(column):
        return 0
    largest = max(abs(int(column.max())), abs(int(column.min())))
    if largest * len(column) <= _MAX:
        return int(column.sum())
    return sum(column.tolist())


def totals_by(group: Ints, column: Ints, groups: int) -> Ints:
    """Sums of `column` by group number in [0, groups). Asserts that they fit in 64 bits."""
    largest = int(np.abs(column).max()) if len(column) else 0
    assert largest * max(1, len(column)) <= _MAX or total(np.abs(column)) <= _MAX, "sums fit"
    sums = np.zeros(groups, np.int64)
    np.add.at(sums, group, column)
    return sums
