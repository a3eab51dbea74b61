"""SQL of the verdicts desk."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx, columns

RELEASES_BY_NAME: Final = """
SELECT name, body
FROM decisions.release
WHERE name = ANY(%s)"""
RELEASES_BY_DIGEST: Final = """
SELECT sha256, body
FROM decisions.release
WHERE sha256 = ANY(%s)"""
# No conflict target, here and below: a twin may collide on either unique key first.
ADD_RELEASE: Final = """
INSERT INTO decisions.release (sha256, name, body, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING"""
# In the order of ids, so that two batches with keys in common never wait in a circle.
ADD_VERDICTS: Final = """
INSERT INTO decisions.verdict
  (id, key, subject_id, release_sha256, inputs, inputs_sha256, outcome, approved, amount_minor,
   currency, score, grade, decided_at, decided_by)
SELECT a.id, a.key, a.subject_id, a.release_sha256, a.inputs, a.inputs_sha256, a.outcome,
  a.approved, a.amount_minor, a.currency, a.score, a.grade, a.decided_at, %b::text
FROM unnest(
  %b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[],
  %b::timestamptz[], %b::boolean[], %b::bigint[], %b::text[], %b::integer[], %b::text[]
) AS a (
  id, key, subject_id, release_sha256, inputs, inputs_sha256, outcome, decided_at, approved,
  amount_minor, currency, score, grade
)
ORDER BY a.id
ON CONFLICT DO NOTHING
RETURNING key"""
BY_ID: Final = """
SELECT id, key, subject_id, release_sha256, inputs, inputs_sha256, outcome, decided_at
FROM decisions.verdict
WHERE id = ANY(%s)"""
IDS_OF: Final = """
SELECT id
FROM decisions.verdict
WHERE subject_id = ANY(%s)
ORDER BY decided_at, id"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict as it is stored; inputs and outcome are canonical JSON."""

    id: UUID
    key: UUID
    subject_id: UUID
    release_sha256: str
    inputs: str
    inputs_sha256: str
    outcome: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Index:
    """What of an outcome is repeated in columns, for queries and for the database's checks."""

    approved: bool
    amount_minor: int
    currency: str
    score: int
    grade: str


def releases_by_name(tx: Tx, names: Collection[str]) -> dict[str, bytes]:
    """The texts of recorded releases by name."""
    return dict(tx.rows(RELEASES_BY_NAME, (list(names),)))


def releases_by_digest(tx: Tx, digests: Collection[str]) -> dict[str, bytes]:
    """The texts of recorded releases by SHA-256 (hex)."""
    return dict(tx.rows(RELEASES_BY_DIGEST, (list(digests),)))


def add_release(tx: Tx, row: tuple[str, str, bytes, datetime, str]) -> None:
    """Record (sha256, name, body, at, by); a name that is there already stays as it is."""
    tx.run(ADD_RELEASE, row)


def add_verdicts(tx: Tx, rows: Sequence[tuple[Kept, Index]], by: str) -> set[UUID]:
    """Record verdicts whose keys are new; returns those keys (hopeful: all are)."""
    if not rows:
        return set()
    values = [
        (
            *(kept.id, kept.key, kept.subject_id, kept.release_sha256, kept.inputs),
            *(kept.inputs_sha256, kept.outcome, kept.decided_at, index.approved),
            *(index.amount_minor, index.currency, index.score, index.grade),
        )
        for kept, index in rows
    ]
    params = (by, *columns(values))
    if tx.hopeful:
        tx.expect(ADD_VERDICTS, params, len(rows))
        return {kept.key for kept, _ in rows}
    return {key for (key,) in tx.reads((ADD_VERDICTS, params))[0]}


def by_id(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Kept]:
    """Stored verdicts by id."""
    if not ids:
        return {}
    return {kept.id: kept for kept in (Kept(*row) for row in tx.rows(BY_ID, (list(ids),)))}


def ids_of(tx: Tx, subjects: Collection[UUID]) -> list[UUID]:
    """Ids of all verdicts about `subjects`, oldest first."""
    return [row[0] for row in tx.rows(IDS_OF, (list(subjects),))]
