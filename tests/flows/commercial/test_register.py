"""Invoice registers kept whole: once, with what they repeat, and read back as one table."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from heliu.books.evidence.api import leaves
from heliu.flows.commercial.api import (
    Registered,
    RowPlace,
    read_invoice_table,
    register_table,
    registered,
    rows_at,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id

NOW = datetime(2026, 6, 30, 8, tzinfo=UTC)
CLERK = Actor("user:clerk")
FIRST = """firm,direction,invoice_no,date,counterparty,amount,tax,total,status
F1,out,0001,2026-06-01,B7,100.00,13.00,113.00,valid
F1,out,0002,2026-06-02,B7,-50.00,-6.50,-56.50,valid
F1,out,0001,2026-06-01,B7,100.00,13.00,113.00,valid
F1,in,0003,2026-06-03,S9,,,11.30,void
F1,in,0004,2026-13-03,S9,10.00,1.30,11.30,valid
"""
# One row of the first table again, one that differs from it in the tax alone, one of no tax again.
SECOND = """firm,direction,invoice_no,date,counterparty,amount,tax,total,status
F1,out,0002,2026-06-02,B7,-50.00,-6.50,-56.50,valid
F1,out,0002,2026-06-02,B7,-50.01,-6.49,-56.50,valid
F1,in,0003,2026-06-03,S9,,,11.30,void
"""


def keep(tx: Tx, folder: Path, name: str, text: str) -> Registered:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return register_table(tx, CLERK, name, read_invoice_table(path), NOW)


def test_a_table_is_kept_with_what_it_repeats_of_itself_and_without_its_bad_rows(
    tx: Tx, tmp_path: Path
) -> None:
    kept = keep(tx, tmp_path, "june.csv", FIRST)
    assert kept == Registered(new=True, kept=4, repeats=1, void=1)


def test_the_same_bytes_again_change_nothing_and_answer_as_before(tx: Tx, tmp_path: Path) -> None:
    first = keep(tx, tmp_path, "june.csv", FIRST)
    again = keep(tx, tmp_path, "june again.csv", FIRST)
    assert again == Registered(new=False, kept=4, repeats=1, void=1)
    assert first.new
    assert registered(tx).num_rows == 4


def test_a_row_that_an_earlier_table_brought_is_a_repetition(tx: Tx, tmp_path: Path) -> None:
    keep(tx, tmp_path, "june.csv", FIRST)
    kept = keep(tx, tmp_path, "june-2.csv", SECOND)
    assert kept == Registered(new=True, kept=3, repeats=2, void=1)


def test_the_register_reads_back_exactly_and_names_file_and_line(tx: Tx, tmp_path: Path) -> None:
    keep(tx, tmp_path, "june.csv", FIRST)
    rows = registered(tx).to_pylist()
    totals = [row["total"] for row in rows]
    assert totals == [Decimal("113.00"), Decimal("-56.50"), Decimal("113.00"), Decimal("11.30")]
    assert [row["amount"] for row in rows][-1] is None
    assert [row["invoice_no"] for row in rows] == ["0001", "0002", "0001", "0003"]
    places = rows_at(tx, [row["row_id"] for row in rows])
    assert [places[row["row_id"]] for row in rows] == [
        RowPlace("june.csv", line) for line in (2, 3, 4, 5)
    ]


def test_yen_have_no_decimals_in_the_register(tx: Tx, tmp_path: Path) -> None:
    path = tmp_path / "yen.csv"
    path.write_text(FIRST.replace(".00", "").replace(".50", "").replace("11.30", "11"), "utf-8")
    table = read_invoice_table(path)
    yen = type(table)(table.table, table.complaints, table.rows, table.mapping, "JPY", table.sha256)
    register_table(tx, CLERK, path.name, yen, NOW)
    # The mapping said fen: the same integers are whole yen now.
    assert registered(tx)["total"].to_pylist()[0] == Decimal("11300.00")


def test_a_kept_row_is_not_rewritten(tx: Tx, tmp_path: Path) -> None:
    keep(tx, tmp_path, "june.csv", FIRST)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        tx.run("UPDATE flows.invoice_row SET total = 0")


def test_a_kept_table_is_a_leaf_of_the_evidence_log(tx: Tx, tmp_path: Path) -> None:
    keep(tx, tmp_path, "june.csv", FIRST)
    tx.finish()
    digest = hashlib.sha256(FIRST.encode()).hexdigest()
    subject = derived_id("invoice_table", digest)
    assert [leaf.kind for leaf in leaves(tx, [subject])] == ["invoice_table"]
