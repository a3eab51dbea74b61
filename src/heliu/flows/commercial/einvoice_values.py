"""Values as Chinese e-invoices write them: amounts, rates, dates, and references in remarks."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

_AMOUNT: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,24})(?:\.\d{0,16})?", re.ASCII)
_PLAIN: Final = re.compile(r"-?\d{1,24}(?:\.\d{1,16})?", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})(?!\d)", re.ASCII)
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6}(?:\d{3})?)?(?:\D.*)?", re.ASCII)
# Exempt, not taxable, and the asterisks that stand for both where no rate applies.
_UNTAXED: Final = frozenset({"免税", "不征税", "出口零税率", "普通零税率", "***", "*", "-"})
_CATEGORY: Final = re.compile(r"\*[^*]+\*(?=\S)")
_SEPARATOR: Final = r"\s*(?:号码|编号|单号|号|No\.?)?\s*[:：#]{1,2}\s*"
_REMARK_LENGTH: Final = 2000  # the field holds 230 characters; a longer one is not searched on
_NUMBERS: Final = r"([A-Za-z0-9][\w./-]*(?:\s*[,，、;；]\s*[A-Za-z0-9][\w./-]*)*)"
_REMARKS: Final = {
    "order": rf"(?:订单|(?<![A-Za-z])P\.?O\.?|Purchase Order){_SEPARATOR}{_NUMBERS}",
    "contract": rf"(?:合同|协议|Contract){_SEPARATOR}{_NUMBERS}",
    "despatch": rf"(?:送货单|发货单|出库单|Despatch Advice){_SEPARATOR}{_NUMBERS}",
    "receipt": rf"(?:收货单|入库单|验收单|Receipt Advice){_SEPARATOR}{_NUMBERS}",
    "invoice": rf"(?:蓝字(?:数电|全电)?(?:发)?票|正数发票(?:代码[:：]\d+)?){_SEPARATOR}{_NUMBERS}",
}
_PATTERNS: Final = {
    kind: re.compile(text, re.ASCII | re.IGNORECASE) for kind, text in _REMARKS.items()
}
# One of these is in every match of the pattern: most remarks name few kinds of documents.
_WORDS: Final = {
    "order": ("订单", "po", "p.o", "purchase order"),
    "contract": ("合同", "协议", "contract"),
    "despatch": ("单", "despatch advice"),
    "receipt": ("单", "receipt advice"),
    "invoice": ("票",),
}
_BETWEEN: Final = re.compile(r"\s*[,，、;；]\s*")
_DUE: Final = re.compile(
    r"(?:到期日?|付款(?:到期)?日期?|应付日期?|Due Date)\s*[:：]\s*([^\s;；,，]+)"
)


def amount(text: str) -> Decimal | None:
    """The exact value of an amount or quantity as written (¥ and thousands commas allowed)."""
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    bare = text.strip().lstrip("¥￥").strip()
    return Decimal(bare.replace(",", "")) if _AMOUNT.fullmatch(bare) else None


def rate(text: str) -> Decimal | None:
    """A tax rate as a fraction: "13%", "0.13" and "13" are the same; exempt is 0."""
    bare = text.strip()
    if bare in _UNTAXED:
        return Decimal(0)
    value = amount(bare.removesuffix("%"))
    if value is None or value < 0:
        return None
    return value / 100 if bare.endswith("%") or value >= 1 else value


def day(text: str) -> date | None:
    """The date of a date or instant in any of the ways seen: 2026-06-01, 20260601, 2026年6月1日."""
    found = _COMPACT_DATE.fullmatch(text.strip()) or _DATE.match(text.strip())
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def good(text: str) -> str:
    """The name of the good without the tax category before it: "*家电*冰箱" is 冰箱."""
    return _CATEGORY.sub("", text, count=1)


def references(remark: str) -> dict[str, tuple[str, ...]]:
    """Documents a remark names ("订单号: PO-1、PO-2"), by kind, each once, in order."""
    found: dict[str, tuple[str, ...]] = {}
    remark = remark[:_REMARK_LENGTH]
    lower = remark.lower()
    for kind, pattern in _PATTERNS.items():
        if not any(map(lower.__contains__, _WORDS[kind])):
            continue
        numbers = [
            number.rstrip(".-/")
            for match in pattern.finditer(remark)
            for number in _BETWEEN.split(match[1])
        ]
        if numbers:
            found[kind] = tuple(dict.fromkeys(numbers))
    return found


def due_date(remark: str) -> date | None:
    """The due date a remark states ("到期日: 2026-08-30"), if it states one."""
    found = _DUE.search(remark[:_REMARK_LENGTH])
    return day(found[1]) if found else None
