"""SQL of the instants desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.credit.instants.domain import ActKind
from heliu.ground.db import Query, Tx, columns

ACTS: Final = """
SELECT id, kind, digest, party, programme, subject_id, result_id, refused, body
FROM credit.act
WHERE id = ANY(%b::uuid[])"""
BY_RESULT: Final = """
SELECT id, kind, digest, party, programme, subject_id, result_id, refused, body
FROM credit.act
WHERE result_id = ANY(%b::uuid[]) AND kind = ANY(%b::text[])"""
BY_SUBJECT: Final = """
SELECT id, kind, digest, party, programme, subject_id, result_id, refused, body
FROM credit.act
WHERE subject_id = %b::uuid AND kind = ANY(%b::text[]) AND NOT refused"""
BY_PAYMENT: Final = """
SELECT id, kind, digest, party, programme, subject_id, result_id, refused, body
FROM credit.act
WHERE result_id = (SELECT loan_id FROM credit.payment WHERE id = %b::uuid)
  AND kind = 'financing'"""
LOANLESS: Final = """
SELECT a.id
FROM credit.act a
LEFT JOIN credit.loan l ON l.id = a.result_id
WHERE a.kind IN ('drawdown', 'financing') AND NOT a.refused AND l.id IS NULL
ORDER BY a.id"""
TALLY: Final = """
SELECT kind, count(*), count(*) FILTER (WHERE refused)
FROM credit.act
WHERE recorded_at >= %b
GROUP BY kind
ORDER BY kind"""
ADD: Final = """
INSERT INTO credit.act
  (id, kind, digest, party, programme, subject_id, result_id, refused, body, recorded_at)
SELECT a.id, a.kind, a.digest, a.party, a.programme, a.subject_id, a.result_id, a.refused, a.body,
  %b::timestamptz
FROM unnest(
  %b::uuid[], %b::text[], %b::bytea[], %b::text[], %b::text[], %b::uuid[], %b::uuid[],
  %b::boolean[], %b::text[]
) AS a (id, kind, digest, party, programme, subject_id, result_id, refused, body)"""


@dataclass(frozen=True, slots=True)
class Act:
    """An act as it is kept: what was asked, and the JSON that was answered."""

    id: UUID
    kind: ActKind
    digest: bytes
    party: str | None
    programme: str
    subject: UUID
    result: UUID | None
    refused: bool
    body: str


def acts_query(ids: Sequence[UUID]) -> Query:
    """What `acts` will ask."""
    return ACTS, (ids,)


def acts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Act]:
    """The acts of these keys that were answered."""
    return {act.id: act for act in _read(tx.reads(acts_query(ids))[0])}


def by_result(tx: Tx, results: Sequence[UUID], kinds: Sequence[ActKind]) -> list[Act]:
    """The acts of these kinds that made these decisions, loans or payments."""
    return _read(tx.reads((BY_RESULT, (results, kinds)))[0])


def by_subject(tx: Tx, subject: UUID, kinds: Sequence[ActKind]) -> list[Act]:
    """The acts of these kinds granted on a subject."""
    return _read(tx.reads((BY_SUBJECT, (subject, kinds)))[0])


def by_payment(tx: Tx, payment: UUID) -> list[Act]:
    """The financing that made this payment of proceeds."""
    return _read(tx.reads((BY_PAYMENT, (payment,)))[0])


def violations(tx: Tx) -> list[str]:
    """Acts that were granted money of which there is no loan: always none."""
    return [f"act {id_} was granted, and there is no loan" for (id_,) in tx.rows(LOANLESS)]


def add(tx: Tx, acts: Sequence[Act], now: datetime) -> None:
    """Keep acts with their answers."""
    if acts:
        rows = [
            (a.id, a.kind, a.digest, a.party, a.programme, a.subject, a.result, a.refused, a.body)
            for a in acts
        ]
        tx.later(ADD, (now, *columns(rows)))


def _read(rows: Sequence[tuple[object, ...]]) -> list[Act]:
    return [Act(r[0], ActKind(r[1]), bytes(r[2]), *r[3:]) for r in rows]  # type: ignore[arg-type,call-overload] # as the columns are typed


def tally(tx: Tx, since: datetime) -> dict[ActKind, tuple[int, int]]:
    """How many acts of each kind were answered since an aware instant, and how many refused."""
    return {ActKind(kind): (count, refused) for kind, count, refused in tx.rows(TALLY, (since,))}
