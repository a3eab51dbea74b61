"""SQL of the applications desk for people of the bank: receivables searched, pairs added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from heliu.credit.applications.domain import Receivable
from heliu.credit.applications.store import read_receivable
from heliu.ground.db import Tx
from heliu.ground.money import Money

# What is looked for: the receivables with the amount last approved on each, by what is asked.
_SOUGHT: Final = """
FROM credit.receivable r
LEFT JOIN LATERAL (
  SELECT a.approved
  FROM credit.application a
  WHERE a.receivable_id = r.id
  ORDER BY a.recorded_at DESC, a.decided_on DESC
  LIMIT 1
) AS a ON true
WHERE (%(party)s::text IS NULL OR r.supplier = %(party)s OR r.buyer = %(party)s)
  AND (%(programme)s::text IS NULL OR r.programme = %(programme)s)
  AND (%(words)s::text IS NULL OR position(lower(%(words)s) IN lower(r.invoice_no)) > 0)
  AND (%(due_from)s::date IS NULL OR r.due_on >= %(due_from)s)
  AND (%(due_until)s::date IS NULL OR r.due_on < %(due_until)s)
  AND (%(decided)s::text IS NULL OR %(decided)s = CASE
    WHEN a.approved IS NULL THEN 'not_asked'
    WHEN a.approved > 0 THEN 'approved'
    ELSE 'refused'
  END)
"""
# Rows of one day in order of id: a page goes on behind the last row of the one before.
LISTED: Final = (
    """
SELECT r.id, r.verification_id, r.programme, r.supplier, r.buyer, r.invoice_no, r.currency,
  r.eligible, r.issued_on, r.due_on, r.body::text, r.verified_on"""
    + _SOUGHT
    + """
  AND (%(on)s::date IS NULL OR (r.verified_on, r.id) < (%(on)s, %(id)s::uuid))
ORDER BY r.verified_on DESC, r.id DESC
LIMIT %(limit)s"""
)
COUNTED: Final = (
    """
SELECT count(*)
FROM (
  SELECT r.id"""
    + _SOUGHT
    + """
  LIMIT %(limit)s
) AS r"""
)
PAIRS: Final = """
SELECT supplier, buyer, currency, count(*), sum(eligible)::bigint
FROM credit.receivable
WHERE %(parties)s::text[] IS NULL
  OR supplier = ANY(%(parties)s)
  OR buyer = ANY(%(parties)s)
GROUP BY supplier, buyer, currency
ORDER BY sum(eligible) DESC, supplier, buyer
LIMIT %(limit)s"""


class Decided(StrEnum):
    """How the youngest application of a receivable was answered, if there was one."""

    NOT_ASKED = "not_asked"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which receivables are looked for; None is any. Due in [due_from, due_until)."""

    party: str | None = None
    programme: str | None = None
    words: str | None = None
    due_from: date | None = None
    due_until: date | None = None
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class Traded:
    """What one supplier has delivered to one buyer, as far as it is verified."""

    supplier: str
    buyer: str
    count: int
    eligible: Money


Place = tuple[date, UUID]
"""Where a page ended: the day its last receivable was verified, and its id."""


def search_receivables(tx: Tx, asked: Asked, after: Place | None, limit: int) -> list[Receivable]:
    """Up to `limit` receivables behind the place `after`, youngest verification first."""
    on, id_ = after or (None, None)
    given = {**_given(asked), "on": on, "id": id_, "limit": limit}
    return [read_receivable(row) for row in tx.rows(LISTED, given)]


def count_receivables(tx: Tx, asked: Asked, limit: int) -> int:
    """How many there are; `limit` if there are as many or more."""
    (count,) = tx.rows(COUNTED, {**_given(asked), "limit": limit})[0]
    return int(count)


def traded_pairs(tx: Tx, parties: Sequence[str] | None, limit: int) -> list[Traded]:
    """The pairs that one of `parties` (USCC; None: anybody) is in, the largest first."""
    rows = tx.rows(PAIRS, {"parties": parties and list(parties), "limit": limit})
    return [Traded(s, b, count, Money(fen, currency)) for s, b, currency, count, fen in rows]


def _given(asked: Asked) -> dict[str, Any]:
    return {
        "party": asked.party,
        "programme": asked.programme,
        "words": asked.words or None,
        "due_from": asked.due_from,
        "due_until": asked.due_until,
        "decided": asked.decided,
    }
