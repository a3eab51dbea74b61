"""What is kept of proposals, rulings, tables and secrets."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.channels.portal.people import BUYER, CHECKER, MAKER, NOW, OTHER, payable

from heliu.channels.portal import store
from heliu.channels.portal.payables import Said
from heliu.channels.portal.proposals import Act, Outcome, Proposal, Ruling, items_of
from heliu.channels.portal.store import Draft
from heliu.ground.db import Tx

A1, A2 = payable("A1"), payable("A2", due_on=None)
PROPOSAL = Proposal(UUID(int=5), BUYER, Act.CONFIRM, "", items_of([A1, A2]), MAKER, NOW)
SAID = Ruling(Outcome.SAID, "", b"{}", CHECKER, NOW)
RETURNED = Ruling(Outcome.RETURNED, "金额不符", None, CHECKER, NOW)


def test_a_proposal_is_kept_once_and_found_by_its_own_enterprise_only(tx: Tx) -> None:
    store.take_turn(tx, BUYER)
    store.add(tx, PROPOSAL)
    store.add(tx, PROPOSAL)
    found = store.find(tx, BUYER, PROPOSAL.id)
    assert found is not None
    assert {item.receivable for item in found.items} == {A1.id, A2.id}
    assert (found.total, found.ruling) == (PROPOSAL.total, None)
    assert store.find(tx, OTHER, PROPOSAL.id) is None
    assert store.listed(tx, OTHER, 10) == []
    assert [one.id for one in store.listed(tx, BUYER, 10)] == [PROPOSAL.id]


def test_it_is_ruled_on_once(tx: Tx) -> None:
    store.add(tx, PROPOSAL)
    assert store.rule(tx, PROPOSAL.id, SAID)
    assert not store.rule(tx, PROPOSAL.id, RETURNED)
    found = store.find(tx, BUYER, PROPOSAL.id)
    assert found is not None
    assert found.ruling == SAID


def test_the_database_itself_keeps_the_maker_from_ruling(tx: Tx) -> None:
    store.add(tx, PROPOSAL)
    with pytest.raises(psycopg.errors.CheckViolation, match="does not rule on it"):
        store.rule(tx, PROPOSAL.id, replace(SAID, by=MAKER))


@pytest.mark.parametrize(
    ("ruling", "said"),
    [
        (None, Said(PROPOSAL.id, "confirm", ruled=False)),
        (SAID, Said(PROPOSAL.id, "confirm", ruled=True)),
        (RETURNED, None),
    ],
)
def test_what_was_returned_may_be_proposed_again(
    tx: Tx, ruling: Ruling | None, said: Said | None
) -> None:
    store.add(tx, PROPOSAL)
    assert ruling is None or store.rule(tx, PROPOSAL.id, ruling)
    assert store.said_of(tx, BUYER, [A1.id]).get(A1.id) == said
    assert store.said_of(tx, OTHER, [A1.id]) == {}


def test_a_table_is_its_enterprises_and_goes_when_its_hour_is_over(tx: Tx) -> None:
    draft = Draft("应付.csv", b"a,b\n", NOW + timedelta(hours=1))
    store.keep_draft(tx, UUID(int=8), BUYER, draft, NOW)
    assert store.find_draft(tx, UUID(int=8), BUYER) == draft
    assert store.find_draft(tx, UUID(int=8), OTHER) is None
    store.keep_draft(tx, UUID(int=9), BUYER, draft, draft.until + timedelta(seconds=1))
    assert store.find_draft(tx, UUID(int=8), BUYER) is None


def test_the_mapping_saved_last_counts(tx: Tx) -> None:
    assert store.saved_mapping(tx, BUYER) == {}
    for header in ("旧", "新"):
        store.save_mapping(tx, BUYER, {"total": header}, MAKER, NOW)
    assert store.saved_mapping(tx, BUYER) == {"total": "新"}
    assert store.saved_mapping(tx, OTHER) == {}


def test_a_secret_is_shown_for_one_form_of_one_person(tx: Tx) -> None:
    first, second = UUID(int=1), UUID(int=2)
    assert not store.secret_shown(tx, ("hk_a", 1))
    assert store.show_secret(tx, ("hk_a", 1), first, MAKER, NOW)
    assert store.show_secret(tx, ("hk_a", 1), first, MAKER, NOW)
    assert not store.show_secret(tx, ("hk_a", 1), second, MAKER, NOW)
    assert not store.show_secret(tx, ("hk_a", 1), first, CHECKER, NOW)
    assert store.show_secret(tx, ("hk_a", 2), second, MAKER, NOW)
