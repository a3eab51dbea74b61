"""The queues: what waits for a person, in one shape, whichever desk it belongs to.

A case is new until somebody takes it, and open until its desk (or, where the desk has no such
act, a person's word) says it is over. Pure but for reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from heliu.channels.console import store_cases
from heliu.channels.console.store_cases import CaseAct, How, Queue, Word
from heliu.credit.collection.api import queue as overdue
from heliu.credit.collection.api import shipped as policy
from heliu.credit.loans.api import CaseKind, cases, waiting
from heliu.flows.confluence.api import standing_findings
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.oversight.monitoring.api import Raised, WarningEventKind, by_party, shipped, standing
from heliu.parties.identity.api import Person, persons
from heliu.payments.orders.api import open_cases, orders_by_id, rulings_on

MOST: Final = 500
_SOON: Final = 30


class Weight(IntEnum):
    """How pressing a case is; the heaviest is worked first."""

    HIGH = 1
    MIDDLE = 2
    LOW = 3


WEIGHT_TEXT: Final[Mapping[Weight, tuple[Text, str]]] = {
    Weight.HIGH: (Text("紧急", "urgent"), "bad"),
    Weight.MIDDLE: (Text("重要", "serious"), "warn"),
    Weight.LOW: (Text("一般", "ordinary"), "info"),
}
QUEUE_TEXT: Final[Mapping[Queue, Text]] = {
    Queue.FINDINGS: Text("核验发现", "Findings"),
    Queue.CASH: Text("回款差异", "Cash"),
    Queue.WARNINGS: Text("预警", "Warnings"),
    Queue.COLLECTION: Text("催收", "Collection"),
    Queue.PAYMENTS: Text("付款差错", "Payments"),
}
CASH_TEXT: Final[Mapping[CaseKind, Text]] = {
    CaseKind.SHORT_PAYMENT: Text("买方少付", "The buyer paid less than it owes"),
    CaseKind.LATE_PAYMENT: Text("买方迟付", "The buyer paid late"),
    CaseKind.OVERPAYMENT: Text("买方多付", "The buyer paid more than it owes"),
    CaseKind.WRONG_PAYER: Text("付款人不是买方", "Somebody else than the buyer paid"),
    CaseKind.UNIDENTIFIED: Text("回款无法对应发票", "No invoice is known for this money"),
    CaseKind.DILUTION: Text("应收账款被抵减", "The receivable was reduced"),
}
_SUSPENSE: Final = Text("待认领回款挂账", "Money in suspense")
_HEAVY_CASH: Final = frozenset({CaseKind.WRONG_PAYER, CaseKind.DILUTION})
_LIGHT_CASH: Final = frozenset({CaseKind.LATE_PAYMENT})
_WEIGHT_OF_WARNING: Final = {"critical": Weight.HIGH, "serious": Weight.MIDDLE}


@dataclass(frozen=True, slots=True)
class Item:
    """One case as a queue shows it; `words` are what staff said of it, oldest first."""

    queue: Queue
    id: UUID
    title: Text
    about: Text
    weight: Weight
    on: date
    amount: Money | None
    words: tuple[Word, ...] = ()
    over: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def href(self) -> str:
        """Its page."""
        return f"/console/cases/{self.queue}/{self.id}"

    @property
    def owner(self) -> UUID | None:
        """Who works on it: the last who took it."""
        taken = [w.person for w in self.words if w.act is CaseAct.TAKE and w.how is How.SENT]
        return taken[-1] if taken else None

    @property
    def closed(self) -> bool:
        """Whether nobody needs to look any more."""
        return self.over or any(w.act is CaseAct.CLOSE and w.how is How.SENT for w in self.words)

    @property
    def pending(self) -> Word | None:
        """The word on it that may still be taken back."""
        return next((w for w in self.words if w.how is How.WAITING), None)

    @property
    def refused(self) -> Text | None:
        """Why its desk refused the last word on it."""
        return self.words[-1].why if self.words else None

    def age(self, on: date) -> int:
        """Days it has waited on business date `on`."""
        return max(0, (on - self.on).days)


def items(tx: Tx, queue: Queue, on: date) -> list[Item]:
    """The cases of a queue, most pressing first, closed ones with their queue's last."""
    found = _READ[queue](tx, on)
    said: dict[UUID, list[Word]] = {}
    for word in store_cases.words_of(tx, queue, [one.id for one in found]):
        said.setdefault(word.case_id, []).append(word)
    with_words = [
        Item(
            *(one.queue, one.id, one.title, one.about, one.weight, one.on, one.amount),
            *(tuple(said.get(one.id, ())), one.over, one.detail),
        )
        for one in found
    ]
    return sorted(with_words, key=lambda one: (one.closed, one.weight, one.on, one.id))


