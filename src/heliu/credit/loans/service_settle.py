"""Use cases of the loans desk after disbursement: the buyer's cash, and credit notes that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.books.evidence.api import Entry, append
from heliu.books.ledger.api import Ledger, OutcomeStatus
from heliu.credit.limits.api import Move, release
from heliu.credit.loans import facts, postings, store
from heliu.credit.loans.domain.loan import Debt, EventKind, Loan, LoanEvent, debt_on
from heliu.credit.loans.domain.settlement import (
    Allocation,
    CaseKind,
    CashIn,
    Settlement,
    match_loans,
    references,
    settle,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Fault
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Settled:
    """One receipt of cash: what it did, and the cases it opened."""

    cash: CashIn
    settlement: Settlement
    cases: tuple[store.ServicingCase, ...]
    transfers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Dilute:
    """A credit note for `amount` on a receivable that is already financed."""

    document_id: UUID
    receivable_id: UUID
    amount: Money
    on: date


def settle_cash(
    tx: Tx,
    ledger: Ledger,
    receipts: Sequence[CashIn],
    accounts: Mapping[str, str],
    now: datetime,
) -> list[Settled]:
    """Book each receipt and settle the loans it names, in order; a known receipt does nothing.

    `accounts` is each buyer's own account by USCC. Returns the receipts that were new.
    """
    known = store.known_cash(tx, [cash.id for cash in receipts])
    new = [cash for cash in receipts if cash.id not in known]
    numbers = {number for cash in new for number in references(cash.remittance)}
    loans = store.lock_by_invoice(tx, sorted(numbers))
    events = {
        loan: [booked.event for booked in history]
        for loan, history in store.events_of(tx, [loan.id for loan in loans]).items()
    }
    settled = []
    for cash in new:
        named = match_loans(cash, loans)
        debts = {loan.id: debt_on(loan, events[loan.id], cash.on) for loan in named}
        settlement = settle(cash, named, debts, accounts)
        by_id = {loan.id: loan for loan in named}
        settled.append(_book(tx, ledger, cash, settlement, by_id, debts, events, now))
    return settled


def dilute(tx: Tx, commands: Sequence[Dilute], now: datetime) -> list[store.ServicingCase]:
    """Lower financed receivables by credit notes; each opens a case.

    A credit note that is known already does nothing.
    """
    known = store.diluted_by(tx, [command.document_id for command in commands])
    loans = store.loans_of(tx, [command.receivable_id for command in commands])
    history = store.events_of(tx, [loan.id for loan in loans.values()])
    cases: list[store.ServicingCase] = []
    for command in commands:
        loan = loans.get(command.receivable_id)
        if loan is None or loan.id in known:
            continue
        booked = history[loan.id]
        change = -min(command.amount.minor, loan.claim.minor)
        event = LoanEvent(
            loan.id, len(booked) + 1, EventKind.DILUTED, command.on, 0, 0, claim_change=change
        )
        store.add_events(tx, [store.Booked(event, command.document_id, ())], now)
        booked.append(store.Booked(event, command.document_id, ()))
        cases.append(
            _case(CaseKind.DILUTION, loan.id, command.document_id, command.amount, command.on)
        )
    store.add_cases(tx, cases, now)
    facts.tell_cases(tx, cases, now)
    return cases


def _book(  # noqa: PLR0913 - one receipt with everything it touches
    tx: Tx,
    ledger: Ledger,
    cash: CashIn,
    settlement: Settlement,
    loans: Mapping[UUID, Loan],
    debts: Mapping[UUID, Debt],
    events: dict[UUID, list[LoanEvent]],
    now: datetime,
) -> Settled:
    names = postings.accounts(tx, ledger, list(loans.values()), now, currency=cash.amount.currency)
    transfers = postings.receipt(cash, names)
    for allocation in settlement.allocations:
        transfers += postings.repayment(
            loans[allocation.loan_id], allocation, debts[allocation.loan_id], cash, names
        )
    answers = ledger.post(tx, transfers)
    if refused := [a for a in answers if a.status is OutcomeStatus.REFUSED]:
        # The plan was made from the same books under lock: a refusal here is a broken fold.
        raise Fault(f"the ledger refused a settlement: {refused[0].code}")
    keys = tuple(transfer.key for transfer in transfers)
    store.add_cash(tx, cash, settlement.unapplied, now)
    for allocation in settlement.allocations:
        _repay(tx, loans[allocation.loan_id], allocation, cash, events, now)
    cases = [
        _case(kind, loan, cash.document_id, amount, cash.on)
        for kind, loan, amount in settlement.cases
    ]
    store.add_cases(tx, cases, now)
    facts.tell_cases(tx, cases, now)
    return Settled(cash, settlement, tuple(cases), keys)


def _repay(
    tx: Tx,
    loan: Loan,
    allocation: Allocation,
    cash: CashIn,
    events: dict[UUID, list[LoanEvent]],
    now: datetime,
) -> None:
    event = LoanEvent(
        loan_id=loan.id,
        no=len(events[loan.id]) + 1,
        kind=EventKind.REPAID,
        on=cash.on,
        principal=allocation.principal.minor,
        interest=allocation.interest.minor,
        claim_change=-allocation.cash.minor,
    )
    events[loan.id].append(event)
    keys = postings.repayment_keys(loan, allocation, cash)
    store.add_events(tx, [store.Booked(event, cash.document_id, tuple(keys.values()))], now)
    if allocation.principal.minor:
        move = Move(
            derived_id("release", str(loan.id), str(event.no)),
            loan.reservation_id,
            allocation.principal,
        )
        release(tx, [move], now)
    if allocation.residual.minor:
        payment = store.Payment(
            id=derived_id("payment", str(loan.id), "residual", str(cash.id)),
            loan_id=loan.id,
            kind="residual",
            payee_uscc=loan.supplier_uscc,
            amount=allocation.residual,
            transfer=keys["residual"],
            paid_on=cash.on,
        )
        store.add_payments(tx, [payment], now)
        append(tx, [Entry("payment", payment.id, facts.payment_body(payment))])
    facts.tell_repaid(tx, loan, event, now)


def _case(
    kind: CaseKind, loan: UUID | None, document: UUID, amount: Money, on: date
) -> store.ServicingCase:
    identity = derived_id("case", kind, str(loan), str(document))
    return store.ServicingCase(identity, kind, loan, document, amount, on)
