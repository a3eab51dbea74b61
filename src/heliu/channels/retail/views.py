"""View models of the mobile bank of people: what its pages show, ready to be printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from heliu.channels.pages.api import Chart, Point, Visit, amount, holder_of, sparkline
from heliu.channels.web.api import Language, said
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits.api import (
    Bill,
    BillState,
    Line,
    LockKind,
    LockStanding,
    Pause,
    Purpose,
    Standing,
    State,
    Transfer,
    accounts_of,
    bills_of,
    explain,
    held_of,
)

_COURSE_DAYS: Final = 30
_LATEST: Final = 6
STATES: Final[Mapping[State, tuple[Text, str]]] = {
    State.HELD: (Text("可撤回", "Recallable"), "info"),
    State.PAID: (Text("已付出", "Paid"), "ok"),
    State.RECALLED: (Text("已撤回", "Taken back"), "idle"),
    State.REFUSED: (Text("家人未同意", "Family said no"), "bad"),
    State.LAPSED: (Text("无人确认，已退回", "Not confirmed, returned"), "idle"),
    State.FAILED: (Text("未能付出，已退回", "Could not be paid, returned"), "bad"),
}
PAUSES: Final[Mapping[Pause, Text]] = {
    Pause.SCAM: Text("暂停 24 小时", "Paused for 24 hours"),
    Pause.APPROVAL: Text("等家人确认", "Waits for the family"),
}
LOCKS: Final[Mapping[LockKind, tuple[Text, Text]]] = {
    LockKind.NIGHT: (
        Text("夜间锁", "Night lock"),
        Text("这段时间里什么都不转出", "nothing leaves between these hours"),
    ),
    LockKind.SINGLE: (
        Text("单笔锁", "Lock of one transfer"),
        Text("一笔不超过这个金额", "no transfer above this amount"),
    ),
    LockKind.DAILY: (
        Text("单日锁", "Lock of a day"),
        Text("一天合计不超过这个金额", "no day's transfers above this amount"),
    ),
    LockKind.PAYEES: (
        Text("名单锁", "Lock of payees"),
        Text("只付给名单上满 24 小时的人", "only payees on the list for 24 hours"),
    ),
}
MARKS: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.TRANSFER: ("d-paper-plane-tilt", ""),
    Purpose.SALARY: ("d-hand-coins", "ok"),
    Purpose.PENSION: ("d-hand-coins", "ok"),
    Purpose.POWER: ("d-lightning", "gold"),
    Purpose.WATER: ("d-receipt", "sky"),
    Purpose.GAS: ("d-receipt", "dawn"),
    Purpose.HEATING: ("d-house", "dawn"),
    Purpose.PHONE: ("d-device-mobile", "plum"),
    Purpose.INTERNET: ("d-device-mobile", "sky"),
    Purpose.RENT: ("d-house", "plum"),
    Purpose.GROCERIES: ("d-wallet", "gold"),
    Purpose.MEDICAL: ("d-shield-check", "bad"),
    Purpose.CASH: ("d-wallet", "ok"),
    Purpose.BUSINESS: ("d-bank", ""),
}
BANK_MARK: Final = ("d-bank", "")


@dataclass(frozen=True, slots=True)
class Home:
    """The first page: all money, its course, what waits, what moved last."""

    accounts: Sequence[Standing]
    posted: Money
    available: Money
    came: int
    went: int
    course: Chart | None
    held: Sequence[Transfer]
    due: Sequence[Bill]
    lines: Sequence[Line]


def home_of(tx: Tx, visit: Visit) -> Home:
    """The first page of the visitor; CNY accounts make its one figure."""
    holder, today = holder_of(visit), visit.bank.clock.today()
    accounts = accounts_of(tx, holder)
    yuan = [one for one in accounts if one.account.currency == "CNY"]
    zero = Money(0)
    start = today - timedelta(days=_COURSE_DAYS - 1)
    found = [explain(tx, one.account, start=start, until=today + timedelta(days=1)) for one in yuan]
    lines = sorted((line for one in found for line in one.lines), key=lambda line: -line.seq)
    month = [line.effect.minor for line in lines if line.on >= today.replace(day=1)]
    opening = sum(one.opening.minor for one in found)
    return Home(
        accounts,
        sum((one.posted for one in yuan), zero),
        sum((one.available for one in yuan), zero),
        sum(minor for minor in month if minor > 0),
        -sum(minor for minor in month if minor < 0),
        _course(opening, lines, start, visit.language) if lines else None,
        held_of(tx, holder),
        [bill for bill in bills_of(tx, holder) if bill.state is BillState.DUE][::-1],
        lines[:_LATEST],
    )


def _course(opening: int, lines: Sequence[Line], start: date, language: Language) -> Chart:
    """The balance at the end of each of the days from `start` on."""
    points, balance = [], opening
    for day in (start + timedelta(days=n) for n in range(_COURSE_DAYS)):
        balance += sum(line.effect.minor for line in lines if line.on == day)
        points.append(Point(f"{day:%m-%d}", balance, amount(balance)))
    title = said(Text("近 30 天余额", "Balance of the last 30 days"), language)
    head = said(Text("日期", "Day"), language), said(Text("余额", "Balance"), language)
    return sparkline(title, head, points)


def month_of(said_month: str, today: date) -> tuple[date, date]:
    """The month named `YYYY-MM`, as [start, until); this month if it is none."""
    try:
        start = date.fromisoformat(f"{said_month}-01")
    except ValueError:
        start = today.replace(day=1)
    return start, (start + timedelta(days=32)).replace(day=1)


def month_text(month: date) -> Text:
    """A month as people name it."""
    return Text(f"{month.year}年{month.month}月", f"{month:%B %Y}")


def beside(start: date) -> tuple[str, str]:
    """The months before and after, as `YYYY-MM`."""
    before, after = start - timedelta(days=1), (start + timedelta(days=32))
    return f"{before:%Y-%m}", f"{after:%Y-%m}"


def lock_text(standing: LockStanding) -> Text:
    """A lock in force, in words."""
    lock = standing.lock
    if not lock.locked:
        return Text("未设置", "off")
    if lock.amount is not None:
        return Text(f"{amount(lock.amount.minor)} 元", f"{amount(lock.amount.minor)} yuan")
    if lock.starts is not None and lock.ends is not None:
        hours = f"{lock.starts:%H:%M}-{lock.ends:%H:%M}"
        return Text(hours, hours)
    return Text("已开启", "on")
