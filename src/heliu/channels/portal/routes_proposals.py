"""Proposals: one proposes, another signs; what he signed is filed as the enterprise's approval."""

import hashlib
import json
from typing import Final
from uuid import UUID

from heliu.channels.pages.api import Answer, Visit, page, see_other, unknown
from heliu.channels.portal import errors, store, views
from heliu.channels.portal.desk import firm, pages
from heliu.channels.portal.proposals import (
    ACT_TEXT,
    KIND,
    MAX_REASON,
    Outcome,
    Proposal,
    Ruling,
    message_of,
    order_text,
)
from heliu.channels.web.api import Speaker, checked
from heliu.flows.intake.api import Blob, Status
from heliu.ground.db import Tx
from heliu.parties.access.api import Permission
from heliu.parties.identity.api import Right

_SHOWN: Final = 100
_SAID_BY_TWO: Final = frozenset({Permission.APPROVALS_WRITE.value})


@pages.get("/portal/proposals", Right.PAYABLES_READ)
def listed(visit: Visit) -> Answer:
    """What waits for the second person, and what was ruled."""
    with visit.transaction() as tx:
        found = store.listed(tx, firm(visit), _SHOWN)
        people = views.people_of(tx, found)
    return page("portal/proposals.html", proposals=found, people=people, acts=ACT_TEXT)


@pages.get("/portal/proposals/{id}", Right.PAYABLES_READ)
def one(visit: Visit, id: UUID) -> Answer:
    """A proposal with all its payables; who may confirm it finds there what he would sign."""
    return _one(visit, id)


@pages.post("/portal/proposals/{id}/confirm", Right.PAYABLES_CONFIRM)
def confirm(visit: Visit, id: UUID) -> Answer:
    """What was signed is ruled and filed: from then on the payables are confirmed or disputed."""
    said = json.loads(visit.signed(KIND).payload)
    buyer = firm(visit)
    clock = visit.bank.clock
    with visit.transaction() as tx:
        found = _to_rule(tx, visit, id)
        if said != {"proposal": str(id), "digest": found.digest}:
            raise unknown()
        message = message_of(found, clock.today(), clock.now())
        ruling = Ruling(Outcome.SAID, "", message, visit.person.id, visit.now)
        if not store.rule(tx, id, ruling):
            raise errors.ruled()
    _file(visit, buyer, id, message)
    return see_other(f"/portal/proposals/{id}")


@pages.post("/portal/proposals/{id}/return", Right.PAYABLES_CONFIRM)
def give_back(visit: Visit, id: UUID) -> Answer:
    """Given back to the maker, with the reason; nothing is said to the bank."""
    reason = visit.form.text("reason", most=MAX_REASON)
    if visit.form.errors:
        return _one(visit, id, 422)
    with visit.transaction() as tx:
        _to_rule(tx, visit, id)
        ruling = Ruling(Outcome.RETURNED, reason, None, visit.person.id, visit.now)
        if not store.rule(tx, id, ruling):
            raise errors.ruled()
    return see_other(f"/portal/proposals/{id}")


@pages.post("/portal/proposals/{id}/again", Right.PAYABLES_CONFIRM)
def again(visit: Visit, id: UUID) -> Answer:
    """File once more what was signed, if it did not arrive: the same bytes, so it counts once."""
    buyer = firm(visit)
    with visit.transaction() as tx:
        found = views.proposal(tx, buyer, id)
    if found.ruling is None or found.ruling.message is None:
        raise unknown()
    _file(visit, buyer, id, found.ruling.message)
    return see_other(f"/portal/proposals/{id}")


def _one(visit: Visit, id_: UUID, status: int = 200) -> Answer:
    buyer, on = firm(visit), visit.bank.clock.today()
    with visit.transaction() as tx:
        found = views.proposal(tx, buyer, id_)
        people = views.people_of(tx, [found])
        now = {p.id: p for p in views.these(tx, buyer, [i.receivable for i in found.items], on)}
        names = {p.receivable.supplier: p.supplier for p in now.values()}
        own = found.by == visit.person.id
        presented = None
        if found.ruling is None and visit.may(Right.PAYABLES_CONFIRM) and not own:
            payload = json.dumps({"proposal": str(id_), "digest": found.digest}).encode()
            presented = visit.present(tx, KIND, order_text(found, names), payload)
    ruling = found.ruling
    waits = [p for p in now.values() if p.said and p.said.proposal == id_ and p.said.ruled]
    unfiled = [p for p in waits if p.state == "proposed"]
    return page(
        "portal/proposal.html",
        status=status,
        proposal=found,
        act=ACT_TEXT[found.act],
        people=people,
        payables=now,
        names=names,
        presented=presented,
        own=own,
        ruling=ruling,
        unfiled=unfiled,
        text=order_text(found, names),
    )


def _to_rule(tx: Tx, visit: Visit, id_: UUID) -> Proposal:
    buyer = firm(visit)
    store.take_turn(tx, buyer)
    found = views.proposal(tx, buyer, id_)
    if found.by == visit.person.id:
        raise errors.own_proposal()
    if found.ruling is not None:
        raise errors.ruled()
    return found


def _file(visit: Visit, buyer: str, id_: UUID, message: bytes) -> None:
    """File the message. Raises Refusal `proposal.not_filed`, Outage: it is filed again later."""
    blob = Blob("portal", f"{id_}.json", hashlib.sha256(message).hexdigest(), message)
    (outcome,) = visit.file(checked(Speaker(buyer, _SAID_BY_TWO), [blob]))
    if outcome.status is Status.REFUSED:
        assert outcome.refusal is not None, "what is refused says why"
        raise errors.not_filed(outcome.refusal.message)
