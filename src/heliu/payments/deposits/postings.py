"""Journal templates of the deposits desk: one function per accounting event.

```text
a transfer is held   payer    -> transfer hold   pending while it may be recalled
it ends              the same, voided            whatever becomes of it
it is paid           payer    -> payee           a payment order of the orders desk
cash comes in        cash     -> customer        at once
```
So transfer hold never has anything posted, and what is pending on it is what may be recalled.
"""

from datetime import date
from enum import IntEnum
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import AccountId, NewAccount, Phase, Transfer
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


class Event(IntEnum):
    """Accounting events of deposits, as the journal's `code`."""

    TRANSFER_HELD = 60
    TRANSFER_RELEASED = 61
    PAID_IN = 62


CUSTOMER: Final = "customer_deposit"
_HOLD: Final = "transfer_hold"
_CASH: Final = "central_bank"


def deposit(name: str, currency: str) -> NewAccount:
    """A customer's deposit: it is never overdrawn (floor 0)."""
    return NewAccount(name, CUSTOMER, currency, floor=0)


def hold_account(currency: str) -> NewAccount:
    """Where what may be recalled is pending."""
    return NewAccount(f"{_HOLD}:{currency}", _HOLD, currency)


def cash_account(currency: str) -> NewAccount:
    """Where cash that comes in stands."""
    return NewAccount(f"{_CASH}:{currency}", _CASH, currency)


def key(identity: UUID, event: Event) -> UUID:
    """The key of the transfer for one accounting event of a transfer or a payment in."""
    return derived_id("deposit posting", identity.hex, event.name)


def held(transfer: UUID, sides: tuple[AccountId, AccountId], amount: Money, on: date) -> Transfer:
    """Hold the amount on the payer's account; `sides` are payer and hold account."""
    return Transfer(
        key=key(transfer, Event.TRANSFER_HELD),
        debit=sides[0],
        credit=sides[1],
        amount=amount,
        code=Event.TRANSFER_HELD,
        business_date=on,
        phase=Phase.PENDING,
    )


def released(
    transfer: UUID, sides: tuple[AccountId, AccountId], amount: Money, on: date
) -> Transfer:
    """End the hold of a transfer that is paid, recalled or let go."""
    return Transfer(
        key=key(transfer, Event.TRANSFER_RELEASED),
        debit=sides[0],
        credit=sides[1],
        amount=amount,
        code=Event.TRANSFER_RELEASED,
        business_date=on,
        phase=Phase.VOID,
        pending_key=key(transfer, Event.TRANSFER_HELD),
    )


def paid_in(
    identity: UUID, sides: tuple[AccountId, AccountId], amount: Money, on: date
) -> Transfer:
    """Cash or money from outside comes into a deposit; `sides` are cash and customer."""
    return Transfer(
        key=key(identity, Event.PAID_IN),
        debit=sides[0],
        credit=sides[1],
        amount=amount,
        code=Event.PAID_IN,
        business_date=on,
    )
