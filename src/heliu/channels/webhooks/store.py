"""SQL of the webhooks desk."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.channels.webhooks.domain.delivery import Attempt, Delivery, Fault, State
from heliu.channels.webhooks.domain.endpoint import Endpoint
from heliu.ground.actor import Actor
from heliu.ground.db import Tx

# The numbers are arbitrary but fixed: one hearer at a time, one change of a connection's endpoints.
_HEARER: Final = "SELECT pg_try_advisory_xact_lock(726338)"
_OWNER: Final = "SELECT pg_advisory_xact_lock(726337, hashtext(%s))"
_CURSOR: Final = """
SELECT c.position
FROM channels.webhook_cursor c"""
_MOVE: Final = """
UPDATE channels.webhook_cursor
SET position = %s"""
_ADD_ENDPOINT: Final = """
INSERT INTO channels.webhook_endpoint (id, connection_id, url, kinds, created_at, created_by)
VALUES (%s, %s, %s, %s, %s, %s)"""
_REMOVE: Final = """
INSERT INTO channels.webhook_removal (endpoint_id, removed_at, removed_by)
VALUES (%s, %s, %s)
ON CONFLICT (endpoint_id) DO NOTHING"""
_ENDPOINTS: Final = """
SELECT e.id, e.connection_id, e.url, e.kinds, e.created_at
FROM channels.webhook_endpoint e
WHERE NOT EXISTS (SELECT 1 FROM channels.webhook_removal r WHERE r.endpoint_id = e.id)
ORDER BY e.created_at, e.id"""
_ADD: Final = """
INSERT INTO channels.webhook_delivery
  (id, endpoint_id, fact_id, kind, payload, state, attempts, tries, next_at, created_at)
SELECT d.id, d.endpoint_id, d.fact_id, d.kind, d.payload, 'due', 0, 0, d.next_at, d.created_at
FROM unnest(
  %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[]
) WITH ORDINALITY
  AS d (id, endpoint_id, fact_id, kind, payload, next_at, created_at, place)
ORDER BY d.place
ON CONFLICT (id) DO NOTHING"""
_CLAIM: Final = """
UPDATE channels.webhook_delivery d
SET next_at = %(until)s
FROM unnest(%(endpoints)s::uuid[], %(shares)s::integer[]) AS e (id, share)
CROSS JOIN LATERAL (
  SELECT w.number
  FROM channels.webhook_delivery w
  WHERE w.endpoint_id = e.id AND w.state = 'due' AND w.next_at <= %(now)s
  ORDER BY w.next_at, w.number
  LIMIT e.share
  FOR UPDATE SKIP LOCKED
) AS due
WHERE d.number = due.number
RETURNING d.id, d.endpoint_id, d.fact_id, d.kind, d.payload, d.next_at, d.created_at,
  d.state, d.attempts, d.tries, d.number"""
_ATTEMPTED: Final = """
INSERT INTO channels.webhook_attempt (delivery_id, attempt, sent_at, took_ms, status, fault)
SELECT a.delivery_id, a.attempt, a.sent_at, a.took_ms, a.status, a.fault
FROM unnest(%s::uuid[], %s::integer[], %s::timestamptz[], %s::integer[], %s::smallint[], %s::text[])
  AS a (delivery_id, attempt, sent_at, took_ms, status, fault)
ON CONFLICT (delivery_id, attempt) DO NOTHING"""
_FOLD: Final = """
UPDATE channels.webhook_delivery d
SET state = f.state, attempts = f.attempts, tries = f.tries, next_at = f.next_at
FROM unnest(%s::uuid[], %s::text[], %s::integer[], %s::integer[], %s::timestamptz[])
  AS f (id, state, attempts, tries, next_at)
WHERE d.id = f.id"""
_REPLAY: Final = """
UPDATE channels.webhook_delivery d
SET state = 'due', tries = 0, next_at = %s
WHERE d.endpoint_id = %s AND d.created_at >= %s AND (%s::uuid IS NULL OR d.id = %s)"""
_DELIVERIES: Final = """
SELECT d.id, d.endpoint_id, d.fact_id, d.kind, d.payload, d.next_at, d.created_at,
  d.state, d.attempts, d.tries, d.number
