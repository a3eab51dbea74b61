"""The three-way match over several orders, receipts, despatches and units, told as small trades."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.flows.verification.trades import (
    FRIDGE,
    INVOICED,
    OPTIONAL,
    TERMS,
    TODAY,
    D,
    approval,
    credit_note,
    despatch,
    document,
    event,
    goods,
    invoice,
    line,
    order,
    receipt,
    remittance,
    response,
    terms,
    totals,
    trade,
)

from heliu.flows.intake.api import Kind, PartyRef, Totals
from heliu.flows.verification.api import (
    Bin,
    Claim,
    LineKey,
    TradeCase,
    VerificationTerms,
    dilution,
    verify,
)
from heliu.flows.verification.domain.claims import complete, passed
from heliu.ground.errors import Fault
from heliu.ground.money import Money

PALLET = {"standard": "6901234567892"}
PALLETS = line(10, "50", id="2", place="/line/2", item_keys=PALLET, order_line=None)
RECEIPT_OPTIONAL = terms(receipt=OPTIONAL)
NO_ORDER = terms(OPTIONAL)
LOT = goods(100, item_keys={"epc_class": "urn:lot"}, order_line=None)


def eligible(case: TradeCase, asked: VerificationTerms = TERMS) -> str:
    return f"{verify(case, asked).eligible.amount}"


def codes(case: TradeCase, asked: VerificationTerms = TERMS) -> set[str]:
    return {found.code for found in verify(case, asked).findings}


@pytest.mark.parametrize(
    ("ordered", "received", "amount"),
    [
        ([100], [100], "1130.00"),
        ([100], [60, 40], "1130.00"),
        ([100], [60, 30], "1017.00"),
        ([100], [60, 60], "1130.00"),
        ([100], [0], "0.00"),
        ([40], [100], "461.04"),  # 40 and the tolerance of two in a hundred
        ([99], [100], "1130.00"),
        ([98], [100], "1129.54"),
        ([200], [100], "1130.00"),
    ],
)
def test_the_least_of_ordered_received_and_invoiced_is_supported(
    ordered: list[int], received: list[int], amount: str
) -> None:
    case = trade(
        orders=tuple(order(line(q, order_line=None)) for q in ordered),
        receipts=tuple(receipt(goods(q), number=f"GR-{n}") for n, q in enumerate(received)),
    )
    assert eligible(case) == amount


def test_one_invoice_over_two_orders_takes_each_line_from_its_own() -> None:
    lines = (line(60, order_id="PO-1"), line(40, id="2", place="/line/2", order_id="PO-2"))
    case = trade(
        invoice=invoice(*lines, references={"order": ("PO-1", "PO-2")}),
        orders=(order(line(60)), order(line(40), number="PO-2")),
        receipts=(
            receipt(goods(60)),
            receipt(goods(30), number="GR-2", references={"order": ("PO-2",)}),
        ),
    )
    assert eligible(case) == "1017.00"
    assert verify(case, TERMS).uses[LineKey(Kind.ORDER, "PO-2", "1")] == D(30)


def test_lines_find_each_other_by_any_spelling_of_their_gtin() -> None:
    short = {"standard": "0 6901234567892"}
    case = trade(
        invoice=invoice(line(), PALLETS),
        orders=(order(line(), replace(PALLETS, item_keys=short)),),
        receipts=(receipt(goods(), goods(10, id="2", item_keys=PALLET, order_line=None)),),
    )
    assert eligible(case) == "1695.00"


def test_a_reference_never_overrides_an_item_key_that_differs() -> None:
    other = trade(orders=(order(line(item_keys={"buyer": "B-9"})),))
    assert eligible(other) == "0.00"
    assert "line.not_ordered" in codes(other)


def test_a_receipt_of_another_order_or_order_line_supports_nothing() -> None:
    elsewhere = receipt(references={"order": ("PO-9",)})
    assert eligible(trade(receipts=(elsewhere,))) == "0.00"
    assert eligible(trade(receipts=(receipt(goods(order_line="7")),))) == "0.00"


def test_the_cheaper_of_two_equal_goods_is_served_first() -> None:
    dear = line(50, "20", id="2", place="/line/2", order_line=None)
    case = trade(
        invoice=invoice(line(50, order_line=None), dear),
        orders=(order(line(50), replace(dear, order_line=None)),),
        receipts=(receipt(goods(50, order_line=None)),),
    )
    assert eligible(case) == "565.00"


def test_an_invoice_asks_the_order_whose_price_bears_its_own() -> None:
    case = trade(
        invoice=invoice(line(100, "12", order_line=None), references={}),
        orders=(order(line(100, "8")), order(line(100, "12"), number="PO-2")),
        receipts=(receipt(references={}),),
    )
    assert eligible(case) == "1356.00"


@pytest.mark.parametrize(
    ("invoiced", "received", "amount"),
    [
        (line(1, "1000", unit="TNE"), goods(900, unit="KGM"), "1017.00"),
        (line(1000, "1", unit="公斤"), goods("0.9", unit="吨"), "1017.00"),
        (line(1000, "1", unit="KG"), goods(900000, unit="GRM"), "1017.00"),
        (line(100, unit="件"), goods(90, unit="C62"), "1017.00"),
        (line(100, unit="EA"), goods(90, unit="PCE"), "1017.00"),
        (line(100, unit="ＭＴＲ"), goods(90, unit="米"), "1017.00"),
        (line(100, unit="KGM"), goods(90, unit="斤两千克"), "1017.00"),
        (line(100, unit="XYZ"), goods(90, unit="xyz"), "1017.00"),
        (line(100, unit="XYZ"), goods(90, unit="KGM"), "0.00"),
        (line(100, unit=None), goods(90, unit=None), "1017.00"),
        (line(100, unit=None), goods(90, unit="BX"), "0.00"),
    ],
)
def test_units_are_converted_within_their_dimension_only(
    invoiced: Any, received: Any, amount: str
) -> None:
    case = trade(
        invoice=invoice(invoiced),
        orders=(order(invoiced),),
        receipts=(receipt(received),),
    )
    assert eligible(case) == amount


@pytest.mark.parametrize(
    ("events", "amount"),
    [
        ((event(),), "1130.00"),
        ((event(goods(90, unit="BX")),), "1017.00"),
        ((event(goods(90, unit="BX"), LOT),), "1017.00"),
        ((event(goods(90)), event(goods(90), number="EV-2")), "1130.00"),
        ((event(goods(90, item_keys={"buyer": "B-9"})),), "0.00"),
        ((event(goods(90, unit=None)),), "0.00"),  # pieces are not boxes
        ((event(step="shipping"),), "0.00"),
        ((event(references={"despatch": ("DA-9",)}),), "0.00"),
        ((event(references={"order": ("PO-1",)}),), "1130.00"),
        ((event(void=True),), "0.00"),
        ((event(issued_on=TODAY),), "0.00"),  # eleven days after the invoice
    ],
)
def test_a_despatch_counts_as_received_as_far_as_receiving_events_saw_it(
    events: tuple[Any, ...], amount: str
) -> None:
    case = trade(receipts=(), despatches=(despatch(),), observations=events)
    assert eligible(case) == amount


def test_a_count_without_a_unit_is_of_pieces() -> None:
    pieces = line(unit="件")
    case = trade(
        invoice=invoice(pieces),
        orders=(order(pieces),),
        receipts=(),
        despatches=(despatch(goods(unit="件")),),
        observations=(event(goods(90, unit=None, item_keys={"standard": "6901"})),),
    )
    assert eligible(case) == "1017.00"


def test_what_an_event_counted_is_not_counted_for_two_despatches() -> None:
    case = trade(
        receipts=(),
        despatches=(despatch(goods(50)), despatch(goods(50), number="DA-2")),
        observations=(event(references={"order": ("PO-1",)}),),
    )
    assert "receipt.missing" in codes(case)


def test_a_receipt_advice_and_the_event_on_its_despatch_are_one_delivery() -> None:
    advice = receipt(goods(60), references={"order": ("PO-1",), "despatch": ("DA-1",)})
    both = trade(receipts=(advice,), despatches=(despatch(),), observations=(event(),))
    assert eligible(both) == "678.00"
    silent = trade(
        receipts=(receipt(goods(60)),), despatches=(despatch(),), observations=(event(),)
    )
    assert eligible(silent) == "678.00"


def test_goods_used_under_their_despatch_are_not_used_again_under_their_receipt() -> None:
    consumed = {LineKey(Kind.DESPATCH_ADVICE, "DA-1", "1"): D(30)}
    advice = receipt(references={"order": ("PO-1",), "despatch": ("DA-1",)})
    assert eligible(trade(receipts=(advice,), consumed=consumed)) == "0.00"


def test_where_receipts_are_optional_a_despatch_still_bounds_the_amount() -> None:
    without = trade(receipts=())
    assert eligible(without, RECEIPT_OPTIONAL) == "1130.00"
    sent = replace(without, despatches=(despatch(goods(90)),))
    assert eligible(sent, RECEIPT_OPTIONAL) == "1017.00"
    waybill = document(Kind.WAYBILL, "WB-1", [goods(80)], references={"order": ("PO-1",)})
    assert eligible(replace(without, waybills=(waybill,)), RECEIPT_OPTIONAL) == "904.00"


def test_evidence_that_was_set_aside_is_not_the_same_as_none() -> None:
    late = receipt(issued_on=TODAY)
    assert eligible(trade(receipts=(late,)), RECEIPT_OPTIONAL) == "0.00"
    foreign = receipt(goods(10), buyer=PartyRef(tax_id="91110000OTHER00003"))
    assert eligible(trade(receipts=(foreign,)), RECEIPT_OPTIONAL) == "1130.00"


def test_the_same_receipt_sent_twice_counts_once() -> None:
    half = receipt(goods(50))
    copy = receipt(goods(50, place="/other/place"), attributes={"copy": "true"})
    assert eligible(trade(receipts=(half, copy))) == "565.00"
    assert eligible(trade(receipts=(half, receipt(goods(60))))) == "0.00"


def test_an_order_counts_for_what_the_seller_confirmed() -> None:
    answer = response(accepted=True, lines=(goods(60),))
    assert eligible(trade(responses=(answer,))) == "691.56"
    void = response(accepted=True, lines=(goods(60),), void=True)
    assert eligible(trade(responses=(void,))) == "1130.00"


def test_a_later_acceptance_lifts_a_rejection_and_an_earlier_one_does_not() -> None:
    no = response(accepted=False, issued_on=INVOICED)
    later = response(accepted=True, issued_on=TODAY, number="OR-2")
    earlier = response(accepted=True, number="OR-2")
    assert eligible(trade(responses=(no, later))) == "1130.00"
    assert eligible(trade(responses=(no, earlier))) == "0.00"


def test_discount_lines_lower_the_rest_and_ask_for_no_goods() -> None:
    discount = line(None, id="2", place="/line/2", item_keys={}, net=D(-100), tax=D(-13))
    case = trade(invoice=invoice(line(), discount), receipts=(receipt(goods(90)),))
    assert eligible(case) == "915.30"
    match = verify(case, TERMS).lines[1]
    assert (match.share, match.supported) == (Money(0), None)


def test_a_document_allowance_is_borne_by_every_line_in_proportion() -> None:
    lines = (line(60), line(40, id="2", place="/line/2", item_keys=PALLET, order_line="2"))
    case = trade(
        invoice=invoice(
            *lines,
            sums={
                "allowances": D(100),
                "net": D(900),
                "tax": D(117),
                "gross": D(1017),
                "payable": D(1017),
            },
        ),
        orders=(order(*lines),),
        receipts=(receipt(goods(60), goods(20, id="2", item_keys=PALLET, order_line="2")),),
    )
    assert [m.share for m in verify(case, TERMS).lines] == [Money(61020), Money(40680)]
    assert eligible(case) == "813.60"


def test_an_invoice_without_lines_rests_on_the_approval_alone() -> None:
    bare = invoice(lines=(), totals=totals([line()]), references={})
    asked = terms(OPTIONAL, OPTIONAL)
    approved = trade(invoice=bare, orders=(), receipts=(), approvals=(approval("1000"),))
    assert eligible(approved, asked) == "1000.00"
    assert eligible(replace(approved, approvals=()), asked) == "0.00"
    taxed = replace(approved, approvals=(approval(),))
    assert eligible(taxed, asked) == "1130.00"


def test_tax_without_a_rate_follows_the_rate_of_the_order() -> None:
    silent = invoice(
        line(tax=None, tax_rate=None), sums={"tax": D(170), "gross": D(1170), "payable": D(1170)}
    )
    case = trade(invoice=silent)
    assert (eligible(case), codes(case)) == ("1130.00", {"tax.exceeds_base"})
    untaxed = trade(invoice=silent, orders=(order(line(tax=None, tax_rate=None)),))
    assert eligible(replace(untaxed, approvals=(approval("1170"),))) == "1170.00"
    named = invoice(line(tax=D(170), tax_rate=None), sums={"tax": D(170), "payable": D(1170)})
    approved = replace(untaxed, invoice=named, approvals=(approval("1170"),))
    assert eligible(approved) == "1170.00"


def test_an_approval_stands_for_prices_the_order_does_not_state() -> None:
    case = trade(orders=(order(goods()),), approvals=(approval(),))
    assert eligible(case) == "1130.00"


def test_the_newest_approval_counts_and_the_lowest_of_one_day() -> None:
    newer = approval("900", number="AP-2", issued_on=TODAY)
    lower = approval("800", number="AP-3", issued_on=TODAY)
    undecided = approval("1", number="AP-4", issued_on=TODAY, accepted=None)
    assert eligible(trade(approvals=(approval(), newer))) == "900.00"
    assert eligible(trade(approvals=(approval(), newer, lower, undecided))) == "800.00"


def test_a_credit_note_after_the_approval_lowers_what_was_approved() -> None:
    case = trade(approvals=(approval("1000"),), credit_notes=(credit_note("130"),))
    assert eligible(case) == "870.00"
    before = credit_note("130", issued_on=INVOICED.replace(day=20))
    assert eligible(replace(case, credit_notes=(before,))) == "1000.00"


@pytest.mark.parametrize(
    ("note", "amount"),
    [
        (credit_note("-130"), "1000.00"),  # a red letter writes minus
        (credit_note(None, totals=Totals(gross=D(130))), "1000.00"),
        (credit_note(None, totals=Totals(net=D(100), tax=D(13))), "1017.00"),
        (credit_note(None, line(10)), "1017.00"),
        (credit_note("130", void=True), "1130.00"),
        (credit_note("Infinity"), "0.00"),
    ],
)
def test_a_credit_note_takes_off_its_amount_however_it_is_written(note: Any, amount: str) -> None:
    assert eligible(trade(credit_notes=(note,))) == amount


def test_a_credit_note_sent_again_counts_once_with_its_larger_amount() -> None:
    notes = (credit_note("130"), credit_note("30"), credit_note("130.00"))
    assert eligible(trade(credit_notes=notes)) == "1000.00"


def test_dilution_counts_what_the_verdict_did_not_know() -> None:
    known = credit_note("130")
    case = trade(credit_notes=(known, credit_note("400", number="CN-2")))
    after = dilution(case, Money(100000), Money(80000), frozenset({known.id}))
    assert (after.diluted, after.collectable) == (Money(40000), Money(60000))
    assert after.shortfall == Money(20000)
    unclear = trade(credit_notes=(credit_note(None),))
    assert dilution(unclear, Money(100000), Money(80000)).shortfall == Money(80000)


def test_lines_that_share_a_place_or_an_id_keep_their_own_claims_and_one_pool() -> None:
    twin = line(50)
    case = trade(
        invoice=invoice(twin, replace(twin, net=D(500))),
        orders=(order(line(100)),),
        receipts=(receipt(goods(60), goods(60)),),
    )
    assert eligible(case) == "678.00"
    assert len({m.place for m in verify(case, TERMS).lines}) == 2


def test_a_claim_that_is_forgotten_doubled_or_unknown_is_a_fault() -> None:
    claims = verify(trade(), TERMS).claims
    doubled = (*claims, passed(Claim.SELLER, "/", into=Bin.OPTIONAL))
    unknown = (*claims, passed(Claim.LINE_PRICE, "/line/9"))
    complete(claims, "/", ["/line/1"])
    for wrong in (claims[1:], doubled, unknown):
        with pytest.raises(Fault, match="outside their one bin"):
            complete(wrong, "/", ["/line/1"])


def test_an_order_without_quantity_or_with_no_price_base_supports_nothing() -> None:
    assert eligible(trade(orders=(order(line(None, net=D(1000))),))) == "0.00"
    unpriced = line(net=None, tax=None, price_base=D(0))
    assert eligible(trade(orders=(order(unpriced),))) == "0.00"
    assert "line.amount_missing" in codes(trade(invoice=invoice(unpriced)))


def test_what_a_document_leaves_unsaid_follows_from_what_it_says() -> None:
    untold = invoice(
        line(net=None), sums={"tax": None, "net": D(1000), "gross": D(1130), "payable": D(1130)}
    )
    assert eligible(trade(invoice=untold, remittances=(remittance(void=True),))) == "1130.00"
    assert codes(trade(invoice=untold, remittances=(remittance(void=True),))) == set()


def test_quantities_leave_with_six_places_rounded_against_the_invoice() -> None:
    lines = line(1, "1130", unit="DZN"), goods(7, unit="件")
    case = trade(
        invoice=invoice(lines[0]), orders=(order(lines[0]),), receipts=(receipt(lines[1]),)
    )
    (match,) = verify(case, TERMS).lines
    assert match.supported == Decimal("0.583333")
    assert dict(match.uses)[LineKey(Kind.ORDER, "PO-1", "1")] == Decimal("0.583334")


def test_an_invoice_alone_with_its_own_price_needs_no_order_where_none_is_asked() -> None:
    case = trade(invoice=invoice(line(item_keys=FRIDGE)), orders=())
    assert eligible(case, NO_ORDER) == "1130.00"
