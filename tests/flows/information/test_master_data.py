"""The information flow: what each item becomes, and that one bad item hides no other."""

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from heliu.flows.information.master_data import MasterDataConnector
from heliu.flows.information.master_data_rules import SCHEMA
from heliu.flows.intake.api import Blob, Kind, Line, PartyRef, Reading, Severity, read_blob
from heliu.parties.party.api import complete_uscc

BUYER, SELLER = complete_uscc("91120116MA06ABCD"), complete_uscc("91310000MA1FL0X2")
MISTYPED = BUYER[:-1] + ("1" if BUYER[-1] == "0" else "0")
PARTY: dict[str, Any] = {
    "uscc": SELLER,
    "name": "津门五金有限公司",
    "name_en": "Jinmen Hardware",
    "legal_representative": "样本甲",
    "phone": "022-00000000",
    "address": "天津市滨海新区样本路 1 号",
    "accounts": [{"account": "1200011112222", "bank": "示范银行"}, {"account": "1200033334444"}],
    "roles": ["supplier", "warehouse"],
    "registered_on": "2016-05-01",
    "status": "active",
    "shareholders": [
        {"name": "样本甲", "share": "0.60"},
        {"name": "样本控股有限公司", "share": "0.40", "uscc": BUYER},
    ],
    "guarantors": [{"name": "样本担保"}],
}
APPROVAL = {
    "id": "AP-1",
    "invoice": "INV-1",
    "seller": SELLER,
    "buyer": BUYER,
    "amount": "11300.00",
    "currency": "CNY",
    "approved_on": "2026-06-01",
    "due_on": "2026-09-01",
    "status": "confirmed",
}
PRICE = {
    "id": "PR-1",
    "item": "HH-BOLT8",
    "unit": "PCE",
    "price": "1.2500",
    "currency": "CNY",
    "valid_from": "2026-01-01",
    "valid_until": "2027-01-01",
}
WARNING = {
    "id": "W-1",
    "subject": SELLER,
    "kind": "lawsuit",
    "severity": "warn",
    "text_zh": "被列为被执行人",
    "text_en": "listed as a judgment debtor",
    "raised_on": "2026-06-10",
}
WHOLE: dict[str, Any] = {
    "format": "heliu-information",
    "version": 1,
    "issuer": BUYER,
    "issued_at": "2026-06-11T08:00:00+08:00",
    "parties": [PARTY],
    "approvals": [APPROVAL],
    "prices": [PRICE],
    "warnings": [WARNING],
}
ITEMS = {"parties": PARTY, "approvals": APPROVAL, "prices": PRICE, "warnings": WARNING}
GONE = object()


def read(json_: object) -> Reading:
    blob = Blob("folder", "a.json", "", json.dumps(json_).encode())
    connector, reading = read_blob((MasterDataConnector(),), blob)
    assert connector == "heliu-information"
    return reading


def changed(item: dict[str, Any], **fields: object) -> dict[str, Any]:
    return {key: value for key, value in {**item, **fields}.items() if value is not GONE}


def test_each_item_becomes_one_document_at_its_pointer() -> None:
    reading = read(WHOLE)
    assert reading.complaints == ()
    assert [(d.kind, d.number, d.place) for d in reading.documents] == [
        (Kind.PARTY, SELLER, "/parties/0"),
        (Kind.APPROVAL, "AP-1", "/approvals/0"),
        (Kind.PRICE, "PR-1", "/prices/0"),
        (Kind.WARNING, "W-1", "/warnings/0"),
    ]
    assert {document.attributes["issuer"] for document in reading.documents} == {BUYER}


