"""What is sent: each trade's documents as files with a path, a day of arrival and a fate."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from heliu.app.samples import bank, einvoice, epcis, ubl_documents
from heliu.app.samples.bank import Entry, Transfer
from heliu.app.samples.firms import BANK, CARRIER, CORES, FIRMS, GOODS, HAIHE, SUPPLIERS, Firm
from heliu.app.samples.information import Warned, approval, information, party, price, warning
from heliu.app.samples.plan import Told
from heliu.app.samples.register import register
from heliu.app.samples.trade import LAST_DAY, Form, Proof, Trade
from heliu.ground.text import Text

_WRITERS: Final = {
    Form.UBL: ubl_documents.invoice,
    Form.EINVOICE: einvoice.einvoice,
    Form.MOF: einvoice.mof,
    Form.PINYIN: einvoice.pinyin,
}
_FIRST_DAY: Final = date(2026, 3, 1)
_REVOKED_ON: Final = date(2026, 5, 18)
_STATEMENT_MONTH: Final = (2026, 6)
_FRIDAY: Final = 4  # approvals are sent once a week
_ORDERED_DAYS: Final = 4  # days on which the buyer's payment orders were kept


@dataclass(frozen=True, slots=True)
class File:
    """One file as it arrives; `refused` is the complaint it must meet, if it was sent broken."""

    path: str
    data: bytes
    arrives_on: date
    story: str = ""
    invoice: str = ""
    refused: str = ""


def path(day: date, flow: str, name: str) -> str:
    """Folders by month of arrival and by flow."""
    return f"{day:%Y-%m}/{flow}/{name}"


def trade_files(told: Told) -> Iterator[File]:
    """Everything that is sent for one trade but cash and approvals."""
    trade = told.trade

    def file(day: date, flow: str, name: str, data: bytes) -> File:
        return File(path(day, flow, name), data, day, told.story, trade.invoice_no)

    if not trade.only_invoice:
        for day, flow, name, data in _before_invoice(trade):
            yield file(day, flow, name, data)
    invoice = f"{trade.invoice_no}_invoice.xml"
    yield file(trade.sent_on, "commercial", invoice, _WRITERS[trade.form](trade))
    if trade.credit:
        day = trade.invoice_date + timedelta(trade.credit.days)
        name = f"{trade.invoice_no.replace('INV', 'CN')}_credit-note.xml"
        yield file(day, "commercial", name, ubl_documents.credit_note(trade))
    if trade.red_after is not None:
        day = trade.invoice_date + timedelta(trade.red_after)
        name = f"{trade.einvoice_no('red')}_red-letter.xml"
        yield file(day, "commercial", name, einvoice.red_letter(trade))


def _before_invoice(trade: Trade) -> Iterator[tuple[date, str, str, bytes]]:
    sent, came, order = trade.despatched_on, trade.received_on, trade.order_no
    if trade.has_order:
        yield trade.ordered_on, "commercial", f"{order}_order.xml", ubl_documents.order(trade)
    if trade.has_order and trade.has_response:
        answered, name = trade.ordered_on + timedelta(1), f"{order}_order-response.xml"
        yield answered, "commercial", name, ubl_documents.order_response(trade)
    if trade.proof is Proof.NONE:
        return
    name = f"{trade.despatch_no}_despatch-advice.xml"
    yield sent, "logistics", name, ubl_documents.despatch_advice(trade)
    if trade.has_waybill:
        name = f"{trade.despatch_no}_waybill.xml"
        yield sent, "logistics", name, ubl_documents.waybill(trade)
    if trade.proof is Proof.EPCIS:
        yield came, "logistics", f"{trade.despatch_no}_events.jsonld", epcis.events(trade)
    else:
        name = f"{trade.receipt_no}_receipt-advice.xml"
        yield came, "logistics", name, ubl_documents.receipt_advice(trade)


def entries(trades: Iterable[Trade]) -> list[Entry]:
    """All cash that comes in until the last day, by day; and one refund nobody can place."""
    found = []
    for trade in trades:
        for payment in trade.payments:
            day, amount = trade.paid(payment)
            quoted = trade.invoice_no if payment.quotes_invoice else None
            text = f"货款 {quoted}" if quoted else "货款"
            payer = payment.payer or trade.buyer
            found.append(Entry(trade.buyer, payer, amount, day, text, quoted))
    stray = Entry(HAIHE, CARRIER, Decimal("1280.00"), date(2026, 7, 2), "运费退回", None)
    due = [entry for entry in (*found, stray) if entry.booked_on <= LAST_DAY]
    return sorted(due, key=lambda entry: (entry.booked_on, entry.core.code, entry.reference))


def cash_files(cash: Sequence[Entry]) -> Iterator[File]:
    """Notifications a day, a statement of one month, the buyer's orders of some days."""
    days: dict[tuple[date, str], list[Entry]] = defaultdict(list)
    for entry in cash:
        days[entry.booked_on, entry.core.code].append(entry)
    for (day, core), listed in days.items():
        name = f"{day}_{core}_camt.054.xml"
        yield File(path(day, "funds", name), bank.notification(listed), day)
    for (day, core), listed in list(days.items())[:_ORDERED_DAYS]:
        transfers = [Transfer(e.core, e.amount, e.invoice) for e in listed if e.invoice]
        yield from _ordered(day, core, transfers, rejected=False)
    first = date(*_STATEMENT_MONTH, 1)
    month = [e for e in cash if e.core is HAIHE and e.booked_on.month == first.month]
    closed = date(2026, 6, 30)
    name = path(closed, "funds", f"{closed}_HH_camt.053.xml.gz")
    yield File(name, bank.statement(month, first, closed), closed, "statement")


