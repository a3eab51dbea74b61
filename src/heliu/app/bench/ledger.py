"""Ledger bench: durable double-entry transfers per second, beside its peers and its limit.

Every round runs all contestants in turn on the same server: pgbench's TPC-B and the naive
transaction per transfer (both with eight clients), binary COPY of the same rows into a bare table
(the limit), and the ledger with idempotency and floor checks on. Ratios are taken within a round;
figures are medians. The load generator shares the machine with the server.
"""

import gc
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from heliu.books.ledger.api import Bulk, Ledger, NewAccount, Options, TransferBatch
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.postgres import embedded

ROUNDS: Final = 3
ACCOUNTS: Final = 100_000
CLIENTS: Final = 8
SIZES: Final = (1, 64, 1024, 8192)
LEAF: Final = 1_000_000
CNY: Final = 156
MAX_RATE: Final = 1_500_000
NAIVE: Final = """\
\\set debit random(1, 100000)
\\set credit random(1, 100000)
BEGIN;
SELECT balance FROM naive_account WHERE id IN (:debit, :credit) ORDER BY id FOR UPDATE;
INSERT INTO naive_entry (key, debit, credit, amount) VALUES (gen_random_uuid(), :debit, :credit, 1);
UPDATE naive_account SET balance = balance - 1 WHERE id = :debit;
UPDATE naive_account SET balance = balance + 1 WHERE id = :credit;
COMMIT;
"""
SETUP: Final = """
CREATE TABLE naive_account (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
INSERT INTO naive_account (id, balance) SELECT i, 1000000 FROM generate_series(1, 100000) i;
CREATE TABLE naive_entry (
  key uuid PRIMARY KEY, debit int NOT NULL, credit int NOT NULL, amount bigint NOT NULL
);
CREATE TABLE bare (
  seq bigint NOT NULL, key uuid NOT NULL, debit bigint NOT NULL, credit bigint NOT NULL,
  amount bigint NOT NULL, code smallint NOT NULL, phase smallint NOT NULL,
  business_date date NOT NULL
)"""
COPY_BARE: Final = "COPY bare FROM STDIN (FORMAT BINARY)"

