"""SQL of the collection desk: contacts, promises, proposals and rulings."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from heliu.credit.collection.domain.case import Debtor
from heliu.credit.collection.domain.contact import Contact, Limits, Place
from heliu.credit.collection.domain.policy import Remedy
from heliu.credit.collection.domain.promise import Promised
from heliu.credit.collection.domain.proposal import Proposal, Propose
from heliu.ground.db import Tx
from heliu.ground.money import Money

# One at a time contacts a debtor or takes his promises.
LOCK: Final = """
SELECT pg_advisory_xact_lock(726352, hashtext(u.uscc))
FROM unnest(%s::text[]) AS u (uscc)"""
CONTACTS: Final = """
SELECT c.id, c.case_id, c.channel
FROM credit.contact c
WHERE c.id = ANY(%s)"""
USED: Final = """
SELECT c.debtor_uscc, max(c.day_place) FILTER (WHERE c.contacted_on = %(day)s), max(c.week_place)
FROM credit.contact c
WHERE c.debtor_uscc = ANY(%(debtors)s) AND c.week_of = %(week)s
GROUP BY c.debtor_uscc"""
ADD_CONTACT: Final = """
INSERT INTO credit.contact
  (id, case_id, debtor_uscc, channel, contacted_at, contacted_on, week_of, day_place, day_limit,
   week_place, week_limit, rules, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
RESULTS: Final = """
SELECT r.contact_id, r.result
FROM credit.contact_result r
WHERE r.contact_id = ANY(%s)"""
ADD_RESULT: Final = """
INSERT INTO credit.contact_result (contact_id, result, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s)"""
PROMISES: Final = """
SELECT p.id, p.case_id, p.amount, p.due_on, p.promised_on, p.loans, p.paid_before
FROM credit.promise p
WHERE p.case_id = ANY(%s)
ORDER BY p.case_id, p.promised_on, p.recorded_at, p.id"""
KNOWN_PROMISES: Final = """
SELECT p.id, p.case_id, p.amount, p.due_on, p.promised_on, p.loans, p.paid_before
FROM credit.promise p
WHERE p.id = ANY(%s)"""
ADD_PROMISE: Final = """
INSERT INTO credit.promise
  (id, case_id, amount, due_on, promised_on, loans, paid_before, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
REPAYMENTS: Final = """
SELECT v.loan_id, v.paid_on, v.amount
FROM credit.repayment_view v
WHERE v.loan_id = ANY(%s)
ORDER BY v.loan_id, v.paid_on"""
_PROPOSALS: Final = """
SELECT p.id, p.case_id, p.loan_id, p.remedy, p.instalments, p.annual_rate, p.amount, p.reason,
  p.proposed_on, p.recorded_by, r.verdict, r.event_no, c.currency, p.until
FROM credit.collection_proposal p
JOIN credit.collection_case c ON c.id = p.case_id
LEFT JOIN credit.collection_ruling r ON r.proposal_id = p.id"""
PROPOSALS: Final = _PROPOSALS + " WHERE p.id = ANY(%s)"
WAITING: Final = _PROPOSALS + " WHERE r.proposal_id IS NULL ORDER BY p.recorded_at, p.id"
OF_CASE: Final = _PROPOSALS + " WHERE p.case_id = %s ORDER BY p.recorded_at, p.id"
CONTRACTS: Final = "SELECT c.id FROM credit.contract c WHERE c.id = ANY(%s)"
ADD_PROPOSAL: Final = """
INSERT INTO credit.collection_proposal
  (id, case_id, loan_id, remedy, instalments, annual_rate, amount, reason, proposed_on, recorded_at,
   recorded_by, until)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
LOCK_PROPOSAL: Final = "SELECT pg_advisory_xact_lock(726353, hashtext(%s::text))"
ADD_RULING: Final = """
INSERT INTO credit.collection_ruling
  (proposal_id, verdict, reason, event_no, ruled_on, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""

Repayments = dict[UUID, list[tuple[date, int]]]


class Ruling(NamedTuple):
    """What a second person decided, and the act it became."""

    proposal_id: UUID
    verdict: str
    reason: str
    event_no: int | None
    on: date


def lock(tx: Tx, debtors: Collection[str]) -> None:
    """Be the only one to contact these debtors until the end of the transaction."""
    tx.rows(LOCK, (sorted(set(debtors)),))


def contacts(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, Contact]:
    """Contacts by key."""
    return {row[0]: Contact(*row) for row in tx.rows(CONTACTS, (list(keys),))}


def used(tx: Tx, debtors: Collection[str], day: date, week: date) -> dict[str, tuple[int, int]]:
    """How many contacts a day and its week hold, by debtor; none where a debtor is left out."""
    told = {"debtors": list(debtors), "day": day, "week": week}
    return {row[0]: (row[1] or 0, row[2]) for row in tx.rows(USED, told)}


def add_contacts(
    tx: Tx, made: Sequence[tuple[Contact, Debtor, Place]], held: Limits, by: tuple[datetime, str]
) -> None:
    """Append contacts with their places and the limits they lie within."""
    now, who = by
    cited = msgspec.json.encode([rule.plain() for rule in held.cited]).decode()
    tx.many(
        ADD_CONTACT,
        [
            (
                *(contact.key, contact.case_id, debtor.uscc, contact.channel, now),
                *(place.on, place.week_of, place.day_place, held.per_day),
                *(place.week_place, held.per_week, cited, who),
            )
            for contact, debtor, place in made
        ],
    )


def results(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What came of contacts, where it is known."""
    return dict(tx.rows(RESULTS, (list(ids),)))


def add_results(tx: Tx, made: Sequence[tuple[UUID, str]], by: tuple[datetime, str]) -> None:
    """Append what came of contacts."""
    tx.many(ADD_RESULT, [(*one, *by) for one in made])


def promises(tx: Tx, ids: Collection[UUID]) -> dict[UUID, list[Promised]]:
    """The promises of cases, oldest first."""
    found: dict[UUID, list[Promised]] = {}
    for row in tx.rows(PROMISES, (list(ids),)):
        found.setdefault(row[1], []).append(_promised(row))
    return found


def known_promises(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, Promised]:
    """Promises by key."""
    return {row[0]: _promised(row) for row in tx.rows(KNOWN_PROMISES, (list(keys),))}


def add_promises(tx: Tx, made: Sequence[Promised], by: tuple[datetime, str]) -> None:
    """Append promises."""
    tx.many(
        ADD_PROMISE,
        [
            (
                *(p.id, p.case_id, p.amount, p.due_on, p.promised_on, list(p.loans)),
                *(p.paid_before, *by),
            )
            for p in made
        ],
    )


def repayments(tx: Tx, loans: Collection[UUID]) -> Repayments:
    """Every repayment that stands on these loans, by day."""
    found: Repayments = {}
    for loan, on, amount in tx.rows(REPAYMENTS, (sorted(set(loans)),)):
        found.setdefault(loan, []).append((on, amount))
    return found


def paid_on(found: Repayments, loans: Collection[UUID]) -> list[tuple[date, int]]:
    """What was paid on some of these loans."""
    return [payment for loan in loans for payment in found.get(loan, ())]


def proposals(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Proposal]:
    """Proposals by id."""
    return {row[0]: _proposal(row) for row in tx.rows(PROPOSALS, (list(ids),))}


def waiting(tx: Tx) -> list[Proposal]:
    """Proposals nobody ruled on yet, oldest first."""
    return [_proposal(row) for row in tx.rows(WAITING)]


def of_case(tx: Tx, case: UUID) -> list[Proposal]:
    """The proposals of a case, oldest first."""
    return [_proposal(row) for row in tx.rows(OF_CASE, (case,))]


def contracts(tx: Tx, loans: Collection[UUID]) -> set[UUID]:
    """Which of these loans are contracts of the loan book."""
    return {loan for (loan,) in tx.rows(CONTRACTS, (list(loans),))}


def add_proposals(tx: Tx, made: Sequence[Propose], on: date, by: tuple[datetime, str]) -> None:
    """Append proposals."""
    tx.many(
        ADD_PROPOSAL,
        [
            (
                *(p.key, p.case_id, p.loan_id, p.remedy, p.instalments, p.annual_rate),
                *(p.amount.minor if p.amount else None, p.reason, on, *by, p.until),
            )
            for p in made
        ],
    )


def lock_proposal(tx: Tx, proposal: UUID) -> None:
    """Be the only one to rule on a proposal until the end of the transaction."""
    tx.rows(LOCK_PROPOSAL, (proposal,))


def add_ruling(tx: Tx, ruling: Ruling, by: tuple[datetime, str]) -> None:
    """Append a ruling."""
    tx.run(ADD_RULING, (*ruling, *by))


def _promised(row: TupleRow) -> Promised:
    return Promised(row[0], row[1], row[2], row[3], row[4], tuple(row[5]), row[6])


def _proposal(row: TupleRow) -> Proposal:
    rate: Decimal | None = row[5]
    amount = None if row[6] is None else Money(row[6], row[12])
    said = Propose(*(row[0], row[1], row[2], Remedy(row[3]), row[7]), row[4], rate, amount, row[13])
    return Proposal(said, row[8], row[9], row[10], row[11])
