"""Limit lines and the two-phase protocol on them: reserve -> utilise -> release. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from heliu.credit.products.api import Enrolled, Programme
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


class Axis(StrEnum):
    """What an exposure counts against, all at once."""

    PROGRAMME = "programme"
    OBLIGOR = "obligor"
    GROUP = "group"
    SUPPLIER = "supplier"
    PRODUCT = "product"


class LineKey(NamedTuple):
    """Names a limit line: axis, subject (programme, product or group code, USCC) and currency."""

    axis: Axis
    subject: str
    currency: str

    @property
    def id(self) -> UUID:
        """The line's stable id."""
        return _line_id(*self)


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
    """Reserve up to `amount` on all `lines`, but not less than `at_least` (> 0).

    `expires_at` is when what is not utilised by then falls back; None utilises it at once (a draw
    that is decided and made in one breath).
    """

    key: UUID
    amount: Money
    at_least: Money
    lines: tuple[LineKey, ...]
    expires_at: datetime | None


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
    """One change of one reservation, on each of its lines, in minor units."""

    key: UUID
    reservation: UUID
    lines: tuple[UUID, ...]
    currency: str
    reserved: int
    utilised: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What a reservation holds: lines, what was granted, and what of it is open, minor units."""

    lines: tuple[UUID, ...]
    currency: str
    granted: int
    reserved: int
    utilised: int
    expires_at: datetime | None


def decide_reservations(
    commands: Sequence[Reserve], lines: Mapping[LineKey, LimitLine]
) -> tuple[list[Reserved | LimitExceeded], list[Change], dict[LineKey, LimitLine]]:
    """Grant in order, each on what the earlier ones left; a missing line has no room at all."""
    # Room and what is added, per line: [headroom, reserved, utilised].
    state = {key: [line.headroom, 0, 0] for key, line in lines.items()}
    nothing = [0, 0, 0]
    outcomes: list[Reserved | LimitExceeded] = []
    changes: list[Change] = []
    for command in commands:
        assert 0 < command.at_least.minor <= command.amount.minor, (
            "a reservation asks for something"
        )
        assert command.lines, "an exposure counts against something"
        rooms = [state.get(key, nothing)[0] for key in command.lines]
        narrowest = command.lines[rooms.index(min(rooms))]
        granted = min(command.amount.minor, *rooms)
        if granted < command.at_least.minor:
            room = Money(min(rooms), command.amount.currency)
            outcomes.append(LimitExceeded(command.key, narrowest, room))
            continue
        reserved, utilised = (granted, 0) if command.expires_at else (0, granted)
        for key in command.lines:
            line = state[key]
            line[0] -= granted
            line[1] += reserved
            line[2] += utilised
            assert line[0] >= 0, "a limit is never exceeded"
        ids = tuple(key.id for key in command.lines)
        currency = command.amount.currency
        changes.append(
            Change(
                *(command.key, command.key, ids, currency, reserved, utilised, command.expires_at)
            )
        )
        outcomes.append(Reserved(command.key, Money(granted, currency)))
    after = {
        key: replace(
            line, reserved=line.reserved + state[key][1], utilised=line.utilised + state[key][2]
        )
        for key, line in lines.items()
        if state[key][1] or state[key][2]
    }
    return outcomes, changes, {**lines, **after}


def axes(programme: Programme, supplier: str) -> tuple[LineKey, ...]:
    """Every line that a draw of `supplier` (USCC) on `programme` counts against."""
    return (
        *(key for key, _ in programme_limits(programme)),
        LineKey(Axis.SUPPLIER, supplier, programme.currency),
    )


def programme_limits(programme: Programme) -> list[tuple[LineKey, Money]]:
    """The limits a programme sets on the axes that all its suppliers share."""
    currency = programme.currency
    return [
        (LineKey(Axis.PROGRAMME, programme.code, currency), programme.programme_limit),
        (LineKey(Axis.OBLIGOR, programme.buyer_uscc, currency), programme.obligor_limit),
        (LineKey(Axis.GROUP, programme.group_code, currency), programme.group_limit),
        (LineKey(Axis.PRODUCT, programme.product_code, currency), programme.product_limit),
    ]


def supplier_limit(programme: Programme, enrolled: Enrolled) -> tuple[LineKey, Money]:
    """The limit of an enrolled supplier: its own, or the programme's for everyone."""
    key = LineKey(Axis.SUPPLIER, enrolled.uscc, programme.currency)
    return key, enrolled.limit or programme.supplier_limit


@lru_cache(maxsize=100_000)
def _line_id(axis: Axis, subject: str, currency: str) -> UUID:
    return derived_id("limit", axis, subject, currency)
