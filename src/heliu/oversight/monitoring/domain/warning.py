"""Warnings: raised once while what they tell of stands, cleared when it is over. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.oversight.monitoring.domain.rule import Severity
from heliu.oversight.monitoring.domain.sight import Subject
from heliu.oversight.monitoring.domain.signals import Seen, Signal


class WarningEventKind(StrEnum):
    """What happens to a warning after it was raised, each at most once."""

    ACKNOWLEDGED = "acknowledged"  # somebody works on it
    CLOSED = "closed"  # somebody is done with it, though it may still stand
    CLEARED = "cleared"  # what it told of is over


@dataclass(frozen=True, slots=True)
class WarningEvent:
    """One event, by whom and why."""

    kind: WarningEventKind
    reason: str
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class Raised:
    """A warning with what became of it so far."""

    id: UUID
    rule: str
    rules_version: int
    severity: Severity
    owner: str
    subject: Subject
    raised_on: date
    seen: Seen
    loans: tuple[UUID, ...]
    events: tuple[WarningEvent, ...] = ()

    def event(self, kind: WarningEventKind) -> WarningEvent | None:
        """That event of it, if it happened."""
        return next((event for event in self.events if event.kind is kind), None)

    @property
    def stands(self) -> bool:
        """Whether what it tells of is not over."""
        return self.event(WarningEventKind.CLEARED) is None

    @property
    def status(self) -> str:
        """raised, or the last that happened: cleared counts over closed over acknowledged."""
        for kind in reversed(WarningEventKind):
            if self.event(kind):
                return kind.value
        return "raised"


class Moves(NamedTuple):
    """What a day adds: new warnings, and standing ones that are over."""

    raised: list[Raised]
    cleared: list[Raised]


def day_moves(
    standing: Iterable[Raised], signals: Sequence[Signal], version: int, on: date
) -> Moves:
    """What a day's signals add to the warnings that stand.

    A signal whose warning stands adds nothing, also where a person closed it.
    """
    before = {(one.rule, one.subject): one for one in standing}
    now = {(signal.rule.id, signal.subject): signal for signal in signals}
    raised = [_raised(signal, version, on) for key, signal in now.items() if key not in before]
    return Moves(raised, [one for key, one in before.items() if key not in now])


def _raised(signal: Signal, version: int, on: date) -> Raised:
    rule, subject = signal.rule, signal.subject
    return Raised(
        derived_id("warning", rule.id, subject.key, on.isoformat()),
        *(rule.id, version, rule.severity, rule.owner, subject, on, signal.seen, signal.loans),
    )
