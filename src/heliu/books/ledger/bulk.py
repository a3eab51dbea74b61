"""Bulk posting: batches as arrays, several in flight, answered once they are durable in order.

The same decision, staging and encoding as `Ledger.post`. Keys are looked up in a small lossy
memory of recent ones instead of the database; what it has forgotten, the database's unique index
refuses, and the batches in flight are then decided again with the keys looked up.
"""

import select
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final
from uuid import UUID

import numpy as np

from heliu.books.ledger import store
from heliu.books.ledger.domain.batch import Flags, Keys, TransferBatch, micros
from heliu.books.ledger.domain.decide import Answers, decide
from heliu.books.ledger.errors import Fenced
from heliu.books.ledger.lane import TURN, UNIQUE_STATE, Lane, LaneBroken
from heliu.books.ledger.memory import Memory, due_rows, write_checkpoint
from heliu.books.ledger.service import Ledger
from heliu.books.ledger.store import Staged
from heliu.ground.errors import Outage

LANES: Final = 2
MAX_BATCH: Final = 65_536
_RECENT: Final = 1 << 22
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class Ticket:
    """A batch on its way; `answers` is set once it and every batch before it are durable."""

    batch: TransferBatch
    answers: Answers | None = None
    _decided: Answers | None = None
    _staged: list[Staged] = field(default_factory=list)


class RecentKeys:
    """Which keys were seen lately: one slot per hash, the newest wins, so it may forget."""

    def __init__(self) -> None:
        self._slots = np.zeros(_RECENT, np.uint64)

    def meet(self, keys: Keys) -> bool:
        """Remember `keys`; whether one of them was here already."""
        halves = np.ascontiguousarray(keys).view(np.uint64)
        print_ = halves[1::2] ^ (halves[::2] * _MIX)
        place = ((print_ * _MIX) >> np.uint64(42)).astype(np.int64)
        met = bool((self._slots[place] == print_).any())
        self._slots[place] = print_
        return met

    def forget(self) -> None:
        """Forget all keys."""
        self._slots[:] = 0


class Bulk(AbstractContextManager["Bulk"]):
    """Holds the ledger from the first batch to the last; use it in a `with` block."""

    def __init__(self, ledger: Ledger, *, lanes: int = LANES) -> None:
        self._ledger = ledger
        self._recent = ledger.recent
        self._lanes = [Lane(ledger.database) for _ in range(lanes)]
        self._flight: deque[tuple[Ticket, Lane]] = deque()
        self._careful = False
        self._exclusive = ledger.exclusive()
        self._memory: Memory = self._exclusive.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.drain()
        finally:
            if self._flight:
                self._ledger.doubt()
            for lane in self._lanes:
                lane.close()
            self._exclusive.__exit__(kind, error, trace)

    def submit(self, batch: TransferBatch) -> Ticket:
        """Take a batch (at most 65,536 transfers); waits only while all lanes are busy.

        Raises Fenced, or Outage when the database is lost: what was not answered may or may not
        be booked, and sending it again by the same keys is safe.
        """
        assert len(batch) <= MAX_BATCH, "a batch is at most 65,536 transfers"
        ticket = Ticket(batch)
        seen = self._recent.meet(batch.key)
        while not any(lane.idle for lane in self._lanes):
            self._pump(wait=True)
        if seen or self._careful or self._due():
            self.drain()
            self._post_alone(ticket)
            return ticket
        memory = self._memory
        self._ledger.make_room(memory, len(batch))
        now = self._ledger.clock.now()
        ticket._decided, rows = decide(
            *(batch, memory.balances, {}), now_us=micros(now), first_seq=memory.mark.next_seq
        )
        if rows is None:
            self.drain()
            ticket.answers = ticket._decided
            return ticket
        ticket._staged = memory.stage(rows, now)
        lane = next(lane for lane in self._lanes if lane.idle)
        self._flight.append((ticket, lane))
        self._guarded(lambda: lane.start(ticket._staged))
        self._pump(wait=False)
        return ticket

    def drain(self) -> None:
        """Return when every submitted batch is answered."""
        while self._flight:
            self._pump(wait=True)
