"""The writer's memory: balances and the end of the journal, staged forward and taken back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from heliu.books.ledger.domain.account import SERIALS, Account
from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import Rows, day_number, joined, micros
from heliu.books.ledger.domain.expiry import expiry_rows
from heliu.books.ledger.encoding import (
    JOURNAL_TUPLE,
    KEYS_TUPLE,
    PENDING_TUPLE,
    RESOLUTION_TUPLE,
    SHARD_SIZE,
    balances_body,
    batch_hash,
    journal_body,
    keys_body,
    pending_body,
    resolution_body,
    with_shard,
)
from heliu.books.ledger.store import Leaf, Mark, Record, Snapshot
from heliu.books.ledger.store_append import (
    COPY_KEYS,
    COPY_PENDING,
    COPY_RESOLUTION,
    Staged,
    insert_statements,
    journal_copy,
)
from heliu.ground.clock import Clock

FEW_ROWS: Final = 16  # up to here statements in one message are quicker than COPYs
PART_ROWS: Final = 256
WHOLE_ROWS: Final = 2048
KEPT_NAMES: Final = 100_000


class Memory:
    """What one epoch's writer knows: a fold of the journal plus what it has staged."""

    def __init__(self, epoch: int, mark: Mark, balances: Balances, leaves: list[Leaf]) -> None:
        self.epoch, self.mark, self.balances, self.leaves = epoch, mark, balances, leaves
        self.next_seq = mark.next_seq  # runs ahead of the mark by what is booked, not yet chained
        self.next_serial = int(np.max(balances.id % SERIALS)) + 1
        # Accounts that were asked for by name and are open for good: what another asked of late.
        self.by_name: dict[str, Account] = {}

    @property
    def room(self) -> int:
        """How many transfers still fit into the leaves there are."""
        return (self.leaves[-1].end_seq if self.leaves else 1) - self.next_seq

    def stage(self, rows: Rows, now: datetime) -> Staged:
        """Book `rows` and make a batch of them, to be appended as they are if one leaf has them."""
        self.book(rows)
        leaf = self.leaf_of(rows.first_seq)
        whole = leaf is not None and rows.end_seq <= leaf.end_seq and len(rows) <= WHOLE_ROWS
        return self.chain([rows], now, leaf if whole else None)

    def book(self, rows: Rows) -> None:
        """Let `rows` take their place in the balances."""
        assert rows.first_seq == self.next_seq, "rows continue the journal"
        assert len(rows) <= self.room, "the leaf is added before it is needed"
        self.balances.apply(rows)
        self.next_seq = rows.end_seq

    def chain(self, booked: Sequence[Rows], now: datetime, into: Leaf | None = None) -> Staged:
        """Make one batch of what was booked since the last: hashed, encoded, to be appended.

        Rows that go `into` a leaf as they are need no encoding.
        """
        rows, mark = joined(booked), self.mark
        assert rows.first_seq == mark.next_seq, "batches continue the journal"
        recorded_at = max(now, mark.recorded_at)
        journal = journal_body(rows)
        bodies = [journal]
        copies: list[tuple[str, bytes]] = []
        statements: list[str] = []
        if into is None:
            leaf = self.leaf_of(rows.first_seq)
            if len(rows) <= FEW_ROWS and leaf is not None and rows.end_seq <= leaf.end_seq:
                statements = insert_statements(rows, leaf)
            else:
                copies += [(COPY_KEYS, part) for part in _parts(keys_body(rows), KEYS_TUPLE)]
                copies += self._by_leaf(rows, with_shard(journal, JOURNAL_TUPLE))
        if rows.opened:
            bodies.append(pending_body(rows.opened))
            copies.append((COPY_PENDING, with_shard(bodies[-1], PENDING_TUPLE)))
        if rows.closed:
            bodies.append(resolution_body(rows.closed))
            copies.append((COPY_RESOLUTION, with_shard(bodies[-1], RESOLUTION_TUPLE)))
        head = (mark.batch_no + 1, self.epoch, rows.first_seq, len(rows))
        digest = batch_hash(mark.hash, (*head, micros(recorded_at)), bodies)
        self.mark = Mark(head[0], rows.first_seq + len(rows), digest, recorded_at)
        record = Record(*head, recorded_at, mark.hash, digest)
        return Staged(rows, statements, copies, record, mark, into)

    def take_back(self, staged: Staged | Account) -> None:
        """Undo what was staged last: a batch, or the opening of an account."""
        if isinstance(staged, Account):
            self.by_name.pop(staged.name, None)
            self.balances.drop_account(staged)
            self.next_serial = staged.serial
            return
        assert staged.record.no == self.mark.batch_no, "batches are taken back in reverse order"
        self.balances.apply(staged.rows, times=-1)
        self.mark = staged.before
        self.next_seq = self.mark.next_seq

    def add_account(self, account: Account) -> None:
        """Take in a newly opened account."""
        self.balances.add_account(account)
        self.next_serial = max(self.next_serial, account.serial + 1)

    def remember(self, committed: Iterable[Account]) -> None:
        """Keep accounts at hand that were read by their names."""
        if len(self.by_name) > KEPT_NAMES:
            self.by_name.clear()
        self.by_name |= {account.name: account for account in committed}

    def leaf_of(self, seq: int) -> Leaf | None:
        """The leaf that `seq` belongs to, if it is one of the last two."""
        return next((x for x in self.leaves[-2:] if x.first_seq <= seq < x.end_seq), None)

    def snapshot(self, at: datetime) -> Snapshot:
        """All posted totals now, as a checkpoint; only when nothing staged is uncommitted."""
        balances, upto_seq = self.balances, self.mark.next_seq - 1
        slots = np.flatnonzero((balances.debits != 0) | (balances.credits != 0))
        totals = (balances.id[slots], balances.debits[slots], balances.credits[slots])
        return Snapshot(upto_seq, self.mark.batch_no, at, balances_body(upto_seq, *totals))

    def _by_leaf(self, rows: Rows, body: bytes) -> list[tuple[str, bytes]]:
        size = JOURNAL_TUPLE + SHARD_SIZE
        end = rows.first_seq + len(rows)
        parts = []
        for leaf in reversed(self.leaves):
            if leaf.end_seq <= rows.first_seq:
                break
            lo, hi = max(leaf.first_seq, rows.first_seq), min(leaf.end_seq, end)
            if lo < hi:
                start = (lo - rows.first_seq) * size
                stop = (hi - rows.first_seq) * size
                inside = body if stop - start == len(body) else body[start:stop]
                sql = journal_copy(leaf)
                parts += [(sql, part) for part in _parts(inside, size)]
        return parts


def _parts(body: bytes, size: int) -> list[bytes]:
    """The body of one COPY, in parts where several statements are quicker than one.

    PostgreSQL 17 and 18 pin a tuple descriptor for each of the first thousand rows of a COPY in a
    hash table in which they all collide: the time grows with the square of their number, up to
    1.2 ms. Parts of 256 rows cost a quarter of that; beyond 2,048 rows one statement is best.
    """
    if not PART_ROWS * size < len(body) <= WHOLE_ROWS * size:
        return [body]
    step = PART_ROWS * size
    return [body[at : at + step] for at in range(0, len(body), step)]


def due_rows(memory: Memory, clock: Clock) -> Rows | None:
    """The rows that end pending transfers whose time is over; None if there are none."""
    due = memory.balances.due(micros(clock.now()))
    if not due:
        return None
    return expiry_rows(memory.balances, due, memory.next_seq, day_number(clock.today()))
