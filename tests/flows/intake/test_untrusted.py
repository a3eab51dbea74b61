"""Bytes from strangers: XML and JSON that attack, mislead or are simply broken."""

import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from heliu.flows.intake.api import Blob, Complaint, Head, parse_json, parse_xml
from heliu.flows.intake.domain.untrusted import MAX_BYTES, MAX_ELEMENTS, head_of

DTD = "<!DOCTYPE r ["
BILLION = DTD + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
XINCLUDE = '<r xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{0}" parse="text"/></r>'


def root(data: bytes) -> etree._Element:
    parsed = parse_xml(data)
    assert not isinstance(parsed, Complaint), parsed
    return parsed


def complaint(data: bytes) -> str:
    parsed = parse_xml(data)
    assert isinstance(parsed, Complaint)
    assert parsed.message.zh
    assert parsed.message.en
    return parsed.code


def head(data: bytes, file: str = "a.xml") -> Head:
    seen = head_of(Blob("test", file, "00", data))
    assert isinstance(seen, Head), seen
    return seen


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://localhost:9/x.dtd"> %p;]><r/>',
        f"{BILLION}]><r>&l9;</r>".encode(),
        f'{BILLION}]><r a="&l9;"/>'.encode(),
        f"{BILLION}]><r>&l9;</r>".encode("utf-16"),
        f"{BILLION}]><r>&l9;</r>".encode("utf-16-be"),
        f"{BILLION}]><r>&l9;</r>".encode("utf-32"),
        b"\xef\xbb\xbf<!DOCTYPE r><r/>",
    ],
)
def test_a_document_type_declaration_is_never_accepted(data: bytes) -> None:
    started = time.perf_counter()
    assert complaint(data) == "xml.dtd_forbidden"
    assert time.perf_counter() - started < 1


def test_a_declaration_hidden_in_another_encoding_is_found_after_parsing() -> None:
    hidden = '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>'
    data = b'<?xml version="1.0" encoding="UTF-7"?>' + hidden.replace("<", "+ADw-").encode()
    assert b"<!DOCTYPE" not in data
    assert complaint(data) == "xml.dtd_forbidden"


def test_nothing_is_included_from_the_disk(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret", encoding="utf-8")
    parsed = root(XINCLUDE.format(secret.as_uri()).encode())
    assert "secret" not in "".join(str(part) for part in parsed.itertext())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "xml.malformed"),
        (b"   ", "xml.malformed"),
        (b"<a><b></a>", "xml.malformed"),
        (b"<a>", "xml.malformed"),
        (b"<a></a><b/>", "xml.malformed"),
        (b"<a>\0</a>", "xml.malformed"),
        (b"\0" * 4096, "xml.malformed"),
        (b"<a>&undeclared;</a>", "xml.malformed"),
        (b"<a>&#0;</a>", "xml.malformed"),
        (b"<a b='1' b='2'/>", "xml.malformed"),
        (b"<x:a/>", "xml.malformed"),
        (b"<a>\xff\xfe</a>", "xml.malformed"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "xml.malformed"),
        ('<?xml version="1.0"?><a>元</a>'.encode("utf-16")[:-3], "xml.malformed"),
        (b"<a>" * 300 + b"</a>" * 300, "xml.malformed"),
        (b"<a>" + b"<b/>" * (MAX_ELEMENTS + 1) + b"</a>", "xml.too_many_elements"),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", "file.too_large"),
    ],
    ids=range(17),
)
def test_what_is_not_xml_is_told_once(data: bytes, code: str) -> None:
    assert complaint(data) == code


