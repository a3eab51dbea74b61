"""Refusals of the voucher desk: what is so, and what would cure it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from heliu.books.vouchers.domain.tenor import TenorRule
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


def unknown(what: UUID) -> Refusal:
    """There is no such voucher or fragment."""
    return Refusal(
        "voucher.unknown",
        Text(f"没有凭证或份额 {what}", f"there is no voucher or fragment {what}"),
        Text("请核对编号", "check the id"),
        {"id": str(what)},
    )


def key_reused(key: UUID) -> Refusal:
    """The idempotency key stands for another command."""
    return Refusal(
        "voucher.key_reused",
        Text("幂等键已用于另一项内容不同的操作", "the key was used by a command of other content"),
        Text("请为新操作使用新的幂等键", "give a new command a new key"),
        {"key": str(key)},
    )


def bad_terms(what: Text) -> Refusal:
    """The command contradicts itself or says nothing that can be done."""
    return Refusal(
        "voucher.terms",
        what,
        Text("请更正后重新提交", "correct it and send it again"),
    )


def backdated(last_on: date) -> Refusal:
    """Something later was recorded already: title has an order."""
    return Refusal(
        "voucher.backdated",
        Text(f"该凭证在 {last_on} 已有登记", f"the voucher has an entry of {last_on} already"),
        Text("业务日期不得早于最后一次登记", "act on that business date or later"),
        {"last_on": last_on.isoformat()},
    )


def tenor_exceeded(rule: TenorRule, latest: date) -> Refusal:
    """It would fall due after the longest tenor the rule allows."""
    return Refusal(
        "voucher.tenor_exceeded",
        Text(
            f"付款期限最长 {rule.max_months} 个月 ({rule.source.zh})",
            f"a voucher falls due within {rule.max_months} months ({rule.source.en})",
        ),
        Text(f"到期日不得晚于 {latest}", f"let it fall due on {latest} or before"),
        {"latest": latest.isoformat(), "max_months": rule.max_months},
    )


def not_backed(backed: Money, amount: Money) -> Refusal:
    """The invoices do not sum to the voucher."""
    return Refusal(
        "voucher.not_backed",
        Text(
            f"所附发票合计 {backed}，凭证金额 {amount}",
            f"its invoices give {backed}, the voucher says {amount}",
        ),
        Text("使发票占用额之和等于凭证金额", "let the invoices' parts sum to the amount"),
        {"backed": backed.minor, "amount": amount.minor},
    )


def invoice_overused(left: Money) -> Refusal:
    """Other vouchers stand on the same invoice."""
    return Refusal(
        "voucher.invoice_overused",
        Text(
            f"发票已被其他凭证占用，可用余额 {left}",
            f"other vouchers use the invoice: {left} is left",
        ),
        Text("减少占用额或换用其他发票", "use less of it, or another invoice"),
        {"left": left.minor},
    )


def invoice_contradicts() -> Refusal:
    """The same invoice was shown with other check digits, amount or currency."""
    return Refusal(
        "voucher.invoice_contradicts",
        Text(
            "同一发票此前以不同的校验码、金额或币种登记",
            "the invoice stands here with other check digits, amount or currency",
        ),
        Text("请核对发票原件", "compare it with the original"),
    )


def same_person() -> Refusal:
    """Who drafted may not approve."""
    return Refusal(
        "voucher.same_person",
        Text("开立人不得自行复核", "who drafted a voucher does not approve it"),
        Text("由核心企业的第二人复核", "a second person of the issuer approves it"),
    )


def wrong_stage(stage: str, wanted: str) -> Refusal:
    """The voucher is not in the stage this act needs."""
    return Refusal(
        "voucher.wrong_stage",
        Text(f"凭证状态为 {stage}，须为 {wanted}", f"the voucher is {stage}, not {wanted}"),
        Text("先完成前一步骤", "take the step before first"),
        {"stage": stage, "wanted": wanted},
    )


def not_party(wanted: Text) -> Refusal:
    """Somebody else may do this."""
    return Refusal(
        "voucher.not_party",
        Text(f"只有{wanted.zh}可以这样做", f"only {wanted.en} may do this"),
        Text("由该方提交", "let that party send it"),
    )


def not_live(standing: str) -> Refusal:
    """The fragment has ended."""
    return Refusal(
        "voucher.not_live",
        Text(f"该份额已终止 ({standing})", f"the fragment has ended: {standing}"),
        Text("已拆分的份额请使用其子份额", "of a split fragment use the children"),
        {"standing": standing},
    )


def financed() -> Refusal:
    """A financing stands on the fragment."""
    return Refusal(
        "voucher.financed",
        Text("该份额已融资，不得再次处置", "the fragment is financed and cannot be disposed of"),
        Text("由资金方先行解除", "the financier releases it first"),
    )


def not_financed() -> Refusal:
    """No financing stands on the fragment."""
    return Refusal(
        "voucher.not_financed",
        Text("该份额没有未解除的融资", "no financing stands on the fragment"),
        Text("请核对份额编号", "check the fragment's id"),
    )


def frozen() -> Refusal:
    """An order holds the fragment."""
    return Refusal(
        "voucher.frozen",
        Text("该份额已被冻结", "the fragment is frozen"),
        Text("由原机关解除冻结", "the authority lifts its order first"),
    )


def not_frozen() -> Refusal:
    """No order holds the fragment."""
    return Refusal(
        "voucher.not_frozen",
        Text("该份额未被冻结", "the fragment is not frozen"),
        Text("请核对份额编号", "check the fragment's id"),
    )


def matured(due_on: date) -> Refusal:
    """After maturity a fragment is only paid."""
    return Refusal(
        "voucher.matured",
        Text(f"凭证已于 {due_on} 到期", f"the voucher fell due on {due_on}"),
        Text("到期后只能兑付", "it can only be redeemed now"),
        {"due_on": due_on.isoformat()},
    )


def not_due(due_on: date) -> Refusal:
    """Before maturity nothing is paid."""
    return Refusal(
        "voucher.not_due",
        Text(f"凭证于 {due_on} 到期", f"the voucher falls due on {due_on}"),
        Text("到期日或之后兑付", "redeem it on that day or later"),
        {"due_on": due_on.isoformat()},
    )


def registry_reused(number: str) -> Refusal:
    """Another financing was registered under that number."""
    return Refusal(
        "voucher.registry_reused",
        Text(f"登记编号 {number} 已用于另一笔融资", f"{number} registers another financing"),
        Text("使用本笔融资的登记编号", "give the number this financing was registered under"),
        {"registry_no": number},
    )


def overpaid(open_: Money) -> Refusal:
    """More cash than is owed."""
    return Refusal(
        "voucher.overpaid",
        Text(f"凭证未付余额为 {open_}", f"only {open_} is open on the voucher"),
        Text("付款不得超过未付余额", "pay at most what is open"),
        {"open": open_.minor},
    )


def all_frozen() -> Refusal:
    """Nobody may be paid now."""
    return Refusal(
        "voucher.all_frozen",
        Text("未付份额均被冻结", "every open fragment is frozen"),
        Text("解除冻结后再兑付", "redeem it when the orders are lifted"),
    )


def no_cover(available: Money) -> Refusal:
    """The issuer's account does not hold the cash."""
    return Refusal(
        "voucher.no_cover",
        Text(f"付款账户可用余额 {available}", f"the paying account holds {available}"),
        Text("补足余额，或按可用余额部分兑付", "fund it, or pay what it holds"),
        {"available": available.minor},
    )


def same_account(payees: Sequence[str]) -> Refusal:
    """A payee would be paid from his own account."""
    return Refusal(
        "voucher.same_account",
        Text("收款账户与付款账户相同", "a payee's account is the one that pays"),
        Text("请更正账户", "give another account"),
        {"payees": len(payees)},
    )
