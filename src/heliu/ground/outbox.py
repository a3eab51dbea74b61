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
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[]) WITH ORDINALITY
  AS f (id, kind, body, occurred_at, place)
ORDER BY f.place
ON CONFLICT (id) DO NOTHING"""
_PENDING: Final = """
SELECT id, kind, body, occurred_at
FROM ground.fact
WHERE position > %s
ORDER BY position
LIMIT %s"""


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
        tx.run(_TELL, (ids, kinds, bodies, [fact.occurred_at for fact in facts]))


def facts_after(tx: Tx, position: int, limit: int) -> list[Fact]:
    """Up to `limit` facts told after `position`, in order of telling."""
    return [Fact(*row) for row in tx.rows(_PENDING, (position, limit))]
