"""Family: who guards me, whom I guard; risk events, co-approval, and the end from either side."""

from http import HTTPStatus
from uuid import UUID

from heliu.channels.care.registry import pages
from heliu.channels.pages.api import Answer, Visit, page, see_other, unknown, when_of
from heliu.ground.clock import BANK_ZONE
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.identity.api import (
    Right,
    accept_guardianship,
    approvals_waiting,
    end_guardianship,
    guardianships_of,
    invite_guardian,
    risk_events,
)
from heliu.payments.deposits.api import rule_transfer, transfer_named

_EVENTS = 5


@pages.get("/care/family", Right.FAMILY_MANAGE)
def family(visit: Visit) -> Answer:
    """Who guards the visitor, and whom he guards."""
    with visit.transaction() as tx:
        bonds = guardianships_of(tx, visit.person, visit.now)
    me = visit.person.id
    return page(
        "care/family.html",
        guarded=[bond for bond in bonds if bond.ward == me],
        guarding=[bond for bond in bonds if bond.ward != me],
    )


@pages.get("/care/family/invite", Right.FAMILY_MANAGE)
def invitation(visit: Visit) -> Answer:
    """The form of an invitation."""
    del visit
    return page("care/invite.html")


@pages.post("/care/family/invite", Right.FAMILY_MANAGE)
def invite(visit: Visit) -> Answer:
    """Ask somebody of the family to guard."""
    login, fen = visit.form.text("login", most=40), visit.form.money("limit")
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY
    if fen is None or visit.form.errors:
        return page("care/invite.html", status=wrong)
    try:
        with visit.transaction() as tx:
            invite_guardian(tx, visit.here, login, Money(fen), visit.now)
    except Refusal as refusal:
        visit.form.wrong("login", refusal.reason)
        return page("care/invite.html", status=wrong)
    return see_other("/care/family")


@pages.post("/care/family/{id}/end", Right.SELF)
def end(visit: Visit, id: UUID) -> Answer:
    """End a bond, alone, from either side."""
    with visit.transaction() as tx:
        end_guardianship(tx, visit.here, id, visit.now)
    return see_other("/care/family" if visit.may(Right.FAMILY_MANAGE) else "/care/guard")


@pages.post("/care/family/{id}/accept", Right.SELF)
def accept(visit: Visit, id: UUID) -> Answer:
    """Begin to guard who invited one."""
    with visit.transaction() as tx:
        accept_guardianship(tx, visit.here, id, visit.now)
    return see_other("/care/family" if visit.may(Right.FAMILY_MANAGE) else "/care/guard")


@pages.get("/care/guard", Right.GUARD)
def guard(visit: Visit) -> Answer:
    """What waits for the guardian, and what he was told; never a balance."""
    with visit.transaction() as tx:
        waiting = approvals_waiting(tx, visit.person, visit.now)
        events = risk_events(tx, visit.person, limit=_EVENTS)
        bonds = guardianships_of(tx, visit.person, visit.now)
    me = visit.person.id
    bonds = [bond for bond in bonds if bond.ward != me]
    return page("care/guard.html", waiting=waiting, events=events, bonds=bonds, zone=BANK_ZONE)


@pages.get("/care/guard/{id}", Right.GUARD)
def asked(visit: Visit, id: UUID) -> Answer:
    """One order of a ward, to say yes or no to."""
    with visit.transaction() as tx:
        found = {one.id: one for one in approvals_waiting(tx, visit.person, visit.now)}.get(id)
        transfer = transfer_named(tx, id)
    if found is None or transfer is None:
        raise unknown()
    return page("care/asked.html", asked=found, over=transfer.ended_at is not None, zone=BANK_ZONE)


@pages.post("/care/guard/{id}", Right.GUARD)
def rule(visit: Visit, id: UUID) -> Answer:
    """The guardian's yes or no."""
    approved = visit.form.shown("answer") == "yes"
    with visit.posting() as (tx, ledger):
        ruled = rule_transfer(tx, ledger, visit.here, id, when_of(visit), approved=approved)
    if isinstance(ruled, Refusal):
        raise ruled
    return see_other("/care/guard")
