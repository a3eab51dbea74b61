"""SQL of the repricing desk."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from heliu.credit.engine.api import terms_from_json
from heliu.credit.repricing.domain import Change, Floating
from heliu.ground.db import Tx

# Contracts whose rate may be due by a day: its rule's last day came after the first draw and after
# the day it was set for last. An anniversary comes 365 days after either, at least. What was agreed
# anew by a restructuring floats no more; what was reversed never happened.
MAY_BE_DUE: Final = """
WITH floating AS (
  SELECT c.no, c.terms -> 'repricing' ->> 'rule' AS rule,
    (
      SELECT min(e.effective_on)
      FROM credit.contract_event e
      WHERE e.contract_no = c.no AND e.kind = 'disburse' AND NOT EXISTS (
        SELECT 1
        FROM credit.contract_event r
        WHERE r.contract_no = c.no AND r.kind = 'reverse' AND (r.data ->> 'of')::integer = e.no
      )
    ) AS drawn_on,
    (
      SELECT max(p.due_on)
      FROM credit.repricing p
      WHERE p.contract_no = c.no
    ) AS set_for
  FROM credit.contract c
  JOIN credit.contract_state s ON s.contract_no = c.no
  WHERE c.terms -> 'repricing' ->> 'rule' <> 'fixed' AND s.status = 'active'
)
SELECT f.no
FROM floating f
WHERE greatest(f.drawn_on, f.set_for) < CASE f.rule
    WHEN 'new_year' THEN date_trunc('year', %(day)s::date)::date
    WHEN 'quarter' THEN date_trunc('quarter', %(day)s::date)::date
    ELSE %(day)s::date - 364
  END
  AND NOT EXISTS (
    SELECT 1
    FROM credit.contract_event e
    WHERE e.contract_no = f.no AND e.kind = 'restructure' AND NOT EXISTS (
      SELECT 1
      FROM credit.contract_event r
      WHERE r.contract_no = f.no AND r.kind = 'reverse' AND (r.data ->> 'of')::integer = e.no
    )
  )
ORDER BY f.no"""
FLOATING: Final = """
SELECT c.no, c.id, c.borrower_uscc, c.obligor_uscc, c.terms,
  (
    SELECT min(e.effective_on)
    FROM credit.contract_event e
    WHERE e.contract_no = c.no AND e.kind = 'disburse' AND NOT EXISTS (
      SELECT 1
      FROM credit.contract_event r
      WHERE r.contract_no = c.no AND r.kind = 'reverse' AND (r.data ->> 'of')::integer = e.no
    )
  ) AS drawn_on,
  (
    SELECT max(p.due_on)
    FROM credit.repricing p
    WHERE p.contract_no = c.no
  ) AS set_for,
  (
    SELECT max(i.due_date)
    FROM credit.instalment i
    WHERE i.contract_no = c.no
  ) AS ends_on
FROM credit.contract c
WHERE c.no = ANY(%s)
ORDER BY c.no"""
ADD: Final = """
INSERT INTO credit.repricing
  (contract_no, due_on, benchmark, tenor, published_on, rate_before, rate, act, recorded_on,
   recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
SET_LAST: Final = """
SELECT p.due_on, c.id, p.benchmark, p.tenor, p.published_on, p.rate_before, p.rate
FROM credit.repricing p
JOIN credit.contract c ON c.no = p.contract_no
ORDER BY p.due_on DESC, p.contract_no
LIMIT %s"""


class Row(NamedTuple):
    """A rate that was set: by which act, what it had been."""

    change: Change
    rate_before: Decimal
    act: UUID


class SetRate(NamedTuple):
    """A rate that was set, as it is listed."""

    due_on: date
    contract_id: UUID
    benchmark: str
    tenor: str
    published_on: date
    rate_before: Decimal
    rate: Decimal


def may_be_due(tx: Tx, day: date) -> list[int]:
    """Numbers of the contracts whose rate may be due by `day`, ascending."""
    return [no for (no,) in tx.rows(MAY_BE_DUE, {"day": day})]


def floating(tx: Tx, numbers: Sequence[int]) -> list[Floating]:
    """These contracts, by number."""
    found = []
    for row in tx.rows(FLOATING, (list(numbers),)):
        parties = tuple(uscc for uscc in row[2:4] if uscc)
        found.append(Floating(row[0], row[1], parties, terms_from_json(row[4]), *row[5:8]))
    return found


def add(tx: Tx, rows: Sequence[Row], told: Sequence[object]) -> None:
    """Record rates that were set; `told` is the business date, the instant and by whom."""
    tx.many(
        ADD,
        [
            (
                *(row.change.due.contract.no, row.change.due.on, row.change.quote.benchmark),
                *(row.change.quote.tenor, row.change.quote.published_on, row.rate_before),
                *(row.change.rate, row.act, *told),
            )
            for row in rows
        ],
    )


def set_last(tx: Tx, limit: int) -> list[SetRate]:
    """The rates set last, the youngest day first."""
    rows = tx.rows(SET_LAST, (limit,))
    return [SetRate(*row[:5], *(rate.normalize() for rate in row[5:])) for row in rows]