def owners(tx: Tx, found: Sequence[Item]) -> dict[UUID, Person]:
    """The people who said something of these cases."""
    return persons(tx, sorted({word.person for one in found for word in one.words}))


def _findings(tx: Tx, on: date) -> list[Item]:
    del on
    found = []
    for one in standing_findings(tx, MOST):
        weighty = [f for f in one["findings"] if f["severity"] != "notice"]
        first = weighty[0]
        blocked = any(f["severity"] == "blocking" for f in weighty)
        more = f" +{len(weighty) - 1}" if len(weighty) > 1 else ""
        missing = Money(max(0, one["invoiced"] - one["eligible"]), one["currency"])
        message = Text(*first["message"])
        title = Text(message.zh + more, message.en + more)
        weight = Weight.MIDDLE if blocked else Weight.LOW
        about = Text(one["seller"], one["seller"])
        found.append(
            Item(Queue.FINDINGS, one["id"], title, about, weight, one["as_of"], missing, detail=one)
        )
    return found


def _cash(tx: Tx, on: date) -> list[Item]:
    del on
    named = [
        Item(
            *(Queue.CASH, one.id, CASH_TEXT[one.kind], _short(one.document_id)),
            *(_cash_weight(one.kind), one.opened_on, one.amount),
            detail={"loan": one.loan_id, "document": one.document_id, "kind": one.kind},
        )
        for one in cases(tx)
    ]
    held = [
        Item(
            *(Queue.CASH, one.id, _SUSPENSE, _short(one.id), Weight.MIDDLE, one.booked_on),
            one.left,
            detail={"loan": None, "document": None, "kind": None},
        )
        for one in waiting(tx)
    ]
    return [*named, *held]


def _cash_weight(kind: CaseKind) -> Weight:
    if kind in _HEAVY_CASH:
        return Weight.HIGH
    return Weight.LOW if kind in _LIGHT_CASH else Weight.MIDDLE


def _warnings(tx: Tx, on: date) -> list[Item]:
    del on
    book = shipped()
    return [_warning(one, book.rule(one.rule)) for one in standing(tx)]


def _warning(one: Raised, rule: Any) -> Item:
    subject = one.subject
    about = " / ".join(part for part in (subject.party, subject.other) if part)
    title = rule.name if rule else Text(one.rule, one.rule)
    return Item(
        *(Queue.WARNINGS, one.id, title, Text(about, about)),
        *(_WEIGHT_OF_WARNING.get(one.severity, Weight.LOW), one.raised_on, None),
        over=one.event(WarningEventKind.CLOSED) is not None,
        detail={"warning": one, "rule": rule},
    )


def _overdue(tx: Tx, on: date) -> list[Item]:
    found = []
    book = policy()
    for one in overdue(tx, on, by_party(tx)):
        case, late = one.case, one.arrears
        step = next((s for s in book.steps if s.step == case.last.step), None)
        name = step.name if step else Text("观察", "observed")
        days = Text(f"{name.zh} · 逾期 {late.days_late} 天", f"{name.en} · {late.days_late} days")
        weight = Weight.HIGH if late.days_late > _SOON else Weight.MIDDLE
        amount = Money(late.overdue, case.debtor.currency)
        about = Text(case.debtor.uscc, case.debtor.uscc)
        found.append(
            Item(
                *(Queue.COLLECTION, case.id, days, about, weight, case.opened_on, amount),
                detail={"waiting": one, "step": step},
            )
        )
    return found


def _payments(tx: Tx, on: date) -> list[Item]:
    del on
    open_now = open_cases(tx)
    ids = [one.order_id for one in open_now if one.order_id]
    orders, rulings = orders_by_id(tx, ids), rulings_on(tx, ids)
    found = []
    for one in open_now:
        order = orders.get(one.order_id) if one.order_id else None
        mine = [r for r in rulings if r.order_id == one.order_id]
        about = Text(order.end_to_end_id, order.end_to_end_id) if order else _short(one.id)
        found.append(
            Item(
                *(Queue.PAYMENTS, one.id, one.reason, about, Weight.HIGH, one.opened_on),
                order.order.amount if order else None,
                detail={"case": one, "order": order, "rulings": mine},
            )
        )
    return found


def _short(id_: UUID) -> Text:
    return Text(id_.hex[:12], id_.hex[:12])


_READ: Final = {
    Queue.FINDINGS: _findings,
    Queue.CASH: _cash,
    Queue.WARNINGS: _warnings,
    Queue.COLLECTION: _overdue,
    Queue.PAYMENTS: _payments,
}
