"""SQL of the laws of the loans desk: what loans say, and what the journal says of them."""

from typing import Final

from heliu.ground.db import Tx

# A loan's account in the books holds what its events say is open, and nothing else.
VIOLATIONS: Final = """
WITH said AS (
  SELECT l.id, coalesce(sum(
    CASE
      WHEN e.kind IN ('disbursed', 'write_off_reversed') THEN e.principal
      WHEN e.kind IN ('repaid', 'bought_back', 'written_off') THEN -e.principal
    END
  ), 0)::bigint AS open_principal
  FROM credit.loan l
  LEFT JOIN credit.loan_event e ON e.loan_id = l.id
  GROUP BY l.id
)
SELECT s.id, s.open_principal, b.balance
FROM said s
LEFT JOIN books.balance_view b ON b.name = 'loan:' || s.id
WHERE b.balance IS DISTINCT FROM s.open_principal
ORDER BY s.id"""
SUSPENSE: Final = """
WITH waiting AS (
  SELECT c.currency, sum(c.unapplied - coalesce(u.used, 0)) AS amount
  FROM credit.cash c
  LEFT JOIN (
    SELECT a.cash_id, sum(a.amount) AS used
    FROM credit.loan_act a
    GROUP BY a.cash_id
  ) u ON u.cash_id = c.id
  GROUP BY c.currency
)
SELECT b.currency, b.balance, coalesce(w.amount, 0)::bigint
FROM books.balance_view b
LEFT JOIN waiting w ON w.currency = b.currency
WHERE b.type = 'suspense' AND b.balance <> coalesce(w.amount, 0)
ORDER BY b.currency"""


def loan_violations(tx: Tx) -> list[str]:
    """Where loans and unapplied cash do not agree with the journal; empty if all is well."""
    loans = [
        f"loan {loan}: events say {said} is open, its account holds {held}"
        for loan, said, held in tx.rows(VIOLATIONS)
    ]
    suspense = [
        f"suspense {currency}: {held} in the books, {said} unapplied cash"
        for currency, held, said in tx.rows(SUSPENSE)
    ]
    return loans + suspense
