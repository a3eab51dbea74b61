"""Recovery: the writer's memory rebuilt from the journal (checkpoint + tail), hashes verified."""

from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from queue import SimpleQueue
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.rows import TupleRow

from heliu.books.ledger import store
from heliu.books.ledger.domain.account import SERIALS
from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import Pending, micros
from heliu.books.ledger.encoding import (
    JOURNAL_TUPLE,
    batch_hash,
    pending_body,
    read_records,
    records_body,
    resolution_body,
)
from heliu.books.ledger.memory import Memory
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Fault

READERS: Final = 2
YOUNG_ROWS: Final = 65_536
_T = TypeVar("_T")


def recover(database: Database, epoch: int) -> Memory:
    """The memory of the writer of `epoch`: checkpoint, tail and open pending transfers.

    The chain of all batches since the checkpoint is verified, and the content of the youngest
    ones against their hashes (`verify_ledger` does it for all). Raises Fault if one is broken.
    """
    with database.transaction() as tx:
        mark, leaves = store.last_batch(tx), store.leaves(tx)
        balances = Balances()
        balances.add_accounts(*store.account_columns(tx))
        upto_seq, batch_no = store.last_checkpoint(tx)
        debits, credits_ = np.zeros_like(balances.id), np.zeros_like(balances.id)
        accounts, *totals = store.checkpoint_balances(tx, upto_seq)
        slots = accounts % SERIALS
        debits[slots], credits_[slots] = totals
        _verify(tx, batch_no, mark)
        pending = store.open_pending(tx)
    for debit, credit, amount in _moved(database, leaves, upto_seq + 1, mark.next_seq):
        np.add.at(debits, debit % SERIALS, amount)
        np.add.at(credits_, credit % SERIALS, amount)
    balances.set_totals(debits, credits_)
    balances.hold(pending)
    return Memory(epoch, mark, balances, leaves)


def _moved(
    database: Database, leaves: list[store.Leaf], first_seq: int, end_seq: int
) -> Iterator[store.Columns]:
    """What moved money in [first_seq, end_seq), leaf by leaf, read over several connections."""
    parts = [
        (max(first_seq, leaf.first_seq), min(end_seq, leaf.end_seq))
        for leaf in leaves
        if leaf.end_seq > first_seq and leaf.first_seq < end_seq
    ]
    if not parts:
        return
    idle = SimpleQueue[Connection[TupleRow]]()

    def read(part: tuple[int, int]) -> store.Columns:
        connection = idle.get()
        try:
            return store.moved(connection, *part)
        finally:
            idle.put(connection)

    with ExitStack() as closing:
        for _ in parts[:READERS]:
            idle.put(closing.enter_context(database.connect(autocommit=True)))
        with ThreadPoolExecutor(READERS) as pool:
            yield from pool.map(read, parts)


def _verify(tx: Tx, batch_no: int, mark: store.Mark) -> None:
    batches = store.batches_from(tx, batch_no - 1)
    for before, batch in pairwise(batches):
        if batch.prev != before.hash or batch.first_seq != before.first_seq + before.n:
            raise Fault(f"batch {batch.no} does not follow the one before: run `heliu verify`")
    young = next(b for b in batches if b.first_seq + b.n > mark.next_seq - YOUNG_ROWS)
    first_seq = young.first_seq + young.n
    chain = Chain(tx, first_seq, young.no)
    for records in journal_by_leaf(tx, first_seq, mark.next_seq):
        if wrong := chain.check(records):
            raise Fault(f"batch {wrong[0]} does not match its hash: run `heliu verify`")
    if chain.rest:
        raise Fault(f"batch {chain.rest} lacks rows: run `heliu verify`")


def journal_by_leaf(tx: Tx, first_seq: int, end_seq: int) -> Iterator[NDArray[Any]]:
    """Journal records of [first_seq, end_seq), in order of seq, an array a leaf."""
    for leaf in store.leaves(tx):
        lo, hi = max(first_seq, leaf.first_seq), min(end_seq, leaf.end_seq)
        if lo < hi:
            yield read_records(store.records(tx, lo, hi))


class Chain:
    """The hash chain of the batches from one point on, checked as their records come by."""

    def __init__(self, tx: Tx, first_seq: int, after_batch: int) -> None:
        """`after_batch` is the number of the last batch before `first_seq`."""
        before, *self._batches = store.batches_from(tx, after_batch - 1)
        self._hash, self._body, self._place = before.hash, b"", 0
        self._opened = [
            Pending(seq, b"", 0, 0, 0, 0, us) for seq, us in store.expiries_from(tx, first_seq)
        ]
        self._closed = [
            (Pending(pending, b"", 0, 0, 0, 0), seq)
            for pending, seq in store.resolutions_from(tx, first_seq)
        ]
        self._opened_at = [pending.seq for pending in self._opened]
        self._closed_at = [seq for _, seq in self._closed]

    @property
    def rest(self) -> int:
        """The number of the first batch whose records did not all come by; 0 if none."""
        return self._batches[self._place].no if self._place < len(self._batches) else 0

    def check(self, records: NDArray[Any]) -> list[int]:
        """The batches that end within `records` and do not match their hashes, by number."""
        body, at, wrong = memoryview(self._body + records_body(records)), 0, []
        while self._place < len(self._batches):
            batch = self._batches[self._place]
            end = at + batch.n * JOURNAL_TUPLE
            if end > len(body):
                break
            if not self._matches(batch, body[at:end]):
                wrong.append(batch.no)
            self._hash = batch.hash
            at, self._place = end, self._place + 1
        self._body = bytes(body[at:])
        return wrong

    def _matches(self, batch: store.Record, body: memoryview) -> bool:
        first, end = batch.first_seq, batch.first_seq + batch.n
        bodies: list[bytes | memoryview] = [body]
        if opened := _between(self._opened, self._opened_at, first, end):
            bodies.append(pending_body(opened))
        if closed := _between(self._closed, self._closed_at, first, end):
            bodies.append(resolution_body(closed))
        head = (batch.no, batch.epoch, first, batch.n, micros(batch.recorded_at))
        return batch.prev == self._hash and batch_hash(batch.prev, head, bodies) == batch.hash


def _between(items: list[_T], at: list[int], first: int, end: int) -> list[_T]:
    return items[bisect_left(at, first) : bisect_left(at, end)] if items else items
