"""Locks people set on their own money: set at once, relaxed after 24 hours (asked in peace)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from heliu.ground.money import Money

RELAXED_AFTER: Final = timedelta(hours=24)
_DAY_MINUTES: Final = 24 * 60


class LockKind(StrEnum):
    """What a lock looks at."""

    NIGHT = "night"  # nothing leaves between two times of day
    SINGLE = "single"  # no transfer above an amount
    DAILY = "daily"  # no day's transfers above an amount
    PAYEES = "payees"  # only to who stands on the list, since a day


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock as wished. `locked` False is off; `amount` for SINGLE and DAILY, times for NIGHT.

    The night is [starts, ends) on Beijing's clock and may go past midnight.
    """

    kind: LockKind
    locked: bool = False
    amount: Money | None = None
    starts: time | None = None
    ends: time | None = None

    def __post_init__(self) -> None:
        amounts = self.locked and self.kind in (LockKind.SINGLE, LockKind.DAILY)
        night = self.locked and self.kind is LockKind.NIGHT
        assert (self.amount is not None) == amounts, "an amount belongs to a lock of amounts"
        assert (self.starts is not None) == (self.ends is not None) == night, "times: the night's"
        assert not night or self.starts != self.ends, "a night has a length"


@dataclass(frozen=True, slots=True)
class Change:
    """A lock asked for at an instant, in force from another one on."""

    lock: Lock
    asked_at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A lock in force, and the relaxation that waits, if one does."""

    lock: Lock
    waiting: Change | None = None


def relaxes(before: Lock, after: Lock) -> bool:
    """Whether `after` lets anything through that `before` stopped (two locks of one kind)."""
    assert before.kind is after.kind, "one kind at a time"
    if not before.locked:
        return False
    if not after.locked:
        return True
    match before.kind:
        case LockKind.SINGLE | LockKind.DAILY:
            assert before.amount is not None, "a lock of amounts has one"
            assert after.amount is not None, "a lock of amounts has one"
            return after.amount > before.amount
        case LockKind.NIGHT:
            return not _minutes(before) <= _minutes(after)
        case LockKind.PAYEES:
            return False


def change(standing: Standing, wished: Lock, at: datetime) -> Change:
    """The change to `wished`: at once, or after 24 hours if it relaxes what is in force."""
    wait = RELAXED_AFTER if relaxes(standing.lock, wished) else timedelta(0)
    return Change(wished, at, at + wait)


def in_force(kind: LockKind, changes: Sequence[Change], at: datetime) -> Standing:
    """What is in force at `at`, from all changes of one kind in order of asking.

    A newer wish replaces one that still waits, so nothing comes into force that was not the last
    wish for 24 hours.
    """
    standing = Standing(Lock(kind))
    for asked in changes:
        if asked.asked_at > at:
            break
        standing = _at(standing, asked.asked_at)
        if asked.effective_at <= asked.asked_at:
            standing = Standing(asked.lock)
        else:
            standing = Standing(standing.lock, asked)
    return _at(standing, at)


def all_in_force(changes: Sequence[Change], at: datetime) -> Mapping[LockKind, Standing]:
    """`in_force` of every kind."""
    return {k: in_force(k, [c for c in changes if c.lock.kind is k], at) for k in LockKind}


def night_holds(lock: Lock, clock: time) -> bool:
    """Whether a night lock stops what happens at that time of day (Beijing)."""
    return lock.locked and clock.hour * 60 + clock.minute in _minutes(lock)


def _at(standing: Standing, at: datetime) -> Standing:
    waiting = standing.waiting
    return Standing(waiting.lock) if waiting and waiting.effective_at <= at else standing


def _minutes(lock: Lock) -> frozenset[int]:
    assert lock.starts is not None, "a night has two ends"
    assert lock.ends is not None, "a night has two ends"
    start = lock.starts.hour * 60 + lock.starts.minute
    end = lock.ends.hour * 60 + lock.ends.minute
    length = (end - start) % _DAY_MINUTES
    return frozenset((start + n) % _DAY_MINUTES for n in range(length))
