"""Documents over HTTP, filed for real: any format, one outcome each; who may say what."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from heliu.ground.db import Database
from heliu.parties.party.api import complete_uscc

SELLER, CORE = complete_uscc("91350200MA00TRD1"), complete_uscc("91330100MA00TRD2")
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>NUMBER</cbc:ID><cbc:IssueDate>2026-09-20</cbc:IssueDate>
<cbc:DueDate>2026-12-20</cbc:DueDate><cbc:DocumentCurrencyCode>CNY</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{SELLER}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>供应商</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{CORE}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>核心企业</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
</cac:AccountingCustomerParty>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="CNY">100.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="CNY">100.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="CNY">100.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="CNY">100.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="EA">1</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="CNY">100.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>轴承</cbc:Name></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="CNY">100.00</cbc:PriceAmount></cac:Price>
</cac:InvoiceLine></Invoice>"""
STATEMENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>m1</MsgId><CreDtTm>2026-09-20T09:00:00</CreDtTm></GrpHdr>
<Ntfctn><Id>n1</Id><CreDtTm>2026-09-20T09:00:00</CreDtTm>
<Acct><Id><Othr><Id>6222</Id></Othr></Id></Acct>
<Ntry><Amt Ccy="CNY">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-09-20</Dt></BookgDt><ValDt><Dt>2026-09-20</Dt></ValDt>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>e1</EndToEndId></Refs>
<Amt Ccy="CNY">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls></Ntry></Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>"""


def invoice(number: str) -> bytes:
    return INVOICE.replace("NUMBER", number).encode()


def information(issuer: str, **sections: object) -> bytes:
    envelope = {"format": "heliu-information", "version": 1, "issuer": issuer}
    return json.dumps(envelope | {"issued_at": "2026-09-21T09:30:00+08:00"} | sections).encode()


def approval(number: str) -> dict[str, str]:
    return {
        "id": f"a-{number}",
        "invoice": number,
        "seller": SELLER,
        "buyer": CORE,
        "amount": "100.00",
        "currency": "CNY",
        "approved_on": "2026-09-21",
        "status": "confirmed",
    }


def party(uscc: str) -> dict[str, object]:
    said = {"uscc": uscc, "name": "企业", "status": "active", "registered_on": "2019-03-01"}
    return {**said, "roles": ["supplier"]}


@pytest.fixture
def bank(fresh: Database, knock: Callable[..., Any]) -> Any:
    door = knock()
    door.bank.database = fresh
    return door


def outcomes(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(one["file"], one["status"]) for one in answer.json()["outcomes"]]


def test_one_document_is_filed_and_read_back_by_those_it_concerns(bank: Any) -> None:
    answer = bank.ask(
        "POST", "/v1/documents?file=i.xml", invoice("N1"), content_type="application/xml"
    )
    assert outcomes(answer) == [("i.xml", "accepted")]
    (id_,) = answer.json()["outcomes"][0]["documents"]
    read = bank.ask("GET", f"/v1/documents/{id_}")
    assert read.json()["document"]["number"] == "N1"
    assert bank.ask("GET", f"/v1/documents/{id_}", who="bank").status_code == 200
    assert bank.ask("GET", f"/v1/documents/{id_}", who="stranger").status_code == 404


def test_the_same_document_again_is_a_duplicate(bank: Any) -> None:
    for expected in ("accepted", "duplicate"):
        answer = bank.ask("POST", "/v1/documents", invoice("N1"), content_type="text/xml")
        assert outcomes(answer) == [("document", expected)]


def test_a_form_of_many_files_has_an_outcome_for_each_and_a_bad_one_hides_none(
    bank: Any,
) -> None:
    files = [("file", ("a.xml", invoice("A"))), ("file", ("b.xml", b"<not xml")),
             ("file", ("c.xml", invoice("C")))]  # fmt: skip
    form = httpx.Request("POST", "http://bank/v1/documents", files=files)
    kind = form.headers["content-type"]
    answer = bank.ask("POST", "/v1/documents", form.read(), content_type=kind)
    expected = [("a.xml", "accepted"), ("b.xml", "refused"), ("c.xml", "accepted")]
    assert outcomes(answer) == expected


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.xml", data)
    return packed.getvalue()


def test_an_archive_is_opened_member_by_member(bank: Any) -> None:
    packed = zipped(a=invoice("A"), b=invoice("B"))
    answer = bank.ask("POST", "/v1/documents?file=june.zip", packed, content_type="application/zip")
    assert outcomes(answer) == [("june.zip!a.xml", "accepted"), ("june.zip!b.xml", "accepted")]


def test_a_gzip_bomb_is_refused_and_not_expanded(bank: Any) -> None:
    bomb = gzip.compress(bytes(300 * 2**20), compresslevel=9)
    answer = bank.ask("POST", "/v1/documents?file=b.gz", bomb, content_type="application/gzip")
    (outcome,) = answer.json()["outcomes"]
    assert (outcome["status"], outcome["complaints"][0]["code"]) == ("refused", "archive.bomb")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no form at all", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ],
)
def test_a_damaged_form_is_refused(bank: Any, body: bytes, kind: str) -> None:
    answer = bank.ask("POST", "/v1/documents", body, content_type=kind)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_complaints_speak_the_readers_language(bank: Any) -> None:
    answer = bank.ask(
        "POST", "/v1/documents", b"x", content_type="text/plain", accept_language="zh-CN"
    )
    assert answer.json()["outcomes"][0]["complaints"][0]["message"] == "不认识的文件格式"


def test_a_buyer_confirms_its_own_payable(bank: Any) -> None:
    said = information(CORE, approvals=[approval("N1")])
    answer = bank.ask("POST", "/v1/approvals", said, who="core")
    assert outcomes(answer) == [("approvals.json", "accepted")]


@pytest.mark.parametrize("path", ["/v1/approvals", "/v1/documents"])
def test_a_supplier_cannot_confirm_its_buyers_payable(bank: Any, path: str) -> None:
    said = information(CORE, approvals=[approval("N1")])
    answer = bank.ask("POST", path, said)
    assert "document.not_yours" in answer.text
    assert bank.ask("POST", "/v1/documents", said, who="core").json()["outcomes"][0]["status"] == (
        "accepted"
    )


def test_approvals_do_not_travel_as_parties(bank: Any) -> None:
    said = information(CORE, parties=[party(CORE)], approvals=[approval("N1")])
    answer = bank.ask("POST", "/v1/parties", said, who="core")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/approvals")


def test_a_permission_to_send_documents_is_none_to_confirm_payables(bank: Any) -> None:
    said = information(CORE, approvals=[approval("N1")])
    answer = bank.ask("POST", "/v1/documents", said, who="clerk")
    (outcome,) = answer.json()["outcomes"]
    assert (outcome["status"], outcome["complaints"][0]["code"]) == ("refused", "permission.denied")


def test_a_bad_item_is_complained_of_and_the_others_are_kept(bank: Any) -> None:
    said = information(CORE, parties=[party(CORE), party("9" * 18)])
    answer = bank.ask("POST", "/v1/parties", said, who="core")
    (outcome,) = answer.json()["outcomes"]
    assert (outcome["status"], len(outcome["documents"])) == ("accepted", 1)
    assert outcome["complaints"][0]["place"].startswith("/parties/1")


def test_a_wrong_envelope_is_refused_with_a_pointer(bank: Any) -> None:
    answer = bank.ask("POST", "/v1/parties", information("x", parties=[party(CORE)]), who="core")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/issuer")


@pytest.mark.parametrize(("who", "status"), [("supplier", "refused"), ("bank", "accepted")])
def test_money_moves_by_the_banks_word_only(bank: Any, who: str, status: str) -> None:
    answer = bank.ask(
        "POST", "/v1/documents?file=s.xml", STATEMENT, who=who, content_type="text/xml"
    )
    assert outcomes(answer) == [("s.xml", status)]


@pytest.mark.parametrize("name", ["", "a%00b", "a%0Ab", "x" * 201])
def test_a_file_name_is_a_label_of_visible_letters(bank: Any, name: str) -> None:
    answer = bank.ask("POST", f"/v1/documents?file={name}", b"x", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert answer.json()["errors"][0] == {
        "in": "query",
        "pointer": "/file",
        "detail": "this does not have the form asked for",
    }


def test_a_document_that_never_was_is_not_found(bank: Any) -> None:
    answer = bank.ask("GET", "/v1/documents/0192f3c4-7a10-8b52-9c3e-5d2a41b7e001")
    assert (answer.status_code, answer.json()["code"]) == (404, "resource.unknown")
    assert bank.ask("GET", "/v1/documents/not-an-id").status_code == 422
