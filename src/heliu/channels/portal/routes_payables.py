"""Payables: the inbox with its filters, one payable with its whole trade, and what is proposed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from heliu.channels.pages.api import (
    Answer,
    Mark,
    Stage,
    Step,
    Trade,
    Visit,
    drawn_trade,
    page,
    see_other,
    trades,
)
from heliu.channels.portal import store, views
from heliu.channels.portal.desk import firm, pages
from heliu.channels.portal.papers import KIND_TEXT
from heliu.channels.portal.payables import (
    MATCH_TEXT,
    STATE_TEXT,
    Filter,
    Payable,
    State,
    chosen,
    sum_of,
)
from heliu.channels.portal.proposals import MAX_REASON, Act
from heliu.channels.portal.proposing import Propose
from heliu.channels.portal.proposing import propose as make
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

PAGE: Final = 100
_LIST: Final = "/portal/payables"
# What the supplier agreed with the bank is his: the buyer sees that money was lent, not how much.
_NOT_HIS: Final = frozenset({Stage.DECISION})
_PAPERS: Final = frozenset({Stage.ORDER, Stage.DESPATCH, Stage.RECEIPT, Stage.INVOICE})
_NO_AMOUNT: Final = frozenset({Stage.FINANCING, Stage.PAYMENT, Stage.REPAYMENT})
_NONE_CHOSEN: Final = Text("请先勾选应付", "tick some payables first")
_SAY_WHY: Final = Text("提出争议须写明原因", "a dispute needs its reason")


@pages.get("/portal/payables", Right.PAYABLES_READ)
def listed(visit: Visit) -> Answer:
    """What the enterprise owes, filtered; ticked ones are proposed together."""
    return _listed(visit)


@pages.get("/portal/payables/{id}", Right.PAYABLES_READ)
def one(visit: Visit, id: UUID) -> Answer:
    """One payable: its papers matched line by line, the graph of its trade, what may be said."""
    return _one(visit, id)


@pages.post("/portal/payables/propose", Right.PAYABLES_PROPOSE)
def propose(visit: Visit) -> Answer:
    """What was ticked (or all that the filter keeps) becomes one proposal for the checker."""
    form = visit.form
    act = form.choice("act", Act) or Act.CONFIRM
    reason = form.text("reason", most=MAX_REASON, needed=False)
    if act is Act.DISPUTE and not reason:
        form.wrong("reason", _SAY_WHY)
    every = form.flag("all")
    ids = _ids(form.many("id"))
    if not ids and not every:
        form.wrong("id", _NONE_CHOSEN)
    if form.errors:
        alone = form.shown("alone")
        return _one(visit, UUID(alone), 422) if _ids([alone]) else _listed(visit, 422)
    buyer, on = firm(visit), visit.bank.clock.today()
    with visit.transaction() as tx:
        store.take_turn(tx, buyer)
        payables = _all(tx, visit) if every else views.these(tx, buyer, ids, on)
        wanted = Propose(visit.key, buyer, act, reason, visit.person.id)
        make(tx, wanted, payables, visit.now)
    return see_other(f"/portal/proposals/{visit.key}")


def _listed(visit: Visit, status: int = 200) -> Answer:
    on, buyer = visit.bank.clock.today(), firm(visit)
    wanted = _filter(visit)
    with visit.transaction() as tx:
        owed = views.payables(tx, buyer, on)
    kept = chosen(owed, wanted, on)
    start = _start(visit)
    counts = {state: sum(one.state is state for one in owed) for state in State}
    suppliers = {one.receivable.supplier: one.supplier for one in owed}
    return page(
        "portal/payables.html",
        status=status,
        shown=kept[start : start + PAGE],
        total=len(kept),
        sum=sum_of(kept),
        open=[one for one in kept if one.state is State.WAITING],
        start=start,
        size=PAGE,
        wanted=wanted,
        every=replace(wanted, state=""),
        counts=counts,
        states=STATE_TEXT,
        matches=MATCH_TEXT,
        suppliers=sorted(suppliers.items(), key=lambda pair: pair[1].zh),
        ticked=set(visit.form.many("id")),
        on=on,
    )


def _one(visit: Visit, id_: UUID, status: int = 200) -> Answer:
    on, buyer = visit.bank.clock.today(), firm(visit)
    with visit.transaction() as tx:
        found = views.payable(tx, buyer, id_, on)
        (trade,) = trades(tx, [found.receivable], on)
    steps = seen_by_buyer(trade, found.state)
    return page(
        "portal/payable.html",
        status=status,
        payable=found,
        trade=trade,
        state=STATE_TEXT[found.state],
        match=MATCH_TEXT[found.match],
        drawn=drawn_trade(steps, visit.language, lambda step: _href(step, trade)),
        papers=[one for one in trade.documents if one.document.kind in KIND_TEXT],
        kinds=KIND_TEXT,
        findings=_findings(trade),
        on=on,
    )


def seen_by_buyer(trade: Trade, state: State) -> list[Step]:
    """The steps of a trade as its buyer may see them: nothing of the supplier's price.

    While his own word is awaited, that is what is awaited, not something refused.
    """
    kept = [step for step in trade.steps() if step.stage not in _NOT_HIS]
    claim = trade.debt.claim if trade.debt else None
    seen = [_plain(step, claim) if step.stage in _NO_AMOUNT else step for step in kept]
    if state not in {State.WAITING, State.PROPOSED}:
        return seen
    awaited = Step(Stage.CONFIRMATION, Mark.AWAITED, "", None, None, None)
    before = [step for step in seen if step.stage in _PAPERS]
    after = [
        replace(step, mark=Mark.AWAITED, amount=None) if step.stage is Stage.RECEIVABLE else step
        for step in seen
        if step.stage not in _PAPERS
    ]
    return [*before, awaited, *after]


def _plain(step: Step, claim: Money | None) -> Step:
    awaited = step.stage is Stage.REPAYMENT and step.mark is Mark.AWAITED
    return replace(step, amount=claim if awaited else None)


def _href(step: Step, trade: Trade) -> str:
    papers = {filed.id for filed in trade.documents}
    return f"/portal/documents/{step.id}" if step.id in papers else ""


def _findings(trade: Trade) -> list[dict[str, object]]:
    found = trade.verification["findings"] if trade.verification else []
    weight = {"blocking": 0, "reducing": 1}
    told = [one for one in found if one["severity"] in weight]
    return [
        {
            "severity": one["severity"],
            "reason": Text(*one["message"]),
            "cure": Text(*one["cure"]),
            "code": one["code"],
        }
        for one in sorted(told, key=lambda one: weight[one["severity"]])
    ]


def _filter(visit: Visit) -> Filter:
    said = visit.query or visit.form.typed
    return Filter(
        state=said.get("state", ""),
        match=said.get("match", ""),
        supplier=said.get("supplier", ""),
        due=said.get("due", ""),
        words=said.get("q", "")[:120].strip(),
    )


def _start(visit: Visit) -> int:
    said = visit.query.get("from", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < len(str(10**6)) else 0


def _all(tx: Tx, visit: Visit) -> Sequence[Payable]:
    on = visit.bank.clock.today()
    kept = chosen(views.payables(tx, firm(visit), on), _filter(visit), on)
    return [one for one in kept if one.state is State.WAITING]


def _ids(said: Sequence[str]) -> list[UUID]:
    found = []
    for one in said:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
