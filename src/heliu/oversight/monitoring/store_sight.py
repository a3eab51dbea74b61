"""SQL of the monitoring desk that reads what the rooms below publish about live loans."""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.oversight.monitoring.domain.sight import (
    Happened,
    LiveLoan,
    Mention,
    Pair,
    PricePoint,
    Trade,
)

LOANS: Final = """
SELECT l.loan_id, l.borrower_uscc, l.buyer_uscc, l.principal
FROM credit.live_loan_view l
ORDER BY l.loan_id"""
TRADES: Final = """
SELECT e.supplier, e.buyer, e.kind, e.number, e.event_on, e.document_id, e.amount, e.due_on, e.void,
  e.refs, e.orders
FROM unnest(%(suppliers)s::text[], %(buyers)s::text[]) AS k (supplier, buyer)
JOIN decisions.trade_event_view e ON e.buyer = k.buyer AND e.supplier = k.supplier
WHERE e.event_on BETWEEN %(start)s AND %(on)s
ORDER BY e.supplier, e.buyer, e.event_on, e.no"""
CYCLES: Final = """
SELECT DISTINCT v.supplier, v.buyer, v.as_of, v.document_id
FROM unnest(%(suppliers)s::text[], %(buyers)s::text[]) AS k (supplier, buyer)
JOIN flows.circular_trade_view v ON v.supplier = k.supplier AND v.buyer = k.buyer
WHERE v.as_of BETWEEN %(start)s AND %(on)s
ORDER BY v.supplier, v.buyer, v.as_of, v.document_id"""
HITS: Final = """
SELECT w.uscc, w.forbids, w.raised_on, w.document_id
FROM flows.register_hit_view w
WHERE w.uscc = ANY(%(parties)s) AND w.raised_on BETWEEN %(start)s AND %(on)s
ORDER BY w.uscc, w.raised_on, w.document_id"""
PRICES: Final = """
SELECT v.contract_id, v.goods, v.priced_on, v.price, v.price_id
FROM credit.pledged_price_view v
WHERE v.contract_id = ANY(%(loans)s) AND v.priced_on BETWEEN %(start)s AND %(on)s
ORDER BY v.contract_id, v.goods, v.priced_on, v.price_id"""


def live_loans(tx: Tx) -> tuple[LiveLoan, ...]:
    """Every loan with open principal, by id."""
    return tuple(LiveLoan(*row) for row in tx.rows(LOANS))


def trades(
    tx: Tx, pairs: Collection[Pair], start: date, on: date
) -> dict[str, dict[str, list[Trade]]]:
    """What happened in these pairs on the days [start, on], in order, by buyer and supplier."""
    found: dict[str, dict[str, list[Trade]]] = {}
    for supplier, buyer, kind, number, day, document, amount, due, void, refs, orders in tx.rows(
        TRADES, _asked(pairs, start, on)
    ):
        trade = Trade(
            *(Happened(kind), number, day, document, amount, due, void), tuple(refs), tuple(orders)
        )
        found.setdefault(buyer, {}).setdefault(supplier, []).append(trade)
    return found


def cycles(tx: Tx, pairs: Collection[Pair], start: date, on: date) -> dict[Pair, list[Mention]]:
    """Circles of trade these pairs were found in on the days [start, on]."""
    found: dict[Pair, list[Mention]] = {}
    for supplier, buyer, day, document in tx.rows(CYCLES, _asked(pairs, start, on)):
        found.setdefault(Pair(supplier, buyer), []).append(Mention(day, document))
    return found


def hits(
    tx: Tx, parties: Collection[str], start: date, on: date
) -> tuple[dict[str, list[Mention]], dict[str, list[Mention]]]:
    """What registers said against parties on the days [start, on]: forbidding, and the rest."""
    told = {"parties": sorted(parties), "start": start, "on": on}
    forbidding: dict[str, list[Mention]] = {}
    rest: dict[str, list[Mention]] = {}
    for uscc, forbids, day, document in tx.rows(HITS, told):
        found = forbidding if forbids else rest
        found.setdefault(uscc, []).append(Mention(day, document))
    return forbidding, rest


def prices(tx: Tx, loans: Collection[UUID], start: date, on: date) -> dict[UUID, list[PricePoint]]:
    """Prices that count of what these loans are secured by, on the days [start, on]."""
    told = {"loans": list(loans), "start": start, "on": on}
    found: dict[UUID, list[PricePoint]] = {}
    for loan, *point in tx.rows(PRICES, told):
        found.setdefault(loan, []).append(PricePoint(*point))
    return found


def _asked(pairs: Collection[Pair], start: date, on: date) -> dict[str, object]:
    ordered = sorted(pairs)
    return {
        "suppliers": [pair.supplier for pair in ordered],
        "buyers": [pair.buyer for pair in ordered],
        "start": start,
        "on": on,
    }
