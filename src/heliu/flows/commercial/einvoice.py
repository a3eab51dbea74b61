"""Chinese e-invoices (数电票) in three XML dialects, and the older e-invoices that share them.

A fully digitalised e-invoice has a number of 20 digits (the first two its year) and no code
(国家税务总局公告2024年第11号); an older one has 8 digits and a code of 10 or 12. A red-letter
(红字) invoice is written with negative amounts and becomes a CREDIT_NOTE that says what it credits
as positive amounts, like every other credit note; facts stay as written. Signatures are noticed,
not verified.

Attributes of the documents: dialect, red, differential, deduction, invoice_type, tax_bureau,
red_confirmation, signed.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.flows.commercial import einvoice_values as values
from heliu.flows.commercial.einvoice_checks import checked
from heliu.flows.commercial.einvoice_tags import ROOTS, RawInvoice, RawLine, collect
from heliu.flows.intake.api import (
    Blob,
    Complaint,
    Facts,
    Head,
    Kind,
    Line,
    PartyRef,
    Reading,
    Severity,
    Totals,
    TradeDocument,
    kept,
    parse_xml,
    refusal,
)
from heliu.ground.text import Text

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_YES: Final = frozenset({"y", "yes", "1", "是", "true", "红字", "红票"})
_NO: Final = frozenset({"n", "no", "0", "00", "否", "false", "无"})
_VOID: Final = frozenset({"作废", "已作废", "2", "void", "voided", "cancelled"})
_MONEY: Final = ("net", "tax", "gross", "deduction")
_LINE_NUMBERS: Final = ("quantity", "price", "net", "tax")


class EInvoice:
    """The connector: one invoice a file."""

    name = "einvoice"

    def recognises(self, head: Head) -> bool:
        """A root element e-invoices come under, with no namespace of another standard."""
        if head.root is None:
            return False
        namespace, _, local = head.root.rpartition("}")
        if _CHINESE.search(local):
            return True
        return (
            local.casefold() in ROOTS and "urn:oasis" not in namespace and "iso:" not in namespace
        )

    def read(self, blob: Blob, head: Head) -> Reading:
        """What one e-invoice says, and everything wrong with it."""
        assert head.root is not None
        root = parse_xml(blob.data)
        if isinstance(root, Complaint):
            return Reading({}, complaints=(root,))
        raw = collect(root)
        if "number" not in raw.fields and "gross" not in raw.fields:
            zh, en = "没有发票号码也没有价税合计", "no invoice number and no total"
            return refusal("einvoice.not_an_invoice", f"/{raw.root}", zh, en)
        return _Invoice(raw).reading()


class _Invoice:
    """One e-invoice on its way from texts to a document; collects complaints as it goes."""

    def __init__(self, raw: RawInvoice) -> None:
        self.raw = raw
        self.get = raw.texts.get
        self.complaints: list[Complaint] = []
        self.remark = self.get("remark") or ""
        self.currency = self._currency()
        self.money = {name: self._amount(name) for name in _MONEY}
        self.red = self._red()
        gross = self.money["gross"]
        self.sign = -1 if gross is not None and gross < 0 else 1
        self.differential = self._differential()
        self.lines = [self._line(n, line) for n, line in enumerate(raw.lines, 1)]
        self.references = self._references()

    def reading(self) -> Reading:
        number = self._needed("number", "发票号码", "invoice number") or ""
        if len(set(self.raw.all("number"))) > 1:
            zh, en = "发票号码出现多个不同的值", "more than one invoice number"
            self._complain("number", "einvoice.ambiguous", zh, en)
        written_on = self._needed("issued_on", "开票日期", "issue date")
        issued_on = values.day(written_on) if written_on else None
        if written_on and issued_on is None:
            self._complain("issued_on", "date.malformed", "日期无法识别", "not a date")
        self._needed("gross", "价税合计", "total")
        if not (self.get("seller_name") or self.get("seller_tax_id")):
            self._complain("seller_name", "einvoice.seller_missing", "缺少销售方", "no seller")
        document = self._document(number, issued_on)
        checks, complaints = checked(document)
        return kept(
            lambda: self._facts(document, checks), [document], [*self.complaints, *complaints]
        )

    def _document(self, number: str, issued_on: date | None) -> TradeDocument:
        gross, sign = self.money["gross"], self.sign
        totals = Totals(
            net=_signed(self.money["net"], sign),
            line_net=None,
            tax=_signed(self.money["tax"], sign),
            gross=_signed(gross, sign),
            payable=_signed(gross, sign),
        )
        return TradeDocument(
            Kind.CREDIT_NOTE if self.red else Kind.INVOICE,
            number,
            "/",
            issued_on,
            self.currency,
            seller=self._party("seller"),
            buyer=self._party("buyer"),
            due_on=values.due_date(self.remark),
            void=self._void(),
            code=self.get("code"),
            references=self.references,
            lines=tuple(self.lines),
            totals=totals,
            attributes=self._attributes(),
        )

    def _party(self, role: str) -> PartyRef:
        get, tax_id = self.get, self.get(f"{role}_tax_id")
        return PartyRef(
            get(f"{role}_name"),
            "".join(tax_id.split()).upper() if tax_id else None,
            get(f"{role}_account"),
            get(f"{role}_address"),
            get(f"{role}_phone"),
        )

    def _line(self, number: int, raw: RawLine) -> Line:
        get, sign, keys = raw.texts.get, self.sign, {}
        rate_text = get("rate")
        rate = values.rate(rate_text) if rate_text else None
        quantity, price, net, tax = [self._line_amount(raw, name) for name in _LINE_NUMBERS]
        if rate_text and rate is None:
            self._line_complain(raw, "rate", "税率无法识别", "not a tax rate")
        if item := get("item"):
            keys["name"] = values.good(item)
        if seller_item := get("seller_item") or get("model"):
            keys["seller"] = seller_item
        if buyer_item := get("buyer_item"):
            keys["buyer"] = buyer_item
        return Line(
            str(number),
            raw.place,
            keys,
            get("unit"),
            _signed(quantity, sign),
            price=price,
            net=_signed(net, sign),
            tax=_signed(tax, sign),
            tax_rate=rate,
            order_line=get("order_line"),
        )

    def _line_amount(self, raw: RawLine, name: str) -> Decimal | None:
        text = raw.texts.get(name)
        if text is None or (name == "tax" and text.strip("*") == ""):
            return None
        value = values.amount(text)
        if value is None:
            self._line_complain(
                raw, name, f"金额或数量无法识别: {text[:40]}", f"not a number: {text[:40]}"
            )
        return value

    def _amount(self, name: str) -> Decimal | None:
        texts = self.raw.all(name)
        if not texts or (name == "tax" and texts[0].strip("*") == ""):
            return None
        amounts = [values.amount(text) for text in texts]
        if len(set(amounts)) > 1:
            tag = self.raw.tag(name)
            zh, en = f"{tag} 出现多个不同的值", f"{tag} occurs with different values"
            self._complain(name, "einvoice.ambiguous", zh, en)
        value = amounts[0]
        if value is None:
            shown = texts[0][:40]
            self._complain(
                name, "amount.malformed", f"金额无法识别: {shown}", f"not an amount: {shown}"
            )
        return value

    def _currency(self) -> str:
        text = self.get("currency")
        if text is None:
            return "CNY"
        text = text.upper()
        if re.fullmatch("[A-Z]{3}", text):
            return text
        if text not in {"人民币", "人民币元", "156"}:
            self._complain("currency", "einvoice.currency", "币种无法识别", "not a currency code")
        return "CNY"

    def _red(self) -> bool:
        gross, blue, red = self.money["gross"], self.get("blue"), self.get("red")
        says_blue, says_red = (text.casefold() if text else "" for text in (blue, red))
        marked = says_blue in _NO or says_red in _YES
        negative = gross is not None and gross < 0
        if negative and not marked and (says_blue in _YES or says_red in _NO):
            self._flag(
                "gross", "einvoice.red_mark", "负数发票标为蓝字", "negative, but marked as blue"
            )
        if marked and gross is not None and gross > 0:
            self._flag("gross", "einvoice.red_mark", "红字发票金额为正", "red-letter, but positive")
        return negative or marked

    def _differential(self) -> bool:
        deduction, mark = self.money["deduction"], self.get("differential")
        marked = mark is not None and mark.casefold() not in _NO
        return bool(deduction) or marked or "差额征税" in self.remark

    def _void(self) -> bool:
        flag, status = self.get("void"), self.get("status")
        return (flag or "").casefold() in _YES | {"作废"} or (status or "").casefold() in _VOID

    def _references(self) -> dict[str, tuple[str, ...]]:
        found = values.references(self.remark)
        if orders := self.raw.all("order"):
            found["order"] = tuple(dict.fromkeys([*orders, *found.get("order", ())]))
        if blue := self.get("blue_number"):
            found["invoice"] = (blue,)
        elif not self.red:
            found.pop("invoice", None)
        return found

    def _attributes(self) -> dict[str, str]:
        get, deduction = self.get, self.money["deduction"]
        said = {
            "dialect": self._dialect(),
            "red": "true" if self.red else None,
            "differential": "true" if self.differential else None,
            "deduction": str(deduction) if deduction else None,
            "invoice_type": get("type"),
            "tax_bureau": get("tax_bureau"),
            "red_confirmation": get("red_confirmation"),
            "signed": "true" if self.raw.signed else None,
        }
        return {name: text for name, text in said.items() if text}

    def _dialect(self) -> str:
        if self.raw.root.casefold() == "einvoice":
            return "tax"
        tag = self.raw.tag("number" if self.get("number") else "gross")
        return "chinese" if _CHINESE.search(tag) else "pinyin"

    def _facts(self, document: TradeDocument, checks: dict[str, bool]) -> Facts:
        get, money = self.get, self._money_fact
        parties = {
            "AccountingSupplierParty": _present(
                name=get("seller_name"), tax_id=get("seller_tax_id"), account=get("seller_account")
            ),
            "AccountingCustomerParty": _present(
                name=get("buyer_name"), tax_id=get("buyer_tax_id"), account=get("buyer_account")
            ),
        }
        tax = money(get("tax"))
        return _present(
            type="EInvoice",
            root=self.raw.root,
            dialect=document.attributes["dialect"],
            id=get("number"),
            code=get("code"),
            issue_date=document.issued_on.isoformat() if document.issued_on else None,
            due_date=document.due_on.isoformat() if document.due_on else None,
            currency=self.currency,
            parties={role: party for role, party in parties.items() if party},
            references={kind: list(numbers) for kind, numbers in self.references.items()} or None,
            tax_exclusive=money(get("net")),
            tax_inclusive=money(get("gross")),
            payable=money(get("gross")),
            tax_totals=[tax] if tax else None,
            deduction=money(get("deduction")),
            line_count=len(self.raw.lines),
            lines=[self._line_facts(n, line) for n, line in enumerate(self.raw.lines, 1)],
            red=self.red,
            void=document.void,
            differential=self.differential,
            invoice_type=get("type"),
            tax_bureau=get("tax_bureau"),
            remark=get("remark"),
            signed=self.raw.signed,
            checks=checks,
        )

    def _line_facts(self, number: int, raw: RawLine) -> Facts:
        get = raw.texts.get
        quantity = get("quantity")
        return _present(
            kind="InvoiceLine",
            id=str(number),
            item=get("item"),
            model=get("model"),
            quantities={"InvoicedQuantity": _present(value=quantity, unit=get("unit"))}
            if quantity
            else None,
            unit_price=self._money_fact(get("price")),
            amount=self._money_fact(get("net")),
            tax=self._money_fact(get("tax")),
            tax_rate=get("rate"),
            order_line=get("order_line"),
        )

    def _money_fact(self, text: str | None) -> dict[str, str] | None:
        return {"value": text, "currency": self.currency} if text else None

    def _needed(self, name: str, zh: str, en: str) -> str | None:
        text = self.get(name)
        if text is None:
            self._complain(name, f"einvoice.{name}_missing", f"缺少{zh}", f"no {en}")
        return text

    def _complain(
        self, name: str, code: str, zh: str, en: str, severity: Severity = Severity.REFUSED
    ) -> None:
        place = f"/{self.raw.root}//{self.raw.tag(name)}"
        self.complaints.append(Complaint(code, place, Text(zh, en), severity))

    def _flag(self, name: str, code: str, zh: str, en: str) -> None:
        self._complain(name, code, zh, en, Severity.FLAGGED)

    def _line_complain(self, raw: RawLine, name: str, zh: str, en: str) -> None:
        place = f"{raw.place} {name}"
        self.complaints.append(Complaint("einvoice.line_malformed", place, Text(zh, en)))


def _signed(value: Decimal | None, sign: int) -> Decimal | None:
    return value if value is None or sign > 0 else -value


def _present(**facts: object) -> Facts:
    return {name: fact for name, fact in facts.items() if fact is not None}
