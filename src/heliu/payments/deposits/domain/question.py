"""Questions to one's own books: a small grammar, no guessing; what it cannot read it says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from heliu.payments.deposits.domain.period import Period, find_period, this_month
from heliu.payments.deposits.domain.purpose import Purpose

MAX_QUESTION: Final = 120


class Direction(StrEnum):
    """Which way the money went."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the balance, or what was moved in a period, for purposes, with somebody."""

    balance: bool
    period: Period
    direction: Direction
    purposes: tuple[Purpose, ...]
    who: str


def read_question(text: str, today: date, names: Sequence[str]) -> Question | None:
    """The question `text` asks as of the business date `today`; None if it asks none.

    `names` are the people and firms its asker knows; the longest one that stands in it is meant.
    """
    said = " ".join(text.lower().split())[:MAX_QUESTION]
    period = find_period(said, today)
    rest = said.replace(period.words, " ", 1) if period else said
    who = max((name for name in names if name.lower() in rest), key=len, default="")
    purposes, rest = _purposes(rest.replace(who.lower(), " ") if who else rest)
    direction = _direction(rest, purposes)
    balance = any(word in rest for word in _BALANCE)
    asked = period is not None or who or purposes or direction is not None
    if not asked and not balance:
        return None
    return Question(
        balance and not (purposes or who),
        period or this_month(today),
        direction or _usual(purposes),
        purposes,
        who,
    )


def _purposes(text: str) -> tuple[tuple[Purpose, ...], str]:
    """What is named, in the order of the list, and the text without it (longest words first)."""
    found: set[Purpose] = set()
    for word, purposes in _WORDS:
        if word in text:
            found |= set(purposes)
            text = text.replace(word, " ")
    return tuple(purpose for purpose in Purpose if purpose in found), text


def _direction(text: str, purposes: Sequence[Purpose]) -> Direction | None:
    comes, goes = (any(word in text for word in words) for words in (_IN, _OUT))
    if comes and goes:
        return Direction.BOTH
    if comes:
        return Direction.IN
    if goes:
        return Direction.IN if purposes and set(purposes) <= _EARNED else Direction.OUT
    return None


def _usual(purposes: Sequence[Purpose]) -> Direction:
    if not purposes:
        return Direction.BOTH
    return Direction.IN if set(purposes) <= _EARNED else Direction.OUT


_EARNED: Final = frozenset({Purpose.SALARY, Purpose.PENSION})
_BALANCE: Final = (
    *("余额", "还有多少", "还剩多少", "剩多少", "有多少钱"),
    *("balance", "how much do i have", "how much money do i have", "how much is left"),
)
_IN: Final = (
    *("收入", "收到", "进账", "到账", "入账", "赚", "转进", "存入"),
    *("income", "received", "receive", "earned", "earn", "come in", "came in", "got"),
)
_OUT: Final = (
    *("支出", "花", "付", "交", "转出", "转给", "用了", "开销"),
    *("spent", "spend", "paid", "pay", "went out", "cost"),
)
_NAMED: Final[dict[Purpose, str]] = {
    Purpose.POWER: "水电 电费 用电 交电 电 electricity electric power",
    Purpose.WATER: "水电 水费 用水 交水 水 water",
    Purpose.GAS: "燃气费 燃气 煤气 天然气 gas",
    Purpose.HEATING: "供暖费 供暖 暖气 取暖 heating",
    Purpose.PHONE: "电话费 电话 话费 手机 phone mobile",
    Purpose.INTERNET: "宽带费 宽带 网费 上网 internet broadband",
    Purpose.RENT: "房租 租金 rent",
    Purpose.GROCERIES: "买菜 菜钱 超市 购物 groceries grocery shopping food",
    Purpose.MEDICAL: "看病 买药 药费 医院 医药 medical medicine doctor hospital",
    Purpose.SALARY: "工资 薪水 薪资 salary wages wage",
    Purpose.PENSION: "养老金 退休金 退休工资 pension",
    Purpose.TRANSFER: "转账 转帐 transfers transfer",
    Purpose.CASH: "现金 cash",
    Purpose.BUSINESS: "货款 trade",
}


def _longest_first() -> tuple[tuple[str, tuple[Purpose, ...]], ...]:
    meant: dict[str, list[Purpose]] = {}
    for purpose, words in _NAMED.items():
        for word in words.split():
            meant.setdefault(word, []).append(purpose)
    # 水电煤 and the like: what is one word to people is several bills.
    meant["水电煤"] = meant["水电气"] = [Purpose.POWER, Purpose.WATER, Purpose.GAS]
    meant["utilities"] = meant["utility bills"] = [Purpose.POWER, Purpose.WATER, Purpose.GAS]
    ranked = sorted(meant.items(), key=lambda item: (-len(item[0]), item[0]))
    return tuple((word, tuple(purposes)) for word, purposes in ranked)


_WORDS: Final = _longest_first()
