"""Payment messages written: pacs.008.001.08, pain.001.001.09 and pacs.028.001.03.

One payment a message, so that a rejected message rejects one payment. Element order is that of the
message definitions (ISO 20022 Payments Clearing and Settlement, Payments Initiation, 2019
maintenance). Pure: the same order and instant give the same bytes.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import escape

from heliu.ground.clock import BANK_ZONE
from heliu.ground.money import Money, exponent

_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# ISO 13616: the remainder of a sound IBAN; ISO 20022: what stands for an id that is not known.
_IBAN_REMAINDER: Final = 1
_NOT_PROVIDED: Final = "NOTPROVIDED"
_DIGITS_OF: Final = 36
_URN: Final = "urn:iso:std:iso:20022:tech:xsd:"


class Form(StrEnum):
    """How the bank is connected: a member of the clearing, or a settlement bank's customer."""

    CLEARING = "pacs.008.001.08"
    CUSTOMER = "pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Profile:
    """Who we are on this rail.

    `institution` and `counterparty` are BICs or clearing member numbers (CNAPS, 12 digits).
    `account` is our settlement account there; a CUSTOMER's payments are debited to it.
    """

    form: Form = Form.CLEARING
    institution: str = "HLIUCNBJ"
    counterparty: str = "CNAPCNBJ"
    name: str = "Heliu"
    account: str = field(default="1000000000000001", repr=False)


@dataclass(frozen=True, slots=True)
class PartyOnRail:
    """A debtor or creditor as a payment message names it."""

    name: str | None = field(repr=False)
    account: str = field(repr=False)
    uscc: str | None = None
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One credit transfer to be written; ids are at most 35 characters."""

    message_id: str
    end_to_end_id: str
    amount: Money
    on: date
    debtor: PartyOnRail
    creditor: PartyOnRail
    remittance: str


def write_instruction(instruction: Instruction, profile: Profile, at: datetime) -> bytes:
    """The message that asks the rail to pay, in the profile's form; `at` is its creation."""
    match profile.form:
        case Form.CLEARING:
            return _clearing(instruction, profile, at)
        case Form.CUSTOMER:
            return _customer(instruction, profile, at)


def write_query(message_id: str, instruction: Instruction, profile: Profile, at: datetime) -> bytes:
    """pacs.028: what became of the payment? It names the payment, it never asks to pay."""
    ids = instruction.end_to_end_id
    body = (
        f"<FIToFIPmtStsReq><GrpHdr>{_header(message_id, at)}"
        f"<InstgAgt>{_agent(profile.institution)}</InstgAgt>"
        f"<InstdAgt>{_agent(profile.counterparty)}</InstdAgt></GrpHdr>"
        f"<OrgnlGrpInf><OrgnlMsgId>{instruction.message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{profile.form}</OrgnlMsgNmId></OrgnlGrpInf>"
        f"<TxInf><StsReqId>{message_id}</StsReqId><OrgnlInstrId>{ids}</OrgnlInstrId>"
        f"<OrgnlEndToEndId>{ids}</OrgnlEndToEndId><OrgnlTxId>{ids}</OrgnlTxId></TxInf>"
        "</FIToFIPmtStsReq>"
    )
    return document("pacs.028.001.03", body)


