"""SQL of the loans desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from heliu.credit.loans.domain.loan import EventKind, Loan, LoanEvent
from heliu.credit.loans.domain.settlement import CaseKind, CashIn
from heliu.credit.products.api import Product
from heliu.ground.db import Query, Tx, columns
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

ADD_LOAN: Final = """
INSERT INTO credit.loan
  (id, receivable_id, invoice_no, application_id, reservation_id, programme, programme_version,
   product, supplier_uscc, buyer_uscc, currency, principal, discount, claim, opened_on, due_on,
   recorded_at)
SELECT n.id, n.receivable_id, n.invoice_no, n.application_id, n.reservation_id, n.programme,
  n.programme_version, n.product::jsonb, n.supplier_uscc, n.buyer_uscc, n.currency, n.principal,
  n.discount, n.claim, n.opened_on, n.due_on, %b::timestamptz
FROM unnest(
  %b::uuid[], %b::uuid[], %b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::integer[],
  %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::bigint[],
  %b::date[], %b::date[]
) AS n (
  id, receivable_id, invoice_no, application_id, reservation_id, programme, programme_version,
  product, supplier_uscc, buyer_uscc, currency, principal, discount, claim, opened_on, due_on
)"""
ADD_EVENT: Final = """
INSERT INTO credit.loan_event
  (loan_id, no, kind, business_date, principal, interest, claim_change, cause_id, transfers,
   recorded_at)
SELECT e.loan_id, e.no, e.kind, e.business_date, e.principal, e.interest, e.claim_change,
  e.cause_id, e.transfers::uuid[], %b::timestamptz
FROM unnest(
  %b::uuid[], %b::integer[], %b::text[], %b::date[], %b::bigint[], %b::bigint[], %b::bigint[],
  %b::uuid[], %b::text[]
) AS e (
  loan_id, no, kind, business_date, principal, interest, claim_change, cause_id, transfers
)"""
ADD_PAYMENT: Final = """
INSERT INTO credit.payment
  (id, loan_id, kind, payee_uscc, currency, amount, transfer, paid_on, recorded_at)
SELECT p.id, p.loan_id, p.kind, p.payee_uscc, p.currency, p.amount, p.transfer, p.paid_on,
  %b::timestamptz
