"""Positions as PostgreSQL's binary COPY rows and back, and the digest of a chunk."""

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from heliu.credit.closing.domain.columns import NAMES, Columns, Positions, columns

_BLOCK: Final = 4096
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
_SMALL: Final = frozenset(
    {
        *("book", "currency", "segment", "traits", "year_days", "allowance"),
        *("watch_tier", "tier", "reason", "stage"),
    }
)
_MIDDLE: Final = frozenset(
    {
        *("product", "borrower", "buyer", "rate_ppm", "penalty_ppm", "compound_ppm", "maturity"),
        *("period_start", "period_end", "own_due", "buyer_due", "fresh_due", "watch_until"),
    }
)


def _kind(name: str) -> str:
    return ">i2" if name in _SMALL else ">i4" if name in _MIDDLE else ">i8"


def _row_type() -> np.dtype[np.void]:
    parts: list[tuple[str, str]] = [("fields", ">i2")]
    for name in NAMES:
        parts += [(f"{name}_size", ">i4"), (name, _kind(name))]
    return np.dtype(parts)


_ROW: Final = _row_type()
_BLANK: Final = np.zeros(1, _ROW)
_BLANK["fields"] = len(NAMES)
for _name in NAMES:
    _BLANK[f"{_name}_size"] = np.dtype(_kind(_name)).itemsize
ROW_BYTES: Final = _ROW.itemsize


def encoded(book: Positions) -> NDArray[np.void]:
    """The COPY rows of a book, without header and trailer. Asserts that each column has room."""
    out = np.repeat(_BLANK, len(book.loan))
    fields = list(zip(NAMES, columns(book), strict=True))
    for name, column in fields:
        room = np.iinfo(np.dtype(_kind(name)).newbyteorder("="))
        if room.max < np.iinfo(np.int64).max and len(column):
            assert room.min <= column.min() <= column.max() <= room.max, f"{name} has room"
    for block in _blocks(len(out)):
        rows = out[block]
        for name, column in fields:
            rows[name] = column[block]
    return out


def decoded(body: bytes | bytearray) -> Positions:
    """The book of COPY rows, header and trailer included, in order of loans."""
    rows = np.frombuffer(body, _ROW, offset=len(HEADER), count=_rows(body))
    loans = rows["loan"].astype(np.int64)
    order = None if (np.diff(loans) > 0).all() else np.argsort(loans)
    made = [np.empty(len(rows), np.int64) for _ in NAMES]
    for block in _blocks(len(rows)):
        part = rows[block]
        for name, column in zip(NAMES, made, strict=True):
            column[block] = part[name]
    return Columns(*(made if order is None else [column[order] for column in made]))


def _blocks(rows: int) -> Iterator[slice]:
    """Rows a cache holds at a time: a column of a few thousand rows is read where they lie."""
    for start in range(0, rows, _BLOCK):
        yield slice(start, start + _BLOCK)


def _rows(body: bytes | bytearray) -> int:
    rows, rest = divmod(len(body) - len(HEADER) - len(TRAILER), ROW_BYTES)
    assert rest == 0, "every row has the same width"
    return rows


def digest(rows: NDArray[np.void]) -> bytes:
    """SHA-256 of COPY rows."""
    return hashlib.sha256(rows.view(np.uint8).data).digest()


def chained(before: bytes, parts: list[bytes]) -> bytes:
    """The digest of a day: of the day before and of its chunks, in order."""
    whole = hashlib.sha256(before)
    for part in parts:
        whole.update(part)
    return whole.digest()
