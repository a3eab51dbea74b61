"""Account reports: camt.052 (intraday), camt.053 (statement), camt.054 (notification).

One BANK_ENTRY a transaction detail, or one for the entry where it has no details, where they do
not state their amounts, or where they claim more than the entry moved. `number` is the bank's
reference, else the end-to-end id, else the report id and entry number. `attributes`: report,
message, entry_reference.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from heliu.flows.funds.iso20022_remittance import Remittance, remittance
from heliu.flows.funds.iso20022_tree import (
    NOBODY,
    Amount,
    Element,
    Fields,
    Notes,
    account,
    amount,
    check_count,
    check_sum,
    day,
    down,
    fields,
    identifier,
    is_amount,
    local,
    moment,
    party,
    person,
    said,
    several,
    text,
)
from heliu.flows.intake.api import Cash, Facts, Kind, PartyRef, TradeDocument

REPORTS: Final[Mapping[str, str]] = {
    "BkToCstmrAcctRpt": "Rpt",
    "BkToCstmrStmt": "Stmt",
    "BkToCstmrDbtCdtNtfctn": "Ntfctn",
}
_SIDES: Final = frozenset({"CRDT", "DBIT"})
_BOOKED: Final = "BOOK"


class _Report(NamedTuple):
    """The report an entry stands in."""

    id: str
    message: str
    account: str | None
    owner: PartyRef


class _Entry(NamedTuple):
    """An entry, with what its details inherit from it."""

    element: Element
    place: str
    at: int
    amount: Amount | None
    side: str | None
    reversal: bool
    status: str | None
    booked_on: str | None
    value_on: str | None
    reference: str | None
    servicer_reference: str | None


class _Detail(NamedTuple):
    """A transaction detail and where it stands."""

    place: str
    amount: Amount | None
    side: str | None
    refs: Fields
    debtor: PartyRef
    creditor: PartyRef
    remittance: Remittance
    reason: str | None


def read_reports(
    message: Element, place: str, notes: Notes
) -> tuple[list[Facts], list[TradeDocument]]:
    """Facts and documents of every report of a camt message."""
    kind = local(message)
    facts: list[Facts] = []
    documents: list[TradeDocument] = []
    for at, report in several(message, REPORTS[kind]):
        here = f"{place}/{REPORTS[kind]}[{at}]"
        facts.append(_report(report, here, notes, documents))
        if kind == "BkToCstmrStmt":
            _check_balances(message, report, facts[-1], notes)
    return facts, documents


def _report(report: Element, place: str, notes: Notes, documents: list[TradeDocument]) -> Facts:
    inner = fields(report)
    id_ = text(inner.get("Id"))
    if id_ is None:
        notes.missing("Id", report)
    moment(inner.get("CreDtTm"), notes)
    held = fields(inner.get("Acct"))
    _, number_ = account(inner.get("Acct"))
    about = _Report(
        id_ or "",
        local(report),
        number_,
        party(person(held.get("Ownr")), number_),
    )
    balances = [_balance(balance, notes) for _, balance in several(report, "Bal")]
    entries = [
        _entry(entry, f"{place}/Ntry[{at}]", about, notes, documents)
        for at, entry in several(report, "Ntry")
    ]
    facts = said(
        {
            "id": id_,
            "account": number_,
            "account_currency": text(held.get("Ccy")),
            "balances": balances,
            "entry_count": len(entries),
            "entries": entries,
        }
    )
    if "TxsSummry" in inner:
        _check_summary(inner["TxsSummry"], facts, notes)
    return facts


def _balance(balance: Element, notes: Notes) -> Facts:
    inner = fields(balance)
    code = fields(down(inner.get("Tp"), "CdOrPrtry"))
    worth = amount(inner.get("Amt"), notes)
    return said(
        {
            "type": text(code.get("Cd", code.get("Prtry"))),
            "amount": worth and worth.facts(),
            "side": text(inner.get("CdtDbtInd")),
            "date": moment(inner.get("Dt"), notes),
        }
    )


def _entry(
    element: Element, place: str, report: _Report, notes: Notes, documents: list[TradeDocument]
) -> Facts:
    inner = fields(element)
    status = inner.get("Sts")
    if status is not None and len(status):
        status = down(status, "Cd")
    reversal = text(inner.get("RvslInd"))
    entry = _Entry(
        element,
        place,
        int(place.rpartition("[")[2][:-1]),
        amount(inner.get("Amt"), notes),
        _side(element, inner, notes),
        reversal in ("true", "1"),
        text(status),
        moment(inner.get("BookgDt"), notes),
        moment(inner.get("ValDt"), notes),
        text(inner.get("NtryRef")),
        text(inner.get("AcctSvcrRef")),
    )
    if entry.amount is None:
        notes.missing("Amt", element)
    details: list[_Detail] = []
    transactions: list[Facts] = []
    for group, holder in several(element, "NtryDtls"):
        for at, detail in several(holder, "TxDtls"):
            where = f"{place}/NtryDtls[{group}]/TxDtls[{at}]"
            transactions.append(_detail(detail, where, notes, details))
    documents.extend(_documents(report, entry, details, notes))
    return said(
        {
            "reference": entry.reference,
            "amount": entry.amount and entry.amount.facts(),
            "side": entry.side,
            "reversal": reversal,
            "status": entry.status,
            "booking_date": entry.booked_on,
            "value_date": entry.value_on,
            "servicer_reference": entry.servicer_reference,
            "transaction_count": len(transactions),
            "transactions": transactions,
        }
    )


def _side(element: Element, inner: Fields, notes: Notes) -> str | None:
    side = text(inner.get("CdtDbtInd"))
    if side not in _SIDES:
        zh, en = f"借贷方向无效 {side!r}", f"{side!r} is neither CRDT nor DBIT"
        notes.refuse("side_invalid", inner.get("CdtDbtInd", element), zh, en)
    return side


def _detail(element: Element, place: str, notes: Notes, details: list[_Detail]) -> Facts:
    inner = fields(element)
    refs = fields(inner.get("Refs"))
    parties = fields(inner.get("RltdPties"))
    worth = inner.get("Amt")
    if worth is None:
        worth = down(inner.get("AmtDtls"), "TxAmt", "Amt")
    debtor, creditor = person(parties.get("Dbtr")), person(parties.get("Cdtr"))
    debtor_iban, debtor_account = account(parties.get("DbtrAcct"))
    creditor_iban, creditor_account = account(parties.get("CdtrAcct"))
    detail = _Detail(
        place,
        amount(worth, notes),
        text(inner.get("CdtDbtInd")),
        refs,
        party(debtor, debtor_account),
        party(creditor, creditor_account),
        remittance(inner.get("RmtInf")),
        text(down(inner.get("RtrInf"), "Rsn", "Cd")),
    )
    details.append(detail)
    return said(
        {
            "amount": detail.amount and detail.amount.facts(),
            "side": detail.side,
            "end_to_end_id": text(refs.get("EndToEndId")),
            "instruction_id": text(refs.get("InstrId")),
            "transaction_reference": text(refs.get("AcctSvcrRef")),
            "debtor": text(debtor.get("Nm")),
            "creditor": text(creditor.get("Nm")),
            "debtor_account": debtor_iban,
            "creditor_account": creditor_iban,
            "creditor_reference": detail.remittance.creditor_reference,
            "unstructured": detail.remittance.unstructured,
            "return_reason": detail.reason,
        }
    )


def _documents(
    report: _Report, entry: _Entry, details: list[_Detail], notes: Notes
) -> list[TradeDocument]:
    moved = entry.amount
    if moved is None or not moved.number or entry.side not in _SIDES:
        return []
    if len(details) <= 1:
        return [_document(report, entry, details[0] if details else None, moved)]
    parts = [detail.amount for detail in details if detail.amount is not None]
    if len(parts) < len(details) or any(part.currency != moved.currency for part in parts):
        return [_document(report, entry, None, moved)]
    claimed = sum(
        part.number if (detail.side or entry.side) == entry.side else -part.number
        for part, detail in zip(parts, details, strict=True)
    )
    if claimed > moved.number:
        # Never let details settle more than the account moved.
        zh = f"明细合计 {claimed} 超过分录金额 {moved.value}"
        en = f"the details add up to {claimed}, the entry is {moved.value}"
        notes.flag("details_exceed_entry", entry.element, zh, en)
        return [_document(report, entry, None, moved)]
    return [
        _document(report, entry, detail, part)
        for detail, part in zip(details, parts, strict=True)
        if part.number
    ]


def _document(
    report: _Report, entry: _Entry, detail: _Detail | None, worth: Amount
) -> TradeDocument:
    # A lone detail explains the whole entry, so the entry's own side holds.
    whole = detail is None or worth is entry.amount
    credit = ((None if whole or detail is None else detail.side) or entry.side) == "CRDT"
    known = detail or _Detail(entry.place, None, None, {}, NOBODY, NOBODY, Remittance(), None)
    end_to_end = identifier(known.refs.get("EndToEndId"))
    bank_reference = text(known.refs.get("AcctSvcrRef")) or entry.servicer_reference
    attributes = {
        "report": report.id,
        "message": report.message,
        "entry_reference": entry.reference,
    }
    return TradeDocument(
        Kind.BANK_ENTRY,
        bank_reference or end_to_end or f"{report.id}/{entry.at}",
        known.place,
        day(entry.booked_on),
        currency=worth.currency,
        references=known.remittance.references or {},
        cash=Cash(
            worth.number,
            credit,
            entry.status == _BOOKED,
            reversal=entry.reversal,
            account=report.account,
            debtor=known.debtor if credit or known.debtor != NOBODY else report.owner,
            creditor=report.owner if credit and known.creditor == NOBODY else known.creditor,
            end_to_end_id=end_to_end,
            bank_reference=bank_reference,
            remittance=known.remittance.joined,
            value_on=day(entry.value_on),
            status=entry.status,
            reason=known.reason,
        ),
        attributes={name: value for name, value in attributes.items() if value},
    )


def _check_balances(message: Element, report: Element, facts: Facts, notes: Notes) -> None:
    """Flags a whole statement whose opening balance and entries do not make its closing one.

    Only where that can be said: one page, one booked opening (OPBD, else PRCD) and one booked
    closing balance (CLBD), every entry booked, one currency throughout.
    """
    balances = {balance.get("type"): balance for balance in facts.get("balances", ())}
    opening, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
    entries = facts.get("entries", ())
    if opening is None or closing is None or _paged(message):
        return
    stated = [opening, closing, *entries]
    currencies = {item.get("amount", {}).get("currency") for item in stated}
    if len(currencies) != 1 or any(entry.get("status") != _BOOKED for entry in entries):
        return
    total = sum((_signed(item) for item in (opening, *entries)), Decimal(0))
    if total != _signed(closing):
        zh = f"期初加分录为 {total}, 期末余额为 {_signed(closing)}"
        en = f"opening and entries make {total}, the closing balance is {_signed(closing)}"
        notes.flag("balance_mismatch", report, zh, en)


def _paged(message: Element) -> bool:
    page = fields(down(message, "GrpHdr", "MsgPgntn"))
    last = text(page.get("LastPgInd")) in (None, "true", "1")
    return not last or text(page.get("PgNb")) not in (None, "1")


def _signed(item: Facts) -> Decimal:
    value = item.get("amount", {}).get("value", "")
    worth = Decimal(value) if is_amount(value) else Decimal(0)
    return -worth if item.get("side") == "DBIT" else worth


def _check_summary(element: Element, facts: Facts, notes: Notes) -> None:
    summary = fields(element)
    entries = facts.get("entries", [])
    for kind, side in (("TtlNtries", None), ("TtlCdtNtries", "CRDT"), ("TtlDbtNtries", "DBIT")):
        total = fields(summary.get(kind))
        chosen = [entry for entry in entries if side is None or entry.get("side") == side]
        check_count(total.get("NbOfNtries"), len(chosen), notes)
        if side is not None:
            summed = sum((abs(_signed(entry)) for entry in chosen), Decimal(0))
            check_sum(total.get("Sum"), summed, notes)
