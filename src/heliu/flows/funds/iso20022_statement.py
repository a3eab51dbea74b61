"""Account reports: camt.052 (intraday), camt.053 (statement), camt.054 (notification).

One BANK_ENTRY a transaction detail, or one for the entry where it has no details, where they do
not state their amounts, or where they claim more than the entry moved. `number` is the bank's
reference, else the end-to-end id, else the report id and entry number. `attributes`: report,
message, entry_reference.
"""

from collections.abc import Mapping, Sequence
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
    gathered,
    identifier,
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
_TRUE: Final = ("true", "1")


class _Balance(NamedTuple):
    """A balance: its code, amount and side, and its day as written."""

    code: str | None
    amount: Amount | None
    side: str | None
    at: str | None

    def facts(self) -> Facts:
        return said(
            {
                "type": self.code,
                "amount": self.amount and self.amount.facts(),
                "side": self.side,
                "date": self.at,
            }
        )


class _Detail(NamedTuple):
    """A transaction detail and where it stands."""

    place: str
    amount: Amount | None
    side: str | None
    refs: Fields
    parties: Fields
    debtor: PartyRef
    creditor: PartyRef
    remittance: Remittance
    reason: str | None

    def facts(self) -> Facts:
        refs, parties = self.refs, self.parties
        return said(
            {
                "amount": self.amount and self.amount.facts(),
                "side": self.side,
                "end_to_end_id": text(refs.get("EndToEndId")),
                "instruction_id": text(refs.get("InstrId")),
                "transaction_reference": text(refs.get("AcctSvcrRef")),
                "debtor": text(person(parties.get("Dbtr")).get("Nm")),
                "creditor": text(person(parties.get("Cdtr")).get("Nm")),
                "debtor_account": account(parties.get("DbtrAcct"))[0],
                "creditor_account": account(parties.get("CdtrAcct"))[0],
                "creditor_reference": self.remittance.creditor_reference,
                "unstructured": self.remittance.unstructured,
                "return_reason": self.reason,
            }
        )


class _Entry(NamedTuple):
    """An entry, with what its details inherit from it."""

    element: Element
    place: str
    at: int
    amount: Amount | None
    side: str | None
    reversal: str | None
    status: str | None
    booked_on: str | None
    value_on: str | None
    reference: str | None
    servicer_reference: str | None
    details: list[_Detail]

    def facts(self) -> Facts:
        return said(
            {
                "reference": self.reference,
                "amount": self.amount and self.amount.facts(),
                "side": self.side,
                "reversal": self.reversal,
                "status": self.status,
                "booking_date": self.booked_on,
                "value_date": self.value_on,
                "servicer_reference": self.servicer_reference,
                "transaction_count": len(self.details),
                "transactions": [detail.facts() for detail in self.details],
            }
        )


class Report(NamedTuple):
    """One report about one account."""

    id: str | None
    message: str
    account: str | None
    currency: str | None
    owner: PartyRef
    balances: list[_Balance]
    entries: list[_Entry]

    def facts(self) -> Facts:
        """What the report says."""
        return said(
            {
                "id": self.id,
                "account": self.account,
                "account_currency": self.currency,
                "balances": [balance.facts() for balance in self.balances],
                "entry_count": len(self.entries),
                "entries": [entry.facts() for entry in self.entries],
            }
        )


def read_reports(
    message: Element, place: str, notes: Notes
) -> tuple[list[Report], list[TradeDocument]]:
    """Every report of a camt message, and the documents of all their entries."""
    kind = local(message)
    reports: list[Report] = []
    documents: list[TradeDocument] = []
    for at, element in several(message, REPORTS[kind]):
        report = _report(element, f"{place}/{REPORTS[kind]}[{at}]", notes, documents)
        reports.append(report)
        if kind == "BkToCstmrStmt":
            _check_balances(message, element, report, notes)
    return reports, documents


def _report(element: Element, place: str, notes: Notes, documents: list[TradeDocument]) -> Report:
    found = gathered(element)
    inner = {name: alike[0] for name, alike in found.items()}
    id_ = text(inner.get("Id"))
    if id_ is None:
        notes.missing("Id", element)
    moment(inner.get("CreDtTm"), notes)
    held = fields(inner.get("Acct"))
    _, number = account(inner.get("Acct"))
    balances = [_balance(balance, notes) for balance in found.get("Bal", ())]
    report = Report(
        id_,
        local(element),
        number,
        text(held.get("Ccy")),
        party(person(held.get("Ownr")), number),
        balances,
        [],
    )
    for at, stated in enumerate(found.get("Ntry", ()), 1):
        entry = _entry(stated, place, at, notes)
        report.entries.append(entry)
        documents += _documents(report, entry, notes)
    if "TxsSummry" in inner:
        _check_summary(inner["TxsSummry"], report.entries, notes)
    return report


def _balance(balance: Element, notes: Notes) -> _Balance:
    inner = fields(balance)
    code = fields(down(inner.get("Tp"), "CdOrPrtry"))
    return _Balance(
        text(code.get("Cd", code.get("Prtry"))),
        amount(inner.get("Amt"), notes),
        text(inner.get("CdtDbtInd")),
        moment(inner.get("Dt"), notes),
    )


