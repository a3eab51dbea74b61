"""Limit lines and the two-phase protocol on them: reserve -> utilise -> release. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.ground.money import Money


class Axis(StrEnum):
    """What an exposure counts against, all at once."""

    PROGRAMME = "programme"
    OBLIGOR = "obligor"
    SUPPLIER = "supplier"


class LineKey(NamedTuple):
    """Names a limit line: axis, subject (programme code or USCC) and currency."""

    axis: Axis
    subject: str
    currency: str

    @property
    def id(self) -> UUID:
        """The line's stable id."""
        return derived_id("limit", self.axis, self.subject, self.currency)


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit and its use in minor units; reserved + utilised never grows beyond `amount`."""

    key: LineKey
    amount: int
    reserved: int = 0
    utilised: int = 0

    @property
    def headroom(self) -> int:
        """What may still be reserved (>= 0)."""
        return max(0, self.amount - self.reserved - self.utilised)


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserve up to `amount` on all `lines`, but not less than `at_least` (> 0)."""

    key: UUID
    amount: Money
    at_least: Money
    lines: tuple[LineKey, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was granted (at_least <= amount <= asked)."""

    key: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class LimitExceeded:
    """No room: the narrowest line and what it still has (major problem first)."""

    key: UUID
    line: LineKey
    headroom: Money


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one line, in minor units."""

    key: UUID
    line: LineKey
    reservation: UUID
    reserved: int
    utilised: int


def decide_reservations(
    commands: Sequence[Reserve], lines: Mapping[LineKey, LimitLine]
) -> tuple[list[Reserved | LimitExceeded], list[Change], dict[LineKey, LimitLine]]:
    """Grant in order, each on what the earlier ones left; a missing line has no room at all."""
    state = dict(lines)
    outcomes: list[Reserved | LimitExceeded] = []
    changes: list[Change] = []
    for command in commands:
        assert 0 < command.at_least.minor <= command.amount.minor, (
            "a reservation asks for something"
        )
        assert command.lines, "an exposure counts against something"
        rooms = {key: state[key].headroom if key in state else 0 for key in command.lines}
        narrowest = min(command.lines, key=lambda key: rooms[key])
        granted = min(command.amount.minor, rooms[narrowest])
        if granted < command.at_least.minor:
            room = Money(rooms[narrowest], command.amount.currency)
            outcomes.append(LimitExceeded(command.key, narrowest, room))
            continue
        for key in command.lines:
            line = state[key]
            state[key] = replace(line, reserved=line.reserved + granted)
            assert state[key].reserved + line.utilised <= line.amount
            changes.append(Change(command.key, key, command.key, granted, 0))
        outcomes.append(Reserved(command.key, Money(granted, command.amount.currency)))
    return outcomes, changes, state
