"""An enterprise's own table of payables made one the bank reads: which column is what. Pure.

Only the header is translated and the buyer written in (it is whose table it is); every row keeps
its line, so that a complaint names the line of the file the user has before him.
"""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR
from typing import Final
from uuid import UUID

from heliu.channels.portal.payables import Payable
from heliu.flows.commercial.api import InvoiceTableConnector
from heliu.flows.intake.api import Blob, Complaint, Severity, TradeDocument, read_blob
from heliu.ground.money import Money
from heliu.ground.text import Text

MAX_BYTES: Final = 16 * 2**20
MAX_ROWS: Final = 20_000
SHOWN: Final = 20
_FIRST: Final = 2  # the line of the first row: the header is line 1
_DELIMITERS: Final = (",", ";", "\t")
_MAX_COLUMNS: Final = 200
_BUYER: Final = "购方税号"
_PLACE: Final = re.compile(r"line (\d+)")

# Fields of a payable: the header the connector knows it by, its name, whether it must be there,
# and words by which a column is recognised.
_FIELDS: Final = (
    (
        "invoice_no",
        "发票号码",
        Text("发票号码", "Invoice number"),
        True,
        ("发票号", "invoice", "inv"),
    ),
    ("date", "开票日期", Text("开票日期", "Invoice date"), True, ("开票", "日期", "date")),
    (
        "seller_tax_id",
        "销方税号",
        Text("供应商税号", "Supplier's tax number"),
        True,
        ("税号", "信用代码", "uscc", "tax id", "taxid", "vendor no"),
    ),
    (
        "seller_name",
        "销方名称",
        Text("供应商名称", "Supplier's name"),
        False,
        ("供应商", "销方", "销售方", "supplier", "vendor", "seller"),
    ),
    (
        "total",
        "价税合计",
        Text("价税合计（元）", "Total with tax (yuan)"),
        True,
        ("价税", "含税", "total", "gross", "应付金额"),
    ),
    ("amount", "金额", Text("不含税金额（元）", "Net amount (yuan)"), False, ("不含税", "net")),
    ("tax", "税额", Text("税额（元）", "Tax (yuan)"), False, ("税额", "vat")),
    ("due", "到期日", Text("付款到期日", "Due on"), False, ("到期", "付款日", "due")),
    ("order", "采购订单号", Text("采购订单号", "Order number"), False, ("订单", "order", "po")),
    ("code", "发票代码", Text("发票代码", "Invoice code"), False, ("发票代码",)),
)
HEADER_OF: Final[Mapping[str, str]] = {name: header for name, header, *_ in _FIELDS}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a payable as the wizard asks for it."""

    name: str
    label: Text
    needed: bool


FIELDS: Final = tuple(Field(name, label, needed) for name, _, label, needed, _ in _FIELDS)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as somebody brought it: its headers, and its records from the second line on."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of the preview: its line in the file, its cells, and what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """How a table reads under a mapping; `good` is how many payables it would bring."""

    rows: tuple[Seen, ...]
    complaints: tuple[Complaint, ...]
    good: int
    total: int


def table_of(data: bytes) -> Table | Text:
    """The table in a CSV's bytes, or why it is none."""
    if data.startswith(b"PK\x03\x04"):
        return Text("这是电子表格，请另存为 CSV", "this is a spreadsheet: save it as CSV")
    text = _decoded(data)
    if text is None or "\0" in text:
        return Text(
            "不是文本文件，或编码不是 UTF-8、UTF-16、GB 18030",
            "no text file, or not UTF-8, UTF-16 or GB 18030",
        )
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return Text(f"CSV 无法解析：{error}", f"the CSV cannot be parsed: {error}")
    return _table(records)


def _table(records: Sequence[Sequence[str]]) -> Table | Text:
    if not records or not any(cell.strip() for cell in records[0]):
        return Text("第一行应为表头", "the first line must be the header")
    if len(records[0]) > _MAX_COLUMNS or len(records) > MAX_ROWS + 1:
        most = f"{MAX_ROWS:,}"
        return Text(f"最多 {most} 行、200 列", f"at most {most} rows and 200 columns")
    headers = tuple(cell.strip() for cell in records[0])
    return Table(headers, tuple(tuple(record) for record in records[1:]))