def test_a_complaint_says_where_the_damage_is() -> None:
    parsed = parse_xml(b"<a>\n  <b>\n</a>")
    assert isinstance(parsed, Complaint)
    assert parsed.place.startswith("line 3, column")
    assert "b" in parsed.message.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_chinese_is_read_in_every_usual_encoding(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?><发票>元</发票>'
    parsed = root(text.encode(encoding))
    assert (parsed.tag, parsed.text) == ("发票", "元")


def test_comments_and_instructions_do_not_split_a_text() -> None:
    assert root(b"<a>1<!-- 2 --><?skip 3?>4<![CDATA[<5>]]></a>").text == "14<5>"


def test_as_many_elements_as_allowed_are_read() -> None:
    assert len(root(b"<a>" + b"<b/>" * (MAX_ELEMENTS - 1) + b"</a>")) == MAX_ELEMENTS - 1


@pytest.mark.parametrize("parse", [parse_xml, parse_json])
def test_a_gigabyte_of_nothing_costs_nothing(parse: Callable[[bytes], object]) -> None:
    data = bytes(2**30)
    tracemalloc.start()
    started = time.perf_counter()
    parsed = parse(data)
    seen = head_of(Blob("test", "a.bin", "00", data))
    took, (_, peak) = time.perf_counter() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(parsed, Complaint)
    assert parsed.code == "file.too_large"
    assert isinstance(seen, Head)
    assert took < 1
    assert peak < 2**20


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<Invoice/>", "Invoice"),
        (b"<Invoice xmlns='urn:i'/>", "{urn:i}Invoice"),
        (b'<i:Invoice xmlns="urn:o" xmlns:i = "urn:i">', "{urn:i}Invoice"),
        (b'<Invoice xmlns:i="urn:o" a="xmlns=\'no\'" xmlns="urn:i">', "{urn:i}Invoice"),
        (b'<Invoice a="1 > 0" xmlns="urn:i">', "{urn:i}Invoice"),
        (b'<Invoice xmlns=""/>', "Invoice"),
        (b"<Invoice\n\txmlns='urn:i'\n/>", "{urn:i}Invoice"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <No/> --><?pi <No/>?>\n<a/>", "a"),
        (b"\n\n  <a/>", "a"),
        ("<?xml version='1.0' encoding='utf-16'?><a xmlns='u'/>".encode("utf-16"), "{u}a"),
        ("<a xmlns='u'/>".encode("utf-16-le"), "{u}a"),
        ("<a xmlns='u'/>".encode("utf-16-be"), "{u}a"),
        (b"<!DOCTYPE a [<!ENTITY b '>'>]><a/>", "a"),
        (b"", None),
        (b"a,b,c", None),
        (b"PAR1", None),
        (b"<", None),
        (b"<!-- unending", None),
        (b"\0\0\0\0", None),
        (b"\xff" * 99, None),
    ],
)
def test_the_root_is_seen_without_parsing_the_whole(data: bytes, expected: str | None) -> None:
    seen = head_of(Blob("test", "a.dat", "00", data + b" ."))
    assert isinstance(seen, Head)
    assert (seen.root, seen.json) == (expected, None)


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda name: not name.lower().startswith("xml")
)
uris = st.from_regex(r"urn:[a-z0-9.-]{1,20}", fullmatch=True)
blanks = st.sampled_from([" ", "\n", "\t ", "\r\n  "])


@given(name=names, prefix=names, mine=uris, other=uris, blank=blanks, prefixed=st.booleans())
def test_what_the_head_sees_is_what_the_parser_finds(
    name: str, prefix: str, mine: str, other: str, blank: str, *, prefixed: bool
) -> None:
    spaces = f'{blank}xmlns="{other if prefixed else mine}"{blank}xmlns:{prefix}="{mine}"'
    tag = f"{prefix}:{name}" if prefixed else name
    data = f"<?xml version='1.0'?><!-- c -->{blank}<{tag}{blank}a='>'{spaces}></{tag}>".encode()
    assert head(data).root == root(data).tag


@pytest.mark.parametrize("file", ["a.json", "A.JSONLD", "june.zip!in/a.json", "a.txt"])
def test_json_is_decoded_with_its_decimals(file: str) -> None:
    assert head(b'\xef\xbb\xbf {"a": 1.10}', file).json == {"a": Decimal("1.10")}


@pytest.mark.parametrize(
    ("file", "data", "code"),
    [
        ("a.json", b"", "file.empty"),
        ("a.xml", b" \r\n ", "file.empty"),
        ("a.xml", b"\xef\xbb\xbf", "file.empty"),
        ("a.json", b"<a/>", "json.malformed"),
        ("a.txt", b'{"a": ', "json.malformed"),
        ("a.json", b"[" * 100_000, "json.malformed"),
        ("a.json", b'"\xff"', "json.malformed"),
        ("a.json", '{"a": 1}'.encode("utf-16"), "json.malformed"),
        ("a.json", b" " * MAX_BYTES + b"[1]", "file.too_large"),
    ],
    ids=range(9),
)
def test_what_is_not_json_is_told_at_once(file: str, data: bytes, code: str) -> None:
    seen = head_of(Blob("test", file, "00", data))
    assert isinstance(seen, Complaint)
    assert seen.code == code


def test_many_blank_lines_before_the_root_do_not_make_it_json() -> None:
    assert head(b"\n" * 100 + b"<a/>").root == "a"


@given(st.binary(max_size=200))
def test_any_bytes_give_a_head_or_a_complaint(data: bytes) -> None:
    assert isinstance(head_of(Blob("test", "a", "00", data)), Head | Complaint)
    assert parse_xml(data) is not None
