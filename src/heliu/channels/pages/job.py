"""A job: long work somebody asked for, and how it stands. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class AskedJob:
    """Work of `kind` that a person wants done; `asked` is what the kind needs, as JSON."""

    id: UUID
    kind: str
    person: UUID
    party: str | None
    asked: Mapping[str, Any]
    title: Text


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its page shows it: `state` waiting, running, done or failed; `step` of its plan."""

    asked: AskedJob
    plan: tuple[Text, ...]
    state: str
    step: int
    done: int
    total: int | None
    result: str | None
    reason: Text | None
    asked_at: datetime
    changed_at: datetime

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self.asked.id

    @property
    def title(self) -> Text:
        """What is being done."""
        return self.asked.title

    @property
    def steps(self) -> list[tuple[Text, str, str]]:
        """Each step of the plan with how it stands: done, now, failed, or empty."""
        now = {"running": "now", "failed": "failed"}.get(self.state, "")
        place = len(self.plan) if self.state == "done" else self.step
        return [
            (text, "done" if at < place else now if at == place else "", "")
            for at, text in enumerate(self.plan)
        ]
