"""Use cases of recovery: begin, see and cancel it, and let two of the staff give a new way in."""

from datetime import datetime
from uuid import UUID

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.parties.identity import errors, keys, store_family, store_people, store_ways_in
from heliu.parties.identity.domain.lockout import Whose
from heliu.parties.identity.domain.person import actor_of, login_of
from heliu.parties.identity.domain.recovery import LAPSES_AFTER, Recovery, Stage, Step
from heliu.parties.identity.domain.security import Happening
from heliu.parties.identity.domain.session import Session
from heliu.parties.identity.domain.ways_in import CODE_LIVES, Rp
from heliu.parties.identity.service_people import note


def begin_recovery(tx: Tx, rp: Rp, login: str, address: str, now: datetime) -> Refusal | None:
    """Begin the recovery of a log-in, as typed; None is said to everybody, known or not.

    Each asking counts against the address; the refusal `login.locked` is the same for all, too. One
    already under way goes on as it is. Commit either way.
    """
    subject = keys.keyed(rp, "address", address)
    tally = store_ways_in.hold_tally(tx, Whose.ADDRESS, subject)
    if (opens := tally.open_at()) is not None and opens > now:
        return errors.locked(opens - now)
    store_ways_in.put_tally(tx, subject, tally.failed(now))
    known = login_of(login)
    person = store_people.by_login(tx, [known]).get(known) if known else None
    if person is None:
        return None
    store_people.lock_people(tx, [person.id])
    if recovery_of(tx, person.id, now) is None:
        recovery = Recovery(uuid7(now), person.id, now)
        store_family.begin(tx, recovery)
        _note(tx, Happening.RECOVERY_BEGUN, recovery, now)
    return None


def recovery_of(tx: Tx, person: UUID, now: datetime) -> Recovery | None:
    """The recovery under way for a person: every live session of his shows it."""
    found = store_family.recoveries(tx, now - LAPSES_AFTER, of=person)
    return next((one for one in found if one.open(now)), None)


def recoveries_under_way(tx: Tx, now: datetime) -> list[Recovery]:
    """What staff may work on, the oldest first."""
    return [one for one in store_family.recoveries(tx, now - LAPSES_AFTER) if one.open(now)]


def cancel_recovery(tx: Tx, session: Session, recovery: UUID, now: datetime) -> None:
    """The person is still here. Raises Refusal `recovery.over` unless it is his and under way."""
    one = _held(tx, recovery, now)
    if one.person != session.person.id:
        raise errors.recovery_over()
    store_family.add_step(tx, one.id, Step.CANCELLED, session.actor.id, now)
    _note(tx, Happening.RECOVERY_CANCELLED, one, now)


def vouch_recovery(tx: Tx, actor: Actor, recovery: UUID, now: datetime) -> None:
    """One of the staff has checked the person's papers.

    Raises Refusal `recovery.over` or `recovery.second_person` (himself, or vouched for already).
    """
    one = _held(tx, recovery, now)
    if one.vouched_by is not None or actor == actor_of(one.person):
        raise errors.recovery_second_person()
    store_family.add_step(tx, one.id, Step.VOUCHED, actor.id, now)
    _note(tx, Happening.RECOVERY_VOUCHED, one, now, actor)


def release_recovery(tx: Tx, actor: Actor, recovery: UUID, now: datetime) -> str:
    """A second one of the staff gives the one-time code by which the person comes in again.

    When it is used, all former ways in and sessions are void. Raises Refusal `recovery.over`,
    `.not_vouched`, `.second_person` or `.cooling`.
    """
    one = _held(tx, recovery, now)
    if one.vouched_by is None:
        raise errors.recovery_not_vouched()
    if actor.id == one.vouched_by or actor == actor_of(one.person):
        raise errors.recovery_second_person()
    if one.stage(now) is Stage.COOLING:
        raise errors.recovery_cooling(one.cools_until - now)
    store_family.add_step(tx, one.id, Step.RELEASED, actor.id, now)
    code = keys.new_code()
    times = now, now + CODE_LIVES
    digest = keys.digest_of_code(code)
    store_people.add_code(tx, actor.id, one.person, digest, times, recovery=one.id)
    _note(tx, Happening.RECOVERY_RELEASED, one, now, actor)
    return code


def _held(tx: Tx, recovery: UUID, now: datetime) -> Recovery:
    store_family.lock_recovery(tx, recovery)
    found = store_family.recoveries(tx, now - LAPSES_AFTER, id_=recovery)
    if not found or not found[0].open(now):
        raise errors.recovery_over()
    return found[0]


def _note(
    tx: Tx, happening: Happening, one: Recovery, now: datetime, by: Actor | None = None
) -> None:
    about = {"recovery": str(one.id)} | ({"by": by.id} if by else {})
    note(tx, happening, now, person=one.person, about=about)
