"""Refusals of the closing desk."""

from datetime import date

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def day_not_over(day: date, today: date) -> Refusal:
    """Something may still happen on that day."""
    return Refusal(
        "closing.day_not_over",
        Text(
            f"{day} 尚未结束（营业日 {today}）", f"{day} is not over: the business date is {today}"
        ),
        Text("待营业日翻到次日后再日终", "close it once the business date has moved on"),
        {"day": day.isoformat(), "today": today.isoformat()},
    )


def days_missing(day: date, next_day: date) -> Refusal:
    """Days are closed in order."""
    return Refusal(
        "closing.days_missing",
        Text(
            f"{next_day} 尚未日终，不能先结 {day}", f"{next_day} comes before {day}: close it first"
        ),
        Text("用 heliu eod --date 逐日补做", "`heliu eod --date` closes all days up to a date"),
        {"day": day.isoformat(), "next": next_day.isoformat()},
    )


def differs(day: date) -> Refusal:
    """A closed day, computed again, came out otherwise; the closed one stands."""
    return Refusal(
        "closing.differs",
        Text(f"{day} 重算结果与已封存的不一致", f"{day} came out otherwise when it was run again"),
        Text(
            "查明原因；确需更正时用 heliu eod reopen 写明理由后重做",
            "find out why; `heliu eod reopen` with a reason replaces it",
        ),
        {"day": day.isoformat()},
    )


def not_closed(day: date) -> Refusal:
    """The day is not closed."""
    return Refusal(
        "closing.not_closed",
        Text(f"{day} 未日终", f"{day} is not closed"),
        Text("先做日终，或选择已封存的日期", "close it first, or name a closed day"),
        {"day": day.isoformat()},
    )


def put_aside(day: date) -> Refusal:
    """The positions of that day were put aside: nothing reads them until they are attached."""
    return Refusal(
        "closing.put_aside",
        Text(f"{day} 的持仓已移出在线表", f"the positions of {day} were put aside"),
        Text(
            "选择月末或较近的日期, 或按运行手册重新挂接该日分区",
            "name a month's end or a later day, or attach its partition again as the runbook says",
        ),
        {"day": day.isoformat()},
    )


def before_first(day: date) -> Refusal:
    """Days are closed one after the other, from the first that ever was."""
    return Refusal(
        "closing.before_first",
        Text(f"{day} 早于首个日终日", f"{day} lies before the first day that was closed"),
        Text("选择首个日终日或之后的日期", "name that day or a later one: heliu eod status"),
        {"day": day.isoformat()},
    )


def reason_missing() -> Refusal:
    """A day is opened again for a reason."""
    return Refusal(
        "closing.reason_missing",
        Text("重开日终缺少理由", "opening a day again needs a reason"),
        Text("用 --reason 写明理由", "say it with --reason"),
    )


def not_first(day: date) -> Refusal:
    """A book is taken over before the first day is closed."""
    return Refusal(
        "closing.not_first",
        Text(
            "已有封存的日终，不能再移入期初持仓", "a day is closed already: no book is taken over"
        ),
        Text("在空库中移入期初持仓", "take the book over into an empty database"),
        {"day": day.isoformat()},
    )


def nothing_closed() -> Refusal:
    """No day has been closed yet."""
    return Refusal(
        "closing.nothing_closed",
        Text("尚无封存的日终", "no day is closed yet"),
        Text("先运行 heliu eod", "run `heliu eod` first"),
    )
