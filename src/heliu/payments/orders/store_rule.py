"""SQL of the orders desk about what persons decide: rulings, their release, closed cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.payments.orders.domain.order import State

_ADD_RULING: Final = """
INSERT INTO payments.ruling (id, order_id, verdict, because, proposed_by, proposed_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_RULINGS: Final = """
SELECT r.id, r.order_id, r.verdict, r.because, r.proposed_by, r.proposed_at, l.released_by
FROM payments.ruling r
LEFT JOIN payments.ruling_release l ON l.ruling_id = r.id
WHERE r.id = ANY(%s) OR r.order_id = ANY(%s)
ORDER BY r.proposed_at, r.id"""
_RELEASE: Final = """
INSERT INTO payments.ruling_release (ruling_id, proposed_by, released_by, released_at)
VALUES (%s, %s, %s, %s)"""
_CLOSE: Final = """
INSERT INTO payments.case_closed (case_id, because, closed_by, closed_at)
VALUES (%s, %s, %s, %s)
ON CONFLICT (case_id) DO NOTHING"""
_CLOSED: Final = """
SELECT case_id
FROM payments.case_closed"""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person found out of a payment that the rail left open; counts once released.

    `verdict`: SETTLED (the payee has the money) or REJECTED (he will never have it).
    """

    id: UUID
    order_id: UUID
    verdict: State
    because: str
    proposed_by: str
    proposed_at: datetime
    released_by: str | None = None


def add_ruling(tx: Tx, ruling: Ruling) -> None:
    """Keep a proposal; the same id again changes nothing."""
    said = (ruling.verdict.value, ruling.because, ruling.proposed_by, ruling.proposed_at)
    tx.run(_ADD_RULING, (ruling.id, ruling.order_id, *said))


def rulings(tx: Tx, ids: Sequence[UUID], orders: Sequence[UUID] = ()) -> list[Ruling]:
    """Rulings by their id or their order, oldest first."""
    return [
        Ruling(id_, order, State(verdict), because, by, at, released)
        for id_, order, verdict, because, by, at, released in tx.rows(
            _RULINGS, (list(ids), list(orders))
        )
    ]


def release(tx: Tx, ruling: Ruling, by: str, now: datetime) -> None:
    """Note who released a ruling; the database refuses who proposed it."""
    tx.run(_RELEASE, (ruling.id, ruling.proposed_by, by, now))


def close(tx: Tx, case: UUID, because: str, by: str, now: datetime) -> None:
    """Note that a case was looked at; again changes nothing."""
    tx.run(_CLOSE, (case, because, by, now))


def closed(tx: Tx) -> set[UUID]:
    """The cases that were closed."""
    return {row[0] for row in tx.rows(_CLOSED)}
