"""How long this process takes: the last durations of one kind of work, and their quantiles."""

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final

LAST: Final = 1024


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Of the last `count` durations the middle one and the one of hundred, in seconds."""

    count: int
    p50: float
    p99: float


@dataclass(slots=True)
class Pace:
    """The last durations; threads may note and read at once."""

    _last: deque[float] = field(default_factory=lambda: deque(maxlen=LAST))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float) -> None:
        """One more piece of work took `seconds` (>= 0)."""
        with self._lock:
            self._last.append(seconds)

    def quantiles(self) -> Quantiles | None:
        """The quantiles of what was noted last, by nearest rank; None before the first."""
        with self._lock:
            ordered = sorted(self._last)
        if not ordered:
            return None
        count = len(ordered)
        return Quantiles(count, ordered[(count - 1) // 2], ordered[-(-count * 99 // 100) - 1])


ACTS: Final = Pace()
"""From when a visit of the teller came to its durable answer."""
