"""SQL of the ledger desk: the writer's side (lease, append, checkpoint, recovery)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

import numpy as np
import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from heliu.books.ledger.domain.account import Account, AccountId, Side
from heliu.books.ledger.domain.batch import NEVER, Ints, Pending, day_number
from heliu.books.ledger.domain.sequence import Content, Known
from heliu.books.ledger.encoding import HEADER, TRAILER
from heliu.books.ledger.errors import LedgerBusy
from heliu.ground.db import Tx, columns

# This database keeps one ledger shard, number 0; every statement of the writer says so (ADR 8).
# The writer's session holds this lock, so that its death frees the ledger (the number is fixed).
LEASE_LOCK: Final = 726336
# The server gives a host up that went away without a word after some ten seconds (TCP).
SET_WAIT: Final = """
SELECT set_config('lock_timeout', %s, false), set_config('tcp_keepalives_idle', '5', false),
  set_config('tcp_keepalives_interval', '2', false), set_config('tcp_keepalives_count', '3', false)
"""
LOCK_LEASE: Final = "SELECT pg_advisory_lock(%s)"
END_HOLDER: Final = """
SELECT pg_terminate_backend(l.pid)
FROM pg_locks l
WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = %s AND l.granted
  AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
  AND l.pid <> pg_backend_pid()"""
NEXT_EPOCH: Final = """
UPDATE books.writer
SET epoch = epoch + 1, holder = %s, taken_at = %s
WHERE shard = 0
RETURNING epoch"""
LAST_BATCH: Final = """
SELECT no, first_seq + n, hash, recorded_at
FROM books.batch
WHERE shard = 0
ORDER BY no DESC
LIMIT 1"""
CURRENCIES: Final = "SELECT code, number FROM books.currency ORDER BY code"
TYPES: Final = "SELECT code, normal_side FROM books.account_type ORDER BY code"
# Whole columns come as one value each: row by row, the driver would cost more than the server.
ACCOUNTS: Final = """
SELECT string_agg(int8send(a.id), ''::bytea),
  string_agg(int8send(coalesce(a.floor, -4611686018427387904)), ''::bytea),
  string_agg(int8send(CASE y.normal_side WHEN 'debit' THEN 1 ELSE -1 END), ''::bytea)
FROM books.account a
JOIN books.account_type y ON y.code = a.type"""
ACCOUNTS_NAMED: Final = """
SELECT a.id, a.name, a.type, a.currency, a.floor, y.normal_side
FROM books.account a
JOIN books.account_type y ON y.code = a.type
WHERE a.name = ANY(%b::text[])"""
ADD_ACCOUNTS: Final = """
INSERT INTO books.account (id, name, type, currency, currency_number, floor, opened_at)
SELECT a.id, a.name, a.type, a.currency, a.currency_number, a.floor, %b::timestamptz
FROM unnest(
  %b::bigint[], %b::text[], %b::text[], %b::text[], %b::smallint[], %b::bigint[]
) AS a (id, name, type, currency, currency_number, floor)"""
KNOWN_KEYS: Final = """
SELECT seq
FROM books.transfer_key
WHERE key = ANY(%b::uuid[]) AND shard = 0"""
KNOWN: Final = """
SELECT j.key, j.seq, j.debit, j.credit, j.amount, j.code, j.business_date, j.phase, r.pending_seq,
  CASE WHEN isfinite(p.expires_at) THEN
    (extract(EPOCH FROM p.expires_at - TIMESTAMPTZ '2000-01-01 00:00:00+00') * 1000000)::bigint
  END
FROM books.journal j
LEFT JOIN books.pending p ON p.seq = j.seq AND p.shard = j.shard
LEFT JOIN books.resolution r ON r.seq = j.seq AND r.shard = j.shard
WHERE j.seq = ANY(%(seqs)s) AND j.seq BETWEEN %(least)s AND %(most)s AND j.shard = 0"""
KEYS_AT: Final = """
SELECT j.seq, j.key
FROM books.journal j
WHERE j.seq = ANY(%s) AND j.shard = 0"""
OPEN_PENDING: Final = """
SELECT p.seq, j.key, j.debit, j.credit, j.amount, j.code, CASE WHEN isfinite(p.expires_at) THEN
    (extract(EPOCH FROM p.expires_at - TIMESTAMPTZ '2000-01-01 00:00:00+00') * 1000000)::bigint
  END