def test_a_party_is_told_with_all_its_ties() -> None:
    party = read(WHOLE).documents[0]
    assert party.seller == PartyRef(
        "津门五金有限公司", SELLER, "1200011112222", PARTY["address"], PARTY["phone"]
    )
    assert party.attributes == {
        "name": "津门五金有限公司",
        "name_en": "Jinmen Hardware",
        "uscc": SELLER,
        "legal_representative": "样本甲",
        "phone": "022-00000000",
        "address": "天津市滨海新区样本路 1 号",
        "accounts": "1200011112222,1200033334444",
        "roles": "supplier,warehouse",
        "shareholders": f"样本甲=0.60,样本控股有限公司=0.40={BUYER}",
        "guarantors": "样本担保",
        "status": "active",
        "registered_on": "2016-05-01",
        "issuer": BUYER,
    }


@pytest.mark.parametrize(("status", "accepted"), [("confirmed", True), ("rejected", False)])
def test_an_approval_accepts_one_payable_or_not(status: str, accepted: bool) -> None:  # noqa: FBT001
    item = changed(APPROVAL, status=status, reason="质量争议")
    (approval,) = read(
        {**WHOLE, "parties": [], "prices": [], "warnings": [], "approvals": [item]}
    ).documents
    assert approval.accepted is accepted
    assert approval.references == {"invoice": ("INV-1",)}
    assert (approval.seller.tax_id, approval.buyer.tax_id) == (SELLER, BUYER)
    assert (approval.totals.payable, approval.currency) == (Decimal("11300.00"), "CNY")
    assert (approval.issued_on, approval.due_on) == (date(2026, 6, 1), date(2026, 9, 1))
    assert approval.attributes["reason"] == "质量争议"


def test_a_price_stands_under_every_scheme_of_item_number() -> None:
    price = read(WHOLE).documents[2]
    keys = dict.fromkeys(("buyer", "seller", "standard", "name"), "HH-BOLT8")
    assert price.lines == (Line("1", "/prices/0", keys, unit="PCE", price=Decimal("1.2500")),)
    assert price.attributes["valid_until"] == "2027-01-01"


def test_a_warning_speaks_both_languages() -> None:
    warning = read(WHOLE).documents[3]
    assert warning.issued_on == date(2026, 6, 10)
    assert (warning.attributes["severity"], warning.attributes["subject"]) == ("warn", SELLER)
    assert warning.attributes["text_zh"] == "被列为被执行人"


def test_any_of_the_four_lists_may_be_missing() -> None:
    bare = {key: value for key, value in WHOLE.items() if key not in ITEMS}
    assert read(bare).documents == ()
    assert read(bare).complaints == ()


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"version": 2}, "value", "/version"),
        ({"issuer": GONE}, "required", "/"),
        ({"issuer": "91120116"}, "value", "/issuer"),
        ({"issuer": MISTYPED}, "uscc_check", "/issuer"),
        ({"issuer": f"{BUYER}\n"}, "control_character", "/issuer"),
        ({"issued_at": "2026-06-11"}, "value", "/issued_at"),
        ({"issued_at": "2026-06-31T08:00:00Z"}, "value", "/issued_at"),
        ({"parties": {}}, "type", "/parties"),
        ({"prices": [None] * 20_001}, "too_many", "/prices"),
        ({"invoices": []}, "unknown_field", "/"),
    ],
)
def test_a_wrong_envelope_refuses_the_whole(fields: Any, code: str, place: str) -> None:
    reading = read(changed(WHOLE, **fields))
    found = {(c.code, c.place) for c in reading.complaints}
    assert found == {(f"information.{code}", place)}
    assert reading.refused
    assert reading.documents == ()


