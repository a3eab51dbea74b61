"""Upkeep in the background: checkpoints, and sealing leaves (building their indexes)."""

import logging
import threading
from datetime import datetime
from typing import Final

import psycopg

from heliu.books.ledger import store
from heliu.books.ledger.memory import Memory
from heliu.ground.db import Database
from heliu.ground.errors import Outage

log = logging.getLogger(__name__)
SUMMARISE_EVERY: Final = 131_072


class Upkeep:
    """One background thread at most; what it cannot do now is done at a later occasion."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread: threading.Thread | None = None
        self._sealed_seq = self._summarised_seq = 0  # the first seq that is not

    def look(self, memory: Memory, durable_seq: int, at: datetime, *, settled: bool) -> bool:
        """Start what is due now that the journal is durable up to before `durable_seq`.

        Returns whether it waits for a settled moment.
        """
        leaf = memory.leaf_of(durable_seq)
        if leaf is None or (self._thread is not None and self._thread.is_alive()):
            return False
        if leaf.first_seq > self._sealed_seq:
            if settled:
                self._sealed_seq = leaf.first_seq
                self._start(memory.snapshot(at) if leaf.first_seq > 1 else None, leaf)
            return not settled
        if durable_seq - self._summarised_seq > SUMMARISE_EVERY:
            self._summarised_seq = durable_seq
            self._start(None, leaf)
        return False

    def wait(self) -> None:
        """Return when the background thread has ended."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _start(self, snapshot: store.Snapshot | None, leaf: store.Leaf) -> None:
        job = threading.Thread(target=self._run, args=(snapshot, leaf), name="ledger-upkeep")
        self._thread = job
        job.start()

    def _run(self, snapshot: store.Snapshot | None, leaf: store.Leaf) -> None:
        database = Database(self._url)
        try:
            if snapshot is not None:
                with database.transaction() as tx:
                    store.set_checkpoint(tx, snapshot)
                seal_full_leaves(database)
            with database.transaction() as tx:
                store.summarise_leaf(tx, leaf)
        except (psycopg.Error, Outage):
            log.warning("the ledger's upkeep was interrupted and is taken up again later")
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
