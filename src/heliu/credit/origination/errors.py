"""Refusals of the origination desk. Facts hold ids, codes and amounts only."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


def product_unknown(code: str) -> Refusal:
    """No list of requirements names that product."""
    return Refusal(
        "origination.product_unknown",
        Text(f"产品 {code} 没有受理要求", f"nothing says what product {code} asks for"),
        Text(
            "核对产品代码; 新产品先登记受理要求",
            "check the product's code; a new product gets a list of requirements first",
        ),
        {"product": code},
    )


def product_not_offered(code: str, version: int, offered: int | None) -> Refusal:
    """That version is not the one in force today, or none is."""
    now = f"v{offered}" if offered else "-"
    return Refusal(
        "origination.product_not_offered",
        Text(
            f"产品 {code} v{version} 当前不受理, 现行版本 {now}",
            f"{code} v{version} is not offered today; in force: {now}",
        ),
        Text("按现行版本申请", "apply for the version in force"),
        {"product": code, "version": version, "in_force": offered},
    )


def outside_product(code: str, field: str) -> Refusal:
    """Amount, currency or rate is not within what the product version allows."""
    return Refusal(
        "origination.outside_product",
        Text(f"{field} 超出产品 {code} 的范围", f"{field} is outside the bounds of {code}"),
        Text("按产品条款调整", "keep to the product's terms"),
        {"product": code, "field": field},
    )


def not_eligible(code: str, inputs: Sequence[str], why: Text, cure: Text) -> Refusal:
    """The product's own conditions are not met, or not all is known."""
    return Refusal(
        "origination.not_eligible",
        Text(f"不符合产品 {code} 的条件: {why.zh}", f"{code} asks for more: {why.en}"),
        cure,
        {"product": code, "inputs": list(inputs)},
    )


def application_unknown(application_id: UUID) -> Refusal:
    """There is no such application."""
    return Refusal(
        "origination.unknown",
        Text("没有这笔申请", "there is no such application"),
        Text("核对申请编号", "check its id"),
        {"application": str(application_id)},
    )


def key_reused(key: UUID) -> Refusal:
    """One key stands for one command."""
    return Refusal(
        "origination.key_reused",
        Text("幂等键已用于另一请求", "the key was used for another request"),
        Text("换一个新的键", "use a new key"),
        {"key": str(key)},
    )


def wrong_stage(application_id: UUID, stage: str, needed: Sequence[str]) -> Refusal:
    """It cannot happen where the application stands."""
    listed = ", ".join(needed)
    return Refusal(
        "origination.wrong_stage",
        Text(
            f"申请处于 {stage}, 此操作须处于 {listed}", f"the application is {stage}, not {listed}"
        ),
        Text("查看申请的当前状态", "look at where it stands"),
        {"application": str(application_id), "stage": stage},
    )


def borrower_kind(requirements: str) -> Refusal:
    """The product is for the other kind of borrower."""
    return Refusal(
        "origination.borrower_kind",
        Text("该产品不面向此类借款人", "the product is not for this kind of borrower"),
        Text("选择适用的产品", "choose a product that is"),
        {"requirements": requirements},
    )


def amount_outside(least: Money, most: Money) -> Refusal:
    """The amount is not within the product's bounds, or in another currency."""
    return Refusal(
        "origination.amount",
        Text(f"金额须在 {least} 至 {most} 之间", f"the amount is not within {least} and {most}"),
        Text("调整申请金额", "ask for an amount within the bounds"),
        {"least_minor": least.minor, "most_minor": most.minor},
    )


def tenor_not_whole(code: str, days: int) -> Refusal:
    """No contract of the product runs for that tenor."""
    return Refusal(
        "origination.tenor_not_whole",
        Text(
            f"期限 {days} 天不是产品 {code} 期数的整数倍",
            f"{days} days are no whole number of the periods of {code}",
        ),
        Text(
            "按整月(30 天)等整数期限申请",
            "apply for a tenor of whole periods (a month is 30 or 31 days)",
        ),
        {"product": code, "tenor_days": days},
    )


def tenor_outside(least: int, most: int) -> Refusal:
    """The tenor is not within the product's bounds."""
    return Refusal(
        "origination.tenor",
        Text(
            f"期限须在 {least} 至 {most} 天之间", f"the tenor is not within {least} and {most} days"
        ),
        Text("调整申请期限", "ask for a tenor within the bounds"),
        {"least_days": least, "most_days": most},
    )


def filing_invalid(fault: Text) -> Refusal:
    """The application itself is not well formed."""
    return Refusal(
        "origination.filing",
        fault,
        Text("补正后重新提交", "correct it and file it again"),
    )


def document_unknown(evidence_id: UUID) -> Refusal:
    """The paper is not in the evidence log."""
    return Refusal(
        "origination.document_unknown",
        Text("文件不在证据库中", "the document is not in the evidence log"),
        Text("先提交文件原件, 再引用", "hand in the document first, then name it"),
        {"evidence": str(evidence_id)},
    )


def document_size(size: int, most: int) -> Refusal:
    """An empty file, or one too large to be a paper of an application."""
    return Refusal(
        "origination.document_size",
        Text(f"文件为空或超过 {most} 字节", f"the file is empty or larger than {most} bytes"),
        Text("压缩或拆分后重新提交", "compress or split it and hand it in again"),
        {"size": size},
    )


def incomplete(missing: Sequence[str], words: Text) -> Refusal:
    """Not everything that the product asks for is there."""
    return Refusal(
        "origination.incomplete",
        words,
        Text("补齐所列事项后再审批", "complete what is listed, then ask for a decision"),
        {"missing": list(missing)},
    )


