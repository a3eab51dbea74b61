"""Invoice tables: every row told, a bad row hides no other, two shapes of one reading."""

import codecs
import datetime as dt
import hashlib
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.commercial import tabular, tabular_rows, tabular_source
from heliu.flows.commercial.api import (
    InvoiceTable,
    InvoiceTableConnector,
    load_mapping,
    parse_mapping,
    read_invoice_table,
    shipped_mappings,
)
from heliu.flows.commercial.tabular_mapping import choose
from heliu.flows.commercial.tabular_values import dates, minor, one_of, text
from heliu.flows.intake.api import Blob, Head, Kind, Reading, read_blob
from heliu.ground.errors import Refusal

REGISTER = """firm,direction,invoice_no,date,counterparty,amount,tax,total,status
F1,out,0001,2026-06-01,B7,100.00,13.00,113.00,valid
F1,out,0002,2026-06-02,B7,-50.00,-6.50,-56.50,valid
F1,in,0003,2026-06-03,S9,10.00,1.30,11.30,void
"""
CHINESE = """发票号码,开票日期,购方,销方,金额,税额,价税合计,发票状态
26322000000700000017,2026年6月1日,海河家电,澄湖机电,"1,200.00",156.00,"¥1,356.00",正常
"""


def read(data: bytes | str, name: str = "a.csv") -> Reading:
    content = data.encode() if isinstance(data, str) else data
    digest = hashlib.sha256(content).hexdigest()
    _, reading = read_blob([InvoiceTableConnector()], Blob("folder", name, digest, content))
    return reading


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(c.code, c.place) for c in reading.complaints]


def table(tmp_path: Path, data: bytes | str, name: str = "a.csv") -> InvoiceTable:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_invoice_table(path)


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


SOUND: dict[str, Any] = {
    "firm": ["F1", "F1"],
    "direction": ["in", "out"],
    "invoice_no": [1, 2],
    "date": [date(2026, 6, 1), date(2026, 6, 2)],
    "counterparty": ["A", "B"],
    "amount": [Decimal("1.00"), Decimal("2.00")],
    "tax": [Decimal("0.13"), Decimal("0.26")],
    "total": [Decimal("1.13"), Decimal("2.26")],
    "status": ["valid", "void"],
}


def test_each_row_is_a_document_seen_from_its_firm() -> None:
    first, red, bought = read(REGISTER).documents
    assert (first.kind, first.number, first.place) == (Kind.INVOICE, "0001", "line 2")
    assert (first.seller.tax_id, first.buyer.tax_id) == ("F1", "B7")
    assert (bought.seller.tax_id, bought.buyer.tax_id, bought.void) == ("S9", "F1", True)
    assert first.attributes == {"firm": "F1", "direction": "out"}
    assert (first.issued_on, first.currency) == (date(2026, 6, 1), "CNY")
    assert (red.kind, red.totals.gross, red.totals.tax) == (
        Kind.CREDIT_NOTE,
        Decimal("56.50"),
        Decimal("6.50"),
    )


def test_a_table_with_both_parties_names_them() -> None:
    (document,) = read(CHINESE).documents
    assert (document.seller.name, document.buyer.name) == ("澄湖机电", "海河家电")
    assert (document.number, document.issued_on) == ("26322000000700000017", date(2026, 6, 1))
    assert (document.totals.net, document.totals.gross) == (Decimal("1200.00"), Decimal("1356.00"))
    assert document.attributes == {}


def test_due_dates_orders_and_codes_are_taken_where_they_are_mapped() -> None:
    more = "发票代码,发票号码,开票日期,购方税号,销方税号,价税合计,到期日,订单号,备注\n"
    (document,) = read(more + "032,07,2026-06-01,B,S,1,2026-08-30,PO-1,急\n").documents
    assert (document.code, document.due_on) == ("032", date(2026, 8, 30))
    assert document.references == {"order": ("PO-1",)}
    assert document.attributes == {"remark": "急"}
    assert (document.seller.tax_id, document.totals.net, document.void) == ("S", None, False)


