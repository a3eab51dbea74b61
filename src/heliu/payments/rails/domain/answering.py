"""The other end's messages, written for the rail simulator: pacs.002, pain.002, pacs.004, camt.054.

Versions as a member of the same maintenance would send them: pacs.002.001.10, pain.002.001.10,
pacs.004.001.09, camt.054.001.08.
"""

from dataclasses import dataclass
from datetime import datetime

from heliu.ground.clock import BANK_ZONE
from heliu.ground.money import Money
from heliu.payments.rails.domain.writing import Form, amount_of, document, instant


@dataclass(frozen=True, slots=True)
class Told:
    """One instruction as the rail took it: which message, which payment, how much, which form."""

    message_id: str
    end_to_end_id: str
    amount: Money
    form: Form
    account: str


@dataclass(frozen=True, slots=True)
class Answering:
    """Under which message id and when an answer is written."""

    message_id: str
    at: datetime


def status_report(
    told: Told, answering: Answering, status: str, reason: str | None = None
) -> bytes:
    """pacs.002 to a clearing member, pain.002 to a customer: the status of the one payment."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    original = f"<OrgnlMsgId>{told.message_id}</OrgnlMsgId><OrgnlMsgNmId>{told.form}</OrgnlMsgNmId>"
    ids = (
        f"<OrgnlInstrId>{told.end_to_end_id}</OrgnlInstrId>"
        f"<OrgnlEndToEndId>{told.end_to_end_id}</OrgnlEndToEndId>"
    )
    if told.form is Form.CUSTOMER:
        worth = f"<OrgnlTxRef><Amt>{amount_of('InstdAmt', told.amount)}</Amt></OrgnlTxRef>"
        return document(
            "pain.002.001.10",
            f"<CstmrPmtStsRpt><GrpHdr>{_header(answering)}</GrpHdr>"
            f"<OrgnlGrpInfAndSts>{original}</OrgnlGrpInfAndSts>"
            f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{told.end_to_end_id}</OrgnlPmtInfId>"
            f"<TxInfAndSts>{ids}<TxSts>{status}</TxSts>{why}{worth}</TxInfAndSts>"
            "</OrgnlPmtInfAndSts></CstmrPmtStsRpt>",
        )
    worth = f"<OrgnlTxRef>{amount_of('IntrBkSttlmAmt', told.amount)}</OrgnlTxRef>"
    return document(
        "pacs.002.001.10",
        f"<FIToFIPmtStsRpt><GrpHdr>{_header(answering)}</GrpHdr>"
        f"<OrgnlGrpInfAndSts>{original}</OrgnlGrpInfAndSts>"
        f"<TxInfAndSts>{ids}<OrgnlTxId>{told.end_to_end_id}</OrgnlTxId>"
        f"<TxSts>{status}</TxSts>{why}{worth}</TxInfAndSts></FIToFIPmtStsRpt>",
    )


def not_received(message_id: str, end_to_end_id: str, answering: Answering, reason: str) -> bytes:
    """pacs.002 to a status query about a payment that never arrived."""
    return document(
        "pacs.002.001.10",
        f"<FIToFIPmtStsRpt><GrpHdr>{_header(answering)}</GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{Form.CLEARING}</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf></TxInfAndSts></FIToFIPmtStsRpt>",
    )


def payment_return(told: Told, answering: Answering, reason: str) -> bytes:
    """pacs.004: the money comes back."""
    return document(
        "pacs.004.001.09",
        f"<PmtRtr><GrpHdr>{_header(answering)}<NbOfTxs>1</NbOfTxs>"
        "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>"
        f"<TxInf><RtrId>{answering.message_id}</RtrId>"
        f"<OrgnlEndToEndId>{told.end_to_end_id}</OrgnlEndToEndId>"
        f"<OrgnlTxId>{told.end_to_end_id}</OrgnlTxId>"
        f"{amount_of('RtrdIntrBkSttlmAmt', told.amount)}"
        f"<RtrRsnInf><Rsn><Cd>{reason}</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr>",
    )


def notification(told: Told, answering: Answering) -> bytes:
    """camt.054: our settlement account was debited for the payment."""
    day = answering.at.astimezone(BANK_ZONE).date().isoformat()
    return document(
        "camt.054.001.08",
        f"<BkToCstmrDbtCdtNtfctn><GrpHdr>{_header(answering)}</GrpHdr>"
        f"<Ntfctn><Id>{answering.message_id}</Id><CreDtTm>{instant(answering.at)}</CreDtTm>"
        f"<Acct><Id><Othr><Id>{told.account}</Id></Othr></Id></Acct>"
        f"<Ntry>{amount_of('Amt', told.amount)}<CdtDbtInd>DBIT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{answering.message_id}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        "</BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{told.end_to_end_id}</EndToEndId></Refs>"
        f"{amount_of('Amt', told.amount)}<CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls></Ntry>"
        "</Ntfctn></BkToCstmrDbtCdtNtfctn>",
    )


def _header(answering: Answering) -> str:
    return f"<MsgId>{answering.message_id}</MsgId><CreDtTm>{instant(answering.at)}</CreDtTm>"
