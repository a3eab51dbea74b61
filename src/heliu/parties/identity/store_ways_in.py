"""SQL of the identity desk: passkeys, challenges, PINs, and the tallies of failures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.parties.identity.domain.lockout import Tally, Whose
from heliu.parties.identity.domain.ways_in import Passkey

_ADD_PASSKEY: Final = """
INSERT INTO parties.passkey
  (id, person_id, credential_id, public_key, label, synced, counter, registered_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (credential_id) DO NOTHING
RETURNING id"""
_PASSKEYS: Final = """
SELECT k.id, k.label, k.synced, k.registered_at, k.used_at
FROM parties.passkey k
WHERE k.person_id = %s AND k.removed_at IS NULL
ORDER BY k.registered_at, k.id"""
_CREDENTIALS: Final = """
SELECT k.credential_id
FROM parties.passkey k
WHERE k.person_id = %s AND k.removed_at IS NULL
ORDER BY k.registered_at, k.id"""
_CREDENTIAL: Final = """
SELECT k.id, k.person_id, k.public_key, k.counter
FROM parties.passkey k
WHERE k.credential_id = %s AND k.removed_at IS NULL
FOR UPDATE"""
_USED: Final = """
UPDATE parties.passkey
SET counter = %s, used_at = %s
WHERE id = %s"""
_REMOVE: Final = """
UPDATE parties.passkey
SET removed_at = %s
WHERE person_id = %s AND id = ANY(%s) AND removed_at IS NULL
RETURNING id"""
_ADD_CHALLENGE: Final = """
INSERT INTO parties.challenge (id, purpose, challenge, session_id, expires_at)
VALUES (%s, %s, %s, %s, %s)"""
_USE_CHALLENGE: Final = """
UPDATE parties.challenge
SET used_at = %(now)s
WHERE id = %(id)s AND used_at IS NULL AND expires_at > %(now)s
  AND session_id IS NOT DISTINCT FROM %(session)s::uuid
RETURNING challenge"""
_SWEEP: Final = """
DELETE FROM parties.challenge
WHERE id IN (
  SELECT c.id
  FROM parties.challenge c
  WHERE c.expires_at < %s
  ORDER BY c.expires_at
  LIMIT 100
  FOR UPDATE SKIP LOCKED
)"""
_PUT_PIN: Final = """
INSERT INTO parties.pin (person_id, salt, digest, set_at)
VALUES (%s, %s, %s, %s)
ON CONFLICT (person_id) DO UPDATE
SET salt = excluded.salt, digest = excluded.digest, set_at = excluded.set_at"""
_PIN: Final = """
SELECT n.salt, n.digest
FROM parties.pin n
WHERE n.person_id = %s"""
_REMOVE_PIN: Final = """
DELETE FROM parties.pin
WHERE person_id = %s
RETURNING person_id"""
_TALLY: Final = """
SELECT l.failures, l.last_at
FROM parties.lockout l
WHERE l.whose = %s AND l.subject = %s"""
_OPEN_TALLY: Final = """
INSERT INTO parties.lockout (whose, subject, failures)
VALUES (%s, %s, 0)
ON CONFLICT (whose, subject) DO NOTHING"""
_LOCK_TALLY: Final = """
SELECT l.failures, l.last_at
FROM parties.lockout l
WHERE l.whose = %s AND l.subject = %s
FOR UPDATE"""
_PUT_TALLY: Final = """
UPDATE parties.lockout
SET failures = %s, last_at = %s
WHERE whose = %s AND subject = %s"""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a passkey's answer is checked against."""

    id: UUID
    person: UUID
    public_key: bytes
    counter: int


def add_passkey(tx: Tx, person: UUID, passkey: Passkey, raw: tuple[bytes, bytes, int]) -> bool:
    """Append a passkey with `raw` = credential id, public key, counter; False if it is known."""
    credential_id, public_key, counter = raw
    words = (passkey.label, passkey.synced, counter, passkey.registered_at)
    row = (passkey.id, person, credential_id, public_key, *words)
    return tx.row(_ADD_PASSKEY, row) is not None


def passkeys(tx: Tx, person: UUID) -> list[Passkey]:
    """The person's passkeys in order of registration."""
    return [Passkey(*row) for row in tx.rows(_PASSKEYS, (person,))]


def credential_ids(tx: Tx, person: UUID) -> list[bytes]:
    """The person's credential ids in order of registration."""
    return [bytes(raw) for (raw,) in tx.rows(_CREDENTIALS, (person,))]


def credential(tx: Tx, credential_id: bytes) -> Credential | None:
    """The passkey of a credential id, held to the transaction's end."""
    row = tx.row(_CREDENTIAL, (credential_id,))
    return Credential(row[0], row[1], bytes(row[2]), row[3]) if row else None


def used(tx: Tx, passkey: UUID, counter: int, now: datetime) -> None:
    """Note that a passkey was used, and its counter."""
    tx.run(_USED, (counter, now, passkey))


def remove_passkeys(tx: Tx, person: UUID, ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Remove those of `ids` that are the person's; returns which were."""
    return [id_ for (id_,) in tx.rows(_REMOVE, (now, person, list(ids)))]


def add_challenge(
    tx: Tx, id_: UUID, challenge: bytes, session: UUID | None, expires_at: datetime
) -> None:
    """Append a challenge: of a registration in a session, or of a log-in."""
    purpose = "login" if session is None else "register"
    tx.run(_ADD_CHALLENGE, (id_, purpose, challenge, session, expires_at))


def use_challenge(tx: Tx, id_: UUID, session: UUID | None, now: datetime) -> bytes | None:
    """Use a challenge up; None if it was used, has expired or is another session's."""
    row = tx.row(_USE_CHALLENGE, {"now": now, "id": id_, "session": session})
    return bytes(row[0]) if row else None


def sweep_challenges(tx: Tx, now: datetime) -> None:
    """Throw away some challenges that expired."""
    tx.run(_SWEEP, (now,))


def put_pin(tx: Tx, person: UUID, salt: bytes, digest: bytes, now: datetime) -> None:
    """Set the person's PIN in place of the one before."""
    tx.run(_PUT_PIN, (person, salt, digest, now))


def pin(tx: Tx, person: UUID) -> tuple[bytes, bytes] | None:
    """Salt and digest of the person's PIN, if there is one."""
    row = tx.row(_PIN, (person,))
    return (bytes(row[0]), bytes(row[1])) if row else None


def remove_pin(tx: Tx, person: UUID) -> bool:
    """Remove the person's PIN; False if there was none."""
    return tx.row(_REMOVE_PIN, (person,)) is not None


def tally(tx: Tx, whose: Whose, subject: bytes) -> Tally:
    """The failures of a log-in or address, not held."""
    row = tx.row(_TALLY, (whose.value, subject))
    return Tally(whose, *row) if row else Tally(whose)


def hold_tally(tx: Tx, whose: Whose, subject: bytes) -> Tally:
    """The failures of a log-in or address, held to the transaction's end."""
    tx.run(_OPEN_TALLY, (whose.value, subject))
    row = tx.row(_LOCK_TALLY, (whose.value, subject))
    assert row is not None, "it was opened just now"
    return Tally(whose, *row)


def put_tally(tx: Tx, subject: bytes, now: Tally) -> None:
    """Write down the failures of a log-in or address."""
    tx.run(_PUT_TALLY, (now.failures, now.last_at, now.whose.value, subject))
