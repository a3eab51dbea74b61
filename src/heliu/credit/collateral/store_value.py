"""SQL of the collateral desk: prices, appraisals, margin calls, cases."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.credit.collateral.domain.cover import Coverage
from heliu.credit.collateral.domain.margin import MarginEvent, MarginKind, MarginState
from heliu.credit.collateral.domain.price import Judged, Known, Price
from heliu.credit.collateral.domain.watching import CaseKind
from heliu.ground.actor import Actor
from heliu.ground.db import Tx, columns
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

PRICES: Final = """
SELECT id, price
FROM credit.goods_price
WHERE id = ANY(%s)"""
ADD_PRICE: Final = """
INSERT INTO credit.goods_price
  (id, goods, unit, currency, price, priced_on, source, judged, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
# The youngest believed price of each good up to a day, and whether one as young or younger waits.
KNOWN: Final = """
WITH good AS (
  SELECT DISTINCT ON (p.goods, p.unit, p.currency)
    p.goods, p.unit, p.currency, p.price, p.priced_on, p.source
  FROM credit.goods_price p
  LEFT JOIN credit.price_confirmation c ON c.price_id = p.id
  WHERE p.goods = ANY(%(goods)s)
    AND p.priced_on <= %(on)s
    AND (p.judged = 'good' OR c.price_id IS NOT NULL)
  ORDER BY p.goods, p.unit, p.currency, p.priced_on DESC, p.recorded_at DESC, p.id
)
SELECT g.goods, g.unit, g.currency, g.price, g.priced_on, g.source,
  EXISTS (
    SELECT 1
    FROM credit.goods_price w
    LEFT JOIN credit.price_confirmation c ON c.price_id = w.id
    WHERE (w.goods, w.unit, w.currency) = (g.goods, g.unit, g.currency)
      AND w.judged = 'wild'
      AND c.price_id IS NULL
      AND w.priced_on BETWEEN g.priced_on AND %(on)s
  )
FROM good g"""
WAITING: Final = """
SELECT p.id
FROM credit.goods_price p
LEFT JOIN credit.price_confirmation c ON c.price_id = p.id
WHERE p.id = ANY(%s)
  AND p.judged = 'wild'
  AND c.price_id IS NULL"""
CONFIRM: Final = """
INSERT INTO credit.price_confirmation (price_id, reason, confirmed_by, recorded_at)
VALUES (%s, %s, %s, %s)"""
PLEDGORS: Final = """
SELECT DISTINCT l.owner_uscc, l.goods
FROM credit.lot l
JOIN credit.pledge p ON p.lot_id = l.id
WHERE l.owner_uscc = ANY(%s)"""
ADD_APPRAISAL: Final = """
INSERT INTO credit.appraisal
  (id, contract_id, business_date, currency, debt, market_value, lendable, coverage_bp,
   goods_version, prices, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
MARGIN: Final = """
SELECT m.contract_id, m.kind, m.business_date, m.cure_by, m.coverage_bp, m.shortfall, s.currency
FROM credit.margin_event m
JOIN credit.security s ON s.contract_id = m.contract_id
WHERE m.contract_id = ANY(%s)
ORDER BY m.contract_id, m.no"""
ADD_MARGIN: Final = """
INSERT INTO credit.margin_event
  (contract_id, no, kind, business_date, cure_by, coverage_bp, shortfall, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
ADD_CASES: Final = """
INSERT INTO credit.collateral_case
  (id, kind, severity, contract_id, lot_id, goods, document_id, opened_on, facts, recorded_at)
SELECT c.id, c.kind, c.severity, c.contract_id, c.lot_id, c.goods, c.document_id, c.opened_on,
  jsonb_build_object('said', c.said), %b::timestamptz
FROM unnest(
  %b::uuid[], %b::text[], %b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::uuid[], %b::date[],
  %b::text[]
) AS c (id, kind, severity, contract_id, lot_id, goods, document_id, opened_on, said)
ON CONFLICT (id) DO NOTHING
RETURNING id"""
CASES: Final = """
SELECT id, kind, severity, contract_id, lot_id, goods, document_id, opened_on, facts
FROM credit.collateral_case
ORDER BY recorded_at, id"""


@dataclass(frozen=True, slots=True)
class CollateralCase:
    """Something a person must look at; the same thing seen again is the same case."""

    kind: CaseKind
    stops: bool
    on: date
    contract_id: UUID | None = None
    lot_id: UUID | None = None
    goods: str | None = None
    document_id: UUID | None = None
    said: str = ""

    @property
    def id(self) -> UUID:
        """One case for each thing, subject and cause; prices once a day."""
        cause = self.document_id or self.on
        parts = (self.kind, self.contract_id, self.lot_id, self.goods, cause, self.said)
        return derived_id("collateral-case", *map(str, parts))


def add_prices(tx: Tx, prices: Sequence[tuple[Price, Judged]], now: datetime) -> None:
    """Keep prices with how they were judged."""
    tx.many(
        ADD_PRICE,
        [
            (
                *(p.id, p.goods, p.unit, p.currency, p.price, p.priced_on, p.source),
                *(judged.value, now),
            )
            for p, judged in prices
        ],
    )


def prices_kept(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, object]:
    """What was kept under these price ids."""
    return {row[0]: row[1] for row in tx.rows(PRICES, (list(ids),))}


def known_prices(tx: Tx, goods: Iterable[str], on: date) -> dict[tuple[str, str, str], Known]:
    """The youngest believed price up to `on` by (goods, unit, currency)."""
    rows = tx.rows(KNOWN, {"goods": list(set(goods)), "on": on})
    return {(r[0], r[1], r[2]): Known(Price(*r[:6]), wild_since=r[6]) for r in rows}


def waiting(tx: Tx, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these prices are wild and not confirmed."""
    return {row[0] for row in tx.rows(WAITING, (list(ids),))}


def confirm(tx: Tx, actor: Actor, reasons: Sequence[tuple[UUID, str]], now: datetime) -> None:
    """Note that a person believes these prices."""
    tx.many(CONFIRM, [(id_, reason, actor.id, now) for id_, reason in reasons])


def pledgors(tx: Tx, sources: Iterable[str]) -> set[tuple[str, str]]:
    """Which of these have pledged which goods."""
    return {(row[0], row[1]) for row in tx.rows(PLEDGORS, (list(set(sources)),))}


def add_appraisals(
    tx: Tx, made: Sequence[tuple[UUID, Coverage, date]], version: int, now: datetime
) -> None:
    """Keep appraisals; the same one of the same day again is the same."""
    rows = []
    for contract_id, coverage, on in made:
        figures = (coverage.debt.minor, coverage.market.minor, coverage.lendable.minor)
        id_ = derived_id(
            "appraisal", *map(str, (contract_id, on, *figures, version, *coverage.prices))
        )
        currency = coverage.debt.currency
        rows.append(
            (
                *(id_, contract_id, on, currency, *figures, coverage.ratio_bp, version),
                *(list(coverage.prices), now),
            )
        )
    tx.many(ADD_APPRAISAL, rows)


def margin_states(tx: Tx, contracts: Iterable[UUID]) -> dict[UUID, tuple[int, MarginState]]:
    """How many margin events each contract has, and their fold."""
    states: dict[UUID, tuple[int, MarginState]] = defaultdict(lambda: (0, MarginState()))
    for contract_id, kind, *figures, shortfall, currency in tx.rows(MARGIN, (list(contracts),)):
        no, state = states[contract_id]
        on, cure_by, coverage_bp = figures
        lacks = Money(shortfall, currency)
        event = MarginEvent(MarginKind(kind), on, cure_by, coverage_bp, lacks)
        states[contract_id] = no + 1, state.after(event)
    return states


def add_margin(tx: Tx, events: Sequence[tuple[UUID, int, MarginEvent]], now: datetime) -> None:
    """Append margin events with their places."""
    tx.many(
        ADD_MARGIN,
        [
            (
                *(contract_id, no, e.kind.value, e.on, e.cure_by, e.coverage_bp),
                *(e.shortfall.minor, now),
            )
            for contract_id, no, e in events
        ],
    )


def add_cases(tx: Tx, cases: Sequence[CollateralCase], now: datetime) -> list[CollateralCase]:
    """Open cases; returns those that were not open."""
    unique = {case.id: case for case in cases}
    if not unique:
        return []
    rows = [
        (
            *(id_, c.kind.value, "stop" if c.stops else "warn", c.contract_id, c.lot_id, c.goods),
            *(c.document_id, c.on, c.said),
        )
        for id_, c in unique.items()
    ]
    (entered,) = tx.reads((ADD_CASES, (now, *columns(rows))))
    opened = {row[0] for row in entered}
    return [case for id_, case in unique.items() if id_ in opened]


def cases(tx: Tx) -> list[CollateralCase]:
    """Every case, the oldest first."""
    return [
        CollateralCase(
            CaseKind(kind),
            severity == "stop",
            on,
            contract_id,
            lot_id,
            goods,
            document,
            said["said"],
        )
        for _, kind, severity, contract_id, lot_id, goods, document, on, said in tx.rows(CASES)
    ]
