"""SQL over the books that are closed: which loans a day changed, and which periods begin on it."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx

# What a day brings to light of the receivable book: events of the day, and older ones recorded
# since the day before was closed. Only what was known when the run began counts.
RECEIVABLES_CHANGED: Final = """
SELECT DISTINCT e.loan_id
FROM credit.loan_event e
WHERE e.recorded_at <= %(known)s AND e.business_date <= %(day)s
  AND (e.business_date = %(day)s OR e.recorded_at > %(since)s)
ORDER BY e.loan_id"""
ALL_RECEIVABLES: Final = """
SELECT DISTINCT e.loan_id
FROM credit.loan_event e
WHERE e.recorded_at <= %(known)s AND e.business_date <= %(day)s
ORDER BY e.loan_id"""
# Events are numbered in the order they were recorded.
RECEIVABLES_KNOWN: Final = """
SELECT e.loan_id, max(e.no)
FROM credit.loan_event e
WHERE e.loan_id = ANY(%s) AND e.recorded_at <= %s
GROUP BY e.loan_id"""
CONTRACTS_CHANGED: Final = """
SELECT DISTINCT e.contract_no
FROM credit.contract_event e
WHERE e.recorded_on = %s
ORDER BY e.contract_no"""
ALL_CONTRACTS: Final = """
SELECT DISTINCT e.contract_no
FROM credit.contract_event e
WHERE e.recorded_on <= %s
ORDER BY e.contract_no"""
# Contracts whose stored plan is younger than the day: their plan as of the day is folded.
CHANGED_LATER: Final = """
SELECT DISTINCT e.contract_no
FROM credit.contract_event e
WHERE e.recorded_on > %s
ORDER BY e.contract_no"""
NEXT_PERIODS: Final = """
SELECT e.contract_no, n.due_date, n.interest, n.interest_paid, n.principal - n.principal_paid
FROM credit.instalment e
JOIN credit.instalment n ON n.contract_no = e.contract_no AND n.number = e.number + 1
WHERE e.due_date = %s AND n.from_date = e.due_date
ORDER BY e.contract_no"""


def receivables_changed(tx: Tx, day: date, since: datetime | None, known: datetime) -> list[UUID]:
    """Receivable loans a day brought something of; all of them before the first closed day."""
    values = {"day": day, "since": since, "known": known}
    return [id_ for (id_,) in tx.rows(RECEIVABLES_CHANGED if since else ALL_RECEIVABLES, values)]


def last_known(tx: Tx, loans: list[UUID], known: datetime) -> dict[UUID, int]:
    """The number of the last event of each receivable loan that was known at an instant."""
    return dict(tx.rows(RECEIVABLES_KNOWN, (loans, known)))


def contracts_changed(tx: Tx, day: date, *, first: bool) -> list[int]:
    """Contracts with events recorded on a day, or (before the first closed day) until it."""
    return [no for (no,) in tx.rows(ALL_CONTRACTS if first else CONTRACTS_CHANGED, (day,))]


def changed_later(tx: Tx, day: date) -> list[int]:
    """Contracts with events recorded after a day."""
    return [no for (no,) in tx.rows(CHANGED_LATER, (day,))]


def next_periods(tx: Tx, day: date) -> list[tuple[int, date, int, int, int]]:
    """Periods that follow one ending on a day: contract, end, interest, paid, principal due."""
    return [(row[0], row[1], row[2], row[3], row[4]) for row in tx.rows(NEXT_PERIODS, (day,))]