def document(definition: str, body: str) -> bytes:
    """A whole message: XML declaration, Document of the definition's namespace, body; UTF-8."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<Document xmlns="{_URN}{definition}">{body}</Document>\n'.encode()


def amount_of(name: str, amount: Money) -> str:
    """An amount element in major units with its currency."""
    value = f"{amount.amount:.{exponent(amount.currency)}f}"
    return f'<{name} Ccy="{amount.currency}">{value}</{name}>'


def instant(at: datetime) -> str:
    """An ISODateTime in Beijing time."""
    return at.astimezone(BANK_ZONE).isoformat(timespec="milliseconds")


def _clearing(order: Instruction, profile: Profile, at: datetime) -> bytes:
    payer = order.debtor.bank or profile.institution
    body = (
        f"<FIToFICstmrCdtTrf><GrpHdr>{_header(order.message_id, at)}<NbOfTxs>1</NbOfTxs>"
        "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>"
        f"<InstgAgt>{_agent(profile.institution)}</InstgAgt>"
        f"<InstdAgt>{_agent(profile.counterparty)}</InstdAgt></GrpHdr>"
        f"<CdtTrfTxInf><PmtId>{_ids(order)}<TxId>{order.end_to_end_id}</TxId></PmtId>"
        f"{amount_of('IntrBkSttlmAmt', order.amount)}"
        f"<IntrBkSttlmDt>{order.on.isoformat()}</IntrBkSttlmDt><ChrgBr>SLEV</ChrgBr>"
        f"{_party('Dbtr', order.debtor)}{_account('DbtrAcct', order.debtor.account)}"
        f"<DbtrAgt>{_agent(payer)}</DbtrAgt>"
        f"<CdtrAgt>{_agent(order.creditor.bank)}</CdtrAgt>"
        f"{_party('Cdtr', order.creditor)}{_account('CdtrAcct', order.creditor.account)}"
        f"{_remittance(order)}</CdtTrfTxInf></FIToFICstmrCdtTrf>"
    )
    return document(Form.CLEARING, body)


def _customer(order: Instruction, profile: Profile, at: datetime) -> bytes:
    total = f"{order.amount.amount:.{exponent(order.amount.currency)}f}"
    bank = order.creditor.bank
    body = (
        f"<CstmrCdtTrfInitn><GrpHdr>{_header(order.message_id, at)}<NbOfTxs>1</NbOfTxs>"
        f"<CtrlSum>{total}</CtrlSum><InitgPty><Nm>{escape(profile.name)}</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>{order.end_to_end_id}</PmtInfId><PmtMtd>TRF</PmtMtd>"
        f"<NbOfTxs>1</NbOfTxs><CtrlSum>{total}</CtrlSum>"
        f"<ReqdExctnDt><Dt>{order.on.isoformat()}</Dt></ReqdExctnDt>"
        f"<Dbtr><Nm>{escape(profile.name)}</Nm></Dbtr>{_account('DbtrAcct', profile.account)}"
        f"<DbtrAgt>{_agent(profile.counterparty)}</DbtrAgt>"
        f"{_party('UltmtDbtr', order.debtor)}<ChrgBr>SLEV</ChrgBr>"
        f"<CdtTrfTxInf><PmtId>{_ids(order)}</PmtId>"
        f"<Amt>{amount_of('InstdAmt', order.amount)}</Amt>"
        + (f"<CdtrAgt>{_agent(bank)}</CdtrAgt>" if bank else "")
        + f"{_party('Cdtr', order.creditor)}{_account('CdtrAcct', order.creditor.account)}"
        f"{_remittance(order)}</CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn>"
    )
    return document(Form.CUSTOMER, body)


def _header(message_id: str, at: datetime) -> str:
    return f"<MsgId>{message_id}</MsgId><CreDtTm>{instant(at)}</CreDtTm>"


def _ids(order: Instruction) -> str:
    one = order.end_to_end_id
    return f"<InstrId>{one}</InstrId><EndToEndId>{one}</EndToEndId>"


def _remittance(order: Instruction) -> str:
    return f"<RmtInf><Ustrd>{escape(order.remittance)}</Ustrd></RmtInf>"


def _party(element: str, party: PartyOnRail) -> str:
    name = f"<Nm>{escape(party.name)}</Nm>" if party.name else ""
    identified = ""
    if party.uscc:
        identified = (
            f"<Id><OrgId><Othr><Id>{escape(party.uscc)}</Id>"
            "<SchmeNm><Prtry>USCC</Prtry></SchmeNm></Othr></OrgId></Id>"
        )
    return f"<{element}>{name}{identified}</{element}>"


def _account(element: str, number: str) -> str:
    plain = "".join(number.split())
    if is_iban(plain):
        return f"<{element}><Id><IBAN>{plain}</IBAN></Id></{element}>"
    return f"<{element}><Id><Othr><Id>{escape(plain)}</Id></Othr></Id></{element}>"


def _agent(bank: str | None) -> str:
    if bank is not None and _BIC.fullmatch(bank):
        inner = f"<BICFI>{bank}</BICFI>"
    elif bank is not None:
        inner = f"<ClrSysMmbId><MmbId>{escape(bank)}</MmbId></ClrSysMmbId>"
    else:
        inner = f"<Othr><Id>{_NOT_PROVIDED}</Id></Othr>"
    return f"<FinInstnId>{inner}</FinInstnId>"


def is_iban(number: str) -> bool:
    """Whether `number` (no blanks) is an IBAN with sound check digits (ISO 13616, mod 97)."""
    if not _IBAN.fullmatch(number):
        return False
    digits = "".join(str(int(char, _DIGITS_OF)) for char in number[4:] + number[:4])
    return int(digits) % 97 == _IBAN_REMAINDER
