"""Accounts, how their balances were computed, search that answers, bills, locks."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID

from heliu.channels.pages.api import (
    Answer,
    Visit,
    account_of,
    holder_of,
    page,
    see_other,
    show_bill,
    sign_transfer,
    when_of,
)
from heliu.channels.retail.registry import pages
from heliu.channels.retail.views import (
    BANK_MARK,
    LOCKS,
    MARKS,
    PAUSES,
    beside,
    home_of,
    lock_text,
    month_of,
    month_text,
)
from heliu.ground.clock import BANK_ZONE
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Right
from heliu.payments.deposits.api import (
    RELAXED_AFTER,
    Lock,
    LockKind,
    accounts_of,
    answer,
    bills_of,
    explain,
    locks_of,
    set_lock,
)

_EXAMPLES = (
    Text("上月水电多少", "how much for power last month"),
    Text("本月花了多少", "how much did I spend this month"),
    Text("今年工资", "salary this year"),
)


@pages.get("/m/accounts", Right.ACCOUNTS_READ)
def home(visit: Visit) -> Answer:
    """All money, what waits, what moved last."""
    with visit.transaction() as tx:
        model = home_of(tx, visit)
    return page(
        "retail/home.html",
        home=model,
        marks=MARKS,
        bank_mark=BANK_MARK,
        examples=_EXAMPLES,
        pauses=PAUSES,
    )


@pages.get("/m/accounts/{id}", Right.ACCOUNTS_READ)
def account(visit: Visit, id: UUID) -> Answer:
    """A month of an account: how its balance was computed, line by line, as known at an instant."""
    today = visit.bank.clock.today()
    start, until = month_of(visit.query.get("month", ""), today)
    known_at = _instant(visit.query.get("at", ""))
    with visit.transaction() as tx:
        standing = account_of(tx, visit, id)
        found = explain(tx, standing.account, start=start, until=until, known_at=known_at)
    before, after = beside(start)
    return page(
        "retail/account.html",
        standing=standing,
        found=found,
        start=start,
        month=month_text(start),
        until=until - timedelta(days=1),
        before=before,
        after=after if until <= today else "",
        now_here=start <= today < until and known_at is None,
        marks=MARKS,
        bank_mark=BANK_MARK,
        zone=BANK_ZONE,
    )


def _instant(said: str) -> datetime | None:
    """An instant as the browser's field writes it, on Beijing's clock."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=BANK_ZONE)


@pages.get("/m/ask", Right.ACCOUNTS_READ)
def ask(visit: Visit) -> Answer:
    """A question to one's own books: the sentence, the rows it counts, the query it ran."""
    text = visit.query.get("q", "").strip()
    with visit.transaction() as tx:
        found = answer(tx, holder_of(visit), text, visit.bank.clock.today()) if text else None
    return page("retail/ask.html", asked=text, found=found, examples=_EXAMPLES)


@pages.get("/m/bills", Right.BILLS_PAY)
def bills(visit: Visit) -> Answer:
    """What is to be paid, what is being paid, what was paid."""
    with visit.transaction() as tx:
        found = bills_of(tx, holder_of(visit))
    return page(
        "retail/bills.html",
        due=[bill for bill in found if bill.state.value == "due"][::-1],
        others=[bill for bill in found if bill.state.value != "due"],
        marks=MARKS,
        months={bill.id: month_text(bill.period) for bill in found},
    )


@pages.get("/m/bills/{id}", Right.BILLS_PAY)
def bill(visit: Visit, id: UUID) -> Answer:
    """A bill, shown to be paid and signed."""
    return _bill(visit, id)


def _bill(visit: Visit, id_: UUID, status: int = HTTPStatus.OK) -> Answer:
    with visit.transaction() as tx:
        accounts = accounts_of(tx, holder_of(visit))
        if not accounts:
            return see_other("/m/bills")
        shown = show_bill(tx, visit, id_, accounts[0].account.id)
    if isinstance(shown, Refusal):
        raise shown
    return page("retail/bill.html", status=status, shown=shown, bill=id_)


@pages.post("/m/bills/{id}", Right.BILLS_PAY)
def pay_bill(visit: Visit, id: UUID) -> Answer:
    """Pay the bill as it was signed."""
    try:
        made = sign_transfer(visit)
    except Refusal as refusal:
        visit.form.wrong("pin", refusal.reason)
        return _bill(visit, id, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see_other(f"/m/transfers/{made.id}")


@pages.get("/m/locks", Right.LOCKS_SET)
def locks(visit: Visit) -> Answer:
    """One's own locks, and what waits to be relaxed."""
    return _locks(visit)


def _locks(visit: Visit, status: int = HTTPStatus.OK) -> Answer:
    with visit.transaction() as tx:
        standing = locks_of(tx, holder_of(visit), visit.now)
    shown: Sequence[tuple[LockKind, Text, Text, Text, object]] = [
        (kind, *LOCKS[kind], lock_text(standing[kind]), standing[kind]) for kind in LockKind
    ]
    hours = int(RELAXED_AFTER.total_seconds()) // 3600
    return page("retail/locks.html", status=status, locks=shown, hours=hours, zone=BANK_ZONE)


@pages.post("/m/locks", Right.LOCKS_SET)
def change_lock(visit: Visit) -> Answer:
    """Set a lock, or ask to relax it."""
    wished = _wished(visit)
    if wished is None:
        return _locks(visit, HTTPStatus.UNPROCESSABLE_ENTITY)
    with visit.transaction() as tx:
        set_lock(tx, visit.actor, holder_of(visit), wished, when_of(visit))
    return see_other("/m/locks")


def _wished(visit: Visit) -> Lock | None:
    form = visit.form
    kind = form.choice("kind", LockKind)
    if kind is None or form.shown("act") == "off":
        return None if kind is None else Lock(kind)
    match kind:
        case LockKind.SINGLE | LockKind.DAILY:
            fen = form.money(kind.value, least=0)
            return None if fen is None else Lock(kind, locked=True, amount=Money(fen))
        case LockKind.NIGHT:
            return _night(visit)
        case LockKind.PAYEES:
            return Lock(kind, locked=True)


def _night(visit: Visit) -> Lock | None:
    starts, ends = _clock(visit, "starts"), _clock(visit, "ends")
    if starts is None or ends is None:
        return None
    if starts == ends:
        visit.form.wrong("ends", Text("结束不能等于开始", "a night has a length"))
        return None
    return Lock(LockKind.NIGHT, locked=True, starts=starts, ends=ends)


def _clock(visit: Visit, name: str) -> time | None:
    try:
        found = time.fromisoformat(visit.form.shown(name).strip())
    except ValueError:
        visit.form.wrong(name, Text("请填写时刻，例如 22:30", "write a time such as 22:30"))
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)