@pytest.mark.parametrize(
    ("section", "item", "code", "below"),
    [
        ("parties", "x", "type", ""),
        ("parties", changed(PARTY, name=GONE), "required", ""),
        ("parties", changed(PARTY, name=" "), "value", "/name"),
        ("parties", changed(PARTY, name="甲\n乙"), "control_character", "/name"),
        ("parties", changed(PARTY, uscc=MISTYPED), "uscc_check", "/uscc"),
        (
            "parties",
            changed(PARTY, guarantors=[{"name": "样本担保", "uscc": MISTYPED}]),
            "uscc_check",
            "/guarantors/0/uscc",
        ),
        ("parties", changed(PARTY, uscc="91I20116MA06ABCDXX"), "value", "/uscc"),
        ("parties", changed(PARTY, status="closed"), "value", "/status"),
        ("parties", changed(PARTY, registered_on="2016-02-30"), "value", "/registered_on"),
        ("parties", changed(PARTY, accounts=[{}]), "required", "/accounts/0"),
        ("parties", changed(PARTY, accounts=[{"account": "1,2"}]), "value", "/accounts/0/account"),
        ("parties", changed(PARTY, roles=["a,b"]), "value", "/roles/0"),
        ("parties", changed(PARTY, colour="red"), "unknown_field", ""),
        ("parties", changed(PARTY, name=[[[[[[[[[[1]]]]]]]]]]), "too_deep", ""),
        ("approvals", changed(APPROVAL, amount=11300), "type", "/amount"),
        ("approvals", changed(APPROVAL, amount="-1"), "value", "/amount"),
        ("approvals", changed(APPROVAL, amount="1,000"), "value", "/amount"),
        ("approvals", changed(APPROVAL, currency="yuan"), "value", "/currency"),
        ("approvals", changed(APPROVAL, seller=BUYER), "same_party", "/buyer"),
        ("approvals", changed(APPROVAL, seller=MISTYPED), "uscc_check", "/seller"),
        ("approvals", changed(APPROVAL, approved_on="2026/06/01"), "value", "/approved_on"),
        ("prices", changed(PRICE, valid_until="2026-01-01"), "period", "/valid_until"),
        ("prices", changed(PRICE, price="free"), "value", "/price"),
        ("warnings", changed(WARNING, severity="red"), "value", "/severity"),
        ("warnings", changed(WARNING, text_zh=GONE), "required", ""),
    ],
)
def test_a_bad_item_is_dropped_and_the_rest_is_kept(
    section: str, item: object, code: str, below: str
) -> None:
    reading = read({**WHOLE, section: [item, ITEMS[section]]})
    assert {(c.code, c.place, c.severity) for c in reading.complaints} == {
        (f"information.{code}", f"/{section}/0{below}", Severity.FLAGGED)
    }
    assert all(c.message.zh and c.message.en for c in reading.complaints)
    assert [d.place for d in reading.documents if d.place.startswith(f"/{section}/")] == [
        f"/{section}/1"
    ]
    assert len(reading.documents) == 4


@pytest.mark.parametrize("section", ITEMS)
def test_the_second_of_two_with_one_identity_is_dropped(section: str) -> None:
    reading = read({**WHOLE, section: [ITEMS[section], ITEMS[section]]})
    assert [c.code for c in reading.complaints] == ["information.double"]
    assert reading.complaints[0].place.startswith(f"/{section}/1/")
    assert len(reading.documents) == 4


def test_the_schema_that_travels_is_itself_sound_and_accepts_the_whole() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(WHOLE)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(-9, 9)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def places(tree: Any) -> list[tuple[str | int, ...]]:
    """Every path into `tree`."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found: list[tuple[str | int, ...]] = []
    for key, value in inside:
        found.append((key,))
        if isinstance(value, dict | list):
            found += [(key, *rest) for rest in places(value)]
    return found


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from([p for p in places(WHOLE) if p != ("format",)]), value=anything)
def test_a_wrong_value_anywhere_makes_a_reading(path: tuple[str | int, ...], value: object) -> None:
    tree: Any = copy.deepcopy(WHOLE)
    at = tree
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    reading = read(tree)
    json.dumps(reading.facts)
    assert not (reading.refused and reading.documents)


def test_a_value_nested_beyond_reason_is_told_without_falling_over() -> None:
    deep = "[" * 900 + "]" * 900
    text = json.dumps(changed(WHOLE, parties=["DEEP"], version="DEEP2"))
    for mark in ('"DEEP"', '"DEEP2"'):
        blob = Blob("folder", "a.json", "", text.replace(mark, deep).encode())
        assert read_blob((MasterDataConnector(),), blob)[1].complaints
