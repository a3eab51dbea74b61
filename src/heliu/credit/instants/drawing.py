"""E秒放款: claim, limit, loan, journal, the supplier's money, facts and evidence at once."""

from collections.abc import Sequence
from datetime import date, datetime

from heliu.credit.instants import errors
from heliu.credit.instants.case import Case, Till, part_of
from heliu.credit.instants.domain import ActKind
from heliu.credit.instants.loading import hold_key
from heliu.credit.loans.api import Disburse, disburse
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


def draw(tx: Tx, till: Till, cases: Sequence[Case], on: date, now: datetime) -> None:
    """Open and pay a loan for each case that was decided just now or holds its decision."""
    outcomes = disburse(tx, till.ledger, till.actor, [_command(case, on) for case in cases], now)
    for case, outcome in zip(cases, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            case.refusal = outcome
        elif outcome.again or outcome.loan.application_id != case.drawing.id:
            case.refusal = errors.already_financed(outcome.loan.receivable_id, outcome.loan.id)
        else:
            case.disbursed, case.loan, case.result = outcome, outcome.loan, outcome.loan.id
            case.payment, case.paid = outcome.payment.id, outcome.payment.amount


def check_hold(case: Case, now: datetime) -> None:
    """A drawdown takes what its decision still holds, or the part it asks for."""
    decision, held = case.drawing, case.held
    if not decision.approved.minor:
        case.refusal = errors.decision_spent(decision.id, "refused", None)
    elif held is None or held.utilised or not held.reserved:
        expired = held is not None and not held.utilised
        why = "expired" if expired else "drawn"
        case.refusal = errors.decision_spent(decision.id, why, held.expires_at if held else None)
    elif held.expires_at is not None and held.expires_at <= now:
        case.refusal = errors.decision_spent(decision.id, "expired", held.expires_at)
    else:
        most = Money(held.reserved, held.currency)
        case.amount = part_of(case.ask.amount, most)
        if case.amount is None:
            case.refusal = errors.amount_invalid(most)


def _command(case: Case, on: date) -> Disburse:
    reserved = hold_key(case.drawing.id) if case.ask.kind is ActKind.DRAWDOWN else None
    return Disburse(case.drawing, case.terms, case.owed, case.wanted, reserved, on)
