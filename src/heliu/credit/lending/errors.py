"""Refusals of the lending desk: what is so, and what would cure it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from heliu.books.ledger.api import Refused
from heliu.credit.products.api import Input
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


def ledger_refused(refused: Refused) -> Refusal:
    """The books did not take the posting; their own reason and cure."""
    return Refusal(refused.code, refused.reason, refused.cure)


def contract_unknown() -> Refusal:
    """There is no such contract."""
    return Refusal(
        "lending.contract_unknown",
        Text("没有这笔贷款", "there is no such loan"),
        Text("核对贷款编号: heliu loan list", "check its number: heliu loan list"),
    )


def key_reused() -> Refusal:
    """One command key stands for one command for ever."""
    return Refusal(
        "lending.key_reused",
        Text("该指令键已用于另一条指令", "this command key was used for another command"),
        Text("新的指令用新的键", "give a new command a new key"),
    )


def out_of_bounds(field: str, least: object, most: object) -> Refusal:
    """What is asked is outside the product's bounds."""
    names = {
        "principal": Text("金额", "the amount"),
        "annual_rate": Text("年利率", "the annual rate"),
        "periods": Text("期数", "the number of periods"),
        "spread": Text("加点", "the spread over the benchmark"),
    }
    name = names[field]
    return Refusal(
        "lending.out_of_bounds",
        Text(
            f"{name.zh}不在产品范围 {least} 至 {most} 之内",
            f"{name.en} is outside the product's {least} to {most}",
        ),
        Text("改到范围之内，或选择其他产品", "ask within them, or choose another product"),
        {"field": field, "least": str(least), "most": str(most)},
    )


def no_quote(benchmark: str, tenor: str, on: date) -> Refusal:
    """The product prices from a benchmark of which no quote counts on that day."""
    return Refusal(
        "lending.no_quote",
        Text(
            f"{on} 没有有效的 {benchmark} {tenor} 报价", f"no quote of {benchmark} {tenor} on {on}"
        ),
        Text("导入报价: heliu rates import", "import the publication: heliu rates import"),
        {"benchmark": benchmark, "tenor": tenor, "on": on.isoformat()},
    )


def currency_not_lent(currency: str, lent: Sequence[str]) -> Refusal:
    """The product does not lend this currency, or the act is in another than the contract's."""
    listed = ", ".join(lent)
    return Refusal(
        "lending.currency_mix",
        Text(f"币种应为 {listed}，收到 {currency}", f"the currency is {listed}, not {currency}"),
        Text("以合同币种提交", "send it in the contract's currency"),
        {"currency": currency, "lent": list(lent)},
    )


def not_eligible(unmet: Sequence[Input]) -> Refusal:
    """What the product asks to be known is missing or not so; the cure of each."""
    return Refusal(
        "lending.not_eligible",
        Text(
            "不满足准入条件: " + "；".join(i.why.zh for i in unmet),
            "not met: " + "; ".join(i.why.en for i in unmet),
        ),
        Text("；".join(i.cure.zh for i in unmet), "; ".join(i.cure.en for i in unmet)),
        {"inputs": [i.input for i in unmet]},
    )


def inputs_unknown(names: Sequence[str]) -> Refusal:
    """Something was said that the product does not ask."""
    listed = ", ".join(names)
    return Refusal(
        "lending.inputs_unknown",
        Text(f"产品没有这些条件: {listed}", f"the product does not ask for {listed}"),
        Text("只提交产品列出的条件", "give what the product lists, by its name"),
        {"inputs": list(names)},
    )


def party_missing(what: Text) -> Refusal:
    """The product needs a party or programme that the command does not name."""
    return Refusal(
        "lending.party_missing",
        Text(f"缺少{what.zh}", f"{what.en} is missing"),
        Text(f"补充{what.zh}", f"name {what.en}"),
    )


def papers_missing(kinds: Sequence[str]) -> Refusal:
    """The stage asks for papers that are not named."""
    listed = ", ".join(kinds)
    return Refusal(
        "lending.papers_missing",
        Text(f"缺少单据: {listed}", f"papers are missing: {listed}"),
        Text("提交所列单据后重试", "file the papers named and ask again"),
        {"papers": list(kinds)},
    )


