"""E秒授信: ask for what the evidence supports, let the verdict answer, hold it on the limits."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from heliu.credit.applications.api import Apply, apply, requested
from heliu.credit.instants import bodies, errors
from heliu.credit.instants.case import Case, Till, key_of, part_of
from heliu.credit.instants.domain import ActKind
from heliu.credit.instants.loading import hold_key
from heliu.credit.limits.api import LimitExceeded, Reserve, axes, reserve
from heliu.credit.loans.api import limit_exceeded, minimum_draw
from heliu.decisions.features.api import Pair, PairFeatures
from heliu.flows.confluence.api import findings_of
from heliu.ground.db import Tx

# How long a credit decision holds its amount on the limits.
DECISION_HOLDS: Final = timedelta(minutes=30)


def decide(tx: Tx, till: Till, cases: Sequence[Case], on: date, now: datetime) -> None:
    """Decide each case on its receivable and the features of its pair as of `on`."""
    asking = []
    for case in cases:
        most = requested(case.terms, case.owed)
        case.amount = part_of(case.ask.amount, most)
        if case.amount is None:
            case.refusal = errors.amount_invalid(most)
        else:
            asking.append(case)
    if not asking:
        return
    pairs = till.shelf.pairs(tx, list(dict.fromkeys(map(_pair, asking))), on)
    commands = [_command(till, case, pairs[_pair(case)], on) for case in asking]
    decisions = apply(tx, till.actor, commands, till.policy, now)
    for case, decided in zip(asking, decisions, strict=True):
        case.decided, case.application = decided, decided.application
        case.amount, case.result = decided.application.approved, decided.application.id
    _refuse(tx, [c for c in asking if c.ask.kind is ActKind.FINANCING])


def _refuse(tx: Tx, cases: Sequence[Case]) -> None:
    """A financing that is not approved ends here, with what its papers lack."""
    refused = [(case, case.decided.verdict) for case in cases if case.decided is not None]
    refused = [(case, verdict) for case, verdict in refused if not verdict.approved]
    found = findings_of(tx, [case.owed.verification_id for case, _ in refused])
    for case, verdict in refused:
        findings = bodies.findings_body(found.get(case.owed.verification_id, []))
        case.refusal = errors.decision_refused(verdict, findings)


def hold(tx: Tx, cases: Sequence[Case], now: datetime) -> None:
    """A decision on its own holds what it approved on every limit, until it expires."""
    approved = [case for case in cases if case.drawing.approved.minor]
    outcomes = reserve(tx, [_reserve(case, now) for case in approved], now)
    for case, outcome in zip(approved, outcomes, strict=True):
        if isinstance(outcome, LimitExceeded):
            case.refusal = limit_exceeded(outcome)
        else:
            case.amount, case.expires_at = outcome.amount, now + DECISION_HOLDS


def _pair(case: Case) -> Pair:
    return Pair(case.owed.supplier, case.owed.buyer)


def _command(till: Till, case: Case, pair: PairFeatures, on: date) -> Apply:
    enrolled = till.shelf.enrolled(case.terms, case.owed.supplier) is not None
    key = key_of(case.ask.key, "decision")
    return Apply(key, case.owed, case.terms, case.wanted, pair, enrolled, on)


def _reserve(case: Case, now: datetime) -> Reserve:
    amount = case.drawing.approved
    lines = axes(case.terms, case.drawing.supplier_uscc)
    expires_at = now + DECISION_HOLDS
    return Reserve(hold_key(case.drawing.id), amount, minimum_draw(amount), lines, expires_at)
