"""Crash bench of the ledger alone: kill -9 under load; nothing acknowledged may be lost or doubled.

Works on a server of its own in a temporary folder. In every round a writer process posts batches
and reports each acknowledgement; it, or PostgreSQL with all its processes, is killed in full run.
Then the ledger recovers, the journal is compared with what had been acknowledged, and the end of
the round is sent again.
"""

import multiprocessing
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.app.bench.killing import kill_server
from heliu.books.ledger.api import Bulk, Ledger, NewAccount, TransferBatch, verify_ledger
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Outage
from heliu.ground.migrate import migrate
from heliu.ground.postgres import Embedded, embedded

ROUNDS: Final = 20
ACCOUNTS: Final = 1000
BATCH: Final = 256
AGAIN: Final = 64
CNY: Final = 156
SEED: Final = 20260520
KEYS_AFTER: Final = """
SELECT string_agg(uuid_send(key), ''::bytea)
FROM books.journal
WHERE seq > %s"""
LAST_SEQ: Final = "SELECT upto_seq FROM books.prefix_view"

Tell = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What happened over the rounds, in transfers and seconds."""

    acknowledged: int = 0
    in_doubt_but_durable: int = 0
    lost: int = 0
    doubled: int = 0
    answered_otherwise: int = 0
    recovery_s: list[float] = field(default_factory=list)


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Twenty rounds, half of them killing the writer, half PostgreSQL; `seconds` of load in all.

    `database_url` is not touched: the server that is killed is this bench's own.
    """
    del database_url
    home = Path(tempfile.mkdtemp(prefix="heliu-crash-"))
    server, rng, tally = embedded(home), random.Random(SEED), Tally()  # noqa: S311 - not a secret
    try:
        server.start()
        database = Database(server.url)
        migrate(database)
        accounts = _accounts(database)
        for number in range(1, ROUNDS + 1):
            victim = "writer" if number % 2 else "postgres"
            progress(f"round {number} of {ROUNDS}: kill -9 of {victim}")
            load_s = seconds / ROUNDS * rng.uniform(0.5, 1.5)
            start = _last_seq(database)
            acknowledged = _load_and_kill(server, accounts, number, (victim, load_s))
            database.close()
            server.start()
            _compare(database, accounts, (number, start, acknowledged), tally)
        progress("verifying every law")
        with database.transaction() as tx:
            violations = [f"{v.law}: {v.detail}" for v in verify_ledger(tx)]
        database.close()
    finally:
        kill_server(server)
        shutil.rmtree(home, ignore_errors=True)
    return {
        "rounds": ROUNDS,
        "acknowledged": tally.acknowledged,
        "in_doubt_but_durable": tally.in_doubt_but_durable,
        "lost": tally.lost,
        "doubled": tally.doubled,
        "answered_otherwise": tally.answered_otherwise,
        "violations": violations,
        "recovery_s": {
            "median": statistics.median(tally.recovery_s),
            "most": max(tally.recovery_s),
        },
        "batch": BATCH,
        "seed": SEED,
        "met": not (tally.lost or tally.doubled or tally.answered_otherwise or violations),
    }


def _accounts(database: Database) -> NDArray[np.int64]:
    asked = [NewAccount(f"crash:{n}", "nostro") for n in range(ACCOUNTS)]
    with Ledger.open(database, SystemClock()) as ledger, database.transaction() as tx:
        return np.array(ledger.open_accounts(tx, asked), np.int64)


def _load_and_kill(
    server: Embedded, accounts: NDArray[np.int64], number: int, plan: tuple[str, float]
) -> int:
    """Run the writer, kill the victim after a while; how many transfers had been acknowledged."""
    victim, load_s = plan
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    writer = context.Process(target=_write, args=(server.url, accounts, number, there))
    writer.start()
    there.close()
    acknowledged = here.recv()  # the first one: the load is on
    time.sleep(load_s)
    if victim == "writer":
        os.kill(writer.pid or 0, signal.SIGKILL)
    else:
        kill_server(server)
    with suppress(EOFError):
        while True:
            acknowledged = here.recv()
    writer.join()
    return int(acknowledged)


