"""Invoice tables (CSV, Parquet): one way of normalising them, as columns or as documents.

`read_invoice_table` gives millions of rows as normalised columns; the connector turns the same
columns of a smaller table into one document a row. A bad row is a complaint that names its line
and column, and hides no other row.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from heliu.flows.commercial.tabular_mapping import TableMapping, shipped_mappings
from heliu.flows.commercial.tabular_rows import normalise
from heliu.flows.commercial.tabular_source import MAX_ROWS, Source, read_source
from heliu.flows.intake.api import (
    Blob,
    Complaint,
    Head,
    Kind,
    PartyRef,
    Reading,
    Totals,
    TradeDocument,
    kept,
)
from heliu.ground.errors import Refusal
from heliu.ground.money import exponent
from heliu.ground.text import Text

MAX_DOCUMENT_ROWS: Final = 100_000
_SLICE: Final = 65_536
_ENDINGS: Final = (".csv", ".tsv", ".parquet", ".pq")

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


@dataclass(frozen=True, slots=True)
class InvoiceTable:
    """A normalised invoice table.

    Columns of `table`: row_id int64 (the table's own, else 0, 1, ...), row int64 (line or row in
    the file), firm, direction (in | out), invoice_no, counterparty string, date date32,
    amount_minor, tax_minor, total_minor int64 (minor units of `currency`; amount and tax may be
    null), status (valid | void), duplicate_of int64 (row_id of the first row with all fields
    equal, else null), and code, due, order, remark, seller_name, seller_tax_id, buyer_name,
    buyer_tax_id where they are mapped. A table with both parties is seen from the seller: firm is
    the seller, direction is out. `rows` counts the rows read, good and bad.
    """

    table: pa.Table
    complaints: tuple[Complaint, ...]
    rows: int
    mapping: str
    currency: str
    sha256: str  # of the file's bytes


def read_invoice_table(
    path: Path, mapping: TableMapping | None = None, *, progress: Progress | None = None
) -> InvoiceTable:
    """The normalised table in a file; without `mapping` a shipped one is chosen by the header.

    Raises Refusal with the complaint's code if the table as a whole cannot be used.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise _refused(Complaint("file.unreadable", "/", Text(what, what)), path) from None
    mappings = (mapping,) if mapping else shipped_mappings()
    source = read_source(data, mappings, MAX_ROWS)
    if isinstance(source, Complaint):
        raise _refused(source, path)
    return _normalised(source, progress, hashlib.sha256(data).hexdigest())


class InvoiceTableConnector:
    """The connector: a table of at most MAX_DOCUMENT_ROWS rows, one document a row.

    Attributes of the documents: direction and firm where the table is one firm's register, remark,
    duplicate_of (the place of the first equal row).
    """

    name = "invoice-table"

    def __init__(self, mappings: Sequence[TableMapping] | None = None) -> None:
        self.mappings = mappings

    def recognises(self, head: Head) -> bool:
        """By the file's ending; the header decides the mapping."""
        return head.root is None and head.json is None and head.name.endswith(_ENDINGS)

    def read(self, blob: Blob, head: Head) -> Reading:
        """One document for each good row, a complaint for each bad one."""
        assert head.root is None
        mappings = shipped_mappings() if self.mappings is None else self.mappings
        source = read_source(blob.data, mappings, MAX_DOCUMENT_ROWS)
        if isinstance(source, Complaint):
            return Reading({"type": "InvoiceTable"}, complaints=(source,))
        found = _normalised(source, None, blob.sha256)
        complaints = list(found.complaints)
        if found.table.num_rows == 0:
            zh, en = "没有一行可用", "not one row can be used"
            complaints.append(Complaint("table.no_rows", "/", Text(zh, en)))
        documents = list(_documents(found, source.unit))
        return kept(_facts(found, source), documents, complaints)


def _normalised(source: Source, progress: Progress | None, sha256: str) -> InvoiceTable:
    rows = len(source.numbers)
    parts: list[pa.Table] = []
    complaints = list(source.complaints)
    for start in range(0, rows, _SLICE):
        part, wrong = normalise(source, start, min(_SLICE, rows - start))
        parts.append(part)
        complaints.extend(wrong)
        if progress is not None:
            progress(min(start + _SLICE, rows), rows)
    if not parts:
        parts.append(normalise(source, 0, 0)[0])
    table = _with_duplicates(pa.concat_tables(parts).combine_chunks())
    bad = sum(complaint.code == "table.row_width" for complaint in source.complaints)
    mapping = source.mapping
    told = tuple(complaints)
    return InvoiceTable(table, told, rows + bad, mapping.mapping, mapping.currency, sha256)


