"""The bank's collection policy: steps by days late, channels, days on which nobody is contacted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from heliu.ground.text import Text


class Remedy(StrEnum):
    """What may become of a loan besides being paid."""

    RESTRUCTURE = "restructure"
    EXTEND = "extend"
    WRITE_OFF = "write_off"
    RECOVER = "recover"
    REVERSE_WRITE_OFF = "reverse_write_off"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with a case from so many days late on, and who does it."""

    step: str
    from_days: int
    owner: str
    remedies: tuple[Remedy, ...]
    name: Text
    do: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of the policy; steps ascend by days, the first begins at 0."""

    version: int
    channels: frozenset[str]
    results: frozenset[str]
    forbidden_on: frozenset[date]
    steps: tuple[Step, ...]

    def step_at(self, days_late: int) -> Step:
        """The last step whose days are reached."""
        return [step for step in self.steps if step.from_days <= days_late][-1]

    def rank(self, step: str) -> int:
        """The place of a step; -1 for one this version does not know."""
        return next((n for n, known in enumerate(self.steps) if known.step == step), -1)

    def allows(self, remedy: Remedy, days_late: int) -> bool:
        """Whether the remedy may be proposed at so many days late."""
        return remedy in self.step_at(days_late).remedies

    def first_day_of(self, remedy: Remedy) -> int:
        """From how many days late on the remedy may be proposed first."""
        return next(step.from_days for step in self.steps if remedy in step.remedies)
