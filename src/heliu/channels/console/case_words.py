"""Words on cases: said, taken back within ten seconds, or sent to the desk of the case.

An act waits because not every desk can undo one: a warning closed stays closed. What waits can
always be taken back, and takes effect at the same speed in every queue.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.channels.console import store_cases
from heliu.channels.console.store_cases import CaseAct, How, Queue, Word
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.oversight.monitoring.api import Answer, WarningEventKind, answer
from heliu.parties.identity.api import actor_of
from heliu.payments.orders.api import close_case

log = logging.getLogger(__name__)

WAITS: Final = timedelta(seconds=10)
MOST: Final = 200
_AT_ONCE: Final = 50
_LEAST_REASON: Final = 10
_TAKES: Final = {
    Queue.FINDINGS: frozenset(CaseAct),
    Queue.CASH: frozenset(CaseAct),
    Queue.WARNINGS: frozenset(CaseAct),
    Queue.COLLECTION: frozenset({CaseAct.TAKE}),
    Queue.PAYMENTS: frozenset(CaseAct),
}


@dataclass(frozen=True, slots=True)
class Say:
    """What one person says of some cases of a queue at once; `key` makes it count once."""

    key: UUID
    queue: Queue
    cases: Sequence[UUID]
    act: CaseAct
    reason: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When a word is sent: business date and instant of the bank, instant of the wall clock."""

    on: date
    at: datetime
    wall: datetime


def takes(queue: Queue, act: CaseAct) -> bool:
    """Whether a case of that queue can be told so; an overdue case closes by being paid only."""
    return act in _TAKES[queue]


def reason_fits(act: CaseAct, reason: str) -> bool:
    """Whether the reason is long enough: who takes a case owes none, who closes it does."""
    return act is CaseAct.TAKE or len(reason) >= _LEAST_REASON


def say(tx: Tx, person: UUID, said: Say, wall: datetime) -> None:
    """Keep the words of a batch until they are sent; the same key again changes nothing."""
    assert takes(said.queue, said.act), "the page offers what a queue takes"
    store_cases.add(
        tx,
        [
            Word(
                derived_id("case word", said.key.hex, case.hex),
                *(said.key, said.queue, case, said.act, said.reason, person, wall, wall + WAITS),
            )
            for case in dict.fromkeys(said.cases)
        ],
    )


def take_back(tx: Tx, person: UUID, key: UUID, wall: datetime) -> int:
    """Take back what the person said in this batch and is not sent yet; how many words."""
    mine = [one.id for one in store_cases.batch(tx, key) if one.person == person]
    return len(store_cases.end(tx, mine, How.TAKEN_BACK, wall))


def send_due(database: Database, clock: Clock) -> int:
    """Send the words whose time has come, each in its own transaction; how many were due.

    A word ends first and is then told to its desk in the same transaction, so it is sent once and
    never both sent and taken back.
    """
    wall = datetime.now(UTC)
    with database.transaction() as tx:
        found = store_cases.due(tx, wall, _AT_ONCE)
    for word in found:
        _send(database, word, Moment(clock.today(), clock.now(), wall))
    return len(found)


def _send(database: Database, word: Word, when: Moment) -> None:
    try:
        with database.transaction() as tx:
            if store_cases.end(tx, [word.id], How.SENT, when.wall):
                deliver(tx, word, when)
    except Refusal as refusal:
        log.info("a word on a case was refused: %s", refusal.code)
        with database.transaction() as tx:
            store_cases.refuse(tx, word.id, refusal, when.wall)


def deliver(tx: Tx, word: Word, when: Moment) -> None:
    """Tell the desk of the case; queues without a door for it keep the word itself. May refuse."""
    tell = _DOORS.get((word.queue, word.act))
    if tell is not None:
        tell(tx, actor_of(word.person), word, when)


def _warned(tx: Tx, actor: Actor, word: Word, when: Moment) -> None:
    taken = word.act is CaseAct.TAKE
    kind = WarningEventKind.ACKNOWLEDGED if taken else WarningEventKind.CLOSED
    reason = word.reason or "taken"
    (told,) = answer(tx, actor, [Answer(word.case_id, kind, reason)], when.on, when.at)
    if isinstance(told, Refusal):
        raise told


def _payment(tx: Tx, actor: Actor, word: Word, when: Moment) -> None:
    close_case(tx, actor, word.case_id, word.reason, when.at)


_DOORS: Final[Mapping[tuple[Queue, CaseAct], Callable[[Tx, Actor, Word, Moment], None]]] = {
    (Queue.WARNINGS, CaseAct.TAKE): _warned,
    (Queue.WARNINGS, CaseAct.CLOSE): _warned,
    (Queue.PAYMENTS, CaseAct.CLOSE): _payment,
}
