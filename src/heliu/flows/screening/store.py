"""SQL of the screening desk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.flows.screening.domain.registry import ClaimCommand, ClaimStatus, Receivable, Standing
from heliu.ground.actor import Actor
from heliu.ground.db import Tx, columns

# Ordered by fingerprint, then key: equal keys have equal fingerprints, so two batches meet both
# unique indexes in one order and cannot wait for each other in a circle.
_CLAIM: Final = """
INSERT INTO flows.uniqueness_claim
  (id, holder_id, canonical_key, fingerprint, seller, buyer, code, number, issued_on, amount,
   currency, document_id, status, waiver, claimed_by, claimed_at)
SELECT
  c.id, c.holder_id, c.canonical_key, c.fingerprint, c.seller, c.buyer, c.code, c.number,
  c.issued_on, c.amount, c.currency, c.document_id, 'won', c.waiver, %b::text, c.claimed_at
FROM unnest(
  %b::integer[], %b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[],
  %b::text[], %b::text[], %b::date[], %b::bigint[], %b::text[], %b::uuid[], %b::text[],
  %b::timestamptz[]
) AS c (
  place, id, holder_id, canonical_key, fingerprint, seller, buyer, code, number, issued_on,
  amount, currency, document_id, waiver, claimed_at
)
WHERE c.waiver IS NOT NULL OR NOT EXISTS (
  SELECT 1
  FROM flows.uniqueness_claim AS held
  WHERE held.fingerprint = c.fingerprint
    AND held.status = 'won'
    AND held.released_at IS NULL
)
ORDER BY c.fingerprint, c.canonical_key, c.place
ON CONFLICT DO NOTHING
RETURNING id"""
_REFUSE: Final = """
INSERT INTO flows.uniqueness_claim
  (id, holder_id, canonical_key, fingerprint, seller, buyer, code, number, issued_on, amount,
   currency, document_id, status, opposed_by, waiver, claimed_by, claimed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_STANDING: Final = """
SELECT id, holder_id, canonical_key, fingerprint
FROM flows.uniqueness_claim
WHERE fingerprint = ANY(%s)
  AND status = 'won'
  AND released_at IS NULL
ORDER BY claimed_at, id"""
_CLAIMS: Final = """
SELECT id, holder_id, status, claimed_at, released_at
FROM flows.uniqueness_claim
WHERE fingerprint = %s
ORDER BY claimed_at, id"""
_RELEASE: Final = """
UPDATE flows.uniqueness_claim
SET released_at = %s
WHERE id IN (
  SELECT id
  FROM flows.uniqueness_claim
  WHERE holder_id = ANY(%s)
    AND status = 'won'
    AND released_at IS NULL
  ORDER BY id
  FOR UPDATE
)"""
_VIOLATIONS: Final = """
SELECT canonical_key, count(*)
FROM flows.uniqueness_claim
WHERE status = 'won'
  AND released_at IS NULL
GROUP BY canonical_key
HAVING count(*) > 1
ORDER BY canonical_key"""
_UNWAIVED: Final = """
SELECT fingerprint, count(*)
FROM flows.uniqueness_claim
WHERE status = 'won'
  AND released_at IS NULL
  AND waiver IS NULL
GROUP BY fingerprint
HAVING count(*) > 1
ORDER BY fingerprint"""


def claim(tx: Tx, actor: Actor, commands: Mapping[UUID, ClaimCommand]) -> set[UUID]:
    """Enter every claim (by its new id) that nothing stands against; returns the ids entered."""
    rows = [
        (
            *(place, id_, c.holder_id, r.canonical_key, r.fingerprint, r.seller, r.buyer, r.code),
            *(r.number, r.issued_on, r.amount.minor, r.amount.currency, r.document_id),
            *(c.waiver, c.at),
        )
        for place, (id_, c) in enumerate(commands.items())
        for r in (c.receivable,)
    ]
    entered = tx.reads((_CLAIM, (actor.id, *columns(rows))))[0] if rows else []
    return {row[0] for row in entered}


def refuse(
    tx: Tx, actor: Actor, refused: Mapping[UUID, tuple[ClaimCommand, ClaimStatus, UUID]]
) -> None:
    """Keep the attempts that met a standing claim (by their id), with the claim they met."""
    tx.many(
        _REFUSE,
        [
            (
                *(id_, c.holder_id, c.receivable.canonical_key, c.receivable.fingerprint),
                *(c.receivable.seller, c.receivable.buyer, c.receivable.code),
                *(c.receivable.number, c.receivable.issued_on, c.receivable.amount.minor),
                *(c.receivable.amount.currency, c.receivable.document_id),
                *(status.value, opposed_by, c.waiver, actor.id, c.at),
            )
            for id_, (c, status, opposed_by) in refused.items()
        ],
    )


def standing(tx: Tx, fingerprints: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """Standing claims by fingerprint, the oldest first."""
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for row in tx.rows(_STANDING, (list(fingerprints),)):
        found[row[3]].append(Standing(*row))
    return found


def release(tx: Tx, holders: Sequence[UUID], at: datetime) -> int:
    """Release every standing claim of these holders; returns how many."""
    return tx.run(_RELEASE, (at, list(holders)))


def violations(tx: Tx) -> list[str]:
    """Receivables and unwaived look-alikes that stand claimed more than once."""
    return [
        *(f"receivable {key} stands claimed {n} times" for key, n in tx.rows(_VIOLATIONS)),
        *(f"look-alikes {key} stand claimed {n} times" for key, n in tx.rows(_UNWAIVED)),
    ]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim on a receivable or on what looks alike: won or refused, and whether it stands."""

    id: UUID
    holder_id: UUID
    status: ClaimStatus
    at: datetime
    released_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether it keeps others from the receivable."""
        return self.status is ClaimStatus.WON and self.released_at is None


def claims_on(tx: Tx, receivable: Receivable) -> list[Claimed]:
    """Every claim on the receivable and on what looks like it, oldest first."""
    rows = tx.rows(_CLAIMS, (receivable.fingerprint,))
    return [Claimed(row[0], row[1], ClaimStatus(row[2]), row[3], row[4]) for row in rows]