def _with_duplicates(table: pa.Table) -> pa.Table:
    """Adds duplicate_of: rows that say exactly the same, but for where they stand."""
    names = [n for n in table.column_names if n not in {"row_id", "row"}]
    count = table.num_rows
    codes = np.empty((len(names), count), np.int64)
    for index, name in enumerate(names):
        encoded = table.column(name).combine_chunks()
        encoded = (
            encoded.dictionary_encode() if not pa.types.is_dictionary(encoded.type) else encoded
        )
        codes[index] = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    mixed = np.zeros(count, np.uint64)
    for row in codes:
        mixed = (mixed ^ row.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    order = np.argsort(mixed, kind="stable")
    # Equal hashes are compared in full, so that two different rows are never called equal.
    same = (codes[:, order[1:]] == codes[:, order[:-1]]).all(axis=0)
    starts = np.concatenate([[True], ~same]) if count else np.zeros(0, bool)
    first = order[np.maximum.accumulate(np.where(starts, np.arange(count), 0))] if count else order
    ids = table.column("row_id").to_numpy()
    firsts = np.empty(count, np.int64)
    firsts[order] = ids[first] if count else 0
    original = np.zeros(count, bool)
    original[order] = starts
    return table.append_column("duplicate_of", pa.array(firsts, pa.int64(), mask=original))


def _documents(found: InvoiceTable, unit: str) -> Iterator[TradeDocument]:
    table, scale = found.table, -exponent(found.currency)
    places = dict(
        zip(table.column("row_id").to_pylist(), table.column("row").to_pylist(), strict=True)
    )
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        first = places.get(row["duplicate_of"])
        row["duplicate_of"] = f"{unit} {first}" if first is not None else None
        yield _document(row, f"{unit} {row['row']}", found.currency, scale)


def _document(row: dict[str, Any], place: str, currency: str, scale: int) -> TradeDocument:
    red = row["total_minor"] < 0
    sign = -1 if red else 1
    net, tax, total = (
        None if value is None else Decimal(sign * value).scaleb(scale)
        for value in (row["amount_minor"], row["tax_minor"], row["total_minor"])
    )
    due: date | None = row.get("due")
    seller, buyer = _parties(row)
    attributes = {
        name: str(row[name])
        for name in ("firm", "direction", "remark", "duplicate_of")
        if row.get(name) and not ("seller_name" in row and name in {"firm", "direction"})
    }
    return TradeDocument(
        Kind.CREDIT_NOTE if red else Kind.INVOICE,
        row["invoice_no"],
        place,
        row["date"],
        currency,
        seller=seller,
        buyer=buyer,
        due_on=due,
        void=row["status"] == "void",
        code=row.get("code"),
        references={"order": (row["order"],)} if row.get("order") else {},
        totals=Totals(net=net, tax=tax, gross=total, payable=total),
        attributes=attributes | ({"red": "true"} if red else {}),
    )


def _parties(row: dict[str, Any]) -> tuple[PartyRef, PartyRef]:
    if "seller_name" in row:
        return (
            PartyRef(row["seller_name"], row["seller_tax_id"]),
            PartyRef(row["buyer_name"], row["buyer_tax_id"]),
        )
    firm, other = PartyRef(tax_id=row["firm"]), PartyRef(tax_id=row["counterparty"])
    return (firm, other) if row["direction"] == "out" else (other, firm)


def _facts(found: InvoiceTable, source: Source) -> dict[str, Any]:
    table = found.table
    status = table.column("status").to_pylist()
    totals = table.column("total_minor").to_numpy()
    return {
        "type": "InvoiceTable",
        "mapping": found.mapping,
        "currency": found.currency,
        "columns": dict(source.headers),
        "rows": found.rows,
        "accepted": table.num_rows,
        "void": status.count("void"),
        "red": int((totals < 0).sum()),
        "duplicates": table.num_rows - table.column("duplicate_of").null_count,
    }


def _refused(complaint: Complaint, path: Path) -> Refusal:
    return Refusal(
        complaint.code,
        Text(f"{path.name}: {complaint.message.zh}", f"{path.name}: {complaint.message.en}"),
        Text(
            "检查文件与映射 (docs/connectors.md)",
            "check the file and its mapping (docs/connectors.md)",
        ),
        {"file": path.name},
    )
