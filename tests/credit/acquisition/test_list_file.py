"""The supplier list as people export it: encodings, headers, units, lines nobody can read."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.acquisition.api import HEADERS, SCHEMA, read_list
from heliu.ground.errors import Refusal

ZH = "统一社会信用代码,供应商名称,年采购额(万元),退货率(%),成立日期,账期"


def rows(data: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_list(data, "CNY").table.to_pylist()
    return found


def told(data: bytes) -> list[tuple[int, str, str]]:
    return [(c.line, c.column, c.fault.value) for c in read_list(data, "CNY").complaints]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_headers_with_units_are_understood_in_every_encoding(
    encoding: str, delimiter: str
) -> None:
    text = f"{ZH}\nA,甲公司,123.4567,0.7,2019年3月5日,60.5\n".replace(",", delimiter)
    (row,) = rows(text.encode(encoding))
    assert (row["line"], row["uscc"], row["name"]) == (2, "A", "甲公司")
    assert row["annual_purchases_minor"] == 123_456_700
    assert row["returns_rate"] == float("0.007")
    assert (row["registered_on"], row["payment_days"]) == (date(2019, 3, 5), 60)
    assert row["account"] is None


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("1234.56", 123_456),
        ('"1,234.56"', 123_456),
        ("¥1234.5", 123_450),
        ("１２３４", 123_400),
        ("1234.560", 123_456),
        ("9999999999999.99", 999_999_999_999_999),
    ],
)
def test_an_amount_is_exact_however_it_is_dressed(cell: str, minor: int) -> None:
    (row,) = rows(f"uscc,name,annual_purchases\nA,甲,{cell}\n".encode())
    assert row["annual_purchases_minor"] == minor


@pytest.mark.parametrize("cell", ["", "-", "N/A", "无", " "])
def test_what_says_nothing_is_unknown_and_no_mistake(cell: str) -> None:
    (row,) = rows(f"uscc,name,annual_purchases,returns_rate\nA,甲,1,{cell}\n".encode())
    assert row["returns_rate"] is None


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("annual_purchases", "", "missing"),
        ("annual_purchases", "a lot", "unreadable"),
        ("annual_purchases", "1.001", "unreadable"),
        ("annual_purchases", "-1", "range"),
        ("annual_purchases", "99999999999999999999", "unreadable"),
        ("annual_purchases", "10000000000000.01", "range"),
        ("name", "", "missing"),
        ("uscc", "", "missing"),
        ("returns_rate", "3", "range"),
        ("returns_rate", "nan", "unreadable"),
        ("returns_rate", "inf", "unreadable"),
        ("orders_12m", "1.5", "range"),
        ("orders_12m", "-2", "range"),
        ("years_of_cooperation", "400", "range"),
        ("registered_on", "2019-13-01", "unreadable"),
        ("registered_on", "soon", "unreadable"),
        ("registered_on", "0001-01-01", "unreadable"),
        ("previous_purchases", "x", "unreadable"),
    ],
)
def test_a_cell_that_says_nothing_sensible_sets_its_line_aside_and_no_other(
    column: str, cell: str, fault: str
) -> None:
    said = {"uscc": "A", "name": "甲", "annual_purchases": "5"}
    names = list(dict.fromkeys((*said, column)))
    bad = ",".join((said | {column: cell})[name] for name in names)
    good = ",".join(said.get(name, "") for name in names)
    data = "\n".join((",".join(names), bad, good, "")).encode()
    assert told(data) == [(2, column, fault)]
    assert [row["line"] for row in rows(data)] == [3]


def test_a_line_of_another_width_or_with_a_stray_quotation_mark_hides_nothing() -> None:
    data = (
        'uscc,name,annual_purchases\nA,甲,1\nB,"乙,2\nC,丙\n,,\n\nD,丁,3,extra\nE,戊,4\r\n'.encode()
    )
    assert [(row["line"], row["uscc"]) for row in rows(data)] == [(2, "A"), (8, "E")]
    assert told(data) == [(3, "", "width"), (4, "", "width"), (7, "", "width")]


def test_lines_of_commas_alone_are_no_lines() -> None:
    data = b"uscc,name,annual_purchases\nA,a,1\n,,\nB,b,2\n"
    assert told(data) == []
    assert [row["line"] for row in rows(data)] == [2, 4]


def test_long_digits_in_a_spreadsheets_armour_are_read() -> None:
    (row,) = rows('uscc,name,account,annual_purchases\nA,甲,"=""0012""",1\n'.encode())
    assert row["account"] == "0012"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "acquisition.columns_missing"),
        (b"uscc,name\nA,a\n", "acquisition.columns_missing"),
        (b"uscc,name,annual_purchases\n", "acquisition.list_unreadable"),
        (b"PK\x03\x04rest", "acquisition.list_unreadable"),
        (b"\x00\x01\x02uscc", "acquisition.list_unreadable"),
        (b"\xff\xff\xff\xff", "acquisition.list_unreadable"),
        (b"\xff\xfeA", "acquisition.list_unreadable"),
    ],
)
def test_what_is_no_list_is_refused_whole_with_a_cure(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_list(data, "CNY")
    assert refused.value.code == code
    assert refused.value.cure.zh
    assert refused.value.cure.en


def test_a_list_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heliu.credit.acquisition.list_file.MAX_LINES", 2)
    with pytest.raises(Refusal, match="too_long"):
        read_list(b"uscc,name,annual_purchases\n" + b"A,a,1\n" * 3, "CNY")


def test_every_column_has_a_header_and_no_header_two_columns() -> None:
    assert set(HEADERS) == set(SCHEMA.names) - {"line"}
    every = [name for names in HEADERS.values() for name in names.split(", ")]
    assert len(set(every)) == len(every)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_a_refusal(data: bytes) -> None:
    with suppress(Refusal):
        found = read_list(b"uscc,name,annual_purchases\n" + data, "CNY")
        assert found.table.schema == SCHEMA


@given(
    cell=st.text(st.sampled_from("0123456789.,-+%¥ eE无一\"'"), max_size=12),
    column=st.sampled_from([names.split(", ")[0] for names in HEADERS.values()]),
)
def test_any_cell_is_a_value_or_a_complaint_and_the_next_line_stands(
    cell: str, column: str
) -> None:
    said = {"uscc": "A", "name": "甲", "annual_purchases": "5"}
    names = list(dict.fromkeys((*said, column)))
    quoted = '"' + cell.replace('"', '""') + '"'
    lines = [",".join((said | {column: quoted}).get(n, "") for n in names)]
    lines.append(",".join(said.get(name, "") for name in names))
    found = read_list("\n".join((",".join(names), *lines, "")).encode(), "CNY")
    assert found.table.column("line").to_pylist()[-1] == 3
    assert len(found.table) == 2 or found.complaints