def _entry(element: Element, report: str, at: int, notes: Notes) -> _Entry:
    found = gathered(element)
    inner = {name: alike[0] for name, alike in found.items()}
    get, place = inner.get, f"{report}/Ntry[{at}]"
    status = get("Sts")
    if status is not None and len(status):
        status = down(status, "Cd")
    worth, side = amount(get("Amt"), notes), _side(element, inner, notes)
    booked_on, value_on = moment(get("BookgDt"), notes), moment(get("ValDt"), notes)
    if worth is None:
        notes.missing("Amt", element)
    details = [
        _detail(detail, f"{place}/NtryDtls[{group}]/TxDtls[{number}]", notes)
        for group, holder in enumerate(found.get("NtryDtls", ()), 1)
        for number, detail in several(holder, "TxDtls")
    ]
    return _Entry(
        element,
        place,
        at,
        worth,
        side,
        text(get("RvslInd")),
        text(status),
        booked_on,
        value_on,
        text(get("NtryRef")),
        text(get("AcctSvcrRef")),
        details,
    )


def _side(element: Element, inner: Fields, notes: Notes) -> str | None:
    side = text(inner.get("CdtDbtInd"))
    if side not in _SIDES:
        zh, en = f"借贷方向无效 {side!r}", f"{side!r} is neither CRDT nor DBIT"
        notes.refuse("side_invalid", inner.get("CdtDbtInd", element), zh, en)
    return side


def _detail(element: Element, place: str, notes: Notes) -> _Detail:
    inner = fields(element)
    parties = fields(inner.get("RltdPties"))
    worth = inner.get("Amt")
    if worth is None:
        worth = down(inner.get("AmtDtls"), "TxAmt", "Amt")
    debtor, creditor = person(parties.get("Dbtr")), person(parties.get("Cdtr"))
    return _Detail(
        place,
        amount(worth, notes),
        text(inner.get("CdtDbtInd")),
        fields(inner.get("Refs")),
        parties,
        party(debtor, account(parties.get("DbtrAcct"))[1]),
        party(creditor, account(parties.get("CdtrAcct"))[1]),
        remittance(inner.get("RmtInf")),
        text(down(inner.get("RtrInf"), "Rsn", "Cd")),
    )


def _documents(report: Report, entry: _Entry, notes: Notes) -> list[TradeDocument]:
    moved, details = entry.amount, entry.details
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
    report: Report, entry: _Entry, detail: _Detail | None, worth: Amount
) -> TradeDocument:
    # A lone detail explains the whole entry, so the entry's own side holds.
    whole = detail is None or worth is entry.amount
    credit = ((None if whole or detail is None else detail.side) or entry.side) == "CRDT"
    known = detail or _NO_DETAIL
    end_to_end = identifier(known.refs.get("EndToEndId"))
    bank_reference = text(known.refs.get("AcctSvcrRef")) or entry.servicer_reference
    attributes = {
        "report": report.id,
        "message": report.message,
        "entry_reference": entry.reference,
    }
    return TradeDocument(
        Kind.BANK_ENTRY,
        bank_reference or end_to_end or f"{report.id or ''}/{entry.at}",
        known.place or entry.place,
        day(entry.booked_on),
        currency=worth.currency,
        references=known.remittance.references or {},
        cash=Cash(
            worth.number,
            credit,
            entry.status == _BOOKED,
            reversal=entry.reversal in _TRUE,
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


_NO_DETAIL: Final = _Detail("", None, None, {}, {}, NOBODY, NOBODY, Remittance(), None)


def _check_balances(message: Element, element: Element, report: Report, notes: Notes) -> None:
    """Flags a whole statement whose opening balance and entries do not make its closing one.

    Only where that can be said: one page, one booked opening (OPBD, else PRCD) and one booked
    closing balance (CLBD), every entry booked, one currency throughout.
    """
    balances = {balance.code: balance for balance in report.balances}
    opening, closing = balances.get("OPBD", balances.get("PRCD")), balances.get("CLBD")
    if opening is None or closing is None or _paged(message):
        return
    moved: list[_Balance | _Entry] = [opening, *report.entries]
    currencies = {item.amount and item.amount.currency for item in [*moved, closing]}
    if len(currencies) != 1 or any(entry.status != _BOOKED for entry in report.entries):
        return
    total, stated = sum(map(_signed, moved), Decimal(0)), _signed(closing)
    if total != stated:
        zh = f"期初加分录为 {total}, 期末余额为 {stated}"
        en = f"opening and entries make {total}, the closing balance is {stated}"
        notes.flag("balance_mismatch", element, zh, en)


def _paged(message: Element) -> bool:
    page = fields(down(message, "GrpHdr", "MsgPgntn"))
    last = text(page.get("LastPgInd")) in (None, "true", "1")
    return not last or text(page.get("PgNb")) not in (None, "1")


def _signed(item: _Balance | _Entry) -> Decimal:
    worth = Decimal(0) if item.amount is None else item.amount.number
    return -worth if item.side == "DBIT" else worth


def _check_summary(element: Element, entries: Sequence[_Entry], notes: Notes) -> None:
    summary = fields(element)
    for kind, side in (("TtlNtries", None), ("TtlCdtNtries", "CRDT"), ("TtlDbtNtries", "DBIT")):
        total = fields(summary.get(kind))
        chosen = [entry for entry in entries if side is None or entry.side == side]
        check_count(total.get("NbOfNtries"), len(chosen), notes)
        if side is not None:
            summed = sum((abs(_signed(entry)) for entry in chosen), Decimal(0))
            check_sum(total.get("Sum"), summed, notes)
