"""Payment messages: what we write is read back by the connector that reads strangers' messages."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from heliu.flows.funds.api import CONNECTORS
from heliu.flows.intake.api import Blob, Kind, TradeDocument, read_blob
from heliu.ground.money import Money
from heliu.payments.rails.api import (
    Form,
    Instruction,
    PartyOnRail,
    Profile,
    Verdict,
    read_answers,
    write_instruction,
    write_query,
)
from heliu.payments.rails.domain.answering import (
    Answering,
    Told,
    not_received,
    notification,
    payment_return,
    status_report,
)
from heliu.payments.rails.domain.writing import is_iban

AT = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)
FORMS = list(Form)


PAYEE = PartyOnRail("东风 <Castings>", "6222 0000", "U2")


def order(minor: int = 123_456, currency: str = "CNY", payee: PartyOnRail = PAYEE) -> Instruction:
    debtor = PartyOnRail("Haihe & Co", "156000000000001", "U1")
    amount, on = Money(minor, currency), date(2026, 7, 20)
    return Instruction("HM1", "HE1", amount, on, debtor, payee, "loan 7")


def document(body: bytes) -> TradeDocument:
    connector, reading = read_blob(CONNECTORS, Blob("test", "x.xml", "0" * 64, body))
    assert connector == "iso-20022"
    assert reading.complaints == ()
    (one,) = reading.documents
    return one


@pytest.mark.parametrize("form", FORMS)
def test_an_instruction_is_read_back_as_it_was_meant(form: Form) -> None:
    body = write_instruction(
        order(payee=replace(PAYEE, bank="102100099996")), Profile(form=form), AT
    )
    read = document(body)
    assert read.cash is not None
    assert (read.kind, read.cash.end_to_end_id) == (Kind.PAYMENT_ORDER, "HE1")
    assert (read.cash.amount, read.currency) == (Decimal("1234.56"), "CNY")
    assert read.cash.creditor.name == "东风 <Castings>"
    assert (read.cash.creditor.account, read.cash.creditor.tax_id) == ("62220000", "U2")
    assert read.cash.remittance == "loan 7"
    assert read.attributes["message"] == "HM1"
    assert read.issued_on == read.due_on == date(2026, 7, 20)
    assert b"<ClrSysMmbId><MmbId>102100099996</MmbId></ClrSysMmbId>" in body


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [(5, "CNY", "0.05"), (5, "JPY", "5"), (5, "KWD", "0.005"), (10**17, "CNY", "1" + "0" * 15)],
)
def test_an_amount_has_the_places_of_its_currency(minor: int, currency: str, written: str) -> None:
    body = write_instruction(order(minor, currency), Profile(), AT)
    assert f'<IntrBkSttlmAmt Ccy="{currency}">{written}'.encode() in body


def test_an_account_that_is_an_iban_is_written_as_one() -> None:
    iban = "GB82 WEST 1234 5698 7654 32"
    body = write_instruction(order(payee=replace(PAYEE, account=iban)), Profile(), AT)
    assert b"<IBAN>GB82WEST12345698765432</IBAN>" in body
    assert not is_iban("GB82WEST12345698765433")
    assert not is_iban("6222000011112222")


@pytest.mark.parametrize(
    ("bank", "element"),
    [("HLIUCNBJXXX", b"<BICFI>HLIUCNBJXXX</BICFI>"), (None, b"<Id>NOTPROVIDED</Id>")],
)
def test_the_payees_bank_is_named_as_far_as_it_is_known(bank: str | None, element: bytes) -> None:
    payee = replace(PAYEE, bank=bank)
    assert element in write_instruction(order(payee=payee), Profile(), AT)


def test_a_query_names_the_payment_and_asks_for_no_money() -> None:
    root = etree.fromstring(write_query("HQ1", order(), Profile(), AT))
    assert root.tag.endswith("pacs.028.001.03}Document")
    texts = {etree.QName(e).localname: e.text for e in root.iter() if e.text}
    assert (texts["MsgId"], texts["OrgnlMsgId"], texts["OrgnlEndToEndId"]) == ("HQ1", "HM1", "HE1")
    assert root.find(".//{*}IntrBkSttlmAmt") is None


names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=140)


@given(names, names, st.integers(1, 10**15))
def test_any_name_survives_the_message(name: str, remittance: str, minor: int) -> None:
    creditor = PartyOnRail(name, "62220000", "U2")
    debtor = PartyOnRail(None, "156000000000001")
    instruction = Instruction(
        "HM1", "HE1", Money(minor), date(2026, 7, 20), debtor, creditor, remittance
    )
    for form in FORMS:
        read = document(write_instruction(instruction, Profile(form=form), AT))
        assert read.cash is not None
        assert (read.cash.creditor.name or "") == name.strip()
        assert read.cash.amount == Money(minor).amount


SIGNED = Answering("RAIL1", AT)
TOLD = {form: Told("HM1", "HE1", Money(123_456), form, "10001") for form in Form}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("status", "reason", "verdict"),
    [
        ("ACSC", None, Verdict.SETTLED),
        ("ACCC", None, Verdict.SETTLED),
        ("ACTC", None, Verdict.ACCEPTED),
        ("PDNG", None, Verdict.ACCEPTED),
        ("RJCT", "AC04", Verdict.REJECTED),
        ("RJCT", "NOOR", Verdict.NOT_RECEIVED),
        ("PART", None, None),
    ],
)
def test_a_status_is_understood(
    form: Form, status: str, reason: str | None, verdict: Verdict | None
) -> None:
    (answer,) = read_answers(status_report(TOLD[form], SIGNED, status, reason))
    assert (answer.verdict, answer.reference, answer.reason) == (verdict, "HE1", reason)
    assert (answer.amount, answer.currency) == (Decimal("1234.56"), "CNY")


def test_a_return_a_debit_and_a_credit_are_understood() -> None:
    told = TOLD[Form.CLEARING]
    debit = notification(told, SIGNED)
    bodies = payment_return(told, SIGNED, "AC04"), debit, debit.replace(b"DBIT", b"CRDT")
    verdicts = [answer.verdict for body in bodies for answer in read_answers(body)]
    assert verdicts == [Verdict.RETURNED, Verdict.SETTLED, Verdict.RETURNED]


def test_a_reversed_debit_decides_nothing() -> None:
    body = notification(TOLD[Form.CLEARING], SIGNED)
    reversed_ = body.replace(b"<Sts>", b"<RvslInd>true</RvslInd><Sts>")
    assert [answer.verdict for answer in read_answers(reversed_)] == [None]


def test_what_was_never_received_repeats_no_amount() -> None:
    (answer,) = read_answers(not_received("HM1", "HE1", SIGNED, "NOOR"))
    assert (answer.verdict, answer.amount) == (Verdict.NOT_RECEIVED, None)


def test_a_status_without_an_end_to_end_id_speaks_of_its_message() -> None:
    body = status_report(TOLD[Form.CLEARING], SIGNED, "ACSC").replace(b">HE1<", b">NOTPROVIDED<")
    assert [answer.reference for answer in read_answers(body)] == ["HM1"]


@given(st.binary(max_size=60), st.integers(0, 10**6))
def test_no_damaged_answer_raises(noise: bytes, at: int) -> None:
    body = status_report(TOLD[Form.CLEARING], SIGNED, "ACSC")
    place = at % len(body)
    read_answers(body[:place] + noise + body[place + len(noise) :])
    read_answers(noise)


@pytest.mark.parametrize("form", FORMS)
def test_a_message_of_another_purpose_says_nothing_of_our_payments(form: Form) -> None:
    assert read_answers(write_instruction(order(), Profile(form=form), AT)) == ()
    assert read_answers(write_query("HQ1", order(), Profile(), AT)) == ()
