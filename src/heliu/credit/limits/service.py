"""Use cases of the limits desk: a batch decides in order, a refusal refuses only itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from heliu.credit.limits import store
from heliu.credit.limits.domain import (
    Change,
    LimitExceeded,
    LimitLine,
    LineKey,
    Reserve,
    Reserved,
    decide_reservations,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Fault
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Move:
    """Utilise or release `amount` of a reservation; `key` makes it happen once."""

    key: UUID
    reservation: UUID
    amount: Money


def set_limits(tx: Tx, limits: Sequence[tuple[LineKey, Money]]) -> None:
    """Set limits (>= 0). Lowering one below its use is possible: only releases work then."""
    assert all(key.currency == amount.currency for key, amount in limits)
    store.set_lines(tx, [LimitLine(key, amount.minor) for key, amount in limits])


def reserve(tx: Tx, commands: Sequence[Reserve], now: datetime) -> list[Reserved | LimitExceeded]:
    """Reserve on all axes at once; the same key again answers as before."""
    if not commands:
        return []
    # Looked up under the locks, so that a twin of this command has either ended or not begun.
    ids = {key.id for command in commands for key in command.lines}
    lines, before = store.lock_and_hold(tx, ids, [command.key for command in commands])
    # Of two commands with one key in a batch, the first one counts.
    new = list({c.key: c for c in reversed(commands) if c.key not in before}.values())[::-1]
    decided, changes, _ = decide_reservations(new, {line.key: line for line in lines})
    by_key = {outcome.key: outcome for outcome in decided}
    store.add_changes(tx, changes, now)
    for key, held in before.items():
        by_key[key] = Reserved(key, Money(held.granted, held.currency))
    return [by_key[command.key] for command in commands]


def utilise(tx: Tx, commands: Sequence[Move], now: datetime) -> None:
    """Turn reserved into utilised. Raises Fault if more is asked than is reserved."""
    _move(tx, commands, now, reserved=-1, utilised=1)


def release(tx: Tx, commands: Sequence[Move], now: datetime) -> None:
    """Give utilised room back (repayment, reversal). Raises Fault beyond what is utilised."""
    _move(tx, commands, now, reserved=0, utilised=-1)


def cancel(tx: Tx, commands: Sequence[Move], now: datetime) -> None:
    """Give reserved room back unused. Raises Fault beyond what is reserved."""
    _move(tx, commands, now, reserved=-1, utilised=0)


def expire(tx: Tx, now: datetime) -> int:
    """Give back what expired reservations still hold; returns how many there were."""
    ids = store.expired(tx, now)
    held = store.holdings(tx, ids)
    moves = [
        Move(
            derived_id("limit-expiry", str(rid)), rid, Money(held[rid].reserved, held[rid].currency)
        )
        for rid in ids
    ]
    cancel(tx, moves, now)
    return len(moves)


def _move(tx: Tx, commands: Sequence[Move], now: datetime, *, reserved: int, utilised: int) -> None:
    if not commands:
        return
    reservations = [command.reservation for command in commands]
    held = store.holdings(tx, reservations)
    lines = {line for holding in held.values() for line in holding.lines}
    # Read under the locks: another writer may have moved these reservations meanwhile.
    _, held = store.lock_and_hold(tx, lines, list(set(reservations)))
    done = store.done_keys(tx, [command.key for command in commands])
    changes = []
    for command in commands:
        if command.key in done:
            continue
        holding = held.get(command.reservation)
        amount = command.amount.minor
        changed = (reserved * amount, utilised * amount)
        if holding is not None:
            holding = replace(
                holding,
                reserved=holding.reserved + changed[0],
                utilised=holding.utilised + changed[1],
            )
        if holding is None or holding.reserved < 0 or holding.utilised < 0:
            raise Fault(f"reservation {command.reservation} holds less than {command.amount}")
        held[command.reservation] = holding
        done.add(command.key)
        changes.append(
            Change(command.key, command.reservation, holding.lines, holding.currency, *changed)
        )
    store.add_changes(tx, changes, now)
