"""An invoice table is read exactly, whatever its columns are made of."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.flows.screening.api import TableRefused, detect, read_invoices

PLAIN: dict[str, list[object]] = {
    "row_id": [7, 9],
    "firm": ["E1", "E1"],
    "direction": ["out", "out"],
    "invoice_no": ["100", "100"],
    "date": ["2026-06-01", "2026-06-01"],
    "counterparty": ["C", "C"],
    "total": ["1130.00", "1130.00"],
}


def with_column(**columns: object) -> pa.Table:
    return pa.table({**PLAIN, **columns})


@pytest.mark.parametrize(
    "totals",
    [
        ["1130.00", "¥1,130"],
        pa.array(["1130.00", "1130"]).dictionary_encode(),
        [Decimal("1130.00"), Decimal(1130)],
        pa.array([Decimal("1130.0000")] * 2, pa.decimal128(20, 4)),
        [1130, 1130],
        [1130.0, 1129.9999999999],
    ],
)
def test_amounts_become_whole_fen(totals: object) -> None:
    assert read_invoices(with_column(total=totals)).total.tolist() == [113_000, 113_000]


@pytest.mark.parametrize(
    "days",
    [
        ["2026-06-01", "2026/6/1"],
        ["20260601", "2026.06.01"],
        ["2026-06-01 08:00:00", "2026-06-01T23:59:59"],
        [date(2026, 6, 1)] * 2,
        [datetime(2026, 6, 1, 8)] * 2,  # noqa: DTZ001 - a table's timestamp without a zone
        pa.array([date(2026, 6, 1)] * 2).dictionary_encode(),
    ],
)
def test_dates_become_days(days: object) -> None:
    since_1970 = (date(2026, 6, 1) - date(1970, 1, 1)).days
    assert read_invoices(with_column(date=days)).day.tolist() == [since_1970] * 2


@pytest.mark.parametrize(
    ("column", "cells", "defect"),
    [
        ("total", ["12.345", "1"], "two decimal places"),
        ("total", ["a lot", "1"], "two decimal places"),
        ("total", [float("nan"), 1.0], "whole fen"),
        ("total", [0.005, 1.0], "whole fen"),
        ("total", pa.array([Decimal(10**30)] * 2, pa.decimal128(38, 2)), "larger than"),
        ("date", ["2026-02-30", "2026-06-01"], "not a date"),
        ("date", [1.5, 2.5], "ISO 8601"),
        ("direction", ["out", "sideways"], "neither 'in' nor 'out'"),
    ],
)
def test_a_column_that_will_not_do_is_named(column: str, cells: object, defect: str) -> None:
    with pytest.raises(TableRefused, match=defect) as refused:
        read_invoices(with_column(**{column: cells}))
    assert refused.value.facts == {"column": column}


@pytest.mark.parametrize(
    "column", ["firm", "direction", "invoice_no", "date", "counterparty", "total"]
)
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(TableRefused, match=f"column {column}"):
        read_invoices(with_column().drop_columns([column]))


def test_a_total_is_the_sum_of_amount_and_tax() -> None:
    table = with_column(amount=[1000, 2000], tax=["130.00", "260"]).drop_columns(["total"])
    read = read_invoices(table)
    assert (read.net.tolist(), read.total.tolist()) == ([100_000, 200_000], [113_000, 226_000])


def test_an_empty_net_amount_is_the_total() -> None:
    assert read_invoices(with_column(amount=[None, 1000.0])).net.tolist() == [113_000, 100_000]


def test_row_ids_come_back_as_they_were_given() -> None:
    assert detect(with_column())[0].rows == (9, 7)
    assert detect(with_column(row_id=["x", "y"]))[0].rows == ("y", "x")
    assert detect(with_column().drop_columns(["row_id"]))[0].rows == (1, 0)


@pytest.mark.parametrize("column", ["firm", "invoice_no", "date", "counterparty", "total"])
def test_a_row_with_an_empty_cell_is_never_suspected(column: str) -> None:
    typed = pa.array([str(PLAIN[column][0]), None])
    assert detect(with_column(**{column: typed})) == []


def test_coded_columns_are_read_like_plain_ones() -> None:
    coded = {name: pa.array(PLAIN[name]).dictionary_encode() for name in ("firm", "direction")}
    assert detect(with_column(**coded)) == detect(with_column())


@pytest.mark.parametrize("void", ["void", "VOID", "作废发票", "cancelled"])
def test_a_void_row_is_not_live(void: str) -> None:
    assert read_invoices(with_column(status=["valid", void])).live.tolist() == [True, False]


@pytest.mark.parametrize(("direction", "out"), [("OUT", True), ("销项", True), ("进项", False)])
def test_a_direction_may_be_written_in_both_languages(direction: str, out: bool) -> None:  # noqa: FBT001
    read = read_invoices(with_column(direction=[direction, "out"]))
    assert read.out.tolist() == [out, True]
    assert bool(read.seller[0] == read.seller[1]) is out


@pytest.mark.parametrize(
    ("number", "serial"),
    [("08812345", 8_812_345), ("26312000000000123456", 123_456), ("N-7", 7), ("NONE", -1)],
)
def test_a_number_has_the_value_of_its_running_digits(number: str, serial: int) -> None:
    assert read_invoices(with_column(invoice_no=[number, "1"])).serial[0] == serial


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20))
def test_no_fen_is_lost_in_reading(fen: list[int]) -> None:
    rows = {name: [cells[0]] * len(fen) for name, cells in PLAIN.items()}
    written = [str(Decimal(f).scaleb(-2)) for f in fen]
    assert read_invoices(pa.table({**rows, "total": written})).total.tolist() == fen
