"""Use cases of the loans desk after disbursement: the buyer's cash, and later credit notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.books.ledger.api import Ledger, Transfer
from heliu.credit.limits.api import Move, release
from heliu.credit.loans import facts, postings, store
from heliu.credit.loans.domain.loan import Debt, EventKind, Loan, LoanEvent, debt_on
from heliu.credit.loans.domain.settlement import (
    Allocation,
    CaseKind,
    CashIn,
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
class Repaid:
    """One loan's share of a receipt: how it is used, the event it makes, the debt it met."""

    allocation: Allocation
    event: LoanEvent
    debt: Debt


@dataclass(frozen=True, slots=True)
class Settled:
    """One receipt of cash: what it repaid, what stays in suspense, and the cases it opened."""

    cash: CashIn
    unapplied: Money
    repaid: tuple[Repaid, ...]
    cases: tuple[store.ServicingCase, ...]


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

    `accounts` is each buyer's own account by USCC. Returns the receipts that were new. Raises
    Fault if the ledger refuses what was planned from the same books.
    """
    known = store.known_cash(tx, [cash.id for cash in receipts])
    new = [cash for cash in receipts if cash.id not in known]
    if not new:
        return []
    numbers = {number for cash in new for number in references(cash.remittance)}
    loans = {loan.id: loan for loan in store.lock_by_invoice(tx, sorted(numbers))}
    history = store.events_of(tx, list(loans))
    events = {loan: [booked.event for booked in history[loan]] for loan in loans}
    settled = [_plan(cash, loans, events, accounts) for cash in new]
    _post(tx, ledger, settled, loans)
    _save(tx, settled, loans, now)
    return settled


def dilute(tx: Tx, commands: Sequence[Dilute], now: datetime) -> list[store.ServicingCase]:
    """Lower financed receivables by credit notes; each that takes something off opens a case.

    A credit note that is known already does nothing.
    """
    known = store.diluted_by(tx, [command.document_id for command in commands])
    loans = store.loans_of(tx, [command.case.invoice.id for command in commands])
    history = store.events_of(tx, [loan.id for loan in loans.values()])
    events = {loan: [booked.event for booked in history[loan]] for loan in history}
    diluted: list[store.Booked] = []
    cases: list[store.ServicingCase] = []
    for command in commands:
        loan = loans.get(command.case.invoice.id)
        if loan is None or (loan.id, command.document_id) in known:
            continue
        past = events[loan.id]
        debt = debt_on(loan, past, command.on)
        others = frozenset(f.id for f in command.case.credit_notes) - {command.document_id}
        taken = dilution(command.case, debt.claim, debt.total, others).diluted
        if not taken.minor:
            continue
        change = -taken.minor
        past.append(LoanEvent(loan.id, len(past) + 1, EventKind.DILUTED, command.on, 0, 0, change))
        diluted.append(store.Booked(past[-1], command.document_id, ()))
        cases.append(_case(CaseKind.DILUTION, loan.id, command.document_id, taken, command.on))
    store.add_events(tx, diluted, now)
    store.add_cases(tx, cases, now)
    facts.tell_cases(tx, cases, {loan.id: loan for loan in loans.values()}, now)
    return cases


def _plan(
    cash: CashIn,
    loans: Mapping[UUID, Loan],
    events: Mapping[UUID, list[LoanEvent]],
    accounts: Mapping[str, str],
) -> Settled:
    """What one receipt does; its repayments are added to `events`, which the next one sees."""
    named = match_loans(cash, list(loans.values()), accounts)
    debts = {loan.id: debt_on(loan, events[loan.id], cash.on) for loan in named}
    settlement = settle(cash, named, debts, accounts)
    repaid: list[Repaid] = []
    for allocation in settlement.allocations:
        past = events[allocation.loan_id]
        event = LoanEvent(
            loan_id=allocation.loan_id,
            no=len(past) + 1,
            kind=allocation.kind,
            on=cash.on,
            principal=allocation.principal.minor,
            interest=allocation.interest.minor,
            claim_change=-allocation.cash.minor,
        )
        past.append(event)
        repaid.append(Repaid(allocation, event, debts[allocation.loan_id]))
    cases = [
        _case(kind, loan, cash.document_id, amount, cash.on)
        for kind, loan, amount in settlement.cases
    ]
    return Settled(cash, settlement.unapplied, tuple(repaid), tuple(cases))


def _post(tx: Tx, ledger: Ledger, settled: Sequence[Settled], loans: Mapping[UUID, Loan]) -> None:
    touched = {r.event.loan_id: loans[r.event.loan_id] for s in settled for r in s.repaid}
    currencies = sorted({s.cash.amount.currency for s in settled})
    lost = any(r.event.kind is EventKind.RECOVERED for s in settled for r in s.repaid)
    ids = postings.accounts(tx, ledger, list(touched.values()), currencies=currencies, losses=lost)
    transfers: list[Transfer] = []
    for one in settled:
        transfers += postings.receipt(one.cash, ids)
        for r in one.repaid:
            loan = loans[r.event.loan_id]
            transfers += postings.repayment(loan, r.allocation, r.debt, one.cash, ids)
    refusals = [answer.refusal for answer in ledger.post(tx, transfers)]
    if refused := next((refusal for refusal in refusals if refusal is not None), None):
        # The plan was made from the same books under lock: a refusal here is a broken fold.
        raise Fault(f"the ledger refused a settlement: {refused.code}")


def _save(tx: Tx, settled: Sequence[Settled], loans: Mapping[UUID, Loan], now: datetime) -> None:
    repaid = [(s.cash, loans[r.event.loan_id], r) for s in settled for r in s.repaid]
    payments = [_residual(c, loan, r) for c, loan, r in repaid if r.allocation.residual.minor]
    cases = [case for one in settled for case in one.cases]
    store.add_cash(tx, [(one.cash, one.unapplied) for one in settled], now)
    store.add_events(
        tx,
        [
            store.Booked(
                r.event, cash.id, postings.repayment_keys(loan, r.allocation, r.debt, cash)
            )
            for cash, loan, r in repaid
        ],
        now,
    )
    store.add_payments(tx, payments, now)
    store.add_cases(tx, cases, now)
    release(tx, [_freed(loan, r) for _, loan, r in repaid if r.allocation.principal.minor], now)
    told = [(loan, r.event) for _, loan, r in repaid]
    regained = [one for one in told if one[1].kind is EventKind.RECOVERED]
    facts.tell_repaid(tx, [one for one in told if one not in regained], now)
    facts.tell_serviced(tx, regained, now)
    facts.tell_paid(tx, payments, now)
    facts.tell_cases(tx, cases, loans, now)
    leaves = [Entry("payment", p.id, facts.payment_body(p)) for p in payments]
    leaves += [facts.proof_of_event(facts.event_id(e), loan, e) for loan, e in regained]
    record(tx, leaves)


def _freed(loan: Loan, repaid: Repaid) -> Move:
    key = derived_id("release", str(loan.id), str(repaid.event.no))
    return Move(key, loan.reservation_id, repaid.allocation.principal)


def _residual(cash: CashIn, loan: Loan, repaid: Repaid) -> store.Payment:
    return store.Payment(
        id=derived_id("payment", str(loan.id), "residual", str(cash.id)),
        loan_id=loan.id,
        kind="residual",
        payee_uscc=loan.supplier_uscc,
        amount=repaid.allocation.residual,
        transfer=postings.residual_key(loan, cash),
        paid_on=cash.on,
    )


def _case(
    kind: CaseKind, loan: UUID | None, document: UUID, amount: Money, on: date
) -> store.ServicingCase:
    identity = derived_id("case", kind, str(loan), str(document))
    return store.ServicingCase(identity, kind, loan, document, amount, on)
