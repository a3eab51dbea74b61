"""A table as a file: CSV, Parquet or XLSX, written row by row. Pure but for the stream.

Text stays text: a cell that a spreadsheet would take for a formula begins with an apostrophe in
CSV (OWASP, CSV injection), and is typed as text in XLSX and Parquet. Money is yuan with two places.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import BinaryIO, Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from heliu.channels.console.sheet import write_sheet
from heliu.ground.money import Money
from heliu.ground.text import Text

_CHUNK: Final = 5000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FEN: Final = Decimal("0.01")


class Kind(StrEnum):
    """As what a file is written."""

    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


class Cell(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for machines and for people, and what its cells are."""

    key: str
    name: Text
    cell: Cell = Cell.TEXT


Value: TypeAlias = str | int | Decimal | Money | date | datetime | None
Rows: TypeAlias = Iterable[Sequence[Value]]
Plain: TypeAlias = str | int | Decimal | date | datetime | None

MEDIA: Final[Mapping[Kind, str]] = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.PARQUET: "application/vnd.apache.parquet",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ARROW: Final[Mapping[Cell, pa.DataType]] = {
    Cell.TEXT: pa.string(),
    Cell.COUNT: pa.int64(),
    Cell.MONEY: pa.decimal128(20, 2),
    Cell.RATE: pa.decimal128(12, 6),
    Cell.DATE: pa.date32(),
    Cell.INSTANT: pa.timestamp("us", "UTC"),
}


def write(kind: Kind, columns: Sequence[Column], rows: Rows, out: BinaryIO) -> int:
    """Write the table to `out` as `kind`; returns how many rows it has."""
    counted = _Counted(_plain(rows))
    _WRITERS[kind](columns, counted, out)
    return counted.count


def harmless(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


class _Counted:
    def __init__(self, rows: Iterable[list[Plain]]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list[Plain]]:
        for row in self._rows:
            self.count += 1
            yield row


def _plain(rows: Rows) -> Iterator[list[Plain]]:
    for row in rows:
        yield [one.minor * _FEN if isinstance(one, Money) else one for one in row]


def _csv(columns: Sequence[Column], rows: Iterable[list[Plain]], out: BinaryIO) -> None:
    # The byte order mark is what tells Excel that the file is UTF-8.
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.key for column in columns])
    for row in rows:
        writer.writerow([_written(one) for one in row])
    text.detach()


def _written(value: Plain) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _parquet(columns: Sequence[Column], rows: Iterable[list[Plain]], out: BinaryIO) -> None:
    schema = pa.schema([(column.key, _ARROW[column.cell]) for column in columns])
    left = iter(rows)
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        while chunk := list(islice(left, _CHUNK)):
            values = list(zip(*chunk, strict=True))
            arrays = [
                pa.array([_fitted(one, f.type) for one in column], f.type)
                for column, f in zip(values, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _fitted(value: Plain, kind: pa.DataType) -> Plain:
    if isinstance(value, Decimal) and pa.types.is_decimal(kind):
        scale: int = kind.scale
        return round(value, scale)
    return value


def _xlsx(columns: Sequence[Column], rows: Iterable[list[Plain]], out: BinaryIO) -> None:
    write_sheet([column.key for column in columns], rows, out)


_WRITERS: Final[
    Mapping[Kind, Callable[[Sequence[Column], Iterable[list[Plain]], BinaryIO], None]]
] = {Kind.CSV: _csv, Kind.PARQUET: _parquet, Kind.XLSX: _xlsx}
