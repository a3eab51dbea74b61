"""SQL of the orders desk that writes: orders, their events and fold, messages, answers, cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.ground.db import Tx, columns
from heliu.ground.ids import derived_id
from heliu.payments.orders.domain.cases import ADVICE
from heliu.payments.orders.domain.machine import CaseCode, EventKind, Progress, Waiting
from heliu.payments.orders.domain.order import PaymentOrder, Route, State
from heliu.payments.rails.api import Answer

# Both go to the server with their neighbours, in one round trip: this is the hot path. Lists of a
# row travel as lines of one text.
ADD_ORDERS: Final = """
INSERT INTO payments.payment_order
  (id, key, route, end_to_end_id, payer, payer_name, payer_uscc, payee_name, payee_account,
   payee_uscc, payee_bank, currency, amount, basis_id, business_date, parties,
   entrusted_borrower, entrusted_documents, ordered_by, recorded_at)
SELECT o.id, o.key, o.route, o.end_to_end_id, o.payer, o.payer_name, o.payer_uscc, o.payee_name,
  o.payee_account, o.payee_uscc, o.payee_bank, o.currency, o.amount, o.basis_id,
  o.business_date, string_to_array(o.parties, chr(10)), o.borrower,
  string_to_array(o.documents, chr(10))::uuid[], %b::text, %b::timestamptz
FROM unnest(
  %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::bigint[], %b::text[], %b::text[],
  %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::uuid[],
  %b::date[], %b::text[], %b::text[], %b::text[]
) AS o (
  id, key, route, end_to_end_id, payer, payer_name, payer_uscc, payee_name, payee_account,
  payee_uscc, payee_bank, currency, amount, basis_id, business_date, parties, borrower, documents
)"""
ADD_STATES: Final = """
INSERT INTO payments.order_state
  (order_id, state, events, accepted, handed, asked, returned, given_up, waiting, due_at)
SELECT n.order_id, 'instructed', 0, FALSE, 0, 0, 0, FALSE, 'instruction', NULL
FROM unnest(%b::uuid[]) AS n (order_id)"""
ADD_EVENTS: Final = """
COPY payments.order_event
  (order_id, no, kind, amount, cause, reason, transfers, business_date, recorded_at)
FROM STDIN"""
SET_STATES: Final = """
UPDATE payments.order_state AS s
SET state = n.state, events = n.events, accepted = n.accepted, handed = n.handed,
  asked = n.asked, returned = n.returned, given_up = n.given_up, waiting = n.waiting,
  due_at = n.due_at
FROM unnest(
  %s::uuid[], %s::text[], %s::integer[], %s::boolean[], %s::integer[], %s::integer[],
  %s::bigint[], %s::boolean[], %s::text[], %s::timestamptz[]
) AS n (order_id, state, events, accepted, handed, asked, returned, given_up, waiting, due_at)
WHERE s.order_id = n.order_id"""
# Locked in id order: whoever else moves orders waits, and nobody waits in a circle.
LOCK_STATES: Final = """
SELECT order_id, state, accepted, handed, asked, returned, given_up, waiting, events, due_at
FROM payments.order_state
WHERE order_id = ANY(%s)
ORDER BY order_id
FOR UPDATE"""
ADD_MESSAGES: Final = """
INSERT INTO payments.message (id, order_id, kind, body, composed_at)
SELECT m.id, m.order_id, m.kind, m.body, %s
FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::bytea[]) AS m (id, order_id, kind, body)
ON CONFLICT (id) DO NOTHING"""
ADD_RECEIVED: Final = """
INSERT INTO payments.received (sha256, body, received_at)
SELECT r.sha256, r.body, %s
FROM unnest(%s::text[], %s::bytea[]) AS r (sha256, body)
ON CONFLICT (sha256) DO NOTHING
RETURNING sha256"""
ADD_ANSWERS: Final = """
COPY payments.answer
  (sha256, place, reference, order_id, verdict, status, reason, currency, amount, worth,
   recorded_at)
