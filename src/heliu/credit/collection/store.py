"""SQL of the collection desk: what is late, days, cases and their events."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.credit.collection.domain.case import (
    Arrears,
    Case,
    CaseEvent,
    CaseEventKind,
    Clock,
    Debtor,
    LateLoan,
)
from heliu.ground.db import Tx

# One worker of days at a time.
LOCK: Final = "SELECT pg_advisory_xact_lock(726351)"
CLOSED: Final = "SELECT 1 FROM credit.closed_day_view c WHERE c.business_date = %s"
LATE: Final = """
SELECT v.loan_id, v.debtor_uscc, v.clock, v.currency, v.due_on, v.days_late, v.overdue,
  v.principal, v.tier
FROM credit.late_position_view v
WHERE v.business_date = %s
ORDER BY v.loan_id, v.clock"""
OBSERVED: Final = """
SELECT DISTINCT p.case_id
FROM credit.collection_proposal p
JOIN credit.collection_ruling r ON r.proposal_id = p.id
JOIN credit.observed_position_view o ON o.loan_id = p.loan_id AND o.business_date = %s
WHERE r.verdict = 'released' AND p.remedy IN ('restructure', 'extend')"""
LAST_DAY: Final = "SELECT max(d.business_date) FROM credit.collection_day d"
DAY: Final = """
SELECT d.business_date, d.opened, d.escalated, d.closed
FROM credit.collection_day d
WHERE d.business_date = %s"""
ADD_DAY: Final = """
INSERT INTO credit.collection_day
  (business_date, policy_version, opened, escalated, closed, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
CASES: Final = """
SELECT c.id, c.debtor_uscc, c.clock, c.currency, c.no, c.opened_on, e.no, e.kind, e.step,
  e.business_date, e.overdue, e.days_late, e.loans
FROM credit.collection_case c
CROSS JOIN LATERAL (
  SELECT x.no, x.kind, x.step, x.business_date, x.overdue, x.days_late, x.loans
  FROM credit.collection_event x
  WHERE x.case_id = c.id
  ORDER BY x.no DESC
  LIMIT 1
) e
WHERE (%(ids)s::uuid[] IS NULL AND e.kind <> 'closed') OR c.id = ANY(%(ids)s)
ORDER BY c.opened_on, c.id"""
COUNTS: Final = """
SELECT c.debtor_uscc, c.clock, c.currency, max(c.no)
FROM credit.collection_case c
WHERE c.debtor_uscc = ANY(%s)
GROUP BY c.debtor_uscc, c.clock, c.currency"""
ADD_CASES: Final = """
INSERT INTO credit.collection_case
  (id, debtor_uscc, clock, currency, no, opened_on, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
ADD_EVENTS: Final = """
INSERT INTO credit.collection_event
  (case_id, no, kind, step, business_date, overdue, days_late, loans, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
EVENTS: Final = """
SELECT e.kind, e.step, e.business_date, e.overdue, e.days_late, e.loans
FROM credit.collection_event e
WHERE e.case_id = %s
ORDER BY e.no"""
LOANS: Final = """
SELECT DISTINCT e.case_id, l.loan_id
FROM credit.collection_event e
CROSS JOIN LATERAL unnest(e.loans) AS l (loan_id)
WHERE e.case_id = ANY(%s)"""
# The case of an open episode, and the last event, agree with the fold: one closing, nothing after.
VIOLATIONS: Final = """
SELECT e.case_id
FROM credit.collection_event e
JOIN credit.collection_event n ON n.case_id = e.case_id AND n.no > e.no
WHERE e.kind = 'closed'
GROUP BY e.case_id
ORDER BY e.case_id"""


class Worked(NamedTuple):
    """A business date taken into cases: how many were opened, went a step further, were closed."""

    business_date: date
    opened: int
    escalated: int
    closed: int


def lock(tx: Tx) -> None:
    """Be the only worker of days until the end of the transaction."""
    tx.run(LOCK)


def is_closed(tx: Tx, day: date) -> bool:
    """Whether the end of day of a date stands."""
    return tx.row(CLOSED, (day,)) is not None


def late(tx: Tx, day: date) -> list[LateLoan]:
    """Loans that are late beyond the allowance at the end of a closed day, by clock."""
    return [
        LateLoan(row[0], Debtor(row[1], Clock(row[2]), row[3]), *row[4:])
        for row in tx.rows(LATE, (day,))
    ]


def observed(tx: Tx, day: date) -> frozenset[UUID]:
    """Cases whose restructured loans are under observation at the end of a closed day."""
    return frozenset(case for (case,) in tx.rows(OBSERVED, (day,)))


def last_day(tx: Tx) -> date | None:
    """The last date taken into cases."""
    row = tx.row(LAST_DAY)
    return row[0] if row else None


def worked(tx: Tx, day: date) -> Worked | None:
    """A date taken into cases, if it was."""
    row = tx.row(DAY, (day,))
    return None if row is None else Worked(*row)


def add_day(tx: Tx, done: Worked, version: int, by: tuple[datetime, str]) -> None:
    """Keep that a date was taken into cases."""
    tx.run(ADD_DAY, (done.business_date, version, *done[1:], *by))


def open_cases(tx: Tx) -> list[Case]:
    """Every case that is not closed, oldest first."""
    return [_case(row) for row in tx.rows(CASES, {"ids": None})]


def cases(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Case]:
    """Cases by id, open or closed; what does not exist is left out."""
    return {row[0]: _case(row) for row in tx.rows(CASES, {"ids": list(ids)})}


def counts(tx: Tx, debtors: Sequence[Debtor]) -> dict[Debtor, int]:
    """How many cases each debtor had."""
    rows = tx.rows(COUNTS, (list({debtor.uscc for debtor in debtors}),))
    return {Debtor(row[0], Clock(row[1]), row[2]): row[3] for row in rows}


def add(tx: Tx, moved: Sequence[tuple[Case, CaseEvent]], by: tuple[datetime, str]) -> None:
    """Append new cases and events, each with its case after it."""
    now, who = by
    tx.many(
        ADD_CASES,
        [
            (case.id, *case.debtor, case.no, case.opened_on, now, who)
            for case, event in moved
            if event.kind is CaseEventKind.OPENED
        ],
    )
    tx.many(
        ADD_EVENTS,
        [
            (
                *(case.id, case.events, event.kind, event.step, event.on),
                *(event.arrears.overdue, event.arrears.days_late, list(event.arrears.loans), now),
            )
            for case, event in moved
        ],
    )


def events(tx: Tx, case: UUID) -> list[CaseEvent]:
    """The events of a case, in order."""
    return [_event(row) for row in tx.rows(EVENTS, (case,))]


def loans(tx: Tx, ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Every loan that was late in each case when something happened to it."""
    found: dict[UUID, set[UUID]] = {}
    for case, loan in tx.rows(LOANS, (list(ids),)):
        found.setdefault(case, set()).add(loan)
    return found


def violations(tx: Tx) -> list[str]:
    """Cases that something happened to after they were closed."""
    return [f"case {case} went on after it was closed" for (case,) in tx.rows(VIOLATIONS)]


def _case(row: TupleRow) -> Case:
    debtor = Debtor(row[1], Clock(row[2]), row[3])
    return Case(row[0], debtor, row[4], row[5], row[6], _event(row[7:]))


def _event(row: TupleRow) -> CaseEvent:
    arrears = Arrears(row[3], 0, row[4], 1, tuple(row[5]))
    return CaseEvent(CaseEventKind(row[0]), row[1], row[2], arrears)
