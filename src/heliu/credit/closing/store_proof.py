"""SQL of the closing desk's proofs: positions against postings, journal and allowance."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from heliu.ground.db import Tx

# What live loans and loans that left say was booked, and what was posted.
UNPOSTED: Final = """
WITH gone AS (
  SELECT DISTINCT ON (x.loan) x.loan, x.product, x.currency, x.interest_total, x.discount_total,
    x.penalty_total, x.compound_total, x.provision_total
  FROM credit.closing_retired x
  LEFT JOIN credit.closing_reopening o USING (business_date, revision)
  WHERE o.revision IS NULL
    AND NOT EXISTS (
      SELECT 1
      FROM credit.day_position p
      WHERE p.business_date = %(day)s AND p.loan = x.loan
    )
  ORDER BY x.loan, x.business_date DESC
), held AS (
  SELECT p.product, p.currency, p.interest_total, p.penalty_total, p.compound_total,
    p.discount_total, p.ecl + p.charged_off AS provision_total,
    CASE WHEN p.traits & 128 = 0 THEN 0 ELSE greatest(
      0, p.interest_due + CASE WHEN p.traits & 2 = 0 THEN p.accrued ELSE 0 END
    ) END AS interest_held,
    CASE WHEN p.traits & 128 = 0 THEN 0 ELSE p.penalty_total - p.penalty_paid END
      AS penalty_held,
    CASE WHEN p.traits & 128 = 0 THEN 0 ELSE p.compound_total - p.compound_paid END
      AS compound_held
  FROM credit.day_position p
  WHERE p.business_date = %(day)s
  UNION ALL
  SELECT g.product, g.currency, g.interest_total, g.penalty_total, g.compound_total,
    g.discount_total, g.provision_total, 0, 0, 0
  FROM gone g
), said AS (
  SELECT b.product, b.currency, sum(b.interest_total - b.interest_held) AS part_230,
    sum(b.penalty_total - b.penalty_held) AS part_231,
    sum(b.compound_total - b.compound_held) AS part_232, sum(b.discount_total) AS part_233,
    sum(b.provision_total) AS part_234,
    sum(b.interest_held + b.penalty_held + b.compound_held) AS part_235
  FROM held b
  GROUP BY b.product, b.currency
), total AS (
  SELECT s.product, s.currency, v.part, v.amount
  FROM said s
  CROSS JOIN LATERAL (VALUES
    (230, s.part_230), (231, s.part_231), (232, s.part_232), (233, s.part_233),
    (234, s.part_234), (235, s.part_235)
  ) AS v (part, amount)
), posted AS (
  SELECT p.product, p.currency, p.part, sum(p.change) AS amount
  FROM credit.closing_posting p
  LEFT JOIN credit.closing_reopening o USING (business_date, revision)
  WHERE o.revision IS NULL
  GROUP BY p.product, p.currency, p.part
)
SELECT coalesce(t.product, p.product), coalesce(t.currency, p.currency), coalesce(t.part, p.part),
  coalesce(t.amount, 0)::bigint, coalesce(p.amount, 0)::bigint
FROM total t
FULL JOIN posted p ON p.product = t.product AND p.currency = t.currency AND p.part = t.part
WHERE coalesce(t.amount, 0) <> coalesce(p.amount, 0)
ORDER BY 1, 2, 3"""
UNBOOKED: Final = """
SELECT p.business_date, p.product, p.part, p.change, j.amount
FROM credit.closing_posting p
LEFT JOIN books.journal_view j ON j.key = p.transfer
WHERE j.amount IS DISTINCT FROM abs(p.change)
  OR j.code IS DISTINCT FROM p.part
  OR j.business_date IS DISTINCT FROM p.business_date
ORDER BY p.business_date, p.product, p.part"""
UNEXPLAINED: Final = """
WITH moved AS (
  SELECT m.product, m.currency, m.stage, sum(m.amount) AS amount
  FROM credit.provision_movement m
  LEFT JOIN credit.closing_reopening o USING (business_date, revision)
  WHERE o.revision IS NULL
  GROUP BY m.product, m.currency, m.stage
), held AS (
  SELECT p.product, p.currency, p.stage, sum(p.ecl) AS amount
  FROM credit.day_position p
  WHERE p.business_date = %s
  GROUP BY p.product, p.currency, p.stage
)
SELECT coalesce(m.product, h.product), coalesce(m.stage, h.stage), coalesce(m.amount, 0)::bigint,
  coalesce(h.amount, 0)::bigint
