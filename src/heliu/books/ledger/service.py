"""The ledger's one writer: opens accounts and posts transfers inside the caller's transaction.

Memory is staged first and the journal appended in the same transaction; memory is confirmed when
that commits and taken back when it does not. One uncommitted transaction at a time may hold the
ledger: others wait for it. Post last in a transaction, and never roll back to a savepoint taken
before a post (the database would refuse the next batch).
"""

import os
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final

from heliu.books.ledger import store
from heliu.books.ledger.domain.account import Account, AccountId, NewAccount, account_id
from heliu.books.ledger.domain.batch import Rows, TransferBatch, batch_of, micros
from heliu.books.ledger.domain.decide import DUPLICATE, POSTED, Answers, decide
from heliu.books.ledger.domain.expiry import expiry_rows
from heliu.books.ledger.domain.transfer import Outcome, Status, Transfer
from heliu.books.ledger.encoding import balances_body
from heliu.books.ledger.errors import AccountDiffers, Fenced, LedgerBusy, UnknownAccountType, Why
from heliu.books.ledger.memory import Memory
from heliu.books.ledger.recovery import recover
from heliu.books.ledger.store import Staged
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Fault

LEAF_SIZE: Final = 1_000_000
WAIT_SECONDS: Final = 10.0
_STATUS: Final = {POSTED: Status.POSTED, DUPLICATE: Status.DUPLICATE}


class Ledger(AbstractContextManager["Ledger"]):
    """The open ledger. Made by `Ledger.open`; close it, or use it in a `with` block."""

    def __init__(self, database: Database, clock: Clock, leaf_size: int) -> None:
        self.database, self.clock, self.leaf_size = database, clock, leaf_size
        self.lock = threading.Lock()
        self.fenced = False
        self._lease = database.connect(autocommit=True)
        self._owner: Tx | None = None
        self._owner_thread = 0
        self._done: list[Staged | Account] = []
        self._memory: Memory | None = None
        self._epoch = 0

    @classmethod
    def open(
        cls,
        database: Database,
        clock: Clock,
        *,
        wait_seconds: float = WAIT_SECONDS,
        take_over: bool = False,
        leaf_size: int = LEAF_SIZE,
    ) -> "Ledger":
        """Become the one writer and rebuild memory from the journal.

        Waits `wait_seconds` for another writer to close or die; `take_over` ends its session
        instead. Either way an earlier writer is fenced out by the database. Raises LedgerBusy,
        and Fault if the journal does not match its hashes.
        """
        ledger = cls(database, clock, leaf_size)
        try:
            store.take_lease(ledger._lease, wait_seconds=wait_seconds, take_over=take_over)
            with database.transaction() as tx:
                ledger._epoch = store.next_epoch(tx, f"process {os.getpid()}", clock.now())
            ledger.memory()
        except BaseException:
            ledger._lease.close()
            raise
        return ledger

    def close(self) -> None:
        """Write a checkpoint and let the next writer in; nothing happens a second time."""
        if self._lease.closed:
            return
        try:
            if not self.fenced and self._memory is not None:
                self.checkpoint()
        finally:
            self._lease.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def open_accounts(self, tx: Tx, accounts: Sequence[NewAccount]) -> list[AccountId]:
        """Open accounts in `tx`; a name that is open already answers its number, in order.

        Raises the refusals AccountDiffers (the name is open as something else) and
        UnknownAccountType.
        """
        memory = self._hold(tx)
        numbers, types = store.currencies(tx), store.account_types(tx)
        found = store.accounts_named(tx, [account.name for account in accounts])
        opened: list[Account] = []
        for asked in accounts:
            if asked.type not in types or asked.currency not in numbers:
                raise UnknownAccountType(asked.type, asked.currency)
            if (there := found.get(asked.name)) is None:
                number = account_id(numbers[asked.currency], memory.next_serial)
                there = Account(
                    *(number, asked.name, asked.type, asked.currency, asked.floor),
                    types[asked.type],
                )
                found[asked.name] = there
                opened.append(there)
                memory.add_account(there)
                self._done.append(there)
            elif (there.type, there.currency, there.floor) != (
                *(asked.type, asked.currency, asked.floor),
            ):
                raise AccountDiffers(asked.name)
        store.add_accounts(tx, opened, numbers, self.clock.now())
        return [found[asked.name].id for asked in accounts]

    def post(self, tx: Tx, transfers: Sequence[Transfer]) -> list[Outcome]:
        """Book `transfers` in `tx`, in order; one outcome each. Raises Fenced, LedgerBusy."""
        memory = self._hold(tx)
        keys = [transfer.key for transfer in transfers]
        known = store.known_transfers(tx, keys)
        batch = batch_of(transfers, self.currencies)
        answers = self._book(tx, memory, batch, known)
        return _outcomes(transfers, answers)

    def expire(self, tx: Tx) -> int:
        """Book the end of every pending transfer whose time is over; returns how many."""
        memory = self._hold(tx)
        rows = expiry_rows(memory.balances, self.clock, memory.mark.next_seq)
        if rows is not None:
            self._append(tx, memory, rows)
        return 0 if rows is None else len(rows)
