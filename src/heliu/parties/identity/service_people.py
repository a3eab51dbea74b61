"""Use cases on people: enrol, grant, settings, one-time codes, and the security events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.parties.identity import errors, keys, store_people, store_sessions, store_ways_in
from heliu.parties.identity.domain.person import (
    MAX_NAME,
    SIZES,
    Enrol,
    Enrolled,
    Grant,
    Known,
    Membership,
    Person,
    Settings,
    actor_of,
    login_of,
)
from heliu.parties.identity.domain.roles import OF_AN_ENTERPRISE
from heliu.parties.identity.domain.security import Happening, SecurityEvent
from heliu.parties.identity.domain.session import End, Session
from heliu.parties.identity.domain.ways_in import CODE_LIVES
from heliu.parties.party.api import valid_uscc


def enrol(
    tx: Tx, actor: Actor, commands: Sequence[Enrol], now: datetime
) -> list[Enrolled | Refusal]:
    """Make people known, each with a one-time code of 72 hours by which he comes in first.

    Refusals: `login.invalid`, `person.name`, `person.settings`, `person.known`.
    """
    logins = [login_of(command.login) for command in commands]
    taken = set(store_people.by_login(tx, [login for login in logins if login]))
    outcomes: list[Enrolled | Refusal] = []
    fresh: list[Enrolled] = []
    for command, login in zip(commands, logins, strict=True):
        if refusal := _unfit(command, login, taken):
            outcomes.append(refusal)
            continue
        assert login is not None, "an unfit log-in was refused"
        taken.add(login)
        person = Person(uuid7(now), login, command.name.strip(), command.settings)
        fresh.append(Enrolled(person, keys.new_code()))
        outcomes.append(fresh[-1])
    if fresh:
        store_people.add_people(tx, actor, [one.person for one in fresh], now)
    for one in fresh:
        _add_code(tx, actor.id, one.person.id, one.code, now)
        note(tx, Happening.ENROLLED, now, person=one.person.id, about={"by": actor.id})
    return outcomes


def grant(
    tx: Tx, actor: Actor, commands: Sequence[Grant], now: datetime
) -> list[Membership | Refusal]:
    """Give roles. Refusals: `person.unknown`, `membership.party`, `.own`, `.held`."""
    people = _people_of(tx, commands)
    store_people.lock_people(tx, [person.id for person in people.values()])
    held = store_people.memberships(tx, [person.id for person in people.values()])
    outcomes: list[Membership | Refusal] = []
    fresh: list[tuple[UUID, UUID, Membership]] = []
    for command in commands:
        person = people.get(login_of(command.login) or "")
        if person is None:
            outcomes.append(errors.person_unknown())
        elif not _right_party(command):
            outcomes.append(errors.party_needed(command.role))
        elif actor == actor_of(person.id):
            outcomes.append(errors.own_role())
        elif (membership := Membership(command.role, command.party)) in held[person.id]:
            outcomes.append(errors.membership_held())
        else:
            held[person.id][membership] = uuid7(now)
            fresh.append((held[person.id][membership], person.id, membership))
            outcomes.append(membership)
    if fresh:
        store_people.add_memberships(tx, actor.id, fresh, now)
    for _, person_id, membership in fresh:
        about = {"role": membership.role.value, "by": actor.id}
        note(tx, Happening.GRANTED, now, person=person_id, about=about)
    return outcomes


def end_memberships(
    tx: Tx, actor: Actor, commands: Sequence[Grant], now: datetime
) -> list[Membership | Refusal]:
    """End roles; sessions in such a role can do from now on what everybody can.

    Refusals: `person.unknown`, `membership.missing`.
    """
    people = _people_of(tx, commands)
    store_people.lock_people(tx, [person.id for person in people.values()])
    held = store_people.memberships(tx, [person.id for person in people.values()])
    outcomes: list[Membership | Refusal] = []
    ended: list[UUID] = []
    for command in commands:
        person = people.get(login_of(command.login) or "")
        if person is None:
            outcomes.append(errors.person_unknown())
        elif not _right_party(command) or (
            (membership := Membership(command.role, command.party)) not in held[person.id]
        ):
            outcomes.append(errors.membership_missing())
        else:
            ended.append(held[person.id].pop(membership))
            outcomes.append(membership)
            about = {"role": membership.role.value, "by": actor.id}
            note(tx, Happening.MEMBERSHIP_ENDED, now, person=person.id, about=about)
    if ended:
        store_people.end_memberships(tx, actor, ended, now)
    return outcomes


def people(tx: Tx) -> list[Known]:
    """Everybody, in order of enrolment: for who manages people."""
    return store_people.known(tx)


def person_of_login(tx: Tx, typed: str) -> Person | None:
    """The person of a log-in as typed: for who manages people, never for who is at the door."""
    login = login_of(typed)
    return store_people.by_login(tx, [login]).get(login) if login else None


def persons(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The people of `ids`, as far as there are any."""
    return store_people.by_id(tx, ids)


