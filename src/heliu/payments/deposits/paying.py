"""Held transfers that end: the hold is released, and what is paid becomes a payment order."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from heliu.books.ledger.api import AccountId, Ledger
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault, Refusal
from heliu.payments.deposits import events, postings, store, store_transfer
from heliu.payments.deposits.domain.account import Account, Holder, When
from heliu.payments.deposits.domain.transfer import State, Transfer, order_key
from heliu.payments.deposits.resolving import Resolved, resolve
from heliu.payments.deposits.store_transfer import Ended, Note
from heliu.payments.orders.api import Order, journal_keys, order_id, order_payments


@dataclass(frozen=True, slots=True)
class Held:
    """Who pays the held transfers of one turn, and the accounts they are held between."""

    accounts: dict[UUID, Account]
    holders: dict[str, Holder]
    hold: dict[str, AccountId]

    @classmethod
    def of(cls, tx: Tx, ledger: Ledger, transfers: Sequence[Transfer]) -> "Held":
        """Load them."""
        currencies = sorted({one.amount.currency for one in transfers})
        opened = ledger.open_accounts(tx, [postings.hold_account(c) for c in currencies])
        return cls(
            store.accounts(tx, [one.account for one in transfers]),
            store.holders(tx, [one.holder for one in transfers]),
            dict(zip(currencies, opened, strict=True)),
        )

    def release(self, tx: Tx, ledger: Ledger, transfers: Sequence[Transfer], when: When) -> None:
        """End the holds of `transfers` in the ledger. A hold that is not there is our bug."""
        ends = [
            postings.released(
                one.id,
                (self.accounts[one.account].ledger_account, self.hold[one.amount.currency]),
                one.amount,
                when.on,
            )
            for one in transfers
        ]
        for answer in ledger.post(tx, ends):
            if answer.refusal is not None:
                raise Fault(f"a held transfer could not be released: {answer.refusal.code}")

    def order(self, transfer: Transfer, resolved: Resolved, when: When) -> Order:
        """The payment order that a transfer becomes."""
        holder = self.holders[transfer.holder]
        parties = events.parties_of(holder.id)
        return Order(
            key=order_key(transfer.id),
            payer=self.accounts[transfer.account].ledger_account,
            payee=resolved.payee,
            amount=transfer.amount,
            basis_id=transfer.id,
            on=when.on,
            parties=tuple(parties),
            payer_name=holder.name,
            payer_uscc=parties[0] if parties else None,
        )


def pay(
    tx: Tx, ledger: Ledger, actor: Actor, transfers: Sequence[Transfer], when: When
) -> list[Transfer]:
    """Release the holds and pay: inside the bank at once, outside by the rail.

    What cannot be paid any more (a payee's account is no longer good) has FAILED, and its money is
    the holder's again. The transfers are locked and the ledger is held.
    """
    if not transfers:
        return []
    held = Held.of(tx, ledger, transfers)
    held.release(tx, ledger, transfers, when)
    ways = resolve(tx, [one.to for one in transfers])
    orders: dict[UUID, Order] = {}
    ended: dict[UUID, Ended] = {}
    for one in transfers:
        way = ways[one.to]
        if isinstance(way, Resolved):
            orders[one.id] = held.order(one, way, when)
        else:
            ended[one.id] = Ended(one.id, State.FAILED, way.code)
    placed = order_payments(tx, ledger, actor, list(orders.values()), when.at)
    for identity, outcome in zip(orders, placed, strict=True):
        failed = outcome.code if isinstance(outcome, Refusal) else None
        state = State.PAID if failed is None else State.FAILED
        ended[identity] = Ended(identity, state, failed)
    store_transfer.end(tx, [ended[one.id] for one in transfers], actor.id, when)
    store_transfer.add_notes(
        tx,
        [
            note
            for one in transfers
            if ended[one.id].state is State.PAID
            for note in _notes(one, held.holders[one.holder])
        ],
    )
    found = store_transfer.by_id(tx, [one.id for one in transfers])
    events.tell_transfers(tx, list(found.values()), when.at)
    return [found[one.id] for one in transfers]


def _notes(transfer: Transfer, payer: Holder) -> list[Note]:
    """What each journal line of the transfer's order means, whichever of them is booked."""
    said = (transfer.purpose, payer.name, transfer.to.name, transfer.memo)
    return [Note(key, transfer.id, *said) for key in journal_keys(order_id(order_key(transfer.id)))]
