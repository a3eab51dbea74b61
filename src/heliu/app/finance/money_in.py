"""From bank messages and credit notes to commands: cash that arrived, receivables that shrank."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from heliu.credit.loans.api import CashIn, Dilute
from heliu.flows.confluence.api import Linker
from heliu.flows.intake.api import Filed, Kind
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


def cash_receipts(documents: Iterable[Filed], on: date) -> list[CashIn]:
    """Booked credits, each once: a notification and the later statement tell of the same money."""
    receipts: dict[UUID, CashIn] = {}
    for filed in documents:
        document, cash = filed.document, filed.document.cash
        if document.kind is not Kind.BANK_ENTRY or cash is None:
            continue
        if not cash.credit or not cash.booked or cash.reversal or not cash.amount:
            continue
        receipts.setdefault(
            _identity(filed),
            CashIn(
                id=_identity(filed),
                document_id=filed.id,
                amount=Money.of(cash.amount, document.currency or ""),
                payer_account=cash.debtor.account,
                remittance=" ".join(filter(None, (cash.remittance, cash.end_to_end_id))),
                on=on,
            ),
        )
    return list(receipts.values())


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
