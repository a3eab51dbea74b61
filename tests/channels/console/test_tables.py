"""A table that is taken away says the same in every format, and nothing in it is ever executed."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from heliu.channels.console.tables import Cell, Column, Kind, Value, harmless, write
from heliu.ground.money import Money
from heliu.ground.text import Text

NAMED = Text("名", "name")
COLUMNS = (
    Column("text", NAMED),
    Column("count", NAMED, Cell.COUNT),
    Column("money", NAMED, Cell.MONEY),
    Column("rate", NAMED, Cell.RATE),
    Column("day", NAMED, Cell.DATE),
    Column("at", NAMED, Cell.INSTANT),
)
AT = datetime(2026, 3, 31, 1, 2, 3, tzinfo=UTC)
ROW: list[Value] = [
    *("=1+1", -3, Money(-123_456, "CNY"), Decimal("0.0435")),
    *(date(2026, 3, 31), AT),
]
NOTHING: list[Value] = [None] * len(COLUMNS)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(kind: Kind, rows: list[list[Value]], columns: tuple[Column, ...] = COLUMNS) -> bytes:
    out = io.BytesIO()
    assert write(kind, columns, rows, out) == len(rows)
    return out.getvalue()


def sheet_of(body: bytes) -> etree._Element:
    with ZipFile(io.BytesIO(body)) as book:
        assert book.testzip() is None
        return etree.fromstring(book.read("xl/worksheets/sheet1.xml"))


def test_a_csv_is_utf_8_with_a_mark_and_keeps_numbers_as_numbers() -> None:
    body = written(Kind.CSV, [ROW, NOTHING])
    assert body.startswith("\ufeff".encode())
    head, first, empty = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert head == ["text", "count", "money", "rate", "day", "at"]
    assert first == ["'=1+1", "-3", "-1234.56", "0.0435", "2026-03-31", AT.isoformat()]
    assert empty == [""] * len(COLUMNS)


def test_a_parquet_file_has_the_types_of_its_columns() -> None:
    table = pq.read_table(io.BytesIO(written(Kind.PARQUET, [ROW, NOTHING])))
    assert [str(kind) for kind in table.schema.types] == [
        *("string", "int64", "decimal128(20, 2)", "decimal128(12, 6)", "date32[day]"),
        "timestamp[us, tz=UTC]",
    ]
    first, empty = table.to_pylist()
    assert first["text"] == "=1+1"
    assert (first["money"], first["rate"]) == (Decimal("-1234.56"), Decimal("0.043500"))
    assert set(empty.values()) == {None}


def test_an_empty_parquet_file_still_has_its_columns() -> None:
    table = pq.read_table(io.BytesIO(written(Kind.PARQUET, [])))
    assert (table.num_rows, table.column_names[0]) == (0, "text")


def test_a_workbook_has_no_formula_and_tells_instants_in_bank_time() -> None:
    sheet = sheet_of(written(Kind.XLSX, [ROW, NOTHING]))
    assert sheet.findall(f".//{SHEET}f") == []
    cells = sheet.findall(f".//{SHEET}row")[1]
    values = [cell.findtext(f"{SHEET}v") or cell.findtext(f".//{SHEET}t") for cell in cells]
    assert values == ["=1+1", "-3", "-1234.56", "0.0435", "46112", "46112.376423611"]


def test_the_same_rows_are_the_same_workbook() -> None:
    assert written(Kind.XLSX, [ROW]) == written(Kind.XLSX, [ROW])


@pytest.mark.parametrize("said", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1"])
def test_what_a_spreadsheet_would_execute_is_text_in_a_csv(said: str) -> None:
    assert harmless(said) == f"'{said}"


@pytest.mark.parametrize("said", ["", "INV-1", "海润", "1=1", "a@b"])
def test_harmless_text_stays_as_it_is(said: str) -> None:
    assert harmless(said) == said


@given(st.lists(st.text(max_size=40), max_size=5))
def test_whatever_is_typed_comes_back_from_a_csv_and_begins_no_formula(texts: list[str]) -> None:
    rows: list[list[Value]] = [[text] for text in texts if "\x00" not in text and sound(text)]
    body = written(Kind.CSV, rows, COLUMNS[:1]).decode("utf-8-sig")
    told = [row[0] if row else "" for row in csv.reader(io.StringIO(body, newline=""))][1:]
    assert told == [harmless(str(row[0])) for row in rows]
    assert [one for one in told if one[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


@given(st.lists(st.text(max_size=40), max_size=5))
def test_whatever_is_typed_makes_a_workbook_that_parses(texts: list[str]) -> None:
    rows: list[list[Value]] = [[text] for text in texts]
    sheet = sheet_of(written(Kind.XLSX, rows, COLUMNS[:1]))
    assert len(sheet.findall(f".//{SHEET}row")) == len(rows) + 1


def sound(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
