"""One case with its evidence and playbook; rulings by two persons, contacts and promises."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from heliu.channels.console import case_words, queues
from heliu.channels.console.desk import pages
from heliu.channels.console.playbooks import playbook
from heliu.channels.console.queues import QUEUE_TEXT, WEIGHT_TEXT, Item
from heliu.channels.console.store_cases import CaseAct, How, Queue
from heliu.channels.console.words import KIND_TEXT
from heliu.channels.pages.api import Answer, Visit, amount, page, see_other, unknown
from heliu.credit.collection.api import Contact, Law, Promise, case_file, contact, promise, shipped
from heliu.flows.intake.api import find_documents
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Person, Right
from heliu.payments.orders.api import (
    Ruling,
    State,
    history_of,
    open_cases,
    propose_ruling,
    release_ruling,
    rulings_on,
)

RELEASE: Final = "console.release_ruling"
_HOW: Final = {
    How.WAITING: Text("即将发出", "about to be sent"),
    How.SENT: Text("已发出", "sent"),
    How.TAKEN_BACK: Text("已撤回", "taken back"),
    How.REFUSED: Text("被拒绝", "refused"),
}
_ACT: Final = {CaseAct.TAKE: Text("我来办", "taken"), CaseAct.CLOSE: Text("办结", "closed")}
_VERDICT: Final = {
    State.SETTLED: Text("收款人已收到", "the payee has the money"),
    State.REJECTED: Text("没有付出，退回付款人", "it was not paid and goes back to the payer"),
}


@pages.get("/console/cases/{queue}/{id}", Right.CASES_READ)
def case(visit: Visit, queue: str, id: UUID) -> Answer:
    """Everything known about one case, and what may be done."""
    return _case(visit, queue, id)


@pages.post("/console/cases/payments/{id}/rule", Right.CASES_WORK)
def rule(visit: Visit, id: UUID) -> Answer:
    """Say what became of a payment the rail left open; another person releases it."""
    verdict = visit.form.choice("verdict", State)
    because = visit.form.text("because", most=500)
    if visit.form.errors or verdict not in _VERDICT:
        return _case(visit, Queue.PAYMENTS, id, status=422)
    with visit.transaction() as tx:
        order = _order(tx, id)
        propose_ruling(tx, visit.actor, order, verdict, because, visit.bank.clock.now())
    return see_other(f"/console/cases/payments/{id}")


@pages.post("/console/cases/payments/{id}/release", Right.CASES_WORK)
def release(visit: Visit, id: UUID) -> Answer:
    """Let a ruling count, signed, by another person than who proposed it: the money moves."""
    ruling = UUID(json.loads(visit.signed(RELEASE).payload)["ruling"])
    with visit.posting() as (tx, ledger):
        if _ruling(tx, _order(tx, id)) is None:
            raise unknown()
        release_ruling(tx, ledger, visit.actor, ruling, visit.bank.clock.now())
    return see_other("/console/cases?queue=payments")


@pages.post("/console/cases/collection/{id}/contact", Right.CASES_WORK)
def try_contact(visit: Visit, id: UUID) -> Answer:
    """Ask leave to try the debtor once now; refused beyond the limits of law and policy."""
    channel = visit.form.text("channel", most=40)
    with visit.transaction() as tx:
        law = Law(visit.rules, shipped())
        asked = Contact(visit.key, id, channel)
        (told,) = contact(tx, visit.actor, [asked], law, visit.bank.clock.now())
    if isinstance(told, Refusal):
        raise told
    return see_other(f"/console/cases/collection/{id}")


@pages.post("/console/cases/collection/{id}/promise", Right.CASES_WORK)
def promised(visit: Visit, id: UUID) -> Answer:
    """Record that the debtor promises an amount by a date."""
    fen, due_on = visit.form.money("amount"), visit.form.date("due_on")
    if fen is None or due_on is None:
        return _case(visit, Queue.COLLECTION, id, status=422)
    with visit.transaction() as tx:
        law = Law(visit.rules, shipped())
        asked = Promise(visit.key, id, Money(fen, "CNY"), due_on)
        (told,) = promise(tx, visit.actor, [asked], law, visit.bank.clock.now())
    if isinstance(told, Refusal):
        raise told
    return see_other(f"/console/cases/collection/{id}")


def _case(visit: Visit, queue: str, id_: UUID, status: int = 200) -> Answer:
    if queue not in set(Queue):
        raise unknown()
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        found = {one.id: one for one in queues.items(tx, Queue(queue), on)}
        one = found.get(id_)
        if one is None:
            raise unknown()
        people = queues.owners(tx, [one])
        ruling, presented = _to_release(visit, tx, one)
        model = {
            "facts": _facts(visit, tx, one),
            "evidence": _evidence(visit, tx, one),
            "history": _history(visit, tx, one),
        }
    contacts = None
    if one.queue is Queue.COLLECTION:
        contacts = [(channel, channel) for channel in sorted(shipped().channels)]
    return page(
        "console/case.html",
        status=status,
        one=one,
        name=QUEUE_TEXT[one.queue],
        weight=WEIGHT_TEXT[one.weight],
        findings=_findings(one),
        playbook=playbook(one),
        said=_said(visit, one, people),
        ruling=ruling,
        presented=presented,
        contacts=contacts,
        form=visit.form,
        may_work=visit.may(Right.CASES_WORK),
        closes=case_words.takes(one.queue, CaseAct.CLOSE),
        **model,
    )


def _facts(visit: Visit, tx: Tx, one: Item) -> list[tuple[str, str]]:
    """Label and value of what is known, in the visitor's language."""
    del tx
    pairs: list[tuple[Text, str]] = [
        (Text("对象", "About"), _in(visit, one.about)),
        (Text("起于", "Since"), one.on.isoformat()),
    ]
    if one.amount:
        money = f"{amount(one.amount.minor)} {one.amount.currency}"
        pairs.append((Text("金额", "Amount"), money))
    detail = one.detail
    if one.queue is Queue.FINDINGS:
        pairs += [
            (Text("发票金额", "Invoiced"), amount(detail["invoiced"])),
            (Text("可融资金额", "Eligible"), amount(detail["eligible"])),
            (Text("买方", "Buyer"), detail["buyer"]),
        ]
    elif one.queue is Queue.WARNINGS:
        seen = detail["warning"].seen.figures
        pairs += [(Text(name, name), value) for name, value in seen.items()]
        pairs.append((Text("涉及融资", "Loans"), str(len(detail["warning"].loans))))
    elif one.queue is Queue.COLLECTION:
        late = detail["waiting"].arrears
        pairs += [
            (Text("未还本金", "Principal"), amount(late.principal)),
            (Text("逾期天数", "Days late"), str(late.days_late)),
            (Text("今日已联系", "Contacts today"), str(detail["waiting"].contacts_today)),
            (Text("预警", "Warnings"), str(detail["waiting"].warnings)),
        ]
    elif one.queue is Queue.PAYMENTS and detail["order"]:
        pairs.append((Text("状态", "State"), detail["order"].state.value))
    return [(_in(visit, label), value) for label, value in pairs]


