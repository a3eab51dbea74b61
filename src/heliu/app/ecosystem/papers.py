"""From the plan to what is sent: documents in real formats, each with its sender, way and day."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from heliu.app.ecosystem.clock import on_business_day
from heliu.app.ecosystem.deeds import Paying
from heliu.app.ecosystem.plan import Deal, Plan
from heliu.app.samples import bank, einvoice, epcis, ubl_documents
from heliu.app.samples.bank import Entry
from heliu.app.samples.firms import Firm
from heliu.app.samples.information import approval, information
from heliu.app.samples.trade import Form, Proof, Trade, fen

COMMERCE, LOGISTICS, INFORMATION, FUNDS = "commerce", "logistics", "information", "funds"
FLOWS: Final = (COMMERCE, LOGISTICS, INFORMATION, FUNDS)

_WRITERS: Final = {
    Form.UBL: ubl_documents.invoice,
    Form.EINVOICE: einvoice.einvoice,
    Form.MOF: einvoice.mof,
    Form.PINYIN: einvoice.pinyin,
}
_FEN: Final = Decimal("0.01")
_SHARES: Final = {Paying.SHORT: Decimal("0.93"), Paying.OVER: Decimal("1.02")}

# Now and then the first transfer of an invoice is cut off; the whole file comes with it.
_CUT_OFF_EVERY: Final = 30
_CUT_OFF_AT: Final = 7


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: who sends it, in which flow, and whether by the drop folder."""

    sender: str
    flow: str
    name: str
    data: bytes
    by_folder: bool = False


def papers_by_day(plan: Plan) -> dict[date, list[Paper]]:
    """All documents but approvals and cash, by the business day on which they are sent."""
    days: dict[date, list[Paper]] = defaultdict(list)
    for number, deal in enumerate(plan.deals):
        for day, paper in papers_of(deal):
            days[on_business_day(day)].append(paper)
        if number % _CUT_OFF_EVERY == _CUT_OFF_AT:
            days[deal.sent_on].append(_cut_off(_invoice(deal.trade)))
    for trade in plan.ring:
        days[on_business_day(trade.sent_on)].append(_invoice(trade))
    return days


def approvals_by_day(deals: Iterable[Deal]) -> dict[date, list[tuple[Firm, dict[str, Any]]]]:
    """What each core enterprise answers about its payables, a message a day."""
    said: dict[tuple[date, str], list[Trade]] = defaultdict(list)
    cores: dict[str, Firm] = {}
    for deal in deals:
        trade = deal.trade
        if trade.approval is not None:
            cores[trade.buyer.code] = trade.buyer
            said[on_business_day(trade.approved_on), trade.buyer.code].append(trade)
    days: dict[date, list[tuple[Firm, dict[str, Any]]]] = defaultdict(list)
    for (day, code), trades in sorted(said.items()):
        core = cores[code]
        days[day].append((core, confirmation(core, day, trades)))
    return days


def confirmation(issuer: Firm, day: date, trades: Sequence[Trade]) -> dict[str, Any]:
    """The message in which `issuer` answers about `trades`."""
    message = information(issuer, day, approvals=[approval(trade) for trade in trades])
    said: dict[str, Any] = json.loads(message)
    return said


def cash_files(deals: Sequence[Deal], day: date) -> list[tuple[Paper, Decimal]]:
    """What the bank's collection accounts received on `day` for `deals`: a camt.054 a core."""
    listed: Mapping[str, list[Entry]] = defaultdict(list)
    for deal in deals:
        listed[deal.trade.buyer.code].append(entry(deal, day))
    files = []
    for code, entries in sorted(listed.items()):
        paper = Paper("BK", FUNDS, f"{day}_{code}_camt.054.xml", bank.notification(entries))
        files.append((paper, sum((one.amount for one in entries), Decimal(0))))
    return files


def entry(deal: Deal, day: date) -> Entry:
    """The cash of one deal, as its buyer pays it."""
    trade, paying = deal.trade, deal.paying
    payer = trade.supplier if paying is Paying.WRONG_PAYER else trade.buyer
    quoted = None if paying is Paying.NAMELESS else trade.invoice_no
    text = f"货款 {quoted}" if quoted else "货款"
    # Of a fraud that was cut down the buyer pays what is real, and no fen more.
    real = min(trade.gross, deal.worth).quantize(_FEN, ROUND_DOWN)
    owed = real if deal.fraud else trade.gross
    amount = fen(owed * _SHARES.get(paying, Decimal(1)))
    return Entry(trade.buyer, payer, amount, day, text, quoted)


def papers_of(deal: Deal) -> Iterator[tuple[date, Paper]]:
    """All documents of one deal but approval and cash, each with the day on which it is sent."""
    trade = deal.trade
    if not trade.only_invoice:
        yield from _before_invoice(deal)
    if deal.upstream is not None:
        bought = _invoice(deal.upstream)
        # The buyer of the ore files it: it is he who wants its seller to be paid.
        yield trade.sent_on, Paper(trade.supplier.code, COMMERCE, bought.name, bought.data)
    yield trade.sent_on, _invoice(trade)


def _before_invoice(deal: Deal) -> Iterator[tuple[date, Paper]]:
    trade, by_folder = deal.trade, deal.supplier.chain.by_folder
    core, supplier = trade.buyer.code, trade.supplier.code
    order = f"{trade.order_no}_order.xml"
    yield trade.ordered_on, Paper(core, COMMERCE, order, ubl_documents.order(trade), by_folder)
    if trade.proof is Proof.NONE:
        return
    sent = f"{trade.despatch_no}_despatch-advice.xml"
    despatch = ubl_documents.despatch_advice(trade)
    yield trade.despatched_on, Paper(supplier, LOGISTICS, sent, despatch)
    if trade.proof is Proof.EPCIS:
        # Shipped, watched on the road, received: what the sensors' gateway drops into the folder.
        name, data = f"{trade.despatch_no}_events.jsonld", epcis.events(trade)
        yield trade.received_on, Paper(core, LOGISTICS, name, data, by_folder=True)
        return
    name, data = f"{trade.receipt_no}_receipt-advice.xml", ubl_documents.receipt_advice(trade)
    yield trade.received_on, Paper(core, LOGISTICS, name, data, by_folder)


def _invoice(trade: Trade) -> Paper:
    name = f"{trade.invoice_no}_invoice.xml"
    return Paper(trade.supplier.code, COMMERCE, name, _WRITERS[trade.form](trade))


def _cut_off(paper: Paper) -> Paper:
    return replace(paper, name=f"part-{paper.name}", data=paper.data[: len(paper.data) // 2])