FROM channels.webhook_delivery d
WHERE d.endpoint_id = %s AND (%s::bigint IS NULL OR d.number < %s)
ORDER BY d.number DESC
LIMIT %s"""
_LATEST: Final = """
SELECT DISTINCT ON (a.delivery_id) a.delivery_id, a.sent_at, a.took_ms, a.status, a.fault
FROM channels.webhook_attempt a
WHERE a.delivery_id = ANY(%s)
ORDER BY a.delivery_id, a.attempt DESC"""


def hearer(tx: Tx) -> bool:
    """Whether this transaction is the one that hears now."""
    (won,) = tx.rows(_HEARER)[0]
    return bool(won)


def cursor(tx: Tx) -> int:
    """Up to which position facts became deliveries."""
    (position,) = tx.rows(_CURSOR)[0]
    return int(position)


def move_cursor(tx: Tx, position: int) -> None:
    """Facts up to `position` became deliveries."""
    tx.run(_MOVE, (position,))


def lock_owner(tx: Tx, connection_id: str) -> None:
    """Hold the connection's endpoints to the transaction's end."""
    tx.rows(_OWNER, (connection_id,))


def add_endpoint(tx: Tx, actor: Actor, endpoint: Endpoint) -> None:
    """Append an endpoint."""
    row = (endpoint.id, endpoint.connection_id, endpoint.url, sorted(endpoint.kinds))
    tx.run(_ADD_ENDPOINT, (*row, endpoint.created_at, actor.id))


def remove(tx: Tx, actor: Actor, endpoint_id: UUID, now: datetime) -> None:
    """Append that the endpoint is no more."""
    tx.run(_REMOVE, (endpoint_id, now, actor.id))


def endpoints(tx: Tx) -> list[Endpoint]:
    """Every endpoint that was not removed, in order of creation."""
    return [
        Endpoint(id_, connection, url, frozenset(kinds), created_at)
        for id_, connection, url, kinds, created_at in tx.rows(_ENDPOINTS)
    ]


def add(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Append deliveries, in order; one that is there stays as it is."""
    columns = [
        (d.id, d.endpoint_id, d.fact_id, d.kind, d.payload, d.next_at, d.created_at)
        for d in deliveries
    ]
    if columns:
        tx.run(_ADD, tuple(list(column) for column in zip(*columns, strict=True)))


def claim(tx: Tx, shares: Mapping[UUID, int], now: datetime, until: datetime) -> list[Delivery]:
    """What is due for each endpoint, up to its share, oldest first; held from others `until`."""
    asked = {"endpoints": list(shares), "shares": list(shares.values())}
    wanted = asked | {"now": now, "until": until}
    rows = sorted(tx.rows(_CLAIM, wanted), key=lambda row: row[-1])
    return [_delivery(row) for row in rows]


def record(tx: Tx, attempted: Sequence[tuple[Delivery, Attempt]]) -> None:
    """Append each attempt and fold it into its delivery (given as it is after the attempt)."""
    tx.run(
        _ATTEMPTED,
        (
            [d.id for d, _ in attempted],
            [d.attempts for d, _ in attempted],
            [a.sent_at for _, a in attempted],
            [int(a.took / timedelta(milliseconds=1)) for _, a in attempted],
            [a.status for _, a in attempted],
            [a.fault for _, a in attempted],
        ),
    )
    folded = sorted((d for d, _ in attempted), key=lambda d: d.id)
    tx.run(
        _FOLD,
        (
            [d.id for d in folded],
            [d.state for d in folded],
            [d.attempts for d in folded],
            [d.tries for d in folded],
            [d.next_at for d in folded],
        ),
    )


def replay(
    tx: Tx, endpoint_id: UUID, since: datetime, now: datetime, delivery_id: UUID | None
) -> int:
    """Make one delivery, or all of those created at or after `since`, due again; how many."""
    return tx.run(_REPLAY, (now, endpoint_id, since, delivery_id, delivery_id))


def deliveries(
    tx: Tx, endpoint_id: UUID, before: int | None, limit: int
) -> list[tuple[int, Delivery, Attempt | None]]:
    """Up to `limit` deliveries numbered below `before`, youngest first, with the last attempt."""
    rows = tx.rows(_DELIVERIES, (endpoint_id, before, before, limit))
    latest = {row[0]: _attempt(row) for row in tx.rows(_LATEST, ([row[0] for row in rows],))}
    return [(row[-1], _delivery(row), latest.get(row[0])) for row in rows]


def _delivery(row: TupleRow) -> Delivery:
    id_, endpoint_id, fact_id, kind, payload, next_at, created_at, state, attempts, tries, _ = row
    known = (id_, endpoint_id, fact_id, kind, payload, next_at, created_at)
    return Delivery(*known, State(state), attempts, tries)


def _attempt(row: TupleRow) -> Attempt:
    _, sent_at, took_ms, status, fault = row
    took = timedelta(milliseconds=took_ms)
    return Attempt(sent_at, took, status, Fault(fault) if fault else None)
