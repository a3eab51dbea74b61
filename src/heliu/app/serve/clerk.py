"""The clerk: one thread that files documents, verifies what they tell of, and settles cash.

Three steps, each a transaction of its own and each the same if done again: file (durable, with
evidence), take in (parties, features, verification; no money moves, so the teller goes on beside
it), settle (credit notes and cash; the ledger is held only here). What was filed but not settled
when a process died is found by its position and done at the next start.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import psycopg

from heliu.app.bank import Bank
from heliu.app.finance.day import Day, settle, take_in
from heliu.app.finance.run import file_items
from heliu.books.ledger.api import Fenced, LedgerBusy
from heliu.credit.instants.api import Shelf
from heliu.credit.products.api import programmes
from heliu.flows.confluence.api import add_lived, lived
from heliu.flows.intake.api import Blob, Filed, Outcome, Unreadable, documents_since
from heliu.ground.actor import Actor
from heliu.ground.errors import Outage

log = logging.getLogger(__name__)

MAX_WAITING: Final = 2000
_PAGE: Final = 1000
# Trade papers are kept at hand so long: a year's tenor, its extension, and a year of being late.
KEPT: Final = timedelta(days=1100)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What one request or one look into the inbox brought."""

    items: Sequence[Blob | Unreadable]
    actor: Actor
    future: "Future[list[Outcome]]"


class Clerk:
    """One thread that takes deliveries in order; several that wait are taken together."""

    def __init__(self, bank: Bank, day: Day, shelf: Shelf, on_trouble: Callable[[], None]) -> None:
        self._bank, self._day, self._shelf = bank, day, shelf
        self._on_trouble = on_trouble
        self._waiting: deque[_Delivery] = deque()
        self._items = 0
        self._ready = threading.Condition()
        self._closing = False
        self._position = 0
        self._forgot_on = date.min
        self._thread = threading.Thread(target=self._work, name="clerk", daemon=True)

    def start(self) -> None:
        """Read what the bank knows, finish what was begun, then begin to take deliveries."""
        with self._bank.database.transaction() as tx:
            until, _ = lived(tx)
            while self._position < until:
                page = [
                    one for one in documents_since(tx, self._position, _PAGE) if one[0] <= until
                ]
                since = self._bank.clock.today() - KEPT
                self._day.linker.add((document for _, document in page), since=since)
                self._position = page[-1][0] if page else until
        self._catch_up()
        self._thread.start()

    def close(self) -> None:
        """Take what waits, then stop."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join()

    def take(self, items: Sequence[Blob | Unreadable], actor: Actor) -> "Future[list[Outcome]]":
        """The future of durable outcomes, in order. Raises Outage at once if too many wait."""
        delivery = _Delivery(items, actor, Future())
        with self._ready:
            if self._closing:
                raise Outage("this process takes no documents any more")
            if self._waiting and self._items + len(items) > MAX_WAITING:
                raise Outage("too many documents wait: come back in a moment")
            self._waiting.append(delivery)
            self._items += len(items)
            self._ready.notify()
        return delivery.future

    def _work(self) -> None:
        while deliveries := self._next():
            filed = [(delivery, self._file(delivery)) for delivery in deliveries]
            try:
                self._catch_up()
            except (Outage, LedgerBusy, Fenced, psycopg.Error) as error:
                # It stays filed and is taken in with the next delivery, or at the next start.
                self._on_trouble()
                log.warning("documents wait to be taken in: %s", type(error).__name__)
                for delivery, outcomes in filed:
                    if outcomes is not None:
                        delivery.future.set_exception(error)
            else:
                for delivery, outcomes in filed:
                    if outcomes is not None:
                        delivery.future.set_result(outcomes)

    def _next(self) -> list[_Delivery]:
        with self._ready:
            while not self._waiting and not self._closing:
                self._ready.wait()
            deliveries = list(self._waiting)
            self._waiting.clear()
            self._items = 0
            return deliveries

    def _file(self, delivery: _Delivery) -> list[Outcome] | None:
        """The outcomes; None if they could not be filed and the sender was told."""
        try:
            return file_items(replace(self._bank, actor=delivery.actor), delivery.items)
        except (Outage, psycopg.Error) as error:
            self._on_trouble()
            log.warning("a delivery could not be filed: %s", type(error).__name__)
            delivery.future.set_exception(error)
            return None

    def _catch_up(self) -> None:
        """Take in and settle all that was filed behind the last position."""
        today = self._bank.clock.today()
        if today != self._forgot_on:
            self._day.linker.forget(today - KEPT)
            self._forgot_on = today
        with self._bank.database.transaction() as tx:
            self._day.programmes.clear()
            self._day.programmes.update({p.buyer_uscc: p for p in programmes(tx)})
        while page := self._page():
            try:
                self._take_in(page)
            except (Outage, LedgerBusy, Fenced, psycopg.OperationalError):
                raise
            except Exception:  # noqa: BLE001 - the clerk outlives every fault of one document
                # Our own fault with one of them must not hold up the others: each on its own, and
                # what fails alone is left aside with a word to operations.
                for one in page:
                    self._take_in_or_leave(one)

    def _take_in_or_leave(self, one: tuple[int, Filed]) -> None:
        try:
            self._take_in([one])
        except (Outage, LedgerBusy, Fenced, psycopg.OperationalError):
            raise
        except Exception:
            log.exception("document %s is filed but could not be taken in", one[1].id)
            self._position = one[0]

    def _take_in(self, page: Sequence[tuple[int, Filed]]) -> None:
        bank, documents = self._bank, [document for _, document in page]
        on, now = bank.clock.today(), bank.clock.now()
        with bank.database.transaction() as tx:
            receivables, _ = take_in(tx, self._day, on, documents, now)
        self._shelf.forget(receivable.id for receivable in receivables)
        with bank.database.transaction() as tx:
            bank.ledger.hold(tx)
            settle(tx, self._day, on, documents, now)
            add_lived(tx, page[-1][0], on, now)
        self._position = page[-1][0]

    def _page(self) -> list[tuple[int, Filed]]:
        with self._bank.database.transaction() as tx:
            return documents_since(tx, self._position, _PAGE)
