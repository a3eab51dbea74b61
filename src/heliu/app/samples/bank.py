"""ISO 20022 messages: camt.054 and camt.053 of the bank, pain.001 of the buyer, pacs.002."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.app.samples.firms import BANK, Firm
from heliu.app.samples.markup import Node, document, node

_NAMES: Final = "urn:iso:std:iso:20022:tech:xsd:"
# Each buyer's programme is collected in a branch of its own, and the branches run different
# releases of the message.
_NOTIFICATION: Final = {"HH": "08", "BL": "04", "CY": "02"}
_DETAIL_AMOUNT_FROM: Final = 3  # before, a detail says its amount in AmtDtls
_PARTY_WRAPPED_FROM: Final = 8  # <Dbtr> holds a choice <Pty> since camt.054.001.08


@dataclass(frozen=True, slots=True)
class Entry:
    """Cash that came in: from whom, how much, when, and what was written with it."""

    core: Firm
    payer: Firm
    amount: Decimal
    booked_on: date
    text: str
    invoice: str | None  # quoted as a structured reference too, if given

    @property
    def reference(self) -> str:
        """The bank's own reference of the entry."""
        cents = int(self.amount * 100) % 10**6
        return f"NTF{self.booked_on:%y%m%d}{self.core.code}{self.payer.code}{cents:06d}"


def notification(entries: Sequence[Entry]) -> bytes:
    """camt.054: the credits of one day on the collection account of one buyer's programme."""
    first = entries[0]
    version = _NOTIFICATION[first.core.code]
    day = first.booked_on
    return _document(
        f"camt.054.001.{version}",
        node(
            "BkToCstmrDbtCdtNtfctn",
            _group(f"C54{day:%Y%m%d}{first.core.code}", day),
            node(
                "Ntfctn",
                node("Id", f"NTF-{first.core.code}-{day:%Y%m%d}"),
                node("CreDtTm", f"{day}T17:30:00+08:00"),
                _account(first.core),
                [_entry(entry, int(version)) for entry in entries],
            ),
        ),
    )


def statement(entries: Sequence[Entry], opened_on: date, closed_on: date) -> bytes:
    """camt.053: all credits of a month again, with opening and closing balance."""
    core, total = entries[0].core, sum((entry.amount for entry in entries), Decimal(0))
    return _document(
        "camt.053.001.08",
        node(
            "BkToCstmrStmt",
            _group(f"C53{closed_on:%Y%m%d}{core.code}", closed_on),
            node(
                "Stmt",
                node("Id", f"STM-{core.code}-{closed_on:%Y%m}"),
                node("CreDtTm", f"{closed_on}T23:00:00+08:00"),
                _account(core),
                _balance("OPBD", Decimal(0), opened_on),
                _balance("CLBD", total, closed_on),
                node(
                    "TxsSummry",
                    node(
                        "TtlCdtNtries",
                        node("NbOfNtries", len(entries)),
                        node("Sum", f"{total:.2f}"),
                    ),
                ),
                [_entry(entry, _PARTY_WRAPPED_FROM) for entry in entries],
            ),
        ),
    )


def _entry(entry: Entry, version: int) -> Node:
    day = entry.booked_on.isoformat()
    wrapped = version >= _PARTY_WRAPPED_FROM
    status = node("Sts", node("Cd", "BOOK")) if wrapped else node("Sts", "BOOK")
    name = node("Nm", entry.payer.zh)
    amount = node("Amt", f"{entry.amount:.2f}", Ccy="CNY")
    return node(
        "Ntry",
        node("NtryRef", entry.reference[-8:]),
        amount,
        node("CdtDbtInd", "CRDT"),
        status,
        node("BookgDt", node("Dt", day)),
        node("ValDt", node("Dt", day)),
        node("AcctSvcrRef", entry.reference),
        node("BkTxCd", node("Domn", node("Cd", "PMNT"), node("Fmly", node("Cd", "RCDT"),
             node("SubFmlyCd", "DMCT")))),
        node(
            "NtryDtls",
            node(
                "TxDtls",
                node(
                    "Refs",
                    node("AcctSvcrRef", entry.reference),
                    node("EndToEndId", entry.invoice or "NOTPROVIDED"),
                ),
                _detail_amount(amount, version),
                node(
                    "RltdPties",
                    node("Dbtr", node("Pty", name) if wrapped else name),
                    node("DbtrAcct", node("Id", node("Othr", node("Id", entry.payer.account)))),
                ),
                node("RmtInf", node("Ustrd", entry.text)),
            ),
        ),
    )  # fmt: skip


