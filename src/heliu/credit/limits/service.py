"""Use cases of the limits desk: a batch decides in order, a refusal refuses only itself."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    lines = store.lock_lines(tx, [key for command in commands for key in command.lines])
    # Looked up under the locks, so that a twin of this command has either ended or not begun.
    before = store.load_reservations(tx, [command.key for command in commands])
    new = [command for command in commands if command.key not in before]
    decided, changes, _ = decide_reservations(new, lines)
    by_key = {outcome.key: outcome for outcome in decided}
    granted = [(c, o) for c in new if isinstance(o := by_key[c.key], Reserved)]
    store.add_reservations(tx, granted, now)
    store.add_changes(tx, changes, now)
    for key, held in before.items():
        line, (_, _, amount) = next(iter(held.items()))
        by_key[key] = Reserved(key, Money(amount, line.currency))
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
    held = store.load_reservations(tx, ids)
    moves = []
    for rid in ids:
        line, (reserved, _, _) = next(iter(held[rid].items()))
        moves.append(
            Move(derived_id("limit-expiry", str(rid)), rid, Money(reserved, line.currency))
        )
    cancel(tx, moves, now)
    return len(moves)


def _move(tx: Tx, commands: Sequence[Move], now: datetime, *, reserved: int, utilised: int) -> None:
    held = store.load_reservations(tx, [command.reservation for command in commands])
    store.lock_lines(tx, [line for lines in held.values() for line in lines])
    # Read under the locks: another writer may have moved these reservations meanwhile.
    done = store.done_keys(tx, [command.key for command in commands])
    new = [command for command in commands if command.key not in done]
    held = store.load_reservations(tx, [command.reservation for command in new])
    changes = []
    for command in new:
        for line, (open_reserved, open_utilised, granted) in held[command.reservation].items():
            now_reserved = open_reserved + reserved * command.amount.minor
            now_utilised = open_utilised + utilised * command.amount.minor
            if now_reserved < 0 or now_utilised < 0:
                raise Fault(f"reservation {command.reservation} holds less than {command.amount}")
            held[command.reservation][line] = (now_reserved, now_utilised, granted)
            amount = command.amount.minor
            changes.append(
                Change(command.key, line, command.reservation, reserved * amount, utilised * amount)
            )
    store.add_changes(tx, changes, now)
