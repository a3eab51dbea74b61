"""The teller: async handlers hand it asks, one thread answers them batch by batch.

While one batch is being committed, the next ones wait; a free teller takes all that waits. So a
batch is one ask when the bank is idle and grows by itself under load, and no timer is needed.
What cannot be answered soon is not taken in at all: its sender may come back.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from heliu.books.ledger.api import Fenced, LedgerBusy
from heliu.credit.instants.api import Answer, Ask, Till, answer
from heliu.ground.clock import Clock
from heliu.ground.db import Database
from heliu.ground.errors import Outage, Surprise
from heliu.ground.pace import ACTS

log = logging.getLogger(__name__)

MAX_BATCH: Final = 1024
# Beyond this an ask would wait longer than its sender should: it is sent away at once.
MAX_WAIT_SECONDS: Final = 0.05
# So many may always wait, however slow the last batches were.
MIN_WAITING: Final = 64
_SMOOTHING: Final = 0.1

Run = Callable[[Sequence[Ask]], Sequence[Answer]]
"""Answers a batch in one transaction of its own; durable when it returns."""


def answered(database: Database, till: Till, asks: Sequence[Ask], clock: Clock) -> list[Answer]:
    """Durable answers of one batch, in a transaction of its own.

    It takes for granted that what is asked for is new, for the database would refuse what is not;
    where it was not new, all is answered again by a transaction that looks first.
    """
    try:
        return _answered(database, till, asks, clock, hopeful=True)
    except Surprise:
        till.shelf.clear()
        return _answered(database, till, asks, clock, hopeful=False)


def _answered(
    database: Database, till: Till, asks: Sequence[Ask], clock: Clock, *, hopeful: bool
) -> list[Answer]:
    with database.transaction(hopeful=hopeful) as tx:
        return answer(tx, till, asks, clock.today(), clock.now())


class _Visit:
    """The asks of one request and the future of their answers."""

    __slots__ = ("asks", "came", "future", "loop")

    def __init__(self, asks: Sequence[Ask], loop: asyncio.AbstractEventLoop) -> None:
        self.asks, self.loop = asks, loop
        self.came = time.perf_counter()
        self.future: asyncio.Future[Sequence[Answer]] = loop.create_future()


class Teller:
    """One thread that answers whatever waits; start it, then `ask` from any event loop."""

    def __init__(self, run: Run, on_trouble: Callable[[], None]) -> None:
        self._run, self._on_trouble = run, on_trouble
        self._waiting: deque[_Visit] = deque()
        self._asks = 0
        self._seconds_per_ask = 0.0
        self._ready = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="teller", daemon=True)
        self.fenced = False

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer what waits, then stop."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()

    async def ask(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """Durable answers, in order. Raises Outage at once if too many wait, later if it failed."""
        visit = _Visit(asks, asyncio.get_running_loop())
        with self._ready:
            if self._closing or self.fenced:
                raise Outage("this process does not answer any more")
            # One visit is always let in, however large it is.
            if self._waiting and self._asks + len(asks) > self._most():
                raise Outage("too many wait: come back in a moment")
            self._waiting.append(visit)
            self._asks += len(asks)
            self._ready.notify()
        return await visit.future

    def _most(self) -> int:
        if not self._seconds_per_ask:
            return MAX_BATCH
        return max(MIN_WAITING, int(MAX_WAIT_SECONDS / self._seconds_per_ask))

    def _work(self) -> None:
        while visits := self._next():
            started = time.perf_counter()
            asked = sum(len(visit.asks) for visit in visits)
            self._answer(visits)
            each = (time.perf_counter() - started) / asked
            before = self._seconds_per_ask or each
            self._seconds_per_ask = before + _SMOOTHING * (each - before)

    def _next(self) -> list[_Visit]:
        with self._ready:
            while not self._waiting and not self._closing:
                self._ready.wait()
            visits: list[_Visit] = []
            taken = 0
            while self._waiting and (not visits or taken + len(self._waiting[0].asks) <= MAX_BATCH):
                visits.append(self._waiting.popleft())
                taken += len(visits[-1].asks)
            self._asks -= taken
            return visits

    def _answer(self, visits: Sequence[_Visit]) -> None:
        """Answer all visits in one batch; if that fails for a reason of one, each on its own."""
        try:
            answers = self._run([ask for visit in visits for ask in visit.asks])
        except (Outage, LedgerBusy, Fenced) as error:
            self._on_trouble()
            self.fenced = self.fenced or isinstance(error, Fenced)
            _fail(visits, error)
        except Exception as error:  # the teller outlives every fault of one ask
            self._on_trouble()
            if len(visits) == 1:
                log.exception("an act failed; nothing of it was kept")
                _fail(visits, error)
                return
            for visit in visits:
                self._answer([visit])
        else:
            _deliver(visits, answers)


def _deliver(visits: Sequence[_Visit], answers: Sequence[Answer]) -> None:
    at = 0
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Visit, Sequence[Answer]]]] = {}
    now = time.perf_counter()
    for visit in visits:
        ACTS.note(now - visit.came)
        until = at + len(visit.asks)
        by_loop.setdefault(visit.loop, []).append((visit, answers[at:until]))
        at = until
    for loop, told in by_loop.items():
        loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[tuple[_Visit, Sequence[Answer]]]) -> None:
    for visit, answers in told:
        if not visit.future.done():  # its sender may have gone away
            visit.future.set_result(answers)


def _fail(visits: Sequence[_Visit], error: BaseException) -> None:
    def settle() -> None:
        for visit in visits:
            if not visit.future.done():
                visit.future.set_exception(error)

    visits[0].loop.call_soon_threadsafe(settle)
