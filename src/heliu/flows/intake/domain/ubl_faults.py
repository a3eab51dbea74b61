"""The faults a UBL document can have: one table of codes, severities and words in both languages.

REFUSED makes a document useless as evidence of an amount: unreadable, nameless, or contradicting
itself. FLAGGED leaves it usable and is told to whoever verifies it.
"""

from typing import Final

from heliu.flows.intake.domain.reading import Complaint, Severity
from heliu.flows.intake.domain.ubl_tree import Element, place_of
from heliu.ground.text import Text

_R, _F = Severity.REFUSED, Severity.FLAGGED

FAULTS: Final[dict[str, tuple[Severity, str, str]]] = {
    "field.missing": (_R, "缺少必填项 {name}", "{name} is required and missing"),
    "field.expected": (
        _F,
        "该业务规范要求 {name}, 文件中没有",
        "{name} is expected by the profile",
    ),
    "field.repeated": (_R, "{name} 出现多次, 含义不明", "{name} is given more than once"),
    "number.invalid": (_R, "{name} 不是数字: {value}", "{name} is not a number: {value}"),
    "date.invalid": (_R, "{name} 不是有效日期: {value}", "{name} is not a date: {value}"),
    "date.unreadable": (_F, "{name} 不是有效日期: {value}", "{name} is not a date: {value}"),
    "date.period_reversed": (
        _F,
        "期间结束日 {end} 早于开始日 {start}",
        "the period ends on {end}, before it starts on {start}",
    ),
    "date.due_before_issue": (
        _F,
        "付款到期日 {due} 早于开票日 {issued}",
        "payment is due on {due}, before the issue date {issued}",
    ),
    "indicator.invalid": (_R, "{name} 应为 true 或 false", "{name} is neither true nor false"),
    "currency.missing": (_R, "金额没有币种", "the amount has no currency"),
    "currency.unknown": (_R, "不认识的币种 {value}", "{value} is not an ISO 4217 currency"),
    "currency.mixed": (
        _R,
        "金额币种 {value} 与单据币种 {currency} 不一致",
        "an amount in {value} in a document in {currency}",
    ),
    "country.unknown": (_F, "不认识的国家代码 {value}", "{value} is not an ISO 3166-1 country"),
    "unit.unknown": (
        _F,
        "不是 UN/ECE 第 20 号建议书的计量单位: {value}",
        "{value} is not a unit of UN/ECE Recommendation 20",
    ),
    "tax.subtotals_differ": (
        _R,
        "各税率税额合计与税额总计 {value} 不符",
        "the tax subtotals do not add up to the tax total {value}",
    ),
    "tax.subtotals_missing": (
        _F,
        "税额 {value} 没有按税种列明",
        "the tax total {value} has no tax subtotal",
    ),
    "tax.schemes_mixed": (
        _F,
        "一个税额总计包含多个税种",
        "one tax total refers to more than one tax scheme",
    ),
    "total.lines_differ": (
        _R,
        "行金额合计 {sum} 与行金额总计 {value} 不符",
        "the lines add up to {sum}, the line total says {value}",
    ),
    "total.net_differs": (
        _R,
        "行金额总计加减折扣与费用为 {sum}, 不含税金额却为 {value}",
        "lines, allowances and charges make {sum}, the tax exclusive amount says {value}",
    ),
    "total.gross_differs": (
        _R,
        "不含税金额加税额与价税合计 {value} 不符",
        "net and tax do not make the tax inclusive amount {value}",
    ),
    "total.payable_differs": (
        _R,
        "应付金额 {value} 与价税合计减预付款不符",
        "the payable amount {value} is not the tax inclusive amount less what is prepaid",
    ),
    "total.payable_exceeds": (
        _R,
        "应付金额 {value} 超过各行与税额所能支持的 {sum}",
        "the payable amount {value} exceeds the {sum} that lines and taxes make",
    ),
    "total.allowances_differ": (
        _R,
        "折扣明细合计 {sum} 与折扣总计 {value} 不符",
        "the allowances add up to {sum}, their total says {value}",
    ),
    "total.charges_differ": (
        _R,
        "费用明细合计 {sum} 与费用总计 {value} 不符",
        "the charges add up to {sum}, their total says {value}",
    ),
    "total.negative": (_R, "{name} 为负数: {value}", "{name} is negative: {value}"),
    "line.amount_differs": (
        _R,
        "第 {line} 行: 数量乘单价与行金额 {value} 不符",
        "line {line}: quantity times price differs from the line amount {value}",
    ),
    "line.price_negative": (
        _R,
        "第 {line} 行单价为负: {value}",
        "line {line}: the price is negative: {value}",
    ),
    "line.quantity_negative": (
        _R,
        "第 {line} 行 {name} 为负: {value}",
        "line {line}: {name} is negative: {value}",
    ),
    "line.base_quantity": (
        _R,
        "第 {line} 行单价的基准数量必须大于零",
        "line {line}: the base quantity of the price must be above zero",
    ),
    "party.name_missing": (_R, "{who}没有名称和标识", "the {who} has neither name nor identifier"),
    "party.address_missing": (_F, "{who}缺少邮政地址", "{who} postal address missing"),
    "party.address_incomplete": (
        _F,
        "{who}邮政地址缺少{name}",
        "{who} postal address lacks {name}",
    ),
    "party.vat_prefix_missing": (
        _F,
        "{who}增值税号 {value} 没有国家前缀",
        "{who} VAT number {value} lacks its country prefix",
    ),
    "party.vat_prefix_wrong": (
        _F,
        "{who}增值税号 {value} 的国家前缀与所在国 {country} 不符",
        "{who} VAT number {value} has a wrong country prefix, the {who} sits in {country}",
    ),
    "payment.account_missing": (
        _F,
        "付款方式为转账, 却没有收款账户",
        "payment is by transfer and no payee account is given",
    ),
    "payment.bank_missing": (
        _F,
        "收款账户为 IBAN, 却没有银行标识",
        "the payee account is an IBAN and no bank is identified",
    ),
    "item.name_too_long": (
        _F,
        "第 {line} 行品名超过 50 个字符",
        "line {line}: the item name is longer than 50 characters",
    ),
    "item.scheme_missing": (
        _F,
        "第 {line} 行标准商品编码没有说明编码体系",
        "line {line}: a standard item identifier or classification names no scheme",
    ),
}


def fault(code: str, element: Element, **facts: object) -> Complaint:
    """A complaint of `code` about `element`. `who` among the facts is told in each language."""
    severity, zh, en = FAULTS[code]
    chinese = {key: _CHINESE.get(str(value), value) for key, value in facts.items()}
    message = Text(zh.format(**chinese), en.format(**facts))
    return Complaint(code, place_of(element), message, severity)


_CHINESE: Final = {
    "supplier": "供应商",
    "customer": "客户",
    "city name": "城市",
    "postal zone": "邮政编码",
    "country": "国家",
}
