"""The database door: one pool-free handle, transactions with after-commit and after-rollback hooks.

Rooms receive a `Tx` and never commit: whoever opened the transaction does (one request, one
command-line run or one batch = one transaction). A URL may name several hosts: the door finds
the one that may be written to, also after another one was promoted.
"""

import logging
import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import psycopg
from psycopg import Connection, Cursor, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from heliu.ground import pipeline
from heliu.ground.errors import Fault, Outage, Surprise

log = logging.getLogger(__name__)

Hook = Callable[[], None]
Query = tuple[LiteralString, Sequence[Any]]

# A host that went away without a word is given up after some ten seconds (TCP; a unix socket tells
# at once). What the URL says comes first.
_PATIENCE: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 11_000,
}
# A statement that `ground.pipeline` prepared is planned once, not again for every length of list.
_SETTINGS: Final = "-c timezone=UTC -c plan_cache_mode=force_generic_plan"
# SQLSTATE: connection lost, no resources (disk full), server going or coming, its own failure, or
# it became a standby. Whatever was asked may be asked again.
_OUTAGES: Final = ("08", "53", "57P", "58", "25006")


class Tx:
    """An open transaction: runs SQL, and keeps what is to happen after its end.

    `after_commit` hooks run once the commit is durable; `after_rollback` hooks run when it
    failed in any way, including a lost connection during COMMIT (outcome unknown).
    """

    def __init__(self, connection: Connection[TupleRow], *, hopeful: bool = False) -> None:
        self.session, self.hopeful = connection, hopeful
        self._line = pipeline.Line(connection)
        self._foreseen: dict[str, tuple[Sequence[Any], list[TupleRow]]] = {}
        self._meanings: dict[str, Callable[[], Exception]] = {}
        self._last: list[Hook] = []
        self._committed: list[Hook] = []
        self._rolled_back: list[Hook] = []

    def later(self, sql: LiteralString, params: Sequence[Any] = ()) -> None:
        """Run one statement whose result nobody reads; nobody waits for it either.

        Such statements are run in order, before the next statement that is read and before the
        commit; what fails fails the transaction there. Parameters are written `%b::type` or
        `%b::type[]` (see `ground.pipeline`).
        """
        self._line.send([(sql, params)])

    def push(self) -> None:
        """Have the server begin with what `later` gave it, however little it is."""
        if self._line.open:
            self._line.push()

    def expect(self, sql: LiteralString, params: Sequence[Any], rows: int) -> None:
        """`later`, and a Surprise where something waits if it does not touch so many rows.

        For a hopeful transaction: it takes for granted what nearly always is so instead of asking,
        and is done again by one that asks when it was not so.
        """
        assert self.hopeful, "who takes nothing for granted waits for the answer"
        self._line.send([(sql, params)], rows)

    def foresee(self, *queries: Query) -> None:
        """Run queries in one round trip whose answers are asked for soon, by the same `reads`.

        Only for rows that nothing of this transaction changes in between.
        """
        self._line.send(queries, pipeline.ROWS)
        for (sql, params), rows in zip(queries, self._line.collect(), strict=True):
            self._foreseen[sql] = params, rows

    def read_as(self, sqlstate: str, error: Callable[[], Exception]) -> None:
        """Have an error of the database of that state end this transaction as another one."""
        self._meanings[sqlstate] = error

    def flush(self) -> None:
        """Wait for what `later` has had run."""
        if self._line.open:
            self._line.collect()

    @property
    def connection(self) -> Connection[TupleRow]:
        """The connection, with nothing under way: for what this class has no word for."""
        self.flush()
        return self.session

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

    def reads(self, *queries: Query) -> list[list[TupleRow]]:
        """All rows of several queries, run in order in one round trip (see `ground.pipeline`)."""
        foreseen = [self._foreseen.pop(sql, None) for sql, _ in queries]
        known = [
            seen[1]
            for seen, (_, params) in zip(foreseen, queries, strict=True)
            if seen is not None and seen[0] == params
        ]
        if len(known) == len(queries):
            return known
        self._line.send(queries, pipeline.ROWS)
        return self._line.collect()

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

    def before_commit(self, hook: Hook) -> None:
        """Have `hook` called when the work is done, inside the transaction, just before COMMIT."""
        self._last.append(hook)

    def after_commit(self, hook: Hook) -> None:
        """Have `hook` called once this transaction is durable."""
        self._committed.append(hook)

    def finish(self) -> None:
        """Do what was left for the end: the hooks of `before_commit`; wait for all of it."""
        self._call_last()
        self.flush()

    def commit(self) -> None:
        """`finish`, and COMMIT: in one round trip where statements are under way."""
        self._call_last()
        if self._line.hopes:
            self.flush()
        if self.session.info.transaction_status == pq.TransactionStatus.INERROR:
            raise Fault("a statement failed, and its error was kept back: nothing is committed")
        if self._line.open:
            self.later(pipeline.COMMIT)
            self.flush()
        else:
            self.session.commit()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Raise the database's errors as what they mean here."""
        try:
            yield
        except psycopg.Error as error:
            if meaning := self._meanings.get(error.sqlstate or ""):
                raise meaning() from error
            if self.hopeful and isinstance(error, psycopg.errors.UniqueViolation):
                raise Surprise("what was taken to be new is there") from error
            raise

    def _call_last(self) -> None:
        while self._last:
            self._last.pop(0)()

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
        asked = conninfo_to_dict(self.url)
        if "," in str(asked.get("host", "")):
            asked.setdefault("target_session_attrs", "read-write")
        url = make_conninfo("", **{**_PATIENCE, **asked, "options": _SETTINGS})
        try:
            connection = psycopg.connect(url, autocommit=autocommit)
        except psycopg.OperationalError as error:
            raise Outage(f"cannot reach the database: {error}") from error
        connection.prepare_threshold = None  # see `ground.pipeline`
        return connection

    @contextmanager
    def transaction(self, *, hopeful: bool = False) -> Iterator[Tx]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises Outage if the server was lost or has no room left: it may have committed or not. A
        hopeful one raises Surprise if it should have asked; nothing of it was kept then.
        """
        connection = self._ready()
        tx = Tx(connection, hopeful=hopeful)
        try:
            with outages(), tx._reading():  # noqa: SLF001 - Tx and Database are one pair
                yield tx
                tx.commit()
        except BaseException:
            tx._line.drop()  # noqa: SLF001
            self._end(connection)
            for hook in tx._rolled_back:  # noqa: SLF001
                hook()
            raise
        self._idle.append(connection)
        for hook in tx._committed:  # noqa: SLF001
            hook()

    def close(self) -> None:
        """Close the idle connections."""
        while (connection := self._taken()) is not None:
            connection.close()

    def _ready(self) -> Connection[TupleRow]:
        """An idle connection that its server has not ended meanwhile, or a new one."""
        while (connection := self._taken()) is not None:
            if _silent(connection):
                return connection
            connection.close()
        return self.connect()

    def _taken(self) -> Connection[TupleRow] | None:
        try:
            return self._idle.pop()
        except IndexError:  # another thread may have taken the last one at this moment
            return None

    def _end(self, connection: Connection[TupleRow]) -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            log.warning("a connection could not be rolled back and is dropped")
        if connection.broken or connection.closed:
            connection.close()
            self.close()  # the others led to the same server
        else:
            self._idle.append(connection)


def columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows (at least one) turned into columns, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]


@contextmanager
def outages() -> Iterator[None]:
    """Raise what the database could not do for now as an Outage, anything else as it is."""
    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate
        lost = state is None and isinstance(error, psycopg.OperationalError)
        if lost or (state is not None and state.startswith(_OUTAGES)):
            raise Outage(f"the database was lost or is out of room: {error}") from error
        raise


def _silent(connection: Connection[TupleRow]) -> bool:
    # A server says nothing to an idle session, except that it ends it.
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)