def _detail_amount(amount: Node, version: int) -> list[Node]:
    if version < _DETAIL_AMOUNT_FROM:
        return [node("AmtDtls", node("TxAmt", amount))]
    return [amount, node("CdtDbtInd", "CRDT")]


def _account(core: Firm) -> Node:
    return node(
        "Acct",
        node("Id", node("Othr", node("Id", collection_account(core)))),
        node("Ccy", "CNY"),
        node("Ownr", node("Nm", BANK.zh)),
    )


def collection_account(core: Firm) -> str:
    """The bank's account that the cash of one buyer's programme is collected on."""
    return f"{BANK.account[:-2]}{core.gln[-2:]}"


def _balance(kind: str, amount: Decimal, day: date) -> Node:
    return node(
        "Bal",
        node("Tp", node("CdOrPrtry", node("Cd", kind))),
        node("Amt", f"{amount:.2f}", Ccy="CNY"),
        node("CdtDbtInd", "CRDT"),
        node("Dt", node("Dt", day.isoformat())),
    )


def _group(message: str, day: date) -> Node:
    return node("GrpHdr", node("MsgId", message), node("CreDtTm", f"{day}T17:30:00+08:00"))


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment a buyer orders to the bank that financed an invoice."""

    buyer: Firm
    amount: Decimal
    invoice: str


def initiation(transfers: Sequence[Transfer], day: date) -> bytes:
    """pain.001.001.09: a buyer orders what is due to be paid to the bank."""
    payer = transfers[0].buyer
    total = sum((transfer.amount for transfer in transfers), Decimal(0))
    count = node("NbOfTxs", len(transfers)), node("CtrlSum", f"{total:.2f}")
    name = node("Nm", payer.zh)
    return _document(
        "pain.001.001.09",
        node(
            "CstmrCdtTrfInitn",
            node(
                "GrpHdr",
                node("MsgId", message_id(payer, day)),
                node("CreDtTm", f"{day}T09:05:00+08:00"),
                count,
                node("InitgPty", name),
            ),
            node(
                "PmtInf",
                node("PmtInfId", f"{message_id(payer, day)}-1"),
                node("PmtMtd", "TRF"),
                count,
                node("ReqdExctnDt", node("Dt", day.isoformat())),
                node("Dbtr", name),
                node("DbtrAcct", node("Id", node("Othr", node("Id", payer.account)))),
                node("DbtrAgt", node("FinInstnId", node("Nm", payer.bank))),
                [_transfer(transfer) for transfer in transfers],
            ),
        ),
    )


def _transfer(transfer: Transfer) -> Node:
    account = collection_account(transfer.buyer)
    return node(
        "CdtTrfTxInf",
        node("PmtId", node("EndToEndId", transfer.invoice)),
        node("Amt", node("InstdAmt", f"{transfer.amount:.2f}", Ccy="CNY")),
        node("CdtrAgt", node("FinInstnId", node("Nm", BANK.zh))),
        node("Cdtr", node("Nm", BANK.zh)),
        node("CdtrAcct", node("Id", node("Othr", node("Id", account)))),
        node("RmtInf", node("Ustrd", f"货款 {transfer.invoice}")),
    )


def message_id(payer: Firm, day: date) -> str:
    """The message id of a buyer's payment order of `day`."""
    return f"P001{day:%Y%m%d}{payer.code}"


def status_report(transfers: Sequence[Transfer], day: date, *, rejected: bool) -> bytes:
    """pacs.002.001.10: the transfers were settled, or all rejected for want of funds (AM04)."""
    payer = transfers[0].buyer
    reason = node("StsRsnInf", node("Rsn", node("Cd", "AM04"))) if rejected else None
    return _document(
        "pacs.002.001.10",
        node(
            "FIToFIPmtStsRpt",
            node(
                "GrpHdr",
                node("MsgId", f"P002{day:%Y%m%d}{payer.code}"),
                node("CreDtTm", f"{day}T09:06:10+08:00"),
            ),
            node(
                "OrgnlGrpInfAndSts",
                node("OrgnlMsgId", message_id(payer, day)),
                node("OrgnlMsgNmId", "pain.001.001.09"),
            ),
            [
                node(
                    "TxInfAndSts",
                    node("OrgnlEndToEndId", transfer.invoice),
                    node("TxSts", "RJCT" if rejected else "ACSC"),
                    reason,
                )
                for transfer in transfers
            ],
        ),
    )


def _document(message: str, body: Node) -> bytes:
    return document(node("Document", body), {"": _NAMES + message})