FROM books.pending p
JOIN books.journal j ON j.seq = p.seq AND j.shard = p.shard
LEFT JOIN books.resolution r ON r.pending_seq = p.seq AND r.shard = p.shard
WHERE r.pending_seq IS NULL AND p.shard = 0
ORDER BY p.seq"""
LEAVES: Final = """
SELECT no, first_seq, end_seq, sealed_at
FROM books.leaf
WHERE shard = 0
ORDER BY no"""
ADD_LEAF: Final = "SELECT books.add_leaf(%s)"
SUMMARISE_LEAF: Final = "SELECT brin_summarize_new_values(%s::regclass)"
SEAL_LEAF: Final = "SELECT books.seal_leaf(%s)"
SET_CHECKPOINT: Final = """
INSERT INTO books.checkpoint (upto_seq, batch_no, taken_at, shard)
VALUES (%s, %s, %s, 0)
ON CONFLICT DO NOTHING"""
COPY_CHECKPOINT: Final = """
COPY books.checkpoint_balance (upto_seq, account, debits, credits, shard)
FROM STDIN (FORMAT BINARY)"""
PRUNE_CHECKPOINTS: Final = """
DELETE FROM books.checkpoint
WHERE shard = 0 AND upto_seq NOT IN (
  SELECT c.upto_seq FROM books.checkpoint c WHERE c.shard = 0 ORDER BY c.upto_seq DESC LIMIT 3
)"""
LAST_CHECKPOINT: Final = """
SELECT upto_seq, batch_no
FROM books.checkpoint
WHERE shard = 0
ORDER BY upto_seq DESC
LIMIT 1"""
CHECKPOINT_BALANCES: Final = """
SELECT string_agg(int8send(k.account), ''::bytea), string_agg(int8send(k.debits), ''::bytea),
  string_agg(int8send(k.credits), ''::bytea)
FROM books.checkpoint_balance k
WHERE k.upto_seq = %s AND k.shard = 0"""
ONE_PROCESS: Final = "SET max_parallel_workers_per_gather = 0"
MOVED: Final = """
SELECT string_agg(int8send(j.debit), ''::bytea), string_agg(int8send(j.credit), ''::bytea),
  string_agg(int8send(j.amount), ''::bytea)
FROM books.journal j
WHERE j.seq >= %s AND j.seq < %s AND j.phase IN (0, 2) AND j.shard = 0"""
BATCHES_FROM: Final = """
SELECT no, epoch, first_seq, n, recorded_at, prev, hash
FROM books.batch
WHERE no > %s AND shard = 0
ORDER BY no"""
RECORDS: Final = """
SELECT string_agg(
  record_send(ROW(j.seq, j.key, j.debit, j.credit, j.amount, j.code, j.phase, j.business_date)),
  ''::bytea
)
FROM books.journal j
WHERE j.seq >= %s AND j.seq < %s AND j.shard = 0"""
PENDING_RANGE: Final = """
SELECT p.seq, CASE WHEN isfinite(p.expires_at) THEN
    (extract(EPOCH FROM p.expires_at - TIMESTAMPTZ '2000-01-01 00:00:00+00') * 1000000)::bigint
  END
