"""Fail-over bench: the primary is killed under load, its synchronous standby takes its place.

Works on two servers of its own in a temporary folder. One process posts and is never started
again: when its server is gone it repeats what was not acknowledged until the promoted one answers.
After every fail-over the old primary becomes the standby of the new one, and dies next but one.
Then the same is done to the serving bank: two `heliu serve` processes, a client that records every
answer over HTTP. In the end the books are compared with what had been acknowledged.
"""

import multiprocessing
import shutil
import statistics
import tempfile
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.app.bench.comparing import Tally, compared, credential, planted
from heliu.app.bench.house import House
from heliu.app.bench.http_recorder import RATE, Recorder
from heliu.app.bench.killing import kill_server
from heliu.books.ledger.api import Ledger, NewAccount, TransferBatch, verify_ledger
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Outage
from heliu.ground.ids import derived_id
from heliu.ground.migrate import migrate
from heliu.ground.postgres import embedded
from heliu.ground.replication import Standby

ROUNDS: Final = 4
ACCOUNTS: Final = 100
BATCH: Final = 64
CNY: Final = 156
AGAIN_S: Final = 0.02
PATIENCE_S: Final = 60.0
KEYS: Final = """
SELECT string_agg(substr(uuid_send(key), 9), ''::bytea)
FROM books.journal"""

Tell = Callable[[str], None]
Act = Callable[[int], None]


@dataclass(slots=True)
class Heard:
    """Acknowledgements as the load tells them: when, and outages in between."""

    at: list[float] = field(default_factory=list)
    outages: int = 0

    def after(self, moment: float) -> float:
        """Seconds from `moment` to the next acknowledgement, waited for."""
        deadline = time.monotonic() + PATIENCE_S
        while (place := bisect_right(self.at, moment)) == len(self.at):
            if time.monotonic() > deadline:
                raise Outage("nothing was acknowledged after the fail-over")
            time.sleep(0.005)
        return self.at[place] - moment

    def rate(self, start: float, end: float) -> float:
        """Acknowledgements per second in [start, end)."""
        return (bisect_left(self.at, end) - bisect_left(self.at, start)) / (end - start)