def test_facts_count_what_was_found() -> None:
    facts = read(REGISTER + "F1,in,0003,2026-06-03,S9,10.00,1.30,11.30,void\n,,,\n").facts
    counted = {k: facts[k] for k in ("rows", "accepted", "void", "red", "duplicates", "mapping")}
    assert counted == {
        "rows": 5, "accepted": 4, "void": 2, "red": 1, "duplicates": 1, "mapping": "cumcm",
    }  # fmt: skip


BARE = CHINESE.replace('"1,200.00"', "1200.00").replace('"¥1,356.00"', "1356")
EXCEL = CHINESE.replace("发票号码", " 发票 号码 ").replace("2632200000", '="2632200000', 1)


@pytest.mark.parametrize(
    "data",
    [
        CHINESE.encode("utf-8"),
        CHINESE.encode("utf-8-sig"),
        CHINESE.encode("gb18030"),
        codecs.BOM_UTF16_LE + CHINESE.encode("utf-16-le"),
        CHINESE.replace("\n", "\r\n").encode(),
        BARE.replace(",", ";").encode(),
        BARE.replace(",", "\t").encode(),
        EXCEL.replace("0017,", '0017",').encode(),
    ],
    ids=["utf-8", "with mark", "gb18030", "utf-16", "crlf", "semicolons", "tabs", "excel"],
)  # fmt: skip
def test_every_usual_encoding_and_delimiter_is_the_same_table(data: bytes) -> None:
    reading = read(data)
    assert [d.totals.gross for d in reading.documents] == [Decimal("1356.00")]
    assert reading.documents[0].seller.name == "澄湖机电"
    assert reading.documents[0].number == "26322000000700000017"
    assert reading.complaints == ()


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("F1,out,,2026-06-01,B7,1,0,1,valid", ("table.missing", "column invoice_no")),
        ("F1,out,9,,B7,1,0,1,valid", ("table.missing", "column date")),
        ("F1,out,9,2026-02-30,B7,1,0,1,valid", ("table.malformed", "column date")),
        ("F1,out,9,2026-06-01,B7,1,0,,valid", ("table.missing", "column total")),
        ("F1,out,9,2026-06-01,B7,1,0,1.001,valid", ("table.malformed", "column total")),
        ("F1,out,9,2026-06-01,B7,1O,0,1,valid", ("table.malformed", "column amount")),
        ("F1,up,9,2026-06-01,B7,1,0,1,valid", ("table.unknown_value", "column direction")),
        ("F1,out,9,2026-06-01,B7,1,0,1,lost", ("table.unknown_value", "column status")),
        ("F1,out,9,2026-06-01,B7,1,0,1,", ("table.missing", "column status")),
        (",out,9,2026-06-01,B7,1,0,1,valid", ("table.missing", "column firm")),
        ("F1,out,9,2026-06-01,,1,0,1,valid", ("table.missing", "column counterparty")),
    ],
)
def test_a_bad_row_is_told_by_line_and_column_and_hides_no_other(
    row: str, complaint: tuple[str, str]
) -> None:
    head, rest = REGISTER.split("\n", 1)
    reading = read(f"{head}\n{row}\n{rest}")
    code, column = complaint
    assert told(reading) == [(code, f"line 2, {column}")]
    assert [d.number for d in reading.documents] == ["0001", "0002", "0003"]
    assert not reading.refused


def test_a_sum_that_is_off_is_flagged_and_the_row_is_kept() -> None:
    reading = read(REGISTER.replace("113.00", "113.02"))
    assert told(reading) == [("table.sum", "line 2, column total")]
    assert len(reading.documents) == 3
    assert told(read(REGISTER.replace("113.00", "113.01"))) == []