FROM moved m
FULL JOIN held h ON h.product = m.product AND h.currency = m.currency AND h.stage = m.stage
WHERE coalesce(m.amount, 0) <> coalesce(h.amount, 0)
ORDER BY 1, 2"""
# Trait 2 is PREPAID: such interest is earned out of what was kept back and is owed by nobody.
# Trait 128 is NON_ACCRUAL: what is owed stands in the memorandum and in no receivable.
SUBLEDGER: Final = """
WITH owed AS (
  SELECT p.currency, p.book, p.principal, p.fees, p.ecl, p.traits & 128 > 0 AS rests,
    p.interest_due + CASE WHEN p.traits & 2 = 0 THEN p.accrued ELSE 0 END AS interest,
    p.penalty_total - p.penalty_paid AS penalty, p.compound_total - p.compound_paid AS compound,
    CASE WHEN p.traits & 2 > 0 THEN p.period_interest - p.accrued ELSE 0 END AS unearned
  FROM credit.day_position p
  WHERE p.business_date = %s
), summed AS (
  SELECT o.currency, sum(o.principal)::bigint AS principal,
    sum(
      CASE WHEN o.rests THEN least(0, o.interest) ELSE o.interest END
      + CASE WHEN o.book = 2 AND NOT o.rests THEN o.penalty ELSE 0 END
    )::bigint AS interest,
    sum(CASE WHEN o.book = 1 AND NOT o.rests THEN o.penalty ELSE 0 END)::bigint AS penalty,
    sum(CASE WHEN o.book = 1 AND NOT o.rests THEN o.compound ELSE 0 END)::bigint AS compound,
    sum(o.unearned)::bigint AS unearned, sum(o.fees)::bigint AS fees,
    sum(o.ecl)::bigint AS allowance,
    sum(CASE WHEN o.rests THEN greatest(0, o.interest) + o.penalty + o.compound ELSE 0 END)::bigint
      AS held
  FROM owed o
  GROUP BY o.currency
)
SELECT c.code, v.account, v.amount
FROM summed s
JOIN books.currency c ON c.number = s.currency
CROSS JOIN LATERAL (VALUES
  ('loans', s.principal), ('interest_receivable', s.interest), ('penalty_receivable', s.penalty),
  ('compound_receivable', s.compound), ('fee_receivable', s.fees),
  ('deferred_interest', s.unearned), ('provision', s.allowance),
  ('memorandum_interest', s.held)
) AS v (account, amount)
ORDER BY c.code, v.account"""
MOVEMENTS: Final = """
SELECT c.code, m.stage, m.cause, sum(m.amount)::bigint
FROM credit.provision_movement m
JOIN books.currency c ON c.number = m.currency
LEFT JOIN credit.closing_reopening o USING (business_date, revision)
WHERE o.revision IS NULL AND m.business_date BETWEEN %s AND %s
GROUP BY c.code, m.stage, m.cause
ORDER BY c.code, m.stage, m.cause"""
ALLOWANCE: Final = """
SELECT c.code, m.stage, sum(m.amount)::bigint
FROM credit.provision_movement m
JOIN books.currency c ON c.number = m.currency
LEFT JOIN credit.closing_reopening o USING (business_date, revision)
WHERE o.revision IS NULL AND m.business_date <= %s
GROUP BY c.code, m.stage
ORDER BY c.code, m.stage"""
BY_TIER: Final = """
SELECT c.code, p.tier, p.stage, count(*), sum(p.principal)::bigint, sum(p.ecl)::bigint
FROM credit.day_position p
JOIN books.currency c ON c.number = p.currency
WHERE p.business_date = %s
GROUP BY c.code, p.tier, p.stage
ORDER BY c.code, p.tier, p.stage"""


class TierRow(NamedTuple):
    """Loans of one class and stage of a closed day, minor units."""

    currency: str
    tier: int
    stage: int
    loans: int
    principal: int
    allowance: int


@dataclass(frozen=True, slots=True)
class StageRow:
    """An amount of one stage (and cause, where it is a movement), minor units."""

    currency: str
    stage: int
    cause: int
    amount: int


def unposted(tx: Tx, day: date) -> list[str]:
    """Where positions and postings differ."""
    return [
        f"product {product} part {part} currency {currency}: positions {said}, posted {posted}"
        for product, currency, part, said, posted in tx.rows(UNPOSTED, {"day": day})
    ]


def unbooked(tx: Tx) -> list[str]:
    """Postings that the journal has otherwise."""
    return [
        f"{day} product {product} part {part}: posted {change}, journal {amount}"
        for day, product, part, change, amount in tx.rows(UNBOOKED)
    ]


def unexplained(tx: Tx, day: date) -> list[str]:
    """Where the movements do not sum to the allowance."""
    return [
        f"product {product} stage {stage}: movements {moved}, allowance {held}"
        for product, stage, moved, held in tx.rows(UNEXPLAINED, (day,))
    ]


def subledger(tx: Tx, day: date) -> list[tuple[str, str, int]]:
    """Currency, kind of account and what the positions of a closed day say is on it."""
    return [(row[0], row[1], row[2]) for row in tx.rows(SUBLEDGER, (day,))]


def movements(tx: Tx, start: date, until: date) -> list[StageRow]:
    """Movements of business dates [start, until], both included."""
    return [StageRow(*row) for row in tx.rows(MOVEMENTS, (start, until))]


def allowance(tx: Tx, on: date) -> list[StageRow]:
    """The allowance at the end of a day, by stage."""
    return [StageRow(currency, stage, 0, a) for currency, stage, a in tx.rows(ALLOWANCE, (on,))]


def by_tier(tx: Tx, day: date) -> list[TierRow]:
    """The closed day's loans by class and stage."""
    return [TierRow(*row) for row in tx.rows(BY_TIER, (day,))]
