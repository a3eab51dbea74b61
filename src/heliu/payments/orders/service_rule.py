"""Use cases of what persons decide: rule on what the rail left open, release it, close a case.

A ruling moves nothing. Its release by another person settles the held payment or gives the money
back to the payer, exactly as the rail's own answer would; the order ends once, whoever comes late.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.payments.orders import errors, store_read, store_rule
from heliu.payments.orders.domain.machine import PATIENCE, ruled
from heliu.payments.orders.domain.order import State
from heliu.payments.orders.moving import Moving
from heliu.payments.orders.store_read import PaymentCase
from heliu.payments.orders.store_rule import Ruling

_LEAST, _MOST = 10, 500  # characters of a reason
VERDICTS: Final = frozenset({State.SETTLED, State.REJECTED})


def propose_ruling(
    tx: Tx, actor: Actor, order: UUID, verdict: State, because: str, now: datetime
) -> Ruling:
    """Say what became of a payment the rail left open, and how that is known (10-500 characters).

    Raises Refusal: unknown order, an outcome that is known or may still come, no reason. The same
    proposal of the same person again is the same ruling.
    """
    assert verdict in VERDICTS, "a payment was made or it was not"
    reason = _reason(because)
    moving = Moving.of(tx, [order], now, PATIENCE)
    if order not in moving.standing:
        raise errors.unknown_order(str(order))
    if ruled(moving.standing[order].progress, settled=verdict is State.SETTLED) is None:
        raise errors.not_left_open(str(order), moving.orders[order].state)
    identity = derived_id("ruling", order.hex, verdict.value, reason, actor.id)
    store_rule.add_ruling(tx, Ruling(identity, order, verdict, reason, actor.id, now))
    return store_rule.rulings(tx, [identity])[0]


def release_ruling(tx: Tx, ledger: Ledger, actor: Actor, ruling: UUID, now: datetime) -> Ruling:
    """Let a ruling count, as another person than who proposed it; takes the ledger.

    Released again it answers as before. Raises Refusal: unknown ruling, own ruling, an order that
    has ended meanwhile.
    """
    ledger.hold(tx)
    found = store_rule.rulings(tx, [ruling])
    if not found:
        raise errors.unknown_ruling(str(ruling))
    (proposed,) = found
    if proposed.released_by is not None:
        return proposed
    if proposed.proposed_by == actor.id:
        raise errors.own_ruling(str(ruling))
    order = proposed.order_id
    moving = Moving.of(tx, [order], now, PATIENCE)
    step = ruled(moving.standing[order].progress, settled=proposed.verdict is State.SETTLED)
    if step is None:
        raise errors.not_left_open(str(order), moving.orders[order].state)
    store_rule.release(tx, proposed, actor.id, now)
    moving.take(order, step, cause=f"ruling {ruling}", reason=proposed.because)
    moving.book(tx, ledger)
    moving.save(tx)
    return store_rule.rulings(tx, [ruling])[0]


def open_cases(tx: Tx) -> list[PaymentCase]:
    """What persons still have to look at, oldest first.

    A case about an order the rail left open ends with its ruling, any other when it is closed.
    """
    closed = store_rule.closed(tx)
    cases = [case for case in store_read.payment_cases(tx) if case.id not in closed]
    ruled_on = {
        ruling.order_id
        for ruling in store_rule.rulings(tx, [], [c.order_id for c in cases if c.order_id])
        if ruling.released_by is not None
    }
    return [case for case in cases if case.order_id not in ruled_on]


def close_case(tx: Tx, actor: Actor, case: UUID, because: str, now: datetime) -> None:
    """Note that a case was looked at and what was found; moves no money; again changes nothing.

    Raises Refusal: unknown case, a case that only a ruling ends, no reason.
    """
    reason = _reason(because)
    found = {one.id: one for one in store_read.payment_cases(tx)}
    if case not in found:
        raise errors.unknown_case(str(case))
    order = found[case].order_id
    if order is not None:
        progress = Moving.of(tx, [order], now, PATIENCE).standing[order].progress
        if ruled(progress, settled=True) is not None:
            raise errors.ruling_needed(str(order))
    store_rule.close(tx, case, reason, actor.id, now)


def rulings_on(tx: Tx, orders: Sequence[UUID]) -> list[Ruling]:
    """The rulings on these orders, oldest first."""
    return store_rule.rulings(tx, [], orders)


def _reason(because: str) -> str:
    reason = " ".join(because.split())
    if not _LEAST <= len(reason) <= _MOST:
        raise errors.no_reason()
    return reason