def test_rows_of_the_wrong_width_keep_the_numbers_of_the_others_right() -> None:
    head, *rows = REGISTER.splitlines()
    reading = read("\n".join([head, "short,row", "", rows[0], "a,b,c,d,e,f,g,h,i,j", rows[1]]))
    assert told(reading) == [("table.row_width", "line 2"), ("table.row_width", "line 5")]
    assert [(d.number, d.place) for d in reading.documents] == [
        ("0001", "line 4"),
        ("0002", "line 6"),
    ]


def test_a_stray_quotation_mark_does_not_swallow_the_lines_after_it() -> None:
    head, *rows = REGISTER.splitlines()
    stray = rows[0].replace("F1,out,0001", 'F1,"out,0001')
    reading = read("\n".join([head, rows[2], stray, rows[1], rows[0]]))
    assert told(reading) == [("table.row_width", "line 3")]
    assert [d.place for d in reading.documents] == ["line 2", "line 4", "line 5"]


def test_a_damaged_character_refuses_its_row_only() -> None:
    data = CHINESE.encode() + CHINESE.splitlines()[1].encode().replace("澄".encode(), b"\xff\xfe")
    reading = read(data + b"\n")
    assert told(reading) == [("table.damaged", "line 3, column 销方")]
    assert len(reading.documents) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("firm,direction\nF1,out\n", "table.unmapped"),
        ("firm,direction,invoice_no,date,counterparty,total\n", "table.no_rows"),
        ("发票号码,开票日期,价税合计,购方\n1,2026-06-01,1,B\n", "table.unmapped"),
        (" ", "file.empty"),
        (";", "table.unmapped"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_whole(data: str, code: str) -> None:
    reading = read(data)
    assert reading.refused
    assert code in {c.code for c in reading.complaints}


def test_what_the_closest_mapping_lacks_is_named() -> None:
    (complaint,) = read("发票号码,开票日期,价税合计,购方\n1,2026-06-01,1,B\n").complaints
    assert "chinese comes closest and lacks: 销方" in complaint.message.en


def test_no_mapping_at_all_reads_no_table() -> None:
    blob = Blob("folder", "a.csv", "", REGISTER.encode())
    reading = InvoiceTableConnector(()).read(blob, Head("a.csv", None, None))
    assert told(reading) == [("table.unmapped", "line 1")]


def test_a_table_beyond_the_cap_is_refused_for_the_columnar_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tabular, "MAX_DOCUMENT_ROWS", 2)
    assert told(read(REGISTER)) == [("table.too_many_rows", "/")]
    three = {name: [*column, column[0]] for name, column in SOUND.items()}
    assert told(read(parquet(**three), "a.parquet")) == [("table.too_many_rows", "/")]
    assert len(read(parquet(**SOUND), "a.parquet").documents) == 2


def test_a_parquet_table_is_read_in_its_own_types() -> None:
    reading = read(parquet(**SOUND), "a.parquet")
    first, second = reading.documents
    assert (first.number, first.place, first.totals.gross) == ("1", "row 1", Decimal("1.13"))
    assert (second.void, second.issued_on) == (True, date(2026, 6, 2))
    assert reading.complaints == ()


@pytest.mark.parametrize(
    "data",
    [b"PAR1", b"PAR1" + b"\0" * 200 + b"PAR1", parquet(**SOUND)[:-20], parquet(**SOUND)[:200]],
    ids=["magic", "zeros", "cut", "half"],
)
def test_a_damaged_parquet_file_is_a_complaint(data: bytes) -> None:
    assert told(read(data, "a.parquet")) == [("table.malformed", "/")]


def test_a_parquet_file_with_strange_types_is_a_complaint() -> None:
    odd = SOUND | {"total": [[1], [2]], "firm": [{"a": 1}, {"a": 2}]}
    assert told(read(parquet(**odd), "a.parquet")) == [("table.column_type", "column firm")]


def test_a_parquet_file_of_other_columns_is_refused_by_its_header() -> None:
    assert told(read(parquet(a=[1]), "a.parquet")) == [("table.unmapped", "line 1")]


