"""The ledger's one writer: opens accounts and posts transfers inside the caller's transaction.

Memory is staged first and the journal appended in the same transaction; memory is confirmed when
that commits and taken back when it does not. One uncommitted transaction at a time may hold the
ledger: others wait for it. Post last in a transaction, and never roll back to a savepoint taken
before a post (the database would refuse the next batch).
"""

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Final, NamedTuple
from uuid import UUID

from heliu.books.ledger import store
from heliu.books.ledger.domain.account import (
    SERIALS,
    Account,
    AccountId,
    NewAccount,
    Side,
    account_id,
)
from heliu.books.ledger.domain.batch import Rows, TransferBatch, batch_of, micros
from heliu.books.ledger.domain.decide import Answers, decide, outcomes_of
from heliu.books.ledger.domain.transfer import Outcome, Transfer
from heliu.books.ledger.errors import Fenced, LedgerBusy, account_differs, unknown_account_type
from heliu.books.ledger.lease import Lease
from heliu.books.ledger.memory import Memory, due_rows
from heliu.books.ledger.recovery import recover
from heliu.books.ledger.store_append import FENCED_STATE, Staged, append
from heliu.books.ledger.upkeep import Upkeep, seal_full_leaves
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx, outages
from heliu.ground.errors import Fault

LEAF_SIZE: Final = 1_000_000
WAIT_SECONDS: Final = 10.0
# A lease lost with its session is free, or another process has it: then that one works.
RETAKE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """How a ledger is opened.

    `wait_seconds` is how long another writer may take to close or die; `take_over` ends its
    session instead of waiting. `leaf_size` is how many transfers a leaf of the journal holds.
    """

    wait_seconds: float = WAIT_SECONDS
    take_over: bool = False
    leaf_size: int = LEAF_SIZE


class Balance(NamedTuple):
    """In minor units on the account's normal side: posted, and posted less what is on hold."""

    posted: int
    available: int


