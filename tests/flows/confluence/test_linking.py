"""Which documents tell of one trade: by number and by parties, in any order."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.flows.confluence.api import Linker, documents_of, identity
from heliu.flows.intake.api import Filed, Kind, Line, PartyRef, TradeDocument

SELLER, BUYER = PartyRef("Seller Ltd", "S1"), PartyRef("Buyer Ltd", "B1")
OTHER = PartyRef("Other Ltd", "O1")
DAY = date(2026, 5, 20)


def filed(
    number: str,
    kind: Kind,
    *,
    seller: PartyRef = SELLER,
    buyer: PartyRef = BUYER,
    lines: tuple[Line, ...] = (),
    **references: str,
) -> Filed:
    cited = {relation: (cited,) for relation, cited in references.items()}
    document = TradeDocument(
        kind, number, "/", DAY, "CNY", seller, buyer, references=cited, lines=lines
    )
    identity = UUID(int=hash((number, kind, seller.tax_id)) % 2**128)
    return Filed(identity, "0" * 64, f"{number}.xml", document)


INVOICE = filed("INV-1", Kind.INVOICE, order="PO-1")
TRADE = (
    filed("PO-1", Kind.ORDER),
    filed("OR-1", Kind.ORDER_RESPONSE, order="PO-1"),
    filed("DN-1", Kind.DESPATCH_ADVICE, order="PO-1"),
    filed("GR-1", Kind.RECEIPT_ADVICE, despatch="DN-1"),
    filed("EV-1", Kind.LOGISTICS_EVENT, seller=PartyRef(), buyer=PartyRef(), despatch="DN-1"),
    filed("WB-1", Kind.WAYBILL, seller=PartyRef(), buyer=PartyRef(), order="PO-1"),
    filed("CN-1", Kind.CREDIT_NOTE, invoice="INV-1"),
    filed("AP-1", Kind.APPROVAL, invoice="INV-1"),
    filed("RA-1", Kind.REMITTANCE_ADVICE, invoice="INV-1"),
    filed("S1", Kind.PARTY, buyer=PartyRef()),
)


@given(order=st.permutations((INVOICE, *TRADE)))
def test_a_trade_is_gathered_whatever_order_its_documents_came_in(order: list[Filed]) -> None:
    case = Linker(order).case(INVOICE)
    assert {f.document.number for f in documents_of(case)} == {
        f.document.number for f in (INVOICE, *TRADE)
    }


@pytest.mark.parametrize("document", TRADE, ids=lambda f: f.document.kind)
def test_each_document_of_a_trade_touches_its_invoice(document: Filed) -> None:
    assert Linker((INVOICE, *TRADE)).touched_by([document]) == [INVOICE]


def test_old_trades_are_let_go_and_what_is_known_of_parties_stays() -> None:
    young = replace(INVOICE, id=UUID(int=1), document=replace(INVOICE.document, issued_on=None))
    linker = Linker((INVOICE, young, *TRADE))
    linker.forget(DAY)
    assert len(documents_of(linker.case(INVOICE))) == len(TRADE) + 1
    linker.forget(date(2026, 5, 21))
    assert (linker.invoices, linker.sold()) == ([young], [young])
    assert [f.document.kind for f in documents_of(linker.case(INVOICE))[1:]] == [Kind.PARTY]
    linker.add((INVOICE,), since=date(2026, 5, 21))
    assert linker.sold() == [young]
    linker.add(TRADE)
    assert len(documents_of(linker.case(INVOICE))) == len(TRADE) + 1


def test_the_same_number_of_another_seller_is_another_trade() -> None:
    order = filed("PO-1", Kind.ORDER, seller=OTHER)
    note = filed("CN-1", Kind.CREDIT_NOTE, seller=OTHER, invoice="INV-1")
    case = Linker((INVOICE, order, note)).case(INVOICE)
    assert documents_of(case) == [INVOICE]


def test_a_line_may_name_the_order_that_the_head_does_not() -> None:
    invoice = filed("INV-2", Kind.INVOICE, lines=(Line("1", "/1", {}, order_id="PO-1"),))
    case = Linker((invoice, *TRADE)).case(invoice)
    assert [f.document.number for f in case.orders] == ["PO-1"]


def test_an_invoice_without_an_order_number_gathers_no_order() -> None:
    invoice = filed("INV-3", Kind.INVOICE)
    assert Linker((invoice, *TRADE)).case(invoice).orders == ()


def test_a_party_without_tax_id_is_known_by_its_name() -> None:
    named = filed("PO-1", Kind.ORDER, seller=PartyRef("SELLER  ltd"))
    assert Linker((INVOICE, named)).case(INVOICE).orders == (named,)
    wrong = filed("PO-1", Kind.ORDER, seller=PartyRef("Somebody else"))
    assert Linker((INVOICE, wrong)).case(INVOICE).orders == ()


@pytest.mark.parametrize(
    ("party", "known_as"),
    [
        (PartyRef("Seller", " s1 2 "), "S12"),
        (PartyRef("北 京　公司"), "北京公司"),
        (PartyRef(), None),
    ],
)
def test_identity_is_the_tax_id_else_the_name(party: PartyRef, known_as: str | None) -> None:
    assert identity(party) == known_as


def test_an_approval_in_the_suppliers_own_envelope_confirms_nothing() -> None:
    approval = filed("AP-1", Kind.APPROVAL, invoice="INV-1")
    by_buyer = replace(approval.document, attributes={"issuer": "B1"})
    by_seller = replace(approval.document, attributes={"issuer": "S1"})
    confirmed = replace(approval, document=by_buyer)
    assert Linker((INVOICE, confirmed)).case(INVOICE).approvals == (confirmed,)
    forged = replace(approval, document=by_seller)
    assert Linker((INVOICE, forged)).case(INVOICE).approvals == ()


def test_a_credit_note_finds_the_invoices_it_names() -> None:
    linker = Linker((INVOICE, *TRADE))
    assert linker.credited_by(TRADE[6]) == [INVOICE]
    assert [f.document.number for f in linker.sold_by("S1")] == ["INV-1", "CN-1"]
    assert linker.sold_by(None) == []
