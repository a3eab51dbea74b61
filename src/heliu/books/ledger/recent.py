"""A small memory of recent idempotency keys: fast, bounded, and allowed to forget.

It only spares the database a question. What it forgets, the unique index of
books.transfer_key still refuses.
"""

from typing import Final

import numpy as np

from heliu.books.ledger.domain.batch import Keys

_BITS: Final = 22
_SHIFT: Final = np.uint64(64 - _BITS)
# 2^64 divided by the golden ratio: multiplying by it spreads what differs (Knuth 6.4).
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class RecentKeys:
    """One slot per hash value; the newest key wins its slot."""

    def __init__(self) -> None:
        self._slots = np.zeros(1 << _BITS, np.uint64)

    def meet(self, keys: Keys) -> bool:
        """Remember `keys`; whether one of them (or its like) was here already."""
        halves = np.ascontiguousarray(keys).view(np.uint64)
        mark = halves[1::2] ^ (halves[::2] * _SPREAD)
        place = ((mark * _SPREAD) >> _SHIFT).astype(np.int64)
        met = bool((self._slots[place] == mark).any())
        self._slots[place] = mark
        return met

    def forget(self) -> None:
        """Forget all keys."""
        self._slots[:] = 0
