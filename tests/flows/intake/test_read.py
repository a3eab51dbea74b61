"""One blob among many connectors: whose it is, and what is said when it is nobody's."""

from dataclasses import dataclass

import pytest

from heliu.flows.intake.api import Blob, Connector, Facts, Head, Reading, kept, read_blob


@dataclass
class Reader:
    """A connector for one XML root, or for one file ending."""

    name: str
    root: str | None = None
    ending: str | None = None

    def recognises(self, head: Head) -> bool:
        return (self.root is not None and head.root == self.root) or (
            self.ending is not None and head.name.endswith(self.ending)
        )

    def read(self, blob: Blob, head: Head) -> Reading:
        return Reading({"read": len(blob.data), "root": head.root})


CONNECTORS: tuple[Connector, ...] = (
    Reader("orders", root="{urn:o}Order"),
    Reader("tables", ending=".csv"),
    Reader("orders too", root="{urn:o}Order"),
)


def read(data: bytes, file: str = "a.xml") -> tuple[str, Reading]:
    return read_blob(CONNECTORS, Blob("test", file, "00", data))


@pytest.mark.parametrize(
    ("file", "data", "name"),
    [
        ("a.xml", b'<Order xmlns="urn:o"/>', "orders"),
        ("A.CSV", b"a,b\n1,2\n", "tables"),
        ("june.zip!a.csv", b"a,b\n1,2\n", "tables"),
    ],
)
def test_the_first_connector_that_recognises_a_blob_reads_it(
    file: str, data: bytes, name: str
) -> None:
    assert read(data, file)[0] == name


@pytest.mark.parametrize(
    "data",
    [
        b"<!--" + b"x" * 9000 + b'--><Order xmlns="urn:o"/>',
        b'<Order xmlns="urn:&#111;"/>',
        '<Order xmlns="urn:o"/>'.encode("utf-32"),
    ],
    ids=["a prolog longer than the head", "a namespace in references", "UTF-32"],
)
def test_a_root_the_head_does_not_see_is_found_by_the_parser(data: bytes) -> None:
    name, reading = read(data)
    assert (name, reading.facts["root"]) == ("orders", "{urn:o}Order")


@pytest.mark.parametrize(
    ("file", "data", "code"),
    [
        ("a.xml", b"", "file.empty"),
        ("a.xml", b"\n \n", "file.empty"),
        ("a.xml", b"<Other/>", "document.unknown_kind"),
        ("a.xml", b"<Other>", "xml.malformed"),
        ("a.xml", b"\xef\xbb\xbf <Other", "xml.malformed"),
        ("a.xml", b"<!DOCTYPE a><a/>", "xml.dtd_forbidden"),
        ("a.bin", b"\x00\x01\x02", "document.unknown_kind"),
        ("a.json", b"{}", "document.unknown_kind"),
        ("a.json", b"{", "json.malformed"),
    ],
)
def test_what_nobody_reads_is_refused_with_its_reason(file: str, data: bytes, code: str) -> None:
    name, reading = read(data, file)
    assert (name, [complaint.code for complaint in reading.complaints]) == ("", [code])
    assert reading.refused


def test_an_unknown_xml_kind_is_named() -> None:
    _, reading = read(b'<Other xmlns="urn:x"/>')
    assert "{urn:x}Other" in reading.complaints[0].message.en
    assert "{urn:x}Other" in reading.complaints[0].message.zh


def test_facts_are_told_only_to_those_who_ask() -> None:
    asked: list[str] = []

    def told() -> Facts:
        asked.append("once")
        return {"lines": 3}

    reading = kept(told, [], [])
    assert (reading.refused, asked) == (False, [])
    assert (reading.facts, asked) == ({"lines": 3}, ["once"])
