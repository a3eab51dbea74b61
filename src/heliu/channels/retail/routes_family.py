"""Family: who guards whom, above which amount both must agree, and how either side ends it."""

from http import HTTPStatus
from uuid import UUID

from heliu.channels.pages.api import Answer, Visit, page, see_other
from heliu.channels.retail.registry import pages
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.identity.api import (
    Right,
    accept_guardianship,
    end_guardianship,
    guardianships_of,
    invite_guardian,
)


@pages.get("/m/family", Right.FAMILY_MANAGE)
def family(visit: Visit) -> Answer:
    """The bonds of the visitor on either side."""
    return _family(visit)


def _family(visit: Visit, status: int = HTTPStatus.OK) -> Answer:
    with visit.transaction() as tx:
        bonds = guardianships_of(tx, visit.person, visit.now)
    me = visit.person.id
    return page(
        "retail/family.html",
        status=status,
        guarded=[bond for bond in bonds if bond.ward == me],
        guarding=[bond for bond in bonds if bond.ward != me],
    )


@pages.post("/m/family/invite", Right.FAMILY_MANAGE)
def invite(visit: Visit) -> Answer:
    """Ask somebody to guard: above the amount both must agree."""
    login, fen = visit.form.text("login", most=40), visit.form.money("limit")
    if fen is None or visit.form.errors:
        return _family(visit, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with visit.transaction() as tx:
            invite_guardian(tx, visit.here, login, Money(fen), visit.now)
    except Refusal as refusal:
        visit.form.wrong("login", refusal.reason)
        return _family(visit, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other("/m/family")


@pages.post("/m/family/{id}/accept", Right.FAMILY_MANAGE)
def accept(visit: Visit, id: UUID) -> Answer:
    """Begin to guard who invited one."""
    with visit.transaction() as tx:
        accept_guardianship(tx, visit.here, id, visit.now)
    return see_other("/m/family")


@pages.post("/m/family/{id}/end", Right.FAMILY_MANAGE)
def end(visit: Visit, id: UUID) -> Answer:
    """End it, alone."""
    with visit.transaction() as tx:
        end_guardianship(tx, visit.here, id, visit.now)
    return see_other("/m/family")