def currency(rule_id: str, met: str) -> Refusal:
    """Law names yuan; nobody converts here."""
    return Refusal(
        "origination.currency",
        Text(f"规则 {rule_id} 以人民币计, 不适用于 {met}", f"rule {rule_id} is in CNY, not {met}"),
        Text("以人民币申请", "apply in CNY"),
        {"rule": rule_id, "currency": met},
    )


def tenor_too_long(rule_id: str, months: int) -> Refusal:
    """Longer than law allows."""
    return Refusal(
        "origination.tenor_too_long",
        Text(f"期限超过监管上限 {months} 个月", f"the tenor exceeds the {months} months of law"),
        Text("缩短申请期限", "ask for a shorter tenor"),
        {"rule": rule_id, "months": months},
    )


def person_cap(cap: Money) -> Refusal:
    """More than a person may owe for consumption without security."""
    return Refusal(
        "origination.person_cap",
        Text(f"个人消费信用贷款合计超过 {cap}", f"the person's consumer credit would exceed {cap}"),
        Text("降低金额或先归还部分贷款", "ask for less, or repay a part first"),
        {"cap_minor": cap.minor},
    )


def payee_missing() -> Refusal:
    """The money has to go to a counterparty nobody named."""
    return Refusal(
        "origination.payee_missing",
        Text("须受托支付, 但未提供收款方", "the money must go to a payee, and none is named"),
        Text("补充交易对手及合同后重新申请", "name the counterparty and apply again"),
    )


def same_person(application_id: UUID) -> Refusal:
    """Who filed or decided does not review."""
    return Refusal(
        "origination.same_person",
        Text("复核人不能是受理或审批人", "who filed or decided it does not review it"),
        Text("请第二人复核", "have a second person review it"),
        {"application": str(application_id)},
    )


def offer_ended(ended_on: date) -> Refusal:
    """The offer, or the contract nobody signed in time, is over."""
    return Refusal(
        "origination.offer_ended",
        Text(f"报价已于 {ended_on} 失效", f"the offer ended on {ended_on}"),
        Text("重新申请", "apply again"),
        {"ended_on": ended_on.isoformat()},
    )


def consent_invalid(fault: Text) -> Refusal:
    """A consent that is no consent."""
    return Refusal(
        "origination.consent_invalid",
        fault,
        Text("按授权书原文重新登记", "record it again as the signed text says"),
    )


def consent_unknown(consent_id: UUID) -> Refusal:
    """Only a recorded consent can be withdrawn."""
    return Refusal(
        "origination.consent_unknown",
        Text("没有这份授权", "there is no such consent"),
        Text("核对授权编号", "check its id"),
        {"consent": str(consent_id)},
    )


def key_unsound() -> Refusal:
    """Nobody can sign with it."""
    return Refusal(
        "origination.signing_key",
        Text("不是有效的 Ed25519 公钥", "this is no public key of Ed25519"),
        Text("提交 32 字节公钥", "hand in the 32 bytes of the public key"),
    )


def key_not_valid(key_id: UUID) -> Refusal:
    """The key is unknown, ended, or somebody else's."""
    return Refusal(
        "origination.signing_key_not_valid",
        Text("签名密钥未登记、已失效或不属于该方", "the key is unknown, ended, or another party's"),
        Text("先登记签署人的密钥", "record the signer's key first"),
        {"signing_key": str(key_id)},
    )


def signature_wrong(application_id: UUID) -> Refusal:
    """The signature is not that key's on this text."""
    return Refusal(
        "origination.signature",
        Text("签名与合同文本不符", "the signature is not on this contract"),
        Text("对合同原文重新签名", "sign the contract's own text again"),
        {"application": str(application_id)},
    )


def signed_out_of_time() -> Refusal:
    """Signed before the contract was made, or in the future."""
    return Refusal(
        "origination.signed_at",
        Text(
            "签署时间早于合同生成或晚于当前", "it was signed before it was made, or in the future"
        ),
        Text("校准时间后重新签署", "set the clock right and sign again"),
    )


def not_registered(application_id: UUID) -> Refusal:
    """There is no registration to change."""
    return Refusal(
        "origination.not_registered",
        Text("该申请没有有效登记", "the application has no registration in force"),
        Text("核对申请编号", "check the application"),
        {"application": str(application_id)},
    )


def term_outside(least: int, most: int) -> Refusal:
    """The registry takes no such term."""
    return Refusal(
        "origination.registration_term",
        Text(
            f"登记期限须在 {least} 至 {most} 个月之间, 且晚于现有期限",
            f"a registration runs {least} to {most} months, and ends later than before",
        ),
        Text("调整登记期限", "choose another end"),
        {"least_months": least, "most_months": most},
    )


def not_stuck(application_id: UUID, errand: str) -> Refusal:
    """Only what is stuck is resumed."""
    return Refusal(
        "origination.not_stuck",
        Text("该查询并未转人工", "that errand does not wait for a person"),
        Text("查看待办事项", "look at the cases"),
        {"application": str(application_id), "errand": errand},
    )


def signed_already(application_id: UUID, signer: str) -> Refusal:
    """Each side signs once."""
    return Refusal(
        "origination.signed_already",
        Text("该方已签署", "this side has signed already"),
        Text("无需再次签署", "nothing is needed"),
        {"application": str(application_id), "signer": signer},
    )


def not_asked(application_id: UUID, errand: str) -> Refusal:
    """An answer to a question that is not open (any more): somebody else brought it."""
    return Refusal(
        "origination.not_asked",
        Text("该查询已有结果或已取消", "that errand is answered already, or no longer wanted"),
        Text("无需处理", "nothing is needed"),
        {"application": str(application_id), "errand": errand},
    )