def test_a_parquet_bomb_is_refused_by_its_own_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular_source, "MAX_EXPANDED_BYTES", 10)
    assert told(read(parquet(**SOUND), "a.parquet")) == [("table.too_many_rows", "/")]


def test_the_columnar_way_gives_exact_minor_units_and_marks_duplicates(tmp_path: Path) -> None:
    again = REGISTER + REGISTER.splitlines()[1] + "\n"
    found = table(tmp_path, again)
    assert found.table.select(["row_id", "row", "firm", "direction", "status"]).to_pylist()[0] == {
        "row_id": 0, "row": 2, "firm": "F1", "direction": "out", "status": "valid",
    }  # fmt: skip
    assert found.table.column("total_minor").to_pylist() == [11300, -5650, 1130, 11300]
    assert found.table.column("amount_minor").to_pylist() == [10000, -5000, 1000, 10000]
    assert found.table.column("duplicate_of").to_pylist() == [None, None, None, 0]
    assert (found.rows, found.mapping, found.currency, found.complaints) == (4, "cumcm", "CNY", ())


def test_the_first_of_three_equal_rows_is_the_original(tmp_path: Path) -> None:
    head, row, *_ = REGISTER.splitlines()
    other = row.replace("0001", "0009")
    found = table(tmp_path, f"{head}\n{other}\n{row}\n{other}\n{row}\n{other}\n")
    assert found.table.column("duplicate_of").to_pylist() == [None, None, 0, 1, 0]


def test_a_documents_duplicate_is_named_by_its_line() -> None:
    again = read(REGISTER + REGISTER.splitlines()[1] + "\n").documents[-1]
    assert again.attributes["duplicate_of"] == "line 2"


def test_a_table_of_both_parties_is_seen_from_the_seller(tmp_path: Path) -> None:
    (row,) = table(tmp_path, CHINESE).table.to_pylist()
    assert (row["firm"], row["direction"], row["counterparty"]) == ("澄湖机电", "out", "海河家电")
    assert row["seller_tax_id"] is None


def test_rows_may_bring_their_own_ids(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n,d,s,b,t,id\n1,2026-06-01,S,B,5,70\n2,2026-06-01,S,B,5,x\n")
    mapping = parse_mapping(
        "{mapping: own, currency: JPY, columns: {invoice_no: n, date: d, seller_name: s,"
        " buyer_name: b, total: t, row_id: id}}",
        "own.yaml",
    )
    found = read_invoice_table(tmp_path / "a.csv", mapping)
    assert found.table.select(["row_id", "total_minor"]).to_pylist() == [
        {"row_id": 70, "total_minor": 5}
    ]
    assert [(c.code, c.place) for c in found.complaints] == [("table.row_id", "line 3, column id")]


def test_progress_is_told_slice_by_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "_SLICE", 2)
    path = tmp_path / "a.csv"
    path.write_text(REGISTER)
    steps: list[tuple[int, int]] = []
    found = read_invoice_table(path, progress=lambda done, rows: steps.append((done, rows)))
    assert steps == [(2, 3), (3, 3)]
    assert found.table.column("row_id").to_pylist() == [0, 1, 2]


def test_beyond_a_thousand_rows_of_one_trouble_their_number_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular_rows, "MAX_TOLD", 1)
    found = table(tmp_path, REGISTER.replace("2026-06", "2026-16"))
    assert [(c.place, c.message.en) for c in found.complaints] == [
        ("line 2, column date", "date cannot be read"),
        ("column date", "2 more rows: date cannot be read"),
    ]
    assert found.table.num_rows == 0


def test_a_table_that_is_not_there_or_not_usable_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"file\.unreadable"):
        read_invoice_table(tmp_path / "none.csv")
    with pytest.raises(Refusal, match=r"table\.unmapped"):
        table(tmp_path, "a,b\n1,2\n")


