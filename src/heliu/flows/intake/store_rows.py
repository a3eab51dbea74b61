"""Rows of the intake tables in PostgreSQL's binary COPY format: values go as they are.

Nothing is escaped and nothing is parsed from text but JSON. Source: PostgreSQL documentation,
COPY, "Binary Format": a row is its count of fields, a field its length (-1: NULL) and its bytes.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from heliu.flows.intake.domain.codec import encode_complaints
from heliu.flows.intake.domain.filing import Read, Status
from heliu.flows.intake.domain.reading import Blob

_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_BLOB: Final = struct.Struct("!hi64siqi")  # 4 fields: sha256, size, and the length of bytes
_OUTCOME: Final = struct.pack("!hi", 8, 64)
_DOCUMENT: Final = struct.pack("!hi", 16, 16)
_DELIVERY: Final = struct.pack("!hi", 5, 64)
_SHA256: Final = struct.pack("!i", 64)
_BOOLEAN: Final = {False: b"\0\0\0\1\0", True: b"\0\0\0\1\1"}
_JSONB: Final = b"\1"  # the one version of its wire format
_length: Final = struct.Struct("!i").pack
_integer: Final = struct.Struct("!ii").pack
_bigint: Final = struct.Struct("!iq").pack
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = _EPOCH.date().toordinal()


def blob_rows(blobs: Sequence[Blob], now: datetime) -> bytes:
    """Rows of (sha256, size, bytes, received_at)."""
    at = _instant(now)
    parts = [_HEADER]
    for blob in blobs:
        size = len(blob.data)
        parts += (_BLOB.pack(4, 64, blob.sha256.encode(), 8, size, size), blob.data, at)
    return b"".join([*parts, _END])


def outcome_rows(reads: Sequence[Read], on: date, now: datetime) -> bytes:
    """Rows of (sha256, status, connector, facts, complaints, documents, dates as in the table)."""
    dates = _day(on) + _instant(now)
    parts = [_HEADER]
    for read in reads:
        status = Status.REFUSED if read.refused else Status.ACCEPTED
        parts += (
            _OUTCOME,
            read.blob.sha256.encode(),
            _text(status),
            _text(read.connector),
            _json(read.facts),
            _json(encode_complaints(read.complaints)),
            _integer(4, len(read.leaves)),
            dates,
        )
    return b"".join([*parts, _END])


def document_rows(reads: Sequence[Read], on: date, now: datetime) -> bytes:
    """Rows of (id, sha256, place, file, source, kind, ... as in the statement DOCUMENTS)."""
    dates = _day(on) + _instant(now)
    parts = [_HEADER]
    for read in reads:
        blob = read.blob
        content = _SHA256 + blob.sha256.encode()
        whence = _text(blob.file) + _text(blob.source)
        for leaf in read.leaves:
            parts += (
                _DOCUMENT,
                leaf.id.bytes,
                content,
                _text(leaf.place),
                whence,
                _text(leaf.kind),
                _text(leaf.flow),
                _text(leaf.number),
                _text(leaf.code),
                _day(leaf.issued_on),
                _text(leaf.seller_tax_id),
                _text(leaf.buyer_tax_id),
                _BOOLEAN[leaf.void],
                _json(leaf.body),
                dates,
            )
    return b"".join([*parts, _END])


def delivery_rows(ways: Iterable[tuple[str, str, str]], now: datetime, by: str) -> bytes:
    """Rows of (sha256, source, file, received_at, received_by); `ways` are the first three."""
    received = _instant(now) + _text(by)
    parts = [_HEADER]
    for sha256, source, file in ways:
        parts += (_DELIVERY, sha256.encode(), _text(source), _text(file), received)
    return b"".join([*parts, _END])


def _text(value: str | None) -> bytes:
    if value is None:
        return _NULL
    data = value.encode()
    return _length(len(data)) + data


def _json(value: bytes) -> bytes:
    return _length(len(value) + 1) + _JSONB + value


def _day(value: date | None) -> bytes:
    return _NULL if value is None else _integer(4, value.toordinal() - _FIRST_DAY)


def _instant(value: datetime) -> bytes:
    return _bigint(8, (value - _EPOCH) // timedelta(microseconds=1))
