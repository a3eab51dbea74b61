"""The buyer's cash meets its receivables: who paid what, and what each fen is for. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.credit.loans.domain.loan import Debt, EventKind, Loan
from heliu.ground.money import Money

_WORDS: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")


class CaseKind(StrEnum):
    """Why a person has to look: each kind has its own queue."""

    SHORT_PAYMENT = "short_payment"
    LATE_PAYMENT = "late_payment"
    OVERPAYMENT = "overpayment"
    WRONG_PAYER = "wrong_payer"
    UNIDENTIFIED = "unidentified"
    DILUTION = "dilution"


@dataclass(frozen=True, slots=True)
class CashIn:
    """Money that arrived on the collection account (> 0), as the bank's message tells it.

    `id` names the money itself: a notification and a statement tell of the same receipt.
    """

    id: UUID
    document_id: UUID
    amount: Money
    payer_account: str | None
    remittance: str
    on: date


@dataclass(frozen=True, slots=True)
class Allocation:
    """How one loan's share of the cash is used; the three parts sum to `cash`.

    `kind` says what they are parts of: the debt (REPAID), or what was written off (RECOVERED).
    """

    loan_id: UUID
    cash: Money
    interest: Money
    principal: Money
    residual: Money
    kind: EventKind = EventKind.REPAID


@dataclass(frozen=True, slots=True)
class Settlement:
    """One receipt of cash: what it settled, what stays unapplied, and the cases it opens."""

    allocations: tuple[Allocation, ...]
    unapplied: Money
    cases: tuple[tuple[CaseKind, UUID | None, Money], ...]


def references(remittance: str) -> list[str]:
    """The words of a remittance text that may be invoice numbers, upper case, in order."""
    return [word.strip("./-").upper() for word in _WORDS.findall(remittance)]


def match_loans(cash: CashIn, loans: Sequence[Loan], accounts: Mapping[str, str]) -> list[Loan]:
    """The loans whose invoice number the remittance names, in the order it names them.

    Invoice numbers are unique per seller only: of several loans on one number those count whose
    buyer's account (`accounts`, by USCC) sent the cash; if that leaves more than one, none does.
    """
    by_number: dict[str, list[Loan]] = {}
    for loan in loans:
        by_number.setdefault(loan.invoice_no.upper(), []).append(loan)
    named: list[Loan] = []
    for word in dict.fromkeys(references(cash.remittance)):
        meant = by_number.get(word, [])
        if len(meant) > 1:
            meant = [loan for loan in meant if accounts.get(loan.buyer_uscc) == cash.payer_account]
        named += meant if len(meant) == 1 else []
    return named


def settle(
    cash: CashIn, loans: Sequence[Loan], debts: Mapping[UUID, Debt], accounts: Mapping[str, str]
) -> Settlement:
    """Spread `cash` over the loans it names; `accounts` is each buyer's own account by USCC.

    Cash from any other account is kept apart until a person has looked: a receivable is paid by
    its obligor (First Brands, 2025). Interest before principal (Civil Code, art. 561), what was
    written off, principal first, before anything else; what the buyer owed beyond is the
    supplier's residual: all of it once the supplier has bought the receivable back.
    """
    zero = Money(0, cash.amount.currency)
    loans = [loan for loan in loans if loan.principal.currency == cash.amount.currency]
    if not loans:
        return Settlement((), cash.amount, ((CaseKind.UNIDENTIFIED, None, cash.amount),))
    if any(accounts.get(loan.buyer_uscc) != cash.payer_account for loan in loans):
        return Settlement((), cash.amount, ((CaseKind.WRONG_PAYER, loans[0].id, cash.amount),))
    left = cash.amount
    allocations: list[Allocation] = []
    cases: list[tuple[CaseKind, UUID | None, Money]] = []
    for loan in loans:
        debt = debts[loan.id]
        share = min(left, max(debt.claim, debt.total, debt.lost))
        if share < debt.claim:
            cases.append((CaseKind.SHORT_PAYMENT, loan.id, debt.claim - share))
        if cash.on > loan.late_after(debt.due_on) and share > zero:
            cases.append((CaseKind.LATE_PAYMENT, loan.id, share))
        left -= share
        if share > zero:
            allocations.append(_allocate(loan.id, share, debt))
    if left > zero:
        cases.append((CaseKind.OVERPAYMENT, loans[-1].id, left))
    assert sum(a.cash.minor for a in allocations) + left.minor == cash.amount.minor
    return Settlement(tuple(allocations), left, tuple(cases))


def _allocate(loan_id: UUID, share: Money, debt: Debt) -> Allocation:
    if debt.lost.minor:
        principal, interest = recovered(share, debt)
        kind = EventKind.RECOVERED
    else:
        interest = min(share, debt.interest)
        principal = min(share - interest, debt.principal)
        kind = EventKind.REPAID
    return Allocation(loan_id, share, interest, principal, share - interest - principal, kind)


def recovered(amount: Money, debt: Debt) -> tuple[Money, Money]:
    """The principal and the interest that `amount` gets back of what was written off."""
    principal = min(amount, debt.lost_principal)
    return principal, min(amount - principal, debt.lost_interest)
