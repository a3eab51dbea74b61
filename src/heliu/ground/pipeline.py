"""Many statements in one round trip, cheaply: prepared once, parameters encoded in whole columns.

psycopg spends some 150 microseconds of Python on a statement before a byte is sent; the hot path
has some twenty statements a batch. Here a statement is compiled once from its own casts
(`%b::uuid[]` is a list of UUIDs), prepared once per connection, and then costs its bytes. Results
are read by psycopg's own loaders.
"""

import re
import select
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from psycopg import Connection, pq
from psycopg.adapt import Transformer
from psycopg.rows import TupleRow

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
Query = tuple[str, Sequence[Any]]


def _fixed(form: str) -> Encode:
    size = struct.calcsize(form)
    pack = struct.Struct(f">i{form}").pack
    return lambda value: pack(size, value)


def _sized(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


_DATE: Final = struct.Struct(">ii").pack
_INSTANT: Final = struct.Struct(">iq").pack
# Each value with its length before it, as in an array's body and in COPY (PostgreSQL's send/recv).
_ENCODE: Final[dict[str, tuple[int, Encode]]] = {
    "uuid": (2950, lambda value: b"\0\0\0\x10" + value.bytes),
    "text": (25, lambda value: _sized(value.encode())),
    "bytea": (17, _sized),
    "bigint": (20, _fixed("q")),
    "integer": (23, _fixed("i")),
    "smallint": (21, _fixed("h")),
    "boolean": (16, lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0"),
    "date": (1082, lambda value: _DATE(4, value.toordinal() - _EPOCH_DAY)),
    "timestamptz": (1184, lambda value: _INSTANT(8, (value - _EPOCH) // _MICRO)),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with numbered parameters, and how to encode them."""

    sql: bytes
    encoders: tuple[Encode, ...]


@cache
def compiled(sql: str) -> Statement:
    """The statement of `sql`, whose parameters all are written `%b::type` or `%b::type[]`."""
    encoders: list[Encode] = []

    def numbered(place: re.Match[str]) -> str:
        kind, many = place.groups()
        oid, encode = _ENCODE[kind]
        encoders.append(_array(oid, encode) if many else _single(encode))
        return f"${len(encoders)}::{kind}{many or ''}"

    text = _PLACE.sub(numbered, sql)
    assert "%b" not in text, "every parameter says its type"
    assert "%s" not in text, "every parameter says its type"
    return Statement(text.encode(), tuple(encoders))


def _single(encode: Encode) -> Encode:
    return lambda value: encode(value)[4:]


def _array(oid: int, encode: Encode) -> Encode:
    head = struct.Struct(">iiiii")

    def array(values: Sequence[Any]) -> bytes:
        if not values:
            return struct.pack(">iii", 0, 0, oid)
        nulls = None in values
        if nulls:
            body = b"".join([_NULL if value is None else encode(value) for value in values])
        else:
            body = b"".join(map(encode, values))
        return head.pack(1, nulls, oid, len(values), 1) + body

    return array


# Names of prepared statements by connection. The doors never let psycopg prepare anything itself:
# it would drop all prepared statements, ours too, after every rollback.
_PREPARED: Final[WeakKeyDictionary[Connection[TupleRow], dict[str, bytes]]] = WeakKeyDictionary()
# A name is used once: what became of one whose pipeline failed need not be known.
_NAMES: Final = count()


def run(connection: Connection[TupleRow], queries: Sequence[Query]) -> list[list[TupleRow]]:
    """Run the queries in order in the connection's transaction; the rows of each.

    Raises psycopg's own errors; then nothing of what followed the failed one was run.
    """
    pgconn = connection.pgconn
    if pgconn.transaction_status == pq.TransactionStatus.IDLE and not connection.autocommit:
        return _run(connection, [(BEGIN, ()), *queries])[1:]
    return _run(connection, queries)


def _run(connection: Connection[TupleRow], queries: Sequence[Query]) -> list[list[TupleRow]]:
    pgconn = connection.pgconn
    prepared = _PREPARED.setdefault(connection, {})
    # For each result to come, which query it answers (-1: a preparation).
    answers: list[int] = []
    new: dict[str, bytes] = {}
    pgconn.enter_pipeline_mode()
    try:
        for number, (sql, params) in enumerate(queries):
            statement = compiled(sql)
            name = prepared.get(sql) or new.get(sql)
            if name is None:
                name = new[sql] = f"heliu_{next(_NAMES)}".encode()
                pgconn.send_prepare(name, statement.sql)
                answers.append(-1)
            assert len(params) == len(statement.encoders), "a value for every parameter"
            encoded = [
                None if value is None else encode(value)
                for encode, value in zip(statement.encoders, params, strict=True)
            ]
            formats = [pq.Format.BINARY] * len(encoded)
            pgconn.send_query_prepared(name, encoded, formats, result_format=pq.Format.BINARY)
            answers.append(number)
        pgconn.pipeline_sync()
        found = _read(connection, answers, len(queries))
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    prepared.update(new)
    return found


def _read(
    connection: Connection[TupleRow], answers: Sequence[int], queries: int
) -> list[list[TupleRow]]:
    """The rows of so many queries; reads up to the end of the pipeline, then raises what failed."""
    rows: list[list[TupleRow]] = [[] for _ in range(queries)]
    failed: pq.abc.PGresult | None = None
    loader = Transformer(connection)
    for number in (*answers, None):
        result = _result(connection)
        if result.status not in _GOOD:
            failed = failed or result
        elif number is not None and number >= 0 and result.ntuples:
            loader.set_pgresult(result)
            rows[number] = loader.load_rows(0, result.ntuples, tuple)
        if number is not None:
            ended = _next(connection)
            assert ended is None, "one result a statement"
    if failed is not None:
        raise psycopg.errors.error_from_result(failed, connection.info.encoding)
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
