"""Use cases of the loop between the books and a rail: hear answers, ask about silence, hand over.

Crash-safe at every point, because each step is either one transaction or may be done again:
messages are kept before they are handed over and handed over again under the same id until that is
recorded (at least once; rails refuse a second message of one id), and what the rail says is kept
by its hash before it is acknowledged (a repetition changes nothing). Nothing here decides to pay:
an order whose outcome is unknown is asked about, and only the rail's own "never received" has the
same message handed over again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx
from heliu.payments.orders import store, store_read
from heliu.payments.orders.domain.machine import PATIENCE, Patience, Waiting, handed, overdue
from heliu.payments.orders.domain.order import PaymentOrder, instruction_id, query_id
from heliu.payments.orders.moving import Moving
from heliu.payments.orders.service_hear import hear
from heliu.payments.rails.api import (
    Instruction,
    Outgoing,
    PartyOnRail,
    Profile,
    Rail,
    write_instruction,
    write_query,
)

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Pumped:
    """What one turn of the loop did; all zero when there was nothing to do."""

    heard: int
    overdue: int
    handed: int


def pump(
    database: Database, ledger: Ledger, rail: Rail, clock: Clock, patience: Patience = PATIENCE
) -> Pumped:
    """One turn: hear what the rail says, note silence, hand over what waits.

    Raises Outage when the rail or the database cannot be reached: call again later. One pump per
    rail runs at a time.
    """
    came = rail.receive(AT_ONCE)
    if came:
        with database.transaction() as tx:
            hear(tx, ledger, [message.body for message in came], clock.now(), patience)
        rail.acknowledge(came)
    with database.transaction() as tx:
        silent = note_silence(tx, clock.now(), patience)
    with database.transaction() as tx:
        ready = compose(tx, rail.profile, clock.now())
    if ready:
        rail.send([Outgoing(message.id, message.body) for message in ready])
        with database.transaction() as tx:
            note_handed(tx, ready, clock.now(), patience)
    return Pumped(len(came), silent, len(ready))


def note_silence(tx: Tx, now: datetime, patience: Patience = PATIENCE) -> int:
    """Orders about which the rail was silent for too long: ask, or open a case; how many."""
    moving = Moving.of(tx, store_read.due(tx, now, AT_ONCE), now, patience)
    for order, standing in list(moving.standing.items()):
        if standing.due_at is not None and standing.due_at <= now:
            moving.take(order, overdue(standing.progress, patience), cause="silence")
    moving.save(tx)
    return len(moving.happened)


def compose(tx: Tx, profile: Profile, now: datetime) -> list[store.Message]:
    """The messages that wait for the rail, kept before they go; one kept before stays as it was."""
    waiting = store_read.waiting(tx, AT_ONCE)
    orders = store_read.orders_by_id(tx, [order for order, _, _ in waiting])
    ids = {_message_id(order, kind, asked): (orders[order], kind) for order, kind, asked in waiting}
    kept = store_read.messages(tx, list(ids))
    fresh = {
        id_: store.Message(id_, placed.id, kind, _body(id_, placed, kind, profile, now))
        for id_, (placed, kind) in ids.items()
        if id_ not in kept
    }
    store.add_messages(tx, list(fresh.values()), now)
    return [kept.get(id_) or fresh[id_] for id_ in ids]


def note_handed(
    tx: Tx, messages: Sequence[store.Message], now: datetime, patience: Patience = PATIENCE
) -> None:
    """The rail has these messages."""
    moving = Moving.of(tx, [message.order_id for message in messages], now, patience)
    for message in messages:
        progress = moving.standing[message.order_id].progress
        moving.take(message.order_id, handed(progress), cause=message.id)
    moving.save(tx)


def _message_id(order: UUID, kind: Waiting, asked: int) -> str:
    return instruction_id(order) if kind is Waiting.INSTRUCTION else query_id(order, asked)


def _body(id_: str, placed: PaymentOrder, kind: Waiting, profile: Profile, now: datetime) -> bytes:
    order, payee = placed.order, placed.order.payee
    instruction = Instruction(
        instruction_id(placed.id),
        placed.end_to_end_id,
        order.amount,
        order.on,
        PartyOnRail(order.payer_name, str(order.payer), order.payer_uscc),
        PartyOnRail(payee.name, payee.account, payee.uscc, payee.bank),
        remittance=f"payment {placed.id}",
    )
    if kind is Waiting.QUERY:
        return write_query(id_, instruction, profile, now)
    return write_instruction(instruction, profile, now)
