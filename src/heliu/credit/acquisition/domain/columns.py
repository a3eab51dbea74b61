"""What is known of a list's suppliers, as columns: one array a feature, one place a supplier."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]

PURCHASES: Final = "annual_purchases_minor"
CAPACITY: Final = "capacity_minor"
PAYMENT_DAYS: Final = "payment_days"
EXPOSURE: Final = "other_exposure_permille"
INVOICES: Final = "invoices_12m"
# `(n,) float64`, NaN where unknown.
FRACTIONS: Final = ("cooperation_years", "returns_rate", "late_delivery_rate")
# Whole numbers, `(n,) float32`, NaN where unknown: exact below 2^24, and none beyond rounds to
# below it, so that every comparison with a number below it is exact.
COUNTS: Final = (
    *("orders_12m", INVOICES, PAYMENT_DAYS, "age_days", "purchases_growth_permille", EXPOSURE),
)
MAX_COUNTED: Final = 2**24
NUMBERS: Final = (*FRACTIONS, *COUNTS)
# `(n,) int64` minor units, always known; the capacity follows from purchases and terms.
AMOUNTS: Final = (PURCHASES, CAPACITY)
# `(n,) int8`: 1 yes, 0 no, -1 unknown.
FLAGS: Final = (
    "already_enrolled",
    "register_active",
    "related_party",
    "stop_warning",
    "contradicted",
)
# Beyond it products of an amount and a factor no longer fit 64 bits.
MAX_MINOR: Final = 10**15


@dataclass(frozen=True, slots=True)
class Columns:
    """The features of n suppliers: NUMBERS, the purchases of AMOUNTS, and FLAGS, by name.

    `whole` names the numbers in which nothing is unknown.
    """

    known: Mapping[str, Array]
    whole: frozenset[str]

    def __len__(self) -> int:
        return len(self.known[PURCHASES])

    def part(self, start: int, end: int) -> Mapping[str, Array]:
        """Views of the suppliers [start, end)."""
        return {name: column[start:end] for name, column in self.known.items()}


def columns_of(known: Mapping[str, Array]) -> Columns:
    """Columns that know in which of them something is unknown."""
    return Columns(known, frozenset(n for n in NUMBERS if not np.isnan(known[n]).any()))


def cuts(size: int, step: int) -> Iterator[tuple[int, int]]:
    """[start, end) of the pieces of `size`, each of `step` but the last."""
    yield from ((start, min(size, start + step)) for start in range(0, size, step))
