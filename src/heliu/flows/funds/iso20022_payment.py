"""Payments asked for: pain.001, pain.008 (by customers), pacs.003, 004, 008, 009 (among banks).

One PAYMENT_ORDER a transaction. `number` is the end-to-end id, else the transaction or
instruction id. `due_on` is the day asked for. `attributes`: message (id), payment (PmtInfId),
instruction_id, transaction_id, method. A return (pacs.004) is an order with `reversal` set.

The control sum is checked for customer messages only: among banks the standard leaves open which
amounts it totals (instructed or settled).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from heliu.flows.funds.iso20022_remittance import Remittance, remittance
from heliu.flows.funds.iso20022_tree import (
    Amount,
    Element,
    Fields,
    Notes,
    account,
    agent,
    amount,
    check_count,
    check_sum,
    day,
    down,
    fields,
    identifier,
    local,
    moment,
    name,
    party,
    person,
    said,
    several,
    text,
)
from heliu.flows.intake.api import Cash, Facts, Kind, TradeDocument

CUSTOMER: Final[Mapping[str, str]] = {
    "CstmrCdtTrfInitn": "CdtTrfTxInf",
    "CstmrDrctDbtInitn": "DrctDbtTxInf",
}
INTERBANK: Final[Mapping[str, str]] = {
    "FIToFICstmrCdtTrf": "CdtTrfTxInf",
    "FICdtTrf": "CdtTrfTxInf",
    "FinInstnCdtTrf": "CdtTrfTxInf",
    "FIToFICstmrDrctDbt": "DrctDbtTxInf",
    "PmtRtr": "TxInf",
}


@dataclass(frozen=True, slots=True)
class _Message:
    """What every payment of one message shares, and what is gathered from them."""

    id: str | None
    created_on: date | None
    item: str
    notes: Notes
    documents: list[TradeDocument] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)


class _Batch(NamedTuple):
    """One PmtInf: what its transactions inherit."""

    id: str | None
    method: str | None
    requested: str | None
    inner: Fields


def read_initiation(
    element: Element, place: str, header: Fields, notes: Notes
) -> tuple[Facts, list[TradeDocument]]:
    """A customer's credit transfers or direct debits, payment by payment."""
    message = _message(header, CUSTOMER[local(element)], notes)
    payments = [
        _payment(payment, f"{place}/PmtInf[{at}]", message)
        for at, payment in several(element, "PmtInf")
    ]
    count = sum(payment["transaction_count"] for payment in payments)
    summed = sum((one.number for one in message.amounts), Decimal(0))
    check_count(header.get("NbOfTxs"), count, notes)
    check_sum(header.get("CtrlSum"), summed, notes)
    facts = {
        "declared_transactions": text(header.get("NbOfTxs")),
        "control_sum": text(header.get("CtrlSum")),
        "initiator": name(header.get("InitgPty")),
        "payments": payments,
        "transaction_count": count,
        "amount_sum": str(summed),
    }
    return said(facts), message.documents


def _message(header: Fields, item: str, notes: Notes) -> _Message:
    return _Message(text(header.get("MsgId")), day(text(header.get("CreDtTm"))), item, notes)


def _payment(element: Element, place: str, message: _Message) -> Facts:
    notes, inner = message.notes, fields(element)
    date_name = "ReqdExctnDt" if "ReqdExctnDt" in inner else "ReqdColltnDt"
    batch = _Batch(
        text(inner.get("PmtInfId")),
        text(inner.get("PmtMtd")),
        moment(inner.get(date_name), notes),
        inner,
    )
    if batch.id is None:
        notes.missing("PmtInfId", element)
    before = len(message.amounts)
    transactions = [
        _ordered(transaction, f"{place}/{message.item}[{at}]", batch, message)
        for at, transaction in several(element, message.item)
    ]
    summed = sum((one.number for one in message.amounts[before:]), Decimal(0))
    check_count(inner.get("NbOfTxs"), len(transactions), notes)
    check_sum(inner.get("CtrlSum"), summed, notes)
    return said(
        {
            "id": batch.id,
            "method": batch.method,
            "requested_date": batch.requested,
            "debtor": name(inner.get("Dbtr")),
            "debtor_account": account(inner.get("DbtrAcct"))[1],
            "creditor": name(inner.get("Cdtr")),
            "transaction_count": len(transactions),
            "transactions": transactions,
        }
    )


def _ordered(element: Element, place: str, batch: _Batch, message: _Message) -> Facts:
    notes, inner = message.notes, fields(element)
    ids = fields(inner.get("PmtId"))
    end_to_end = text(ids.get("EndToEndId"))
    if end_to_end is None:
        notes.missing("PmtId/EndToEndId", element)
    worth = amount(_instructed(inner), notes)
    if worth is None:
        notes.missing("InstdAmt", element)
    else:
        message.amounts.append(worth)
    paid = remittance(inner.get("RmtInf"))
    message.documents.extend(
        _document(
            _Order(place, ids, worth, batch.requested, {**batch.inner, **inner}, paid),
            message,
            {"payment": batch.id, "method": batch.method},
        )
    )
    return said(
        {
            "end_to_end_id": end_to_end,
            "amount": worth and worth.facts(),
            "creditor": name(inner.get("Cdtr")),
            "creditor_account": account(inner.get("CdtrAcct"))[1],
            "debtor": name(inner.get("Dbtr")),
            "creditor_reference": paid.creditor_reference,
            "unstructured": paid.unstructured,
        }
    )


