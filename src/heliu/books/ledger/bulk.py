"""Bulk posting: batches as arrays, several in flight, answered once they are durable in order.

The same decision, staging and encoding as `Ledger.post`. Keys are looked up in a small lossy
memory of recent ones instead of the database; what it has forgotten, the database's unique index
refuses, and the batches in flight are then decided again with the keys looked up.
"""

import select
import sys
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

from heliu.books.ledger.domain.batch import TransferBatch, micros
from heliu.books.ledger.domain.decide import DUPLICATE, Answers, decide
from heliu.books.ledger.errors import Fenced
from heliu.books.ledger.lane import UNIQUE_STATE, Lane, LaneBroken
from heliu.books.ledger.recent import RecentKeys
from heliu.books.ledger.service import Ledger
from heliu.books.ledger.store_append import Staged
from heliu.ground.errors import Outage

LANES: Final = 2
MAX_BATCH: Final = 65_536


@dataclass(slots=True)
class Ticket:
    """A batch on its way; `answers` is set once it and every batch before it are durable."""

    batch: TransferBatch
    answers: Answers | None = None
    decided: Answers | None = field(default=None, repr=False)
    staged: Staged | None = field(default=None, repr=False)
    lane: Lane | None = field(default=None, repr=False)


class Bulk(AbstractContextManager["Bulk"]):
    """Holds the ledger from the first batch to the last; use it in a `with` block."""

    def __init__(self, ledger: Ledger, *, lanes: int = LANES) -> None:
        self.recent = RecentKeys()
        self._ledger = ledger
        self._flight: deque[Ticket] = deque()
        self._careful = self._rest = False
        self._exclusive = ledger.exclusive()
        self._exclusive.__enter__()
        self._lanes: list[Lane] = []
        try:
            self._lanes += (Lane(ledger.database) for _ in range(lanes))
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise

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
        if self._rest:
            self.drain()
        memory = self._ledger.memory()
        now = self._ledger.clock.now()
        # The expiry of pending transfers and suspected repeats take the careful way.
        if self.recent.meet(batch.key) or self._careful or memory.balances.due(micros(now)):
            self.drain()
            self._post_alone(ticket)
            return ticket
        self._ledger.make_room(len(batch))
        ticket.decided, rows = decide(
            *(batch, memory.balances, {}), now_us=micros(now), first_seq=memory.mark.next_seq
        )
        if rows is None:
            self.drain()
            ticket.answers = ticket.decided
            return ticket
        ticket.staged = memory.stage(rows, now)
        self._flight.append(ticket)
        self._pump(wait=False)
        while ticket.lane is None and ticket.answers is None:
            self._pump(wait=True)
        return ticket

    def drain(self) -> None:
        """Return when every submitted batch is answered."""
        while self._flight:
            self._pump(wait=True)

    def _pump(self, *, wait: bool) -> None:
        """Move every lane on as far as it goes; with `wait`, until one has something new."""
        self._launch()
        self._settle()
        busy = [lane for lane in self._lanes if lane.waits]
        if not busy:
            return
        poll = select.poll()
        for lane in busy:
            poll.register(lane.fd, lane.waits)
        ready = {fd for fd, _ in poll.poll(None if wait else 0)}
        for lane in busy:
            if lane.fd in ready:
                lane.step()
        self._settle()
        self._launch()

    def _launch(self) -> None:
        """Give free lanes to batches that wait for one, in order."""
        for ticket in self._flight:
            if ticket.lane is None:
                lane = next((lane for lane in self._lanes if lane.idle), None)
                if lane is None:
                    return
                assert ticket.staged is not None, "what is in flight was staged"
                ticket.lane = lane
                lane.start(ticket.staged, first=ticket is self._flight[0])

    def _settle(self) -> None:
        """Answer what is durable in order, and give the next batch its turn to commit."""
        while self._flight and (lane := self._flight[0].lane) is not None:
            if lane.broken:
                self._start_over(lane.broken)
            elif lane.done:
                self._answer(self._flight.popleft(), lane)
            elif lane.waits_for_turn:
                lane.step()
            else:
                return

    def _answer(self, ticket: Ticket, lane: Lane) -> None:
        lane.free()
        ticket.answers = ticket.decided
        assert ticket.staged is not None, "what is in flight was staged"
        self._rest = self._ledger.keep_up(ticket.staged.end_seq, settled=not self._flight)

    def _start_over(self, error: LaneBroken) -> None:
        """Decide what is in flight again, one batch after the other, its keys looked up."""
        tickets = list(self._flight)
        self._flight.clear()
        self._lanes = [self._replaced(lane) for lane in self._lanes]
        self._ledger.doubt()
        if error.fenced:
            self._ledger.fenced = True
            raise Fenced("another writer has taken the ledger over: start again") from error
        if error.state != UNIQUE_STATE:
            raise Outage(f"the ledger's batch was not taken: {error}") from error
        for ticket in tickets:
            self._post_alone(ticket)

    def _replaced(self, lane: Lane) -> Lane:
        lane.close()
        return Lane(self._ledger.database)

    def _post_alone(self, ticket: Ticket) -> None:
        with self._ledger.database.transaction() as tx:
            answers = self._ledger.post_batch(tx, ticket.batch)
        ticket.answers = answers
        # Where one repeat is, more follow (a file sent again): look keys up until none is known.
        self._careful = bool((answers.status == DUPLICATE).any())
