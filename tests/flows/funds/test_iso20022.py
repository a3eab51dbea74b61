"""Bank messages as the house reads them: facts, documents, and the yardstick of real files."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from heliu.flows.funds.iso20022 import Iso20022Connector
from heliu.flows.intake.api import Blob, Head, Kind, Reading, TradeDocument, read_blob

SHARED = Path(os.environ.get("HELIU_SHARED", Path(__file__).parents[4] / "shared"))
YARDSTICK = SHARED / "data" / "trade" / "expected.json"
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads(YARDSTICK.read_text("utf-8"))["documents"] if YARDSTICK.exists() else {}
)
FILES = sorted(name for name in EXPECTED if name.startswith("iso20022/"))
SOUND = [name for name in FILES if EXPECTED[name]["intended_valid"]]
DEFECTIVE = [name for name in FILES if not EXPECTED[name]["intended_valid"]]
NOT_FACTS = {"intended_valid", "sha256", "source", "defect"}
FIXTURES = Path(__file__).parent / "fixtures"


def read(data: bytes, name: str = "a.xml") -> Reading:
    connector, reading = read_blob((Iso20022Connector(),), Blob("folder", name, "", data))
    assert connector == "iso-20022"
    return reading


def fixture(name: str) -> Reading:
    return read((FIXTURES / name).read_bytes())


def cash(document: TradeDocument) -> Any:
    assert document.cash is not None
    return document.cash


@pytest.mark.parametrize("name", FILES)
def test_every_field_of_a_real_message_is_read_as_written(name: str, shared_data: Path) -> None:
    reading = read((shared_data / "trade" / name).read_bytes())
    wanted = {key: value for key, value in EXPECTED[name].items() if key not in NOT_FACTS}
    assert json.loads(json.dumps(reading.facts)) == wanted


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_real_message_has_no_complaint(name: str, shared_data: Path) -> None:
    reading = read((shared_data / "trade" / name).read_bytes())
    assert reading.complaints == ()
    assert reading.documents


@pytest.mark.parametrize("name", DEFECTIVE)
def test_a_defective_real_message_is_refused(name: str, shared_data: Path) -> None:
    assert read((shared_data / "trade" / name).read_bytes()).refused


def test_a_notification_makes_one_entry_a_transaction() -> None:
    reading = fixture("notification.xml")
    assert reading.complaints == ()
    single, first, second, whole, pending = reading.documents
    assert {document.kind for document in reading.documents} == {Kind.BANK_ENTRY}
    assert [cash(d).amount for d in reading.documents] == [
        Decimal("1000.00"),
        Decimal("300.00"),
        Decimal("200.00"),
        Decimal("70.00"),
        Decimal("5.00"),
    ]
    assert single.number == "BANK-1"
    assert single.place == (
        "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn[1]/Ntry[1]/NtryDtls[1]/TxDtls[1]"
    )
    assert whole.place == "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn[1]/Ntry[3]"
    assert (single.currency, single.issued_on) == ("CNY", date(2026, 6, 3))
    assert first.attributes == {
        "report": "NTF-1",
        "message": "Ntfctn",
        "entry_reference": "E-2",
    }
    assert pending.number == "NTF-1/4", "an entry that nobody numbered has its place"
    assert second.number == "E2E-2b"


def test_an_entry_tells_who_paid_whom_for_what() -> None:
    paid = cash(fixture("notification.xml").documents[0])
    assert (paid.credit, paid.booked, paid.reversal) == (True, True, False)
    assert paid.account == "6222020200011112222"
    assert (paid.debtor.name, paid.debtor.account) == ("海河电器", "1200011112222")
    assert paid.debtor.tax_id == "91120116MA06ABCDXQ"
    assert paid.creditor.name == "示范银行", "the account's owner is paid if nobody else is named"
    assert paid.end_to_end_id is None, "NOTPROVIDED is no id"
    assert paid.bank_reference == "BANK-1"
    assert paid.remittance == "货款 六月 RF18-1 INV-1 INV-2 PO-9"
    assert paid.value_on == date(2026, 6, 4)


def test_structured_remittance_names_documents_by_their_kind() -> None:
    assert fixture("notification.xml").documents[0].references == {
        "invoice": ("INV-1", "INV-2"),
        "order": ("PO-9",),
        "creditor_reference": ("RF18-1",),
    }


def test_a_lone_detail_is_worth_what_the_entry_moved() -> None:
    reading = fixture("notification.xml")
    written = reading.facts["reports"][0]["entries"][0]["transactions"][0]["amount"]
    assert written == {"value": "140.00", "currency": "USD"}
    assert cash(reading.documents[0]).amount == Decimal("1000.00")


def test_a_return_keeps_its_reason_and_its_direction() -> None:
    returned = cash(fixture("notification.xml").documents[1])
    assert (returned.reversal, returned.credit, returned.reason) == (True, False, "AC04")
    assert returned.debtor.name == "示范银行", "money out is paid by the account's owner"


def test_a_pending_entry_is_not_booked() -> None:
    pending = cash(fixture("notification.xml").documents[4])
    assert (pending.booked, pending.status) == (False, "PDNG")


def test_an_entry_of_nothing_makes_no_document() -> None:
    reading = fixture("notification.xml")
    assert reading.facts["reports"][0]["entry_count"] == 5
    assert all(cash(document).amount > 0 for document in reading.documents)


def test_a_credit_transfer_makes_one_order_a_transaction() -> None:
    reading = fixture("credit_transfer.xml")
    assert reading.complaints == ()
    first, second = reading.documents
    assert (first.kind, first.number) == (Kind.PAYMENT_ORDER, "INV-1")
    assert first.place == "/Document/CstmrCdtTrfInitn/PmtInf[1]/CdtTrfTxInf[1]"
    assert (first.issued_on, first.due_on) == (date(2026, 6, 1), date(2026, 6, 3))
    assert first.attributes == {"message": "MSG-1", "payment": "P-1", "method": "TRF"}
    paid = cash(first)
    assert (paid.amount, paid.account, paid.booked) == (Decimal("10.5"), "1200011112222", False)
    assert paid.debtor.name == "海河电器"
    assert (paid.creditor.name, paid.creditor.account) == ("供应商", "DE02120300000000202051")
    assert (second.number, second.currency) == ("I-2", "EUR")
    assert second.attributes["instruction_id"] == "I-2"


def test_a_credit_transfer_states_what_was_declared_and_what_is_there() -> None:
    facts = fixture("credit_transfer.xml").facts
    assert (facts["declared_transactions"], facts["transaction_count"]) == ("2", 2)
    assert (facts["control_sum"], facts["amount_sum"]) == ("30.50", "30.50")
    assert facts["initiator"] == "海河电器"
    assert facts["payments"][0]["requested_date"] == "2026-06-03"


def test_a_transfer_in_an_envelope_is_read_with_its_envelope() -> None:
    reading = fixture("transfer_enveloped.xml")
    assert reading.complaints == ()
    assert reading.facts["envelope"] == {
        "element": "BizMsgEnvlp",
        "business_message_id": "BIZ-1",
        "definition": "pacs.008.001.08",
    }
    (order,) = reading.documents
    assert order.place == "/BizMsgEnvlp/Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]"
    assert (order.number, cash(order).amount) == ("E2E-9", Decimal("77.10"))
    assert order.due_on == date(2026, 6, 5), "the group's settlement date holds for each"


def test_a_message_carried_as_text_is_read() -> None:
    inner = (FIXTURES / "credit_transfer.xml").read_text("utf-8")
    wrapped = f"<RequestPayload><Sent><![CDATA[{inner}]]></Sent></RequestPayload>"
    reading = read(wrapped.encode())
    assert reading.complaints == ()
    assert len(reading.documents) == 2
    assert reading.facts["envelope"] == {"element": "RequestPayload"}


def test_a_status_report_makes_one_status_a_transaction() -> None:
    reading = fixture("status.xml")
    assert reading.complaints == ()
    rejected, accepted, whole = reading.documents
    assert {document.kind for document in reading.documents} == {Kind.PAYMENT_STATUS}
    assert (rejected.number, cash(rejected).status) == ("INV-1", "RJCT")
    assert (cash(rejected).reason, cash(rejected).amount) == ("AC01", Decimal("10.5"))
    assert (accepted.number, cash(accepted).amount) == ("I-2", Decimal(0))
    assert (whole.number, cash(whole).status) == ("P-2", "PART")
    assert rejected.attributes == {
        "message": "STS-1",
        "original_message": "MSG-1",
        "created": "2026-06-02T09:00:00",
        "level": "transaction",
    }


def test_a_group_status_alone_is_a_status_of_the_message() -> None:
    data = (FIXTURES / "status.xml").read_text("utf-8")
    start, end = data.index("<OrgnlPmtInfAndSts>"), data.index("</CstmrPmtStsRpt>")
    (status,) = read((data[:start] + data[end:]).encode()).documents
    assert (status.number, cash(status).status) == ("MSG-1", "PART")
    assert status.attributes["level"] == "group"


def test_a_return_of_payment_is_an_order_that_reverses() -> None:
    reading = fixture("return.xml")
    assert reading.complaints == ()
    (order,) = reading.documents
    assert (order.kind, order.number) == (Kind.PAYMENT_ORDER, "E2E-9")
    assert (cash(order).reversal, cash(order).reason) == (True, "AC04")
    assert reading.facts["transactions"][0]["settlement_amount"]["value"] == "77.10"


def test_a_message_the_house_does_not_use_is_kept_and_claims_nothing() -> None:
    other = (
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn/>'
        b"</Document>"
    )
    reading = read(other)
    assert [document.kind for document in reading.documents] == [Kind.OTHER]
    assert reading.facts["message_element"] == "RsltnOfInvstgtn"
    assert reading.complaints == ()


@pytest.mark.parametrize(
    ("root", "known"),
    [
        ("{urn:iso:std:iso:20022:tech:xsd:camt.054.001.13}Document", True),
        ("{http://www.six-interbank-clearing.com/de/pain.001.001.03.ch.02.xsd}Document", True),
        ("Document", True),
        ("{urn:swift:xsd:envelope}BizMsgEnvlp", True),
        ("{urn:iso:std:iso:20022:tech:xsd:head.001.001.02}AppHdr", True),
        ("{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice", False),
        ("{urn:cnaps:std:beps:2010:tech:xsd:beps.121.001.01}Document", False),
        ("EInvoice", False),
        (None, False),
    ],
)
def test_a_bank_message_is_known_by_its_root(root: str | None, known: bool) -> None:  # noqa: FBT001
    assert Iso20022Connector().recognises(Head("a.xml", root, None)) is known


@pytest.mark.parametrize(
    "data",
    [
        b"<Document/>",
        b"<message><a/></message>",
        b"<message>&lt;Document but no message</message>",
        b"<RequestPayload><a>&lt;x>&lt;/x>Document</a></RequestPayload>",
    ],
)
def test_an_envelope_without_a_message_is_refused(data: bytes) -> None:
    reading = read(data)
    assert [complaint.code for complaint in reading.complaints] == ["iso20022.message_missing"]
