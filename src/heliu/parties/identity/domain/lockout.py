"""Lock-out: how long nobody may try after so many failures, per login and per address.

A PIN has six digits. NIST SP 800-63B-4 (rate limiting) bounds guesses at one login to 100 in a row;
the waits below allow five at once, sixteen in the first day and one a day after. One address may
belong to an office, so it has more tries, and a day without failures forgives it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=24)
FORGIVEN_AFTER: Final = timedelta(hours=24)
_DOUBLINGS: Final = 11  # 2^11 minutes are longer than a day


class Whose(StrEnum):
    """What failures are counted of."""

    LOGIN = "login"
    ADDRESS = "address"


FREE_TRIES: Final = {Whose.LOGIN: 5, Whose.ADDRESS: 30}


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures in a row (>= 0) of a login or an address, and the last one's instant."""

    whose: Whose
    failures: int = 0
    last_at: datetime | None = None

    def open_at(self) -> datetime | None:
        """When the next try is allowed; None: at once."""
        if self.last_at is None or (wait := wait_after(self.whose, self.failures)) is None:
            return None
        return self.last_at + wait

    def failed(self, now: datetime) -> "Tally":
        """After one more failure at `now`."""
        before = 0 if self._forgiven(now) else self.failures
        return Tally(self.whose, before + 1, now)

    def _forgiven(self, now: datetime) -> bool:
        opens = self.open_at() or self.last_at
        return self.whose is Whose.ADDRESS and opens is not None and now >= opens + FORGIVEN_AFTER


def wait_after(whose: Whose, failures: int) -> timedelta | None:
    """The wait after `failures` in a row: none, then a minute, doubled each time, up to a day."""
    beyond = failures - FREE_TRIES[whose]
    if beyond < 0:
        return None
    return min(FIRST_WAIT * (1 << min(beyond, _DOUBLINGS)), LONGEST_WAIT)
