"""UBL documents: what they say, and the trade documents they make."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from heliu.flows.intake.api import Blob, Flow, Kind, Reading, TradeDocument, read_ubl, ubl_flow

SAMPLES = Path(__file__).parent / "ubl"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
SHARED = Path(os.environ.get("HELIU_SHARED", Path(__file__).parents[4] / "shared"))
YARDSTICK = SHARED / "data/trade/expected.json"
OF_THE_FILE = {"source", "intended_valid", "defect"}


def reading(name: str, *edits: tuple[str, str]) -> Reading:
    text = (SAMPLES / f"{name}.xml").read_text(encoding="utf-8")
    assert all(old in text for old, _ in edits), "the edit does not meet the sample"
    for old, new in edits:
        text = text.replace(old, new)
    return read_ubl(Blob("test", f"{name}.xml", "ab" * 32, text.encode()))


def document(name: str, *edits: tuple[str, str]) -> TradeDocument:
    read = reading(name, *edits)
    assert read.complaints == ()
    return read.documents[0]


def known() -> list[Any]:
    if not YARDSTICK.exists():
        return []
    documents = json.loads(YARDSTICK.read_text(encoding="utf-8"))["documents"]
    return [
        pytest.param(file, facts, id=file)
        for file, facts in documents.items()
        if str(facts.get("namespace", "")).startswith(UBL)
    ]


@pytest.mark.parametrize(("file", "expected"), known())
def test_every_field_of_a_real_document_agrees(
    file: str, expected: dict[str, Any], shared_data: Path
) -> None:
    data = (shared_data / "trade" / file).read_bytes()
    facts = read_ubl(Blob("test", file, expected["sha256"], data)).facts
    assert facts == {key: value for key, value in expected.items() if key not in OF_THE_FILE}


@pytest.mark.parametrize(("file", "expected"), known())
def test_a_real_document_is_complained_of_exactly_where_it_is_meant_to_be_wrong(
    file: str, expected: dict[str, Any], shared_data: Path
) -> None:
    data = (shared_data / "trade" / file).read_bytes()
    read = read_ubl(Blob("test", file, expected["sha256"], data))
    assert (read.complaints == ()) is expected["intended_valid"]
    assert len(read.documents) == (not read.refused)


@pytest.mark.parametrize(
    ("root", "flow"),
    [
        ("Invoice", Flow.COMMERCIAL),
        ("Quotation", Flow.COMMERCIAL),
        ("DespatchAdvice", Flow.LOGISTICS),
        ("Waybill", Flow.LOGISTICS),
        ("CertificateOfOrigin", Flow.LOGISTICS),
        ("DigitalAgreement", Flow.LOGISTICS),
    ],
)
def test_a_ubl_root_is_known_by_its_namespace(root: str, flow: Flow) -> None:
    assert ubl_flow(f"{{{UBL}{root}-2}}{root}") is flow


@pytest.mark.parametrize(
    "root",
    [
        None,
        "Invoice",
        "{urn:other}Invoice",
        f"{{{UBL}Order-2}}Invoice",
        f"{{{UBL}CommonAggregateComponents-2}}Party",
        f"{{{UBL}Invoice-3}}Invoice",
    ],
)
def test_what_is_not_a_ubl_document_is_left_to_others(root: str | None) -> None:
    assert ubl_flow(root) is None


def test_another_root_is_refused_by_name() -> None:
    read = read_ubl(Blob("test", "a.xml", "00", b"<Invoice/>"))
    assert [c.code for c in read.complaints] == ["document.unknown_kind"]
    assert "Invoice" in read.complaints[0].message.en


def test_a_damaged_document_is_told_where_it_is_damaged() -> None:
    read = read_ubl(Blob("test", "a.xml", "00", b"<a>\n<b></a>"))
    assert read.facts == {"well_formed": False, "sha256": "00"}
    assert [(c.code, c.place.split(",")[0]) for c in read.complaints] == [
        ("xml.malformed", "line 2")
    ]


def test_the_facts_of_an_invoice_are_as_written() -> None:
    facts = reading("invoice").facts
    assert facts["payable"] == {"value": "1000.00", "currency": "EUR"}
    assert facts["rounding"] == {"value": "-0.25", "currency": "EUR"}
    assert facts["references"] == {"order": ["PO-77"], "despatch": ["DA-9"], "receipt": ["RA-3"]}
    assert facts["parties"]["AccountingSupplierParty"] == {
        "name": "Linden Wire Works",
        "registration_name": "Linden Wire Works A/S",
        "tax_id": "DK 1001 2002",
        "legal_id": "10012002",
        "party_id": "S-17",
        "endpoint": "6900000000017",
        "country": "DK",
    }
    assert facts["lines"][0]["references"] == {
        "order": "PO-77",
        "order_line": "10",
        "despatch": "DA-10",
        "despatch_line": "1",
        "receipt": "RA-3",
        "receipt_line": "1",
    }
    assert (facts["line_count"], facts["signed"]) == (2, False)
    assert set(facts["checks"].values()) == {True}


def test_facts_leave_out_what_the_document_does_not_say() -> None:
    facts = reading("catalogue").facts
    assert facts == {
        "type": "Catalogue",
        "root": "Catalogue",
        "namespace": f"{UBL}Catalogue-2",
        "id": "CAT-1",
        "parties": {"ProviderParty": {"name": "Linden Wire Works"}},
        "line_count": 1,
        "lines": [
            {
                "kind": "CatalogueLine",
                "id": "1",
                "quantities": {"MinimumOrderQuantity": {"value": "25", "unit": "KGM"}},
                "item": "steel wire 2 mm",
            }
        ],
        "signed": False,
        "well_formed": True,
        "sha256": "ab" * 32,
    }


def test_a_signed_document_is_said_to_be_signed() -> None:
    extension = (
        f'<ext:UBLExtensions xmlns:ext="{UBL}CommonExtensionComponents-2">'
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></ext:UBLExtensions>'
        "<cbc:ID>CAT-1</cbc:ID>"
    )
    assert reading("catalogue", ("<cbc:ID>CAT-1</cbc:ID>", extension)).facts["signed"] is True


def test_an_amount_and_a_quantity_without_a_unit_are_kept_without_one() -> None:
    facts = reading(
        "order",
        (' currencyID="EUR"', ""),
        (' unitCode="KGM"', ""),
    ).facts
    assert facts["payable"] == {"value": "1000.00"}
    assert facts["lines"][0]["quantities"] == {"Quantity": {"value": "400"}}
    assert "currency" not in facts


def test_an_invoice_becomes_a_claim_of_the_seller_on_the_buyer() -> None:
    invoice = document("invoice")
    assert (invoice.kind, invoice.number, invoice.currency) == (Kind.INVOICE, "LW-2041", "EUR")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 2), date(2026, 5, 1))
    assert (invoice.seller.name, invoice.seller.tax_id) == ("Linden Wire Works", "DK10012002")
    assert (invoice.seller.account, invoice.seller.phone) == ("DK00000000000000", "+45 0000 0001")
    assert invoice.seller.address == "Kiln Lane, Aarhus, 8000, Gate 4, DK"
    assert (invoice.buyer.name, invoice.buyer.account) == ("Harbour Crane Makers", None)
    assert invoice.references == {
        "order": ("PO-77",),
        "despatch": ("DA-9", "DA-10"),
        "receipt": ("RA-3",),
        "contract": ("FRAME-1",),
    }
    assert invoice.attributes == {
        "type": "Invoice",
        "uuid": "0d9b0d0e-6a0c-4c55-9a52-0a3f2f6f4a11",
        "payee": "Sound Factoring",
        "payment_reference": "RF-2041",
    }


def test_the_totals_of_an_invoice_are_carried_as_stated() -> None:
    totals = document("invoice").totals
    assert (totals.line_net, totals.net, totals.tax) == (
        Decimal("1012.50"),
        Decimal("982.50"),
        Decimal("243.75"),
    )
    assert (totals.allowances, totals.charges) == (Decimal("50.00"), Decimal("20.00"))
    assert (totals.gross, totals.payable, totals.prepaid) == (
        Decimal("1226.25"),
        Decimal("1000.00"),
        Decimal("226.00"),
    )


def test_an_invoice_line_keeps_price_base_tax_and_order_line() -> None:
    wire, spool = document("invoice").lines
    assert wire.place == "/Invoice/InvoiceLine[1] (line 100)"
    assert wire.item_keys == {
        "buyer": "B-1",
        "seller": "W2",
        "standard": "06900000000017",
        "name": "steel wire 2 mm",
    }
    assert (wire.quantity, wire.unit, wire.price, wire.price_base) == (
        Decimal(400),
        "KGM",
        Decimal("250.00"),
        Decimal(100),
    )
    assert (wire.net, wire.tax, wire.tax_rate) == (
        Decimal("1000.00"),
        Decimal("250.00"),
        Decimal("0.25"),
    )
    assert (wire.order_id, wire.order_line) == ("PO-77", "10")
    assert (spool.tax, spool.tax_rate, spool.price_base) == (None, Decimal("0.1"), Decimal(1))


def test_the_due_date_of_the_invoice_stands_before_that_of_a_payment_means() -> None:
    due = (
        "<cbc:DocumentCurrencyCode>",
        "<cbc:DueDate>2026-04-15</cbc:DueDate>\n<cbc:DocumentCurrencyCode>",
    )
    assert document("invoice", due).due_on == date(2026, 4, 15)


def test_of_several_due_dates_the_last_counts() -> None:
    terms = (
        "<cac:PaymentTerms><cbc:PaymentDueDate>2026-06-01</cbc:PaymentDueDate></cac:PaymentTerms>"
    )
    edit = ("<cac:LegalMonetaryTotal>", f"{terms}<cac:LegalMonetaryTotal>")
    assert document("invoice", edit).due_on == date(2026, 6, 1)


def test_an_invoice_without_payment_means_has_no_account_and_no_due_date() -> None:
    invoice = document("order")
    assert (invoice.seller.account, invoice.due_on) == (None, None)


def test_a_copy_says_so() -> None:
    edit = ("<cbc:CopyIndicator>false", "<cbc:CopyIndicator>true")
    assert document("invoice", edit).attributes["copy"] == "true"


@pytest.mark.parametrize("root", ["SelfBilledInvoice", "FreightInvoice"])
def test_an_invoice_by_another_name_is_a_claim_too(root: str) -> None:
    plain = document("invoice")
    invoice = document(
        "invoice",
        ("Invoice-2", f"{root}-2"),
        ("<Invoice ", f"<{root} "),
        ("</Invoice>", f"</{root}>"),
    )
    assert invoice.attributes["type"] == root
    assert (invoice.kind, invoice.totals, invoice.seller) == (
        plain.kind,
        plain.totals,
        plain.seller,
    )


def test_a_debit_note_is_issued_by_the_debtor_and_takes_from_the_claim() -> None:
    note = document(
        "credit-note",
        ("CreditNote", "DebitNote"),
        ("CreditedQuantity", "DebitedQuantity"),
        ("LegalMonetaryTotal", "RequestedMonetaryTotal"),
    )
    assert (note.kind, note.lines[0].quantity) == (Kind.CREDIT_NOTE, Decimal(5))


def test_a_credit_note_names_the_invoices_it_takes_from() -> None:
    note = document("credit-note")
    assert note.kind is Kind.CREDIT_NOTE
    assert note.references == {"invoice": ("LW-2041", "LW-2040")}
    assert note.issued_on == date(2026, 3, 20)
    assert note.currency == "EUR"
    assert note.attributes["reason"] == "spools never ordered"


def test_an_order_line_is_read_from_its_line_item() -> None:
    order = document("order")
    (line,) = order.lines
    assert (order.kind, order.buyer.name) == (Kind.ORDER, "Harbour Crane Makers")
    assert (line.id, line.quantity, line.net, line.tax) == (
        "10",
        Decimal(400),
        Decimal("1000.00"),
        Decimal("250.00"),
    )
    assert line.item_keys == {"name": "Steel wire, drawn"}


def test_a_receipt_counts_the_good_and_keeps_short_and_rejected() -> None:
    (line,) = document("receipt-advice").lines
    assert (line.quantity, line.short, line.rejected, line.oversupplied) == (
        Decimal(350),
        Decimal(10),
        Decimal(40),
        Decimal(0),
    )


def test_more_rejected_than_received_leaves_nothing_good() -> None:
    edit = ('<cbc:RejectedQuantity unitCode="KGM">40', '<cbc:RejectedQuantity unitCode="KGM">400')
    assert document("receipt-advice", edit).lines[0].quantity == 0


def test_a_despatch_advice_tells_what_was_delivered() -> None:
    despatch = document(
        "receipt-advice",
        ("ReceiptAdvice", "DespatchAdvice"),
        ("ReceiptLine", "DespatchLine"),
        ("ReceivedQuantity", "DeliveredQuantity"),
    )
    assert despatch.kind is Kind.DESPATCH_ADVICE
    assert despatch.lines[0].quantity == Decimal(390)
    assert despatch.seller.name == "Linden Wire Works"


def test_a_waybill_lists_the_goods_it_carries_and_the_orders_it_serves() -> None:
    waybill = document("waybill")
    assert waybill.kind is Kind.WAYBILL
    assert [(line.id, line.quantity, line.unit) for line in waybill.lines] == [
        ("1", Decimal(400), "KGM"),
        ("2", Decimal(5), "C62"),
    ]
    assert waybill.references == {"order": ("PO-77",), "despatch": ("DA-9",)}
    assert (waybill.seller.name, waybill.buyer.name) == ("Linden Wire Works", None)
    assert waybill.issued_on is None


@pytest.mark.parametrize(
    ("edits", "accepted"),
    [
        ((), False),
        ((("AcceptedIndicator>false", "AcceptedIndicator>true"),), True),
        ((("AcceptedIndicator>false", "AcceptedIndicator>1"),), True),
    ],
)
def test_a_simple_order_response_says_yes_or_no(
    edits: tuple[tuple[str, str], ...], *, accepted: bool
) -> None:
    response = document("order-response-simple", *edits)
    assert (response.kind, response.accepted) == (Kind.ORDER_RESPONSE, accepted)
    assert response.attributes["reason"] == "out of stock"


def test_a_party_is_called_by_its_identifier_where_it_has_no_name() -> None:
    response = document("order-response-simple")
    assert response.seller.name == "S-17"


def test_a_chinese_registration_number_counts_as_tax_id() -> None:
    response = document("order-response-simple")
    assert (response.seller.tax_id, response.buyer.tax_id) == (None, "91310000MA1FL00017")


@pytest.mark.parametrize(
    ("code", "accepted"), [("AP", True), ("29", True), ("RE", False), ("27", False), ("CA", None)]
)
def test_a_full_order_response_answers_by_its_code(code: str, *, accepted: bool | None) -> None:
    response = document(
        "order-response-simple",
        ("OrderResponseSimple", "OrderResponse"),
        (
            "<cbc:AcceptedIndicator>false</cbc:AcceptedIndicator>",
            f"<cbc:OrderResponseCode>{code}</cbc:OrderResponseCode>",
        ),
    )
    assert response.accepted is accepted


def test_a_cancelled_order_is_an_order_that_is_not_accepted() -> None:
    cancelled = document(
        "order-response-simple",
        ("OrderResponseSimple", "OrderCancellation"),
        ("<cbc:AcceptedIndicator>false</cbc:AcceptedIndicator>", ""),
        ("RejectionNote", "CancellationNote"),
    )
    assert (cancelled.kind, cancelled.accepted) == (Kind.ORDER_RESPONSE, False)


def test_a_remittance_advice_says_what_is_paid_for_which_invoice() -> None:
    advice = document("remittance-advice")
    assert (advice.kind, advice.totals.payable) == (Kind.REMITTANCE_ADVICE, Decimal("986.25"))
    assert advice.references == {"invoice": ("LW-2041",)}
    assert advice.lines[0].net == Decimal("986.25")


def test_a_document_without_a_claim_is_understood_and_kept() -> None:
    catalogue = document("catalogue")
    assert (catalogue.kind, catalogue.number) == (Kind.OTHER, "CAT-1")
    assert catalogue.seller.name is None
