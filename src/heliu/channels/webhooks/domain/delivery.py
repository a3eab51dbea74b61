"""The life of a delivery: due, tried, tried again ever later, delivered or given up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

# About 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 5.7 h, 22.8 h: given up a good day after the first.
FIRST_PAUSE: Final = timedelta(seconds=5)
GROWTH: Final = 4
MAX_TRIES: Final = 9
# Each pause is spread by up to a quarter, so that what failed together does not return together.
SPREAD: Final = Decimal("0.25")
# An endpoint that takes nothing is probed at least this often, and gets this many when it is well.
LONGEST_PAUSE: Final = timedelta(minutes=5)
AT_ONCE: Final = 16


class State(StrEnum):
    """Where a delivery stands."""

    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"


class Fault(StrEnum):
    """Why there was no answer."""

    ADDRESS_NOT_PUBLIC = "address_not_public"
    UNRESOLVED = "unresolved"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message for one endpoint; `id` is the same in every attempt and every replay.

    `attempts` counts all, `tries` those since it last became due. It is due from `next_at` on.
    """

    id: UUID
    endpoint_id: UUID
    fact_id: UUID | None
    kind: str
    payload: str
    next_at: datetime
    created_at: datetime
    state: State = State.DUE
    attempts: int = 0
    tries: int = 0

    @property
    def message_id(self) -> str:
        """The `webhook-id` its receiver tells repetitions by."""
        return f"msg_{self.id.hex}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: the HTTP status that was answered, or the fault instead of one."""

    sent_at: datetime
    took: timedelta
    status: int | None = None
    fault: Fault | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    @property
    def gone(self) -> bool:
        """Whether the receiver wants no more: 410 Gone."""
        return self.status == 410  # noqa: PLR2004


def after(delivery: Delivery, attempt: Attempt, chance: Decimal) -> Delivery:
    """The delivery after `attempt`; `chance` in [0, 1) spreads the next pause."""
    tried = replace(delivery, attempts=delivery.attempts + 1, tries=delivery.tries + 1)
    if attempt.taken:
        return replace(tried, state=State.DELIVERED)
    if attempt.gone or tried.tries >= MAX_TRIES:
        return replace(tried, state=State.DEAD)
    return replace(tried, next_at=attempt.sent_at + pause_after(tried.tries, chance))


def pause_after(tries: int, chance: Decimal) -> timedelta:
    """How long to wait after the `tries`-th failure (from 1), spread by `chance` in [0, 1)."""
    assert tries >= 1, "a pause follows a try"
    assert 0 <= chance < 1, "a chance is in [0, 1)"
    spread = 1 - SPREAD + 2 * SPREAD * chance
    seconds = int(FIRST_PAUSE.total_seconds()) * GROWTH ** (tries - 1)
    return timedelta(milliseconds=int(seconds * 1000 * spread))


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares: rounds failed since it last took anything, and the pause after them.

    One message that is never taken spoils nothing: another one that is taken makes it well.
    """

    failures: int = 0
    not_before: datetime | None = None

    def share(self, now: datetime) -> int:
        """How many messages it is sent at once: none while it pauses, one to probe it after."""
        if self.not_before is None:
            return AT_ONCE
        return int(now >= self.not_before)

    def after(self, attempts: Sequence[Attempt], chance: Decimal) -> "Health":
        """Its health after a round of attempts (at least one)."""
        if any(attempt.taken for attempt in attempts):
            return Health()
        failures = self.failures + 1
        pause = min(pause_after(failures, chance), LONGEST_PAUSE)
        return Health(failures, max(attempt.sent_at for attempt in attempts) + pause)