def run(
    database_url: str, *, seconds: float, progress: Tell, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Load for about `seconds` in all: alone, with a standby, and between `rounds` fail-overs.

    `database_url` is not touched: the servers that are killed are this bench's own.
    """
    del database_url
    home = Path(tempfile.mkdtemp(prefix="heliu-failover-"))
    primary, other = embedded(home / "one"), embedded(home / "two")
    part = seconds / (rounds + 2)
    try:
        primary.start()
        pair = Standby(primary, other)
        accounts = _accounts(pair.url)
        with _Load(pair.url, accounts) as heard:
            progress("load on one server")
            alone = _watch(heard, part)
            pair = Standby.create(primary, home / "two")
            pair.start()
            progress("load with a synchronous standby")
            replicated = _watch(heard, part)
            gaps, promotions = [], []
            for number in range(1, rounds + 1):
                progress(f"fail-over {number} of {rounds}: kill -9 of the primary")
                kill_server(pair.primary)
                killed = time.monotonic()
                pair.promote()
                promotions.append(time.monotonic() - killed)
                gaps.append(heard.after(killed))
                pair = Standby.create(pair.server, pair.primary.data.parent)
                pair.start()
                _watch(heard, part)
        progress("comparing the journal with what was acknowledged")
        booked = _booked(pair.url, len(heard.at))
        over_http = _serve_on(pair, home, part, rounds, progress)
    finally:
        for server in (primary, other):
            kill_server(server)
        shutil.rmtree(home, ignore_errors=True)
    return {
        "fail_overs": rounds,
        "transfers_a_commit": BATCH,
        "commits_per_s": {"alone": alone, "with_standby": replicated},
        "with_standby_to_alone": replicated / alone,
        "promoted_after_s": {"median": statistics.median(promotions), "most": max(promotions)},
        "silent_for_s": {"median": statistics.median(gaps), "most": max(gaps)},
        "outages_told": heard.outages,
        **booked,
        "over_http": over_http,
        "met": over_http["met"]
        and not (booked["lost"] or booked["doubled"] or booked["violations"]),
    }


def _serve_on(
    pair: Standby, home: Path, part: float, rounds: int, progress: Tell
) -> dict[str, Any]:
    """The fail-overs again, under a client of the serving bank: what it heard, what is booked."""
    tally, house = Tally(), House(home, pair.url)
    progress("planting receivables")
    connection, jobs = planted(pair.url, int(RATE * rounds * (part + 2)))
    try:
        house.open()
        served_by = house.pids()
        recorder = Recorder(house.ports, credential(home, connection), jobs)
        for number in range(1, rounds + 1):
            progress(f"fail-over {number} of {rounds} of the serving bank")
            recorder.start()
            time.sleep(part)
            kill_server(pair.primary)
            killed = time.monotonic()
            pair.promote()
            house.open()
            time.sleep(part / 2)
            tally.add("primary", killed, recorder.stop())
            pair = Standby.create(pair.server, pair.primary.data.parent)
            pair.start()
        recorder.close()
        same = house.pids() == served_by
    finally:
        house.close()
    told = compared(pair.url, connection, tally)
    return {**told, "silent_for_s": tally.silence(), "processes_never_restarted": same}


class _Load:
    """The process that posts, and the thread that hears its acknowledgements."""

    def __init__(self, url: str, accounts: NDArray[np.int64]) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe(duplex=False)
        self._enough = context.Event()
        self._process = context.Process(target=_write, args=(url, accounts, there, self._enough))
        self._process.start()
        there.close()
        self._heard = Heard()
        self._hearing = threading.Thread(target=self._hear)

    def __enter__(self) -> Heard:
        self._hearing.start()
        self._heard.after(0.0)
        return self._heard

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._process.join(PATIENCE_S)
        self._process.kill()
        self._hearing.join()

    def _hear(self) -> None:
        with suppress(EOFError):
            while True:
                at, outages = self._here.recv()
                self._heard.outages = outages
                self._heard.at.append(at)


def _watch(heard: Heard, seconds: float) -> float:
    """Let the load run; acknowledgements per second."""
    start = time.monotonic()
    time.sleep(seconds)
    return heard.rate(start, time.monotonic())


def _write(url: str, accounts: NDArray[np.int64], tell: Connection, enough: Event) -> None:
    """The load: one ledger for its whole life."""
    database = Database(url)
    with Ledger.open(database, SystemClock()) as ledger:

        def post(number: int) -> None:
            with database.transaction() as tx:
                ledger.post_batch(tx, _batch(accounts, number))

        drive(post, tell, enough)
    database.close()


def drive(act: Act, tell: Connection, enough: Event) -> None:
    """Do act 0, 1, 2 ... each until it is acknowledged; tells (when, outages so far) each time."""
    number = outages = 0
    while not enough.is_set():
        try:
            act(number)
        except Outage:
            outages += 1
            time.sleep(AGAIN_S)
        else:
            number += 1
            tell.send((time.monotonic(), outages))


def _accounts(url: str) -> NDArray[np.int64]:
    database = Database(url)
    migrate(database)
    asked = [NewAccount(f"failover:{n}", "nostro") for n in range(ACCOUNTS)]
    with Ledger.open(database, SystemClock()) as ledger, database.transaction() as tx:
        opened = ledger.open_accounts(tx, asked)
    database.close()
    return np.array(opened, np.int64)


def _batch(accounts: NDArray[np.int64], number: int) -> TransferBatch:
    """Batch `number`: its keys say so."""
    index = np.arange(number * BATCH, (number + 1) * BATCH)
    key = np.empty((BATCH, 2), ">u8")
    key[:, 0], key[:, 1] = derived_id("failover", "key").int >> 64, index
    return TransferBatch(
        key=key.view("V16").ravel(),
        debit=accounts[index % ACCOUNTS],
        credit=accounts[(index + 1) % ACCOUNTS],
        amount=np.ones(BATCH, np.int64),
        currency=np.full(BATCH, CNY, np.int16),
        code=np.ones(BATCH, np.int16),
        day=np.full(BATCH, 9636, np.int32),
    )


def _booked(url: str, acknowledged: int) -> dict[str, Any]:
    """The journal beside what was acknowledged, in transfers."""
    database = Database(url)
    with database.transaction() as tx:
        with tx.connection.cursor(binary=True) as cursor:
            row = cursor.execute(KEYS).fetchone()
        violations = [f"{v.law}: {v.detail}" for v in verify_ledger(tx)]
    database.close()
    booked = np.frombuffer((row and row[0]) or b"", ">u8").astype(np.int64)
    there = np.unique(booked)
    return {
        "acknowledged": acknowledged * BATCH,
        "lost": acknowledged * BATCH - int((there < acknowledged * BATCH).sum()),
        "doubled": len(booked) - len(there),
        "violations": violations,
    }
