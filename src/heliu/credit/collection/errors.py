"""Refusals of the collection desk: what is so, and what would cure it."""

from collections.abc import Sequence
from datetime import date

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def day_not_closed(day: date) -> Refusal:
    """Cases rest on the closed day's positions."""
    return Refusal(
        "collection.day_not_closed",
        Text(f"{day} 尚未日终", f"{day} is not closed yet"),
        Text(f"先日终: heliu eod --date {day}", f"close it first: heliu eod --date {day}"),
        {"day": day.isoformat()},
    )


def case_unknown() -> Refusal:
    """There is no such case."""
    return Refusal(
        "collection.case_unknown",
        Text("没有这个催收案件", "there is no such case"),
        Text("核对编号: heliu collection", "check its number: heliu collection"),
    )


def case_closed() -> Refusal:
    """A closed case takes nothing more."""
    return Refusal(
        "collection.case_closed",
        Text("案件已结", "the case is closed"),
        Text("再次逾期会立新案", "if the debtor is late again a new case opens by itself"),
    )


def key_reused() -> Refusal:
    """One command key stands for one command for ever."""
    return Refusal(
        "collection.key_reused",
        Text("该指令键已用于另一条指令", "this command key was used for another command"),
        Text("新的指令用新的键", "give a new command a new key"),
    )


def channel_unknown(channel: str, known: Sequence[str]) -> Refusal:
    """The policy does not contact debtors that way."""
    names = ", ".join(known)
    return Refusal(
        "collection.channel_unknown",
        Text(f"催收政策没有渠道 {channel!r}", f"the policy has no channel {channel!r}"),
        Text(f"用其中之一: {names}", f"use one of: {names}"),
    )


def day_forbidden(day: date) -> Refusal:
    """Nobody is contacted on this day."""
    return Refusal(
        "collection.day_forbidden",
        Text(f"{day} 为禁止联系日", f"nobody is contacted on {day}"),
        Text("改在次日联系", "try on a later day"),
        {"day": day.isoformat()},
    )


def quiet_hours(start: int, end: int) -> Refusal:
    """Nobody is contacted in the quiet hours."""
    return Refusal(
        "collection.quiet_hours",
        Text(
            f"{start} 点至次日 {end} 点不得联系", f"nobody is contacted from {start}:00 to {end}:00"
        ),
        Text(f"{end} 点以后再联系（北京时间）", f"try after {end}:00, Beijing time"),
    )


def contacts_used_up(period: str, limit: int) -> Refusal:
    """The debtor was contacted as often as may be."""
    words = {"day": Text("今日", "today"), "week": Text("本周", "this week")}[period]
    later = {"day": Text("明日", "tomorrow"), "week": Text("下周", "next week")}[period]
    return Refusal(
        f"collection.{period}_limit",
        Text(
            f"该债务人{words.zh}已联系 {limit} 次, 达到上限",
            f"this debtor was contacted {limit} times {words.en}, as often as may be",
        ),
        Text(f"{later.zh}再联系", f"try again {later.en}"),
        {"limit": limit},
    )


def contact_unknown() -> Refusal:
    """There is no such contact."""
    return Refusal(
        "collection.contact_unknown",
        Text("没有这次联系", "there is no such contact"),
        Text("先登记联系: heliu collection contact", "take leave first: heliu collection contact"),
    )


def result_unknown(result: str, known: Sequence[str]) -> Refusal:
    """The policy has no such result."""
    names = ", ".join(known)
    return Refusal(
        "collection.result_unknown",
        Text(f"没有联系结果 {result!r}", f"there is no result {result!r}"),
        Text(f"用其中之一: {names}", f"use one of: {names}"),
    )


def promise_open() -> Refusal:
    """A debtor keeps one promise before he makes the next."""
    return Refusal(
        "collection.promise_open",
        Text("已有未到期的还款承诺", "a promise is open already"),
        Text("到期兑现或违约后再登记", "wait until it is kept or broken"),
    )


