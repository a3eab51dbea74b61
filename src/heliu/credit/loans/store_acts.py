"""SQL of the loans desk: acts of servicing, and receipts that wait in suspense."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.credit.loans.domain.loan import LoanEvent
from heliu.credit.loans.domain.servicing import LoanAct
from heliu.ground.db import Tx
from heliu.ground.money import Money

KNOWN: Final = """
SELECT a.key, a.digest, a.loan_id, a.event_no
FROM credit.loan_act a
WHERE a.key = ANY(%s)"""
ADD_EVENT: Final = """
INSERT INTO credit.loan_event
  (loan_id, no, kind, business_date, principal, interest, claim_change, cause_id, transfers,
   due_on, observed_until, of_no, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, 0, %s, %s, %s, %s, %s, %s)"""
ADD_ACT: Final = """
INSERT INTO credit.loan_act
  (key, digest, loan_id, event_no, kind, source, cash_id, amount, reason, proposed_by, recorded_at,
   recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
ACTS_OF: Final = """
SELECT a.event_no, a.kind, a.source, a.reason, a.proposed_by, a.recorded_by
FROM credit.loan_act a
WHERE a.loan_id = %s
ORDER BY a.event_no"""
_WAITING: Final = """
SELECT c.id, c.currency, w.amount, c.booked_on
FROM credit.cash c
CROSS JOIN LATERAL (
  SELECT c.unapplied - coalesce(sum(a.amount), 0)::bigint AS amount
  FROM credit.loan_act a
  WHERE a.cash_id = c.id
) w
WHERE w.amount > 0"""
WAITING: Final = _WAITING + " ORDER BY c.booked_on, c.id"
WAITING_BY_ID: Final = _WAITING + " AND c.id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act with its event, its transfers and the digest of what was asked."""

    act: LoanAct
    event: LoanEvent
    moved: Money
    transfers: tuple[UUID, ...]
    digest: bytes


@dataclass(frozen=True, slots=True)
class ActRow:
    """Who had an event happen, who proposed it, out of which money, and why."""

    event_no: int
    kind: str
    source: str | None
    reason: str
    proposed_by: str | None
    recorded_by: str


@dataclass(frozen=True, slots=True)
class WaitingCash:
    """A receipt and what of it is in suspense (> 0)."""

    id: UUID
    left: Money
    booked_on: date


def known(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, tuple[bytes, UUID, int]]:
    """What acts of these keys said (digest), their loan and the number of their event."""
    return {row[0]: (bytes(row[1]), row[2], row[3]) for row in tx.rows(KNOWN, (list(keys),))}


def add(tx: Tx, acts: Sequence[NewAct], by: str, now: datetime) -> None:
    """Append the events and the acts they came from."""
    tx.many(
        ADD_EVENT,
        [
            (
                *(one.event.loan_id, one.event.no, one.event.kind, one.event.on),
                *(one.event.principal, one.event.interest, one.act.key, list(one.transfers)),
                *(one.event.due_on, one.event.observed_until, one.event.of_no, now),
            )
            for one in acts
        ],
    )
    tx.many(
        ADD_ACT,
        [
            (
                *(one.act.key, one.digest, one.event.loan_id, one.event.no, one.act.kind),
                *(one.act.source, one.act.receipt, one.moved.minor, one.act.reason),
                *(one.act.proposed_by, now, by),
            )
            for one in acts
        ],
    )


def acts_of(tx: Tx, loan: UUID) -> list[ActRow]:
    """The acts on a loan, in order."""
    return [ActRow(*row) for row in tx.rows(ACTS_OF, (loan,))]


def waiting(tx: Tx) -> list[WaitingCash]:
    """Every receipt with something in suspense, oldest first."""
    return [WaitingCash(row[0], Money(row[2], row[1]), row[3]) for row in tx.rows(WAITING)]


def waiting_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Money]:
    """What is in suspense of each of these receipts, where something is."""
    return {row[0]: Money(row[2], row[1]) for row in tx.rows(WAITING_BY_ID, (list(ids),))}
