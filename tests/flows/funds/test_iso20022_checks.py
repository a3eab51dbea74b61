"""What is wrong with a bank message: one change to a sound one, one complaint at its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from heliu.flows.funds.iso20022 import Iso20022Connector
from heliu.flows.funds.iso20022_tree import MAX_COMPLAINTS, MAX_NAMES, NAMES, day
from heliu.flows.intake.api import Blob, Reading, Severity, read_blob

FIXTURES = Path(__file__).parent / "fixtures"
NOTICE, STATEMENT = "notification.xml", "statement.xml"
TRANSFER, BANKS, RETURN, STATUS = (
    "credit_transfer.xml",
    "transfer_enveloped.xml",
    "return.xml",
    "status.xml",
)
SINGLE = "/Document/BkToCstmrStmt/Stmt"
PAYMENT = "/Document/CstmrCdtTrfInitn/PmtInf"
GROUP = "/Document/CstmrCdtTrfInitn/GrpHdr"
BANKED = "/BizMsgEnvlp/Document/FIToFICstmrCdtTrf"
NOTIFIED = "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn"


def read(name: str, old: str, new: str) -> Reading:
    text = (FIXTURES / name).read_text("utf-8")
    assert old in text, "the change must change something"
    blob = Blob("folder", name, "", text.replace(old, new, 1).encode())
    return read_blob((Iso20022Connector(),), blob)[1]


def said(reading: Reading) -> list[tuple[str, str]]:
    return [(c.code.removeprefix("iso20022."), c.place) for c in reading.complaints]


@pytest.mark.parametrize("name", [NOTICE, STATEMENT, TRANSFER, BANKS, RETURN, STATUS])
def test_a_sound_message_has_no_complaint(name: str) -> None:
    assert read(name, "<", "<").complaints == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "place"),
    [
        (NOTICE, "<MsgId>C54-1</MsgId>", "", "element_missing", f"{NOTIFIED[:-7]}/GrpHdr/MsgId"),
        (NOTICE, "<Id>NTF-1</Id>", "", "element_missing", f"{NOTIFIED}/Id"),
        (NOTICE, "<Id>NTF-1</Id>", "<Id> </Id>", "element_missing", f"{NOTIFIED}/Id"),
        (NOTICE, '<Amt Ccy="CNY">5.00</Amt>', "", "element_missing", f"{NOTIFIED}/Ntry[4]/Amt"),
        (NOTICE, ">1000.00<", ">1,000.00<", "amount_invalid", f"{NOTIFIED}/Ntry[1]/Amt"),
        (NOTICE, ">1000.00<", "><", "amount_invalid", f"{NOTIFIED}/Ntry[1]/Amt"),
        (NOTICE, ">1000.00<", ">1e3<", "amount_invalid", f"{NOTIFIED}/Ntry[1]/Amt"),
        (NOTICE, ">1000.00<", ">-1000.00<", "amount_negative", f"{NOTIFIED}/Ntry[1]/Amt"),
        (NOTICE, "CRDT", "Credit", "side_invalid", f"{NOTIFIED}/Ntry[1]/CdtDbtInd"),
        (NOTICE, "<CdtDbtInd>CRDT</CdtDbtInd>", "", "side_invalid", f"{NOTIFIED}/Ntry[1]"),
        (NOTICE, "<Dt>2026-06-04<", "<Dt>2026-06-31<", "date_invalid", f"{NOTIFIED}/Ntry[1]/ValDt"),
        (NOTICE, "2026-06-03T09", "03.06.2026T09", "date_invalid", f"{NOTIFIED}/Ntry[1]/BookgDt"),
        (TRANSFER, "2026-06-01T09:00:00", "today", "date_invalid", f"{GROUP}/CreDtTm"),
        (TRANSFER, "<Dt>2026-06-03<", "<Dt>2026-6-3<", "date_invalid", f"{PAYMENT}/ReqdExctnDt"),
        (TRANSFER, "<PmtInfId>P-1</PmtInfId>", "", "element_missing", f"{PAYMENT}/PmtInfId"),
        (
            TRANSFER,
            "<EndToEndId>INV-1</EndToEndId>",
            "",
            "element_missing",
            f"{PAYMENT}/CdtTrfTxInf[1]/PmtId/EndToEndId",
        ),
        (
            BANKS,
            "<d:EndToEndId>E2E-9</d:EndToEndId><d:TxId>T-9</d:TxId>",
            "",
            "element_missing",
            f"{BANKED}/CdtTrfTxInf/PmtId/EndToEndId",
        ),
        (
            BANKS,
            '<d:IntrBkSttlmAmt Ccy="CNY">77.10</d:IntrBkSttlmAmt>',
            "",
            "element_missing",
            f"{BANKED}/CdtTrfTxInf/IntrBkSttlmAmt",
        ),
    ],
)
def test_a_message_that_cannot_be_relied_on_is_refused(
    name: str,
    old: str,
    new: str,
    code: str,
    place: str,
) -> None:
    reading = read(name, old, new)
    refusals = [c for c in reading.complaints if c.severity is Severity.REFUSED]
    assert [(c.code, c.place) for c in refusals] == [(f"iso20022.{code}", place)]
    assert reading.documents == ()
    assert reading.facts["message_element"]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "place"),
    [
        (
            NOTICE,
            '<Amt Ccy="CNY">5.00',
            '<Amt Ccy="RMB">5.00',
            "currency_unknown",
            f"{NOTIFIED}/Ntry[4]/Amt",
        ),
        (NOTICE, '<Amt Ccy="CNY">5.00', "<Amt>5.00", "currency_unknown", f"{NOTIFIED}/Ntry[4]/Amt"),
        (TRANSFER, "<NbOfTxs>2<", "<NbOfTxs>3<", "count_mismatch", f"{GROUP}/NbOfTxs"),
        (TRANSFER, "<NbOfTxs>2<", "<NbOfTxs>two<", "count_mismatch", f"{GROUP}/NbOfTxs"),
        (TRANSFER, ">30.50<", ">30.51<", "sum_mismatch", f"{GROUP}/CtrlSum"),
        (TRANSFER, ">30.5<", ">30<", "sum_mismatch", f"{PAYMENT}/CtrlSum"),
        (BANKS, "NbOfTxs>1<", "NbOfTxs>2<", "count_mismatch", f"{BANKED}/GrpHdr/NbOfTxs"),
        (RETURN, "NbOfTxs>1<", "NbOfTxs>2<", "count_mismatch", "/Document/PmtRtr/GrpHdr/NbOfTxs"),
        (
            STATUS,
            "<OrgnlInstrId>I-2</OrgnlInstrId>",
            "",
            "original_unnamed",
            "/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts[1]/TxInfAndSts[2]",
        ),
        (STATEMENT, ">20.00<", ">21.00<", "balance_mismatch", SINGLE),
        (
            STATEMENT,
            "<NbOfNtries>2<",
            "<NbOfNtries>3<",
            "count_mismatch",
            f"{SINGLE}/TxsSummry/TtlNtries/NbOfNtries",
        ),
        (
            STATEMENT,
            "<Sum>150.00<",
            "<Sum>151.00<",
            "sum_mismatch",
            f"{SINGLE}/TxsSummry/TtlCdtNtries/Sum",
        ),
        (STATEMENT, ">50.00<", ">50.01<", "details_exceed_entry", f"{SINGLE}/Ntry[1]"),
    ],
)
def test_a_message_that_contradicts_itself_is_flagged(
    name: str, old: str, new: str, code: str, place: str
) -> None:
    reading = read(name, old, new)
    assert said(reading) == [(code, place)]
    assert not reading.refused
    assert reading.documents


def test_details_never_settle_more_than_the_entry_moved() -> None:
    reading = read(STATEMENT, ">50.00<", ">5000.00<")
    amounts = [document.cash.amount for document in reading.documents if document.cash]
    assert amounts == [Decimal("150.00"), Decimal("30.00")]


def test_details_in_another_currency_do_not_stand_for_the_entry() -> None:
    reading = read(STATEMENT, '<Amt Ccy="EUR">50.00', '<Amt Ccy="USD">50.00')
    assert [d.cash.amount for d in reading.documents if d.cash] == [Decimal(150), Decimal(30)]


def test_a_contrary_detail_is_netted_and_keeps_its_direction() -> None:
    contrary = '<Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    reading = read(STATEMENT, '<Amt Ccy="EUR">50.00</Amt>', contrary)
    assert [d.cash.credit for d in reading.documents if d.cash] == [True, False, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<LastPgInd>true<", "<LastPgInd>false<"),
        ("<PgNb>1<", "<PgNb>2<"),
        ("OPBD", "ITBD"),
        ("<Sts>BOOK<", "<Sts>PDNG<"),
        ('<Amt Ccy="EUR">100.00</Amt><CdtDbtInd>', '<Amt Ccy="USD">100.00</Amt><CdtDbtInd>'),
    ],
)
def test_balances_are_compared_only_where_they_can_be(old: str, new: str) -> None:
    text = (FIXTURES / STATEMENT).read_text("utf-8").replace(">20.00<", ">21.00<")
    blob = Blob("folder", STATEMENT, "", text.replace(old, new, 1).encode())
    assert read_blob((Iso20022Connector(),), blob)[1].complaints == ()


def test_complaints_are_bounded_but_a_refusal_is_never_lost() -> None:
    flagged = '<Bal><Amt Ccy="RMB">1</Amt></Bal>' * (MAX_COMPLAINTS + 50)
    text = (FIXTURES / STATEMENT).read_text("utf-8")
    text = text.replace("<TxsSummry>", f"{flagged}<TxsSummry>").replace(">30.00<", ">-30.00<")
    reading = read_blob((Iso20022Connector(),), Blob("folder", "a.xml", "", text.encode()))[1]
    assert reading.refused
    assert len(reading.complaints) == MAX_COMPLAINTS + 1


def test_the_names_of_strangers_are_remembered_within_bounds() -> None:
    tags = "".join(f"<t{at}/>" for at in range(MAX_NAMES + 5))
    text = (FIXTURES / STATEMENT).read_text("utf-8").replace("<TxsSummry>", f"{tags}<TxsSummry>")
    reading = read_blob((Iso20022Connector(),), Blob("folder", "a.xml", "", text.encode()))[1]
    assert reading.complaints == ()
    assert len(NAMES) <= MAX_NAMES


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("2026-06-30", True),
        ("2026-06-30Z", True),
        ("2026-06-30+08:00", True),
        ("2026-06-30T23:59:59", True),
        ("2026-06-30T24:00:00Z", True),
        ("2026-06-30T23:59:59.123456789+08:00", True),
        ("2026-06-31", False),
        ("2026-06-30T25:00:00", False),
        ("20260630", False),
        ("30.06.2026", False),
        (None, False),
    ],
)
def test_a_day_is_an_xsd_date_or_date_time(text: str | None, sound: bool) -> None:  # noqa: FBT001
    assert (day(text) is not None) is sound
