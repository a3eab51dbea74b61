"""SQL of the identity desk: sessions, their tokens, shown and signed orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.domain.order import Order
from heliu.parties.identity.domain.person import Membership, Person, Settings
from heliu.parties.identity.domain.roles import Role
from heliu.parties.identity.domain.session import End, Session

_ADD: Final = """
INSERT INTO parties.session (id, person_id, membership_id, device, demo, opened_at, seen_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
_ISSUE: Final = """
INSERT INTO parties.session_token (digest, session_id, number, issued_at)
SELECT %(digest)s, %(session)s, 1 + coalesce(max(t.number), 0), %(now)s
FROM parties.session_token t
WHERE t.session_id = %(session)s"""
_HELD: Final = """
SELECT s.id, p.id, p.login, p.name, g.language, g.edition, g.theme, g.size,
  m.role, m.party_uscc, s.device, s.opened_at, s.seen_at, s.demo,
  t.issued_at, n.issued_at, s.ended_at
FROM parties.session_token t
JOIN parties.session s ON s.id = t.session_id
JOIN parties.person p ON p.id = s.person_id
JOIN parties.person_setting g ON g.person_id = p.id
LEFT JOIN parties.membership m ON m.id = s.membership_id
  AND NOT EXISTS (SELECT 1 FROM parties.membership_end e WHERE e.membership_id = m.id)
LEFT JOIN parties.session_token n ON n.session_id = t.session_id AND n.number = t.number + 1
WHERE t.digest = %s"""
_OF_PERSON: Final = """
SELECT s.id, p.id, p.login, p.name, g.language, g.edition, g.theme, g.size,
  m.role, m.party_uscc, s.device, s.opened_at, s.seen_at, s.demo
FROM parties.session s
JOIN parties.person p ON p.id = s.person_id
JOIN parties.person_setting g ON g.person_id = p.id
LEFT JOIN parties.membership m ON m.id = s.membership_id
  AND NOT EXISTS (SELECT 1 FROM parties.membership_end e WHERE e.membership_id = m.id)
WHERE s.person_id = %s AND s.ended_at IS NULL AND s.opened_at > %s
ORDER BY s.seen_at DESC, s.id"""
_LOCK: Final = """
SELECT s.ended_at
FROM parties.session s
WHERE s.id = %s
FOR UPDATE"""
_SEEN: Final = """
UPDATE parties.session
SET seen_at = %s
WHERE id = %s AND seen_at < %s AND ended_at IS NULL"""
_CHOOSE: Final = """
UPDATE parties.session
SET membership_id = %s
WHERE id = %s"""
_END: Final = """
UPDATE parties.session
SET ended_at = greatest(%(now)s, seen_at), ended_why = %(why)s
WHERE person_id = %(person)s AND ended_at IS NULL AND id = ANY(%(sessions)s)
RETURNING id"""
_LIVE_IDS: Final = """
SELECT s.id
FROM parties.session s
WHERE s.person_id = %s AND s.ended_at IS NULL
ORDER BY s.id
FOR UPDATE"""
_SHOW: Final = """
INSERT INTO parties.shown_order
  (id, session_id, kind, text_zh, text_en, payload, nonce, shown_at, expires_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_SHOWN: Final = """
SELECT o.kind, o.text_zh, o.text_en, o.payload, o.nonce, o.expires_at
FROM parties.shown_order o
WHERE o.id = %s AND o.session_id = %s
  AND NOT EXISTS (SELECT 1 FROM parties.signed_order d WHERE d.order_id = o.id)"""
_SIGN: Final = """
INSERT INTO parties.signed_order (order_id, method, passkey_id, signed_at)
VALUES (%s, %s, %s, %s)
ON CONFLICT (order_id) DO NOTHING
RETURNING order_id"""
_PROVEN_AT: Final = """
SELECT max(d.signed_at)
FROM parties.shown_order o
JOIN parties.signed_order d ON d.order_id = o.id
WHERE o.session_id = %s AND o.kind = %s"""


@dataclass(frozen=True, slots=True)
class Held:
    """A session as one of its tokens finds it."""

    session: Session
    issued_at: datetime
    replaced_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A shown order that nobody signed yet."""

    order: Order
    nonce: bytes
    expires_at: datetime


def add(tx: Tx, session: Session, membership_id: UUID | None) -> None:
    """Open a session."""
    row = (
        session.id,
        session.person.id,
        membership_id,
        session.device,
        session.demo,
        session.opened_at,
        session.seen_at,
    )
    tx.run(_ADD, row)


def add_token(tx: Tx, session: UUID, digest: bytes, now: datetime) -> None:
    """Append the session's next token."""
    tx.run(_ISSUE, {"digest": digest, "session": session, "now": now})


def of_token(tx: Tx, digest: bytes) -> Held | None:
    """The session one of whose tokens this is, live or not."""
    row = tx.row(_HELD, (digest,))
    return Held(_session(row[:14]), row[14], row[15], row[16]) if row else None


def of_person(tx: Tx, person: UUID, opened_after: datetime) -> list[Session]:
    """The person's sessions that were not ended, the one seen last first."""
    return [_session(row) for row in tx.rows(_OF_PERSON, (person, opened_after))]


def lock(tx: Tx, session: UUID) -> bool:
    """Hold the session to the transaction's end; False if it was ended."""
    row = tx.row(_LOCK, (session,))
    return row is not None and row[0] is None


def seen(tx: Tx, session: UUID, now: datetime) -> None:
    """Note that the session was seen at `now`, unless it was seen later."""
    tx.run(_SEEN, (now, session, now))


def choose(tx: Tx, session: UUID, membership_id: UUID) -> None:
    """Put the session in the name of a membership."""
    tx.run(_CHOOSE, (membership_id, session))


def end(tx: Tx, person: UUID, sessions: Sequence[UUID], why: End, now: datetime) -> list[UUID]:
    """End those of `sessions` that are the person's and live; returns which were."""
    facts = {"now": now, "why": why.value, "person": person, "sessions": list(sessions)}
    return [id_ for (id_,) in tx.rows(_END, facts)]


def live_ids(tx: Tx, person: UUID) -> list[UUID]:
    """The person's sessions that were not ended, held to the transaction's end."""
    return [id_ for (id_,) in tx.rows(_LIVE_IDS, (person,))]


def show(tx: Tx, id_: UUID, session: UUID, shown: Shown, now: datetime) -> None:
    """Append a shown order."""
    order = shown.order
    words = (order.kind, order.text.zh, order.text.en, order.payload)
    tx.run(_SHOW, (id_, session, *words, shown.nonce, now, shown.expires_at))


def shown(tx: Tx, id_: UUID, session: UUID) -> Shown | None:
    """An order shown in this session that nobody signed, expired or not."""
    row = tx.row(_SHOWN, (id_, session))
    if row is None:
        return None
    kind, zh, en, payload, nonce, expires_at = row
    return Shown(Order(kind, Text(zh, en), bytes(payload)), bytes(nonce), expires_at)


def sign(tx: Tx, id_: UUID, passkey: UUID | None, now: datetime) -> bool:
    """Append that an order was signed (by PIN where no passkey); False if it had been."""
    method = "pin" if passkey is None else "passkey"
    return tx.row(_SIGN, (id_, method, passkey, now)) is not None


def signed_at(tx: Tx, session: UUID, kind: str) -> datetime | None:
    """When an order of this kind was last signed in this session."""
    row = tx.row(_PROVEN_AT, (session, kind))
    return row[0] if row else None


def _session(row: Sequence[object]) -> Session:
    id_, person, login, name, language, edition, theme, size, role, party, *rest = row
    settings = Settings(language, edition, theme, size)  # type: ignore[arg-type]  # as CHECKed
    whose = Person(person, login, name, settings)  # type: ignore[arg-type]  # a row
    membership = Membership(Role(role), party) if role else None  # type: ignore[arg-type]
    return Session(id_, whose, membership, *rest)  # type: ignore[arg-type]  # a row
