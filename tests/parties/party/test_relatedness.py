"""Related enterprises: the traces of one hand in two registers."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.parties.party.domain.enterprise import Account, Profile, Relation, RelationKind
from heliu.parties.party.domain.relatedness import (
    RelatedPair,
    Tie,
    address_key,
    person_key,
    phone_key,
    related,
)

A, B, C = (
    Profile("91350100M000100Y43", "甲贸易"),
    Profile("91370212MA3C7U1R8Q", "乙物流"),
    Profile("91500103MA5XYZ0L2J", "丙商行"),
)
SHAREHOLDER, GUARANTOR = RelationKind


def ties(*profiles: Profile) -> list[tuple[str, str, tuple[Tie, ...]]]:
    return [(pair.first, pair.second, pair.ties) for pair in related(profiles)]


def holds(name: str, share: str, uscc: str | None = None) -> tuple[Relation, ...]:
    return (Relation(SHAREHOLDER, name, uscc, Decimal(share)),)


def person(name: str) -> dict[str, object]:
    return {"legal_representative": name}


def paid_to(account: str) -> dict[str, object]:
    return {"accounts": (Account(account),)}


def test_strangers_are_not_related() -> None:
    assert ties(A, B, C) == []


@pytest.mark.parametrize(
    ("a", "b", "tie"),
    [
        (person("赵 一"), person("赵一"), "legal_representative"),
        ({"phone": "+86 138-0000-1234"}, {"phone": "13800001234"}, "phone"),
        ({"address": "山东省青岛市海川路 8 号"}, {"address": "青岛市海川路八号"}, "address"),
        (paid_to("6222 02"), paid_to("622202"), "account"),
        ({"relations": holds("乙物流", "0.25")}, {}, "shareholding"),
        ({"relations": holds("", "0.3", B.uscc)}, {}, "shareholding"),
        ({"relations": holds("钱二", "0.6")}, {"relations": holds("钱二", "1")}, "shareholding"),
    ],
)  # fmt: skip
def test_two_enterprises_are_related_by(
    a: dict[str, object], b: dict[str, object], tie: str
) -> None:
    first, second = replace(A, **a), replace(B, **b)  # type: ignore[arg-type]  # table of fields
    assert ties(first, second, C) == [(A.uscc, B.uscc, (Tie(tie),))]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"phone": "0000000000"}, {"phone": "0000000000"}),
        ({"phone": "无"}, {"phone": "无"}),
        ({"legal_representative": " "}, {"legal_representative": ""}),
        ({"address": "青岛市崂山区"}, {"address": "青岛市崂山区"}),
        ({"address": "海川路1-30号"}, {"address": "海川路13-0号"}),
        ({"relations": holds("乙物流", "0.2499")}, {}),
        ({"relations": (Relation(GUARANTOR, "乙物流"),)}, {}),
        ({"relations": holds("甲贸易", "1")}, {}),
    ],
)
def test_two_enterprises_are_not_related_by(a: dict[str, object], b: dict[str, object]) -> None:
    assert ties(replace(A, **a), replace(B, **b)) == []  # type: ignore[arg-type]  # table of fields


def test_everything_shared_is_named_once_per_pair_in_both_languages() -> None:
    same = {"legal_representative": "赵一", "phone": "0532-88881234"}
    first, second = replace(A, **same), replace(B, **same)  # type: ignore[arg-type]  # two texts
    (pair,) = related([second, first])
    assert pair == RelatedPair(A.uscc, B.uscc, (Tie.LEGAL_REPRESENTATIVE, Tie.PHONE))
    assert [text.zh for text in pair.texts] == ["登记的法定代表人同名", "登记的电话号码相同"]
    assert "赵一" not in f"{pair.texts}{pair}{first}"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+86 138 0000 1234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("８６１３８００００１２３４", "13800001234"),
        ("(0532) 8888-1234 转 801", "053288881234"),
        ("0532-88881234-801", "053288881234"),
        ("400-820-8820", "4008208820"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_telephone_number_is_its_digits(written: str, key: str) -> None:
    assert phone_key(written) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("山东省青岛市崂山区海川路８号", "青岛市崂山区海川路8号"),
        ("中国广西壮族自治区南宁市 民族大道 二十三号, 十楼", "南宁市民族大道23号10楼"),
        ("南宁市民族大道#23", "南宁市民族大道号23"),
        ("南宁市民族大道一二号十三室", "南宁市民族大道12号13室"),
        ("No. 8, Haichuan Road", "NO8HAICHUANROAD"),
        ("青岛市", ""),
    ],
)
def test_an_address_is_written_one_way(written: str, key: str) -> None:
    assert address_key(written) == key


def test_a_name_is_written_one_way() -> None:
    assert person_key(" 阿依古丽·买买提 ") == person_key("阿依古丽．买买提") == "阿依古丽买买提"


@given(phones=st.lists(st.sampled_from(["13800001234", "05328888", "x"]), min_size=3, max_size=3))
def test_relatedness_does_not_depend_on_the_order_of_the_register(phones: list[str]) -> None:
    profiles = [replace(p, phone=phone) for p, phone in zip((A, B, C), phones, strict=True)]
    assert len({str(related(order)) for order in permutations(profiles)}) == 1


@given(text=st.text("一二十九号楼0a 省", max_size=8))
def test_no_text_is_too_odd_to_be_an_address(text: str) -> None:
    assert address_key(text) == address_key(f" {text} ")
