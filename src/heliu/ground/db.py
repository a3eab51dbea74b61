"""The database door: one pool-free handle, transactions with after-commit and after-rollback hooks.

Rooms receive a `Tx` and never commit: whoever opened the transaction does (one request, one
command-line run or one batch = one transaction).
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from heliu.ground.errors import Outage

log = logging.getLogger(__name__)

Hook = Callable[[], None]


class Tx:
    """An open transaction: runs SQL, and keeps what is to happen after its end.

    `after_commit` hooks run once the commit is durable; `after_rollback` hooks run when it
    failed in any way, including a lost connection during COMMIT (outcome unknown).
    """

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self.connection = connection
        self._committed: list[Hook] = []
        self._rolled_back: list[Hook] = []

    def run(self, sql: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Run one statement; returns the number of rows it touched."""
        return self.connection.execute(sql, params or None).rowcount

    def rows(
        self, sql: LiteralString, params: Sequence[Any] | dict[str, Any] = ()
    ) -> list[TupleRow]:
        """All rows of one query."""
        return self.connection.execute(sql, params or None).fetchall()

    def row(
        self, sql: LiteralString, params: Sequence[Any] | dict[str, Any] = ()
    ) -> TupleRow | None:
        """The first row of one query, or None."""
        return self.connection.execute(sql, params or None).fetchone()

    def many(self, sql: LiteralString, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters, in one round trip."""
        if rows:
            with self.connection.cursor() as cursor:
                cursor.executemany(sql, rows)

    def copy(self, sql: LiteralString, rows: Sequence[Sequence[Any]]) -> None:
        """Append `rows` by `COPY ... FROM STDIN` (text format)."""
        if not rows:
            return
        with self.connection.cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)

    def copy_bytes(self, sql: LiteralString, payload: bytes | memoryview) -> None:
        """Append an already encoded COPY payload (text or binary, as `sql` says)."""
        with self.connection.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(payload)

    def cursor(self) -> Cursor[TupleRow]:
        """A plain cursor, for streaming reads."""
        return self.connection.cursor()

    def after_commit(self, hook: Hook) -> None:
        """Have `hook` called once this transaction is durable."""
        self._committed.append(hook)

    def after_rollback(self, hook: Hook) -> None:
        """Have `hook` called if this transaction does not (or may not) become durable."""
        self._rolled_back.append(hook)


class Database:
    """A PostgreSQL database by its connection string; hands out transactions."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._idle: list[Connection[TupleRow]] = []

    def connect(self, *, autocommit: bool = False) -> Connection[TupleRow]:
        """A new connection of the caller's own, in UTC. Raises Outage if there is no server."""
        try:
            connection = psycopg.connect(self.url, autocommit=autocommit, options="-c timezone=UTC")
        except psycopg.OperationalError as error:
            raise Outage(f"cannot reach the database: {error}") from error
        connection.prepare_threshold = 2
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        connection = self._idle.pop() if self._idle else self.connect()
        tx = Tx(connection)
        try:
            yield tx
            connection.commit()
        except BaseException as error:
            self._end(connection)
            for hook in tx._rolled_back:  # noqa: SLF001 - Tx and Database are one pair
                hook()
            if isinstance(error, psycopg.OperationalError) and connection.broken:
                raise Outage(f"the database connection was lost: {error}") from error
            raise
        self._idle.append(connection)
        for hook in tx._committed:  # noqa: SLF001
            hook()

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _end(self, connection: Connection[TupleRow]) -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            log.warning("a connection could not be rolled back and is dropped")
        if connection.broken or connection.closed:
            connection.close()
        else:
            self._idle.append(connection)