def rejected_orders(late: Trade) -> Iterator[File]:
    """The buyer who pays late tried on the due date, but had no cover."""
    transfers = [Transfer(late.buyer, late.gross, late.invoice_no)]
    yield from _ordered(late.due_on, late.buyer.code, transfers, rejected=True)


def _ordered(
    day: date, core: str, transfers: Sequence[Transfer], *, rejected: bool
) -> Iterator[File]:
    asked, answered = (
        bank.initiation(transfers, day),
        bank.status_report(transfers, day, rejected=rejected),
    )
    yield File(path(day, "funds", f"{day}_{core}_pain.001.xml"), asked, day)
    yield File(path(day, "funds", f"{day}_{core}_pacs.002.xml"), answered, day)


def information_files(trades: Iterable[Trade]) -> Iterator[File]:
    """Master data, prices, the register of earlier purchases, approvals and warnings."""
    for core in CORES:
        firms: list[Firm] = [core, *SUPPLIERS[core.code]]
        yield _information(core, _FIRST_DAY, "parties", [party(firm) for firm in firms])
        goods = [GOODS[code] for code in _BOUGHT[core.code]]
        until = LAST_DAY + timedelta(1)
        agreed = [price(core, good, _FIRST_DAY, until) for good in goods]
        yield _information(core, _FIRST_DAY, "prices", agreed)
    name = f"{_FIRST_DAY}_HH_purchase-register.csv"
    yield File(path(_FIRST_DAY, "commercial", name), register(), _FIRST_DAY, "register")
    revoked = [party(firm, firm.status) for firm in FIRMS.values() if firm.status != "active"]
    yield _information(HAIHE, _REVOKED_ON, "parties", revoked)
    answers: dict[tuple[date, str], list[Trade]] = defaultdict(list)
    for trade in trades:
        if trade.approval:
            friday = trade.approved_on + timedelta((_FRIDAY - trade.approved_on.weekday()) % 7)
            answers[friday, trade.buyer.code].append(trade)
    for (day, core_code), answered in sorted(answers.items()):
        given = [approval(trade) for trade in answered]
        yield _information(FIRMS[core_code], day, "approvals", given)
    for warned in _WARNINGS:
        yield _information(BANK, warned.raised_on, "warnings", [warning(warned)])


