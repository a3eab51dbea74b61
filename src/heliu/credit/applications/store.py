"""SQL of the applications desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.credit.applications.domain import Application
from heliu.ground.db import Tx
from heliu.ground.money import Money

ADD: Final = """
INSERT INTO credit.application
  (id, receivable_id, verification_id, verdict_id, programme, programme_version, supplier_uscc,
   currency, requested, approved, annual_rate, decided_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
LATEST: Final = """
SELECT DISTINCT ON (receivable_id)
  id, receivable_id, verification_id, verdict_id, programme, programme_version, supplier_uscc,
  currency, requested, approved, annual_rate, decided_on
FROM credit.application
WHERE receivable_id = ANY(%s)
ORDER BY receivable_id, recorded_at DESC, decided_on DESC"""


def add(tx: Tx, applications: Sequence[Application], now: datetime) -> None:
    """Record applications that are not there yet."""
    tx.many(
        ADD,
        [
            (
                *(a.id, a.receivable_id, a.verification_id, a.verdict_id, a.programme),
                *(a.programme_version, a.supplier_uscc, a.requested.currency, a.requested.minor),
                *(a.approved.minor, a.annual_rate, a.decided_on, now),
            )
            for a in applications
        ],
    )


def latest(tx: Tx, receivables: Sequence[UUID]) -> dict[UUID, Application]:
    """The youngest application of each receivable that has one."""
    rows = tx.rows(LATEST, (list(receivables),))
    return {row[1]: _application(row) for row in rows}


def _application(row: TupleRow) -> Application:
    fields = (*row[:7], Money(row[8], row[7]), Money(row[9], row[7]), *row[10:])
    return Application(*fields)
