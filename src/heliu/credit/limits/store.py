"""SQL of the limits desk."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.credit.limits.domain import Axis, Change, LimitLine, LineKey, Reserve, Reserved
from heliu.ground.db import Tx

SET_LINE: Final = """
INSERT INTO credit.limit_line (id, axis, subject, currency, amount)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount
WHERE credit.limit_line.amount <> EXCLUDED.amount"""
# Ordered by id, so that two draws that share lines never wait for each other in a circle.
LOCK_LINES: Final = """
SELECT axis, subject, currency, amount, reserved, utilised
FROM credit.limit_line
WHERE id = ANY(%s)
ORDER BY id
FOR UPDATE"""
ALL_LINES: Final = """
SELECT axis, subject, currency, amount, reserved, utilised
FROM credit.limit_line
ORDER BY axis, subject, currency"""
RESERVATIONS: Final = """
SELECT r.id, r.currency, l.axis, l.subject, sum(e.reserved_change), sum(e.utilised_change), r.amount
FROM credit.limit_reservation r
JOIN credit.limit_event e ON e.reservation_id = r.id
JOIN credit.limit_line l ON l.id = e.line_id
WHERE r.id = ANY(%s)
GROUP BY r.id, r.currency, l.axis, l.subject, r.amount"""
EXPIRED: Final = """
SELECT r.id
FROM credit.limit_reservation r
JOIN credit.limit_event e ON e.reservation_id = r.id
WHERE r.expires_at <= %s
GROUP BY r.id
HAVING sum(e.reserved_change) > 0
ORDER BY r.id"""
DONE_KEYS: Final = "SELECT DISTINCT key FROM credit.limit_event WHERE key = ANY(%s)"
ADD_RESERVATION: Final = """
INSERT INTO credit.limit_reservation (id, amount, currency, expires_at, recorded_at)
VALUES (%s, %s, %s, %s, %s)"""
ADD_EVENT: Final = """
INSERT INTO credit.limit_event
  (key, line_id, reservation_id, reserved_change, utilised_change, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s)"""
MOVE_LINE: Final = """
UPDATE credit.limit_line
SET reserved = reserved + %s, utilised = utilised + %s
WHERE id = %s"""
VIOLATIONS: Final = """
SELECT l.id, l.axis, l.reserved, l.utilised,
  coalesce(sum(e.reserved_change), 0), coalesce(sum(e.utilised_change), 0)
FROM credit.limit_line l
LEFT JOIN credit.limit_event e ON e.line_id = l.id
GROUP BY l.id
HAVING l.reserved <> coalesce(sum(e.reserved_change), 0)
  OR l.utilised <> coalesce(sum(e.utilised_change), 0)"""


def set_lines(tx: Tx, lines: Sequence[LimitLine]) -> None:
    """Create lines, or change the amount of those that exist."""
    tx.many(SET_LINE, [(line.key.id, *line.key, line.amount) for line in lines])


def lock_lines(tx: Tx, keys: Iterable[LineKey]) -> dict[LineKey, LimitLine]:
    """The lines of `keys` that exist, locked until the end of the transaction."""
    rows = tx.rows(LOCK_LINES, ([key.id for key in set(keys)],))
    return {line.key: line for line in map(_line, rows)}


def all_lines(tx: Tx) -> list[LimitLine]:
    """Every limit line."""
    return [_line(row) for row in tx.rows(ALL_LINES)]


def load_reservations(
    tx: Tx, ids: Sequence[UUID]
) -> dict[UUID, dict[LineKey, tuple[int, int, int]]]:
    """For each reservation and line: open reserved, open utilised, and the amount granted."""
    found: dict[UUID, dict[LineKey, tuple[int, int, int]]] = {}
    for rid, currency, axis, subject, reserved, utilised, amount in tx.rows(
        RESERVATIONS, (list(ids),)
    ):
        key = LineKey(Axis(axis), subject, currency)
        found.setdefault(rid, {})[key] = (int(reserved), int(utilised), amount)
    return found


def done_keys(tx: Tx, keys: Sequence[UUID]) -> set[UUID]:
    """Which command keys were already carried out."""
    return {key for (key,) in tx.rows(DONE_KEYS, (list(keys),))}


def expired(tx: Tx, now: datetime) -> list[UUID]:
    """Reservations past their time that still hold something reserved."""
    return [rid for (rid,) in tx.rows(EXPIRED, (now,))]


def add_reservations(tx: Tx, granted: Sequence[tuple[Reserve, Reserved]], now: datetime) -> None:
    """Record the reservations granted."""
    tx.many(
        ADD_RESERVATION,
        [(c.key, g.amount.minor, g.amount.currency, c.expires_at, now) for c, g in granted],
    )


def add_changes(tx: Tx, changes: Sequence[Change], now: datetime) -> None:
    """Append the events and move the lines by them, in line order."""
    ordered = sorted(changes, key=lambda change: change.line.id)
    tx.many(
        ADD_EVENT,
        [(c.key, c.line.id, c.reservation, c.reserved, c.utilised, now) for c in ordered],
    )
    tx.many(MOVE_LINE, [(c.reserved, c.utilised, c.line.id) for c in ordered])


def violations(tx: Tx) -> list[tuple[UUID, str, int, int, int, int]]:
    """Lines whose use is not the fold of their events: id, axis, stored and folded use."""
    return [(r[0], r[1], r[2], r[3], int(r[4]), int(r[5])) for r in tx.rows(VIOLATIONS)]


def _line(row: tuple[str, str, str, int, int, int]) -> LimitLine:
    axis, subject, currency, amount, reserved, utilised = row
    return LimitLine(LineKey(Axis(axis), subject, currency), amount, reserved, utilised)
