"""Journal templates of the voucher desk: the issuer pays the holders of record, and nobody between.

No money is pooled: each payout is one transfer from the issuer's account to the payee's. Keys are
derived, so a template posted again answers as before.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import AccountId, NewAccount, Transfer
from heliu.books.vouchers.domain.waterfall import Payout
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


class Event(IntEnum):
    """Accounting events of vouchers, as the journal's `code`."""

    VOUCHER_REDEEMED = 50


_DEPOSIT: Final = "customer_deposit"


def deposit(party: str, currency: str) -> NewAccount:
    """A party's deposit account, under the name all rooms use; it is not overdrawn."""
    return NewAccount(f"supplier:{party}:deposit:{currency}", _DEPOSIT, currency, floor=0)


def redemption(
    event: UUID,
    payouts: Sequence[Payout],
    accounts: Mapping[str, AccountId],
    paying: AccountId,
    terms: tuple[str, date],
) -> list[Transfer]:
    """Pay each payee from the issuer's account, linked; `terms` are currency and business date."""
    currency, on = terms
    return [
        Transfer(
            key=payout_key(event, number),
            debit=paying,
            credit=accounts[payout.payee],
            amount=Money(payout.amount, currency),
            code=Event.VOUCHER_REDEEMED,
            business_date=on,
            linked=number < len(payouts),
        )
        for number, payout in enumerate(payouts, start=1)
    ]


def payout_key(event: UUID, number: int) -> UUID:
    """The key of the transfer that is the `number`th payout (from 1) of a redemption."""
    return derived_id("posting", str(event), "redemption", str(number))
