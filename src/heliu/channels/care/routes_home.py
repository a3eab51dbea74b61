"""The first page, what moved, what can be said, the voice, a person to talk to, the settings."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from heliu.channels.care import voice
from heliu.channels.care.domain import sentences
from heliu.channels.care.domain.saying import MAX_SAID, Said, Task, understand
from heliu.channels.care.domain.words import amount_words
from heliu.channels.care.registry import Act, few, pages
from heliu.channels.pages.api import (
    Answer,
    Visit,
    content,
    holder_of,
    page,
    see_other,
    transfer_of,
    unknown,
)
from heliu.channels.web.api import Language, said
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Right
from heliu.payments.deposits.api import (
    BillState,
    Line,
    accounts_of,
    answer,
    bills_of,
    explain,
    held_of,
    payees_of,
)

_DAYS: Final = 31
_LINES: Final = 5
# What is printed on every card of the bank; the pages name no other number.
HOTLINE: Final = "400-000-0000"
_TRANSFER: Final = Act(Text("转账", "Pay someone"), "/care/transfer", "d-paper-plane-tilt")
_MOVED: Final = Act(Text("查明细", "What moved"), "/care/lines", "d-receipt", "sky")
_BILLS: Final = Act(Text("交水电费", "Pay bills"), "/care/bills", "d-lightning", "plum")
_HUMAN: Final = Act(Text("找真人", "Talk to a person"), "/care/human", "d-headset", "dawn")


@pages.get("/care", Right.SELF)
def home(visit: Visit) -> Answer:
    """What one has, what waits, and at most five things to do; who has no account begins elsewhere.

    With the bar to say one, five in all.
    """
    if not visit.may(Right.ACCOUNTS_READ):
        return see_other("/care/guard" if visit.may(Right.GUARD) else "/care/me")
    with visit.transaction() as tx:
        posted, available = _money(tx, visit)
        held = held_of(tx, holder_of(visit))
        due = [b for b in bills_of(tx, holder_of(visit)) if b.state is BillState.DUE]
    waits = [sentences.transfer(held[0])] if held else []
    waits += [sentences.bill_due(due[-1])] if due else []
    second = _MOVED
    if held:
        back = Text("撤回转账", "Take it back")
        second = Act(back, f"/care/transfers/{held[0].id}", "d-arrow-u-up-left", "dawn")
    return page(
        "care/home.html",
        posted=posted,
        sentence=sentences.balance(posted, available),
        waits=waits,
        acts=few((_TRANSFER, second, _BILLS, _HUMAN)),
        can_speak=voice.can_speak(),
    )


def _money(tx: Tx, visit: Visit) -> tuple[Money, Money]:
    yuan = [one for one in accounts_of(tx, holder_of(visit)) if one.account.currency == "CNY"]
    zero = Money(0)
    return sum((o.posted for o in yuan), zero), sum((o.available for o in yuan), zero)


@pages.get("/care/lines", Right.ACCOUNTS_READ)
def lines(visit: Visit) -> Answer:
    """What moved last, a sentence each, read aloud together."""
    with visit.transaction() as tx:
        found = _latest(tx, visit)
    told = [sentences.line(line) for line in found]
    return page("care/lines.html", lines=list(zip(found, told, strict=True)), voice=_voice("lines"))


def _latest(tx: Tx, visit: Visit) -> list[Line]:
    today = visit.bank.clock.today()
    start, until = today - timedelta(days=_DAYS), today + timedelta(days=1)
    found = [
        line
        for one in accounts_of(tx, holder_of(visit))
        if one.account.currency == "CNY"
        for line in explain(tx, one.account, start=start, until=until).lines
    ]
    return sorted(found, key=lambda line: -line.seq)[:_LINES]


@pages.get("/care/say", Right.ACCOUNTS_READ)
def say(visit: Visit) -> Answer:
    """Where a task is said or typed."""
    del visit
    return page("care/say.html", asked="", understood=None, go=None)


@pages.post("/care/say", Right.ACCOUNTS_READ)
def said_task(visit: Visit) -> Answer:
    """What was understood, said again; nothing is done: one link goes on."""
    text = visit.form.text("task", most=MAX_SAID)
    if visit.form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return page("care/say.html", status=status, asked=text, understood=None, go=None)
    with visit.transaction() as tx:
        payees = {payee.name: payee.id for payee in payees_of(tx, holder_of(visit))}
        task = understand(text, list(payees))
        answered = (
            answer(tx, holder_of(visit), text, visit.bank.clock.today())
            if task.task is Task.ASK
            else None
        )
        balance = sentences.balance(*_money(tx, visit))
    told = answered.sentence if answered else _told(task, balance)
    return page("care/say.html", asked=text, understood=told, go=_go(task, payees))


def _told(task: Said, balance: Text) -> Text:
    match task.task:
        case Task.TRANSFER:
            return _transfer_told(task)
        case Task.BILLS:
            return Text("您要交水电费，对吗？", "You want to pay bills. Is that right?")
        case Task.BALANCE:
            return balance
        case Task.LINES:
            return Text("您要看最近的钱，对吗？", "You want to see what moved. Is that right?")
        case Task.HUMAN:
            return Text("马上帮您找真人。", "We will find a person for you at once.")
        case Task.ASK | Task.UNKNOWN:
            return Text(
                "没有听懂。可以说：给谁转多少钱，或者：上月水电多少。",
                "That was not understood. Say whom to pay how much, or ask: how much for power "
                "last month.",
            )


def _transfer_told(task: Said) -> Text:
    if task.unknown is not None:
        return Text(
            f"名单上没有“{task.unknown}”。请从名单里选收款人。",
            f"“{task.unknown}” is not on your list. Choose a payee from the list.",
        )
    name = task.payee or ""
    money = amount_words(task.amount) if task.amount is not None else Text("", "")
    to_zh, to_en = (f"给{name}", f" to {name}") if name else ("", "")
    paid = f"pay {money.en}" if money.en else "make a payment"
    return Text(
        f"您要{to_zh}转{money.zh or '账'}，对吗？", f"You want to {paid}{to_en}. Is that right?"
    )


def _go(task: Said, payees: dict[str, UUID]) -> Act | None:
    """Where the task goes on, with what was understood filled in."""
    yes = Text("对，去办", "Yes, go on")
    match task.task:
        case Task.TRANSFER if task.payee is not None:
            query = {"amount": f"{task.amount / 100:.2f}"} if task.amount else {}
            href = f"/care/transfer/to/{payees[task.payee]}"
            return Act(yes, f"{href}?{urlencode(query)}" if query else href, "r-check")
        case Task.TRANSFER:
            return Act(Text("选收款人", "Choose a payee"), "/care/transfer", "d-users-three")
        case Task.BILLS:
            return Act(yes, "/care/bills", "r-check")
        case Task.LINES:
            return Act(yes, "/care/lines", "r-check")
        case Task.HUMAN:
            return _HUMAN
        case Task.BALANCE | Task.ASK | Task.UNKNOWN:
            return None


@pages.get("/care/human", Right.SELF)
def human(visit: Visit) -> Answer:
    """A person to talk to, by one press."""
    del visit
    return page("care/human.html", number=HOTLINE)


@pages.get("/care/me", Right.SELF)
def me(visit: Visit) -> Answer:
    """The size of type, light or dark, the way back to the standard edition."""
    del visit
    return page("care/me.html", can_speak=voice.can_speak())


@pages.get("/care/voice/{what}", Right.ACCOUNTS_READ)
def aloud(visit: Visit, what: str) -> Answer:
    """The sentence of a page, spoken: the same words that stand on it."""
    with visit.transaction() as tx:
        if what == "home":
            text = sentences.balance(*_money(tx, visit))
        elif what == "lines":
            text = sentences.joined([sentences.line(line) for line in _latest(tx, visit)])
        else:
            raise unknown()
    return _spoken(visit, text)


@pages.get("/care/voice/transfers/{id}", Right.TRANSFERS_MAKE)
def transfer_aloud(visit: Visit, id: UUID) -> Answer:
    """How a transfer stands, spoken."""
    with visit.transaction() as tx:
        text = sentences.transfer(transfer_of(tx, visit, id))
    return _spoken(visit, text)


def _spoken(visit: Visit, text: Text) -> Answer:
    english = visit.language is Language.EN
    sound = voice.speak(said(text, visit.language), english=english)
    if sound is None:
        raise unknown()
    return content("audio/wav", sound)


def _voice(what: str) -> str:
    return f"/care/voice/{what}" if voice.can_speak() else ""
