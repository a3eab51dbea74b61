"""SQL of the orders desk that reads: orders, what waits, what happened, cases, the desk's laws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.books.ledger.api import AccountId
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.orders.domain.machine import CaseCode, EventKind, Waiting
from heliu.payments.orders.domain.order import (
    Entrusted,
    Order,
    Payee,
    PaymentOrder,
    Route,
    State,
)
from heliu.payments.orders.postings import Named
from heliu.payments.orders.store import Message

_ORDER: Final = """
SELECT o.key, o.payer, o.payee_name, o.payee_account, o.payee_uscc, o.payee_bank, o.currency,
  o.amount, o.basis_id, o.business_date, o.parties, o.payer_name, o.payer_uscc,
  o.entrusted_borrower, o.entrusted_documents, o.route, coalesce(s.state, 'settled')
FROM payments.payment_order o
LEFT JOIN payments.order_state s ON s.order_id = o.id"""
BY_KEY: Final = _ORDER + " WHERE o.key = ANY(%b::uuid[])"
BY_ID: Final = _ORDER + " WHERE o.id = ANY(%s)"
ON_BASIS: Final = _ORDER + " WHERE o.basis_id = ANY(%s) ORDER BY o.recorded_at, o.id"
NAMED: Final = """
SELECT a.name, a.id, a.type
FROM books.account_view a
WHERE a.name = ANY(%b::text[])"""
WAITING: Final = """
SELECT s.order_id, s.waiting, s.asked
FROM payments.order_state s
WHERE s.waiting IS NOT NULL
ORDER BY s.order_id
LIMIT %s"""
DUE: Final = """
SELECT s.order_id
FROM payments.order_state s
WHERE s.due_at <= %s
ORDER BY s.due_at
LIMIT %s"""
MESSAGES: Final = """
SELECT m.id, m.order_id, m.kind, m.body
FROM payments.message m
WHERE m.id = ANY(%s)"""
BY_END_TO_END: Final = """
SELECT o.end_to_end_id, o.id
FROM payments.payment_order o
WHERE o.end_to_end_id = ANY(%s) AND o.route = 'rail'"""
INSTRUCTIONS: Final = """
SELECT m.id, m.order_id, m.kind
FROM payments.message m
WHERE m.id = ANY(%s)"""
HISTORY: Final = """
SELECT e.order_id, e.no, e.kind, e.amount, e.cause, e.reason, e.transfers, e.business_date,
  e.recorded_at
FROM payments.order_event e
WHERE e.order_id = ANY(%s)
ORDER BY e.order_id, e.no"""
CASES: Final = """
SELECT c.id, c.code, c.order_id, c.sha256, c.place, c.reason_zh, c.reason_en, c.cure_zh,
  c.cure_en, c.opened_on
FROM payments.payment_case c
ORDER BY c.recorded_at, c.id"""
# Orders that were rejected or came back used nothing of the evidence.
ENTRUSTED_PAID: Final = """
SELECT o.entrusted_borrower, o.payee_uscc, o.currency, sum(o.amount)::bigint
FROM payments.payment_order o
LEFT JOIN payments.order_state s ON s.order_id = o.id
JOIN unnest(%s::text[], %s::text[]) AS w (borrower, payee)
  ON o.entrusted_borrower = w.borrower AND o.payee_uscc = w.payee
WHERE s.state IS NULL OR s.state NOT IN ('rejected', 'returned')
GROUP BY o.entrusted_borrower, o.payee_uscc, o.currency"""
PURCHASES: Final = """
SELECT p.buyer_tax_id, p.seller_tax_id, p.id
FROM flows.purchase_view p
JOIN unnest(%s::text[], %s::text[]) AS w (borrower, payee)
  ON p.buyer_tax_id = w.borrower AND p.seller_tax_id = w.payee
