"""Search that answers: a question becomes a query over the journal; the answer shows the query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits import reads, store_read
from heliu.payments.deposits.domain.purpose import NAMES
from heliu.payments.deposits.domain.question import Direction, Question, read_question


@dataclass(frozen=True, slots=True)
class Row:
    """One journal line that an answer counts; `effect` is signed."""

    on: date
    seq: int
    title: Text
    with_whom: str
    effect: Money


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer in one sentence, the rows it counts, and the query it ran with its parameters."""

    sentence: Text
    rows: tuple[Row, ...]
    total: Money
    query: str
    parameters: Mapping[str, object]


def answer(tx: Tx, holder: str, text: str, today: date) -> Answered | None:
    """Answer a question of `holder` as of the business date `today`; None if it is not understood.

    Only the holder's own accounts are read, whatever the question names; amounts are in CNY.
    """
    question = read_question(text, today, store_read.counterparts(tx, holder))
    if question is None:
        return None
    if question.balance:
        return _balance(tx, holder)
    period = question.period
    searched = store_read.Searched(
        holder,
        period.start,
        period.until,
        question.direction.value,
        question.purposes,
        question.who,
    )
    rows = tuple(_row(row) for row in store_read.asked(tx, searched))
    comes = sum(row.effect.minor for row in rows if row.effect.minor > 0)
    goes = -sum(row.effect.minor for row in rows if row.effect.minor < 0)
    sentence = _sentence(question, len(rows), comes, goes)
    return Answered(
        sentence, rows, Money(comes - goes), store_read.ASKED.strip(), searched.parameters()
    )


def _row(row: Sequence[object]) -> Row:
    on, seq, key, _, effect, transfer, purpose, payer, payee, memo = row
    assert isinstance(on, date), "a line has its business date"
    assert isinstance(seq, int), "a line has its place"
    assert isinstance(effect, int), "a line has its amount"
    if purpose is None:
        return Row(on, seq, Text("本行记账", "Booked by the bank"), "", Money(effect))
    note = store_read.note_of((key, transfer, purpose, payer, payee, memo))
    return Row(
        on, seq, NAMES[note.purpose], note.payer if effect > 0 else note.payee, Money(effect)
    )


def _balance(tx: Tx, holder: str) -> Answered:
    standing = [one for one in reads.accounts_of(tx, holder) if one.account.currency == "CNY"]
    posted = sum((one.posted for one in standing), Money(0))
    available = sum((one.available for one in standing), Money(0))
    held = posted - available
    sentence = Text(
        f"您的余额是 {_yuan(posted)} 元，现在可用 {_yuan(available)} 元。",
        f"Your balance is {_yuan(posted)} yuan; {_yuan(available)} yuan is available now.",
    )
    if held.minor:
        sentence = Text(
            f"{sentence.zh[:-1]}，{_yuan(held)} 元正在付出。",
            f"{sentence.en[:-1]}, {_yuan(held)} yuan is on its way out.",
        )
    parameters = {"accounts": [one.account.ledger_account for one in standing]}
    return Answered(sentence, (), posted, store_read.BALANCES.strip(), parameters)


def _sentence(question: Question, rows: int, comes: int, goes: int) -> Text:
    period, what = question.period, _what(question)
    last = period.until - timedelta(days=1)
    when = Text(
        f"{_zh_day(period.start)}至{_zh_day(last)}",
        f"From {period.start:%-d %b %Y} to {last:%-d %b %Y}",
    )
    if rows == 0:
        return Text(
            f"{when.zh}，没有{what.zh or '收支'}记录。",
            f"{when.en} there is nothing{what.en}.",
        )
    lines = f"{rows} line" + ("s" if rows > 1 else "")
    zh, en = [], []
    if goes or question.direction is Direction.OUT:
        zh.append(f"共支出 {_yuan(Money(goes))} 元")
        en.append(f"{_yuan(Money(goes))} yuan went out")
    if comes or question.direction is Direction.IN:
        zh.append(f"共收入 {_yuan(Money(comes))} 元")
        en.append(f"{_yuan(Money(comes))} yuan came in")
    return Text(
        f"{when.zh}，{what.zh}{'，'.join(zh)}，一共 {rows} 笔。",
        f"{when.en}, {' and '.join(en)}{what.en}, in {lines}.",
    )


def _what(question: Question) -> Text:
    names = [NAMES[purpose] for purpose in question.purposes]
    zh = "、".join(name.zh for name in names)
    en = f" for {' and '.join(name.en.lower() for name in names)}" if names else ""
    if question.who:
        zh = f"与{question.who}的{zh or '往来'}"
        en += f" with {question.who}"
    return Text(zh, en)


def _zh_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _yuan(money: Money) -> str:
    return f"{money.minor // 100:,}.{money.minor % 100:02d}"
