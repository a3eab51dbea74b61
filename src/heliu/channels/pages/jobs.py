"""Long work: asked for on a page, done by a thread beside it, with steps that survive a reload.

A job that a killed process left is done again from its start: what a kind does must be idempotent
by the job's id. Its page shows the named step, how far it is, and where the result is.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import psycopg

from heliu.books.ledger.api import Fenced, Ledger, LedgerBusy
from heliu.channels.pages import store_jobs
from heliu.channels.pages.job import AskedJob, Job
from heliu.credit.instants.api import Answer, Ask
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Database
from heliu.ground.errors import Outage, Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import actor_of

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 0.1
TROUBLE_SECONDS: Final = 2.0
_FAULT: Final = Text("系统出错，已通知运维", "something broke here; operations know")


class Workplace(Protocol):
    """What a job works on."""

    @property
    def database(self) -> Database:
        """Where it opens its transactions."""
        ...

    @property
    def clock(self) -> Clock:
        """The bank's time."""
        ...

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, while this process is its writer."""
        ...

    async def act(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """One durable answer per ask, in order. Raises Outage when full or down: retry."""
        ...


@dataclass(slots=True)
class Run:
    """A job under way: what was asked, on which bank, and how to tell how far it is."""

    bank: Workplace
    job: AskedJob
    wall: Callable[[], datetime]

    @property
    def actor(self) -> Actor:
        """Whose name the work stands under."""
        return actor_of(self.job.person)

    def act(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """The teller's durable answers, in order. Raises Outage when full or down: retry."""
        return asyncio.run(_acted(self.bank, asks))

    def step(self, place: int, done: int = 0, total: int | None = None) -> None:
        """Tell the page which step of the plan (from 0) is done now, and how much of it."""
        with self.bank.database.transaction() as tx:
            store_jobs.step(tx, self.job.id, (place, done, total), self.wall())


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of job: its steps in words, and what does it; returns the path of what it made."""

    plan: tuple[Text, ...]
    do: Callable[[Run], str | None]


@dataclass(slots=True)
class Jobs:
    """The jobs of one process: takes what waits, one after another, while it is the writer."""

    bank: Workplace
    wall: Callable[[], datetime]
    works: Mapping[str, Work]
    _stop: threading.Event = field(default_factory=threading.Event)
    _asked: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what is under way; what waits is taken up by the next process."""
        self._stop.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join()

    def ask(self, job: AskedJob, now: datetime) -> None:
        """Put a job in the queue; the same id again changes nothing."""
        assert job.kind in self.works, f"nobody does {job.kind}"
        with self.bank.database.transaction() as tx:
            store_jobs.add(tx, job, now)
        self._asked.set()

    def find(self, id_: UUID, person: UUID) -> Job | None:
        """The job, if it is this person's."""
        plans = {kind: work.plan for kind, work in self.works.items()}
        with self.bank.database.transaction() as tx:
            return store_jobs.find(tx, id_, person, plans)

    def _serve(self) -> None:
        pause = 0.0
        again = False
        while not self._stop.is_set():
            self._asked.wait(pause)
            self._asked.clear()
            pause = PAUSE_SECONDS
            if self.bank.ledger is None or self._stop.is_set():
                again = False
                continue
            try:
                if not again:
                    self._take_up()
                    again = True
                while not self._stop.is_set() and self._one():
                    pass
            except (Outage, psycopg.Error) as error:
                log.warning("jobs wait: %s", type(error).__name__)
                pause, again = TROUBLE_SECONDS, False

    def _take_up(self) -> None:
        """What another process left running waits again: this process is the only writer now."""
        with self.bank.database.transaction() as tx:
            store_jobs.take_up(tx, self.wall())

    def _one(self) -> bool:
        """Do the oldest job that waits; False if none does."""
        with self.bank.database.transaction() as tx:
            job = store_jobs.take(tx, self.wall())
        if job is None:
            return False
        run = Run(self.bank, job, self.wall)
        try:
            result = self.works[job.kind].do(run)
        except Refusal as refusal:
            self._fail(job.id, refusal.reason)
        except (Outage, LedgerBusy, Fenced, psycopg.Error):
            self._take_up()
            raise Outage("a job is taken up again") from None
        except Exception:  # a fault of one job is told on its page and in the log; others go on
            log.exception("job %s of kind %s broke", job.id, job.kind)
            self._fail(job.id, _FAULT)
        else:
            with self.bank.database.transaction() as tx:
                store_jobs.finish(tx, job.id, result, self.wall())
        return True

    def _fail(self, id_: UUID, reason: Text) -> None:
        with self.bank.database.transaction() as tx:
            store_jobs.fail(tx, id_, reason, self.wall())


async def _acted(bank: Workplace, asks: Sequence[Ask]) -> Sequence[Answer]:
    return await bank.act(asks)