ORDER BY p.id"""
# What is pending on rail clearing is what is under way, and nothing posted stays there.
CLEARING: Final = """
WITH pending AS (
  SELECT j.currency, sum(CASE j.phase WHEN 1 THEN j.amount ELSE -j.amount END)::bigint AS minor
  FROM books.journal_view j
  JOIN books.account_view a ON a.id = j.credit AND a.type = 'rail_clearing'
  WHERE j.phase BETWEEN 1 AND 4
  GROUP BY j.currency
), under_way AS (
  SELECT o.currency, sum(o.amount)::bigint AS minor
  FROM payments.payment_order o
  JOIN payments.order_state s ON s.order_id = o.id
  WHERE o.route = 'rail' AND s.state NOT IN ('settled', 'rejected', 'returned')
  GROUP BY o.currency
)
SELECT b.currency, coalesce(p.minor, 0), coalesce(u.minor, 0), b.balance
FROM books.balance_view b
LEFT JOIN pending p ON p.currency = b.currency
LEFT JOIN under_way u ON u.currency = b.currency
WHERE b.type = 'rail_clearing'
  AND (coalesce(p.minor, 0) <> coalesce(u.minor, 0) OR b.balance <> 0)
ORDER BY b.currency"""
# The fold agrees with the events; inside the ledger there are neither.
FOLDS: Final = """
SELECT o.id, s.state, s.events, count(e.no)
FROM payments.payment_order o
LEFT JOIN payments.order_state s ON s.order_id = o.id
LEFT JOIN payments.order_event e ON e.order_id = o.id
GROUP BY o.id, o.route, s.state, s.events
HAVING (o.route = 'rail') IS DISTINCT FROM (s.state IS NOT NULL)
  OR coalesce(s.events, 0) <> count(e.no)
  OR coalesce(bool_or(e.kind = 'settled'), FALSE)
    <> coalesce(s.state IN ('settled', 'returned'), FALSE)
  OR coalesce(bool_or(e.kind = 'rejected'), FALSE) <> coalesce(s.state = 'rejected', FALSE)
  OR coalesce(bool_or(e.kind = 'returned'), FALSE) <> coalesce(s.state = 'returned', FALSE)
ORDER BY o.id"""
UNBOOKED: Final = """
SELECT e.order_id, e.kind
FROM payments.order_event e
CROSS JOIN LATERAL unnest(e.transfers) AS t (key)
LEFT JOIN books.journal_view j ON j.key = t.key
WHERE j.key IS NULL
ORDER BY e.order_id, e.no"""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of an order as it was recorded."""

    order_id: UUID
    no: int
    kind: EventKind
    amount: int
    cause: str
    reason: str | None
    transfers: tuple[UUID, ...]
    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentCase:
    """What a person must look at, why, and what to do."""

    id: UUID
    code: CaseCode
    order_id: UUID | None
    sha256: str | None
    place: str
    reason: Text
    cure: Text
    opened_on: date


def orders_and_accounts(
    tx: Tx, keys: Sequence[UUID], names: Sequence[str]
) -> tuple[dict[UUID, PaymentOrder], dict[str, Named]]:
    """The orders placed under these keys, and the accounts of our ledger with these names."""
    orders, accounts = tx.reads((BY_KEY, (keys,)), (NAMED, (names,)))
    placed = {order.order.key: order for order in map(_placed, orders)}
    return placed, {name: Named(AccountId(number), kind) for name, number, kind in accounts}


def orders_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, PaymentOrder]:
    """The orders of these ids, by id."""
    return {placed.id: placed for placed in map(_placed, tx.rows(BY_ID, (list(ids),)))}


def orders_on(tx: Tx, basis_ids: Sequence[UUID]) -> list[PaymentOrder]:
    """The orders that rest on these loans or drawdowns, oldest first."""
    return [_placed(row) for row in tx.rows(ON_BASIS, (list(basis_ids),))]


def history_of(tx: Tx, orders: Sequence[UUID]) -> list[Happened]:
    """What happened to these orders, in order."""
    return [
        Happened(order, no, EventKind(kind), amount, cause, reason, tuple(transfers), on, at)
        for order, no, kind, amount, cause, reason, transfers, on, at in tx.rows(
            HISTORY, (list(orders),)
        )
    ]