def promise_too_late(latest: date) -> Refusal:
    """A promise is for the near future."""
    return Refusal(
        "collection.promise_date",
        Text(f"承诺日期应在今日至 {latest} 之间", f"a promise is for a day from today to {latest}"),
        Text("约定更近的日期, 或提出展期、重组", "agree a nearer day, or propose an extension"),
        {"latest": latest.isoformat()},
    )


def promise_amount(overdue: int) -> Refusal:
    """A promise is about what is late, in the case's currency."""
    return Refusal(
        "collection.promise_amount",
        Text(
            f"承诺金额应为正, 币种一致, 且不超过逾期金额 {overdue} 分",
            f"a promise is positive, in the case's currency and at most the {overdue} minor units "
            "that are late",
        ),
        Text("核对逾期金额: heliu collection", "see what is late: heliu collection"),
        {"overdue": overdue},
    )


def loan_not_in_case() -> Refusal:
    """A proposal is about a loan of the case."""
    return Refusal(
        "collection.loan_not_in_case",
        Text("该贷款不在此案中", "this loan is not of this case"),
        Text("查看案件的贷款: heliu collection show", "see its loans: heliu collection show"),
    )


def no_remedy_in_book() -> Refusal:
    """Each book has remedies of its own."""
    return Refusal(
        "collection.book_has_no_remedy",
        Text("该账簿没有此项处置", "the book of this loan has no such remedy"),
        Text(
            "应收账款融资: 展期 (给出新到期日)、核销、收回、冲回核销; "
            "合同贷款: 重组、展期 (给出期数)、核销、收回",
            "a receivable loan: extend until a day, write_off, recover, reverse_write_off; a "
            "contract: restructure, extend by instalments, write_off, recover",
        ),
    )


def proposal_incomplete() -> Refusal:
    """A proposal says what its remedy needs, and nothing else."""
    return Refusal(
        "collection.proposal_incomplete",
        Text(
            "重组须有期数和年利率, 展期须有期数或新到期日, 回收须有金额, 均须有理由",
            "a restructuring says instalments and rate, an extension instalments or its last day, "
            "a recovery an amount, and each its reason",
        ),
        Text("补全或去掉多余的内容", "add what lacks, drop what does not belong"),
    )


def remedy_too_early(remedy: str, days: int) -> Refusal:
    """The policy allows the remedy at later steps."""
    return Refusal(
        "collection.remedy_not_here",
        Text(
            f"按政策此阶段不得提出 {remedy}, 逾期 {days} 天起可以",
            f"the policy has no {remedy} at this step; from {days} days late on it may be proposed",
        ),
        Text("先完成本阶段的步骤", "do what this step asks first"),
        {"remedy": remedy, "from_days": days},
    )


def proposal_unknown() -> Refusal:
    """There is no such proposal."""
    return Refusal(
        "collection.proposal_unknown",
        Text("没有这个提案", "there is no such proposal"),
        Text("查看待复核提案: heliu collection proposals", "see: heliu collection proposals"),
    )


def ruled_already(verdict: str) -> Refusal:
    """A proposal is ruled on once."""
    words = {"released": Text("放行", "released"), "rejected": Text("否决", "rejected")}[verdict]
    return Refusal(
        "collection.ruled_already",
        Text(f"提案已{words.zh}", f"the proposal was {words.en} already"),
        Text("另提新案", "propose anew"),
    )


def same_person() -> Refusal:
    """Who proposes does not rule."""
    return Refusal(
        "collection.same_person",
        Text("提出人不得复核自己的提案", "who proposes does not rule on it"),
        Text("请另一人复核", "have a second person rule"),
    )


def reason_missing() -> Refusal:
    """A ruling says why."""
    return Refusal(
        "collection.reason_missing",
        Text("未写明理由", "no reason is given"),
        Text("写明理由", "say why"),
    )
