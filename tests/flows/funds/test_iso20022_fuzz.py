"""Damaged bank messages: whatever bytes come, a reading goes out, and nothing refused feeds."""

import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.funds.iso20022 import Iso20022Connector
from heliu.flows.intake.api import Blob, Head, Reading

FILES = sorted((Path(__file__).parent / "fixtures").glob("*.xml"))
SOUND = [path.read_bytes() for path in FILES]
TEXTS = [data.decode() for data in SOUND]
HEAD = Head("a.xml", "Document", None)
LEAF = re.compile(r"(?<=>)[^<>\s][^<>]*(?=</)")
TAG = re.compile(r"</?[\w:]+[^<>]*>")

messages = st.sampled_from(SOUND)
values = st.sampled_from(
    ["", "-1", "1e9", "NaN", "9" * 40, "2026-02-30", "<x/>", "&#0;", "甲", "\n"]
)


def read(data: bytes) -> Reading:
    reading = Iso20022Connector().read(Blob("folder", "a.xml", "", data), HEAD)
    assert not (reading.refused and reading.documents)
    assert all(document.cash is None or document.cash.amount >= 0 for document in reading.documents)
    json.dumps(reading.facts)
    return reading


@settings(max_examples=300, deadline=None)
@given(data=messages, at=st.floats(0, 1), cut=st.integers(0, 60), junk=st.binary(max_size=6))
def test_damaged_bytes_make_a_reading(data: bytes, at: float, cut: int, junk: bytes) -> None:
    start = int(at * len(data))
    read(data[:start] + junk + data[start + cut :])


@settings(max_examples=300, deadline=None)
@given(text=st.sampled_from(TEXTS), at=st.floats(0, 0.999), value=values)
def test_a_wrong_value_anywhere_makes_a_reading(text: str, at: float, value: str) -> None:
    leaves = list(LEAF.finditer(text))
    leaf = leaves[int(at * len(leaves))]
    read((text[: leaf.start()] + value + text[leaf.end() :]).encode())


@settings(max_examples=300, deadline=None)
@given(
    text=st.sampled_from(TEXTS), at=st.floats(0, 0.999), name=st.sampled_from(["Nm", "Amt", "X"])
)
def test_a_renamed_element_anywhere_makes_a_reading(text: str, at: float, name: str) -> None:
    tags = [tag for tag in TAG.finditer(text) if tag[0][1] != "/" and tag[0][-2] != "/"]
    old = re.split(r"[\s>]", tags[int(at * len(tags))][0][1:], maxsplit=1)[0]
    read(re.sub(rf"(</?){re.escape(old)}(?=[\s/>])", rf"\g<1>{name}", text).encode())


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200))
def test_bytes_of_no_kind_make_a_reading(data: bytes) -> None:
    assert read(data).refused
