"""Facts go up through the outbox: told in the transaction that made them true, heard later, once.

A fact is a frozen dataclass in a desk's `events.py`, past tense. It is stored as JSON with a
stable kind ("credit.loan_disbursed.v1"); a hearer is idempotent by fact id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from heliu.ground.db import Tx

_TELL: Final = """
INSERT INTO ground.fact (id, kind, body, occurred_at)
SELECT f.id, f.kind, f.body::jsonb, f.occurred_at
FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::timestamptz[]) WITH ORDINALITY
  AS f (id, kind, body, occurred_at, place)
ORDER BY f.place
ON CONFLICT (id) DO NOTHING"""
_PENDING: Final = """
SELECT id, kind, body, occurred_at
FROM ground.fact
WHERE position > %s
ORDER BY position
LIMIT %s"""
_BETWEEN: Final = """
SELECT position, id, kind, body, occurred_at
FROM ground.fact
WHERE position > %s AND position <= %s
ORDER BY position
LIMIT %s"""
_NAMING: Final = """
SELECT f.id, f.kind, f.body, f.occurred_at
FROM ground.fact f
WHERE f.position > (SELECT coalesce(max(l.position), 0) FROM ground.fact l) - %s
  AND f.body @> %s::jsonb
ORDER BY f.position DESC
LIMIT %s"""
_LAST: Final = """
SELECT coalesce(max(position), 0)
FROM ground.fact"""
_OWN: Final = """
SELECT pg_current_xact_id()::text::bigint"""
_SETTLED: Final = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s"""


@dataclass(frozen=True, slots=True)
class Fact:
    """What became true: id (derived from its cause), versioned kind, JSON body, instant (UTC)."""

    id: UUID
    kind: str
    body: dict[str, Any]
    occurred_at: datetime


def tell(tx: Tx, facts: Sequence[Fact]) -> None:
    """Record `facts` in this transaction; telling the same fact id again changes nothing."""
    if facts:
        bodies = [msgspec.json.encode(fact.body).decode() for fact in facts]
        ids, kinds = [fact.id for fact in facts], [fact.kind for fact in facts]
        tx.later(_TELL, (ids, kinds, bodies, [fact.occurred_at for fact in facts]))


def facts_after(tx: Tx, position: int, limit: int) -> list[Fact]:
    """Up to `limit` facts told after `position`, in order of telling."""
    return [Fact(*row) for row in tx.rows(_PENDING, (position, limit))]


@dataclass(frozen=True, slots=True)
class Mark:
    """A position, and a transaction younger than all that hold this position or one before."""

    position: int
    transaction: int


def mark(tx: Tx, after: int) -> Mark | None:
    """Where the outbox ends now, to be asked in a later transaction whether it is settled.

    None if nothing is told after position `after`. Positions of transactions that run side by side
    become visible out of order. A trigger gives each teller its transaction number before its
    first position, so whoever holds a position up to the last one visible is older than the number
    taken here after looking. `tx` must not have written before.
    """
    (position,) = tx.rows(_LAST)[0]
    if position <= after:
        return None
    (transaction,) = tx.rows(_OWN)[0]
    return Mark(position, transaction)


def is_settled(tx: Tx, known: Mark) -> bool:
    """Whether every fact up to the mark is visible to the next statement, and none can follow."""
    (settled,) = tx.rows(_SETTLED, (known.transaction,))[0]
    return bool(settled)


def facts_between(tx: Tx, after: int, until: int, limit: int) -> list[tuple[int, Fact]]:
    """Up to `limit` facts of positions (after, until], each with its position, in order."""
    return [(row[0], Fact(*row[1:])) for row in tx.rows(_BETWEEN, (after, until, limit))]


def facts_naming(tx: Tx, member: str, value: str, limit: int, back: int) -> list[Fact]:
    """Up to `limit` of the last `back` facts whose list `member` has `value`, youngest first."""
    wanted = msgspec.json.encode({member: [value]}).decode()
    return [Fact(*row) for row in tx.rows(_NAMING, (back, wanted, limit))]