def guessed(headers: Sequence[str], saved: Mapping[str, str]) -> dict[str, str]:
    """Which header is which field: as saved before if it is still there, else by its words."""
    chosen = {name: header for name, header in saved.items() if header in headers}
    for name, known, _, _, words in _FIELDS:
        if name in chosen:
            continue
        left = [header for header in headers if header not in chosen.values()]
        exact = next((header for header in left if header == known), None)
        near = next((h for word in words for h in left if word in h.casefold()), None)
        found = exact or near
        if found:
            chosen[name] = found
    return chosen


def lacking(columns: Mapping[str, str]) -> list[Field]:
    """The fields that must be there and have no column."""
    return [field for field in FIELDS if field.needed and field.name not in columns]


def readable(table: Table, columns: Mapping[str, str], buyer: str) -> bytes:
    """The same records under the headers the bank's connector knows, as UTF-8 CSV."""
    places = {name: table.headers.index(header) for name, header in columns.items()}
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, lineterminator="\n")
    writer.writerow([*(HEADER_OF[name] for name in places), _BUYER])
    width = len(table.headers)
    for row in table.rows:
        if not any(cell.strip() for cell in row):
            kept.write("\n")
        elif len(row) != width:
            # Too many cells: the connector tells of it as of any row of another width.
            writer.writerow(["?"] * (len(places) + 2))
        else:
            writer.writerow([*(row[at].strip() for at in places.values()), buyer])
    return kept.getvalue().encode()


def blob_of(table: Table, columns: Mapping[str, str], buyer: str, file: str) -> Blob:
    """The table as it is filed."""
    data = readable(table, columns, buyer)
    name = file.rsplit(".", 1)[0][:120] + ".csv"
    return Blob("portal", name, hashlib.sha256(data).hexdigest(), data)


def matched(documents: Sequence[TradeDocument], payables: Sequence[Payable]) -> dict[UUID, Money]:
    """What a table says of payables that may be confirmed: by invoice number and supplier."""
    may = {
        (one.receivable.invoice_no, one.receivable.supplier): one for one in payables if one.open
    }
    found: dict[UUID, Money] = {}
    for document in documents:
        one = may.get((document.number, document.seller.tax_id or ""))
        value = document.totals.payable
        if one is not None and value is not None:
            found[one.id] = Money.rounded(value, one.invoiced.currency, mode=ROUND_FLOOR)
    return found


def documents_of(table: Table, columns: Mapping[str, str], buyer: str) -> tuple[TradeDocument, ...]:
    """The invoices of the rows without fault."""
    _, reading = read_blob((InvoiceTableConnector(),), blob_of(table, columns, buyer, "table.csv"))
    return reading.documents


def previewed(table: Table, columns: Mapping[str, str], buyer: str) -> Preview:
    """How the table would be read, by the connector that will read it."""
    blob = blob_of(table, columns, buyer, "preview.csv")
    _, reading = read_blob((InvoiceTableConnector(),), blob)
    complaints = [_own_words(one, table) for one in reading.complaints]
    told: dict[int, list[Complaint]] = {}
    for one in complaints:
        told.setdefault(_line(one), []).append(one)
    rows = tuple(
        Seen(number, row, tuple(told.get(number, ())))
        for number, row in enumerate(table.rows[:SHOWN], start=_FIRST)
    )
    complaints.sort(key=_line)
    return Preview(rows, tuple(complaints), len(reading.documents), len(table.rows))


def _line(complaint: Complaint) -> int:
    """The line a complaint is about, 0 for the whole table."""
    found = _PLACE.match(complaint.place)
    return int(found[1]) if found else 0


def _own_words(complaint: Complaint, table: Table) -> Complaint:
    """A row of another width is told by the columns of the user's own table."""
    if complaint.code != "table.row_width":
        return complaint
    there, had = len(table.headers), len(table.rows[_line(complaint) - _FIRST])
    text = Text(f"应有 {there} 列，实有 {had} 列", f"{had} columns where there should be {there}")
    return Complaint(complaint.code, complaint.place, text, complaint.severity)


def blocking(preview: Preview) -> bool:
    """Whether nothing of it could be filed."""
    return any(one.severity is Severity.REFUSED for one in preview.complaints) or not preview.good


def _decoded(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