def _evidence(visit: Visit, tx: Tx, one: Item) -> list[tuple[str, str, str, str]]:
    ids: Sequence[UUID] = ()
    if one.queue is Queue.FINDINGS:
        ids = one.detail["documents"]
    elif one.queue is Queue.WARNINGS:
        ids = one.detail["warning"].seen.evidence
    elif one.queue is Queue.CASH and one.detail["document"]:
        ids = [one.detail["document"]]
    filed = find_documents(tx, list(ids))
    return [
        (
            *(_in(visit, KIND_TEXT[f.document.kind]), f.document.number),
            f.document.issued_on.isoformat() if f.document.issued_on else "",
            f.sha256[:16],
        )
        for f in filed.values()
    ]


def _history(visit: Visit, tx: Tx, one: Item) -> list[tuple[str, str, str, str, str]]:
    if one.queue is Queue.PAYMENTS and one.detail["order"]:
        return [
            (e.kind.value, f"{e.on} · {e.reason or ''}", "d-info", "", "")
            for e in history_of(tx, [one.detail["order"].id])
        ]
    if one.queue is Queue.COLLECTION:
        file = case_file(tx, one.id, visit.bank.clock.today())
        moved = [(e.kind.value, f"{e.on} · {e.step}", "d-info", "", "") for e in file.events]
        said = [
            (f"{amount(p.amount)} · {state.value}", p.due_on.isoformat(), "d-calendar-dots", "", "")
            for p, state, _ in file.promises
        ]
        return [*moved, *said]
    if one.queue is Queue.WARNINGS:
        told = one.detail["warning"].events
        return [(e.kind.value, f"{e.on} · {e.reason}", "d-info", "", "") for e in told]
    return []


def _findings(one: Item) -> list[tuple[Text, Text, str]]:
    if one.queue is not Queue.FINDINGS:
        return []
    found = one.detail["findings"]
    return [(Text(*f["message"]), Text(*f["cure"]), f["severity"]) for f in found]


def _said(visit: Visit, one: Item, people: dict[UUID, Person]) -> list[tuple[Any, ...]]:
    return [
        (
            f"{people[w.person].name} · {_in(visit, _ACT[w.act])}",
            f"{w.said_at:%Y-%m-%d %H:%M} UTC · {_in(visit, _HOW[w.how])} {w.reason}",
            *("d-user-circle", "", ""),
        )
        for w in reversed(one.words)
    ]


def _to_release(visit: Visit, tx: Tx, one: Item) -> tuple[Any, Any]:
    """The ruling on it ("" where one may be proposed, None where none is), and it to be signed."""
    if one.queue is not Queue.PAYMENTS or one.detail["order"] is None:
        return None, None
    open_ones = [r for r in one.detail["rulings"] if r.released_by is None]
    if not open_ones:
        return "", None
    ruling: Ruling = open_ones[-1]
    if ruling.proposed_by == visit.actor.id or not visit.may(Right.CASES_WORK):
        return ruling, None
    sum_, verdict = amount(one.amount.minor if one.amount else 0), _VERDICT[ruling.verdict]
    text = Text(
        f"放行裁定：付款 {_in_zh(one)} 金额 {sum_} 元，{verdict.zh}。依据：{ruling.because}",
        f"Release the ruling on payment {_in_zh(one)} of {sum_} yuan: {verdict.en}. "
        f"It rests on: {ruling.because}",
    )
    payload = json.dumps({"ruling": str(ruling.id)}).encode()
    return ruling, visit.present(tx, RELEASE, text, payload)


def _order(tx: Tx, case_id: UUID) -> UUID:
    found = next((one for one in open_cases(tx) if one.id == case_id), None)
    if found is None or found.order_id is None:
        raise unknown()
    return found.order_id


def _ruling(tx: Tx, order: UUID) -> Ruling | None:
    return next((r for r in rulings_on(tx, [order]) if r.released_by is None), None)


def _in_zh(one: Item) -> str:
    return one.about.zh


def _in(visit: Visit, text: Text) -> str:
    return text.en if visit.language == "en" else text.zh
