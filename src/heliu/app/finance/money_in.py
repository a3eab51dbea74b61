"""From bank messages and credit notes to commands: cash that arrived, receivables that shrank."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from heliu.credit.lending.api import Source
from heliu.credit.loans.api import CashIn, Dilute
from heliu.flows.confluence.api import Linker
from heliu.flows.intake.api import Filed, Kind
from heliu.ground.ids import derived_id
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document that was understood but cannot be acted on, and why."""

    filed: Filed
    reason: Text


_OURS: Final = re.compile(r"HE[0-9a-f]{32}")  # end_to_end_id of the orders desk
_TOO_FINE: Final = Text("金额小于最小货币单位", "the amount is finer than its minor unit")
_OTHER_CURRENCY: Final = Text("没有方案使用该币种", "no programme uses this currency")


def cash_receipts(
    documents: Iterable[Filed], currencies: Collection[str], on: date
) -> tuple[list[CashIn], list[SetAside]]:
    """Booked credits, each once: a notification and the later statement tell of the same money.

    What is not in one of `currencies`, or finer than its minor unit, cannot be booked here and is
    set aside for a person.
    """
    receipts: dict[UUID, CashIn] = {}
    aside: list[SetAside] = []
    for filed in documents:
        document, cash = filed.document, filed.document.cash
        if document.kind is not Kind.BANK_ENTRY or cash is None:
            continue
        if not cash.credit or not cash.booked or cash.reversal or not cash.amount:
            continue
        if _OURS.fullmatch(cash.end_to_end_id or ""):
            continue  # a payment of ours that came back: the payments room hears of it by the rail
        currency = document.currency or ""
        try:
            amount = Money.of(cash.amount, currency)
        except Inexact:
            aside.append(SetAside(filed, _TOO_FINE))
            continue
        if currency not in currencies:
            aside.append(SetAside(filed, _OTHER_CURRENCY))
            continue
        remittance = " ".join(filter(None, (cash.remittance, cash.end_to_end_id)))
        money = CashIn(_identity(filed), filed.id, amount, cash.debtor.account, remittance, on)
        receipts.setdefault(money.id, money)
    return list(receipts.values()), aside


def payer_of(filed: Filed) -> Source | None:
    """The account the money came from, where the bank says whose it is."""
    debtor = filed.document.cash.debtor if filed.document.cash else None
    if debtor is None or not debtor.name or not debtor.account:
        return None
    return Source(debtor.name, debtor.account)


def credit_notes(notes: Sequence[Filed], linker: Linker, on: date) -> list[Dilute]:
    """A command for every invoice that a credit note names; void notes take nothing off."""
    return [
        Dilute(note.id, linker.case(invoice), on)
        for note in notes
        if not note.document.void
        for invoice in linker.credited_by(note)
    ]


def _identity(filed: Filed) -> UUID:
    cash = filed.document.cash
    assert cash is not None
    if cash.bank_reference and cash.account:
        parts = (cash.account, cash.bank_reference, str(cash.amount), cash.end_to_end_id or "")
        return derived_id("cash", *parts)
    return derived_id("cash", str(filed.id))
