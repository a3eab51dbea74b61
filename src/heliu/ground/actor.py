"""Who acts: every use case is called in somebody's name."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a machine account, by stable id (never by name)."""

    id: str


SYSTEM: Final = Actor("system")
