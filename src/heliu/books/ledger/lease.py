"""The writer's lease: a lock of one database session, free the moment its process dies.

The lease only says whose turn it is; what keeps a deposed writer out is the epoch that the
database checks in every batch.
"""

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from heliu.books.ledger import store
from heliu.ground.db import Database, outages


class Lease:
    """The lease as one process sees it: not taken, held, or lost with its session."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session: Connection[TupleRow] | None = None

    def held(self) -> bool:
        """Whether it was taken and its session lives."""
        if self._session is None:
            return False
        try:
            self._session.execute("SELECT 1")
        except psycopg.OperationalError:
            self.close()
            return False
        return True

    def take(self, *, wait_seconds: float, take_over: bool = False) -> None:
        """Hold it from now on; `take_over` ends the session that holds it.

        Raises LedgerBusy if another process keeps it for `wait_seconds`, Outage without a server.
        """
        self.close()
        session = self._database.connect(autocommit=True)
        try:
            with outages():
                store.take_lease(session, wait_seconds=wait_seconds, take_over=take_over)
        except BaseException:
            session.close()
            raise
        self._session = session

    def close(self) -> None:
        """Let the next writer in."""
        if self._session is not None:
            self._session.close()
            self._session = None
