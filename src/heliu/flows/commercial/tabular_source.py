"""CSV and Parquet bytes as a table of raw columns with row numbers, and the rows that are broken.

CSV may be UTF-8 (with or without mark), UTF-16 with mark or GB 18030 (and so GBK); its delimiter
is the one under which the header makes sense. A row with too many or too few cells is a complaint
and hides no other, also when a stray quotation mark swallowed the lines after it.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as papq

from heliu.flows.commercial.tabular_mapping import Column, TableMapping, choose
from heliu.flows.intake.api import Complaint, Severity
from heliu.ground.text import Text

MAX_EXPANDED_BYTES: Final = 4 * 2**30
MAX_ROWS: Final = 50_000_000
_DELIMITERS: Final = (",", ";", "\t")
_HEADER_BYTES: Final = 65_536
_BLOCK: Final = 8 * 2**20
_PARQUET: Final = b"PAR1"
_PLAIN_KINDS: Final = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_boolean,
    pa.types.is_null,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A table as it came: its mapping, raw columns by canonical name, and where each row stands.

    `numbers` are the record numbers people see: in CSV the header is 1, in Parquet rows start at
    1; `unit` is "line" or "row". `headers` are the table's own, for the columns that were taken.
    """

    mapping: TableMapping
    columns: dict[Column, pa.Array]
    headers: dict[Column, str]
    numbers: np.ndarray[Any, np.dtype[np.int64]]
    unit: str
    complaints: tuple[Complaint, ...]


def read_source(data: bytes, mappings: Iterable[TableMapping], max_rows: int) -> Source | Complaint:
    """The raw table in `data`, or the one complaint that refuses it whole. Never raises on data."""
    if data.startswith(_PARQUET):
        return _parquet(data, tuple(mappings), max_rows)
    return _csv(data, tuple(mappings), max_rows)


def _parquet(data: bytes, mappings: Sequence[TableMapping], max_rows: int) -> Source | Complaint:
    try:
        file = papq.ParquetFile(io.BytesIO(data))
        meta = file.metadata
        headers = list(file.schema_arrow.names)
        expanded = sum(meta.row_group(n).total_byte_size for n in range(meta.num_row_groups))
        if meta.num_rows > max_rows or expanded > MAX_EXPANDED_BYTES:
            return _too_many(meta.num_rows, max_rows)
        mapping = choose(headers, mappings)
        if mapping is None:
            return _unmapped(headers, mappings)
        places = mapping.places(headers)
        table = file.read(columns=[headers[index] for index in places.values()])
        columns = {c: _one(table.column(headers[index])) for c, index in places.items()}
        for column, array in columns.items():
            if not _is_plain(array.type):
                return _strange(headers[places[column]], str(array.type))
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        what = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        text = Text(f"Parquet 文件已损坏: {what}", f"damaged Parquet: {what}")
        return Complaint("table.malformed", "/", text)
    numbers = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return Source(mapping, columns, {c: headers[i] for c, i in places.items()}, numbers, "row", ())


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return any(is_kind(kind) for is_kind in _PLAIN_KINDS)


def _csv(data: bytes, mappings: Sequence[TableMapping], max_rows: int) -> Source | Complaint:
    utf8 = _utf8(data)
    head = utf8[:_HEADER_BYTES].decode("utf-8", errors="ignore")
    sniffed = [(d, _cells(head.splitlines()[0] if head else "", d)) for d in _DELIMITERS]
    fitting = [(d, h, m) for d, h in sniffed if (m := choose(h, mappings)) is not None]
    if not fitting:
        return _unmapped(max((h for _, h in sniffed), key=len), mappings)
    delimiter, headers, mapping = fitting[0]
    if utf8.count(b"\n") > max_rows + 1:
        return _too_many(utf8.count(b"\n"), max_rows)
    places = mapping.places(headers)
    broken: list[pacsv.InvalidRow] = []
    try:
        table = _parse(utf8, delimiter, len(headers), sorted(set(places.values())), broken)
    except (pa.ArrowException, ValueError) as error:
        what = str(error).splitlines()[0][:200]
        text = Text(f"CSV 无法解析: {what}", f"the CSV cannot be parsed: {what}")
        return Complaint("table.malformed", "/", text)
    skipped = np.array(sorted({row.number for row in broken}), np.int64)
    numbers = np.setdiff1d(np.arange(1, len(table) + len(skipped) + 1), skipped)[: len(table)]
    rescued, complaints = _rescue(broken, delimiter, len(headers))
    columns = {
        column: pa.concat_arrays(
            [
                _one(table.column(f"c{index}")),
                pa.array([cells[index] for _, cells in rescued], pa.string()),
            ]
        )
        for column, index in places.items()
    }
    every = np.concatenate([numbers, np.array([n for n, _ in rescued], np.int64)])
    filled = _filled(list(columns.values()))
    filled[0] = False  # the header
    taken = {column: array.filter(pa.array(filled)) for column, array in columns.items()}
    named = {c: headers[i] for c, i in places.items()}
    return Source(mapping, taken, named, every[filled], "line", complaints)


