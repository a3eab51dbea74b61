"""Documents screened as they arrive: what is blocked, what is a notice, what it cites."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from heliu.flows.intake.api import Filed, Kind, PartyRef, Totals, TradeDocument
from heliu.flows.screening.api import ClaimCommand, Unclaimable, screen
from heliu.flows.screening.domain.arrival import related_findings
from heliu.flows.verification.api import Finding, FindingSeverity
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.parties.party.api import (
    Account,
    Profile,
    RecordParty,
    RelatedPair,
    Role,
    Status,
    Tie,
    complete_uscc,
    record_parties,
)

SELLER, BUYER, THIRD = (complete_uscc(f"91310000MA1FL{i}A1") for i in range(3))
DAY = date(2026, 5, 20)
LATER = DAY + timedelta(60)
BLOCKING, REDUCING, NOTICE = FindingSeverity


def filed(id_: str, number: str, gross: str, **changed: Any) -> Filed:
    """An invoice of SELLER to BUYER, kept under a name that orders it."""
    seller, buyer = changed.pop("seller", SELLER), changed.pop("buyer", BUYER)
    document = TradeDocument(
        **{
            "kind": Kind.INVOICE,
            "number": number,
            "place": "/",
            "issued_on": DAY,
            "currency": "CNY",
            "seller": PartyRef(tax_id=seller),
            "buyer": PartyRef(tax_id=buyer),
            "totals": Totals(gross=Decimal(gross)),
            **changed,
        }
    )
    return Filed(derived_id("document", id_), "0" * 64, f"{id_}.xml", document)


A = filed("a", "8812345", "11300.00")


def told(tx: Tx, invoices: Sequence[Filed]) -> dict[str, list[tuple[str, FindingSeverity]]]:
    found = screen(tx, invoices, invoices, LATER)
    names = {f.id: f.file.removesuffix(".xml") for f in invoices}
    return {
        names[id_]: [(f.code.removeprefix("screening."), f.severity) for f in findings]
        for id_, findings in sorted(found.items(), key=lambda item: names[item[0]])
    }


def test_an_invoice_alone_has_no_findings(tx: Tx) -> None:
    assert told(tx, [A]) == {}


def test_of_two_copies_the_first_may_be_financed_and_the_second_is_blocked(tx: Tx) -> None:
    copy = filed("b", "8812345", "11300.00")
    assert told(tx, [A, copy]) == {
        "a": [("exact_duplicate", NOTICE)],
        "b": [("exact_duplicate", BLOCKING)],
    }


def test_a_renumbered_copy_of_one_order_is_blocked(tx: Tx) -> None:
    order = {"order": ("PO-7",)}
    first = filed("a", "8812345", "11300.00", references=order)
    copy = filed("b", "77000123", "11300.00", references=order, issued_on=DAY + timedelta(1))
    assert told(tx, [first, copy])["b"] == [("renumbered_duplicate", BLOCKING)]


def test_equal_invoices_for_two_receipts_are_a_notice(tx: Tx) -> None:
    one = filed("a", "8812345", "11300.00", references={"receipt": ("R1",)})
    two = filed("b", "77000123", "11300.00", references={"receipt": ("R2",)})
    assert told(tx, [one, two])["b"] == [("renumbered_duplicate", NOTICE)]


def test_a_second_invoice_that_cites_no_paper_of_its_own_is_blocked(tx: Tx) -> None:
    first = filed("a", "8812345", "11300.00", references={"order": ("PO-7",), "receipt": ("R1",)})
    again = filed("b", "77000123", "11300.00", references={"order": ("PO-7",)})
    assert told(tx, [first, again])["b"] == [("renumbered_duplicate", BLOCKING)]


@pytest.mark.parametrize("after", [20, 30])
def test_a_faint_suspicion_is_no_notice_of_the_day(tx: Tx, after: int) -> None:
    again = filed("b", "8812351", "100.00", issued_on=DAY + timedelta(after))
    assert told(tx, [filed("a", "8812345", "100.00"), again]) == {}


def test_an_invoice_without_an_amount_is_screened_against_nothing(tx: Tx) -> None:
    assert told(tx, [filed("a", "8812345", "1", totals=Totals())]) == {}


def test_trade_of_strangers_changes_nothing(tx: Tx) -> None:
    copy = filed("b", "8812345", "11300.00")
    others = [
        filed(f"o{i}", str(100 + i), f"{900 + i}.00", seller=THIRD, buyer=f"OTHER{i % 2}")
        for i in range(20)
    ]
    alone, among = (screen(tx, [copy], [A, *more], LATER) for more in ([], others))
    assert alone == among != {}


def test_the_same_invoice_offered_by_another_holder_is_found_in_all_that_is_known(tx: Tx) -> None:
    theirs = filed("a", "8812345", "11300.00", seller=THIRD)
    copy = filed("b", "8812345", "11300.00")
    [finding] = screen(tx, [copy], [theirs], LATER)[copy.id]
    assert (finding.code, finding.severity) == ("screening.exact_duplicate", BLOCKING)


def test_a_circle_through_older_documents_is_found(tx: Tx) -> None:
    older = [
        filed("a", "1", "90000.00", seller=BUYER, buyer=THIRD),
        filed("b", "2", "89500.00", seller=THIRD, buyer=SELLER),
    ]
    new = filed("c", "3", "90000.00")
    [finding] = screen(tx, [new], older, LATER)[new.id]
    assert (finding.code, finding.severity) == ("screening.circular_trade", BLOCKING)
    assert {e.document_id for e in finding.evidence} == {f.id for f in (*older, new)}


def test_parts_of_a_whole_are_blocked_and_the_whole_is_told(tx: Tx) -> None:
    whole = filed("a", "8812345", "11300.17")
    parts = filed("p", "61", "4300.11"), filed("q", "7062", "7000.06", issued_on=DAY)
    assert told(tx, [whole, *parts]) == {
        "a": [("split_sum", NOTICE)],
        "p": [("split_sum", BLOCKING)],
        "q": [("split_sum", BLOCKING)],
    }


def test_a_credit_note_above_its_invoice_blocks_both(tx: Tx) -> None:
    note = filed(
        "n", "CN-1", "15000.00", kind=Kind.CREDIT_NOTE, references={"invoice": ("8812345",)}
    )
    assert told(tx, [A, note]) == {
        "a": [("inflated_red_letter", BLOCKING)],
        "n": [("inflated_red_letter", BLOCKING)],
    }


def test_a_full_credit_note_is_nothing_to_suspect(tx: Tx) -> None:
    note = filed(
        "n", "CN-1", "11300.00", kind=Kind.CREDIT_NOTE, references={"invoice": ("8812345",)}
    )
    assert told(tx, [A, note]) == {}


def test_every_leg_of_a_circle_is_blocked_and_cites_the_others(tx: Tx) -> None:
    legs = [
        filed("a", "1", "90000.00"),
        filed("b", "2", "89500.00", seller=BUYER, buyer=THIRD),
        filed("c", "3", "90000.00", seller=THIRD, buyer=SELLER),
    ]
    assert told(tx, legs) == {id_: [("circular_trade", BLOCKING)] for id_ in "abc"}
    [finding] = screen(tx, legs, legs, LATER)[legs[1].id]
    assert {e.document_id for e in finding.evidence} == {leg.id for leg in legs}
    assert finding.evidence[0].document_id == legs[1].id


def test_reciprocal_trade_of_unlike_amounts_is_no_circle(tx: Tx) -> None:
    assert told(tx, [A, filed("b", "2", "9000.00", seller=BUYER, buyer=SELLER)]) == {}


def test_what_is_void_unpriced_of_other_kinds_or_not_yet_issued_is_left_out(tx: Tx) -> None:
    copies = [
        filed("b", "8812345", "11300.00", void=True),
        filed("c", "8812345", "11300.00", totals=Totals()),
        filed("d", "8812345", "11300.00", kind=Kind.ORDER),
        filed("e", "8812345", "11300.00", issued_on=LATER + timedelta(1)),
        filed("f", "8812345", "11300.00", issued_on=None),
        filed("g", "8812345", "11300.00", currency="USD"),
        filed("h", "8812345", "11300.00", seller=None),
    ]
    assert told(tx, [A, *copies]) == {}


def test_only_the_invoices_asked_for_are_answered(tx: Tx) -> None:
    copy = filed("b", "8812345", "11300.00")
    assert set(screen(tx, [copy], [A], LATER)) == {copy.id}


def test_parties_that_share_an_account_in_the_register_are_blocked(tx: Tx) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    profiles = [
        Profile(
            uscc=uscc,
            name_zh=name,
            status=Status.ACTIVE,
            roles=frozenset({Role.SUPPLIER}),
            accounts=(Account("6222000011112222"),),
        )
        for uscc, name in ((SELLER, "甲公司"), (BUYER, "乙公司"))
    ]
    commands = [RecordParty(p, date(2026, 1, 1), now) for p in profiles]
    record_parties(tx, SYSTEM, commands)
    assert told(tx, [A]) == {"a": [("related_parties", BLOCKING)]}


@pytest.mark.parametrize(
    ("ties", "severity"),
    [
        ((Tie.PHONE,), NOTICE),
        ((Tie.LEGAL_REPRESENTATIVE,), NOTICE),
        ((Tie.LEGAL_REPRESENTATIVE, Tie.PHONE), BLOCKING),
        ((Tie.SHAREHOLDING,), BLOCKING),
    ],
)
def test_one_lesser_tie_is_a_notice_and_two_block(
    ties: tuple[Tie, ...], severity: FindingSeverity
) -> None:
    pair = RelatedPair(min(SELLER, BUYER), max(SELLER, BUYER), ties)
    other = filed("x", "2", "9.00", buyer=THIRD)
    found: list[tuple[UUID, Finding]] = list(related_findings([A, other], [pair]))
    assert [(id_, f.severity) for id_, f in found] == [(A.id, severity)]
    assert all(text.zh in found[0][1].message.zh for text in pair.texts)


def test_a_kept_invoice_becomes_a_claim() -> None:
    command = ClaimCommand.of(A, derived_id("holder", "x"), datetime(2026, 6, 1, tzinfo=UTC))
    receivable = command.receivable
    assert (receivable.seller, receivable.buyer) == (SELLER, BUYER)
    assert (receivable.number, receivable.amount) == ("8812345", Money(1_130_000))


def test_without_a_gross_total_the_payable_is_claimed() -> None:
    payable = filed("a", "1", "1", totals=Totals(payable=Decimal("107.50")), currency="GBP")
    command = ClaimCommand.of(payable, derived_id("h"), datetime(2026, 6, 1, tzinfo=UTC))
    assert command.receivable.amount == Money(10_750, "GBP")


@pytest.mark.parametrize(
    ("lacking", "part"),
    [
        ({"seller": None}, "seller"),
        ({"number": "000"}, "number"),
        ({"issued_on": None}, "date"),
        ({"currency": None}, "currency"),
        ({"totals": Totals()}, "amount"),
        ({"totals": Totals(gross=Decimal(-1))}, "amount"),
    ],
)
def test_an_invoice_that_identifies_no_receivable_cannot_be_claimed(
    lacking: dict[str, Any], part: str
) -> None:
    number = lacking.pop("number", "1")
    with pytest.raises(Unclaimable, match=part):
        ClaimCommand.of(
            filed("a", number, "100.00", **lacking),
            derived_id("h"),
            datetime(2026, 6, 1, tzinfo=UTC),
        )
