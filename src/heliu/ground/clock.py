"""Time is passed in: a Clock for instants (aware UTC) and for the bank's business date."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Protocol

# The bank's day is Beijing's day (GB/T 7408; no daylight saving since 1991).
BANK_ZONE: Final = timezone(timedelta(hours=8), "CST")


class Clock(Protocol):
    """Where a use case learns the time; two readings never go backwards."""

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        ...

    def today(self) -> date:
        """The bank's business date."""
        ...


class SystemClock:
    """The machine's clock; the business date is the calendar date in Beijing."""

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The bank's business date."""
        return datetime.now(BANK_ZONE).date()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved; for tests, replays and simulated days."""

    at: datetime

    def __post_init__(self) -> None:
        assert self.at.tzinfo is not None, "instants are aware"

    def now(self) -> datetime:
        """The instant, aware, UTC."""
        return self.at.astimezone(UTC)

    def today(self) -> date:
        """The bank's business date."""
        return self.at.astimezone(BANK_ZONE).date()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward by `by` (>= 0)."""
        assert by >= timedelta(0), "time does not run backwards"
        self.at += by