def test_the_header_chooses_the_mapping() -> None:
    header = REGISTER.splitlines()[0].split(",")
    chosen = choose([h.upper() for h in header], shipped_mappings())
    assert chosen is not None
    assert chosen.mapping == "cumcm"
    assert {m.mapping for m in shipped_mappings()} >= {"cumcm", "chinese"}


GOOD = "{mapping: m, columns: {invoice_no: n, date: d, total: t, seller_name: s, buyer_name: b}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("total: t, ", ""), "columns needs total"),
        (GOOD.replace("seller_name: s, ", ""), "a seller and a buyer"),
        (GOOD.replace("total: t", "totl: t"), "columns.totl"),
        (GOOD.replace("mapping: m", "mapping: M M"), "mapping: String should match"),
        (GOOD.replace("mapping: m", "mapping: m, extra: 1"), "extra: Extra inputs"),
        (GOOD.replace("mapping: m", "mapping: m, status: {valid: x, void: X}"), "two things"),
        (GOOD.replace("total: t", "total: []"), "columns.total: Value should have at least 1"),
        ("{mapping: [", "while parsing"),
        ("just a text", "valid dictionary"),
    ],
)
def test_a_wrong_mapping_is_refused_naming_the_field(text: str, message: str) -> None:
    with pytest.raises(Refusal, match=r"mapping\.invalid") as refused:
        parse_mapping(text, "own.yaml")
    assert message in refused.value.reason.en
    assert "own.yaml" in refused.value.reason.zh


def test_a_mapping_is_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load_mapping(path).columns["total"] == ("t",)
    with pytest.raises(Refusal, match=r"mapping\.invalid"):
        load_mapping(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,234.50", 123450), ("¥12", 1200), ("￥-3.1", -310), ("-￥3.1", -310), ("(5.00)", -500),
        ("（5）", -500), ("1.2300", 123), ("+7.", 700), (" 0 ", 0),
        ("999999999999999.99", 10**17 - 1), ("1.234", None), ("12,34", None), ("1e3", None),
        ("NaN", None), ("--1", None), ("1 2", None), ("9999999999999999", None), ("１", None),
    ],
)  # fmt: skip
def test_an_amount_is_exact_or_bad(written: str, expected: int | None) -> None:
    found, bad = minor(pa.array([written]), 2)
    assert (found.to_pylist(), bad.tolist()) == ([expected], [expected is None])


@pytest.mark.parametrize(
    ("column", "expected", "bad"),
    [
        (pa.array([1, None], pa.int32()), [100, None], [False, False]),
        (pa.array([1.1, float("nan")]), [110, None], [False, False]),
        (pa.array([0.005, 1e300]), [None, None], [True, True]),
        (pa.array([Decimal("1.2000"), Decimal("1.2345")]), [120, None], [False, True]),
        (pa.array(["1.5"]).dictionary_encode(), [150], [False]),
        (pa.array([Decimal(10) ** 25]), [None], [True]),
        (pa.array([Decimal(10) ** 37], pa.decimal128(38, 0)), [None], [True]),
    ],
    ids=["integers", "floats", "odd floats", "decimals", "dictionary", "huge", "wide"],
)  # fmt: skip
def test_amounts_of_every_type_are_exact_or_bad(
    column: pa.Array, expected: list[int | None], bad: list[bool]
) -> None:
    found, wrong = minor(column, 2)
    assert (found.to_pylist(), wrong.tolist()) == (expected, bad)