def papers_unknown(kind: str, documents: Sequence[UUID]) -> Refusal:
    """What is named as a paper of this kind is none that was filed and counts."""
    listed = ", ".join(map(str, documents))
    return Refusal(
        "lending.papers_unknown",
        Text(f"没有已归档且有效的 {kind}: {listed}", f"no {kind} in force was filed as {listed}"),
        Text(
            "先归档发票(heliu watch 或接口)，再引用其文件编号",
            "file it first (heliu watch, or the API), then name it by its document id",
        ),
        {"kind": kind, "documents": [str(document) for document in documents]},
    )


def papers_of_others(kind: str, documents: Sequence[UUID]) -> Refusal:
    """Papers are not the borrower's own against the contract's obligor."""
    listed = ", ".join(map(str, documents))
    return Refusal(
        "lending.papers_of_others",
        Text(
            f"{kind} 的销方、购方不是合同的借款人和付款人: {listed}",
            f"this {kind} is not the borrower's to the contract's obligor: {listed}",
        ),
        Text(
            "核对发票，或以发票的购方为付款人另签合同",
            "check the papers, or agree a contract whose obligor is their buyer",
        ),
        {"kind": kind, "documents": [str(document) for document in documents]},
    )


def stage_unreachable(now: str, asked: str, possible: Sequence[str]) -> Refusal:
    """The papers cannot go from one stage to the other."""
    listed = ", ".join(possible) or "-"
    return Refusal(
        "lending.stage_unreachable",
        Text(f"不能从 {now} 阶段到 {asked}", f"papers do not go from {now} to {asked}"),
        Text(f"可以到: {listed}", f"they can go to: {listed}"),
        {"stage": now, "asked": asked, "possible": list(possible)},
    )


def stage_before(latest: date) -> Refusal:
    """Papers do not go back in time."""
    return Refusal(
        "lending.stage_before",
        Text(f"早于单据现阶段的日期 {latest}", f"the present stage began later, on {latest}"),
        Text("用不早于该日的日期", "date it on that day or after it"),
        {"since": latest.isoformat()},
    )


def no_draws_now(stage: str) -> Refusal:
    """The stage of the papers lends nothing."""
    return Refusal(
        "lending.no_draws_in_stage",
        Text(f"单据阶段 {stage} 不可提款", f"in stage {stage} nothing is drawn"),
        Text("单据进入下一阶段后再提款", "draw once the papers have moved on"),
        {"stage": stage},
    )


def beyond_facility(left: Money) -> Refusal:
    """More is asked than the contract still has to give, or a second draw on a single one."""
    return Refusal(
        "lending.beyond_facility",
        Text(f"超过可提款金额，剩余 {left}", f"no more than {left} can be drawn"),
        Text("减少金额，或签订新的合同", "draw less, or agree a new contract"),
        {"left_minor": left.minor},
    )


def beyond_advance(most: Money) -> Refusal:
    """Principal would exceed the stage's share of what the papers are worth."""
    return Refusal(
        "lending.beyond_advance_rate",
        Text(
            f"超过单据价值可融资部分，本金上限 {most}",
            f"the papers carry {most} of principal, no more",
        ),
        Text("减少金额，或补充单据", "draw less, or file more papers"),
        {"most_minor": most.minor},
    )


def amount_not_positive() -> Refusal:
    """Money moves in amounts above zero."""
    return Refusal(
        "lending.amount_invalid",
        Text("金额必须大于零", "an amount is above zero"),
        Text("填写大于零的金额", "give an amount above zero"),
    )


def in_the_future(today: date) -> Refusal:
    """An act is booked when its day has come."""
    return Refusal(
        "lending.in_the_future",
        Text(f"生效日在营业日 {today} 之后", f"it is dated after the business date {today}"),
        Text("到生效日再提交", "send it when its day has come"),
        {"business_date": today.isoformat()},
    )


