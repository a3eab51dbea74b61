"""Journal templates of the loans desk: one function per accounting event.

Account types are named here and nowhere else. Each template's transfers are linked: all are
booked or none. Keys are derived, so a template posted again answers as before.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, assert_never
from uuid import UUID

from heliu.books.ledger.api import AccountId, Ledger, NewAccount, Transfer
from heliu.credit.loans.domain.loan import Debt, EventKind, Loan, LoanEvent
from heliu.credit.loans.domain.servicing import Source
from heliu.credit.loans.domain.settlement import Allocation, CashIn
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


class Event(IntEnum):
    """Accounting events of receivable finance, as the journal's `code`."""

    DISCOUNT_KEPT = 10
    LOAN_DISBURSED = 11
    PROCEEDS_PAID = 12
    CASH_RECEIVED = 20
    INTEREST_ACCRUED = 21
    DISCOUNT_EARNED = 22
    INTEREST_REPAID = 23
    PRINCIPAL_REPAID = 24
    RESIDUAL_PAID = 25
    INTEREST_BOUGHT_BACK = 30
    PRINCIPAL_BOUGHT_BACK = 31
    INTEREST_WRITTEN_OFF = 40
    PRINCIPAL_WRITTEN_OFF = 41
    RECOVERED = 42


Accounts = Mapping[str, AccountId]

_NOSTRO: Final = "nostro"
_SUSPENSE: Final = "suspense"
_CLEARING: Final = "clearing"
_INCOME: Final = "interest_income"
_RECEIVABLE: Final = "interest_receivable"
_UNEARNED: Final = "deferred_interest"
_LOAN: Final = "loan"
_DEPOSIT: Final = "customer_deposit"
_BANK_WIDE: Final = (_NOSTRO, _SUSPENSE, _CLEARING, _INCOME, _RECEIVABLE, _UNEARNED)
_PROVISION: Final = "provision"
# The loss allowance of this book: the end of day raises it, a write-off uses it.
ALLOWANCE: Final = "closing:receivable-finance:provision"


def accounts(
    tx: Tx,
    ledger: Ledger,
    loans: Sequence[Loan],
    *,
    currencies: Sequence[str] = (),
    losses: bool = False,
    new: bool = False,
) -> Accounts:
    """Every account these loans and receipts move, opened if new, by the names used below.

    `losses`: also what write-offs and recoveries move; `new`: the loans are being opened just now.
    """
    named = sorted({*currencies, *(loan.principal.currency for loan in loans)})
    wanted = [
        NewAccount(f"{kind}:{currency}", kind, currency)
        for currency in named
        for kind in _BANK_WIDE
    ]
    if losses:
        wanted += [NewAccount(_allowance(c), _PROVISION, c) for c in named]
    for loan in loans:
        currency = loan.principal.currency
        # Floor 0 on both: a loan is not repaid beyond its principal, a deposit not overdrawn.
        wanted.append(NewAccount(_loan(loan), _LOAN, currency, floor=0, fresh=new))
        wanted.append(NewAccount(_deposit(loan), _DEPOSIT, currency, floor=0))
    unique = {account.name: account for account in wanted}
    ids = ledger.open_accounts(tx, list(unique.values()))
    return dict(zip(unique, ids, strict=True))


def deposits(tx: Tx, ledger: Ledger, loans: Sequence[Loan]) -> dict[UUID, AccountId]:
    """The account of our ledger that each loan's proceeds were paid to, by loan id."""
    wanted = {
        _deposit(n): NewAccount(_deposit(n), _DEPOSIT, n.principal.currency, floor=0) for n in loans
    }
    ids = dict(zip(wanted, ledger.open_accounts(tx, list(wanted.values())), strict=True))
    return {loan.id: ids[_deposit(loan)] for loan in loans}


def disbursal(loan: Loan, ids: Accounts) -> list[Transfer]:
    """Open the loan, keep a discount's interest back, pay the proceeds to the supplier (last)."""
    currency = loan.principal.currency
    clearing = ids[f"{_CLEARING}:{currency}"]
    rows = [
        (Event.DISCOUNT_KEPT, ids[_loan(loan)], ids[f"{_UNEARNED}:{currency}"], loan.discount),
        (Event.LOAN_DISBURSED, ids[_loan(loan)], clearing, loan.proceeds),
        (Event.PROCEEDS_PAID, clearing, ids[_deposit(loan)], loan.proceeds),
    ]
    return _linked(loan.id, loan.opened_on, "disbursal", rows)


def receipt(cash: CashIn, ids: Accounts) -> list[Transfer]:
    """Cash came in: it stands in suspense until it is known what it is for."""
    currency = cash.amount.currency
    rows = [
        (
            Event.CASH_RECEIVED,
            ids[f"{_NOSTRO}:{currency}"],
            ids[f"{_SUSPENSE}:{currency}"],
            cash.amount,
        )
    ]
    return _linked(cash.id, cash.on, "receipt", rows)


def repayment(
    loan: Loan, allocation: Allocation, debt: Debt, cash: CashIn, ids: Accounts
) -> list[Transfer]:
    """One loan's share of the cash: interest earned and repaid, principal, the supplier's residual.

    A discount loan's interest was paid in advance and is earned, whole, when the principal is
    settled; interest after the due date is earned and repaid like a bullet loan's.
    """
    currency = loan.principal.currency
    suspense, income = ids[f"{_SUSPENSE}:{currency}"], ids[f"{_INCOME}:{currency}"]
    receivable = ids[f"{_RECEIVABLE}:{currency}"]
    sides = {
        Event.DISCOUNT_EARNED: (ids[f"{_UNEARNED}:{currency}"], income),
        Event.INTEREST_ACCRUED: (receivable, income),
        Event.INTEREST_REPAID: (suspense, receivable),
        Event.PRINCIPAL_REPAID: (suspense, ids[_loan(loan)]),
        Event.RESIDUAL_PAID: (suspense, ids[_deposit(loan)]),
    }
    if allocation.kind is EventKind.RECOVERED:
        sides[Event.RECOVERED] = (suspense, ids[_allowance(currency)])
    rows = [(event, *sides[event], amount) for event, amount in _repaid(loan, allocation, debt)]
    return _linked(loan.id, cash.on, f"cash {cash.id}", rows)