def _write(url: str, accounts: NDArray[np.int64], number: int, tell: Connection) -> None:
    """The writer: posts batch after batch, and tells how many transfers are acknowledged."""
    database = Database(url)
    with suppress(Outage), Ledger.open(database, SystemClock()) as ledger, Bulk(ledger) as bulk:
        open_tickets, done, sent = [], 0, 0
        while True:
            open_tickets.append(bulk.submit(_batch(accounts, number, sent)))
            sent += 1
            while open_tickets and open_tickets[0].answers is not None:
                open_tickets.pop(0)
                done += BATCH
                tell.send(done)


def _compare(
    database: Database,
    accounts: NDArray[np.int64],
    found: tuple[int, int, int],
    tally: Tally,
) -> None:
    """Recover, compare the journal with what was acknowledged, and send the end again."""
    number, start, acknowledged = found
    began = time.perf_counter()
    with Ledger.open(database, SystemClock()) as ledger:
        tally.recovery_s.append(time.perf_counter() - began)
        booked = _booked(database, start, number)
        there = np.unique(booked)
        tally.acknowledged += acknowledged
        tally.lost += acknowledged - int((there < acknowledged).sum())
        tally.doubled += len(booked) - len(there)
        tally.in_doubt_but_durable += int((there >= acknowledged).sum())
        _send_again(ledger, accounts, (number, acknowledged), there, tally)
        again = _booked(database, start, number)
        tally.doubled += len(again) - len(np.unique(again))


def _send_again(
    ledger: Ledger,
    accounts: NDArray[np.int64],
    round_: tuple[int, int],
    there: NDArray[np.int64],
    tally: Tally,
) -> None:
    """A client that heard nothing repeats the end of the round: what is booked answers so."""
    number, acknowledged = round_
    first = max(0, acknowledged // BATCH - AGAIN)
    last = max(acknowledged, int(there.max(initial=-1)) + 1) // BATCH + 2
    with Bulk(ledger) as bulk:
        tickets = [bulk.submit(_batch(accounts, number, at)) for at in range(first, last)]
    status = np.concatenate([t.answers.status for t in tickets if t.answers is not None])
    booked = np.isin(np.arange(first * BATCH, last * BATCH), there)
    # Status 0 is "posted", 1 "duplicate".
    tally.answered_otherwise += int((status != booked).sum())


def _batch(accounts: NDArray[np.int64], number: int, at: int) -> TransferBatch:
    """Batch `at` of round `number`: its keys say both."""
    index = np.arange(at * BATCH, (at + 1) * BATCH)
    key = np.empty((BATCH, 2), ">u8")
    key[:, 0], key[:, 1] = number, index
    return TransferBatch(
        key=key.view("V16").ravel(),
        debit=accounts[index % ACCOUNTS],
        credit=accounts[(index + 1 + index // ACCOUNTS % (ACCOUNTS - 1)) % ACCOUNTS],
        amount=np.ones(BATCH, np.int64),
        currency=np.full(BATCH, CNY, np.int16),
        code=np.ones(BATCH, np.int16),
        day=np.full(BATCH, 9636, np.int32),
    )


def _booked(database: Database, after: int, number: int) -> NDArray[np.int64]:
    """Indices of the round's transfers in the journal, sorted, as often as they are there."""
    with database.transaction() as tx, tx.connection.cursor(binary=True) as cursor:
        row = cursor.execute(KEYS_AFTER, (after,)).fetchone()
    keys = np.frombuffer((row and row[0]) or b"", ">u8").reshape(-1, 2)
    return np.sort(keys[keys[:, 0] == number, 1].astype(np.int64))


def _last_seq(database: Database) -> int:
    with database.transaction() as tx:
        row = tx.row(LAST_SEQ)
    return int(row[0]) if row else 0
