"""The supplier list as a core enterprise's ERP exports it: CSV bytes in, typed columns out.

UTF-8 (with or without mark), UTF-16 with mark or GB 18030; comma, semicolon or tab; headers in
Chinese or English. A record is a line; one that cannot be read is a complaint and hides no other.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from heliu.credit.acquisition import list_values as values
from heliu.credit.acquisition.domain.complaints import Complaint, Fault
from heliu.credit.acquisition.errors import columns_missing, too_many, unreadable
from heliu.ground.money import exponent

MAX_LINES: Final = 2_000_000
_DELIMITERS: Final = (",", ";", "\t")
_BLOCK: Final = 8 * 2**20
_ZIP: Final = b"PK\x03\x04"

SCHEMA: Final = pa.schema(
    [
        pa.field("line", pa.int32(), nullable=False),
        pa.field("uscc", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("account", pa.string()),
        pa.field("legal_representative", pa.string()),
        pa.field("registered_on", pa.date32()),
        pa.field("annual_purchases_minor", pa.int64(), nullable=False),
        pa.field("previous_purchases_minor", pa.int64()),
        pa.field("other_exposure_minor", pa.int64()),
        pa.field("cooperation_years", pa.float64()),
        pa.field("orders_12m", pa.float64()),
        pa.field("invoices_12m", pa.float64()),
        pa.field("returns_rate", pa.float64()),
        pa.field("late_delivery_rate", pa.float64()),
        pa.field("payment_days", pa.float64()),
    ]
)
"""A list's columns: amounts in minor units, counts and days whole, rates as fractions."""

_NEEDED: Final = ("uscc", "name", "annual_purchases_minor")
_MONEY: Final = ("annual_purchases_minor", "previous_purchases_minor", "other_exposure_minor")
_RATES: Final = ("returns_rate", "late_delivery_rate")
_COUNTS: Final = ("orders_12m", "invoices_12m", "payment_days")
_TEXTS: Final = ("uscc", "name", "account", "legal_representative")
HEADERS: Final = {
    "uscc": "uscc, 统一社会信用代码, 社会信用代码, 信用代码, 纳税人识别号, 税号",
    "name": "name, 供应商名称, 供应商, 企业名称, 公司名称, 名称",
    "account": "account, 收款账号, 收款账户, 银行账号, 银行账户, 账号",
    "legal_representative": "legal_representative, 法定代表人, 法人代表, 法人",
    "registered_on": "registered_on, 成立日期, 注册日期, 成立时间",
    "annual_purchases_minor": "annual_purchases, 年采购额, 近12个月采购额, 年采购金额, 采购额",
    "previous_purchases_minor": "previous_purchases, 上年采购额, 上年采购金额, 上一年采购额",
    "other_exposure_minor": "other_lender_exposure, 他行融资余额, 他行融资, 其他融资余额",
    "cooperation_years": "years_of_cooperation, 合作年限, 合作年数",
    "orders_12m": "orders_12m, 近12个月订单数, 年订单数, 订单数",
    "invoices_12m": "invoices_12m, 近12个月发票数, 年发票数, 发票数",
    "returns_rate": "returns_rate, 退货率",
    "late_delivery_rate": "late_delivery_rate, 迟交率, 逾期交货率, 延迟交货率",
    "payment_days": "buyer_payment_days, 付款天数, 平均付款天数, 账期, 付款账期",
}
"""The headers each column goes by; the first is the canonical one."""

_NAMES: Final[dict[str, str]] = {}
for _column, _listed in HEADERS.items():
    for _spelling in _listed.split(", "):
        _NAMES[_spelling.replace("_", "")] = _column


