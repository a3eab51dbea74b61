"""From the roles of a product's postings to accounts of the ledger, and from rows to transfers."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import AccountId, NewAccount, Transfer
from heliu.credit.lending.domain.booking import Move
from heliu.credit.lending.domain.contract import Contract, Funds, Moment
from heliu.credit.products.api import LoanProduct, Scope
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

_NOSTRO: Final = "nostro"
_DEPOSIT: Final = "customer_deposit"


def account(product: LoanProduct, contract: Contract, role: str, funds: Funds) -> NewAccount:
    """The account that plays `role` for a contract, by the name it is opened under."""
    played, currency = product.postings.accounts[role], contract.currency
    match played.scope:
        case Scope.CONTRACT:
            # Floor 0: a loan is not repaid beyond its principal.
            return NewAccount(f"contract:{contract.id}:{role}", played.type, currency, floor=0)
        case Scope.PRODUCT:
            return NewAccount(control(product, role, currency), played.type, currency)
        case Scope.BANK:
            return NewAccount(f"{played.type}:{currency}", played.type, currency)
        case Scope.FUNDS:
            if funds is Funds.NOSTRO:
                return NewAccount(f"{_NOSTRO}:{currency}", _NOSTRO, currency)
            return deposit(contract.borrower_uscc, currency)


def control(product: LoanProduct, role: str, currency: str) -> str:
    """The name of a product's control account."""
    return f"lending:{product.code}:{role}:{currency}"


def deposit(uscc: str, currency: str) -> NewAccount:
    """A customer's account with us: the same one, whatever he was lent on."""
    return NewAccount(f"supplier:{uscc}:deposit:{currency}", _DEPOSIT, currency, floor=0)


def transfers(
    contract: Contract,
    event: UUID,
    moves: Sequence[Move],
    accounts: Mapping[str, AccountId],
    at: Moment,
) -> list[Transfer]:
    """The transfers of one act, linked: all are booked or none. `accounts` are by role."""
    return [
        Transfer(
            key=derived_id("lending", event.hex, move.row.part.word),
            debit=accounts[move.debit],
            credit=accounts[move.credit],
            amount=Money(move.amount, contract.currency),
            code=int(move.row.part),
            business_date=at.business_date,
            linked=number < len(moves),
        )
        for number, move in enumerate(moves, start=1)
    ]