@given(cents=st.lists(st.none() | st.integers(-(10**15), 10**15), min_size=1, max_size=30))
def test_no_cent_is_lost_in_any_writing(cents: list[int | None]) -> None:
    decimals = [None if c is None else Decimal(c).scaleb(-2) for c in cents]
    as_text = pa.array([None if d is None else f"{d:,.2f}" for d in decimals], pa.string())
    as_decimal = pa.array(decimals, pa.decimal128(20, 2))
    for column in (as_text, as_decimal):
        found, bad = minor(column, 2)
        assert found.to_pylist() == cents
        assert not bad.any()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-6-1", date(2026, 6, 1)), ("20260601", date(2026, 6, 1)),
        ("2026年06月01日", date(2026, 6, 1)), ("2026/06/01 10:11", date(2026, 6, 1)),
        ("20260601101112", date(2026, 6, 1)), ("2026-06-01T10:00:00+08:00", date(2026, 6, 1)),
        ("2024-02-29", date(2024, 2, 29)), ("2026-02-29", None), ("0000-01-01", None),
        ("2026-13-01", None), ("01/06/2026", None), ("soon", None),
    ],
)  # fmt: skip
def test_a_date_is_a_real_day_or_bad(written: str, expected: date | None) -> None:
    found, bad = dates(pa.array([written]))
    assert (found.to_pylist(), bad.tolist()) == ([expected], [expected is None])


def test_dates_of_every_type_are_days() -> None:
    stamps = pa.array([dt.datetime(2026, 6, 1, 23, 59), None])  # noqa: DTZ001 - a naive column
    assert dates(stamps)[0].to_pylist() == [date(2026, 6, 1), None]
    late = pa.array([dt.datetime(2026, 6, 1, 17, tzinfo=dt.UTC)], pa.timestamp("us", "UTC"))
    assert dates(late)[0].to_pylist() == [date(2026, 6, 2)]
    found, bad = dates(pa.array([date(1, 1, 1), date(2026, 6, 1)]))
    assert (found.to_pylist(), bad.tolist()) == ([None, date(2026, 6, 1)], [True, False])
    assert dates(pa.array([20260601]))[0].to_pylist() == [date(2026, 6, 1)]
    assert dates(pa.array(["2026-06-01"]).dictionary_encode())[0].to_pylist() == [date(2026, 6, 1)]


def test_texts_lose_blanks_and_nothing_else() -> None:
    assert text(pa.array([" x\t", '="007"', "", None])).to_pylist() == ["x", "007", None, None]
    assert text(pa.array([3390939.0, 2.5, None])).to_pylist() == ["3390939", "2.5", None]
    found, bad = one_of(pa.array(["ＯＵＴ", "sideways", None]), {"out": ["out"]})
    assert (found.to_pylist(), bad.tolist()) == (["out", None, None], [False, True, False])


@settings(max_examples=250, deadline=None)
@given(
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    junk=st.one_of(
        st.binary(max_size=8), st.sampled_from([b'"', b"\n", b",", b"\0", b"\r", b'""'])
    ),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    base=st.sampled_from([REGISTER, CHINESE]),
)
def test_no_damage_to_a_csv_raises(
    at: float, cut: int, junk: bytes, encoding: str, base: str
) -> None:
    whole = base.encode(encoding)
    place = int(at * len(whole))
    reading = read(whole[:place] + junk + whole[place + cut :])
    assert reading.documents or reading.complaints


@settings(max_examples=200, deadline=None)
@given(at=st.floats(0, 1), cut=st.integers(0, 12), junk=st.binary(max_size=6))
def test_no_damage_to_a_parquet_file_raises(at: float, cut: int, junk: bytes) -> None:
    whole = parquet(**SOUND)
    place = int(at * len(whole))
    reading = read(whole[:place] + junk + whole[place + cut :], "a.parquet")
    assert reading.documents or reading.complaints


def test_the_real_registers_are_read_whole(shared_data: Path) -> None:
    found = read_invoice_table(shared_data / "cumcm2020c" / "invoices.parquet")
    duplicates = found.table.num_rows - found.table.column("duplicate_of").null_count
    assert (found.rows, found.table.num_rows, duplicates) == (373_431, 373_431, 5_239)
    assert [c.code for c in found.complaints] == ["table.sum"] * 3
    assert found.table.column("status").to_pylist().count("void") == 18_814
