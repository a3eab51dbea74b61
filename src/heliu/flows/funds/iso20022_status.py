"""Payment statuses: pain.002 (to customers) and pacs.002 (among banks).

One PAYMENT_STATUS for each transaction reported; where a payment or the whole group is reported
without transactions, one for that. `number` is the original end-to-end (else instruction or
transaction) id, payment id or message id. The amount is that of the original reference, 0 where
the status does not repeat it. `attributes`: message, original_message,
created, level.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from heliu.flows.funds.iso20022_tree import (
    Amount,
    Element,
    Fields,
    Notes,
    amount,
    day,
    down,
    fields,
    said,
    several,
    text,
)
from heliu.flows.intake.api import Cash, Facts, Kind, TradeDocument

REPORTS: Final = frozenset({"CstmrPmtStsRpt", "FIToFIPmtStsRpt"})
_NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "transaction": ("OrgnlEndToEndId", "OrgnlInstrId", "OrgnlTxId"),
    "payment": ("OrgnlPmtInfId",),
    "group": ("OrgnlMsgId",),
}
_AMOUNTS: Final = (("Amt", "InstdAmt"), ("InstdAmt",), ("IntrBkSttlmAmt",))


def read_statuses(
    message: Element, place: str, header: Fields, notes: Notes
) -> tuple[Facts, list[TradeDocument]]:
    """The original message with its group status, and the status of each transaction."""
    original = fields(down(message, "OrgnlGrpInfAndSts"))
    group = said(
        {
            "id": text(original.get("OrgnlMsgId")),
            "name": text(original.get("OrgnlMsgNmId")),
            "group_status": text(original.get("GrpSts")),
            "reason": _reason(original),
        }
    )
    about = {
        "message": text(header.get("MsgId")),
        "original_message": group.get("id"),
        "created": text(header.get("CreDtTm")),
    }
    statuses: list[Facts] = []
    documents: list[TradeDocument] = []
    holders = [(place, message)]
    holders += [
        (f"{place}/OrgnlPmtInfAndSts[{at}]", payment)
        for at, payment in several(message, "OrgnlPmtInfAndSts")
    ]
    for where, holder in holders:
        before = len(statuses)
        for at, item in several(holder, "TxInfAndSts"):
            inner = fields(item)
            here = f"{where}/TxInfAndSts[{at}]"
            statuses.append(_status(inner))
            if not any(key in inner for key in _NUMBERS["transaction"]):
                zh, en = "未指明原交易", "the status names no original transaction"
                notes.flag("original_unnamed", item, zh, en)
            documents += _document(inner, here, "transaction", about, notes)
        if len(statuses) == before and holder is not message:
            documents += _document(fields(holder), where, "payment", about, notes)
    if not documents:
        documents += _document(original, f"{place}/OrgnlGrpInfAndSts", "group", about, notes)
    facts = {"original_message": group or None, "transaction_statuses": statuses}
    return said(facts), documents


def _status(inner: Fields) -> Facts:
    return said(
        {
            "end_to_end_id": text(inner.get("OrgnlEndToEndId")),
            "status": text(inner.get("TxSts")),
            "reason": _reason(inner),
        }
    )


def _reason(inner: Fields) -> str | None:
    return text(down(inner.get("StsRsnInf"), "Rsn", "Cd"))


def _document(
    inner: Fields, place: str, level: str, about: Mapping[str, str | None], notes: Notes
) -> list[TradeDocument]:
    status = text(inner.get({"transaction": "TxSts", "payment": "PmtInfSts"}.get(level, "GrpSts")))
    number = next((value for key in _NUMBERS[level] if (value := text(inner.get(key)))), None)
    if status is None or number is None:
        return []
    worth = _original_amount(inner, notes)
    attributes = {**about, "level": level}
    return [
        TradeDocument(
            Kind.PAYMENT_STATUS,
            number,
            place,
            day(about["created"]),
            currency=worth.currency if worth else None,
            cash=Cash(
                worth.number if worth else Decimal(0),
                credit=True,
                booked=False,
                end_to_end_id=text(inner.get("OrgnlEndToEndId")),
                bank_reference=text(inner.get("AcctSvcrRef")),
                status=status,
                reason=_reason(inner),
            ),
            attributes={name: value for name, value in attributes.items() if value},
        )
    ]


def _original_amount(inner: Fields, notes: Notes) -> Amount | None:
    original = inner.get("OrgnlTxRef")
    if original is None:
        return None
    for path in _AMOUNTS:
        found = down(original, *path)
        if found is not None:
            return amount(found, notes)
    return None