Tell = Callable[[str], None]
Rates = dict[str, list[float]]
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_FIELDS: Final = (
    *(("seq", ">i8"), ("key", "V16"), ("debit", ">i8"), ("credit", ">i8"), ("amount", ">i8")),
    *(("code", ">i2"), ("phase", ">i2"), ("day", ">i4")),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """The scratch database, the open ledger on it, its accounts, and seconds a contestant has."""

    database: Database
    ledger: Ledger
    accounts: NDArray[np.int64]
    share: float
    rng: np.random.Generator


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Rates in transfers per second; about `seconds` (> 0) of measuring in all."""
    database = Database(database_url)
    with database.transaction() as tx:
        tx.connection.execute(SETUP)
    rates: Rates = {}
    share = seconds / (ROUNDS * 13)
    try:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "naive.sql"
            script.write_text(NAIVE, encoding="utf-8")
            _pgbench(database_url, "--initialize", "--quiet", "--scale=10")
            with Ledger.open(database, SystemClock(), Options(leaf_size=LEAF)) as ledger:
                bench = _funded(database, ledger, share, progress)
                for number in range(1, ROUNDS + 1):
                    _round(bench, rates, script, partial(_tell, progress, number))
        progress("recovery")
        replay = _replay(database)
    finally:
        database.close()
    return _report(rates, replay)


def _round(bench: Bench, rates: Rates, script: Path, progress: Tell) -> None:
    url, seconds = bench.database.url, max(1, round(bench.share))

    def add(name: str, measure: Callable[[], float]) -> None:
        progress(name)
        rates.setdefault(name, []).append(measure())

    clients = (f"--client={CLIENTS}", "--jobs=2", "--protocol=prepared", f"--time={seconds}")
    add("tpcb_c8", lambda: _pgbench(url, *clients))
    add("naive_c8", lambda: _pgbench(url, "--no-vacuum", *clients, f"--file={script}"))
    add("bare_copy_8192", lambda: _bare_copy(bench))
    for size in SIZES:
        add(f"uniform_{size}", partial(_post, bench, size))
        add(f"hot_{size}", partial(_post, bench, size, hot=True))
    add("random_keys_8192", lambda: _post(bench, 8192, ordered=False))
    add("indexed_8192", lambda: _post_and_seal(bench))


def _tell(progress: Tell, number: int, step: str) -> None:
    progress(f"round {number} of {ROUNDS}: {step}")


def _funded(database: Database, ledger: Ledger, share: float, progress: Tell) -> Bench:
    """A hundred thousand deposits that may not be overdrawn, and the money on them."""
    progress("opening accounts")
    asked = [NewAccount(f"bench:{n}", "customer_deposit", floor=0) for n in range(ACCOUNTS)]
    with database.transaction() as tx:
        accounts = np.array(ledger.open_accounts(tx, asked), np.int64)
        (cash,) = ledger.open_accounts(tx, [NewAccount("bench:cash", "central_bank")])
    bench = Bench(database, ledger, accounts, share, np.random.default_rng(20260520))
    with Bulk(ledger) as bulk:
        for start in range(0, ACCOUNTS, 8192):
            part = accounts[start : start + 8192]
            batch = _transfers(bench, len(part), hot=False, ordered=True)
            paid = np.where(part == accounts[0], 10**12, 10**9)
            bulk.submit(replace(batch, debit=np.full_like(part, cash), credit=part, amount=paid))
    return bench


def _transfers(bench: Bench, n: int, *, hot: bool, ordered: bool) -> TransferBatch:
    """`n` transfers of one fen between different accounts, under keys of version 7 or 4."""
    rng = bench.rng
    debit = np.zeros(n, np.int64) if hot else rng.integers(0, ACCOUNTS, n)
    credit = (debit + rng.integers(1, ACCOUNTS, n)) % ACCOUNTS
    key = np.empty((n, 2), ">u8")
    if ordered:  # RFC 9562, 5.7: milliseconds first; a thousand keys each
        millis = int(time.time() * 1000) + np.arange(n) // 1000
        key[:, 0] = (millis << 16) | 0x7000 | rng.integers(0, 4096, n)
    else:
        key[:, 0] = (rng.integers(0, 2**63, n) << 1) & ~0xF000 | 0x4000
    key[:, 1] = rng.integers(0, 2**62, n).astype(np.uint64) | np.uint64(1 << 63)
    return TransferBatch(
        key=key.view("V16").ravel(),
        debit=bench.accounts[debit],
        credit=bench.accounts[credit],
        amount=np.ones(n, np.int64),
        currency=np.full(n, CNY, np.int16),
        code=np.ones(n, np.int16),
        day=np.full(n, 9636, np.int32),
    )


def _cut(whole: TransferBatch, size: int) -> list[TransferBatch]:
    def part(at: int) -> TransferBatch:
        cut = slice(at, at + size)
        return TransferBatch(
            *(whole.key[cut], whole.debit[cut], whole.credit[cut], whole.amount[cut]),
            *(whole.currency[cut], whole.code[cut], whole.day[cut]),
        )

    return [part(at) for at in range(0, len(whole), size)]


def _post(bench: Bench, size: int, *, hot: bool = False, ordered: bool = True) -> float:
    """Transfers acknowledged as durable per second, in batches of `size`."""
    count = max(size, min(int(MAX_RATE * bench.share), size * int(20_000 * bench.share)))
    batches = _cut(_transfers(bench, count, hot=hot, ordered=ordered), size)
    gc.collect()
    done, tickets = 0, []
    with Bulk(bench.ledger) as bulk:
        start = time.perf_counter()
        for batch in batches:
            tickets.append(bulk.submit(batch))
            done += len(batch)
            if time.perf_counter() - start > bench.share:
                break
        bulk.drain()
        took = time.perf_counter() - start
    _check(tickets)
    bench.ledger.seal()
    return done / took


def _post_and_seal(bench: Bench) -> float:
    """Transfers per second until they are durable, checkpointed and fully indexed.

    As many transfers as a leaf holds, so that one leaf fills; until its indexes stand.
    """
    batches = _cut(_transfers(bench, LEAF, hot=False, ordered=True), 8192)
    bench.ledger.seal()
    gc.collect()
    with Bulk(bench.ledger) as bulk:
        start = time.perf_counter()
        tickets = [bulk.submit(batch) for batch in batches]
        bulk.drain()
    bench.ledger.seal()
    took = time.perf_counter() - start
    _check(tickets)
    return LEAF / took


def _check(tickets: Sequence[Any]) -> None:
    for ticket in tickets:
        assert ticket.answers is not None, "every batch was answered"
        assert not ticket.answers.status.any(), "every transfer was posted"


def _bare_copy(bench: Bench) -> float:
    """Rows per second into a bare table, payloads built beforehand: what COPY alone can do."""
    whole = _transfers(bench, min(int(MAX_RATE * bench.share), 2**20), hot=False, ordered=True)
    payloads = [_payload(batch) for batch in _cut(whole, 8192)]
    with bench.database.connect() as connection:
        connection.execute("TRUNCATE bare")
        connection.commit()
        gc.collect()
        start, done = time.perf_counter(), 0
        for payload in payloads:
            with connection.cursor() as cursor, cursor.copy(COPY_BARE) as copy:
                copy.write(payload)
            connection.commit()
            done += 8192
            if time.perf_counter() - start > bench.share:
                break
        return done / (time.perf_counter() - start)


def _payload(batch: TransferBatch) -> bytes:
    parts: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in _FIELDS:
        parts += [(f"{name}_size", ">i4"), (name, kind)]
    out = np.zeros(len(batch), np.dtype(parts))
    out["fields"] = len(_FIELDS)
    for name, kind in _FIELDS:
        out[f"{name}_size"] = np.dtype(kind).itemsize
    out["seq"], out["key"], out["debit"] = np.arange(len(batch)), batch.key, batch.debit
    out["credit"], out["amount"], out["day"] = batch.credit, batch.amount, batch.day
    return _HEAD + out.tobytes() + b"\xff\xff"


def _pgbench(url: str, *options: str) -> float:
    """Transactions per second by the server's own pgbench (0 when it only initialises)."""
    with tempfile.TemporaryDirectory() as folder:
        program = embedded(Path(folder)).bin / "pgbench"
    done = subprocess.run(  # noqa: S603 - the wheel's own program
        [str(program), *options, url], check=True, capture_output=True, text=True
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    return float(lines[0].split()[2]) if lines else 0.0


def _replay(database: Database) -> dict[str, float]:
    """Recovery without a checkpoint: the whole journal replayed, its hashes verified."""
    took = []
    for _ in range(ROUNDS):
        with database.transaction() as tx:
            tx.run("DELETE FROM books.checkpoint")
            row = tx.row("SELECT upto_seq FROM books.prefix_view")
        start = time.perf_counter()
        ledger = Ledger.open(database, SystemClock())
        took.append(time.perf_counter() - start)
        ledger.close()
    rows = row[0] if row else 0
    return {
        "rows": rows,
        "seconds": statistics.median(took),
        "rate": rows / statistics.median(took),
    }


def _report(rates: Rates, replay: dict[str, float]) -> dict[str, Any]:
    def ratio(one: str, other: str) -> float:
        pairs = zip(rates[one], rates[other], strict=True)
        return statistics.median(a / b for a, b in pairs)

    peak = statistics.median(rates["uniform_8192"])
    ratios = {
        "uniform_1024_to_tpcb_c8": (ratio("uniform_1024", "tpcb_c8"), 100.0),
        "uniform_1024_to_naive_c8": (ratio("uniform_1024", "naive_c8"), 50.0),
        "indexed_8192_to_bare_copy": (ratio("indexed_8192", "bare_copy_8192"), 0.25),
        "uniform_8192_to_bare_copy": (ratio("uniform_8192", "bare_copy_8192"), 0.45),
        "hot_8192_to_uniform_8192": (ratio("hot_8192", "uniform_8192"), 0.9),
        "hot_1024_to_uniform_1024": (ratio("hot_1024", "uniform_1024"), 0.9),
        "replay_to_uniform_8192": (replay["rate"] / peak, 5.0),
    }
    return {
        "transfers_per_second": {
            name: {"median": statistics.median(found), "least": min(found), "most": max(found)}
            for name, found in rates.items()
        },
        "ratios": {
            name: {"median": value, "bar": bar, "met": value >= bar}
            for name, (value, bar) in ratios.items()
        },
        "replay": replay,
        "rounds": ROUNDS,
        "accounts": ACCOUNTS,
        "mix": "one fen between random accounts with floors; keys uuid7 (random_keys: uuid4)",
    }
