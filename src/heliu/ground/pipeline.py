"""Many statements in one round trip, cheaply: prepared once, parameters encoded in whole columns.

psycopg spends some 150 microseconds of Python on a statement before a byte is sent; the hot path
has some twenty statements a batch. Here a statement is compiled once from its own casts
(`%b::uuid[]` is a list of UUIDs), prepared once per connection, and then costs its bytes. Results
are read by psycopg's own loaders.
"""

import re
import select
import struct
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from itertools import count
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import Connection, pq
from psycopg.adapt import Transformer
from psycopg.rows import TupleRow

from heliu.ground.errors import Surprise

_PLACE: Final = re.compile(r"%b::([a-z]+)(\[\])?")
_EPOCH_DAY: Final = date(2000, 1, 1).toordinal()
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)
_NULL: Final = b"\xff\xff\xff\xff"
_GOOD: Final = frozenset(
    {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.PIPELINE_SYNC}
)

BEGIN: Final = "BEGIN"
COMMIT: Final = "COMMIT"
Encode = Callable[[Any], bytes]
EncodeAll = Callable[[Sequence[Any]], bytes]
Query = tuple[str, Sequence[Any]]


def _fixed(form: str) -> Encode:
    size = struct.calcsize(form)
    pack = struct.Struct(f">i{form}").pack
    return lambda value: pack(size, value)