FROM unnest(
  %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::uuid[], %b::date[]
) AS p (id, loan_id, kind, payee_uscc, currency, amount, transfer, paid_on)"""
ADD_CASH: Final = """
INSERT INTO credit.cash (id, document_id, currency, amount, unapplied, booked_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
ADD_CASE: Final = """
INSERT INTO credit.servicing_case
  (id, kind, loan_id, document_id, currency, amount, opened_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
_LOAN_COLUMNS: Final = """
SELECT id, receivable_id, invoice_no, application_id, reservation_id, programme,
  programme_version, product, supplier_uscc, buyer_uscc, currency, principal, discount, claim,
  opened_on, due_on
FROM credit.loan"""
ADD_REFUSED_DRAW: Final = """
INSERT INTO credit.refused_draw
  (application_id, code, reason_zh, reason_en, cure_zh, cure_en, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (application_id) DO NOTHING"""
REFUSED_DRAWS: Final = """
SELECT application_id, code, reason_zh, reason_en, cure_zh, cure_en
FROM credit.refused_draw
WHERE application_id = ANY(%s)"""
LOANS_OF_RECEIVABLES: Final = _LOAN_COLUMNS + " WHERE receivable_id = ANY(%b::uuid[])"
LOANS_BY_ID: Final = _LOAN_COLUMNS + " WHERE id = ANY(%b::uuid[])"
# Locked in id order: two settlements that name the same loans wait, never cross.
LOANS_BY_INVOICE: Final = (
    _LOAN_COLUMNS + " WHERE upper(invoice_no) = ANY(%s) ORDER BY id FOR UPDATE"
)
OPENED_SINCE: Final = """
SELECT receivable_id, opened_on, recorded_at, id
FROM credit.loan
WHERE (recorded_at, id) > (%s, %s)
ORDER BY recorded_at, id
LIMIT %s"""
LAST_OPENED: Final = "SELECT max(recorded_at) FROM credit.loan"
ALL_LOANS: Final = _LOAN_COLUMNS + " ORDER BY opened_on, id"
EVENTS: Final = """
SELECT loan_id, no, kind, business_date, principal, interest, claim_change, cause_id, transfers,
  due_on, observed_until, of_no
FROM credit.loan_event
WHERE loan_id = ANY(%s)
ORDER BY loan_id, no"""
LOAN_OF_TRANSFER: Final = """
SELECT e.loan_id
FROM credit.loan_event e
WHERE e.transfers @> ARRAY[%s]::uuid[]
LIMIT 1"""
CAUSES: Final = """
SELECT loan_id, cause_id
FROM credit.loan_event
WHERE kind = %s AND cause_id = ANY(%s)"""
KNOWN_CASH: Final = "SELECT id FROM credit.cash WHERE id = ANY(%s)"
PAYMENTS: Final = """
SELECT id, loan_id, kind, payee_uscc, currency, amount, transfer, paid_on
FROM credit.payment
WHERE loan_id = ANY(%s)
ORDER BY paid_on, id"""
CASES: Final = """
SELECT id, kind, loan_id, document_id, currency, amount, opened_on
FROM credit.servicing_case
ORDER BY opened_on, id"""

JOURNAL: Final = """
SELECT j.seq, d.name, c.name, j.amount, j.currency, j.code, j.business_date, j.recorded_at
FROM books.journal_view j
JOIN books.balance_view d ON d.account = j.debit
JOIN books.balance_view c ON c.account = j.credit
WHERE j.key = ANY(%s)
ORDER BY j.seq"""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One transfer as an auditor reads it: account names, amount, event code, both times."""

    seq: int
    debit: str
    credit: str
    amount: Money
    code: int
    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Booked:
    """A loan event with its cause (a document or application) and its journal transfer keys."""

    event: LoanEvent
    cause_id: UUID
    transfers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """Money paid to a supplier's account on our ledger."""

    id: UUID
    loan_id: UUID
    kind: str
    payee_uscc: str
    amount: Money
    transfer: UUID
    paid_on: date


@dataclass(frozen=True, slots=True)
class ServicingCase:
    """What a person must look at, with the document that caused it."""

    id: UUID
    kind: CaseKind
    loan_id: UUID | None
    document_id: UUID
    amount: Money
    opened_on: date


# Loans of one programme and price share their product: its text is made once.
@lru_cache(maxsize=1024)
def _product_text(product: Product) -> str:
    return msgspec.json.encode(product).decode()


def add_loans(tx: Tx, loans: Sequence[Loan], now: datetime) -> None:
    """Open loans."""
    if loans:
        rows = [
            (
                *(n.id, n.receivable_id, n.invoice_no, n.application_id, n.reservation_id),
                *(n.programme, n.programme_version, _product_text(n.product)),
                *(n.supplier_uscc, n.buyer_uscc, n.principal.currency, n.principal.minor),
                *(n.discount.minor, n.claim.minor, n.opened_on, n.due_on),
            )
            for n in loans
        ]
        tx.later(ADD_LOAN, (now, *columns(rows)))


def add_events(tx: Tx, events: Sequence[Booked], now: datetime) -> None:
    """Append loan events."""
    if events:
        rows = [
            (
                *(b.event.loan_id, b.event.no, b.event.kind, b.event.on, b.event.principal),
                *(b.event.interest, b.event.claim_change, b.cause_id),
                "{" + ",".join(map(str, b.transfers)) + "}",
            )
            for b in events
        ]
        tx.later(ADD_EVENT, (now, *columns(rows)))


def add_payments(tx: Tx, payments: Sequence[Payment], now: datetime) -> None:
    """Record payments."""
    if payments:
        rows = [
            (
                *(p.id, p.loan_id, p.kind, p.payee_uscc, p.amount.currency, p.amount.minor),
                *(p.transfer, p.paid_on),
            )
            for p in payments
        ]
        tx.later(ADD_PAYMENT, (now, *columns(rows)))


def add_cash(tx: Tx, receipts: Sequence[tuple[CashIn, Money]], now: datetime) -> None:
    """Record receipts of cash, each with what of it waits unapplied."""
    tx.many(
        ADD_CASH,
        [
            (
                *(cash.id, cash.document_id, cash.amount.currency, cash.amount.minor),
                *(unapplied.minor, cash.on, now),
            )
            for cash, unapplied in receipts
        ],
    )


def add_cases(tx: Tx, cases: Sequence[ServicingCase], now: datetime) -> None:
    """Open cases that are not open yet."""
    tx.many(
        ADD_CASE,
        [
            (
                *(c.id, c.kind, c.loan_id, c.document_id, c.amount.currency, c.amount.minor),
                *(c.opened_on, now),
            )
            for c in cases
        ],
    )


def add_refused_draws(tx: Tx, refused: Sequence[tuple[UUID, Refusal]], now: datetime) -> None:
    """Record why approved applications (by id) could not draw."""
    tx.many(
        ADD_REFUSED_DRAW,
        [(i, r.code, *r.reason, *r.cure, now) for i, r in refused],
    )


def refused_draws(tx: Tx, applications: Sequence[UUID]) -> dict[UUID, Refusal]:
    """Why each of these applications could not draw, if so."""
    return {
        row[0]: Refusal(row[1], Text(row[2], row[3]), Text(row[4], row[5]))
        for row in tx.rows(REFUSED_DRAWS, (list(applications),))
    }


def opened_since(
    tx: Tx, after: tuple[datetime, UUID], limit: int
) -> list[tuple[UUID, date, tuple[datetime, UUID]]]:
    """Receivable, opening day and place of the loans recorded behind the place `after`, in order.

    There is one writer and its instants do not go back, so nothing appears before a place passed.
    """
    rows = tx.rows(OPENED_SINCE, (*after, limit))
    return [(row[0], row[1], (row[2], row[3])) for row in rows]


def last_opened(tx: Tx) -> datetime | None:
    """When the youngest loan was recorded; None before the first."""
    row = tx.row(LAST_OPENED)
    return row[0] if row else None


def loans_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Loan]:
    """The loans of these ids that exist."""
    return {loan.id: loan for loan in map(_loan, tx.reads((LOANS_BY_ID, (ids,)))[0])}


def loans_query(receivables: Sequence[UUID]) -> Query:
    """What `loans_of` will ask."""
    return LOANS_OF_RECEIVABLES, (receivables,)


def loans_of(tx: Tx, receivables: Sequence[UUID]) -> dict[UUID, Loan]:
    """The loan of each receivable that has one."""
    rows = tx.reads(loans_query(receivables))[0]
    return {loan.receivable_id: loan for loan in map(_loan, rows)}


def lock_by_invoice(tx: Tx, numbers: Sequence[str]) -> list[Loan]:
    """Loans on invoices of these numbers (upper case), locked."""
    return [_loan(row) for row in tx.rows(LOANS_BY_INVOICE, (list(numbers),))]


def all_loans(tx: Tx) -> list[Loan]:
    """Every loan, oldest first."""
    return [_loan(row) for row in tx.rows(ALL_LOANS)]


def events_of(tx: Tx, loans: Sequence[UUID]) -> dict[UUID, list[Booked]]:
    """The events of each loan, in order."""
    found: dict[UUID, list[Booked]] = {loan: [] for loan in loans}
    for row in tx.rows(EVENTS, (list(loans),)):
        loan_id, no, kind, *amounts = row[:7]
        event = LoanEvent(loan_id, no, EventKind(kind), *amounts, *row[9:])
        found[event.loan_id].append(Booked(event, row[7], tuple(row[8])))
    return found


def loan_of_transfer(tx: Tx, transfer: UUID) -> UUID | None:
    """The loan one of whose events moved this journal line; None if none did."""
    row = tx.row(LOAN_OF_TRANSFER, (transfer,))
    return row[0] if row else None


def diluted_by(tx: Tx, causes: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Which of these credit notes are known, as (loan, credit note)."""
    return {(row[0], row[1]) for row in tx.rows(CAUSES, (EventKind.DILUTED, list(causes)))}


def known_cash(tx: Tx, receipts: Sequence[UUID]) -> set[UUID]:
    """Which receipts were booked before."""
    return {row[0] for row in tx.rows(KNOWN_CASH, (list(receipts),))}


def payments_of(tx: Tx, loans: Sequence[UUID]) -> list[Payment]:
    """Payments made on these loans."""
    return [
        Payment(row[0], row[1], row[2], row[3], Money(row[5], row[4]), row[6], row[7])
        for row in tx.rows(PAYMENTS, (list(loans),))
    ]


def journal_of(tx: Tx, transfers: Sequence[UUID]) -> list[JournalLine]:
    """The journal lines of these transfers, in the order they were booked."""
    return [
        JournalLine(row[0], row[1], row[2], Money(row[3], row[4]), row[5], row[6], row[7])
        for row in tx.rows(JOURNAL, (list(transfers),))
    ]


def cases(tx: Tx) -> list[ServicingCase]:
    """Every case, oldest first."""
    return [
        ServicingCase(row[0], CaseKind(row[1]), row[2], row[3], Money(row[5], row[4]), row[6])
        for row in tx.rows(CASES)
    ]


def _loan(row: TupleRow) -> Loan:
    currency = row[10]
    fields = (
        *row[:7],
        msgspec.convert(row[7], Product),
        *row[8:10],
        *(Money(minor, currency) for minor in row[11:14]),
        *row[14:],
    )
    return Loan(*fields)
