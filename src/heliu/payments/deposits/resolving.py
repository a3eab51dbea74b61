"""Where money to a name and a number goes: to an account of this bank, or out to another bank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heliu.books.ledger.api import AccountId
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.payments.deposits import errors, store
from heliu.payments.deposits.domain.account import account_of, is_ours
from heliu.payments.deposits.domain.transfer import To
from heliu.payments.orders.api import Payee, payee_refusal


@dataclass(frozen=True, slots=True)
class Resolved:
    """A payee as a payment order names him; inside the bank, his account and who holds it."""

    payee: Payee
    ledger_account: AccountId | None = None
    holder: str | None = None


def resolve(tx: Tx, payees: Sequence[To]) -> Mapping[To, Resolved | Refusal]:
    """Where each payee's money would go, or why it cannot. A name is held against its holder."""
    numbers = [number for to in payees if (number := account_of(to.account)) is not None]
    inside = store.ledger_accounts(tx, numbers)
    return {to: _resolve(to, inside) for to in payees}


def _resolve(
    to: To, inside: Mapping[AccountId, tuple[str, str | None, str | None]]
) -> Resolved | Refusal:
    number = account_of(to.account)
    if number is None and not is_ours(to.account):
        return _outside(to)
    if number is None or number not in inside:
        return errors.no_such_number()
    name, holder, holder_name = inside[number]
    if holder_name is not None and _plain(holder_name) != _plain(to.name):
        return errors.name_differs()
    payee = Payee(to.name, name)
    return payee_refusal(payee) or Resolved(payee, number, holder)


def _outside(to: To) -> Resolved | Refusal:
    if to.bank is None:
        return errors.bank_needed()
    payee = Payee(to.name, to.account, bank=to.bank)
    # A colon would name an account of the ledger, which people do not spell.
    if ":" in payee.account:
        return errors.too_long(Text("账号", "account number"))
    return payee_refusal(payee) or Resolved(payee)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
