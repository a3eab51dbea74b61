"""SQL of the identity desk: recoveries, guardianships, risk events, co-approvals."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.domain.guardianship import CoApproval, Guardianship, RiskEvent
from heliu.parties.identity.domain.order import Order
from heliu.parties.identity.domain.recovery import Recovery, Step

_BEGIN: Final = """
INSERT INTO parties.recovery (id, person_id, begun_at)
VALUES (%s, %s, %s)"""
_RECOVERIES: Final = """
SELECT r.id, r.person_id, r.begun_at, c.done_at, v.done_by, d.done_at
FROM parties.recovery r
LEFT JOIN parties.recovery_step c ON c.recovery_id = r.id AND c.step = 'cancelled'
LEFT JOIN parties.recovery_step v ON v.recovery_id = r.id AND v.step = 'vouched'
LEFT JOIN parties.recovery_step d ON d.recovery_id = r.id AND d.step = 'released'
WHERE r.begun_at > %s AND (%s::uuid IS NULL OR r.person_id = %s) AND (%s::uuid IS NULL OR r.id = %s)
ORDER BY r.begun_at, r.id"""
_LOCK_RECOVERY: Final = """
SELECT r.id
FROM parties.recovery r
WHERE r.id = %s
FOR UPDATE"""
_STEP: Final = """
INSERT INTO parties.recovery_step (recovery_id, step, done_at, done_by)
VALUES (%s, %s, %s, %s)"""
_INVITE: Final = """
INSERT INTO parties.guardianship (id, ward_id, guardian_login, limit_minor, invited_at)
VALUES (%s, %s, %s, %s, %s)"""
_GUARDIANSHIPS: Final = """
SELECT g.id, g.ward_id, w.name, g.guardian_login, a.person_id, p.name, g.limit_minor,
  g.invited_at, a.done_at, e.done_at
FROM parties.guardianship g
JOIN parties.person w ON w.id = g.ward_id
LEFT JOIN parties.guardianship_step a ON a.guardianship_id = g.id AND a.step = 'accepted'
LEFT JOIN parties.guardianship_step e ON e.guardianship_id = g.id AND e.step = 'ended'
LEFT JOIN parties.person p ON p.id = a.person_id
WHERE g.ward_id = %(person)s OR a.person_id = %(person)s
  OR (a.person_id IS NULL AND g.guardian_login = %(login)s)
ORDER BY g.invited_at, g.id"""
_LOCK_GUARDIANSHIP: Final = """
SELECT g.id
FROM parties.guardianship g
WHERE g.id = %s
FOR UPDATE"""
_GUARDIANSHIP_STEP: Final = """
INSERT INTO parties.guardianship_step (guardianship_id, step, person_id, done_at)
VALUES (%s, %s, %s, %s)"""
_RISK: Final = """
INSERT INTO parties.risk_event (id, ward_id, text_zh, text_en, happened_at)
VALUES (%s, %s, %s, %s, %s)"""
_RISKS: Final = """
SELECT r.id, r.ward_id, p.name, r.text_zh, r.text_en, r.happened_at
FROM parties.guardianship_step a
JOIN parties.guardianship g ON g.id = a.guardianship_id
JOIN parties.risk_event r ON r.ward_id = g.ward_id AND r.happened_at >= a.done_at
JOIN parties.person p ON p.id = r.ward_id
WHERE a.step = 'accepted' AND a.person_id = %s
  AND NOT EXISTS (
    SELECT 1 FROM parties.guardianship_step e
    WHERE e.guardianship_id = g.id AND e.step = 'ended'
  )
