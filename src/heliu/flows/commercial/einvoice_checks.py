"""What must hold inside one e-invoice: its number, its parties' codes and its arithmetic.

A line's tax may differ from net x rate by 0.06, because both are rounded line by line (as vendors
of tax-control software document it; not verified against an official text). Amounts that are
sums must be exact to the fen.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final

from heliu.flows.intake.api import Complaint, Kind, Line, Severity, TradeDocument
from heliu.ground.text import Text
from heliu.parties.party.api import uscc_fault

LINE_TAX_TOLERANCE: Final = Decimal("0.06")
PRICE_TOLERANCE: Final = Decimal("0.01")
_DIGITAL: Final = re.compile(r"\d{20}", re.ASCII)
_PAPER_NUMBER: Final = re.compile(r"\d{8}", re.ASCII)
_PAPER_CODE: Final = re.compile(r"\d{10}|\d{12}", re.ASCII)
_USCC_LENGTH: Final = 18
_FEN: Final = Decimal("0.01")
_uscc_fault: Final = lru_cache(maxsize=8192)(uscc_fault)  # the same firms, again and again
_CHECK_TEXTS: Final = {
    "line_amounts_equal_line_total": Text(
        "各行金额之和不等于合计金额", "line amounts do not add up to the net total"
    ),
    "tax_subtotals_equal_tax_total": Text(
        "各行税额之和不等于合计税额", "line taxes do not add up to the tax total"
    ),
    "net_plus_tax_equals_gross": Text(
        "合计金额加合计税额不等于价税合计", "net plus tax is not the gross total"
    ),
}


def checked(document: TradeDocument) -> tuple[dict[str, bool], list[Complaint]]:
    """Which sums hold (a check that cannot be made is left out), and what is wrong.

    A wrong number refuses; a wrong sum or code flags: verification decides what it is worth.
    """
    differential = "differential" in document.attributes
    complaints = list(_identity(document))
    complaints.extend(_parties(document))
    complaints.extend(_reference(document))
    checks = _sums(document)
    for name, text in _CHECK_TEXTS.items():
        if checks.get(name) is False:
            complaints.append(_flag(f"einvoice.{name}", "/", text))
    for line in document.lines:
        complaints.extend(_line(line, differential=differential))
    codes = {complaint.code for complaint in complaints}
    if any(line.tax is not None and line.tax_rate for line in document.lines) and not differential:
        checks["line_taxes_follow_rates"] = "einvoice.line_tax" not in codes
    return checks, complaints


def _identity(document: TradeDocument) -> Iterator[Complaint]:
    number, code = document.number, document.code
    if not number:
        return  # already refused as missing
    if _DIGITAL.fullmatch(number) and not code:
        if document.issued_on and number[:2] != f"{document.issued_on:%y}":
            text = Text(
                "号码前两位不是开票年份", "the number does not begin with the year of issue"
            )
            yield _flag("einvoice.number_year", "number", text)
    elif not (_PAPER_NUMBER.fullmatch(number) and code and _PAPER_CODE.fullmatch(code)) and not (
        # Some systems split the 20 digits into a code of 12 and a number of 8.
        _DIGITAL.fullmatch(number)
    ):
        text = Text(
            "发票号码应为20位数字，或8位号码配10或12位发票代码",
            "the number is not 20 digits, nor 8 digits with a code of 10 or 12",
        )
        yield Complaint("einvoice.number_invalid", "number", text)


def _parties(document: TradeDocument) -> Iterator[Complaint]:
    for role, zh, party in (
        ("seller", "销售方", document.seller),
        ("buyer", "购买方", document.buyer),
    ):
        if party.tax_id is None:
            if role == "buyer" and not party.name:
                yield _flag("einvoice.buyer_missing", "buyer", Text("缺少购买方", "no buyer"))
        elif len(party.tax_id) == _USCC_LENGTH and (fault := _uscc_fault(party.tax_id)):
            text = Text(
                f"{zh}统一社会信用代码校验不通过", f"the {role}'s credit code is wrong ({fault})"
            )
            yield _flag("einvoice.uscc_invalid", role, text)
        elif len(party.tax_id) != _USCC_LENGTH:
            text = Text(f"{zh}识别号不是18位", f"the {role}'s tax number has not 18 characters")
            yield _flag("einvoice.uscc_invalid", role, text)


def _reference(document: TradeDocument) -> Iterator[Complaint]:
    if document.kind is Kind.CREDIT_NOTE and not document.references.get("invoice"):
        text = Text("红字发票未注明对应的蓝字发票", "a red-letter invoice that names no blue one")
        yield _flag("einvoice.red_without_blue", "references", text)


def _sums(document: TradeDocument) -> dict[str, bool]:
    totals, lines = document.totals, document.lines
    checks: dict[str, bool] = {}
    nets = [line.net for line in lines if line.net is not None]
    taxes = [line.tax for line in lines if line.tax is not None]
    if totals.net is not None and nets and len(nets) == len(lines):
        checks["line_amounts_equal_line_total"] = abs(sum(nets) - totals.net) < _FEN
    if totals.net is not None and totals.gross is not None:
        tax = totals.tax or Decimal(0)
        checks["net_plus_tax_equals_gross"] = abs(totals.net + tax - totals.gross) < _FEN
    if totals.tax is not None and taxes:
        checks["tax_subtotals_equal_tax_total"] = abs(sum(taxes) - totals.tax) < _FEN
    return checks


def _line(line: Line, *, differential: bool) -> Iterator[Complaint]:
    if line.net is None:
        yield _flag(
            "einvoice.line_amount_missing", line.place, Text("行缺少金额", "no line amount")
        )
        return
    if line.tax is not None and line.tax_rate is not None and not differential:
        due = line.net * line.tax_rate
        if abs(due - line.tax) > LINE_TAX_TOLERANCE:
            text = Text(f"税额应为 {due:.2f}", f"the tax should be {due:.2f}")
            yield _flag("einvoice.line_tax", line.place, text)
    if line.quantity is not None and line.price is not None:
        worth = line.quantity * line.price
        if abs(worth - line.net) > PRICE_TOLERANCE:
            text = Text(f"数量乘单价应为 {worth:.2f}", f"quantity times price is {worth:.2f}")
            yield _flag("einvoice.line_price", line.place, text)


def _flag(code: str, place: str, text: Text) -> Complaint:
    return Complaint(code, place, text, Severity.FLAGGED)