def _repaid(loan: Loan, allocation: Allocation, debt: Debt) -> list[tuple[Event, Money]]:
    if allocation.kind is EventKind.RECOVERED:
        return [
            (Event.RECOVERED, allocation.interest + allocation.principal),
            (Event.RESIDUAL_PAID, allocation.residual),
        ]
    settled = allocation.principal == debt.principal and debt.principal.minor > 0
    return [
        (Event.DISCOUNT_EARNED, loan.discount if settled else Money(0, loan.discount.currency)),
        (Event.INTEREST_ACCRUED, allocation.interest),
        (Event.INTEREST_REPAID, allocation.interest),
        (Event.PRINCIPAL_REPAID, allocation.principal),
        (Event.RESIDUAL_PAID, allocation.residual),
    ]


def repayment_keys(
    loan: Loan, allocation: Allocation, debt: Debt, cash: CashIn
) -> tuple[UUID, ...]:
    """The keys of the receipt and of `repayment`, in order of posting."""
    amounts = _repaid(loan, allocation, debt)
    moved = [_key(loan.id, f"cash {cash.id}", event) for event, amount in amounts if amount.minor]
    return (_key(cash.id, "receipt", Event.CASH_RECEIVED), *moved)


def serviced(
    loan: Loan, event: LoanEvent, key: UUID, source: Source | None, ids: Accounts
) -> list[Transfer]:
    """What an act moves: the event of `key` on the loan, paid out of `source` where it is paid.

    A buy-back and a write-off settle the whole debt: interest not yet booked is booked with it,
    and a discount is earned whole. A write-off uses the loss allowance; a reversal undoes it line
    by line. An extension moves nothing.
    """
    currency = loan.principal.currency
    receivable, allowance = ids[f"{_RECEIVABLE}:{currency}"], ids[_allowance(currency)]
    interest, principal = Money(event.interest, currency), Money(event.principal, currency)
    settled = _settled_whole(loan, interest, ids)
    match event.kind:
        case EventKind.BOUGHT_BACK:
            paid = _paid_from(loan, source, ids)
            rows = [
                *settled,
                (Event.INTEREST_BOUGHT_BACK, paid, receivable, interest),
                (Event.PRINCIPAL_BOUGHT_BACK, paid, ids[_loan(loan)], principal),
            ]
        case EventKind.WRITTEN_OFF | EventKind.WRITE_OFF_REVERSED:
            rows = [
                *settled,
                (Event.INTEREST_WRITTEN_OFF, allowance, receivable, interest),
                (Event.PRINCIPAL_WRITTEN_OFF, allowance, ids[_loan(loan)], principal),
            ]
        case EventKind.RECOVERED:
            paid = _paid_from(loan, source, ids)
            rows = [(Event.RECOVERED, paid, allowance, interest + principal)]
        case _:
            rows = []
    if event.kind is EventKind.WRITE_OFF_REVERSED:
        rows = [(code, credit, debit, amount) for code, debit, credit, amount in reversed(rows)]
    return _linked(loan.id, event.on, f"act {key}", rows)


def _settled_whole(
    loan: Loan, interest: Money, ids: Accounts
) -> list[tuple[Event, AccountId, AccountId, Money]]:
    currency = loan.principal.currency
    income = ids[f"{_INCOME}:{currency}"]
    return [
        (Event.DISCOUNT_EARNED, ids[f"{_UNEARNED}:{currency}"], income, loan.discount),
        (Event.INTEREST_ACCRUED, ids[f"{_RECEIVABLE}:{currency}"], income, interest),
    ]


def _paid_from(loan: Loan, source: Source | None, ids: Accounts) -> AccountId:
    currency = loan.principal.currency
    match source:
        case Source.DEPOSIT:
            return ids[_deposit(loan)]
        case Source.NOSTRO:
            return ids[f"{_NOSTRO}:{currency}"]
        case Source.RECEIPT:
            return ids[f"{_SUSPENSE}:{currency}"]
        case None:
            raise AssertionError("what is paid says whose money it is")
        case _:
            assert_never(source)


def residual_key(loan: Loan, cash: CashIn) -> UUID:
    """The key of the transfer that pays the supplier's residual in `repayment`."""
    return _key(loan.id, f"cash {cash.id}", Event.RESIDUAL_PAID)


def _linked(
    subject: UUID, on: date, cause: str, rows: Sequence[tuple[Event, AccountId, AccountId, Money]]
) -> list[Transfer]:
    moved = [row for row in rows if row[3].minor]
    return [
        Transfer(
            key=_key(subject, cause, event),
            debit=debit,
            credit=credit,
            amount=amount,
            code=event,
            business_date=on,
            linked=number < len(moved),
        )
        for number, (event, debit, credit, amount) in enumerate(moved, start=1)
    ]


def _key(subject: UUID, cause: str, event: Event) -> UUID:
    return derived_id("posting", str(subject), cause, event.name)


def _allowance(currency: str) -> str:
    return f"{ALLOWANCE}:{currency}"


def _loan(loan: Loan) -> str:
    return f"loan:{loan.id}"


def _deposit(loan: Loan) -> str:
    return f"supplier:{loan.supplier_uscc}:deposit:{loan.principal.currency}"
