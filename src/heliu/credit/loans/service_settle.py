"""Use cases of the loans desk after disbursement: the buyer's cash, and later credit notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.books.evidence.api import Entry, append
from heliu.books.ledger.api import Ledger, Transfer
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
from heliu.flows.verification.api import TradeCase, dilution
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
    """A credit note (by its document id) in the case of a receivable that may be financed."""

    document_id: UUID
    case: TradeCase
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
    till = _Till(tx, ledger, now, {loan.id: loan for loan in loans}, events)
    return [till.settle(cash, accounts) for cash in new]


def dilute(tx: Tx, commands: Sequence[Dilute], now: datetime) -> list[store.ServicingCase]:
    """Lower financed receivables by credit notes; each that takes something off opens a case.

    A credit note that is known already does nothing.
    """
    known = store.diluted_by(tx, [command.document_id for command in commands])
    loans = store.loans_of(tx, [command.case.invoice.id for command in commands])
    history = store.events_of(tx, [loan.id for loan in loans.values()])
    cases: list[store.ServicingCase] = []
    for command in commands:
        loan = loans.get(command.case.invoice.id)
        if loan is None or loan.id in known:
            continue
        events = [booked.event for booked in history[loan.id]]
        debt = debt_on(loan, events, command.on)
        others = frozenset(f.id for f in command.case.credit_notes) - {command.document_id}
        taken = dilution(command.case, debt.claim, debt.total, others).diluted
        if not taken.minor:
            continue
        event = LoanEvent(
            loan.id, len(events) + 1, EventKind.DILUTED, command.on, 0, 0, claim_change=-taken.minor
        )
        booked = store.Booked(event, command.document_id, ())
        history[loan.id].append(booked)
        store.add_events(tx, [booked], now)
        cases.append(_case(CaseKind.DILUTION, loan.id, command.document_id, taken, command.on))
    store.add_cases(tx, cases, now)
    facts.tell_cases(tx, cases, now)
    return cases


@dataclass(slots=True)
class _Till:
    """Receipts of one batch, one after the other, on the same loans."""

    tx: Tx
    ledger: Ledger
    now: datetime
    loans: Mapping[UUID, Loan]
    events: Mapping[UUID, list[LoanEvent]]

    def settle(self, cash: CashIn, accounts: Mapping[str, str]) -> Settled:
        """Plan, post and record one receipt."""
        named = match_loans(cash, list(self.loans.values()))
        debts = {loan.id: debt_on(loan, self.events[loan.id], cash.on) for loan in named}
        settlement = settle(cash, named, debts, accounts)
        receipt, shares = self._post(cash, settlement, debts)
        store.add_cash(self.tx, cash, settlement.unapplied, self.now)
        for allocation in settlement.allocations:
            self._repay(allocation, cash, shares[allocation.loan_id])
        cases = [
            _case(kind, loan, cash.document_id, amount, cash.on)
            for kind, loan, amount in settlement.cases
        ]
        store.add_cases(self.tx, cases, self.now)
        facts.tell_cases(self.tx, cases, self.now)
        keys = (*receipt, *(key for share in shares.values() for key in share))
        return Settled(cash, settlement, tuple(cases), keys)

    def _post(
        self, cash: CashIn, settlement: Settlement, debts: Mapping[UUID, Debt]
    ) -> tuple[tuple[UUID, ...], dict[UUID, tuple[UUID, ...]]]:
        loans = {a.loan_id: self.loans[a.loan_id] for a in settlement.allocations}
        currency = cash.amount.currency
        ids = postings.accounts(self.tx, self.ledger, list(loans.values()), currencies=[currency])
        receipt = postings.receipt(cash, ids)
        shares: dict[UUID, list[Transfer]] = {
            a.loan_id: postings.repayment(loans[a.loan_id], a, debts[a.loan_id], cash, ids)
            for a in settlement.allocations
        }
        posted = [*receipt, *(transfer for share in shares.values() for transfer in share)]
        refusals = [answer.refusal for answer in self.ledger.post(self.tx, posted)]
        if refused := next((refusal for refusal in refusals if refusal is not None), None):
            # The plan was made from the same books under lock: a refusal here is a broken fold.
            raise Fault(f"the ledger refused a settlement: {refused.code}")
        return _keys(receipt), {loan: _keys(share) for loan, share in shares.items()}

    def _repay(self, allocation: Allocation, cash: CashIn, transfers: tuple[UUID, ...]) -> None:
        loan, events = self.loans[allocation.loan_id], self.events[allocation.loan_id]
        event = LoanEvent(
            loan_id=loan.id,
            no=len(events) + 1,
            kind=EventKind.REPAID,
            on=cash.on,
            principal=allocation.principal.minor,
            interest=allocation.interest.minor,
            claim_change=-allocation.cash.minor,
        )
        events.append(event)
        store.add_events(self.tx, [store.Booked(event, cash.id, transfers)], self.now)
        if allocation.principal.minor:
            key = derived_id("release", str(loan.id), str(event.no))
            release(self.tx, [Move(key, loan.reservation_id, allocation.principal)], self.now)
        if allocation.residual.minor:
            self._pay_residual(loan, allocation.residual, cash)
        facts.tell_repaid(self.tx, loan, event, self.now)

    def _pay_residual(self, loan: Loan, amount: Money, cash: CashIn) -> None:
        payment = store.Payment(
            id=derived_id("payment", str(loan.id), "residual", str(cash.id)),
            loan_id=loan.id,
            kind="residual",
            payee_uscc=loan.supplier_uscc,
            amount=amount,
            transfer=postings.residual_key(loan, cash),
            paid_on=cash.on,
        )
        store.add_payments(self.tx, [payment], self.now)
        append(self.tx, [Entry("payment", payment.id, facts.payment_body(payment))])


def _keys(transfers: Sequence[Transfer]) -> tuple[UUID, ...]:
    return tuple(transfer.key for transfer in transfers)


def _case(
    kind: CaseKind, loan: UUID | None, document: UUID, amount: Money, on: date
) -> store.ServicingCase:
    identity = derived_id("case", kind, str(loan), str(document))
    return store.ServicingCase(identity, kind, loan, document, amount, on)
