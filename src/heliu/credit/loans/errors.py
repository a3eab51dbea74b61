"""Refusals of the loans desk: what is so, and what would cure it."""

from datetime import date

from heliu.books.ledger.api import Refused
from heliu.credit.limits.api import Axis, LimitExceeded
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

_AXES = {
    Axis.PROGRAMME: Text("方案额度", "the programme's limit"),
    Axis.OBLIGOR: Text("买方额度", "the buyer's limit"),
    Axis.GROUP: Text("集团额度", "the group's limit"),
    Axis.SUPPLIER: Text("供应商额度", "the supplier's limit"),
    Axis.PRODUCT: Text("产品额度", "the product's limit"),
}


def limit_exceeded(outcome: LimitExceeded) -> Refusal:
    """No room on the narrowest axis."""
    axis = _AXES[outcome.line.axis]
    return Refusal(
        "credit.limit_exceeded",
        Text(
            f"{axis.zh}已用尽，余额 {outcome.headroom}",
            f"{axis.en} is used up: {outcome.headroom} left",
        ),
        Text(
            "前一笔融资还款后额度释放，或由信贷员调高额度",
            "a repayment of an earlier loan frees it, or a credit officer raises it",
        ),
        {"axis": outcome.line.axis.value, "headroom": outcome.headroom.minor},
    )


def ledger_refused(refused: Refused) -> Refusal:
    """The books did not take the posting; their own reason and cure."""
    return Refusal(refused.code, refused.reason, refused.cure)


def loan_unknown() -> Refusal:
    """There is no such loan in the receivable book."""
    return Refusal(
        "loans.loan_unknown",
        Text("应收账款融资账簿没有这笔贷款", "the receivable book has no such loan"),
        Text("核对贷款编号", "check the loan's id"),
    )


def key_reused() -> Refusal:
    """One key stands for one act for ever."""
    return Refusal(
        "loans.key_reused",
        Text("该指令键已用于另一条指令", "this key was used for another act"),
        Text("新的指令用新的键", "give a new act a new key"),
    )


def act_incomplete() -> Refusal:
    """An act says what its kind needs, and nothing else."""
    return Refusal(
        "loans.act_incomplete",
        Text(
            "须写明理由；展期须有新到期日，回购与收回须有资金来源，收回须有金额",
            "an act has its reason; an extension its day, a buy-back and a recovery whose money it "
            "is, a recovery its amount",
        ),
        Text("补全或去掉多余的内容", "add what lacks, drop what does not belong"),
    )


def before_last_event(last: date) -> Refusal:
    """What happened is not moved behind."""
    return Refusal(
        "loans.before_last_event",
        Text(f"{last} 已有后续记录", f"something happened to the loan on {last}"),
        Text(f"业务日期不得早于 {last}", f"act on {last} or later"),
        {"last": last.isoformat()},
    )


def nothing_owed() -> Refusal:
    """The loan is settled, bought back or written off."""
    return Refusal(
        "loans.nothing_owed",
        Text("该笔贷款已无欠款", "nothing is owed on this loan"),
        Text("查看贷款经过: heliu servicing show", "see its events: heliu servicing show"),
    )


def extension_not_later(due_on: date) -> Refusal:
    """An extension moves the due date into the future."""
    return Refusal(
        "loans.extension_not_later",
        Text(f"新到期日须晚于 {due_on}", f"an extension is until a day after {due_on}"),
        Text("改用更晚的日期", "give a later day"),
        {"after": due_on.isoformat()},
    )


def extended_already(times: int) -> Refusal:
    """The loan was extended as often as may be."""
    return Refusal(
        "loans.extended_already",
        Text(f"已展期 {times} 次，达到上限", f"extended {times} times, as often as may be"),
        Text(
            "由买方付款、供应商回购，或按程序核销",
            "let the buyer pay, the supplier buy back, or propose its write-off",
        ),
        {"times": times},
    )


def extension_too_long(latest: date) -> Refusal:
    """The extension is longer than the rules allow for the agreed tenor."""
    return Refusal(
        "loans.extension_too_long",
        Text(f"展期最晚至 {latest}", f"this loan may be extended until {latest} at most"),
        Text("缩短展期", "extend for a shorter time"),
        {"latest": latest.isoformat()},
    )


def second_person_missing() -> Refusal:
    """What gives something up takes two persons."""
    return Refusal(
        "loans.second_person",
        Text("须一人提出、另一人放行", "one person proposes this and another releases it"),
        Text(
            "先提出: heliu collection propose，再由另一人放行",
            "propose it: heliu collection propose; a second person releases it",
        ),
    )


def same_person() -> Refusal:
    """Who proposed does not release."""
    return Refusal(
        "loans.same_person",
        Text("提出人不得自行放行", "who proposed it does not release it"),
        Text("由另一人放行", "have a second person release it"),
    )


def without_recourse() -> Refusal:
    """The supplier does not answer for the buyer."""
    return Refusal(
        "loans.without_recourse",
        Text("该笔为无追索权融资", "this loan is without recourse"),
        Text("向买方追偿", "the debt is the buyer's: collect from the buyer"),
    )


def not_late(last: date) -> Refusal:
    """What may still be paid in time is not given up."""
    return Refusal(
        "loans.not_late",
        Text(f"宽限至 {last}，尚未逾期", f"payment is in time until {last}"),
        Text("逾期后再提出核销", "propose the write-off once it is late"),
        {"last": last.isoformat()},
    )


def nothing_lost() -> Refusal:
    """Nothing that was written off is open."""
    return Refusal(
        "loans.nothing_lost",
        Text("没有未收回的核销金额", "nothing that was written off is open"),
        Text("查看贷款经过: heliu servicing show", "see its events: heliu servicing show"),
    )


def recovers_too_much(lost: Money) -> Refusal:
    """Not more is recovered than was lost, and in its currency."""
    return Refusal(
        "loans.recovers_too_much",
        Text(f"未收回的核销金额为 {lost}", f"{lost} of it is lost"),
        Text("核对金额和币种", "check amount and currency"),
        {"lost": lost.minor},
    )


def recovered_since() -> Refusal:
    """What was partly recovered is not undone."""
    return Refusal(
        "loans.recovered_since",
        Text("核销后已有收回，不能冲回", "money was recovered since: it cannot be undone"),
        Text("按收回继续入账", "go on recovering"),
    )


def receipt_short(left: Money | None) -> Refusal:
    """The receipt that is to pay does not wait in suspense, or not with so much."""
    waits = Text("没有待处理", "nothing of it waits") if left is None else None
    said = waits or Text(f"仅余 {left} 待处理", f"only {left} of it waits")
    return Refusal(
        "loans.receipt_short",
        Text(f"该笔来款{said.zh}", f"this receipt does not pay it: {said.en}"),
        Text("选用其他来款: heliu servicing receipts", "see what waits: heliu servicing receipts"),
    )