def _information(issuer: Firm, day: date, kind: str, items: Sequence[dict[str, object]]) -> File:
    data = information(issuer, day, **{kind: items})
    return File(path(day, "information", f"{day}_{issuer.code}_{kind}.json"), data, day)


_BOUGHT: Final = {
    "HH": ("SHELL", "PANEL", "MOTOR", "CARTON", "HARNESS", "BOARD", "HINGE", "LABEL", "SEAL"),
    "BL": ("COKE", "PELLET", "BRICK", "ALLOY", "BILLET"),
    "CY": ("MILK", "BRIK", "SUGAR", "CULTURE"),
}
_WARNINGS: Final = (
    Warned("BK-W-2604-001", FIRMS["QM"], "change_of_address", "info",
           Text("注册地址在本区内变更", "registered address moved within the district"),
           date(2026, 4, 15)),
    Warned("BK-W-2606-002", FIRMS["KD"], "environmental_inspection", "warn",
           Text("环保检查限期整改", "environmental inspection asks for remedies"),
           date(2026, 6, 25)),
    Warned("BK-W-2607-003", FIRMS["XF"], "food_safety", "stop",
           Text("监管抽检不合格, 产品召回", "failed a food inspection, products recalled"),
           date(2026, 7, 24)),
)  # fmt: skip


def broken_files(by_story: dict[str, Trade]) -> Iterator[File]:
    """Files that must be refused, and the one that is only a copy."""
    resent, copied, coke = (by_story[key] for key in ("resent", "duplicate-file", "no-receipt"))
    whole = _WRITERS[resent.form](resent)
    cut = whole[: len(whole) * 3 // 5]
    day = resent.invoiced_on
    name = f"{resent.invoice_no}_invoice_part.xml"
    yield File(path(day, "commercial", name), cut, day, "resent", "", "xml.malformed")
    day = copied.invoiced_on + timedelta(3)
    name = f"{copied.invoice_no}_invoice_copy.xml"
    data = ubl_documents.invoice(copied)
    yield File(path(day, "commercial", name), data, day, "duplicate-file", copied.invoice_no)
    other = replace(coke, form=Form.UBL, number="ZH-INV-2605-091")
    text = ubl_documents.invoice(other).decode()
    day = other.invoiced_on
    yield _broken(day, "commercial", "ZH-INV-2605-091_invoice.xml", text.encode("gb18030"),
                  "xml.malformed")  # fmt: skip
    entity = '<!DOCTYPE Invoice [<!ENTITY note SYSTEM "file:///etc/hostname">]>\n<Invoice'
    attack = text.replace("<Invoice", entity, 1).replace("票到 75 天付款", "&note;")
    yield _broken(day + timedelta(1), "commercial", "ZH-INV-2605-092_invoice.xml",
                  attack.replace("-091", "-092").encode(), "xml.dtd_forbidden")  # fmt: skip
    yield _broken(date(2026, 6, 9), "logistics", "HH-GR-2606-090_receipt-advice.xml", b"",
                  "file.empty")  # fmt: skip
    note = "司机您好: 北门卸货, 请带身份证登记。联系库房后再进厂。\n".encode()
    yield _broken(date(2026, 6, 12), "logistics", "送货须知.txt", note, "document.unknown_kind")
    milk = epcis.events(by_story["cold-chain"])
    yield _broken(date(2026, 8, 4), "logistics", "QL-DN-2608-090_events.jsonld",
                  milk[: len(milk) // 2], "json.malformed")  # fmt: skip


def _broken(day: date, flow: str, name: str, data: bytes, code: str) -> File:
    return File(path(day, flow, name), data, day, "broken", "", code)