ORDER BY r.happened_at DESC, r.id DESC
LIMIT %s"""
_ASK: Final = """
INSERT INTO parties.co_approval (id, ward_id, kind, text_zh, text_en, payload, asked_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_APPROVALS: Final = """
SELECT c.id, c.ward_id, p.name, c.kind, c.text_zh, c.text_en, c.payload, c.asked_at,
  r.approved, r.ruled_at
FROM parties.co_approval c
JOIN parties.person p ON p.id = c.ward_id
LEFT JOIN parties.co_approval_ruling r ON r.approval_id = c.id
WHERE c.ward_id = ANY(%s) AND c.asked_at > %s
ORDER BY c.asked_at DESC, c.id DESC"""
_APPROVALS_BY_ID: Final = """
SELECT c.id, c.ward_id, p.name, c.kind, c.text_zh, c.text_en, c.payload, c.asked_at,
  r.approved, r.ruled_at
FROM parties.co_approval c
JOIN parties.person p ON p.id = c.ward_id
LEFT JOIN parties.co_approval_ruling r ON r.approval_id = c.id
WHERE c.id = ANY(%s)"""
_RULE: Final = """
INSERT INTO parties.co_approval_ruling (approval_id, ward_id, guardian_id, approved, ruled_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (approval_id) DO NOTHING
RETURNING approval_id"""


def begin(tx: Tx, recovery: Recovery) -> None:
    """Append a recovery."""
    tx.run(_BEGIN, (recovery.id, recovery.person, recovery.begun_at))


def recoveries(
    tx: Tx, begun_after: datetime, *, of: UUID | None = None, id_: UUID | None = None
) -> list[Recovery]:
    """Recoveries begun after an instant: all, one person's, or one; the oldest first."""
    return [Recovery(*row) for row in tx.rows(_RECOVERIES, (begun_after, of, of, id_, id_))]


def lock_recovery(tx: Tx, id_: UUID) -> None:
    """Hold a recovery to the transaction's end."""
    tx.run(_LOCK_RECOVERY, (id_,))


def add_step(tx: Tx, recovery: UUID, step: Step, by: str, now: datetime) -> None:
    """Append what was done to a recovery."""
    tx.run(_STEP, (recovery, step.value, now, by))


def invite(tx: Tx, one: Guardianship) -> None:
    """Append an invitation."""
    tx.run(_INVITE, (one.id, one.ward, one.guardian_login, one.limit_minor, one.invited_at))


def guardianships(tx: Tx, person: UUID, login: str) -> list[Guardianship]:
    """All bonds of a person on either side, and those his log-in is invited to."""
    facts = {"person": person, "login": login}
    return [Guardianship(*row) for row in tx.rows(_GUARDIANSHIPS, facts)]


def lock_guardianship(tx: Tx, id_: UUID) -> None:
    """Hold a guardianship to the transaction's end."""
    tx.run(_LOCK_GUARDIANSHIP, (id_,))


def add_guardianship_step(tx: Tx, id_: UUID, step: str, person: UUID, now: datetime) -> None:
    """Append that a guardianship was accepted or ended."""
    tx.run(_GUARDIANSHIP_STEP, (id_, step, person, now))


def add_risk(tx: Tx, id_: UUID, ward: UUID, text: Text, now: datetime) -> None:
    """Append a risk event."""
    tx.run(_RISK, (id_, ward, text.zh, text.en, now))


def risks(tx: Tx, guardian: UUID, limit: int) -> list[RiskEvent]:
    """Risk events of the guardian's wards since he accepted, the youngest first."""
    return [
        RiskEvent(id_, ward, name, Text(zh, en), at)
        for id_, ward, name, zh, en, at in tx.rows(_RISKS, (guardian, limit))
    ]


def ask(tx: Tx, id_: UUID, ward: UUID, order: Order, now: datetime) -> None:
    """Append a request to approve; the same id again changes nothing."""
    tx.run(_ASK, (id_, ward, order.kind, order.text.zh, order.text.en, order.payload, now))


def approvals(tx: Tx, wards: Sequence[UUID], asked_after: datetime) -> list[CoApproval]:
    """Requests of `wards` since an instant, the youngest first."""
    return [_approval(row) for row in tx.rows(_APPROVALS, (list(wards), asked_after))]


def approvals_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, CoApproval]:
    """Requests by id."""
    return {row[0]: _approval(row) for row in tx.rows(_APPROVALS_BY_ID, (list(ids),))}


def rule(tx: Tx, one: CoApproval, guardian: UUID, *, approved: bool, now: datetime) -> bool:
    """Append a guardian's ruling; False if there was one."""
    return tx.row(_RULE, (one.id, one.ward, guardian, approved, now)) is not None


def _approval(row: Sequence[object]) -> CoApproval:
    id_, ward, name, kind, zh, en, payload, asked_at, approved, ruled_at = row
    order = Order(kind, Text(zh, en), bytes(payload))  # type: ignore[arg-type, call-overload]
    return CoApproval(id_, ward, name, order, asked_at, approved, ruled_at)  # type: ignore[arg-type]
