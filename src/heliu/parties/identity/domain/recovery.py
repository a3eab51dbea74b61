"""Recovery of somebody who lost every way in: a day to object, then two of the bank's staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

COOLING_OFF: Final = timedelta(hours=24)
# What nobody finished is over.
LAPSES_AFTER: Final = timedelta(days=14)


class Stage(StrEnum):
    """How far a recovery is."""

    COOLING = "cooling"
    WAITING = "waiting"  # the day is over; staff is to check the identity and release
    RELEASED = "released"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Step(StrEnum):
    """What is done to a recovery, each at most once."""

    CANCELLED = "cancelled"
    VOUCHED = "vouched"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery and what was done to it; `vouched_by` is an actor's id."""

    id: UUID
    person: UUID
    begun_at: datetime
    cancelled_at: datetime | None = None
    vouched_by: str | None = None
    released_at: datetime | None = None

    @property
    def cools_until(self) -> datetime:
        """Until when every live session of the person is shown it; not before is it released."""
        return self.begun_at + COOLING_OFF

    def stage(self, now: datetime) -> Stage:
        """How far it is at `now`."""
        if self.cancelled_at is not None:
            return Stage.CANCELLED
        if self.released_at is not None:
            return Stage.RELEASED
        if now >= self.begun_at + LAPSES_AFTER:
            return Stage.LAPSED
        return Stage.COOLING if now < self.cools_until else Stage.WAITING

    def open(self, now: datetime) -> bool:
        """Whether it can still lead to a new way in."""
        return self.stage(now) in (Stage.COOLING, Stage.WAITING)
