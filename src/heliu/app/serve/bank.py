"""The bank as the channels see it: the teller and the clerk of this process, once it is the writer.

Until the ledger's lease is free this process stands by: it answers that it does. When it takes the
lease it reads what it must and is ready; when another takes the lease from it, it stands by again.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from heliu.app.bank import Bank
from heliu.app.finance.day import Day
from heliu.app.finance.run import policy
from heliu.app.serve.clerk import Clerk
from heliu.app.serve.teller import Teller, answered
from heliu.books.ledger.api import Fenced, Lease, Ledger, LedgerBusy
from heliu.channels.web.api import Health
from heliu.credit.instants.api import (
    ActKind,
    Answer,
    Ask,
    Till,
    read_act,
    read_receivable,
    read_receivables,
)
from heliu.flows.confluence.api import Linker
from heliu.flows.intake.api import Blob, Outcome, Unreadable
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Outage
from heliu.parties.access.api import Keyring, Vault, connections

log = logging.getLogger(__name__)

TELLER: Final = Actor("teller")
LEASE_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.4


class _Reads:
    """What is read back of the acts, as of the bank's business day."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def act(self, tx: Tx, kind: ActKind, id_: UUID, party: str | None) -> bytes | None:
        """The act of that kind and id, as it was answered."""
        return read_act(tx, kind, id_, party)

    def receivable(self, tx: Tx, id_: UUID, party: str | None) -> bytes | None:
        """One receivable, with what is available on it now."""
        return read_receivable(tx, id_, party, self._today())

    def receivables(
        self, tx: Tx, party: str | None, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, bytes]]:
        """Up to `limit` receivables behind `after`, in order of id, each with its id."""
        return read_receivables(tx, party, after, limit, self._today())

    def _today(self) -> date:
        return self._clock.today()


@dataclass(slots=True)
class _Staff:
    """Who works while this process is the writer."""

    ledger: Ledger
    teller: Teller
    clerk: Clerk


class ServedBank:
    """The running bank of one process; `start` it, `close` it."""

    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self.database, self.clock, self.vault = database, clock, vault
        self.reads = _Reads(clock)
        with database.transaction() as tx:
            self.keyring = Keyring(connections(tx), vault, clock.now())
        self._staff: _Staff | None = None
        self._state = Health.STANDBY
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._stand_by, name="standby", daemon=True)

    def start(self) -> None:
        """Become the writer as soon as the lease is free."""
        self._thread.start()

    def close(self) -> None:
        """Answer what waits, checkpoint, let the next process in."""
        self._stop.set()
        self._thread.join()
        self._dismiss()

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, while this process is its writer."""
        return self._staff.ledger if self._staff else None

    def health(self) -> Health:
        """Whether this process can act now."""
        return self._state

    async def act(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """One durable answer per ask, in order. Raises Outage when full or down: retry."""
        return await self._working().teller.ask(asks)

    async def file(self, items: Sequence[Blob | Unreadable], actor: Actor) -> Sequence[Outcome]:
        """File documents; one durable outcome per item, in order. Raises Outage: retry."""
        return await asyncio.wrap_future(self._working().clerk.take(items, actor))

    def file_now(self, items: Sequence[Blob | Unreadable], actor: Actor) -> Sequence[Outcome]:
        """`file` for a thread of its own (the watched inbox)."""
        return self._working().clerk.take(items, actor).result()

    def _working(self) -> _Staff:
        staff = self._staff
        if staff is None or self._state is not Health.READY:
            raise Outage("this process stands by: another one answers, or soon this one will")
        return staff

    def _stand_by(self) -> None:
        """Wait for the lease, work, and watch whether it is still ours."""
        while not self._stop.is_set():
            try:
                if self._staff is None:
                    self._staff = self._hire()
                    self._state = Health.READY
                    log.info("this process is the writer now")
                elif self._staff.teller.fenced:
                    self._state = Health.STANDBY
                    self._dismiss()
                else:
                    self._look(self._staff)
            except LedgerBusy:
                # Another process has the lease; or, at work, a long transaction has the ledger.
                if self._staff is None:
                    self._state = Health.STANDBY
            except Fenced:
                self._state = Health.STANDBY
                self._dismiss()
            except Outage as error:
                self._state = Health.DOWN
                log.warning("not ready: %s", error)
            self._stop.wait(_LOOK_SECONDS)

    def _look(self, staff: _Staff) -> None:
        """Whether the database is there and this process still its writer.

        While it is not, everybody is sent away at once. Raises Fenced if another has taken over.
        """
        with self.database.transaction() as tx:
            staff.ledger.hold_surely(tx)
        self._state = Health.READY

    def _hire(self) -> _Staff:
        lease = Lease(self.database)
        lease.take(wait_seconds=LEASE_SECONDS)
        ledger = Ledger.open(self.database, self.clock, lease=lease)
        till = Till(ledger, policy(), TELLER)

        def run(asks: Sequence[Ask]) -> Sequence[Answer]:
            return answered(self.database, till, asks, self.clock)

        teller = Teller(run, till.shelf.clear)
        day = Day(ledger, TELLER, Linker(()), {}, policy())
        bank = Bank(self.database, ledger, self.clock, TELLER)
        clerk = Clerk(bank, day, till.shelf, till.shelf.clear)
        try:
            clerk.start()
        except BaseException:
            ledger.close()
            raise
        teller.start()
        return _Staff(ledger, teller, clerk)

    def _dismiss(self) -> None:
        staff, self._staff = self._staff, None
        if staff is not None:
            staff.teller.close()
            staff.clerk.close()
            staff.ledger.close()


def refresh_keys(bank: ServedBank) -> None:
    """Take over connections that were issued or revoked meanwhile."""
    with bank.database.transaction() as tx:
        bank.keyring.refresh(connections(tx))
