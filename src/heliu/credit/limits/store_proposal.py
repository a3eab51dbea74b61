"""SQL of the limits desk for borrowers' own limits: proposed by one person, released by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.money import Money

ADD: Final = """
INSERT INTO credit.limit_proposal
  (id, borrower_uscc, currency, amount, because, proposed_by, proposed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
# In the order they were proposed: two who release limits of one borrower wait for each other.
LOCK: Final = """
SELECT p.id
FROM credit.limit_proposal p
WHERE (p.borrower_uscc, p.currency) IN (
  SELECT asked.borrower_uscc, asked.currency
  FROM credit.limit_proposal asked
  WHERE asked.id = ANY(%s)
)
ORDER BY p.place
FOR UPDATE"""
BY_ID: Final = """
SELECT p.id, p.place, p.borrower_uscc, p.currency, p.amount, p.because, p.proposed_by,
  p.proposed_at, r.released_by, r.released_at
FROM credit.limit_proposal p
LEFT JOIN credit.limit_release r ON r.proposal_id = p.id
WHERE p.id = ANY(%s)
ORDER BY p.place"""
LATEST: Final = """
SELECT p.id, p.place, p.borrower_uscc, p.currency, p.amount, p.because, p.proposed_by,
  p.proposed_at, r.released_by, r.released_at
FROM credit.limit_proposal p
LEFT JOIN credit.limit_release r ON r.proposal_id = p.id
WHERE %(borrower)s::text IS NULL OR p.borrower_uscc = %(borrower)s
ORDER BY p.place DESC
LIMIT %(most)s"""
RELEASE: Final = """
INSERT INTO credit.limit_release (proposal_id, proposed_by, released_by, released_at)
VALUES (%s, %s, %s, %s)"""


@dataclass(frozen=True, slots=True)
class LimitProposal:
    """What a borrower may owe as it was proposed, its place in order, and who released it."""

    id: UUID
    place: int
    borrower_uscc: str
    amount: Money
    because: str
    proposed_by: str
    proposed_at: datetime
    released_by: str | None
    released_at: datetime | None


def add(tx: Tx, new: Sequence[tuple[UUID, str, Money, str]], by: str, now: datetime) -> None:
    """Record proposals (id, borrower, amount, why); of one id, the first counts."""
    tx.many(
        ADD,
        [(id_, uscc, m.currency, m.minor, why, by, now) for id_, uscc, m, why in new],
    )


def locked(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, LimitProposal]:
    """These proposals and all of the same borrowers and currencies, locked; in order."""
    everyone = [row[0] for row in tx.rows(LOCK, (list(ids),))]
    return by_id(tx, everyone)


def by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, LimitProposal]:
    """The proposals of these ids that exist, in the order they were made."""
    return {row[0]: _proposal(row) for row in tx.rows(BY_ID, (list(ids),))}


def limit_proposals(tx: Tx, borrower: str | None = None, *, most: int = 100) -> list[LimitProposal]:
    """The youngest proposals, of one borrower or of all."""
    return [_proposal(row) for row in tx.rows(LATEST, {"borrower": borrower, "most": most})]


def release(tx: Tx, released: Sequence[LimitProposal], by: str, now: datetime) -> None:
    """Let proposals count."""
    tx.many(RELEASE, [(one.id, one.proposed_by, by, now) for one in released])


def _proposal(row: Sequence[object]) -> LimitProposal:
    id_, place, borrower, currency, amount, *rest = row
    return LimitProposal(id_, place, borrower, Money(amount, currency), *rest)  # type: ignore[arg-type]  # a row of a query