FROM books.pending p
WHERE p.seq >= %s AND p.shard = 0
ORDER BY p.seq"""
RESOLUTION_RANGE: Final = """
SELECT r.pending_seq, r.seq
FROM books.resolution r
WHERE r.seq >= %s AND r.shard = 0
ORDER BY r.seq"""


Columns = tuple[Ints, Ints, Ints]


class Mark(NamedTuple):
    """The end of the journal: the last batch, the next seq, its hash and recorded time."""

    batch_no: int
    next_seq: int
    hash: bytes
    recorded_at: datetime


class Snapshot(NamedTuple):
    """All posted totals up to a seq and batch, as COPY bytes."""

    upto_seq: int
    batch_no: int
    at: datetime
    body: bytes


class Leaf(NamedTuple):
    """A leaf of the journal: [first_seq, end_seq), sealed or open."""

    no: int
    first_seq: int
    end_seq: int
    sealed_at: datetime | None


class Record(NamedTuple):
    """A batch's row."""

    no: int
    epoch: int
    first_seq: int
    n: int
    recorded_at: datetime
    prev: bytes
    hash: bytes


def take_lease(lease: Connection[TupleRow], *, wait_seconds: float, take_over: bool) -> None:
    """Hold the writer's lock on this session. Raises LedgerBusy if another one keeps it."""
    lease.execute(SET_WAIT, (f"{int(wait_seconds * 1000) + 1}ms",))
    if take_over:
        lease.execute(END_HOLDER, (LEASE_LOCK,))
    try:
        lease.execute(LOCK_LEASE, (LEASE_LOCK,))
    except psycopg.errors.LockNotAvailable as error:
        raise LedgerBusy("another process holds the ledger: stop it, or wait") from error


def next_epoch(tx: Tx, holder: str, now: datetime) -> int:
    """Fence out every earlier writer; returns this one's epoch."""
    row = tx.row(NEXT_EPOCH, (holder, now))
    assert row is not None, "the writer's row is part of the schema"
    return int(row[0])


def last_batch(tx: Tx) -> Mark:
    """The end of the journal."""
    row = tx.row(LAST_BATCH)
    assert row is not None, "the genesis batch is part of the schema"
    return Mark(*row)


def currencies(tx: Tx) -> dict[str, int]:
    """ISO 4217 numbers of the currencies the books are kept in."""
    return dict(tx.rows(CURRENCIES))


def account_types(tx: Tx) -> dict[str, Side]:
    """Normal sides of the account types."""
    return {code: Side(side) for code, side in tx.rows(TYPES)}


def account_columns(tx: Tx) -> Columns:
    """Number, floor (-2^62: none) and sign (1: debit-normal, -1: credit-normal) of all accounts."""
    return _columns(tx, ACCOUNTS, ())


def chart_and_accounts(
    tx: Tx, names: Sequence[str]
) -> tuple[dict[str, int], dict[str, Side], dict[str, Account]]:
    """`currencies`, `account_types`, and the accounts of these names that exist."""
    numbers, types, rows = tx.reads((CURRENCIES, ()), (TYPES, ()), (ACCOUNTS_NAMED, (names,)))
    found = [_account(row) for row in rows]
    sides = {code: Side(side) for code, side in types}
    return dict(numbers), sides, {account.name: account for account in found}


def add_accounts(tx: Tx, opened: Sequence[Account], numbers: dict[str, int], now: datetime) -> None:
    """Record new accounts."""
    if opened:
        rows = [(a.id, a.name, a.type, a.currency, numbers[a.currency], a.floor) for a in opened]
        tx.later(ADD_ACCOUNTS, (now, *columns(rows)))


def known_transfers(tx: Tx, keys: Sequence[UUID]) -> dict[bytes, Known]:
    """What the journal says of these keys (hopeful: nothing)."""
    if tx.hopeful:
        return {}
    seqs = [seq for (seq,) in tx.reads((KNOWN_KEYS, (keys,)))[0]]
    if not seqs:
        return {}
    # The bounds let an open leaf's block ranges be skipped; it has no index on seq.
    rows = tx.rows(KNOWN, {"seqs": seqs, "least": min(seqs), "most": max(seqs)})
    resolved = [row[8] for row in rows if row[8] is not None]
    names: dict[int, UUID] = dict(tx.rows(KEYS_AT, (resolved,))) if resolved else {}
    found = {}
    for key, seq, debit, credit, amount, code, on, phase, pending, expires_us in rows:
        content = Content(
            *(debit, credit, amount, code, day_number(on), phase),
            names[pending].bytes if pending else None,
            NEVER if expires_us is None else expires_us,
        )
        found[key.bytes] = Known(seq, content)
    return found


