"""Use case: place payment orders. Inside the ledger they are paid at once, outside they are held.

Runs in the transaction of whoever disburses: the money, the order, the facts and the proof become
true together. The message to the rail is composed and handed over afterwards, by the pump.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.books.ledger.api import Ledger, Transfer
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.payments.orders import events, postings, store, store_read
from heliu.payments.orders.domain.order import (
    Order,
    Payee,
    PaymentOrder,
    Route,
    State,
    is_inside,
    payee_fault,
)
from heliu.payments.orders.errors import (
    amount_not_positive,
    key_reused,
    ledger_refused,
    payee_account_of_another,
    payee_account_unknown,
    payee_invalid,
)

Placed = PaymentOrder | Refusal
_FACTS: Final = {Route.LEDGER: events.SETTLED, Route.RAIL: events.INSTRUCTED}


@dataclass(slots=True)
class _Batch:
    """What is known of a batch so far, by order key; `way` has the transfer of each sound order."""

    outcomes: dict[UUID, Placed] = field(default_factory=dict)
    way: dict[UUID, tuple[PaymentOrder, Transfer]] = field(default_factory=dict)


def payee_refusal(payee: Payee) -> Refusal | None:
    """Why nobody can be paid under this name and account, before anything is ordered."""
    wrong = payee_fault(payee)
    return payee_invalid(wrong) if wrong is not None else None


def order_payments(
    tx: Tx, ledger: Ledger, actor: Actor, orders: Sequence[Order], now: datetime
) -> list[Placed]:
    """Place each order, in order of the commands; a refusal refuses only its own command.

    A key that is known answers with its order as it stands, if it says the same; otherwise
    `payment.key_reused`. An account of our ledger (by its name) is paid at once: SETTLED. Any
    other is held on the payer's account and INSTRUCTED until the rail has answered. Takes the
    ledger; other refusals are the ledger's own (`ledger.floor_reached`, ...).
    """
    ledger.hold(tx)
    first: dict[UUID, Order] = {}
    for order in orders:
        first.setdefault(order.key, order)
    names = _names(first.values())
    known, named = store_read.orders_and_accounts(tx, list(first), names)
    batch = _Batch(dict(known))
    _route(tx, ledger, [order for key, order in first.items() if key not in known], named, batch)
    placed = _post(tx, ledger, batch)
    _record(tx, actor, placed, now)
    return [_answer(order, batch.outcomes[order.key], first[order.key]) for order in orders]


def _answer(order: Order, outcome: Placed, first: Order) -> Placed:
    """The outcome of its key, if the order says what the first one of that key said."""
    same = outcome.order if isinstance(outcome, PaymentOrder) else first
    if same != order:
        known = str(outcome.id) if isinstance(outcome, PaymentOrder) else ""
        return key_reused(known)
    return outcome


def _names(orders: Iterable[Order]) -> list[str]:
    """The names of all accounts of our ledger that the orders may move money to."""
    inside = [order.payee.account for order in orders if is_inside(order.payee.account)]
    return [*inside, *postings.names(_outside(orders))]


def _outside(orders: Iterable[Order]) -> list[str]:
    """The currencies that go out by a rail."""
    return sorted({o.amount.currency for o in orders if not is_inside(o.payee.account)})


def _route(
    tx: Tx,
    ledger: Ledger,
    orders: Sequence[Order],
    named: Mapping[str, postings.Named],
    batch: _Batch,
) -> None:
    """Which way each order goes and by which transfer, or why it cannot go."""
    ids = postings.accounts(tx, ledger, _outside(orders), named)
    for order in orders:
        refusal = _fault(order, named)
        if refusal is not None:
            batch.outcomes[order.key] = refusal
        elif is_inside(order.payee.account):
            settled = PaymentOrder(order, Route.LEDGER, State.SETTLED)
            batch.way[order.key] = settled, postings.inside(order, named[order.payee.account].id)
        else:
            instructed = PaymentOrder(order, Route.RAIL, State.INSTRUCTED)
            batch.way[order.key] = instructed, postings.held(order, ids)


def _fault(order: Order, named: Mapping[str, postings.Named]) -> Refusal | None:
    if order.amount.minor <= 0:
        return amount_not_positive()
    if (wrong := payee_fault(order.payee)) is not None:
        return payee_invalid(wrong)
    account, uscc = order.payee.account, order.payee.uscc
    if not is_inside(account):
        return None
    found = named.get(account)
    if found is None or found.type != postings.CUSTOMER:
        return payee_account_unknown()
    if uscc is not None and uscc not in account.split(":"):
        return payee_account_of_another()
    return None


def _post(tx: Tx, ledger: Ledger, batch: _Batch) -> list[PaymentOrder]:
    """Book every transfer; an order whose transfer the ledger refuses is refused."""
    ways = list(batch.way.values())
    answers = ledger.post(tx, [transfer for _, transfer in ways])
    for (order, _), answer in zip(ways, answers, strict=True):
        refused = answer.refusal
        batch.outcomes[order.order.key] = order if refused is None else ledger_refused(refused)
    return [
        order for (order, _), answer in zip(ways, answers, strict=True) if answer.refusal is None
    ]


def _record(tx: Tx, actor: Actor, orders: Sequence[PaymentOrder], now: datetime) -> None:
    store.add_orders(tx, orders, actor.id, now)
    events.tell_news(tx, [events.News(order, _FACTS[order.route]) for order in orders], now)
    inside = [order for order in orders if order.route is Route.LEDGER]
    record(tx, [events.proof_of_settlement(order, None) for order in inside])
