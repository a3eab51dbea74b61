"""Case queues: what waits for a person, worked one or many at once, taken back in time."""

from typing import Final
from uuid import UUID

from heliu.channels.console import case_words, queues, store_cases
from heliu.channels.console.desk import pages
from heliu.channels.console.queues import QUEUE_TEXT, WEIGHT_TEXT, Item, Weight
from heliu.channels.console.store_cases import CaseAct, How, Queue
from heliu.channels.pages.api import Answer, Entry, Visit, page, see_other, unknown
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

_SHOWN: Final = 100
_REASON: Final = Text(
    "办结请写明理由，至少十个字", "say why it is closed, in ten characters or more"
)
_NONE: Final = Text("请先选中事项", "choose a case first")
_TAKES: Final = Text("这个队列的事项还清后自行办结", "cases of this queue close once they are paid")

pages.entry(
    Entry("/console/cases", "w-clipboard-text", Text("待办", "Cases"), Right.CASES_READ,
          Text("工作", "Work"))
)  # fmt: skip


@pages.get("/console/cases", Right.CASES_READ)
def cases(visit: Visit) -> Answer:
    """One queue, most pressing first; the address keeps the queue and the filters."""
    return _queue(visit, _asked(visit.query.get("queue", "")))


@pages.post("/console/cases/say", Right.CASES_WORK)
def say(visit: Visit) -> Answer:
    """Take or close the chosen cases; sent in ten seconds unless taken back."""
    queue = _asked(visit.form.shown("queue"))
    act = visit.form.choice("act", CaseAct)
    reason = " ".join(visit.form.text("reason", most=500, needed=False).split())
    chosen = _ids(visit.form.many("case"))
    if not chosen:
        visit.form.wrong("case", _NONE)
    if act is not None and not case_words.takes(queue, act):
        visit.form.wrong("act", _TAKES)
    if act is not None and not case_words.reason_fits(act, reason):
        visit.form.wrong("reason", _REASON)
    if visit.form.errors or act is None:
        return _queue(visit, queue, status=422)
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        there = {one.id for one in queues.items(tx, queue, on) if not one.closed}
        said = case_words.Say(visit.key, queue, [c for c in chosen if c in there], act, reason)
        case_words.say(tx, visit.person.id, said, visit.now)
    return see_other(f"/console/cases?queue={queue}&said={visit.key}")


@pages.post("/console/cases/back", Right.CASES_WORK)
def back(visit: Visit) -> Answer:
    """Take back what was said and is not sent yet."""
    queue = _asked(visit.form.shown("queue"))
    batch = visit.form.id("batch")
    if batch is None:
        raise unknown()
    with visit.transaction() as tx:
        case_words.take_back(tx, visit.person.id, batch, visit.now)
    return see_other(f"/console/cases?queue={queue}&said={batch}")


def _queue(visit: Visit, queue: Queue, status: int = 200) -> Answer:
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        by_queue = {one: queues.items(tx, one, on) for one in Queue}
        people = queues.owners(tx, by_queue[queue])
        said = _said(tx, visit)
    rows = [one for one in by_queue[queue] if _wanted(visit, one)]
    counts = {one: sum(not item.closed for item in found) for one, found in by_queue.items()}
    return page(
        "console/cases.html",
        status=status,
        queue=queue,
        names=QUEUE_TEXT,
        weight_names=WEIGHT_TEXT,
        tabs=[
            (_in(visit, QUEUE_TEXT[one]), f"/console/cases?queue={one}", counts[one], one is queue)
            for one in Queue
        ],
        weights=[(str(int(w)), _in(visit, text)) for w, (text, _) in WEIGHT_TEXT.items()],
        rows=rows[:_SHOWN],
        total=len(rows),
        on=on,
        people=people,
        form=visit.form,
        may_work=visit.may(Right.CASES_WORK),
        closes=case_words.takes(queue, CaseAct.CLOSE),
        **said,
    )


def _said(tx: Tx, visit: Visit) -> dict[str, object]:
    """What the visitor said last, by the address: whether it waits, was taken back or refused."""
    ids = _ids([visit.query.get("said", "")])
    found = [w for w in store_cases.batch(tx, ids[0]) if w.person == visit.person.id] if ids else []
    return {
        "batch": ids[0] if found else None,
        "waiting": sum(w.how is How.WAITING for w in found),
        "back": any(w.how is How.TAKEN_BACK for w in found),
        "until": found[0].sends_at if found else None,
        "refused": next((w.why for w in found if w.why), None),
    }


def _wanted(visit: Visit, one: Item) -> bool:
    weight, who = visit.query.get("weight", ""), visit.query.get("who", "")
    if weight in {str(int(w)) for w in Weight} and one.weight != int(weight):
        return False
    if (who == "mine" and one.owner != visit.person.id) or (who == "none" and one.owner):
        return False
    return one.closed == (visit.query.get("state") == "closed")


def _asked(name: str) -> Queue:
    return Queue(name) if name in set(Queue) else Queue.FINDINGS


def _ids(said: list[str]) -> list[UUID]:
    found = []
    for one in said[: case_words.MOST]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def _in(visit: Visit, text: Text) -> str:
    return text.en if visit.language == "en" else text.zh
