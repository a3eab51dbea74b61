"""Family: who guards whom; invited by the ward, begun by the guardian, ended by either."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from heliu.channels.entrance.routes_enter import pages
from heliu.channels.entrance.routes_me import own
from heliu.channels.pages.api import Answer, Visit, see_other
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.identity.api import (
    Bond,
    Right,
    accept_guardianship,
    end_guardianship,
    guardianships_of,
    invite_guardian,
    masked,
)

FAMILY: Final = "/me/family"
_MOST_FEN: Final = 100_000_000


@pages.get(FAMILY, Right.SELF)
def family(visit: Visit) -> Answer:
    """The bonds of the person, on either side, and invitations."""
    return _family(visit)


@pages.post("/me/family/invite", Right.FAMILY_MANAGE)
def invite(visit: Visit) -> Answer:
    """Somebody is invited to guard the person."""
    login = visit.form.text("login", most=40)
    limit = visit.form.money("limit", most=_MOST_FEN)
    if limit is None or visit.form.errors:
        return _family(visit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with visit.transaction() as tx:
            invite_guardian(tx, visit.here, login, Money(limit), visit.now)
    except Refusal as refusal:
        visit.form.wrong("login", refusal.reason)
        return _family(visit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(FAMILY)


@pages.post("/me/family/{id}/accept", Right.SELF)
def accept(visit: Visit, id: UUID) -> Answer:
    """The person agrees to guard."""
    with visit.transaction() as tx:
        accept_guardianship(tx, visit.here, id, visit.now)
    return see_other(FAMILY)


@pages.post("/me/family/{id}/end", Right.SELF)
def end(visit: Visit, id: UUID) -> Answer:
    """A bond is ended or an invitation declined, from either side."""
    with visit.transaction() as tx:
        end_guardianship(tx, visit.here, id, visit.now)
    return see_other(FAMILY)


def _family(visit: Visit, *, status: int = HTTPStatus.OK) -> Answer:
    with visit.transaction() as tx:
        bonds = guardianships_of(tx, visit.person, visit.now)
    rows = [
        (
            one,
            one.ward == visit.person.id,
            one.bond(visit.now) is Bond.LIVE,
            masked(one.guardian_login),
        )
        for one in bonds
    ]
    return own(visit, "family", status=status, rows=rows, may_invite=visit.may(Right.FAMILY_MANAGE))
