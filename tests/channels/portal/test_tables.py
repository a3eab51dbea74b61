"""A table in the enterprise's own columns, read by the bank's own connector."""

from decimal import Decimal

import pytest
from tests.channels.portal.people import BUYER, OTHER, SELLER, payable

from heliu.channels.portal.tables import (
    Table,
    blob_of,
    blocking,
    documents_of,
    guessed,
    lacking,
    matched,
    previewed,
    table_of,
)
from heliu.flows.commercial.api import InvoiceTableConnector
from heliu.flows.intake.api import read_blob
from heliu.ground.money import Money
from heliu.ground.text import Text

HEAD = "凭证号,发票号,开票日,供应商,供应商税号,含税金额,到期"
GOOD = f"v1,FP1,2026-04-01,润生,{SELLER},11300.00,2026-06-30"
BAD_DATE = f"v2,FP2,2026-13-01,润生,{SELLER},11300.00,2026-06-30"
BAD_SUM = f"v3,FP3,2026-04-01,润生,{SELLER},abc,2026-06-30"
SHORT = "v4,FP4,2026-04-01"
COLUMNS = {
    "invoice_no": "发票号",
    "date": "开票日",
    "seller_name": "供应商",
    "seller_tax_id": "供应商税号",
    "total": "含税金额",
    "due": "到期",
}


def table(*lines: str) -> Table:
    found = table_of("\n".join((HEAD, *lines)).encode())
    assert isinstance(found, Table)
    return found


def test_columns_are_recognised_by_their_words_and_by_what_was_saved() -> None:
    headers = HEAD.split(",")
    assert guessed(headers, {}) == COLUMNS
    assert guessed(headers, {"invoice_no": "凭证号", "tax": "没有此列"})["invoice_no"] == "凭证号"
    assert guessed(["Invoice No", "Vendor", "Gross total"], {}) == {
        "invoice_no": "Invoice No",
        "seller_name": "Vendor",
        "total": "Gross total",
    }


def test_what_must_be_there_is_asked_for() -> None:
    assert [field.name for field in lacking({"invoice_no": "a", "total": "b"})] == [
        "date",
        "seller_tax_id",
    ]
    assert lacking(COLUMNS) == []


def test_a_row_becomes_an_invoice_that_this_buyer_owes() -> None:
    _, reading = read_blob(
        (InvoiceTableConnector(),), blob_of(table(GOOD), COLUMNS, BUYER, "应付.CSV")
    )
    (document,) = reading.documents
    assert (document.number, document.seller.tax_id, document.buyer.tax_id) == (
        "FP1",
        SELLER,
        BUYER,
    )
    assert document.totals.payable == Decimal("11300.00")
    assert document.place == "line 2"


def test_every_complaint_names_the_line_of_the_users_own_file() -> None:
    seen = previewed(
        table(GOOD, BAD_DATE, "", BAD_SUM, SHORT, GOOD.replace("FP1", "FP9")), COLUMNS, BUYER
    )
    assert (seen.good, seen.total) == (2, 6)
    assert [(row.line, bool(row.complaints)) for row in seen.rows] == [
        (2, False),
        (3, True),
        (4, False),
        (5, True),
        (6, True),
        (7, False),
    ]
    assert not blocking(seen)


def test_a_table_without_one_good_row_stops_the_import() -> None:
    assert blocking(previewed(table(BAD_DATE), COLUMNS, BUYER))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04 ...", "save it as CSV"),
        (b"\xff\xff\xff\x00\x81", "no text file"),
        (b"a,b\n1,\x00", "no text file"),
        (b"", "the first line must be the header"),
        (b" , \n1,2", "the first line must be the header"),
        (b'a,b\n"1,2', "cannot be parsed"),
        (",".join("abc" for _ in range(201)).encode(), "at most"),
        (b"a\n" + b"1\n" * 20_001, "at most"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data: bytes, why: str) -> None:
    found = table_of(data)
    assert isinstance(found, Text)
    assert why in found.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_come_in_the_encodings_and_delimiters_of_the_field(
    encoding: str, delimiter: str
) -> None:
    found = table_of(f"{HEAD}\n{GOOD}\n".replace(",", delimiter).encode(encoding))
    assert isinstance(found, Table)
    assert found.headers == tuple(HEAD.split(","))
    assert found.rows == (tuple(GOOD.split(",")),)


def test_a_table_confirms_what_waits_under_its_number_and_supplier_and_nothing_else() -> None:
    lines = [GOOD, GOOD.replace("FP1", "FP2"), GOOD.replace("FP1", "FP3"), BAD_SUM]
    documents = documents_of(table(*lines), COLUMNS, BUYER)
    waiting = payable("FP1", invoiced=11400_00)
    others = [
        payable("FP2", supplier=OTHER),
        payable("FP3", word=True, blocking=0, eligible=100_00),
        payable("FP4"),
    ]
    assert matched(documents, [waiting, *others]) == {waiting.id: Money(11300_00)}
