"""What each ask is about: decision or loan, then receivable, then programme, and whose it is."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from heliu.credit.applications.api import applications, receivables_query
from heliu.credit.instants import errors
from heliu.credit.instants.case import Case, Till, key_of, live
from heliu.credit.instants.domain import ActKind, Ask
from heliu.credit.instants.store import acts_query
from heliu.credit.limits.api import holdings, set_limits
from heliu.credit.loans.api import loans_by_id, loans_query
from heliu.ground.db import Tx


def foresee(tx: Tx, till: Till, asks: Sequence[Ask]) -> None:
    """Read in one round trip what asks nearly always need: what is about new financings is new."""
    about = [
        ask.subject for ask in asks if ask.kind in (ActKind.CREDIT_DECISION, ActKind.FINANCING)
    ]
    financed = [ask.subject for ask in asks if ask.kind is ActKind.FINANCING]
    queries = [acts_query([ask.key for ask in asks])]
    if unknown := till.shelf.unknown(about):
        queries.append(receivables_query(unknown))
    if financed:
        queries.append(loans_query(financed))
    tx.foresee(*queries)


def load(tx: Tx, till: Till, cases: list[Case], on: date, now: datetime) -> None:
    """Find what the cases are about; what is unknown or another's is refused."""
    _load_decisions(tx, live(cases, ActKind.DRAWDOWN))
    _load_loans(tx, live(cases, ActKind.PAYMENT))
    found = live(cases, *ActKind)
    receivables = till.shelf.receivables(tx, [_receivable_id(case) for case in found])
    codes = {receivable.programme for receivable in receivables.values()}
    programmes = till.shelf.programmes(tx, codes, on, now)
    for case in found:
        receivable = receivables.get(_receivable_id(case))
        if receivable is None:
            case.refusal = errors.unknown_subject("receivable", case.ask.subject)
        elif case.ask.party not in (None, receivable.supplier):
            case.refusal = errors.not_yours(_noun(case), case.ask.subject)
        elif (programme := programmes.get(receivable.programme)) is None:
            case.refusal = errors.programme_not_in_force(receivable.programme)
        else:
            case.receivable, case.programme = receivable, programme
    sound = live(cases, *ActKind)
    set_limits(tx, till.shelf.unlimited((case.terms, case.owed.supplier) for case in sound))


def hold_key(application: UUID) -> UUID:
    """The reservation that a credit decision holds until it is drawn or expires."""
    return key_of(application, "hold")


def _receivable_id(case: Case) -> UUID:
    if case.application is not None:
        return case.application.receivable_id
    if case.loan is not None:
        return case.loan.receivable_id
    return case.ask.subject


def _noun(case: Case) -> str:
    match case.ask.kind:
        case ActKind.DRAWDOWN:
            return "credit_decision"
        case ActKind.PAYMENT:
            return "drawdown"
        case ActKind.CREDIT_DECISION | ActKind.FINANCING:
            return "receivable"


def _load_decisions(tx: Tx, cases: Sequence[Case]) -> None:
    if not cases:
        return
    found = applications(tx, [case.ask.subject for case in cases])
    held = holdings(tx, [hold_key(case.ask.subject) for case in cases])
    for case in cases:
        case.application = found.get(case.ask.subject)
        case.held = held.get(hold_key(case.ask.subject))
        if case.application is None:
            case.refusal = errors.unknown_subject("credit_decision", case.ask.subject)


def _load_loans(tx: Tx, cases: Sequence[Case]) -> None:
    if not cases:
        return
    found = loans_by_id(tx, [case.ask.subject for case in cases])
    for case in cases:
        case.loan = found.get(case.ask.subject)
        if case.loan is None:
            case.refusal = errors.unknown_subject("drawdown", case.ask.subject)
