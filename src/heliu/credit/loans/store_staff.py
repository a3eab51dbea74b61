"""SQL of the loans desk for people of the bank: the money of some business dates."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from heliu.ground.db import Tx
from heliu.ground.money import Money

MOVED: Final = """
SELECT p.kind, p.currency, count(*), sum(p.amount)::bigint
FROM credit.payment p
WHERE p.paid_on >= %(start)s AND p.paid_on < %(until)s
GROUP BY p.kind, p.currency
UNION ALL
SELECT e.kind, l.currency, count(*), sum(e.principal + e.interest)::bigint
FROM credit.loan_event e
JOIN credit.loan l ON l.id = e.loan_id
WHERE e.business_date >= %(start)s AND e.business_date < %(until)s
GROUP BY e.kind, l.currency"""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was paid (`proceeds`, `residual`) or happened to loans (an event's kind)."""

    kind: str
    count: int
    amount: Money


def money_moved(tx: Tx, start: date, until: date) -> list[Moved]:
    """The money of business dates [start, until), by what it was."""
    rows = tx.rows(MOVED, {"start": start, "until": until})
    return [Moved(kind, count, Money(fen, currency)) for kind, currency, count, fen in rows]
