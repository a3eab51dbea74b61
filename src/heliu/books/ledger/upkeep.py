"""Upkeep in the background: checkpoints, and sealing leaves (building their indexes)."""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg

from heliu.books.ledger import store
from heliu.ground.db import Database
from heliu.ground.errors import Outage

log = logging.getLogger(__name__)
SUMMARISE_EVERY: Final = 131_072


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Balances at a moment at which nothing was uncommitted, as COPY bytes."""

    upto_seq: int
    batch_no: int
    at: datetime
    body: bytes


class Upkeep:
    """One background thread at most; what it cannot do now is done at the next occasion."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, snapshot: Snapshot) -> None:
        """Write the checkpoint and seal what is full, in the background."""
        self.wait()
        self._thread = threading.Thread(target=self._run, args=(snapshot,), name="ledger-upkeep")
        self._thread.start()

    def wait(self) -> None:
        """Return when the background thread has ended."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, snapshot: Snapshot) -> None:
        database = Database(self._url)
        try:
            with database.transaction() as tx:
                store.set_checkpoint(tx, snapshot)
            seal_full_leaves(database)
        except (psycopg.Error, Outage):
            log.warning("ledger upkeep was interrupted and is taken up again later")
        finally:
            database.close()


def seal_full_leaves(database: Database) -> int:
    """Build the indexes of leaves whose transfers are all durable; returns how many."""
    with database.transaction() as tx:
        end = store.last_batch(tx).next_seq
        leaves = [leaf for leaf in store.leaves(tx) if leaf.sealed_at is None]
    full = [leaf for leaf in leaves if leaf.end_seq <= end]
    for leaf in full:
        with database.transaction() as tx:
            store.seal_leaf(tx, leaf)
    return len(full)


def summarise_open_leaf(database: Database, leaf: store.Leaf) -> None:
    """Keep look-ups by seq in the open leaf short."""
    with database.transaction() as tx:
        store.summarise_leaf(tx, leaf)
