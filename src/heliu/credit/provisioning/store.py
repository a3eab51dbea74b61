"""SQL of the provisioning desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx

ADD_FLAG: Final = """
INSERT INTO credit.risk_flag
  (id, loan_id, cause, flagged_from, flagged_until, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
FLAGS: Final = """
SELECT id, loan_id, cause, flagged_from, flagged_until
FROM credit.risk_flag
WHERE id = ANY(%s)"""
FLAGGED: Final = """
SELECT DISTINCT f.loan_id
FROM credit.risk_flag f
WHERE f.flagged_from <= %(on)s AND f.flagged_until > %(on)s AND f.recorded_at <= %(known)s"""
ADD_MOVEMENT: Final = """
INSERT INTO credit.provision_movement
  (business_date, revision, product, currency, stage, cause, amount)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""


@dataclass(frozen=True, slots=True)
class Flag:
    """Credit risk of a loan has risen for business dates [start, until), by a cause's code."""

    key: UUID
    loan_id: UUID
    cause: str
    start: date
    until: date


def add_flags(tx: Tx, flags: Sequence[Flag], by: str, now: datetime) -> None:
    """Append flags."""
    tx.many(ADD_FLAG, [(f.key, f.loan_id, f.cause, f.start, f.until, now, by) for f in flags])


def flags(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, Flag]:
    """The flags of these keys that exist."""
    return {row[0]: Flag(*row) for row in tx.rows(FLAGS, (list(keys),))}


def flagged(tx: Tx, on: date, known: datetime) -> set[UUID]:
    """Loans flagged on a business date, as it was known at an instant."""
    return {row[0] for row in tx.rows(FLAGGED, {"on": on, "known": known})}


def add_movements(tx: Tx, rows: Sequence[tuple[date, int, int, int, int, int, int]]) -> None:
    """Append movements: date, revision, product, currency, stage, cause, amount."""
    tx.many(ADD_MOVEMENT, rows)