def _sized(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


# Big-endian lengths, ready made: nearly all that is sent is shorter.
_LENGTHS: Final = tuple(n.to_bytes(4, "big") for n in range(2048))


def _sized_all(raws: Iterable[bytes]) -> bytes:
    ready, many = _LENGTHS, len(_LENGTHS)
    return b"".join([ready[n] + raw if (n := len(raw)) < many else _sized(raw) for raw in raws])


def _numbers(size: int, form: str) -> EncodeAll:
    """Columns of numbers: numpy lays many of them out at once."""
    dtype = np.dtype([("size", ">i4"), ("value", form)])

    def encode(values: Sequence[Any]) -> bytes:
        out = np.empty(len(values), dtype)
        out["size"] = size
        out["value"] = values
        return out.tobytes()

    return encode


_UUID_HEAD: Final = b"\0\0\0\x10"


def _uuids(values: Sequence[Any]) -> bytes:
    raws = [number.to_bytes(16, "big") for number in map(attrgetter("int"), values)]
    return _UUID_HEAD + _UUID_HEAD.join(raws)


_DATE: Final = struct.Struct(">ii").pack
_INSTANT: Final = struct.Struct(">iq").pack
# Each value with its length before it, as in an array's body and in COPY (PostgreSQL's send/recv).
_ENCODE: Final[dict[str, tuple[int, Encode]]] = {
    "uuid": (2950, lambda value: _UUID_HEAD + value.bytes),
    "text": (25, lambda value: _sized(value.encode())),
    "bytea": (17, _sized),
    "bigint": (20, _fixed("q")),
    "integer": (23, _fixed("i")),
    "smallint": (21, _fixed("h")),
    "boolean": (16, lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0"),
    "date": (1082, lambda value: _DATE(4, value.toordinal() - _EPOCH_DAY)),
    "timestamptz": (1184, lambda value: _INSTANT(8, (value - _EPOCH) // _MICRO)),
}
# The same for a whole column without nulls (they raise TypeError or AttributeError on one).
_ENCODE_ALL: Final[dict[str, EncodeAll]] = {
    "uuid": _uuids,
    "text": lambda values: _sized_all(map(str.encode, values)),
    "bytea": _sized_all,
    "bigint": _numbers(8, ">i8"),
    "integer": _numbers(4, ">i4"),
}
_FEW: Final = 12  # up to here one by one is as quick


class Column(NamedTuple):
    """A column in the bytes the server reads: each value with its length before it."""

    size: int
    body: bytes


def column(values: NDArray[Any], form: str) -> Column:
    """The column of an array (at least one value) whose values are sent as dtype `form`."""
    out = np.empty(len(values), np.dtype([("size", ">i4"), ("value", form)]))
    out["size"] = out.dtype["value"].itemsize
    out["value"] = values
    return Column(len(values), out.tobytes())


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with numbered parameters, and how to encode them."""

    sql: bytes
    encoders: tuple[Encode, ...]
    formats: tuple[int, ...]


@cache
def compiled(sql: str) -> Statement:
    """The statement of `sql`, whose parameters all are written `%b::type` or `%b::type[]`."""
    encoders: list[Encode] = []

    def numbered(place: re.Match[str]) -> str:
        kind, many = place.groups()
        oid, encode = _ENCODE[kind]
        encoders.append(_array(oid, encode, _ENCODE_ALL.get(kind)) if many else _single(encode))
        return f"${len(encoders)}::{kind}{many or ''}"

    text = _PLACE.sub(numbered, sql)
    assert "%b" not in text, "every parameter says its type"
    assert "%s" not in text, "every parameter says its type"
    return Statement(text.encode(), tuple(encoders), (pq.Format.BINARY,) * len(encoders))


def _single(encode: Encode) -> Encode:
    return lambda value: encode(value)[4:]


def _array(oid: int, encode: Encode, encode_all: EncodeAll | None) -> Encode:
    head = struct.Struct(">iiiii")

    def one_by_one(values: Sequence[Any]) -> bytes:
        nulls = any(value is None for value in values)
        body = [_NULL if value is None else encode(value) for value in values]
        return head.pack(1, nulls, oid, len(values), 1) + b"".join(body)

    def array(values: Sequence[Any] | Column) -> bytes:
        if isinstance(values, Column):
            return head.pack(1, 0, oid, values.size, 1) + values.body
        if not values:
            return struct.pack(">iii", 0, 0, oid)
        if encode_all is None or len(values) <= _FEW:
            return one_by_one(values)
        try:
            return head.pack(1, 0, oid, len(values), 1) + encode_all(values)
        except (AttributeError, TypeError):
            return one_by_one(values)

    return array


# Names of prepared statements by connection. The doors never let psycopg prepare anything itself:
# it would drop all prepared statements, ours too, after every rollback.
_PREPARED: Final[WeakKeyDictionary[Connection[TupleRow], dict[str, bytes]]] = WeakKeyDictionary()
# A name is used once: what became of one whose pipeline failed need not be known.
_NAMES: Final = count()
# So much is worth waking the server for: it works on it while we make the next statements.
_WORTH_SENDING: Final = 8192


class Rest(Enum):
    """What is awaited of a statement besides that it does not fail."""

    NOTHING = "nothing"
    ROWS = "rows"


NOTHING: Final = Rest.NOTHING
ROWS: Final = Rest.ROWS
Awaited: TypeAlias = Rest | int
"""Nothing, its rows, or that it touches so many rows."""


class Line:
    """The statements of one transaction, sent as they come; the server need not wait for the last.

    Between the first `send` and `collect` or `drop` nobody else may speak over the connection.
    """

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self._connection = connection
        self._prepared = _PREPARED.setdefault(connection, {})
        self._new: dict[str, bytes] = {}
        self._answers: list[Awaited] = []
        self._unsent = 0
        self.open = False

    def send(self, queries: Sequence[Query], awaited: Awaited = NOTHING) -> None:
        """Have the queries run in order, in the connection's transaction."""
        if not self.open:
            self._begin()
        for sql, params in queries:
            self._send(sql, params, awaited)
        if self._unsent > _WORTH_SENDING:
            self.push()

    def push(self) -> None:
        """Have the server begin with what was sent, however little it is; nobody waits for it."""
        self._connection.pgconn.flush()
        self._unsent = 0

    @property
    def hopes(self) -> bool:
        """Whether something under way may yet turn out to be a Surprise."""
        return any(isinstance(awaited, int) for awaited in self._answers)

    def collect(self) -> list[list[TupleRow]]:
        """Wait for all that was sent; the rows of each query whose rows were awaited.

        Raises psycopg's own errors; then nothing of what followed the failed one was run. Raises
        Surprise if one touched another number of rows than was taken for granted.
        """
        pgconn, answers = self._connection.pgconn, self._answers
        self._answers = []
        try:
            pgconn.pipeline_sync()
            found = _read(self._connection, answers)
        finally:
            self.open = False
            if pgconn.status == pq.ConnStatus.OK:
                pgconn.exit_pipeline_mode()
        self._prepared.update(self._new)
        self._new.clear()
        return found

    def drop(self) -> None:
        """Wait for all that was sent, whatever came of it: the transaction is given up."""
        if self.open:
            with suppress(psycopg.Error):
                self.collect()

    def _begin(self) -> None:
        pgconn = self._connection.pgconn
        pgconn.enter_pipeline_mode()
        self.open, self._unsent = True, 0
        idle = pgconn.transaction_status == pq.TransactionStatus.IDLE
        if idle and not self._connection.autocommit:
            self._send(BEGIN, (), NOTHING)

    def _send(self, sql: str, params: Sequence[Any], awaited: Awaited) -> None:
        pgconn, statement = self._connection.pgconn, compiled(sql)
        name = self._prepared.get(sql) or self._new.get(sql)
        if name is None:
            name = self._new[sql] = f"heliu_{next(_NAMES)}".encode()
            pgconn.send_prepare(name, statement.sql)
            self._answers.append(NOTHING)
        assert len(params) == len(statement.encoders), "a value for every parameter"
        encoded = [
            None if value is None else encode(value)
            for encode, value in zip(statement.encoders, params, strict=True)
        ]
        pgconn.send_query_prepared(name, encoded, statement.formats, result_format=pq.Format.BINARY)
        self._answers.append(awaited)
        self._unsent += sum(len(value) for value in encoded if value is not None)


def _read(connection: Connection[TupleRow], answers: Sequence[Awaited]) -> list[list[TupleRow]]:
    """The rows awaited; reads up to the end of the pipeline, then raises what failed."""
    rows: list[list[TupleRow]] = []
    failed: pq.abc.PGresult | None = None
    surprised = False
    loader = Transformer(connection)
    for awaited in (*answers, None):
        result = _result(connection)
        if result.status not in _GOOD:
            failed = failed or result
        elif awaited is ROWS:
            if result.ntuples:
                loader.set_pgresult(result)
                rows.append(loader.load_rows(0, result.ntuples, tuple))
            else:
                rows.append([])
        elif awaited is not None and awaited is not NOTHING:
            surprised = surprised or result.command_tuples != awaited
        if awaited is not None:
            ended = _next(connection)
            assert ended is None, "one result a statement"
    if failed is not None:
        raise psycopg.errors.error_from_result(failed, connection.info.encoding)
    if surprised:
        raise Surprise("a statement touched other rows than were taken for granted")
    return rows


def _result(connection: Connection[TupleRow]) -> pq.abc.PGresult:
    result = _next(connection)
    if result is None:
        raise psycopg.OperationalError("the connection was lost in a pipeline")
    return result


def _next(connection: Connection[TupleRow]) -> pq.abc.PGresult | None:
    """The next result; waits for it without keeping other threads from running."""
    pgconn = connection.pgconn
    while pgconn.flush():
        _wait(pgconn.socket, select.POLLIN | select.POLLOUT)
        pgconn.consume_input()
    while pgconn.is_busy():
        _wait(pgconn.socket, select.POLLIN)
        pgconn.consume_input()
    return pgconn.get_result()


def _wait(fd: int, events: int) -> None:
    poll = select.poll()
    poll.register(fd, events)
    poll.poll()