def memberships_of(tx: Tx, person: UUID) -> list[Membership]:
    """As whom the person may come in, in order of grant."""
    return list(store_people.memberships(tx, [person])[person])


def change_settings(tx: Tx, session: Session, settings: Settings) -> Session:
    """Serve the person as he wants from now on. Raises Refusal `person.settings`."""
    if settings.size not in SIZES:
        raise errors.settings_invalid()
    store_people.put_settings(tx, {session.person.id: settings})
    return replace(session, person=replace(session.person, settings=settings))


def issue_code(tx: Tx, actor: Actor, login: str, now: datetime) -> str:
    """A new first code in place of one that was lost; the one before is void.

    Raises Refusal `person.unknown`, or `person.has_a_way_in`: that would go around recovery.
    """
    person = person_of_login(tx, login)
    if person is None:
        raise errors.person_unknown()
    store_people.lock_people(tx, [person.id])
    if store_ways_in.passkeys(tx, person.id) or store_ways_in.pin(tx, person.id):
        raise errors.has_a_way_in()
    code = keys.new_code()
    _add_code(tx, actor.id, person.id, code, now)
    note(tx, Happening.CODE_ISSUED, now, person=person.id, about={"by": actor.id})
    return code


def enter_by_code(tx: Tx, code: str, now: datetime) -> Person | Refusal:
    """Whose one-time code this is, used up; a code of recovery first voids all other ways in.

    The refusal `code.wrong` is an answer, not raised: commit, so that it stands in the events.
    """
    used = store_people.use_code(tx, keys.digest_of_code(code), now)
    if used is None:
        note(tx, Happening.CODE_REFUSED, now)
        return errors.code_wrong()
    person, recovery = used
    if recovery is not None:
        every = [passkey.id for passkey in store_ways_in.passkeys(tx, person)]
        store_ways_in.remove_passkeys(tx, person, every, now)
        store_ways_in.remove_pin(tx, person)
        store_sessions.end(tx, person, store_sessions.live_ids(tx, person), End.ELSEWHERE, now)
    note(tx, Happening.CODE_USED, now, person=person)
    return store_people.by_id(tx, [person])[person]


def security_events(
    tx: Tx, since: datetime, until: datetime, *, limit: int = 200
) -> list[SecurityEvent]:
    """Up to `limit` events of [since, until), the youngest first."""
    return store_people.events(tx, since, until, limit)


def security_events_of(tx: Tx, person: UUID, *, limit: int = 50) -> list[SecurityEvent]:
    """Up to `limit` events of one person, the youngest first."""
    return store_people.events_of(tx, person, limit)


def note(
    tx: Tx,
    happening: Happening,
    now: datetime,
    *,
    person: UUID | None = None,
    session: UUID | None = None,
    about: Mapping[str, str] | None = None,
) -> None:
    """Append a security event."""
    event = SecurityEvent(uuid7(now), now, happening, person, session, dict(about or {}))
    store_people.add_event(tx, event)


def _people_of(tx: Tx, commands: Sequence[Grant]) -> dict[str, Person]:
    logins = {login for command in commands if (login := login_of(command.login))}
    return store_people.by_login(tx, sorted(logins))


def _add_code(tx: Tx, by: str, person: UUID, code: str, now: datetime) -> None:
    store_people.add_code(tx, by, person, keys.digest_of_code(code), (now, now + CODE_LIVES))


def _right_party(command: Grant) -> bool:
    if command.role in OF_AN_ENTERPRISE:
        return command.party is not None and valid_uscc(command.party)
    return command.party is None


def _unfit(command: Enrol, login: str | None, taken: set[str]) -> Refusal | None:
    if login is None:
        return errors.login_invalid()
    if not 1 <= len(command.name.strip()) <= MAX_NAME:
        return errors.name_invalid()
    if command.settings.size not in SIZES:
        return errors.settings_invalid()
    return errors.person_known() if login in taken else None
