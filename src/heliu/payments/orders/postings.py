"""Journal templates of the orders desk: one function per accounting event.

```text
inside   payer            -> payee's deposit        at once
outside  payer            -> rail clearing          pending while the rail has not answered
         the same, posted, with rail clearing -> nostro     settled
         the same, voided                                   rejected
         nostro           -> payer                          returned
```
So rail clearing holds nothing that is posted, and what is pending on it is what is under way. Keys
are derived: a template posted again answers as before.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple
from uuid import UUID

from heliu.books.ledger.api import AccountId, Ledger, NewAccount, Phase, Transfer
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.orders.domain.machine import EventKind
from heliu.payments.orders.domain.order import Order, order_id


class Event(IntEnum):
    """Accounting events of payments, as the journal's `code`."""

    PAID_INSIDE = 40
    PAYMENT_HELD = 41
    PAYMENT_SETTLED = 42
    RAIL_PAID = 43
    PAYMENT_VOIDED = 44
    PAYMENT_RETURNED = 45


CUSTOMER: Final = "customer_deposit"
_CLEARING: Final = "rail_clearing"
_NOSTRO: Final = "nostro"

Accounts = Mapping[str, AccountId]


class Named(NamedTuple):
    """An account of our ledger as it is found under its name: number and type."""

    id: AccountId
    type: str


def names(currencies: Sequence[str]) -> list[str]:
    """The names of the bank's own accounts that payments in `currencies` move."""
    return [f"{kind}:{currency}" for kind, currency in _own(currencies)]


def _own(currencies: Sequence[str]) -> list[tuple[str, str]]:
    return [(kind, currency) for currency in currencies for kind in (_CLEARING, _NOSTRO)]


def accounts(
    tx: Tx, ledger: Ledger, currencies: Sequence[str], named: Mapping[str, Named]
) -> Accounts:
    """The bank's own accounts for `currencies`: those found as `named`, the others opened."""
    wanted = {f"{kind}:{currency}": (kind, currency) for kind, currency in _own(currencies)}
    missing = [name for name in wanted if name not in named]
    if not missing:
        return {name: named[name].id for name in wanted}
    opened = ledger.open_accounts(tx, [NewAccount(name, *wanted[name]) for name in missing])
    there = {name: named[name].id for name in wanted if name in named}
    return there | dict(zip(missing, opened, strict=True))


def inside(order: Order, payee: AccountId) -> Transfer:
    """Pay at once to an account of our ledger."""
    return _transfer(order, Event.PAID_INSIDE, (order.payer, payee), order.amount, order.on)


def held(order: Order, ids: Accounts) -> Transfer:
    """Hold the amount on the payer's account until the rail has answered."""
    sides = order.payer, ids[f"{_CLEARING}:{order.amount.currency}"]
    return _transfer(order, Event.PAYMENT_HELD, sides, order.amount, order.on, Phase.PENDING)


def booked(order: Order, kind: EventKind, on: date, ids: Accounts, amount: int) -> list[Transfer]:
    """What an event of the order books on day `on`; `amount` (minor units) is a return's."""
    currency = order.amount.currency
    clearing, nostro = ids[f"{_CLEARING}:{currency}"], ids[f"{_NOSTRO}:{currency}"]
    sides = order.payer, clearing
    match kind:
        case EventKind.SETTLED:
            return [
                _transfer(order, Event.PAYMENT_SETTLED, sides, order.amount, on, Phase.POST),
                _transfer(order, Event.RAIL_PAID, (clearing, nostro), order.amount, on),
            ]
        case EventKind.REJECTED:
            return [_transfer(order, Event.PAYMENT_VOIDED, sides, order.amount, on, Phase.VOID)]
        case EventKind.RETURNED:
            back, came = (nostro, order.payer), Money(amount, currency)
            return [_transfer(order, Event.PAYMENT_RETURNED, back, came, on)]
        case _:
            return []


def keys_of(order: UUID, kind: EventKind) -> tuple[UUID, ...]:
    """The keys of the transfers that `booked` makes of an event."""
    return tuple(key(order, event) for event in _EVENTS.get(kind, ()))


_EVENTS: Final[Mapping[EventKind, tuple[Event, ...]]] = {
    EventKind.SETTLED: (Event.PAYMENT_SETTLED, Event.RAIL_PAID),
    EventKind.REJECTED: (Event.PAYMENT_VOIDED,),
    EventKind.RETURNED: (Event.PAYMENT_RETURNED,),
}


def journal_keys(order: UUID) -> tuple[UUID, ...]:
    """The keys of the journal lines that an order may ever move its payer's money by."""
    moves = (Event.PAID_INSIDE, Event.PAYMENT_SETTLED, Event.PAYMENT_RETURNED)
    return tuple(key(order, event) for event in moves)


def key(order: UUID, event: Event) -> UUID:
    """The key of an order's transfer for one accounting event."""
    return derived_id("payment posting", order.hex, event.name)


def _transfer(
    order: Order,
    event: Event,
    sides: tuple[AccountId, AccountId],
    amount: Money,
    on: date,
    phase: Phase = Phase.POSTED,
) -> Transfer:
    identity = order_id(order.key)
    resolves = phase in (Phase.POST, Phase.VOID)
    return Transfer(
        key=key(identity, event),
        debit=sides[0],
        credit=sides[1],
        amount=amount,
        code=event,
        business_date=on,
        phase=phase,
        linked=phase is Phase.POST,  # the hold is posted and leaves clearing in one
        pending_key=key(identity, Event.PAYMENT_HELD) if resolves else None,
    )
