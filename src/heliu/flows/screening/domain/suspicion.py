"""What the detector says: kinds of suspicion, the rows they rest on, how sure it is and why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from heliu.ground.text import Text

# What is reported at all: one in some three thousand. Who reads the list from the top decides how
# deep to go; what chance explains better by far is not on it.
LEAST_SCORE: Final = 0.0003

RowId = int | str
Progress = Callable[[str, int, int], None]
"""Told (stage, steps done, steps in all) as the detector goes on."""


class SuspicionKind(StrEnum):
    """The five patterns of the trade that take one receivable to the bank twice, or none at all."""

    EXACT_DUPLICATE = "exact_duplicate"
    RENUMBERED_DUPLICATE = "renumbered_duplicate"
    SPLIT_SUM = "split_sum"
    INFLATED_RED_LETTER = "inflated_red_letter"
    CIRCULAR_TRADE = "circular_trade"


@dataclass(frozen=True, slots=True)
class Options:
    """Where the detector looks. Days are calendar days, ratios plain fractions.

    `floor` is the least score that is reported.
    """

    floor: float = LEAST_SCORE
    near_days: int = 31
    cycle_days: int = 92
    cycle_length: int = 6
    cycle_spread: float = 0.5
    fan_out: int = 48

    def __post_init__(self) -> None:
        assert 0 <= self.floor <= 1, "a score lies in [0, 1]"
        assert self.cycle_length in range(2, 7), "cycles of two to six parties"
        assert min(self.near_days, self.cycle_days, self.fan_out) > 0, "windows are not empty"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One finding over a table: `rows` may not be financed as they stand; score in [0, 1].

    `rows` are ids as the table gives them, the most suspect first. In a group whose members
    cannot be told apart (an exact copy and its original) all of them stand there.
    """

    kind: SuspicionKind
    rows: tuple[RowId, ...]
    score: float
    reason: Text

    def as_json(self) -> dict[str, object]:
        """The finding as the command line prints it."""
        return {
            "kind": self.kind.value,
            "rows": list(self.rows),
            "score": self.score,
            "reason": self.reason.en,
            "reason_zh": self.reason.zh,
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """A suspicion by row positions, before ids are put to it (positions most suspect first)."""

    kind: SuspicionKind
    positions: tuple[int, ...]
    score: float
    reason: Text