FROM STDIN"""
ADD_CASES: Final = """
INSERT INTO payments.payment_case
  (id, code, order_id, sha256, place, reason_zh, reason_en, cure_zh, cure_en, opened_on,
   recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands in the books: its progress, its number of events, its deadline."""

    order_id: UUID
    progress: Progress
    events: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an order to be recorded."""

    order_id: UUID
    no: int
    kind: EventKind
    amount: int
    cause: str
    reason: str | None = None
    transfers: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the rail as it is, or will be, sent."""

    id: str
    order_id: UUID
    kind: Waiting
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What one answer of the rail was worth, and about which order."""

    answer: Answer
    sha256: str
    order_id: UUID | None
    worth: str


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened: by an order, by a place in a message of the rail, or by both."""

    code: CaseCode
    order_id: UUID | None
    sha256: str | None = None
    place: str = ""

    @property
    def id(self) -> UUID:
        """The same trouble of one order, or at one place of a message, is one case."""
        about = f"{self.sha256} {self.place}" if self.order_id is None else self.order_id.hex
        return derived_id("payment case", self.code, about)


def add_orders(tx: Tx, placed: Sequence[PaymentOrder], by: str, now: datetime) -> None:
    """Append orders, and begin the fold of those that go out by a rail."""
    if placed:
        tx.later(ADD_ORDERS, (by, now, *columns([_order_row(order) for order in placed])))
    outside = [order.id for order in placed if order.route is Route.RAIL]
    if outside:
        tx.later(ADD_STATES, (outside,))


def _order_row(placed: PaymentOrder) -> tuple[object, ...]:
    order, payee, entrusted = placed.order, placed.order.payee, placed.order.entrusted
    return (
        *(placed.id, order.key, placed.route.value, placed.end_to_end_id),
        *(order.payer, order.payer_name, order.payer_uscc),
        *(payee.name, payee.account, payee.uscc, payee.bank),
        *(order.amount.currency, order.amount.minor, order.basis_id, order.on),
        "\n".join(order.parties),
        entrusted.borrower_uscc if entrusted else None,
        "\n".join(map(str, entrusted.documents)) if entrusted else "",
    )


def add_events(tx: Tx, events: Sequence[Happening], on: date, now: datetime) -> None:
    """Append what happened on business day `on`."""
    tx.copy(
        ADD_EVENTS,
        [
            (
                *(e.order_id, e.no, e.kind, e.amount, e.cause, e.reason),
                *(list(e.transfers), on, now),
            )
            for e in events
        ],
    )


def set_states(tx: Tx, standings: Sequence[Standing]) -> None:
    """Move the fold of orders that are locked."""
    if standings:
        moved = [s.progress for s in standings]
        fields = (
            *([s.order_id for s in standings], [p.state.value for p in moved]),
            *([s.events for s in standings], [p.accepted for p in moved]),
            *([p.handed for p in moved], [p.asked for p in moved], [p.returned for p in moved]),
            *([p.given_up for p in moved], [p.waiting and p.waiting.value for p in moved]),
            [s.due_at for s in standings],
        )
        tx.run(SET_STATES, fields)


def lock_states(tx: Tx, orders: Sequence[UUID]) -> dict[UUID, Standing]:
    """Where these orders stand, locked until the transaction ends."""
    return {row[0]: _standing(row) for row in tx.rows(LOCK_STATES, (list(orders),))}


def _standing(row: TupleRow) -> Standing:
    order, state, accepted, handed, asked, returned, given_up, waiting, events, due_at = row
    where = State(state), accepted, handed, asked, returned, given_up
    progress = Progress(*where, Waiting(waiting) if waiting else None)
    return Standing(order, progress, events, due_at)


def add_messages(tx: Tx, messages: Sequence[Message], now: datetime) -> None:
    """Keep messages; one that is kept already stays as it was."""
    if messages:
        fields = (
            [m.id for m in messages],
            [m.order_id for m in messages],
            [m.kind.value for m in messages],
            [m.body for m in messages],
        )
        tx.run(ADD_MESSAGES, (now, *fields))


def add_received(tx: Tx, bodies: Mapping[str, bytes], now: datetime) -> set[str]:
    """Keep what the rail sent, by SHA-256; returns which contents were new."""
    shas = sorted(bodies)
    rows = tx.rows(ADD_RECEIVED, (now, shas, [bodies[sha] for sha in shas])) if shas else []
    return {row[0] for row in rows}


def add_answers(tx: Tx, heard: Sequence[Heard], now: datetime) -> None:
    """Append what the rail said of each payment, and what it was worth."""
    tx.copy(
        ADD_ANSWERS,
        [
            (
                *(h.sha256, h.answer.place, h.answer.reference, h.order_id, h.answer.verdict),
                *(h.answer.status, h.answer.reason, h.answer.currency, h.answer.amount),
                *(h.worth, now),
            )
            for h in heard
        ],
    )


def add_cases(tx: Tx, cases: Sequence[NewCase], on: date, now: datetime) -> None:
    """Open cases that are not open yet."""
    tx.many(
        ADD_CASES,
        [
            (
                *(c.id, c.code, c.order_id, c.sha256, c.place),
                *(*ADVICE[c.code].reason, *ADVICE[c.code].cure, on, now),
            )
            for c in cases
        ],
    )
