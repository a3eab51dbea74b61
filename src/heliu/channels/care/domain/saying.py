"""What somebody said or typed, understood as a task; a small grammar that never guesses.

A task is only repeated back: its person goes on by himself, or says it again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from heliu.channels.care.domain.words import find_amount

MAX_SAID: Final = 120


class Task(StrEnum):
    """What can be done by saying it."""

    TRANSFER = "transfer"
    BILLS = "bills"
    BALANCE = "balance"
    ASK = "ask"  # a question to one's own books
    LINES = "lines"
    HUMAN = "human"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """A task as it was understood. `amount` is in fen; `payee` is one of the names known.

    `unknown` is a name that was said and is nobody's on the list.
    """

    task: Task
    amount: int | None = None
    payee: str | None = None
    unknown: str | None = None


def understand(text: str, payees: Sequence[str]) -> Said:
    """The task that `text` asks for; `payees` are the names on the speaker's list."""
    said = " ".join(text.split())[:MAX_SAID]
    low = said.lower()
    if _has(low, _HELP):
        return Said(Task.HUMAN)
    payee = max((name for name in payees if name and name.lower() in low), key=len, default=None)
    rest = said if payee is None else re.sub(re.escape(payee), " ", said, flags=re.IGNORECASE)
    pays = _has(rest.lower(), _PAY)
    if _has(low, _BILLS) and (pays or not _has(low, _ASKS)):
        return Said(Task.BILLS)
    found = find_amount(rest)
    if _has(low, _BALANCE) and not pays:
        return Said(Task.BALANCE)
    if _has(low, _ASKS):
        return Said(Task.ASK)
    if pays or (payee is not None and found is not None):
        return Said(
            Task.TRANSFER,
            found[0] if found is not None and found[0] > 0 else None,
            payee,
            None if payee is not None else _named(rest, found[1] if found else ""),
        )
    return Said(Task.LINES) if _has(low, _LINES) else Said(Task.UNKNOWN)


def _has(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _named(text: str, amount: str) -> str | None:
    """The name that stands after 给 (or `to`), for a payee who is not on the list."""
    plain = re.sub(re.escape(amount), " ", text, flags=re.IGNORECASE) if amount else text
    for pattern in _NAMED:
        found = pattern.search(plain)
        if found is not None:
            return found[1].strip() or None
    return None


_NAMED: Final = (
    re.compile(r"(?:给|付|汇)\s*([^\s,，。转付汇给打钱块元]{1,12})"),
    re.compile(r"\bto\s+([A-Za-z][A-Za-z .'-]{0,30})", re.IGNORECASE),
)
_HELP: Final = (
    *("人工", "真人", "客服", "帮帮我", "救命", "被骗", "骗子", "骗我", "诈骗"),
    *("human", "person", "help", "scam", "fraud", "cheated"),
)
_PAY: Final = (
    *("转", "付", "汇", "打钱", "打给", "给钱", "交", "缴"),
    *("pay", "transfer", "send"),
)
_BILLS: Final = (
    *("电费", "水费", "水电", "燃气", "煤气", "暖气", "话费", "宽带", "缴费", "交费", "账单"),
    *("bill", "electricity", "water", "heating"),
)
_BALANCE: Final = (
    *("余额", "还有多少", "还剩多少", "有多少钱", "多少存款"),
    *("balance", "how much do i have", "how much money do i have"),
)
_ASKS: Final = (
    *("多少", "几笔", "花了", "收到", "到账了吗", "到了吗"),
    *("how much", "did i", "spent", "received"),
)
_LINES: Final = (
    *("明细", "记录", "流水", "查一查", "查账", "看看钱"),
    *("statement", "history", "lines", "movements"),
)
