"""Every SQL statement of the commercial desk: the register of invoice tables taken in whole."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import msgspec
import pyarrow as pa
from pyarrow import csv

from heliu.flows.commercial.tabular import InvoiceTable
from heliu.flows.intake.api import Complaint
from heliu.ground.db import Tx

_ADD_TABLE: Final = """
INSERT INTO flows.invoice_table
  (sha256, file, mapping, currency, rows, kept, complaints, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (sha256) DO NOTHING
RETURNING sha256"""
_FILL: Final = """
COPY flows.invoice_row
  (sha256, line, firm, direction, invoice_no, counterparty, issued_on, amount, tax, total, status)
FROM STDIN (FORMAT csv)"""
# What a row repeats may stand in this table or in one before: it is found, not stored.
_COUNTED: Final = """
WITH placed AS (
  SELECT
    sha256,
    status,
    row_number() OVER (
      PARTITION BY firm, direction, invoice_no, counterparty, issued_on, amount, tax, total, status
      ORDER BY position
    ) AS place
  FROM flows.invoice_row
)
SELECT
  count(*),
  count(*) FILTER (WHERE place > 1),
  count(*) FILTER (WHERE status = 'void')
FROM placed
WHERE sha256 = %s"""
_ROWS: Final = """
COPY (
  SELECT
    r.position AS row_id, r.firm, r.direction, r.invoice_no, r.issued_on AS date, r.counterparty,
    r.amount, r.tax, r.total, r.status, t.currency
  FROM flows.invoice_row r
  JOIN flows.invoice_table t ON t.sha256 = r.sha256
  ORDER BY r.position
) TO STDOUT (FORMAT csv, HEADER)"""
_PLACES: Final = """
SELECT r.position, t.file, r.line
FROM flows.invoice_row r
JOIN flows.invoice_table t ON t.sha256 = r.sha256
WHERE r.position = ANY(%s)"""


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row of the register stands: in which file, on which line or row."""

    file: str
    line: int


_COLUMNS: Final = (
    *("row", "firm", "direction", "invoice_no", "counterparty", "date"),
    *("amount_minor", "tax_minor", "total_minor", "status"),
)


def add(tx: Tx, sha256: str, file: str, table: InvoiceTable, stamp: tuple[datetime, str]) -> bool:
    """Keep a table with its rows; False if its bytes were kept before. `stamp`: when, by whom."""
    facts = (table.mapping, table.currency, table.rows, table.table.num_rows)
    wrong = msgspec.json.encode([_complaint(c) for c in table.complaints]).decode()
    if not tx.rows(_ADD_TABLE, (sha256, file, *facts, wrong, *stamp)):
        return False
    whose = pa.repeat(sha256, table.table.num_rows)
    columns = [whose, *(table.table[name] for name in _COLUMNS)]
    rows = BytesIO()
    csv.write_csv(
        pa.table(columns, ["sha256", *_COLUMNS]), rows, csv.WriteOptions(include_header=False)
    )
    tx.copy_bytes(_FILL, rows.getbuffer())
    return True


def counted(tx: Tx, sha256: str) -> tuple[int, int, int]:
    """Rows of a kept table: in all, repeating an earlier one, void."""
    kept, repeats, void = tx.rows(_COUNTED, (sha256,))[0]
    return kept, repeats, void


def register(tx: Tx) -> bytes:
    """All rows of all tables as CSV with a header."""
    parts = BytesIO()
    with tx.cursor() as cursor, cursor.copy(_ROWS) as copy:
        for part in copy:
            parts.write(part)
    return parts.getvalue()


def places(tx: Tx, positions: list[int]) -> dict[int, RowPlace]:
    """File and line of each position."""
    return {at: RowPlace(file, line) for at, file, line in tx.rows(_PLACES, (positions,))}


def _complaint(complaint: Complaint) -> dict[str, Any]:
    message = complaint.message
    told = {"zh": message.zh, "en": message.en}
    return {"code": complaint.code, "place": complaint.place, "message": told}
