"""SQL of the identity desk: people, settings, memberships, codes, security events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from heliu.ground.actor import Actor
from heliu.ground.db import Tx, columns
from heliu.parties.identity.domain.person import Known, Membership, Person, Settings
from heliu.parties.identity.domain.roles import Role
from heliu.parties.identity.domain.security import Happening, SecurityEvent

_ADD_PEOPLE: Final = """
INSERT INTO parties.person (id, login, name, enrolled_at, enrolled_by)
SELECT e.id, e.login, e.name, %s, %s
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS e (id, login, name)
ORDER BY e.login"""
_SET: Final = """
INSERT INTO parties.person_setting (person_id, language, edition, theme, size)
SELECT e.id, e.language, e.edition, e.theme, e.size
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::smallint[])
  AS e (id, language, edition, theme, size)
ON CONFLICT (person_id) DO UPDATE
SET language = excluded.language, edition = excluded.edition,
  theme = excluded.theme, size = excluded.size"""
_BY_LOGIN: Final = """
SELECT p.id, p.login, p.name, s.language, s.edition, s.theme, s.size
FROM parties.person p
JOIN parties.person_setting s ON s.person_id = p.id
WHERE p.login = ANY(%s)"""
_BY_ID: Final = """
SELECT p.id, p.login, p.name, s.language, s.edition, s.theme, s.size
FROM parties.person p
JOIN parties.person_setting s ON s.person_id = p.id
WHERE p.id = ANY(%s)"""
_LOCK_PEOPLE: Final = """
SELECT p.id
FROM parties.person p
WHERE p.id = ANY(%s)
ORDER BY p.id
FOR UPDATE"""
_ADD_MEMBERSHIPS: Final = """
INSERT INTO parties.membership (id, person_id, role, party_uscc, granted_at, granted_by)
SELECT e.id, e.person_id, e.role, e.party_uscc, %s, %s
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[])
  AS e (id, person_id, role, party_uscc)"""
_END_MEMBERSHIPS: Final = """
INSERT INTO parties.membership_end (membership_id, ended_at, ended_by)
SELECT e.id, %s, %s
FROM unnest(%s::uuid[]) AS e (id)"""
_MEMBERSHIPS: Final = """
SELECT m.person_id, m.id, m.role, m.party_uscc
FROM parties.membership m
WHERE m.person_id = ANY(%s)
  AND NOT EXISTS (SELECT 1 FROM parties.membership_end e WHERE e.membership_id = m.id)
ORDER BY m.granted_at, m.role, m.party_uscc"""
_KNOWN: Final = """
SELECT p.id, p.login, p.name, s.language, s.edition, s.theme, s.size,
  (SELECT count(*) FROM parties.passkey k WHERE k.person_id = p.id AND k.removed_at IS NULL),
  EXISTS (SELECT 1 FROM parties.pin n WHERE n.person_id = p.id),
  p.enrolled_at
FROM parties.person p
JOIN parties.person_setting s ON s.person_id = p.id
ORDER BY p.enrolled_at, p.id"""
_ADD_CODE: Final = """
INSERT INTO parties.enrolment_code
  (digest, person_id, recovery_id, issued_at, issued_by, expires_at)
VALUES (%s, %s, %s, %s, %s, %s)"""
_USE_CODE: Final = """
INSERT INTO parties.enrolment_code_use (digest, used_at)
SELECT c.digest, %(now)s
FROM parties.enrolment_code c
WHERE c.digest = %(digest)s AND c.expires_at > %(now)s
  AND NOT EXISTS (
    SELECT 1 FROM parties.enrolment_code y
    WHERE y.person_id = c.person_id AND y.issued_at > c.issued_at
  )
