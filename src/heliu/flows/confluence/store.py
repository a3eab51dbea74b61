"""SQL of the confluence desk."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from heliu.flows.confluence.domain.verified import Uses, Verified
from heliu.flows.intake.api import Kind
from heliu.flows.verification.api import LineKey
from heliu.ground.db import Tx

ADD: Final = """
INSERT INTO flows.verification
  (id, receivable_id, seller, buyer, currency, eligible, invoiced, as_of, documents, body,
   recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
USES_OF_SELLERS: Final = """
SELECT DISTINCT ON (receivable_id) receivable_id, body -> 'uses'
FROM flows.verification
WHERE seller = ANY(%s)
ORDER BY receivable_id, no DESC"""
LATEST: Final = """
SELECT DISTINCT ON (receivable_id)
  id, receivable_id, currency, eligible, invoiced, as_of, documents, body
FROM flows.verification
WHERE receivable_id = ANY(%s)
ORDER BY receivable_id, no DESC"""
FINDINGS: Final = """
SELECT id, body -> 'findings'
FROM flows.verification
WHERE id = ANY(%s)"""
# The youngest verification of a receivable in which something blocks or lowers it, newest first.
STANDING: Final = """
SELECT v.id, v.receivable_id, v.seller, v.buyer, v.currency, v.eligible, v.invoiced, v.as_of,
  v.documents, v.body -> 'findings'
FROM flows.verification v
WHERE jsonb_path_exists(
    v.body, '$.findings[*] ? (@.severity == "blocking" || @.severity == "reducing")'
  )
  AND NOT EXISTS (
    SELECT 1
    FROM flows.verification younger
    WHERE younger.receivable_id = v.receivable_id AND younger.no > v.no
  )
ORDER BY v.no DESC
LIMIT %s"""
LIVED: Final = """
SELECT upto_position, lived_on
FROM flows.lived
ORDER BY no DESC
LIMIT 1"""
LIVE: Final = """
INSERT INTO flows.lived (upto_position, lived_on, recorded_at)
VALUES (%s, %s, %s)"""


def lived(tx: Tx) -> tuple[int, date]:
    """The document position and business day the bank has lived through; (0, date.min) at first."""
    row = tx.row(LIVED)
    return (row[0], row[1]) if row else (0, date.min)


def add_lived(tx: Tx, position: int, on: date, now: datetime) -> None:
    """Record that everything filed up to `position` was lived through up to the end of `on`."""
    if lived(tx) != (position, on):
        tx.run(LIVE, (position, on, now))


def add(tx: Tx, verified: Sequence[Verified], now: datetime) -> None:
    """Record verifications that are not there yet."""
    tx.many(
        ADD,
        [
            (
                *(v.id, v.receivable_id, v.seller_tax_id or "", v.buyer_tax_id or ""),
                *(v.eligible.currency, v.eligible.minor, v.result.invoiced.minor, v.as_of),
                *(v.document_ids, msgspec.json.encode(_body(v)).decode(), now),
            )
            for v in verified
        ],
    )


def uses_of_sellers(tx: Tx, sellers: Iterable[str]) -> dict[UUID, dict[LineKey, Decimal]]:
    """What the latest verification of each receivable of these sellers uses up."""
    return {
        receivable: {
            LineKey(Kind(kind), number, line): Decimal(quantity)
            for kind, number, line, quantity in uses
        }
        for receivable, uses in tx.rows(USES_OF_SELLERS, (list(sellers),))
    }


def latest(tx: Tx, receivables: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The youngest verification of each receivable, as stored."""
    names = ("id", "receivable_id", "currency", "eligible", "invoiced", "as_of", "documents")
    return {
        row[1]: dict(zip(names, row, strict=False)) | row[7]
        for row in tx.rows(LATEST, (list(receivables),))
    }


def standing_findings(tx: Tx, most: int) -> list[dict[str, Any]]:
    """Up to `most` youngest verifications with a finding that blocks or lowers, newest first."""
    names = (
        *("id", "receivable_id", "seller", "buyer", "currency", "eligible", "invoiced", "as_of"),
        *("documents", "findings"),
    )
    return [dict(zip(names, row, strict=True)) for row in tx.rows(STANDING, (most,))]


def findings_of(tx: Tx, verifications: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """What these verifications found, in plain form as it was stored, by verification."""
    return dict(tx.rows(FINDINGS, (list(verifications),))) if verifications else {}


def _body(verified: Verified) -> dict[str, object]:
    result = verified.result
    return {
        "claims": result.claims,
        "findings": verified.findings,
        "lines": result.lines,
        "uses": _rows(verified.uses),
    }


def _rows(uses: Uses) -> list[tuple[str, str, str, str]]:
    return [(key.kind, key.number, key.line, str(amount)) for key, amount in sorted(uses.items())]
