"""The three instant acts on a batch of whatever waited: E秒授信, E秒放款, E秒支付.

All asks of a batch are one transaction of the caller's. What an ask does is done by the desks
below; this one loads what they need, keeps the answers, and gives the same key the same answer.
Whoever opens the transaction holds the ledger: asks are answered one batch at a time.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from heliu.credit.instants import bodies, errors, store
from heliu.credit.instants.case import Case, Till, live
from heliu.credit.instants.deciding import decide, hold
from heliu.credit.instants.domain import ActKind, Answer, Ask
from heliu.credit.instants.drawing import check_hold, draw
from heliu.credit.instants.loading import foresee, load
from heliu.credit.instants.paying import amounts, check_payees, pay
from heliu.ground.db import Tx


def answer(tx: Tx, till: Till, asks: Sequence[Ask], on: date, now: datetime) -> list[Answer]:
    """One answer per ask, in order, on business day `on`; the same key gets the same answer.

    A key that comes with another request is refused and changes nothing.
    """
    till.ledger.hold(tx)
    foresee(tx, till, asks)
    known = store.acts(tx, [ask.key for ask in asks])
    cases = {ask.key: Case(ask) for ask in reversed(asks) if ask.key not in known}
    new = list(cases.values())[::-1]
    load(tx, till, new, on, now)
    decide(tx, till, live(new, ActKind.CREDIT_DECISION, ActKind.FINANCING), on, now)
    hold(tx, live(new, ActKind.CREDIT_DECISION), now)
    for case in live(new, ActKind.DRAWDOWN):
        check_hold(case, now)
    amounts(live(new, ActKind.PAYMENT))
    going = live(new, ActKind.DRAWDOWN, ActKind.FINANCING, ActKind.PAYMENT)
    check_payees(tx, till, going, on)
    draw(tx, till, live(new, ActKind.DRAWDOWN, ActKind.FINANCING), on, now)
    pay(tx, till, live(new, ActKind.FINANCING, ActKind.PAYMENT), on, now)
    kept = {case.ask.key: _kept(case) for case in new}
    bound = [kept[c.ask.key] for c in new if c.refusal is None or _binds(c)]
    store.add(tx, bound, now)
    return [_answer(ask, known, kept, cases) for ask in asks]


def _binds(case: Case) -> bool:
    return case.refusal is not None and case.refusal.code not in errors.PASSING


def _kept(case: Case) -> store.Act:
    ask, refused = case.ask, case.refusal is not None
    body = bodies.refusal_text(case.refusal) if case.refusal else _body(case).decode()
    programme = case.programme.code if case.programme else ""
    said = (ask.digest, ask.party, programme, ask.subject)
    return store.Act(ask.key, ask.kind, *said, None if refused else case.result, refused, body)


def _body(case: Case) -> bytes:
    parts = []
    if case.decided is not None:
        expires_at = case.expires_at.isoformat() if case.expires_at else None
        parts.append(bodies.decision_body(case.decided, case.wanted, expires_at))
    if case.disbursed is not None:
        parts.append(bodies.drawdown_body(case.disbursed))
    if case.loan is not None and case.payment is not None and case.paid is not None:
        parts.append(bodies.payment_body(case.payment, case.loan.id, case.paid, case.status))
    # A financing is named by itself, the other acts by what they made.
    named = case.ask.key if case.ask.kind is ActKind.FINANCING else case.result
    assert named is not None, "what was granted has made something"
    return bodies.act_body(named, case.ask.kind, *parts)


def _answer(
    ask: Ask,
    known: Mapping[UUID, store.Act],
    kept: Mapping[UUID, store.Act],
    cases: Mapping[UUID, Case],
) -> Answer:
    act = known.get(ask.key) or kept[ask.key]
    if act.digest != ask.digest or act.kind is not ask.kind:
        return Answer(None, b"", errors.other_body(ask.key), replayed=False)
    replayed = ask.key in known or cases[ask.key].ask is not ask
    if act.refused:
        return Answer(None, b"", bodies.read_refusal(act.body), replayed)
    named = act.id if act.kind is ActKind.FINANCING else act.result
    return Answer(named, act.body.encode(), None, replayed)
