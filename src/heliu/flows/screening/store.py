"""SQL of the screening desk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.flows.screening.domain.registry import ClaimCommand, ClaimStatus, Standing
from heliu.ground.actor import Actor
from heliu.ground.db import Tx

# Ordered by fingerprint, then key: equal keys have equal fingerprints, so two batches meet both
# unique indexes in one order and cannot wait for each other in a circle.
_CLAIM: Final = """
INSERT INTO flows.uniqueness_claim
  (id, holder_id, canonical_key, fingerprint, seller, buyer, code, number, issued_on, amount,
   currency, document_id, status, waiver, claimed_by, claimed_at)
SELECT
  c.id, c.holder_id, c.canonical_key, c.fingerprint, c.seller, c.buyer, c.code, c.number,
  c.issued_on, c.amount, c.currency, c.document_id, 'won', c.waiver, %(actor)s, c.claimed_at
FROM unnest(
  %(place)s::integer[], %(id)s::uuid[], %(holder_id)s::uuid[], %(canonical_key)s::uuid[],
  %(fingerprint)s::uuid[], %(seller)s::text[], %(buyer)s::text[], %(code)s::text[],
  %(number)s::text[], %(issued_on)s::date[], %(amount)s::bigint[], %(currency)s::text[],
  %(document_id)s::uuid[], %(waiver)s::text[], %(claimed_at)s::timestamptz[]
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
    rows = [command.receivable for command in commands.values()]
    entered = tx.rows(
        _CLAIM,
        {
            "actor": actor.id,
            "place": list(range(len(commands))),
            "id": list(commands),
            "holder_id": [c.holder_id for c in commands.values()],
            "canonical_key": [r.canonical_key for r in rows],
            "fingerprint": [r.fingerprint for r in rows],
            "seller": [r.seller for r in rows],
            "buyer": [r.buyer for r in rows],
            "code": [r.code for r in rows],
            "number": [r.number for r in rows],
            "issued_on": [r.issued_on for r in rows],
            "amount": [r.amount.minor for r in rows],
            "currency": [r.amount.currency for r in rows],
            "document_id": [r.document_id for r in rows],
            "waiver": [c.waiver for c in commands.values()],
            "claimed_at": [c.at for c in commands.values()],
        },
    )
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