def payment_cases(tx: Tx) -> list[PaymentCase]:
    """Every case, oldest first."""
    return [
        PaymentCase(
            *(row[0], CaseCode(row[1]), row[2], row[3], row[4]),
            *(Text(row[5], row[6]), Text(row[7], row[8]), row[9]),
        )
        for row in tx.rows(CASES)
    ]


def order_violations(tx: Tx) -> list[str]:
    """Where orders, events, fold and journal do not agree; empty if all is well."""
    clearing = [
        f"rail clearing {currency}: {pending} pending, {orders} under way, {posted} posted"
        for currency, pending, orders, posted in tx.rows(CLEARING)
    ]
    folds = [
        f"payment {order}: the fold says {state} after {said} events, there are {there}"
        for order, state, said, there in tx.rows(FOLDS)
    ]
    unbooked = [
        f"payment {order}: {kind} names a transfer that is not in the journal"
        for order, kind in tx.rows(UNBOOKED)
    ]
    return clearing + folds + unbooked


def accounts_named(tx: Tx, names: Sequence[str]) -> dict[str, Named]:
    """Those accounts of our ledger that are open under these names."""
    (rows,) = tx.reads((NAMED, (names,)))
    return {name: Named(AccountId(number), kind) for name, number, kind in rows}


def waiting(tx: Tx, limit: int) -> list[tuple[UUID, Waiting, int]]:
    """Orders with a message for the rail: id, which message, how often the rail was asked."""
    return [(row[0], Waiting(row[1]), row[2]) for row in tx.rows(WAITING, (limit,))]


def due(tx: Tx, now: datetime, limit: int) -> list[UUID]:
    """Orders about which the rail has been silent for too long, the longest first."""
    return [row[0] for row in tx.rows(DUE, (now, limit))]


def messages(tx: Tx, ids: Sequence[str]) -> dict[str, Message]:
    """Kept messages, by id."""
    return {
        row[0]: Message(row[0], row[1], Waiting(row[2]), bytes(row[3]))
        for row in tx.rows(MESSAGES, (list(ids),))
    }


def orders_meant(tx: Tx, references: Sequence[str]) -> dict[str, UUID]:
    """The orders that these end-to-end ids and message ids of instructions name.

    A status query's own message id names none: what is said of a question is not said of the
    payment.
    """
    wanted = (list(references),)
    meant: dict[str, UUID] = {
        row[0]: row[1]
        for row in tx.rows(INSTRUCTIONS, wanted)
        if Waiting(row[2]) is Waiting.INSTRUCTION
    }
    return meant | {row[0]: row[1] for row in tx.rows(BY_END_TO_END, wanted)}


def queries_among(tx: Tx, references: Sequence[str]) -> set[str]:
    """Which of these references are message ids of our status queries."""
    rows = tx.rows(INSTRUCTIONS, (list(references),))
    return {row[0] for row in rows if Waiting(row[2]) is Waiting.QUERY}


def entrusted_paid(tx: Tx, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str, str], int]:
    """What entrusted payments used, minor units, by (borrower, payee, currency)."""
    rows = tx.rows(ENTRUSTED_PAID, ([b for b, _ in pairs], [p for _, p in pairs]))
    return {(borrower, payee, currency): paid for borrower, payee, currency, paid in rows}


def purchases(tx: Tx, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str, UUID]]:
    """The papers of each (borrower, payee) pair: borrower, payee, document id."""
    rows = tx.rows(PURCHASES, ([b for b, _ in pairs], [p for _, p in pairs]))
    return [(row[0], row[1], row[2]) for row in rows]


def _placed(row: TupleRow) -> PaymentOrder:
    order = Order(
        key=row[0],
        payer=AccountId(row[1]),
        payee=Payee(*row[2:6]),
        amount=Money(row[7], row[6]),
        basis_id=row[8],
        on=row[9],
        parties=tuple(row[10]),
        payer_name=row[11],
        payer_uscc=row[12],
        entrusted=Entrusted(row[13], tuple(row[14])) if row[13] else None,
    )
    return PaymentOrder(order, Route(row[15]), State(row[16]))
