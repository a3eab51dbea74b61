"""SQL of the supervisor's segments: contract, account, collateral, repayment, classification."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, LiteralString

from heliu.ground.db import Tx

# Second-generation credit reporting names these segments; field names are the house's own.
CONTRACT: Final = """
SELECT l.loan_id::text AS loan_id, CASE l.book WHEN 1 THEN 'lending' ELSE 'receivable' END AS book,
  x.code AS product, b.uscc AS borrower_uscc, y.uscc AS buyer_uscc, u.code AS currency,
  coalesce(c.principal, r.principal) AS principal_agreed_minor, p.rate_ppm AS annual_rate_ppm,
  coalesce(c.opened_on, r.opened_on) AS opened_on, date '2000-01-01' + p.maturity AS matures_on
FROM credit.day_position p
JOIN credit.closing_loan l ON l.no = p.loan
JOIN credit.closing_product x ON x.no = p.product
JOIN credit.closing_party b ON b.no = p.borrower
LEFT JOIN credit.closing_party y ON y.no = p.buyer
JOIN books.currency u ON u.number = p.currency
LEFT JOIN credit.contract c ON l.book = 1 AND c.no = l.source_no
LEFT JOIN credit.loan r ON l.book = 2 AND r.id = l.loan_id
WHERE p.business_date = %s
ORDER BY p.loan"""
ACCOUNT: Final = """
SELECT l.loan_id::text AS loan_id, p.business_date AS business_date, u.code AS currency,
  p.principal AS principal_minor, p.accrued AS interest_accrued_minor,
  p.interest_due AS interest_due_minor, p.principal_due AS principal_due_minor,
  p.penalty_total - p.penalty_paid AS penalty_minor,
  p.compound_total - p.compound_paid AS compound_minor, p.fees AS fees_minor,
  CASE WHEN p.own_due > 0 THEN greatest(0, p.business_date - date '2000-01-01' - p.own_due)
    ELSE 0 END AS days_late,
  CASE WHEN p.buyer_due > 0 THEN greatest(0, p.business_date - date '2000-01-01' - p.buyer_due)
    ELSE 0 END AS buyer_days_late
FROM credit.day_position p
JOIN credit.closing_loan l ON l.no = p.loan
JOIN books.currency u ON u.number = p.currency
WHERE p.business_date = %s
ORDER BY p.loan"""
COLLATERAL: Final = """
SELECT g.contract_id::text AS loan_id, t.id::text AS lot_id, t.goods AS goods, t.unit AS unit,
  g.quantity AS quantity_thousandths, t.currency AS currency, t.cost AS cost_minor,
  g.pledged_on AS pledged_on
FROM credit.pledge g
JOIN credit.lot t ON t.id = g.lot_id
WHERE g.pledged_on <= %s
ORDER BY g.contract_id, t.id"""
REPAYMENT: Final = """
SELECT c.id::text AS loan_id, e.no AS event_no, e.kind AS kind, e.effective_on AS on_date,
  e.recorded_on AS recorded_on, e.amount AS amount_minor
FROM credit.contract_event e
JOIN credit.contract c ON c.no = e.contract_no
WHERE e.recorded_on <= %(day)s AND e.kind IN ('repay', 'pay_off', 'recover', 'write_off', 'reverse')
UNION ALL
SELECT e.loan_id::text, e.no, e.kind, e.business_date, e.business_date, e.principal + e.interest
FROM credit.loan_event e
WHERE e.business_date <= %(day)s AND e.kind IN (
  'repaid', 'bought_back', 'written_off', 'recovered', 'write_off_reversed'
)
ORDER BY loan_id, event_no"""
CLASSIFICATION: Final = """
SELECT l.loan_id::text AS loan_id, p.business_date AS business_date, p.tier AS tier,
  p.reason AS reason, p.stage AS stage, p.ecl AS allowance_minor,
  p.traits & 128 <> 0 AS non_accrual, u.code AS currency,
  CASE WHEN p.watch_until > 0 THEN date '2000-01-01' + p.watch_until END AS observed_until
FROM credit.day_position p
JOIN credit.closing_loan l ON l.no = p.loan
JOIN books.currency u ON u.number = p.currency
WHERE p.business_date = %s
ORDER BY p.loan"""
SEGMENTS: Final[dict[str, LiteralString]] = {
    "contract": CONTRACT,
    "account": ACCOUNT,
    "collateral": COLLATERAL,
    "repayment": REPAYMENT,
    "classification": CLASSIFICATION,
}
_ROWS: Final = 50_000


def segment(tx: Tx, name: str, day: date) -> tuple[list[str], Iterator[list[tuple[Any, ...]]]]:
    """The column names of a segment, and its rows a batch at a time."""
    cursor = tx.cursor()
    cursor.execute(SEGMENTS[name], {"day": day} if name == "repayment" else (day,))
    assert cursor.description is not None, "a query has columns"
    return [column.name for column in cursor.description], _batches(cursor)


def _batches(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:  # psycopg's cursor, any row type
    with cursor:
        while rows := cursor.fetchmany(_ROWS):
            yield rows
