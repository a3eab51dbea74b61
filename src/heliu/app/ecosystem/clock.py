"""The clock of the simulated bank: within a day it runs as it does everywhere, days are jumped.

So a signature is fresh for its five minutes, a rail is waited for as long as it should be, and
half a year passes in a minute. Whoever moves it sees to it that no request is under way.
"""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Final

from heliu.ground.clock import BANK_ZONE

_OPENING: Final = time_of_day(9, 0, tzinfo=BANK_ZONE)
_DAY: Final = timedelta(days=1)
_FRIDAY: Final = 4


class BusinessClock:
    """Starts before the opening of `first`; `open_day` and `skip` move it forward."""

    def __init__(self, first: date) -> None:
        self._move(datetime.combine(first, _OPENING) - timedelta(hours=1))

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return (self._at + timedelta(seconds=time.monotonic() - self._since)).astimezone(UTC)

    def today(self) -> date:
        """The bank's business date."""
        return self.now().astimezone(BANK_ZONE).date()

    def timestamp(self) -> float:
        """The instant in unix seconds: what a caller signs with."""
        return self.now().timestamp()

    def open_day(self, day: date) -> None:
        """It is nine in the morning of `day`, which is not over yet."""
        self._move(datetime.combine(day, _OPENING))

    def skip(self, by: timedelta) -> None:
        """It is later by `by` (>= 0)."""
        assert by >= timedelta(0), "time does not run backwards"
        self._move(self.now() + by)

    def catch_up(self, now: datetime) -> None:
        """The simulated time is over: from here on it is the real one, which is not behind it."""
        self._move(max(now, self.now()))

    def _move(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()


def business_days(first: date, weeks: int) -> list[date]:
    """Monday to Friday of `weeks` weeks from the Monday `first` on."""
    assert first.weekday() == 0, "a week begins on Monday"
    days = (first + _DAY * n for n in range(7 * weeks))
    return [day for day in days if day.weekday() <= _FRIDAY]


def on_business_day(day: date) -> date:
    """`day`, or the Monday after its weekend."""
    return day + _DAY * max(0, 7 - day.weekday() if day.weekday() > _FRIDAY else 0)


def last_monday(today: date, weeks: int) -> date:
    """The Monday from which `weeks` whole weeks end on the last Friday before `today`."""
    friday = today - _DAY * ((today.weekday() - _FRIDAY - 1) % 7 + 1)
    return friday - _DAY * (_FRIDAY + 7 * (weeks - 1))