def open_pending(tx: Tx) -> list[Pending]:
    """Pending transfers that are not resolved."""
    return [
        Pending(seq, key.bytes, debit, credit, amount, code, NEVER if us is None else us)
        for seq, key, debit, credit, amount, code, us in tx.rows(OPEN_PENDING)
    ]


def leaves(tx: Tx) -> list[Leaf]:
    """The leaves of the journal, oldest first."""
    return [Leaf(*row) for row in tx.rows(LEAVES)]


def add_leaf(tx: Tx, size: int) -> None:
    """Add the next leaf, for `size` transfers."""
    tx.run(ADD_LEAF, (size,))


def seal_leaf(tx: Tx, leaf: Leaf) -> None:
    """Build the indexes of a full leaf."""
    tx.run(SEAL_LEAF, (leaf.no,))


def summarise_leaf(tx: Tx, leaf: Leaf) -> None:
    """Let the open leaf's block index cover what was appended since the last time."""
    tx.run(SUMMARISE_LEAF, (f"books.journal_{leaf.no:06d}_seq_blocks",))


def last_checkpoint(tx: Tx) -> tuple[int, int]:
    """Last seq and batch number of the latest checkpoint, zeros if there is none."""
    row = tx.row(LAST_CHECKPOINT)
    return (0, 0) if row is None else (row[0], row[1])


def checkpoint_balances(tx: Tx, upto_seq: int) -> Columns:
    """Account, debits and credits of a checkpoint."""
    return _columns(tx, CHECKPOINT_BALANCES, (upto_seq,))


def moved(connection: Connection[TupleRow], first_seq: int, end_seq: int) -> Columns:
    """Debit, credit and amount of what moved money in [first_seq, end_seq), in any order."""
    connection.execute(ONE_PROCESS)
    return _columns(Tx(connection), MOVED, (first_seq, end_seq))


def set_checkpoint(tx: Tx, taken: Snapshot) -> None:
    """Write all balances down; keeps the three latest checkpoints."""
    if tx.run(SET_CHECKPOINT, (taken.upto_seq, taken.batch_no, taken.at)):
        tx.copy_bytes(COPY_CHECKPOINT, b"".join((HEADER, taken.body, TRAILER)))
        tx.run(PRUNE_CHECKPOINTS)


def batches_from(tx: Tx, after_no: int) -> list[Record]:
    """Batches after number `after_no`, in order."""
    return [Record(*row) for row in tx.rows(BATCHES_FROM, (after_no,))]


def records(tx: Tx, first_seq: int, end_seq: int) -> bytes:
    """The journal rows of [first_seq, end_seq) as the server sends records, any order."""
    with tx.connection.cursor(binary=True) as cursor:
        row = cursor.execute(RECORDS, (first_seq, end_seq)).fetchone()
    return row[0] or b"" if row else b""


def expiries_from(tx: Tx, seq: int) -> list[tuple[int, int]]:
    """Pending transfers from `seq` on, with their expiry in microseconds."""
    return [(at, NEVER if us is None else us) for at, us in tx.rows(PENDING_RANGE, (seq,))]


def resolutions_from(tx: Tx, seq: int) -> list[tuple[int, int]]:
    """Resolutions by transfers from `seq` on: (pending seq, seq)."""
    return [(pending, at) for pending, at in tx.rows(RESOLUTION_RANGE, (seq,))]


def _columns(tx: Tx, sql: LiteralString, params: tuple[int, ...]) -> Columns:
    with tx.connection.cursor(binary=True) as cursor:
        row = cursor.execute(sql, params).fetchone()
    assert row is not None, "an aggregate answers one row"
    first, second, third = (np.frombuffer(value or b"", ">i8").astype(np.int64) for value in row)
    return first, second, third


def _account(row: tuple[int, str, str, str, int | None, str]) -> Account:
    number, name, kind, currency, floor, side = row
    return Account(AccountId(number), name, kind, currency, floor, Side(side))
