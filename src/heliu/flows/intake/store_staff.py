"""SQL of the intake desk for people of the bank: what came today, and documents found again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.flows.intake.domain.codec import decode_document
from heliu.flows.intake.domain.trade import Filed, Flow, Kind
from heliu.ground.db import Tx

CAME: Final = """
SELECT flow, kind, count(*), max(received_at)
FROM flows.document
WHERE received_at >= %s
GROUP BY flow, kind
ORDER BY flow, kind"""
LISTED: Final = """
SELECT position, flow, source, received_at, id, sha256, file, body::text
FROM flows.document
WHERE (%(flow)s::text IS NULL OR flow = %(flow)s)
  AND (%(kind)s::text IS NULL OR kind = %(kind)s)
  AND (%(number)s::text IS NULL OR number = %(number)s)
  AND (%(id)s::uuid IS NULL OR id = %(id)s)
  AND (%(before)s::bigint IS NULL OR position < %(before)s)
ORDER BY position DESC
LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Came:
    """How many documents of a kind came, and when the last one did."""

    flow: Flow
    kind: Kind
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Sought:
    """Which documents are looked for; None is any."""

    flow: Flow | None = None
    kind: Kind | None = None
    number: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document with where it stands in the order of filing, by which way and when it came."""

    position: int
    flow: Flow
    source: str
    at: datetime
    filed: Filed


def documents_came(tx: Tx, since: datetime) -> list[Came]:
    """What was filed since an aware instant, by kind."""
    return [Came(Flow(f), Kind(k), n, last) for f, k, n, last in tx.rows(CAME, (since,))]


def search_documents(tx: Tx, sought: Sought, before: int | None, limit: int) -> list[Arrived]:
    """Up to `limit` documents filed before position `before`, the youngest first."""
    asked = {
        "flow": sought.flow,
        "kind": sought.kind,
        "number": sought.number,
        "id": sought.id,
        "before": before,
        "limit": limit,
    }
    return [
        Arrived(
            row[0],
            Flow(row[1]),
            row[2],
            row[3],
            Filed(row[4], row[5], row[6], decode_document(row[7])),
        )
        for row in tx.rows(LISTED, asked)
    ]
