"""End-of-day bench: loans closed per second, beside a loan-by-loan loop and bare SQL.

At 10^4, 10^5 and 10^6 loans a process of its own closes a business date whole: read, accrue, age on
two clocks, class, provide, write, post, tell, seal. On the day one loan in a hundred pays, and is
folded by the engine from its history. The loop loads one loan, steps it by the same
functions and saves it, on a sample (its rate is taken to hold for the whole book). The bare SQL is
INSERT ... SELECT of the same rows into a table without index or checks. The largest book is closed
once more with a kill -9 in the middle, started again, and compared with an undisturbed computation.
Figures are medians of the rounds.
"""

import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
import psycopg
from psycopg import conninfo, sql

from heliu.app.bench.eod_acts import act
from heliu.app.bench.eod_loop import loop_rate
from heliu.app.bench.eod_plant import DAY, plant
from heliu.books.ledger.api import Ledger
from heliu.credit.closing.api import House, close_day
from heliu.credit.regulation.api import Profile
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.migrate import migrate

SIZES: Final = (10_000, 100_000, 1_000_000)
ROUNDS: Final = 3
LOOP_BAR: Final = 30.0
SQL_BAR: Final = 5.0
MEMORY_BAR: Final = 2048.0
LINEAR_BAR: Final = 1.5
Tell = Callable[[str], None]


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Rates in loans per second; the sample of the loop is what `seconds` (> 0) allow."""
    found: dict[str, Any] = {}
    for size in SIZES:
        with _scratch(database_url) as url:
            progress(f"planting {size} loans")
            with _house(url) as house:
                plant(house, size, ROUNDS + 2)
            found[f"loans_{size}"] = _measured(url, size, seconds, progress)
            if size == SIZES[-1]:
                progress("kill -9 in the middle")
                found["kill_9"] = _killed(url, DAY + timedelta(days=ROUNDS + 1), size)
    return found | {"bars": _bars(found)}


def _measured(url: str, size: int, seconds: float, progress: Tell) -> dict[str, Any]:
    rounds = []
    for number in range(1, ROUNDS + 1):
        day = DAY + timedelta(days=number)
        progress(f"{size} loans, round {number}")
        acted = _acted(url, day, size)
        made = _child(url, day) | {"acted": acted}
        bare = _bare(url, day - timedelta(days=1))
        rounds.append(made | {"bare_sql_seconds": bare, "to_bare_sql": made["seconds"] / bare})
    with _house(url) as house:
        loop = loop_rate(house, DAY, seconds)
    rate = size / statistics.median(told["seconds"] for told in rounds)
    return {
        "rounds": {str(n): told for n, told in enumerate(rounds, 1)},
        "loans_per_second": rate,
        "loop_loans_per_second": loop,
        "to_loop": rate / loop,
        "to_bare_sql": statistics.median(told["to_bare_sql"] for told in rounds),
    }


def _bars(found: dict[str, Any]) -> dict[str, Any]:
    largest, smallest = found[f"loans_{SIZES[-1]}"], found[f"loans_{SIZES[0]}"]
    memory = max(r["peak_memory_mib"] for r in largest["rounds"].values())
    per_loan = smallest["loans_per_second"] / largest["loans_per_second"]
    return {
        "loop": {"times": largest["to_loop"], "met": largest["to_loop"] >= LOOP_BAR},
        "bare_sql": {"times": largest["to_bare_sql"], "met": largest["to_bare_sql"] <= SQL_BAR},
        "memory_mib": {"peak": memory, "met": memory < MEMORY_BAR},
        "linear": {"seconds_a_loan_largest_to_smallest": per_loan, "met": per_loan <= LINEAR_BAR},
        "kill_9": {"met": found["kill_9"]["identical"]},
    }


def _acted(url: str, day: date, loans: int) -> int:
    """Who pays on `day` has paid; how many they are."""
    database = Database(url)
    try:
        with database.transaction() as tx:
            return act(tx, DAY, day, loans)
    finally:
        database.close()


def _killed(url: str, day: date, loans: int) -> dict[str, Any]:
    """Close `day`, killed once a few chunks are written; again; and once more to compare."""
    _acted(url, day, loans)
    process = subprocess.Popen(  # noqa: S603 - this module
        [sys.executable, "-m", __name__, url, day.isoformat()], stdout=subprocess.DEVNULL
    )
    database = Database(url)
    while _chunks(database, day) < 3 and process.poll() is None:  # noqa: PLR2004
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    found = _chunks(database, day)
    database.close()
    restarted, compared = _child(url, day), _child(url, day)
    return {
        "chunks_when_killed": found,
        "chunks_found_written": restarted["resumed"],
        "restart_seconds": restarted["seconds"],
        "identical": restarted["digest"] == compared["digest"] and compared["again"],
    }


def _chunks(database: Database, day: date) -> int:
    with database.transaction() as tx:
        row = tx.row("SELECT count(*) FROM credit.closing_chunk WHERE business_date = %s", (day,))
    assert row is not None, "an aggregate answers one row"
    return int(row[0])


def _bare(url: str, day: date) -> float:
    """Seconds of reading a closed day's rows and writing them again by SQL alone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (LIKE credit.day_position)")
        connection.execute("CHECKPOINT")
        start = time.perf_counter()
        connection.execute(
            sql.SQL(
                "INSERT INTO bare SELECT * FROM credit.day_position WHERE business_date = {}"
            ).format(sql.Literal(day))
        )
        took = time.perf_counter() - start
        connection.execute("DROP TABLE bare")
        connection.execute("CHECKPOINT")
    return took


def _child(url: str, day: date) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - this module
        [sys.executable, "-m", __name__, url, day.isoformat()], check=True, stdout=subprocess.PIPE
    )
    told: dict[str, Any] = msgspec.json.decode(done.stdout)
    return told


@contextmanager
def _house(url: str) -> Iterator[House]:
    database, clock = Database(url), SystemClock()
    try:
        with Ledger.open(database, clock) as ledger:
            yield House(database, ledger, clock, Actor("bench"), Profile.STANDARD)
    finally:
        database.close()


@contextmanager
def _scratch(url: str) -> Iterator[str]:
    """A migrated database of its own beside the bench's, dropped afterwards."""
    name = f"bench_eod_{uuid4().hex}"
    scratch = conninfo.make_conninfo("", **(conninfo.conninfo_to_dict(url) | {"dbname": name}))
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            database = Database(scratch)
            migrate(database)
            database.close()
            yield scratch
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            admin.execute(drop)


def _close(url: str, day: date) -> None:
    """Close one day in this process and say how it went."""
    with _house(url) as house:
        start = time.perf_counter()
        closed = close_day(house, day, lambda *_: None)
        took = time.perf_counter() - start
    told = {
        "seconds": took,
        "loans": closed.loans,
        "digest": closed.digest.hex(),
        "again": closed.again,
        "resumed": closed.resumed,
        "facts": closed.turns,
        "postings": len(closed.postings),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    os.write(1, msgspec.json.encode(told))


if __name__ == "__main__":
    _close(sys.argv[1], date.fromisoformat(sys.argv[2]))
