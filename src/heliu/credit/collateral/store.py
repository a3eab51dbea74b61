"""SQL of the collateral desk: lots, what secures which contract, and what happened to each lot."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.credit.collateral.domain.cover import CoverTerms
from heliu.credit.collateral.domain.lot import Holding, Lot, LotEvent, LotEventKind, fold
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.money import Money

ADD_LOT: Final = """
INSERT INTO credit.lot
  (id, owner_uscc, custodian_uscc, place, receipt_no, receipt_key, receipt_line, goods, item,
   unit, quantity, currency, cost, batch_key, stored_on, offered_by, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
# Taken in the order of ids by all who pledge, release or seize: nobody waits in a circle. What was
# read before the lock is read again under it (read committed: a new snapshot each statement).
LOCK_LOTS: Final = """
SELECT id
FROM credit.lot
WHERE id = ANY(%s)
ORDER BY id
FOR UPDATE"""
LOTS: Final = """
SELECT l.id, l.owner_uscc, l.custodian_uscc, l.place, l.receipt_no, l.receipt_line, l.goods,
  l.item, l.unit, l.quantity, l.currency, l.stored_on, l.cost, l.batch_key, l.offered_by,
  p.contract_id, p.key
FROM credit.lot l
LEFT JOIN credit.pledge p ON p.lot_id = l.id
WHERE l.id = ANY(%s)
ORDER BY l.stored_on, l.id"""
LOTS_OF_CONTRACTS: Final = """
SELECT lot_id
FROM credit.pledge
WHERE contract_id = ANY(%s)"""
LOTS_AT: Final = """
SELECT l.id
FROM credit.lot l
JOIN credit.pledge p ON p.lot_id = l.id
WHERE l.place = ANY(%s)"""
BATCHES: Final = """
SELECT goods, batch_key, id
FROM credit.lot
WHERE batch_key = ANY(%s)"""
# What may not be there yet is locked by its name: the second who comes waits, then sees the first.
LOCK_NAMES: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(k.name, 0))
FROM unnest(%s::text[]) AS k (name)
ORDER BY k.name"""
EVENTS: Final = """
SELECT lot_id, no, kind, quantity, cause, business_date, document_id
FROM credit.lot_event
WHERE lot_id = ANY(%s)
ORDER BY lot_id, no"""
ADD_EVENT: Final = """
INSERT INTO credit.lot_event
  (lot_id, no, kind, quantity, cause, business_date, document_id, recorded_by, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
ADD_SECURITY: Final = """
INSERT INTO credit.security
  (contract_id, pledgor_uscc, currency, financed, required_bp, trigger_bp, stop_bp, cure_days,
   agreed_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (contract_id) DO NOTHING"""
SECURITIES: Final = """
SELECT contract_id, pledgor_uscc, currency, financed, required_bp, trigger_bp, stop_bp, cure_days
FROM credit.security
WHERE contract_id = ANY(%s)"""
SECURED: Final = """
SELECT contract_id
FROM credit.security
ORDER BY contract_id"""
# Ordered by lot, so that two pledges of the same lots meet in one order; the loser gets nothing.
ADD_PLEDGE: Final = """
INSERT INTO credit.pledge (lot_id, contract_id, key, quantity, pledged_on, pledged_by, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
VIOLATIONS: Final = """
SELECT e.lot_id,
  sum(CASE
    WHEN e.kind = 'pledged' THEN e.quantity
    WHEN e.kind IN ('released', 'seized') THEN -e.quantity
    ELSE 0
  END)::bigint,
  count(*) FILTER (WHERE e.kind = 'pledged'), count(p.lot_id) > 0
FROM credit.lot_event e
LEFT JOIN credit.pledge p ON p.lot_id = e.lot_id
GROUP BY e.lot_id
HAVING sum(CASE
    WHEN e.kind = 'pledged' THEN e.quantity
    WHEN e.kind IN ('released', 'seized') THEN -e.quantity
    ELSE 0
  END) < 0
  OR count(*) FILTER (WHERE e.kind = 'pledged') > 1
  OR (count(*) FILTER (WHERE e.kind = 'pledged') > 0) <> (count(p.lot_id) > 0)
ORDER BY e.lot_id"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A lot as it stands: who offered it, its fold, and the contract and key of its pledge."""

    lot: Lot
    offered_by: str
    holding: Holding
    events: tuple[LotEvent, ...]
    contract_id: UUID | None
    pledge_key: UUID | None

    def event(
        self, kind: LotEventKind, quantity_milli: int, cause: UUID, on: date, paper: UUID | None
    ) -> LotEvent:
        """The lot's next event; `paper` is the document that says so."""
        no = self.holding.events + 1
        return LotEvent(self.lot.id, no, kind, quantity_milli, cause, on, paper)

    def after(self, event: LotEvent) -> "Stored":
        """The lot as it stands after one more event."""
        events = (*self.events, event)
        return replace(self, events=events, holding=fold(events))


@dataclass(frozen=True, slots=True)
class Security:
    """What was agreed on the collateral of one contract."""

    contract_id: UUID
    pledgor_uscc: str
    financed: Money
    terms: CoverTerms


def lock_receipts(tx: Tx, lots: Iterable[Lot]) -> None:
    """Keep others from registering these receipts and marked goods meanwhile."""
    names = {f"credit.lot {lot.id}" for lot in lots}
    names |= {f"credit.batch {lot.goods} {lot.batch_key}" for lot in lots if lot.batch_key}
    tx.rows(LOCK_NAMES, (sorted(names),))


def lots(tx: Tx, ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Stored]:
    """The lots that exist, the longest in store first; locked until the transaction ends."""
    wanted = list(set(ids))
    if lock:
        tx.rows(LOCK_LOTS, (wanted,))
    events: dict[UUID, list[LotEvent]] = defaultdict(list)
    for row in tx.rows(EVENTS, (wanted,)):
        events[row[0]].append(LotEvent(row[0], row[1], LotEventKind(row[2]), *row[3:]))
    return {row[0]: _stored(row, events[row[0]]) for row in tx.rows(LOTS, (wanted,))}


def lots_of_contracts(tx: Tx, contracts: Iterable[UUID], *, lock: bool = False) -> list[Stored]:
    """Every lot pledged for these contracts, the longest in store first."""
    ids = [row[0] for row in tx.rows(LOTS_OF_CONTRACTS, (list(set(contracts)),))]
    return list(lots(tx, ids, lock=lock).values())


def lots_at(tx: Tx, places: Iterable[str]) -> list[Stored]:
    """Every lot ever pledged that lies at these places."""
    ids = [row[0] for row in tx.rows(LOTS_AT, (list(set(places)),))]
    return list(lots(tx, ids).values())


def batches(tx: Tx, lots: Iterable[Lot]) -> dict[tuple[str, str], UUID]:
    """Registered lots by goods and mark, for the marks of `lots`."""
    keys = {lot.batch_key for lot in lots if lot.batch_key}
    return {(row[0], row[1]): row[2] for row in tx.rows(BATCHES, (list(keys),))}


def lock_contracts(tx: Tx, contracts: Iterable[UUID]) -> None:
    """Let one transaction at a time change what secures these contracts; comes before lots."""
    tx.rows(LOCK_NAMES, (sorted({f"credit.security {id_}" for id_ in contracts}),))


def securities(tx: Tx, contracts: Iterable[UUID]) -> dict[UUID, Security]:
    """What was agreed for these contracts, where anything was."""
    rows = tx.rows(SECURITIES, (list(set(contracts)),))
    return {r[0]: Security(r[0], r[1], Money(r[3], r[2]), CoverTerms(*r[4:])) for r in rows}


def secured(tx: Tx) -> list[UUID]:
    """The contracts for which something was agreed."""
    return [row[0] for row in tx.rows(SECURED)]


def add_lots(tx: Tx, actor: Actor, new: Sequence[Lot], now: datetime) -> None:
    """Register lots."""
    tx.many(
        ADD_LOT,
        [
            (
                *(lot.id, lot.owner_uscc, lot.custodian_uscc, lot.place, lot.receipt_no),
                *(lot.receipt_key, lot.receipt_line, lot.goods, lot.item, lot.unit),
                lot.quantity_milli,
                *(lot.currency, lot.cost.minor if lot.cost else None, lot.batch_key),
                *(lot.stored_on, actor.id, now),
            )
            for lot in new
        ],
    )


def add_events(tx: Tx, actor: Actor, events: Sequence[LotEvent], now: datetime) -> None:
    """Append what happened to lots."""
    tx.many(
        ADD_EVENT,
        [
            (
                *(e.lot_id, e.no, e.kind.value, e.quantity_milli, e.cause, e.on, e.document_id),
                *(actor.id, now),
            )
            for e in events
        ],
    )


def add_securities(tx: Tx, new: Sequence[tuple[Security, date]], now: datetime) -> None:
    """Note what was agreed; who comes second finds the first one's."""
    tx.many(
        ADD_SECURITY,
        [
            (
                *(s.contract_id, s.pledgor_uscc, s.financed.currency, s.financed.minor),
                *(s.terms.required_bp, s.terms.trigger_bp, s.terms.stop_bp, s.terms.cure_days),
                *(on, now),
            )
            for s, on in new
        ],
    )


def add_pledges(
    tx: Tx, actor: Actor, new: Sequence[tuple[UUID, UUID, UUID, int, date]], now: datetime
) -> None:
    """Pledge lots: (lot, contract, key, thousandths, day) each, at most once in a lot's life."""
    tx.many(ADD_PLEDGE, [(*pledge, actor.id, now) for pledge in sorted(new)])


def violations(tx: Tx) -> list[str]:
    """Lots that gave more than was pledged, or whose pledge and events disagree: always empty."""
    return [
        f"lot {row[0]}: remaining {row[1]}, pledged {row[2]} times, pledge kept: {row[3]}"
        for row in tx.rows(VIOLATIONS)
    ]


def _stored(row: TupleRow, events: Sequence[LotEvent]) -> Stored:
    *words, cost, mark, offered_by, contract_id, key = row[1:]
    paid = None if cost is None else Money(cost, row[10])
    lot = replace(Lot(*words), cost=paid, batch=mark)
    return Stored(lot, offered_by, fold(events), tuple(events), contract_id, key)
