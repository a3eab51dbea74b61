"""Use cases: register billers and file their bills."""

from collections.abc import Sequence

from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.payments.deposits import errors, store
from heliu.payments.deposits.domain.account import When
from heliu.payments.deposits.domain.bill import Bill, Biller, NewBill, bill_id


def register_billers(tx: Tx, billers: Sequence[Biller], when: When) -> None:
    """Register who may send bills; a biller that is registered stays as he is."""
    store.add_billers(tx, billers, when.at)


def file_bills(tx: Tx, commands: Sequence[NewBill], when: When) -> list[Bill | Refusal]:
    """File each bill once; a refusal refuses only its own command."""
    known = {biller.code for biller in store.billers(tx)}
    holders = store.holders(tx, [asked.holder for asked in commands])
    sound = [
        asked
        for asked in commands
        if asked.biller in known and asked.holder in holders and asked.amount.minor > 0
    ]
    store.add_bills(tx, sound, when.at)
    filed = store.bills(tx, [bill_id(asked.key) for asked in sound])
    return [filed.get(bill_id(asked.key)) or _fault(asked, known) for asked in commands]


def _fault(asked: NewBill, billers: set[str]) -> Refusal:
    if asked.biller not in billers:
        return errors.unknown_biller(asked.biller)
    return errors.amount_not_positive() if asked.amount.minor <= 0 else errors.unknown_account()
