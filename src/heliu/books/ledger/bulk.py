"""Bulk posting: batches as arrays, several in flight, answered once they are durable in order.

The same decision, staging and encoding as `Ledger.post`. Keys are looked up in a small lossy
memory of recent ones instead of the database; what it has forgotten, the database's unique index
refuses, and the batches in flight are then decided again with the keys looked up.
"""

import select
import sys
from collections import deque
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

from heliu.books.ledger.domain.batch import Rows, TransferBatch, micros
from heliu.books.ledger.domain.decide import DUPLICATE, Answers, decide
from heliu.books.ledger.errors import Fenced
from heliu.books.ledger.lane import UNIQUE_STATE, Lane, LaneBroken
from heliu.books.ledger.recent import RecentKeys
from heliu.books.ledger.service import Ledger
from heliu.books.ledger.store_append import Staged
from heliu.ground.errors import Outage

LANES: Final = 3
MAX_BATCH: Final = 65_536
GROUP_ROWS: Final = 8192


@dataclass(slots=True)
class Ticket:
    """A batch on its way; `answers` is set once it and every batch before it are durable."""

    batch: TransferBatch
    answers: Answers | None = None
    decided: Answers | None = field(default=None, repr=False)


@dataclass(slots=True)
class Group:
    """Submitted batches that are appended and committed as one."""

    tickets: list[Ticket]
    staged: Staged
    lane: Lane | None = None


class Bulk(AbstractContextManager["Bulk"]):
    """Holds the ledger from the first batch to the last; use it in a `with` block."""

    def __init__(self, ledger: Ledger, *, lanes: int = LANES) -> None:
        self.recent = RecentKeys()
        self._ledger = ledger
        self._flight: deque[Group] = deque()
        self._waiting: list[tuple[Ticket, Rows]] = []
        self._waiting_rows = 0
        self._careful = self._rest = False
        self._exclusive = ledger.exclusive()
        self._exclusive.__enter__()
        self._lanes: list[Lane] = []
        self._count = lanes
        try:
            self._open_lanes()
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
            # What is on its way is seen through, so that memory and journal part as one.
            with suppress(*(() if kind is None else (Outage,))):
                self.drain()
        finally:
            if self._flight or self._waiting:
                self._ledger.doubt()
            self._close_lanes()
            self._exclusive.__exit__(kind, error, trace)

    def submit(self, batch: TransferBatch) -> Ticket:
        """Take a batch (at most 65,536 transfers); waits while too much is on its way.

        A free lane takes whatever waits as one group, so that many small batches cost what a
        large one does; there is no timer. Raises Fenced, or Outage when the database is lost:
        what was not answered may or may not be booked, and sending it again is safe.
        """
        assert len(batch) <= MAX_BATCH, "a batch is at most 65,536 transfers"
        ticket = Ticket(batch)
        self._pump(wait=False)
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
            *(batch, memory.balances, {}), now_us=micros(now), first_seq=memory.next_seq
        )
        if rows is None or ticket.decided.status.any():
            # A refused transfer may reuse a key that only the database still knows.
            self.drain()
            self._post_alone(ticket)
            return ticket
        memory.book(rows)
        self._waiting.append((ticket, rows))
        self._waiting_rows += len(rows)
        if self._waiting_rows >= GROUP_ROWS:
            self._close_group()
        self._pump(wait=False)
        while self._flight and self._flight[-1].lane is None:
            self._pump(wait=True)
        return ticket

    def drain(self) -> None:
        """Return when every submitted batch is answered."""
        while self._flight or self._waiting:
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
        """Give free lanes to groups that wait for one, in order, then to what else waits."""
        if not self._lanes:
            self._open_lanes()
        for lane in [lane for lane in self._lanes if lane.idle]:
            group = next((group for group in self._flight if group.lane is None), None)
            if group is None and self._waiting:
                group = self._close_group()
            if group is None:
                return
            group.lane = lane
            lane.start(group.staged, first=group is self._flight[0])

    def _close_group(self) -> Group:
        """Make one group of all that waits."""
        tickets = [ticket for ticket, _ in self._waiting]
        rows = [rows for _, rows in self._waiting]
        staged = self._ledger.memory().chain(rows, self._ledger.clock.now())
        group = Group(tickets, staged)
        self._flight.append(group)
        self._waiting, self._waiting_rows = [], 0
        return group

    def _settle(self) -> None:
        """Answer what is durable in order, and give the next group its turn to commit."""
        while self._flight and (lane := self._flight[0].lane) is not None:
            if lane.broken:
                self._start_over(lane.broken)
            elif lane.done:
                self._answer(self._flight.popleft(), lane)
            elif lane.waits_for_turn:
                lane.step()
            else:
                return

    def _answer(self, group: Group, lane: Lane) -> None:
        lane.free()
        for ticket in group.tickets:
            ticket.answers = ticket.decided
        settled = not self._flight and not self._waiting
        self._rest = self._ledger.keep_up(group.staged.end_seq, settled=settled)

    def _start_over(self, error: LaneBroken) -> None:
        """Decide what is on its way again, one batch after the other, its keys looked up."""
        tickets = [ticket for group in self._flight for ticket in group.tickets]
        tickets += [ticket for ticket, _ in self._waiting]
        self._flight.clear()
        self._waiting, self._waiting_rows = [], 0
        self._close_lanes()
        self._ledger.doubt()
        if error.fenced:
            self._ledger.fenced = True
            raise Fenced("another writer has taken the ledger over: start again") from error
        if error.state != UNIQUE_STATE:
            raise Outage(f"the ledger's batch was not taken: {error}") from error
        for ticket in tickets:
            self._post_alone(ticket)

    def _open_lanes(self) -> None:
        self._lanes += (Lane(self._ledger.database) for _ in range(self._count))

    def _close_lanes(self) -> None:
        while self._lanes:
            self._lanes.pop().close()

    def _post_alone(self, ticket: Ticket) -> None:
        with self._ledger.database.transaction() as tx:
            answers = self._ledger.post_batch(tx, ticket.batch)
        ticket.answers = answers
        # Where one repeat is, more follow (a file sent again): look keys up until none is known.
        self._careful = bool((answers.status == DUPLICATE).any())
