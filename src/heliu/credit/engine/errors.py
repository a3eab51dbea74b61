"""Refusals of the loan engine: impossible terms and impossible events."""

from datetime import date

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def impossible_terms(field: str, zh: str, en: str) -> Refusal:
    """The terms cannot be built into a loan: which field, and why."""
    return Refusal(
        "engine.terms_impossible",
        Text(f"贷款条款无法成立: {zh}", f"impossible terms: {en}"),
        Text(f"请更正条款字段 {field}", f"correct the term `{field}`"),
        {"field": field},
    )


def not_disbursed(on: date) -> Refusal:
    """An event of a loan that was not paid out by then."""
    return Refusal(
        "engine.not_disbursed",
        Text(f"{on} 之前贷款尚未发放", f"nothing was disbursed by {on}"),
        Text("请先放款, 或更正生效日", "disburse first, or correct the effective date"),
        {"on": on.isoformat()},
    )


def loan_closed(on: date) -> Refusal:
    """A repayment of a loan that owes nothing."""
    return Refusal(
        "engine.loan_closed",
        Text(f"贷款在 {on} 已结清", f"the loan owes nothing on {on}"),
        Text("请退回款项或撤销结清的还款", "return the money, or reverse the closing repayment"),
        {"on": on.isoformat()},
    )


def bad_amount(amount: int | None) -> Refusal:
    """An event that moves money needs an amount above zero."""
    return Refusal(
        "engine.amount_invalid",
        Text("金额必须大于零", "the amount must be above zero"),
        Text("请填写正数金额 (最小货币单位)", "give a positive amount in minor units"),
        {"amount": amount},
    )


def limit_exceeded(asked: int, left: int) -> Refusal:
    """More is asked for than was approved."""
    return Refusal(
        "engine.principal_exceeded",
        Text("放款超过批准的本金", "the disbursement exceeds the approved principal"),
        Text("请降低放款金额或提高批准金额", "ask for less, or have more approved"),
        {"asked": asked, "left": left},
    )


def single_disbursement() -> Refusal:
    """A second disbursement of a loan that allows one."""
    return Refusal(
        "engine.single_disbursement",
        Text("该贷款只能放款一次", "this loan is disbursed once only"),
        Text("请使用可分次放款的产品", "use a product with several disbursements"),
    )


def not_reversible(of: int, zh: str, en: str) -> Refusal:
    """The event to reverse is not there, is itself a reversal, or is reversed already."""
    return Refusal(
        "engine.not_reversible",
        Text(f"第 {of} 号事件不能冲销: {zh}", f"event {of} cannot be reversed: {en}"),
        Text("请选择一笔有效的事件", "name an event that is in force"),
        {"of": of},
    )


def not_overpaid(asked: int, overpaid: int) -> Refusal:
    """More is to go back than was overpaid."""
    return Refusal(
        "engine.not_overpaid",
        Text("退款超过多付的金额", "more would go back than was overpaid"),
        Text("退款不超过多付的金额", "pay back what was overpaid, no more"),
        {"asked": asked, "overpaid": overpaid},
    )


def paid_back(by: int) -> Refusal:
    """What an event would use, or take away, was paid back already."""
    return Refusal(
        "engine.paid_back",
        Text(f"多付的款项已由第 {by} 号事件退回", f"what was overpaid went back by event {by}"),
        Text(f"先冲销第 {by} 号退款, 再重试", f"reverse the refund, event {by}, and ask again"),
        {"by": by},
    )


def bad_detail(kind: str) -> Refusal:
    """An event without what its kind must say."""
    return Refusal(
        "engine.detail_invalid",
        Text(f"{kind} 事件的内容不完整", f"a {kind} event lacks what it must say"),
        Text("请按事件类型补全内容", "give the detail of this kind of event"),
        {"kind": kind},
    )


def not_computed(what: str) -> Refusal:
    """Terms this engine does not compute."""
    return Refusal(
        "engine.unsupported",
        Text(f"引擎暂不支持: {what}", f"not computed by this engine: {what}"),
        Text("请选用受支持的条款组合", "choose a combination that is supported"),
        {"what": what},
    )


def impossible_event(field: str, zh: str, en: str) -> Refusal:
    """An event that makes no sense for the loan as it stands: which part of it, and why."""
    return Refusal(
        "engine.event_impossible",
        Text(f"事件无法成立: {zh}", f"impossible event: {en}"),
        Text(f"请更正事件字段 {field}", f"correct the event's `{field}`"),
        {"field": field},
    )


def written_off(on: date) -> Refusal:
    """A loan that was written off takes recoveries alone."""
    return Refusal(
        "engine.written_off",
        Text(f"贷款在 {on} 已核销", f"the loan is written off on {on}"),
        Text("请按核销后收回入账, 或冲销该核销", "book a recovery, or reverse the write-off"),
        {"on": on.isoformat()},
    )


def not_written_off(on: date) -> Refusal:
    """A recovery of a loan that stands in the books."""
    return Refusal(
        "engine.not_written_off",
        Text(f"贷款在 {on} 尚未核销", f"the loan is not written off on {on}"),
        Text("请按还款入账", "book a repayment"),
        {"on": on.isoformat()},
    )