@dataclass(frozen=True, slots=True)
class SupplierList:
    """The readable lines as a table of SCHEMA, and what was complained of the others."""

    table: pa.Table
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands in the file, and the unit its header names."""

    index: int
    percent: bool
    ten_thousands: bool


def read_list(data: bytes, currency: str) -> SupplierList:
    """The suppliers in `data`. Raises Refusal if it is no list; a bad line is a complaint."""
    if data.startswith(_ZIP):
        raise unreadable("a spreadsheet, not a CSV")
    utf8 = _utf8(data)
    if (lines := utf8.count(b"\n")) > MAX_LINES + 1:
        raise too_many(lines, MAX_LINES)
    delimiter, width, places = _header(utf8)
    cells, numbers, complaints = _cells(utf8, delimiter, width, places)
    if not len(numbers):
        raise unreadable("no line below the header")
    return _typed(cells, numbers, places, complaints, exponent(currency))


def _header(utf8: bytes) -> tuple[str, int, dict[str, _Place]]:
    first = utf8.split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
    found = [(d, next(csv.reader([first], delimiter=d), [])) for d in _DELIMITERS]
    best = [(_places(headers), d, headers) for d, headers in found]
    places, delimiter, headers = max(best, key=lambda one: len(one[0]))
    if lacking := [HEADERS[name].split(", ")[0] for name in _NEEDED if name not in places]:
        raise columns_missing(lacking)
    return delimiter, len(headers), places


def _places(headers: Sequence[str]) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for index, header in enumerate(headers):
        text = unicodedata.normalize("NFKC", header).casefold()
        bare, _, unit = "".join(text.split()).replace("_", "").partition("(")
        if (column := _NAMES.get(bare)) is not None:
            places.setdefault(column, _Place(index, "%" in unit, "万" in unit))
    return places


def _cells(
    utf8: bytes, delimiter: str, width: int, places: dict[str, _Place]
) -> tuple[dict[str, pa.Array], Any, list[Complaint]]:
    """Raw texts by column, the line number of each, and complaints of lines of another width."""
    wanted = {f"c{place.index}": column for column, place in places.items()}
    names = [f"c{index}" for index in range(width)]
    try:
        table = pacsv.read_csv(
            io.BytesIO(utf8),
            read_options=pacsv.ReadOptions(block_size=_BLOCK, column_names=names, skip_rows=1),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=False, ignore_empty_lines=False
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(wanted),
                strings_can_be_null=False,
            ),
        ).combine_chunks()
        cells = {wanted[name]: _one(table.column(name)) for name in wanted}
        if not any(pc.any(pc.match_substring(c, "\n")).as_py() for c in cells.values()):
            return cells, np.arange(2, len(table) + 2, dtype=np.int32), []
    except pa.ArrowInvalid:
        pass
    return _line_by_line(utf8, delimiter, width, places)


def _line_by_line(
    utf8: bytes, delimiter: str, width: int, places: dict[str, _Place]
) -> tuple[dict[str, pa.Array], Any, list[Complaint]]:
    """The same of a file with a line of another width or a stray quotation mark."""
    kept: list[list[str]] = []
    numbers: list[int] = []
    complaints: list[Complaint] = []
    for number, line in _lines(utf8):
        row = _row(line, delimiter)
        if len(row) == width:
            kept.append(row)
            numbers.append(number)
        else:
            complaints.append(Complaint(number, "", Fault.WIDTH))
    columns = list(zip(*kept, strict=True)) or [()] * width
    cells = {c: pa.array(columns[place.index], pa.string()) for c, place in places.items()}
    return cells, np.array(numbers, np.int32), complaints


def _lines(utf8: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(utf8.decode("utf-8", "replace").split("\n"), start=1):
        text = line.rstrip("\r")
        if number > 1 and text.strip(" ,;\t"):
            yield number, text


def _row(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _typed(
    cells: dict[str, pa.Array],
    numbers: Any,
    places: dict[str, _Place],
    complaints: list[Complaint],
    minor_places: int,
) -> SupplierList:
    bad = np.zeros(len(numbers), np.bool_)
    columns: dict[str, pa.Array] = {"line": pa.array(numbers, pa.int32())}
    filled = np.zeros(len(numbers), np.bool_)
    for column in SCHEMA.names[1:]:
        if column not in cells:
            columns[column] = pa.nulls(len(numbers), SCHEMA.field(column).type)
            continue
        text = values.cleaned(cells[column])
        filled |= ~_nulls(text)
        place = places[column]
        if column in _TEXTS:
            found = values.Read(text, values.none(text))
        elif column in _MONEY:
            found = values.amounts(text, minor_places, 4 if place.ten_thousands else 0)
        elif column == "registered_on":
            found = values.dates(text)
        else:
            found = values.numbers(text, percent=place.percent)
            if column == "payment_days":  # an average: the days that are over
                found = found._replace(values=pc.floor(found.values))
        columns[column] = found.values
        _complain(complaints, numbers, column, found.unreadable, Fault.UNREADABLE)
        bad |= found.unreadable
        if column in _NEEDED:
            empty = _nulls(text)
            _complain(complaints, numbers, column, empty, Fault.MISSING)
            bad |= empty
        out = _out_of_range(column, found.values)
        _complain(complaints, numbers, column, out, Fault.RANGE)
        bad |= out
    # Lines of commas alone are no lines.
    told = [c for c in complaints if c.fault is not Fault.MISSING or _says(filled, numbers, c)]
    good = pa.array(~bad)
    table = pa.table(columns).filter(good).cast(SCHEMA)
    return SupplierList(table, tuple(sorted(told, key=lambda c: (c.line, c.column))))


def _says(filled: Any, numbers: Any, complaint: Complaint) -> bool:
    return bool(filled[np.searchsorted(numbers, complaint.line)])


def _out_of_range(column: str, found: pa.Array) -> Any:
    if column in _MONEY:
        return ~values.between(found, 0, values.MAX_MINOR)
    if column in _RATES:
        return ~values.between(found, 0, 1)
    if column in _COUNTS:
        return ~values.between(found, 0, values.MAX_COUNT) | ~values.whole(found)
    if column == "cooperation_years":
        return ~values.between(found, 0, values.MAX_YEARS)
    return np.zeros(len(found), np.bool_)


def _complain(
    complaints: list[Complaint], numbers: Any, column: str, where: Any, fault: Fault
) -> None:
    name = HEADERS[column].split(", ")[0]
    complaints += [Complaint(int(line), name, fault) for line in numbers[where]]


def _nulls(array: pa.Array) -> Any:
    return pc.is_null(array).to_numpy(zero_copy_only=False)


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _utf8(data: bytes) -> bytes:
    """`data` as UTF-8 without mark. Raises Refusal if it is no text in a known encoding."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        data, encodings = data.removeprefix(codecs.BOM_UTF8), ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return data if encoding == "utf-8" else text.encode()
    raise unreadable("neither UTF-8, UTF-16 nor GB 18030")
