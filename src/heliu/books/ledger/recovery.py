"""Recovery: the writer's memory rebuilt from the journal (checkpoint + tail), hashes verified."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from heliu.books.ledger import store
from heliu.books.ledger.domain.account import SERIALS
from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import Pending, micros
from heliu.books.ledger.domain.transfer import Phase
from heliu.books.ledger.encoding import (
    JOURNAL_TUPLE,
    batch_hash,
    pending_body,
    read_records,
    records_body,
    resolution_body,
)
from heliu.books.ledger.memory import Memory
from heliu.ground.db import Tx
from heliu.ground.errors import Fault

_T = TypeVar("_T")


def recover(tx: Tx, epoch: int) -> Memory:
    """The memory of the writer of `epoch`. Raises Fault if the journal's hash chain is broken."""
    mark = store.last_batch(tx)
    balances = Balances()
    memory = Memory(epoch, mark, balances, store.leaves(tx))
    for account in store.accounts(tx):
        memory.add_account(account)
    upto_seq, batch_no = store.last_checkpoint(tx)
    totals = store.checkpoint_balances(tx, upto_seq)
    debits, credits_ = balances.debits.copy(), balances.credits.copy()
    slots = totals[:, 0] % SERIALS
    debits[slots], credits_[slots] = totals[:, 1], totals[:, 2]
    for records in tail(tx, upto_seq + 1, mark.next_seq, batch_no):
        moved = (records["phase"] == Phase.POSTED) | (records["phase"] == Phase.POST)
        amount = np.where(moved, records["amount"], 0)
        np.add.at(debits, records["debit"] % SERIALS, amount)
        np.add.at(credits_, records["credit"] % SERIALS, amount)
    balances.set_totals(debits, credits_)
    balances.hold(store.open_pending(tx))
    return memory


def tail(tx: Tx, first_seq: int, end_seq: int, after_batch: int) -> Iterator[NDArray[Any]]:
    """Journal records of [first_seq, end_seq) by leaf, each batch's hash verified on the way.

    `after_batch` is the number of the last batch before `first_seq`.
    """
    chain = _Chain(tx, first_seq, after_batch)
    for leaf in store.leaves(tx):
        lo, hi = max(first_seq, leaf.first_seq), min(end_seq, leaf.end_seq)
        if lo < hi:
            records = read_records(store.records(tx, lo, hi))
            if len(records) != hi - lo:
                raise Fault(f"the journal lacks rows between {lo} and {hi}")
            chain.check(records_body(records))
            yield records


class _Chain:
    """The hash chain of the batches from one point on, checked as their rows come by."""

    def __init__(self, tx: Tx, first_seq: int, after_batch: int) -> None:
        before, *self._batches = store.batches_from(tx, after_batch - 1)
        self._hash, self._seq, self._body = before.hash, first_seq, b""
        self._opened = [
            Pending(seq, b"", 0, 0, 0, 0, us) for seq, us in store.expiries_from(tx, first_seq)
        ]
        self._closed = [
            (Pending(pending, b"", 0, 0, 0, 0), seq)
            for pending, seq in store.resolutions_from(tx, first_seq)
        ]

    def check(self, body: bytes) -> None:
        """Check the batches that end within `body`, which continues the last one."""
        body, at, done = self._body + body, 0, 0
        for batch in self._batches:
            size = batch.n * JOURNAL_TUPLE
            if at + size > len(body):
                break
            self._check(batch, body[at : at + size])
            at, done = at + size, done + 1
        self._body, self._batches = body[at:], self._batches[done:]

    def _check(self, batch: store.Record, body: bytes) -> None:
        first, end = batch.first_seq, batch.first_seq + batch.n
        bodies = [body]
        opened = _between(self._opened, [pending.seq for pending in self._opened], first, end)
        closed = _between(self._closed, [seq for _, seq in self._closed], first, end)
        if opened:
            bodies.append(pending_body(opened))
        if closed:
            bodies.append(resolution_body(closed))
        head = (batch.no, batch.epoch, first, batch.n, micros(batch.recorded_at))
        digest = batch_hash(batch.prev, head, bodies)
        if batch.prev != self._hash or digest != batch.hash or first != self._seq:
            raise Fault(f"batch {batch.no} does not match its hash: run `heliu verify`")
        self._hash, self._seq = digest, end


def _between(items: list[_T], at: list[int], first: int, end: int) -> list[_T]:
    return items[bisect_left(at, first) : bisect_left(at, end)]