class Ledger(AbstractContextManager["Ledger"]):
    """The open ledger. Made by `Ledger.open`; close it, or use it in a `with` block."""

    def __init__(
        self, database: Database, clock: Clock, options: Options, lease: Lease | None = None
    ) -> None:
        self.database, self.clock, self.leaf_size = database, clock, options.leaf_size
        self.fenced = False
        self.currencies: dict[str, int] = {}
        self._wait, self._take_over = options.wait_seconds, options.take_over
        self._lease = lease or Lease(database)
        self._leased = False
        self._epoch = 0
        self._memory: Memory | None = None
        # Migrations alone change the chart of accounts.
        self._chart: tuple[dict[str, int], dict[str, Side]] | None = None
        self._lock = threading.Lock()
        self._owner: Tx | None = None
        self._thread = 0
        self._standing = False
        self._upkeep = Upkeep(database.url)
        self._done: list[Staged | Account] = []

    @classmethod
    def open(
        cls,
        database: Database,
        clock: Clock,
        options: Options | None = None,
        *,
        lease: Lease | None = None,
    ) -> "Ledger":
        """Become the one writer and rebuild memory from the journal; `lease` may be held already.

        An earlier writer is fenced out by the database. Raises LedgerBusy if another one does
        not let go in time, and Fault if the journal does not match its hashes.
        """
        ledger = cls(database, clock, options or Options(), lease)
        try:
            ledger.memory()
        except BaseException:
            ledger._lease.close()
            raise
        return ledger

    def close(self) -> None:
        """Write a checkpoint and let the next writer in; nothing happens a second time."""
        try:
            self._upkeep.wait()
            if not self.fenced and self._memory is not None and self._lease.held():
                self.checkpoint()
        finally:
            self._lease.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def hold(self, tx: Tx) -> None:
        """Take the ledger for `tx` now, so that it comes before other locks of the transaction.

        Posting takes it anyway. Two transactions that hold other locks in common must either both
        post before taking them or both hold first. Raises LedgerBusy.
        """
        self._hold(tx)

    def hold_surely(self, tx: Tx) -> None:
        """`hold`, having made sure that the lease is still this process's.

        Posting need not: the database refuses a deposed writer's batch. This is for who wants to
        know before he is asked. Raises Fenced if another process has become the writer.
        """
        self._hold(tx)
        if not self._lease.held():
            self.doubt()
            self.memory()

    def open_accounts(self, tx: Tx, accounts: Sequence[NewAccount]) -> list[AccountId]:
        """Open accounts in `tx`; a name that is open already answers its number, in order.

        Raises the refusals AccountDiffers (the name is open as something else) and
        UnknownAccountType.
        """
        memory = self._hold(tx)
        numbers, types, found = self._look_up(tx, memory, accounts)
        opened: list[Account] = []
        for asked in accounts:
            if asked.type not in types or asked.currency not in numbers:
                raise unknown_account_type(asked.type, asked.currency)
            if (there := found.get(asked.name)) is None:
                number = account_id(numbers[asked.currency], memory.next_serial + len(opened))
                fields = (asked.name, asked.type, asked.currency, asked.floor)
                there = found[asked.name] = Account(number, *fields, types[asked.type])
                opened.append(there)
            elif (there.type, there.currency, there.floor) != (
                *(asked.type, asked.currency, asked.floor),
            ):
                raise account_differs(there.id)
        with self._breaking():
            store.add_accounts(tx, opened, numbers, self.clock.now())
        for account in opened:
            memory.add_account(account)
            self._done.append(account)
        return [found[asked.name].id for asked in accounts]

    def _look_up(
        self, tx: Tx, memory: Memory, accounts: Sequence[NewAccount]
    ) -> tuple[dict[str, int], dict[str, Side], dict[str, Account]]:
        """Currencies, types, and which of the accounts are open; asked only where not known."""
        found = {a.name: known for a in accounts if (known := memory.by_name.get(a.name))}
        missing = [a for a in accounts if a.name not in found]
        if self._chart is not None and tx.hopeful and all(a.fresh for a in missing):
            return *self._chart, found
        numbers, types, there = store.chart_and_accounts(tx, [a.name for a in missing])
        self._chart = numbers, types
        memory.remember(there.values())
        return numbers, types, found | there

    def post(self, tx: Tx, transfers: Sequence[Transfer]) -> list[Outcome]:
        """Book `transfers` in `tx`, in order; one outcome each. Raises Fenced, LedgerBusy."""
        self._hold(tx)
        return outcomes_of(transfers, self.post_batch(tx, batch_of(transfers, self.currencies)))

    def post_batch(self, tx: Tx, batch: TransferBatch) -> Answers:
        """`post` with arrays in and out."""
        memory = self._hold(tx)
        known = store.known_transfers(tx, [UUID(bytes=key) for key in batch.key.tolist()])
        if (rows := due_rows(memory, self.clock)) is not None:
            self._append(tx, memory, rows)
        answers, rows = decide(
            *(batch, memory.balances, known),
            now_us=micros(self.clock.now()),
            first_seq=memory.next_seq,
        )
        if rows is not None:
            self._append(tx, memory, rows)
        return answers

    def expire(self, tx: Tx) -> int:
        """Book the end of every pending transfer whose time is over; returns how many."""
        memory = self._hold(tx)
        rows = due_rows(memory, self.clock)
        if rows is not None:
            self._append(tx, memory, rows)
        return 0 if rows is None else len(rows)

    def balance(self, account: AccountId) -> Balance:
        """Balance of an account as the writer has it (with what this transaction staged)."""
        balances = self.memory().balances
        slot = account % SERIALS
        assert slot < len(balances.id), "the account is open"
        assert balances.id[slot] == account, "the account is open"
        return Balance(balances.balance(slot), balances.available(slot))

    def checkpoint(self) -> None:
        """Write all balances down, so that readers and recovery start from here."""
        with self.exclusive() as memory, self.database.transaction() as tx:
            store.set_checkpoint(tx, memory.snapshot(self.clock.now()))

    def seal(self) -> int:
        """Build the indexes of full leaves now; returns how many (the background does it too)."""
        self._upkeep.wait()
        return seal_full_leaves(self.database)

    def memory(self) -> Memory:
        """The writer's memory, rebuilt from the journal when it is in doubt."""
        if self.fenced:
            raise Fenced("another writer has taken the ledger over: start again")
        if self._memory is None:
            self._renew_lease()
            with self.database.transaction() as tx:
                self.currencies = store.currencies(tx)
            with outages():
                self._memory = recover(self.database, self._epoch)
        return self._memory

    def doubt(self) -> None:
        """Forget memory: the next use rebuilds it from the journal."""
        self._memory = None

    @contextmanager
    def exclusive(self) -> Iterator[Memory]:
        """Hold the ledger beyond single transactions; those of this thread may still post."""
        self._acquire()
        self._standing = True
        try:
            yield self.memory()
        finally:
            self._standing = False
            self._release()

    def make_room(self, transfers: int) -> None:
        """Add leaves until `transfers` more fit; readers and writers do not wait for it."""
        memory = self.memory()
        while memory.room < transfers:
            with self.database.transaction() as tx:
                store.add_leaf(tx, self.leaf_size)
                memory.leaves = store.leaves(tx)

    def keep_up(self, durable_seq: int, *, settled: bool) -> bool:
        """After a commit: have a full leaf checkpointed and sealed, the open one summarised.

        `durable_seq` is the first seq that is not durable yet; `settled` says that nothing staged
        is uncommitted, so that memory is a state the journal has had. Returns whether upkeep
        waits for such a moment.
        """
        memory = self._memory
        if memory is None:
            return False
        return self._upkeep.look(memory, durable_seq, self.clock.now(), settled=settled)

    def _append(self, tx: Tx, memory: Memory, rows: Rows) -> None:
        self.make_room(len(rows))
        staged = memory.stage(rows, self.clock.now())
        self._done.append(staged)
        with self._breaking():
            append(tx, staged)

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        # A statement that failed leaves the transaction without effect, whatever its owner does.
        try:
            yield
        except BaseException:
            self.doubt()
            raise

    def _deposed(self) -> Fenced:
        self.fenced = True
        self.doubt()
        return Fenced("another writer has taken the ledger over: start again")

    def _hold(self, tx: Tx) -> Memory:
        if self._owner is not tx:
            if not self._standing or self._thread != threading.get_ident():
                self._acquire()
            self._owner = tx
            tx.read_as(FENCED_STATE, self._deposed)
            tx.after_commit(self._confirm)
            tx.after_rollback(lambda: self._take_back(tx))
            try:
                self.memory()
            except BaseException:
                self.doubt()
                raise
        return self.memory()

    def _confirm(self) -> None:
        booked = bool(self._done)
        self._done.clear()
        if booked and self._memory is not None:
            self.keep_up(self._memory.mark.next_seq, settled=True)
        self._let_go()

    def _take_back(self, tx: Tx) -> None:
        if tx.session.closed:
            self.doubt()  # the commit may have reached the server or not
        while self._done:
            done = self._done.pop()
            if self._memory is not None:
                self._memory.take_back(done)
        self._let_go()

    def _let_go(self) -> None:
        self._owner = None
        if not self._standing:
            self._release()

    def _acquire(self) -> None:
        if self._thread == threading.get_ident():
            raise Fault("this thread already holds the ledger by another transaction")
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise LedgerBusy("another transaction holds the ledger for too long")
        self._thread = threading.get_ident()

    def _release(self) -> None:
        self._thread = 0
        self._lock.release()

    def _renew_lease(self) -> None:
        """Take the lease if it is new or was lost with its session."""
        if self._leased and self._lease.held():
            return
        self._leased = False
        if not self._lease.held():
            try:
                wait = min(self._wait, RETAKE_SECONDS) if self._epoch else self._wait
                self._lease.take(wait_seconds=wait, take_over=self._take_over)
            except LedgerBusy as error:
                if not self._epoch:
                    raise
                self.fenced = True
                raise Fenced("another process has become the writer: stand by again") from error
        self._take_over = False
        holder = f"process {os.getpid()} at {socket.gethostname()}"
        with self.database.transaction() as tx:
            self._epoch = store.next_epoch(tx, holder, self.clock.now())
        self._leased = True
