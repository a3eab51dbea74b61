"""Use cases of guardianship: invite, accept, end; risk events; approving with above a limit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.ids import uuid7
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity import errors, store_family, store_people
from heliu.parties.identity.domain.guardianship import (
    APPROVED_WITHIN,
    GUARDIANS_AT_MOST,
    Bond,
    CoApproval,
    Guardianship,
    RiskEvent,
    Ruling,
)
from heliu.parties.identity.domain.order import Order
from heliu.parties.identity.domain.person import Membership, Person, login_of
from heliu.parties.identity.domain.roles import Role
from heliu.parties.identity.domain.security import Happening
from heliu.parties.identity.domain.session import Session
from heliu.parties.identity.service_people import note

_OF_A_GUARDIAN = Membership(Role.GUARDIAN)


def invite_guardian(
    tx: Tx, session: Session, login: str, limit: Money, now: datetime
) -> Guardianship:
    """Invite who has this log-in (as typed) to guard the person, and to agree above `limit`.

    Whether anybody has it is not said. Raises Refusal `login.invalid`, `guardianship.limit`,
    `.self` or `.full`.
    """
    known = login_of(login)
    if known is None:
        raise errors.login_invalid()
    if limit.minor <= 0:
        raise errors.limit_invalid()
    ward = session.person
    if known == ward.login:
        raise errors.guardian_self()
    store_people.lock_people(tx, [ward.id])
    standing = [
        one
        for one in guardianships_of(tx, ward, now)
        if one.ward == ward.id and one.bond(now) in (Bond.INVITED, Bond.LIVE)
    ]
    if len(standing) >= GUARDIANS_AT_MOST:
        raise errors.guardians_full()
    one = Guardianship(uuid7(now), ward.id, ward.name, known, None, None, limit.minor, now)
    store_family.invite(tx, one)
    _note(tx, Happening.GUARDIAN_INVITED, ward.id, {"guardianship": str(one.id)}, now)
    return one


def accept_guardianship(tx: Tx, session: Session, id_: UUID, now: datetime) -> None:
    """Begin to guard: the person has the role of a guardian from now on.

    Raises Refusal `guardianship.unknown` unless he is invited to it.
    """
    one = _held(tx, session.person, id_, now)
    person = session.person
    if one.bond(now) is not Bond.INVITED or one.guardian_login != person.login:
        raise errors.guardian_unknown()
    store_people.lock_people(tx, [person.id])
    store_family.add_guardianship_step(tx, id_, "accepted", person.id, now)
    if _OF_A_GUARDIAN not in store_people.memberships(tx, [person.id])[person.id]:
        row = (uuid7(now), person.id, _OF_A_GUARDIAN)
        store_people.add_memberships(tx, f"guardianship:{id_}", [row], now)
    for side in (one.ward, person.id):
        _note(tx, Happening.GUARDIAN_ACCEPTED, side, {"guardianship": str(id_)}, now)


def end_guardianship(tx: Tx, session: Session, id_: UUID, now: datetime) -> None:
    """End it, alone, from either side; also a way to decline or take back an invitation.

    Raises Refusal `guardianship.unknown` unless it is one of his that stands.
    """
    one = _held(tx, session.person, id_, now)
    if one.bond(now) not in (Bond.INVITED, Bond.LIVE):
        raise errors.guardian_unknown()
    store_family.add_guardianship_step(tx, id_, "ended", session.person.id, now)
    for side in {one.ward, one.guardian or one.ward}:
        _note(tx, Happening.GUARDIAN_ENDED, side, {"guardianship": str(id_)}, now)


def guardianships_of(tx: Tx, person: Person, now: datetime) -> list[Guardianship]:
    """The bonds and invitations of a person on either side that stand, in order of invitation."""
    found = store_family.guardianships(tx, person.id, person.login)
    return [one for one in found if one.bond(now) in (Bond.INVITED, Bond.LIVE)]


def needs_approval(tx: Tx, ward: Person, amount: Money, now: datetime) -> bool:
    """Whether somebody guards the person who must agree to this amount."""
    return any(
        one.ward == ward.id and one.bond(now) is Bond.LIVE and amount.minor > one.limit_minor
        for one in guardianships_of(tx, ward, now)
    )


def ask_approval(tx: Tx, ward: Person, key: UUID, order: Order, now: datetime) -> CoApproval:
    """Ask the person's guardians to agree to an order, once for each `key` (of the order's act)."""
    store_family.ask(tx, key, ward.id, order, now)
    one = store_family.approvals_by_id(tx, [key])[key]
    assert one.ward == ward.id, "a key is one ward's"
    if one.asked_at == now:
        _note(tx, Happening.APPROVAL_ASKED, ward.id, {"approval": str(key)}, now)
    return one


def approvals(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, CoApproval]:
    """What became of requests, by the keys they were asked with."""
    return store_family.approvals_by_id(tx, keys)


def approvals_waiting(tx: Tx, guardian: Person, now: datetime) -> list[CoApproval]:
    """What a guardian is asked now, the youngest first."""
    found = store_family.approvals(tx, _wards(tx, guardian, now), now - APPROVED_WITHIN)
    return [one for one in found if one.ruling(now) is Ruling.WAITING]


def rule_approval(
    tx: Tx, session: Session, key: UUID, now: datetime, *, approved: bool
) -> CoApproval:
    """Agree to a ward's order or not, once.

    Raises Refusal `approval.over` if it was ruled on, has expired or is no ward's of this guardian.
    """
    one = store_family.approvals_by_id(tx, [key]).get(key)
    wards = _wards(tx, session.person, now)
    if one is None or one.ward not in wards or one.ruling(now) is not Ruling.WAITING:
        raise errors.approval_over()
    if not store_family.rule(tx, one, session.person.id, approved=approved, now=now):
        raise errors.approval_over()
    happening = Happening.APPROVAL_GIVEN if approved else Happening.APPROVAL_REFUSED
    about = {"approval": str(key)}
    for side in (one.ward, session.person.id):
        _note(tx, happening, side, about, now)
    return store_family.approvals_by_id(tx, [key])[key]


def tell_guardians(tx: Tx, ward: UUID, text: Text, now: datetime) -> None:
    """Tell who guards the person of a risk; `text` names no balance and no account."""
    store_family.add_risk(tx, uuid7(now), ward, text, now)


def risk_events(tx: Tx, guardian: Person, *, limit: int = 50) -> list[RiskEvent]:
    """What a guardian was told since he accepted, the youngest first."""
    return store_family.risks(tx, guardian.id, limit)


def _wards(tx: Tx, guardian: Person, now: datetime) -> list[UUID]:
    return [
        one.ward
        for one in guardianships_of(tx, guardian, now)
        if one.guardian == guardian.id and one.bond(now) is Bond.LIVE
    ]


def _held(tx: Tx, person: Person, id_: UUID, now: datetime) -> Guardianship:
    store_family.lock_guardianship(tx, id_)
    for one in guardianships_of(tx, person, now):
        if one.id == id_:
            return one
    raise errors.guardian_unknown()


def _note(tx: Tx, happening: Happening, person: UUID, about: dict[str, str], now: datetime) -> None:
    note(tx, happening, now, person=person, about=about)
