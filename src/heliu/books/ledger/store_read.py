"""SQL of the ledger's readers. A fold runs over the journal itself, or over checkpoint + tail."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from heliu.ground.db import Tx

CHART: Final = "SELECT code, zh, en, normal_side FROM books.account_type ORDER BY code"
# The last seq that was recorded until an instant: recorded times never go back along the journal.
RECORDED_UNTIL: Final = """
SELECT coalesce(max(b.first_seq + b.n - 1), 0)
FROM books.batch b
WHERE b.no > 0 AND b.recorded_at <= %s"""
# Both arms use a leaf's own (debit, seq) and (credit, seq) index once it is sealed.
BALANCE_AT: Final = """
SELECT CASE y.normal_side WHEN 'debit' THEN 1 ELSE -1 END * (
  (
    SELECT coalesce(sum(j.amount), 0)
    FROM books.journal j
    WHERE j.debit = a.id AND j.seq <= %(upto)s AND j.business_date <= %(on)s AND j.phase IN (0, 2)
  ) - (
    SELECT coalesce(sum(j.amount), 0)
    FROM books.journal j
    WHERE j.credit = a.id AND j.seq <= %(upto)s AND j.business_date <= %(on)s AND j.phase IN (0, 2)
  )
)::bigint, a.currency, y.normal_side
FROM books.account a
JOIN books.account_type y ON y.code = a.type
WHERE a.id = %(account)s"""
STATEMENT: Final = """
SELECT j.seq, j.key, j.debit, j.credit, j.amount, j.currency, j.code, j.phase, j.business_date,
  j.recorded_at
FROM books.journal_view j
WHERE (j.debit = %(account)s OR j.credit = %(account)s) AND j.phase IN (0, 2)
  AND j.business_date >= %(start)s AND j.business_date < %(until)s
ORDER BY j.business_date, j.seq"""
ENTRIES: Final = """
SELECT j.seq, j.key, j.debit, j.credit, j.amount, j.currency, j.code, j.phase, j.business_date,
  j.recorded_at
FROM books.journal_view j
WHERE j.seq IN (
  SELECT k.seq
  FROM books.transfer_key k
  WHERE k.key = ANY(%s)
)
ORDER BY j.seq"""
TRIAL_BALANCE: Final = """
WITH moved AS (
  SELECT v.account, sum(v.debits) AS debits, sum(v.credits) AS credits
  FROM books.journal j
  CROSS JOIN LATERAL (VALUES (j.debit, j.amount, 0), (j.credit, 0, j.amount))
    AS v (account, debits, credits)
  WHERE j.phase IN (0, 2) AND j.seq <= %(upto)s AND j.business_date <= %(on)s
  GROUP BY v.account
)
SELECT a.type, a.currency, sum(m.debits)::bigint, sum(m.credits)::bigint
FROM moved m
JOIN books.account a ON a.id = m.account
GROUP BY a.type, a.currency
ORDER BY a.currency, a.type"""

# Accounts of a type in order of id, with what moved them; an account that never moved has zeros.
ACCOUNTS: Final = """
SELECT a.id, a.name, a.type, a.currency, a.floor, y.normal_side,
  coalesce(d.total, 0)::bigint, coalesce(c.total, 0)::bigint
FROM books.account a
JOIN books.account_type y ON y.code = a.type
CROSS JOIN LATERAL (
  SELECT sum(j.amount) AS total
  FROM books.journal j
  WHERE j.debit = a.id AND j.seq <= %(upto)s AND j.business_date <= %(on)s AND j.phase IN (0, 2)
) d
CROSS JOIN LATERAL (
  SELECT sum(j.amount) AS total
  FROM books.journal j
  WHERE j.credit = a.id AND j.seq <= %(upto)s AND j.business_date <= %(on)s AND j.phase IN (0, 2)
) c
WHERE a.type = %(type)s AND a.id > %(after)s
ORDER BY a.id
LIMIT %(most)s"""
NAMED: Final = """
SELECT a.id, a.name, a.type, a.currency, a.floor, y.normal_side
FROM books.account a
JOIN books.account_type y ON y.code = a.type
WHERE a.id = ANY(%s)"""

Row = tuple[Any, ...]


def chart(tx: Tx) -> list[Row]:
    """Account types: code, zh, en, normal side."""
    return tx.rows(CHART)


def recorded_until(tx: Tx, at: datetime) -> int:
    """The last seq recorded until `at`, 0 if there was none."""
    row = tx.row(RECORDED_UNTIL, (at,))
    assert row is not None, "an aggregate answers one row"
    return int(row[0])


def balance_at(tx: Tx, account: int, upto: int, on: date) -> tuple[int, str, str] | None:
    """Posted balance, currency and normal side of an account; None if it is not open."""
    row = tx.row(BALANCE_AT, {"account": account, "upto": upto, "on": on})
    return None if row is None else (row[0], row[1], row[2])


def statement(tx: Tx, account: int, start: date, until: date) -> list[Row]:
    """What moved an account on business dates in [start, until)."""
    return tx.rows(STATEMENT, {"account": account, "start": start, "until": until})


def entries(tx: Tx, keys: Sequence[UUID]) -> list[Row]:
    """The journal lines of `keys`."""
    return tx.rows(ENTRIES, (list(keys),))


def trial_balance(tx: Tx, upto: int, on: date) -> list[Row]:
    """Totals by account type and currency."""
    return tx.rows(TRIAL_BALANCE, {"upto": upto, "on": on})


def accounts(tx: Tx, kind: str, when: tuple[int, date], after: int, most: int) -> list[Row]:
    """Accounts of a type with their posted debits and credits, by id after `after`."""
    asked = {"type": kind, "upto": when[0], "on": when[1], "after": after, "most": most}
    return tx.rows(ACCOUNTS, asked)


def named(tx: Tx, ids: Sequence[int]) -> list[Row]:
    """The accounts of these ids that are open."""
    return tx.rows(NAMED, (list(ids),))
