"""Whose money a visitor moves, and the one way a page moves it: shown, signed, then ordered.

The mobile bank and the care edition stand on this, so neither pays what was not signed.
"""

from dataclasses import dataclass
from uuid import UUID

from heliu.channels.pages import errors
from heliu.channels.pages.visit import Visit
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.parties.identity.api import Presented
from heliu.payments.deposits.api import (
    SIGN_TRANSFER,
    Caution,
    MakeTransfer,
    PayBill,
    Standing,
    Transfer,
    When,
    accounts_of,
    bill_transfer,
    foresee,
    holder_of_firm,
    holder_of_person,
    make_transfers,
    order_text,
    packed,
    recall_transfers,
    transfer_named,
    unpacked,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A transfer as it is shown: the order to sign, how long it will wait, and from which account.

    `account` is as it stands before it.
    """

    command: MakeTransfer
    presented: Presented
    caution: Caution
    account: Standing


def holder_of(visit: Visit) -> str:
    """Whose deposits the visitor sees: his enterprise's, or his own."""
    party = visit.party
    return holder_of_firm(party) if party else holder_of_person(visit.person.id)


def when_of(visit: Visit) -> When:
    """People's clock and the bank's business date."""
    return When(visit.now, visit.bank.clock.today())


def account_of(tx: Tx, visit: Visit, account: UUID) -> Standing:
    """One of the visitor's own accounts. Raises Refusal `page.unknown` for any other."""
    for standing in accounts_of(tx, holder_of(visit)):
        if standing.account.id == account:
            return standing
    raise errors.unknown()


def transfer_of(tx: Tx, visit: Visit, transfer: UUID) -> Transfer:
    """One of the visitor's own transfers. Raises Refusal `page.unknown` for any other."""
    found = transfer_named(tx, transfer)
    if found is None or found.holder != holder_of(visit):
        raise errors.unknown()
    return found


def show_transfer(tx: Tx, visit: Visit, command: MakeTransfer) -> Shown | Refusal:
    """The order for a transfer, to be signed; or why the transfer cannot be made."""
    caution = foresee(tx, command, when_of(visit))
    if isinstance(caution, Refusal):
        return caution
    account = account_of(tx, visit, command.account)
    text = order_text(command, account.account.number)
    presented = visit.present(tx, SIGN_TRANSFER, text, packed(command))
    return Shown(command, presented, caution, account)


def show_bill(tx: Tx, visit: Visit, bill: UUID, account: UUID) -> Shown | Refusal:
    """The order to pay one of the visitor's own bills; or why it cannot be paid.

    Raises Refusal `page.unknown` for any other bill.
    """
    command = bill_transfer(tx, PayBill(visit.key, holder_of(visit), account, bill))
    if isinstance(command, Refusal):
        raise errors.unknown()
    return show_transfer(tx, visit, command)


def sign_transfer(visit: Visit) -> Transfer:
    """Make the transfer whose order this form signs. Raises Refusal: not signed, or not made."""
    command = unpacked(visit.signed(SIGN_TRANSFER).payload)
    if command.holder != holder_of(visit):
        raise errors.not_signed()
    with visit.posting() as (tx, ledger):
        (made,) = make_transfers(tx, ledger, visit.actor, [command], when_of(visit))
    if isinstance(made, Refusal):
        raise made
    return made


def recall_transfer(visit: Visit, transfer: UUID) -> Transfer:
    """Take one of the visitor's own transfers back. Raises Refusal if it is too late."""
    with visit.posting() as (tx, ledger):
        transfer_of(tx, visit, transfer)
        holder, when = holder_of(visit), when_of(visit)
        (made,) = recall_transfers(tx, ledger, visit.actor, holder, [transfer], when)
    if isinstance(made, Refusal):
        raise made
    return made