def _instructed(inner: Fields) -> Element | None:
    if "InstdAmt" in inner:
        return inner["InstdAmt"]
    stated = fields(inner.get("Amt"))
    return stated["InstdAmt"] if "InstdAmt" in stated else down(stated.get("EqvtAmt"), "Amt")


def read_transfer(
    element: Element, place: str, header: Fields, notes: Notes
) -> tuple[Facts, list[TradeDocument]]:
    """A transfer, direct debit or return among banks, transaction by transaction."""
    kind = local(element)
    message = _message(header, INTERBANK[kind], notes)
    transactions = [
        _settled(transaction, f"{place}/{message.item}[{at}]", header, message)
        for at, transaction in several(element, message.item)
    ]
    count = len(transactions)
    if kind != "PmtRtr" or transactions:  # a return of a whole group lists no transactions
        check_count(header.get("NbOfTxs"), count, notes)
    facts = {
        "declared_transactions": text(header.get("NbOfTxs")),
        "control_sum": text(header.get("CtrlSum")),
        "transaction_count": count,
        "transactions": transactions,
    }
    return said(facts), message.documents


def _settled(element: Element, place: str, header: Fields, message: _Message) -> Facts:
    notes, inner = message.notes, fields(element)
    returned = message.item == "TxInf"
    ids = inner if returned else fields(inner.get("PmtId"))
    of = "Orgnl" if returned else ""
    settled = inner.get("RtrdIntrBkSttlmAmt" if returned else "IntrBkSttlmAmt")
    worth = amount(settled, notes)
    if worth is None:
        notes.missing("IntrBkSttlmAmt", element)
    settled_on = moment(inner.get("IntrBkSttlmDt"), notes)
    due = settled_on or moment(header.get("IntrBkSttlmDt"), notes)
    paid = remittance(inner.get("RmtInf"))
    ids = {key.removeprefix(of): value for key, value in ids.items() if key.startswith(of)}
    if not ids.keys() & {"EndToEndId", "TxId", "InstrId"}:
        notes.missing("PmtId/EndToEndId", element)
    reason = text(down(inner.get("RtrRsnInf"), "Rsn", "Cd"))
    message.documents.extend(
        _document(_Order(place, ids, worth, due, inner, paid, reason), message, {})
    )
    return said(
        {
            "instruction_id": text(ids.get("InstrId")),
            "end_to_end_id": text(ids.get("EndToEndId")),
            "transaction_id": text(ids.get("TxId")),
            "settlement_amount": worth and worth.facts(),
            "settlement_date": settled_on,
            "charge_bearer": text(inner.get("ChrgBr")),
            "debtor": name(inner.get("Dbtr")),
            "creditor": name(inner.get("Cdtr")),
            "debtor_account": account(inner.get("DbtrAcct"))[1],
            "creditor_account": account(inner.get("CdtrAcct"))[1],
            "debtor_agent": agent(inner.get("DbtrAgt")),
            "creditor_agent": agent(inner.get("CdtrAgt")),
            "creditor_reference": paid.creditor_reference,
            "unstructured": paid.unstructured,
            "return_reason": reason,
        }
    )


class _Order(NamedTuple):
    """One payment asked for, before it is a document."""

    place: str
    ids: Fields
    amount: Amount | None
    due: str | None
    inner: Fields
    paid: Remittance
    reason: str | None = None


def _document(
    order: _Order, message: _Message, attributes: Mapping[str, str | None]
) -> list[TradeDocument]:
    worth, inner = order.amount, order.inner
    if worth is None or not worth.number:
        return []
    end_to_end, transaction, instruction = (
        identifier(order.ids.get(key)) for key in ("EndToEndId", "TxId", "InstrId")
    )
    debtor_account = account(inner.get("DbtrAcct"))[1]
    known = {
        "message": message.id,
        "instruction_id": instruction,
        "transaction_id": transaction,
        **attributes,
    }
    return [
        TradeDocument(
            Kind.PAYMENT_ORDER,
            end_to_end or transaction or instruction or "",
            order.place,
            message.created_on,
            currency=worth.currency,
            due_on=day(order.due),
            references=order.paid.references or {},
            cash=Cash(
                worth.number,
                credit=True,
                booked=False,
                reversal=message.item == "TxInf",
                account=debtor_account,
                debtor=party(person(inner.get("Dbtr")), debtor_account),
                creditor=party(person(inner.get("Cdtr")), account(inner.get("CdtrAcct"))[1]),
                end_to_end_id=end_to_end,
                bank_reference=transaction,
                remittance=order.paid.joined,
                value_on=day(order.due),
                reason=order.reason,
            ),
            attributes={name_: value for name_, value in known.items() if value},
        )
    ]