def before_opening(opened: date) -> Refusal:
    """Nothing happens to a contract before it is agreed."""
    return Refusal(
        "lending.before_opening",
        Text(f"早于签约日 {opened}", f"the contract was agreed later, on {opened}"),
        Text("用不早于签约日的日期", "date it on that day or after it"),
        {"opened_on": opened.isoformat()},
    )


def application_not_complete(stage: str | None) -> Refusal:
    """A contract is opened from an application that both sides signed, and that is registered."""
    return Refusal(
        "lending.application_not_complete",
        Text(
            f"申请尚未完成签约和登记: {stage}" if stage else "没有这笔申请",
            f"the application is {stage}, not completed" if stage else "no such application",
        ),
        Text("heliu application show 说明尚缺什么", "heliu application show says what it lacks"),
        {"stage": stage},
    )


def application_differs() -> Refusal:
    """A contract that names an application has its terms, and is its only one."""
    return Refusal(
        "lending.application_differs",
        Text("与所签申请的条款不一致", "these are not the terms of the application it names"),
        Text(
            "以 heliu loan open --application 按所签条款开立",
            "open it as it was signed: heliu loan open --application",
        ),
    )


def tenor_not_whole(days: int) -> Refusal:
    """The tenor agreed is not a whole number of the product's periods."""
    return Refusal(
        "lending.tenor_not_whole",
        Text(
            f"期限 {days} 天不是产品期数的整数倍",
            f"{days} days are no whole number of the product's periods",
        ),
        Text(
            "以整月(30 天)等整数期限重新申请",
            "apply for a tenor of whole periods (a month is 30 or 31 days)",
        ),
        {"tenor_days": days},
    )


def not_covered(value: Money, needed: Money) -> Refusal:
    """The pledged lots are worth too little for the principal."""
    return Refusal(
        "lending.collateral_short",
        Text(
            f"押品价值 {value}，需要 {needed}",
            f"the collateral is worth {value}, {needed} is needed",
        ),
        Text("补充押品，或减少提款", "pledge more, or draw less"),
        {"value_minor": value.minor, "needed_minor": needed.minor},
    )


def contract_cancelled() -> Refusal:
    """The contract ended before anything was drawn."""
    return Refusal(
        "lending.cancelled",
        Text("合同已取消", "the contract was cancelled"),
        Text("如需融资，签订新的合同", "agree a new contract"),
    )


def drawn_already() -> Refusal:
    """What was drawn is repaid; only an undrawn contract is cancelled."""
    return Refusal(
        "lending.drawn",
        Text("合同已提款，不能取消", "money was drawn: the contract cannot be cancelled"),
        Text(
            "结清贷款(heliu loan pay-off)，或冲销误放的提款(heliu loan reverse)",
            "pay it off (heliu loan pay-off), or reverse a draw made by mistake",
        ),
    )


def charges_stand() -> Refusal:
    """Fees were charged on a contract that was never drawn."""
    return Refusal(
        "lending.charges_stand",
        Text("合同上仍有费用入账", "fees are booked on this contract"),
        Text("先冲销费用(heliu loan reverse)", "reverse them first (heliu loan reverse)"),
    )


def no_advance() -> Refusal:
    """The merchant has no contract that a share of his takings repays, in this currency."""
    return Refusal(
        "lending.no_advance",
        Text("该商户没有按流水还款的合同", "no advance of this merchant is repaid by his takings"),
        Text("核对商户的统一社会信用代码和币种", "check the merchant's code and the currency"),
    )


def lots_not_named() -> Refusal:
    """Lots are named by a repayment of a product that lets the payer name them."""
    return Refusal(
        "lending.lots_not_named",
        Text(
            "该产品的还款不指定提取货物",
            "no lots are named here: the product says which goods leave",
        ),
        Text("还款时不指定货物", "repay without naming lots"),
    )


def reason_needed() -> Refusal:
    """A person says why."""
    return Refusal(
        "lending.reason_needed",
        Text("须说明原因(2 至 500 字)", "say why, in 2 to 500 characters"),
        Text("填写原因", "give a reason"),
    )
