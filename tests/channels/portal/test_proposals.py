"""What is proposed is what is signed is what is filed."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.channels.portal.people import BUYER, DAY, MAKER, NAME, NOW, OTHER, SELLER, payable

from heliu.channels.portal.proposals import Act, Item, Proposal, items_of, message_of, order_text
from heliu.channels.web.api import Speaker, checked
from heliu.flows.information.api import CONNECTORS
from heliu.flows.intake.api import Blob, Kind, Unreadable, read_blob
from heliu.ground.money import Money

ITEMS = items_of([payable("A1"), payable("A2", due_on=None), payable("B1", supplier=OTHER)])
PROPOSAL = Proposal(UUID(int=5), BUYER, Act.CONFIRM, "", ITEMS, MAKER, NOW)
DISPUTE = replace(PROPOSAL, act=Act.DISPUTE, reason="货物未收")


def blob(data: bytes) -> Blob:
    return Blob("portal", "approvals.json", "0" * 64, data)


def test_a_payable_without_an_amount_is_nothing_to_confirm() -> None:
    assert items_of([payable("A1", invoiced=0)]) == ()


def test_a_payable_is_confirmed_whole_or_for_less_never_for_more() -> None:
    owed = payable("A1", invoiced=100_00)
    amounts = [items_of([owed], {owed.id: Money(said)}) for said in (60_00, 100_00, 900_00)]
    assert [items[0].amount.minor for items in amounts] == [60_00, 100_00, 100_00]
    assert items_of([owed], {owed.id: Money(0)}) == ()


@pytest.mark.parametrize(
    ("proposal", "accepted", "reason"), [(PROPOSAL, True, None), (DISPUTE, False, "货物未收")]
)
def test_the_message_is_read_as_the_approvals_that_were_signed(
    *, proposal: Proposal, accepted: bool, reason: str | None
) -> None:
    _, reading = read_blob(CONNECTORS, blob(message_of(proposal, DAY, NOW)))
    assert reading.complaints == ()
    assert [
        (d.kind, d.references["invoice"][0], d.seller.tax_id, d.totals.payable, d.due_on)
        for d in reading.documents
    ] == [
        (Kind.APPROVAL, "A1", SELLER, Decimal(100), date(2026, 5, 20)),
        (Kind.APPROVAL, "A2", SELLER, Decimal(100), None),
        (Kind.APPROVAL, "B1", OTHER, Decimal(100), date(2026, 5, 20)),
    ]
    assert {(d.accepted, d.attributes.get("reason")) for d in reading.documents} == {
        (accepted, reason)
    }
    assert {d.issued_on for d in reading.documents} == {DAY}


def test_only_its_own_enterprise_may_say_it_and_only_with_the_permission() -> None:
    message = blob(message_of(PROPOSAL, DAY, NOW))
    assert checked(Speaker(BUYER, frozenset({"approvals:write"})), [message]) == [message]
    for speaker in (Speaker(OTHER, frozenset({"approvals:write"})), Speaker(BUYER, frozenset())):
        (refused,) = checked(speaker, [message])
        assert isinstance(refused, Unreadable)


def test_the_sentence_names_count_sum_suppliers_and_the_list() -> None:
    text = order_text(PROPOSAL, {SELLER: NAME})
    assert "确认 3 笔应付账款，合计 ¥300.00：润生紧固件 2 笔" in text.zh
    assert f"List {PROPOSAL.digest[:16]}" in text.en
    assert "原因：货物未收" in order_text(DISPUTE, {}).zh
    many = [replace(ITEMS[0], supplier=f"S{n}", receivable=UUID(int=n)) for n in range(5)]
    crowd = replace(PROPOSAL, items=tuple(many))
    assert "等 5 家" in order_text(crowd, {}).zh
    assert "and 2 more" in order_text(crowd, {}).en


@given(st.integers(0, 2), st.integers(1, 10**12))
def test_no_item_can_be_changed_under_the_digest(place: int, minor: int) -> None:
    items = list(PROPOSAL.items)
    items[place] = replace(items[place], amount=Money(items[place].amount.minor + minor))
    assert replace(PROPOSAL, items=tuple(items)).digest != PROPOSAL.digest
    assert DISPUTE.digest != PROPOSAL.digest


@given(st.lists(st.integers(1, 10**13), min_size=1, max_size=30))
def test_the_total_is_the_sum_of_what_the_message_says(amounts: list[int]) -> None:
    items = tuple(
        Item(UUID(int=n), SELLER, f"F{n}", Money(minor), None) for n, minor in enumerate(amounts)
    )
    made = replace(PROPOSAL, items=items)
    said = json.loads(message_of(made, DAY, NOW))["approvals"]
    assert sum(Money.of(one["amount"], "CNY").minor for one in said) == made.total.minor
    assert len({one["id"] for one in said}) == len(items)
