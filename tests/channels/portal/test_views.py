"""What pages read: an enterprise's own payables, and no other's; the trade as its buyer sees it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from tests.channels.portal.people import BUYER, DAY, MAKER, NOW, OTHER, SELLER, receivable

from heliu.channels.pages.api import Mark, Stage, Trade, drawn_trade
from heliu.channels.portal import store, views
from heliu.channels.portal.payables import State
from heliu.channels.portal.proposals import Act
from heliu.channels.portal.proposing import Propose, propose
from heliu.channels.portal.routes_payables import seen_by_buyer
from heliu.channels.web.api import Language
from heliu.credit.applications.api import keep_receivables
from heliu.flows.intake.api import Filed, Kind, TradeDocument
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

A1 = receivable("A1", due_on=date(2026, 5, 1))
A2 = receivable("A2", due_on=date(2026, 6, 1), word=True, blocking=0, eligible=100_00)
THEIRS = replace(receivable("X1"), buyer=OTHER)
KEY = UUID(int=11)


@pytest.fixture
def owed(tx: Tx) -> Tx:
    keep_receivables(tx, [A1, A2, THEIRS], NOW)
    return tx


def wanted(act: Act = Act.CONFIRM, key: UUID = KEY, reason: str = "") -> Propose:
    return Propose(key, BUYER, act, reason, MAKER)


def test_an_enterprise_sees_what_it_owes_what_is_due_last_first(owed: Tx) -> None:
    found = views.payables(owed, BUYER, DAY)
    assert [one.id for one in found] == [A2.id, A1.id]
    assert [one.supplier.zh for one in found] == [SELLER, SELLER]  # no programme names it
    assert views.payable(owed, BUYER, A1.id, DAY).state is State.WAITING
    for id_ in (THEIRS.id, KEY):
        with pytest.raises(Refusal, match=r"page\.unknown"):
            views.payable(owed, BUYER, id_, DAY)


def test_what_is_proposed_waits_and_cannot_be_proposed_again(owed: Tx) -> None:
    both = views.payables(owed, BUYER, DAY)
    propose(owed, wanted(), both, NOW)
    propose(owed, wanted(), both, NOW)
    (item,) = views.proposal(owed, BUYER, KEY).items
    assert item.receivable == A1.id
    assert views.payable(owed, BUYER, A1.id, DAY).state is State.PROPOSED
    again = views.payables(owed, BUYER, DAY)
    with pytest.raises(Refusal, match=r"proposal\.nothing_open"):
        propose(owed, wanted(key=UUID(int=12)), again, NOW)
    with pytest.raises(Refusal, match=r"page\.unknown"):
        views.proposal(owed, OTHER, KEY)


def test_what_is_confirmed_may_still_be_disputed_with_its_reason(owed: Tx) -> None:
    propose(owed, wanted(Act.DISPUTE, reason="短少"), views.payables(owed, BUYER, DAY), NOW)
    found = store.find(owed, BUYER, KEY)
    assert found is not None
    assert (found.reason, {item.receivable for item in found.items}) == ("短少", {A1.id, A2.id})
    assert views.people_of(owed, [found]) == {}  # nobody of that id is known here


def trade(*kinds: Kind) -> Trade:
    papers = tuple(
        Filed(UUID(int=n), "0" * 64, "f", TradeDocument(kind, f"N{n}", "/", DAY))
        for n, kind in enumerate(kinds)
    )
    return Trade(A1, papers, None, None, None, None, (), (), (), None)


def test_while_the_buyers_word_is_awaited_nothing_is_shown_as_refused() -> None:
    steps = seen_by_buyer(trade(Kind.ORDER, Kind.INVOICE), State.WAITING)
    assert [(step.stage, step.mark) for step in steps] == [
        (Stage.ORDER, Mark.DONE),
        (Stage.INVOICE, Mark.DONE),
        (Stage.CONFIRMATION, Mark.AWAITED),
        (Stage.RECEIVABLE, Mark.AWAITED),
    ]
    said = seen_by_buyer(trade(Kind.INVOICE, Kind.APPROVAL), State.DISPUTED)
    assert [step.stage for step in said] == [Stage.INVOICE, Stage.CONFIRMATION, Stage.RECEIVABLE]
    assert said[-1].mark is Mark.REFUSED


def test_a_trade_is_drawn_from_stage_to_stage_with_its_table() -> None:
    steps = seen_by_buyer(trade(Kind.ORDER, Kind.ORDER, Kind.INVOICE), State.WAITING)
    drawn = drawn_trade(steps, Language.EN, lambda step: f"/d/{step.id}" if step.number else "")
    assert 'href="/d/' in drawn.svg
    assert "awaited" in drawn.svg
    assert [(source, target) for source, target, _ in drawn.rows][:3] == [
        ("N0", "N2"),
        ("N1", "N2"),
        ("N2", "Confirmation"),
    ]
    assert Money(0) == A1.eligible
