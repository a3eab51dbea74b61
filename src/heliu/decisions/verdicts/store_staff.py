"""SQL of the verdicts desk for people of the bank: decisions listed, counted and laid open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text

LISTED: Final = """
SELECT v.id, v.subject_id, r.name, v.approved, v.amount_minor, v.currency, v.score, v.grade,
  v.decided_at
FROM decisions.verdict v
JOIN decisions.release r ON r.sha256 = v.release_sha256
WHERE (%(approved)s::boolean IS NULL OR v.approved = %(approved)s)
  AND (%(reason)s::text IS NULL OR v.outcome::jsonb -> 'reasons' @> jsonb_build_array(
    jsonb_build_object('code', %(reason)s::text)
  ))
  AND (%(at)s::timestamptz IS NULL OR (v.decided_at, v.id) < (%(at)s, %(id)s::uuid))
ORDER BY v.decided_at DESC, v.id DESC
LIMIT %(limit)s"""
TALLY: Final = """
SELECT date_bin(%(span)s::interval, v.decided_at, %(since)s), count(*),
  count(*) FILTER (WHERE v.approved)
FROM decisions.verdict v
WHERE v.decided_at >= %(since)s
GROUP BY 1
ORDER BY 1"""
SINCE: Final = """
SELECT count(*)
FROM decisions.verdict v
WHERE v.decided_at >= %s"""
REASONS: Final = """
SELECT one.reason ->> 'code', min(one.reason -> 'text' ->> 'zh'),
  min(one.reason -> 'text' ->> 'en'), count(*)
FROM decisions.verdict v
CROSS JOIN LATERAL jsonb_array_elements(v.outcome::jsonb -> 'reasons') AS one (reason)
WHERE NOT v.approved AND v.decided_at >= %s
GROUP BY 1
ORDER BY count(*) DESC, 1"""
DOSSIER: Final = """
SELECT v.id, v.key, v.inputs, r.body, v.decided_by
FROM decisions.verdict v
JOIN decisions.release r ON r.sha256 = v.release_sha256
WHERE v.id = %s"""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the list of decisions."""

    id: UUID
    subject_id: UUID
    release: str
    approved: bool
    amount: Money
    score: int
    grade: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """How many decisions were made within the span that begins at `start`."""

    start: datetime
    count: int
    approved: int


@dataclass(frozen=True, slots=True)
class RefusedFor:
    """How many decisions were refused for one reason; a decision may have several."""

    code: str
    text: Text
    count: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What a decision was made from, as it is stored: canonical inputs, the release's text."""

    id: UUID
    key: UUID
    inputs: str
    release: bytes
    by: str


Place = tuple[datetime, UUID]


def search_verdicts(
    tx: Tx, wanted: tuple[bool | None, str | None], after: Place | None, limit: int
) -> list[Decision]:
    """Up to `limit` decisions behind the place `after`, the youngest first.

    `wanted` is whether they approve, and the code of a reason they give; None is any.
    """
    at, id_ = after or (None, None)
    approved, reason = wanted
    asked = {"approved": approved, "reason": reason, "at": at, "id": id_, "limit": limit}
    return [
        Decision(*row[:4], *(Money(row[4], row[5]), *row[6:])) for row in tx.rows(LISTED, asked)
    ]


def decided_by_span(tx: Tx, since: datetime, span: timedelta) -> list[Span]:
    """The decisions since an aware instant, by spans counted from it; empty spans are left out."""
    return [Span(*row) for row in tx.rows(TALLY, {"since": since, "span": span})]


def decided_since(tx: Tx, since: datetime) -> int:
    """How many decisions were made since an aware instant."""
    return int(tx.rows(SINCE, (since,))[0][0])


def refused_for(tx: Tx, since: datetime) -> list[RefusedFor]:
    """Why decisions since an aware instant were refused, the most frequent reason first."""
    return [RefusedFor(code, Text(zh, en), n) for code, zh, en, n in tx.rows(REASONS, (since,))]


def stored(tx: Tx, id_: UUID) -> Stored | None:
    """What the decision was made from, if there is such a decision."""
    row = tx.row(DOSSIER, (id_,))
    return Stored(row[0], row[1], row[2], bytes(row[3]), row[4]) if row else None
