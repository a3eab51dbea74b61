"""SQL of the limits desk."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.credit.limits.domain import Axis, Change, Holding, LimitLine, LineKey
from heliu.ground.db import Tx, columns

SET_LINE: Final = """
INSERT INTO credit.limit_line (id, axis, subject, currency, amount)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET amount = EXCLUDED.amount
WHERE credit.limit_line.amount <> EXCLUDED.amount"""
# Ordered by id, so that two draws that share lines never wait for each other in a circle.
LOCK_LINES: Final = """
SELECT axis, subject, currency, amount, reserved, utilised
FROM credit.limit_line
WHERE id = ANY(%b::uuid[])
ORDER BY id
FOR UPDATE"""
ALL_LINES: Final = """
SELECT axis, subject, currency, amount, reserved, utilised
FROM credit.limit_line
ORDER BY axis, subject, currency"""
LINES_OF: Final = """
SELECT axis, subject, currency, amount, reserved, utilised
FROM credit.limit_line
WHERE subject = ANY(%s)
ORDER BY axis, subject, currency"""
HOLDINGS: Final = """
SELECT m.reservation_id, f.lines, f.currency, f.reserved_change + f.utilised_change,
  sum(m.reserved_change)::bigint, sum(m.utilised_change)::bigint, f.expires_at
FROM credit.limit_move m
JOIN credit.limit_move f ON f.key = m.reservation_id
WHERE m.reservation_id = ANY(%b::uuid[])
GROUP BY m.reservation_id, f.key"""
EXPIRED: Final = """
SELECT f.key
FROM credit.limit_move f
JOIN credit.limit_move m ON m.reservation_id = f.key
WHERE f.expires_at <= %s
GROUP BY f.key
HAVING sum(m.reserved_change) > 0
ORDER BY f.key"""
DONE_KEYS: Final = "SELECT key FROM credit.limit_move WHERE key = ANY(%b::uuid[])"
ADD_MOVES: Final = """
INSERT INTO credit.limit_move
  (key, reservation_id, currency, lines, reserved_change, utilised_change, expires_at, recorded_at)
SELECT m.key, m.reservation_id, m.currency, m.lines::uuid[], m.reserved, m.utilised,
  m.expires_at, %b::timestamptz
FROM unnest(
  %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::timestamptz[]
) AS m (key, reservation_id, currency, lines, reserved, utilised, expires_at)"""
MOVE_LINES: Final = """
UPDATE credit.limit_line l
SET reserved = l.reserved + m.reserved, utilised = l.utilised + m.utilised
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[]) AS m (id, reserved, utilised)
WHERE l.id = m.id"""
VIOLATIONS: Final = """
WITH folded AS (
  SELECT line.id, sum(m.reserved_change) AS reserved, sum(m.utilised_change) AS utilised
  FROM credit.limit_move m
  CROSS JOIN unnest(m.lines) AS line (id)
  GROUP BY line.id
)
SELECT l.id, l.axis, l.reserved, l.utilised, coalesce(f.reserved, 0), coalesce(f.utilised, 0)
FROM credit.limit_line l
LEFT JOIN folded f ON f.id = l.id
WHERE l.reserved <> coalesce(f.reserved, 0)
  OR l.utilised <> coalesce(f.utilised, 0)"""


def set_lines(tx: Tx, lines: Sequence[LimitLine]) -> None:
    """Create lines, or change the amount of those that exist."""
    tx.many(SET_LINE, [(line.key.id, *line.key, line.amount) for line in lines])


def lock_and_hold(
    tx: Tx, lines: Iterable[UUID], reservations: Sequence[UUID]
) -> tuple[list[LimitLine], dict[UUID, Holding]]:
    """The lines that exist, locked until the transaction ends, and `holdings` under the locks."""
    # PostgreSQL takes a new snapshot for each statement (read committed), so the second one sees
    # what the first one waited for.
    locked, held = tx.reads((LOCK_LINES, (list(lines),)), (HOLDINGS, (list(reservations),)))
    return [_line(row) for row in locked], {row[0]: _holding(row) for row in held}


def all_lines(tx: Tx) -> list[LimitLine]:
    """Every limit line."""
    return [_line(row) for row in tx.rows(ALL_LINES)]


def lines_of(tx: Tx, subjects: Sequence[str]) -> list[LimitLine]:
    """The limit lines of these subjects (a programme's code, a USCC), whatever their axis."""
    return [_line(row) for row in tx.rows(LINES_OF, (list(subjects),))]


def holdings(tx: Tx, reservations: Sequence[UUID]) -> dict[UUID, Holding]:
    """What each reservation that exists holds."""
    rows = tx.rows(HOLDINGS, (list(set(reservations)),))
    return {row[0]: _holding(row) for row in rows}


def done_keys(tx: Tx, keys: Sequence[UUID]) -> set[UUID]:
    """Which command keys were already carried out."""
    return {key for (key,) in tx.rows(DONE_KEYS, (list(keys),))}


def expired(tx: Tx, now: datetime) -> list[UUID]:
    """Reservations past their time that still hold something reserved."""
    return [rid for (rid,) in tx.rows(EXPIRED, (now,))]


def add_changes(tx: Tx, changes: Sequence[Change], now: datetime) -> None:
    """Append the moves, and move every line by the sum of what touches it."""
    if not changes:
        return
    rows = [
        (
            *(c.key, c.reservation, c.currency, "{" + ",".join(map(str, c.lines)) + "}"),
            *(c.reserved, c.utilised, c.expires_at),
        )
        for c in changes
    ]
    tx.later(ADD_MOVES, (now, *columns(rows)))
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for change in changes:
        for line in change.lines:
            total = sums[line]
            total[0] += change.reserved
            total[1] += change.utilised
    tx.later(MOVE_LINES, (list(sums), [r for r, _ in sums.values()], [u for _, u in sums.values()]))


def violations(tx: Tx) -> list[tuple[UUID, str, int, int, int, int]]:
    """Lines whose use is not the fold of their moves: id, axis, stored and folded use."""
    return [(r[0], r[1], r[2], r[3], int(r[4]), int(r[5])) for r in tx.rows(VIOLATIONS)]


def _holding(row: TupleRow) -> Holding:
    return Holding(tuple(row[1]), *row[2:])


def _line(row: tuple[str, str, str, int, int, int]) -> LimitLine:
    axis, subject, currency, amount, reserved, utilised = row
    return LimitLine(LineKey(Axis(axis), subject, currency), amount, reserved, utilised)