def _filled(columns: Sequence[pa.Array]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Rows with anything in any of `columns`: blank lines and rows of commas are no rows."""
    filled = np.zeros(len(columns[0]), bool)
    for column in columns:
        filled |= pc.not_equal(column, "").to_numpy(zero_copy_only=False)
    return filled


def _parse(
    utf8: bytes, delimiter: str, width: int, wanted: Sequence[int], broken: list[pacsv.InvalidRow]
) -> pa.Table:
    """All records of the right width, as strings; the others go to `broken`."""

    def keep(row: pacsv.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    names = [f"c{index}" for index in range(width)]
    return pacsv.read_csv(
        io.BytesIO(utf8),
        # One thread: only then do broken rows know their numbers.
        read_options=pacsv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=[f"c{index}" for index in wanted],
            strings_can_be_null=False,
        ),
    )


def _rescue(
    broken: Sequence[pacsv.InvalidRow], delimiter: str, width: int
) -> tuple[list[tuple[int, list[str]]], tuple[Complaint, ...]]:
    """Whole lines out of records that a stray quotation mark ran together; the rest complained."""
    rescued: list[tuple[int, list[str]]] = []
    complaints: list[Complaint] = []
    for row in broken:
        lines = row.text.splitlines() if row.text else []
        for offset, line in enumerate(lines):
            number, cells = row.number + offset, _cells(line, delimiter)
            if not line.strip():
                continue
            if offset and len(cells) == width:
                rescued.append((number, cells))
                continue
            text = Text(
                f"应有 {width} 列，实有 {len(cells)} 列",
                f"{len(cells)} columns where {width} should be",
            )
            complaints.append(
                Complaint("table.row_width", f"line {number}", text, Severity.FLAGGED)
            )
    return rescued, tuple(complaints)


def _utf8(data: bytes) -> bytes:
    """`data` as UTF-8 without mark; what cannot be decoded becomes U+FFFD in its own cell."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace").encode()
    bare = data.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8", "gb18030"):
        try:
            return (
                bare if encoding == "utf-8" and _is_utf8(bare) else bare.decode(encoding).encode()
            )
        except UnicodeDecodeError:
            continue
    # Damaged either way: the reading with fewer damaged characters is the likelier one.
    read = [bare.decode(encoding, errors="replace") for encoding in ("utf-8", "gb18030")]
    return min(read, key=lambda text: text.count("\ufffd")).encode()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _unmapped(headers: Sequence[str], mappings: Sequence[TableMapping]) -> Complaint:
    lacking = min(
        ((m.missing(m.places(headers)), m.mapping) for m in mappings),
        key=lambda found: len(found[0]),
        default=([], "-"),
    )
    listed = ", ".join(lacking[0])
    return Complaint(
        "table.unmapped",
        "line 1",
        Text(
            f"表头不符合任何映射；最接近的 {lacking[1]} 缺少: {listed}",
            f"the header fits no mapping; {lacking[1]} comes closest and lacks: {listed}",
        ),
    )


def _strange(header: str, kind: str) -> Complaint:
    text = Text(f"列的类型 {kind} 不可用", f"a column of type {kind} cannot be used")
    return Complaint("table.column_type", f"column {header}", text)


def _too_many(rows: int, max_rows: int) -> Complaint:
    zh = f"{rows} 行，超过上限 {max_rows}"
    return Complaint("table.too_many_rows", "/", Text(zh, f"{rows} rows, the limit is {max_rows}"))