ON CONFLICT (digest) DO NOTHING
RETURNING
  (SELECT c.person_id FROM parties.enrolment_code c WHERE c.digest = %(digest)s),
  (SELECT c.recovery_id FROM parties.enrolment_code c WHERE c.digest = %(digest)s)"""
_ADD_EVENTS: Final = """
INSERT INTO parties.security_event (id, happened_at, happening, person_id, session_id, about)
VALUES (%b::uuid, %b::timestamptz, %b::text, %b::uuid, %b::uuid, %b::text::jsonb)"""
_EVENTS: Final = """
SELECT id, happened_at, happening, person_id, session_id, about
FROM parties.security_event
WHERE happened_at >= %s AND happened_at < %s
ORDER BY happened_at DESC, number DESC
LIMIT %s"""
_EVENTS_OF: Final = """
SELECT id, happened_at, happening, person_id, session_id, about
FROM parties.security_event
WHERE person_id = %s
ORDER BY happened_at DESC, number DESC
LIMIT %s"""


def add_people(tx: Tx, actor: Actor, people: Sequence[Person], now: datetime) -> None:
    """Append people (at least one) with their settings."""
    ids, logins, names = columns([(p.id, p.login, p.name) for p in people])
    tx.run(_ADD_PEOPLE, (now, actor.id, ids, logins, names))
    put_settings(tx, {person.id: person.settings for person in people})


def put_settings(tx: Tx, settings: dict[UUID, Settings]) -> None:
    """Set how people (at least one) want to be served."""
    rows = [(id_, s.language, s.edition, s.theme, s.size) for id_, s in settings.items()]
    tx.run(_SET, columns(rows))


def by_login(tx: Tx, logins: Sequence[str]) -> dict[str, Person]:
    """The people of `logins`, as far as there are any."""
    people = map(_person, tx.rows(_BY_LOGIN, (list(logins),)))
    return {person.login: person for person in people}


def by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """The people of `ids`."""
    return {row[0]: _person(row) for row in tx.rows(_BY_ID, (list(ids),))}


def lock_people(tx: Tx, ids: Sequence[UUID]) -> None:
    """Hold people to the transaction's end."""
    tx.run(_LOCK_PEOPLE, (list(ids),))


def add_memberships(
    tx: Tx, by: str, rows: Sequence[tuple[UUID, UUID, Membership]], now: datetime
) -> None:
    """Append memberships (at least one): id, person, what it is."""
    ids, people, roles, parties = columns([(i, p, m.role, m.party) for i, p, m in rows])
    tx.run(_ADD_MEMBERSHIPS, (now, by, ids, people, roles, parties))


def end_memberships(tx: Tx, actor: Actor, ids: Sequence[UUID], now: datetime) -> None:
    """Append the ends of memberships in force."""
    tx.run(_END_MEMBERSHIPS, (now, actor.id, list(ids)))


def memberships(tx: Tx, people: Sequence[UUID]) -> dict[UUID, dict[Membership, UUID]]:
    """The memberships in force of `people`, each with its id, in order of grant."""
    found: dict[UUID, dict[Membership, UUID]] = {id_: {} for id_ in people}
    for person, id_, role, party in tx.rows(_MEMBERSHIPS, (list(people),)):
        found[person][Membership(Role(role), party)] = id_
    return found


def known(tx: Tx) -> list[Known]:
    """Everybody, in order of enrolment."""
    rows = tx.rows(_KNOWN)
    held = memberships(tx, [row[0] for row in rows])
    return [Known(_person(row[:7]), tuple(held[row[0]]), row[7], row[8], row[9]) for row in rows]


def add_code(
    tx: Tx,
    by: str,
    person: UUID,
    digest: bytes,
    times: tuple[datetime, datetime],
    *,
    recovery: UUID | None = None,
) -> None:
    """Append a code's digest with when it was issued and when it expires."""
    issued_at, expires_at = times
    tx.run(_ADD_CODE, (digest, person, recovery, issued_at, by, expires_at))


def use_code(tx: Tx, digest: bytes, now: datetime) -> tuple[UUID, UUID | None] | None:
    """Use a code up: whose it is and of which recovery; None if it is not good (any more)."""
    row = tx.row(_USE_CODE, {"digest": digest, "now": now})
    return (row[0], row[1]) if row else None


def add_event(tx: Tx, event: SecurityEvent) -> None:
    """Append a security event."""
    about = msgspec.json.encode(event.about).decode()
    row = (event.id, event.at, event.happening.value, event.person, event.session, about)
    tx.later(_ADD_EVENTS, row)


def events(tx: Tx, since: datetime, until: datetime, limit: int) -> list[SecurityEvent]:
    """Up to `limit` events of [since, until), the youngest first."""
    return [_event(row) for row in tx.rows(_EVENTS, (since, until, limit))]


def events_of(tx: Tx, person: UUID, limit: int) -> list[SecurityEvent]:
    """Up to `limit` events of a person, the youngest first."""
    return [_event(row) for row in tx.rows(_EVENTS_OF, (person, limit))]


def _person(row: Sequence[object]) -> Person:
    id_, login, name, *settings = row
    return Person(id_, login, name, Settings(*settings))  # type: ignore[arg-type]  # as CHECKed


def _event(row: Sequence[object]) -> SecurityEvent:
    id_, at, happening, *rest = row
    return SecurityEvent(id_, at, Happening(happening), *rest)  # type: ignore[arg-type]  # a row
