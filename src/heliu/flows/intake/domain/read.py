"""One blob through the connectors: the first that recognises it reads it."""

from collections.abc import Sequence
from typing import Final

from heliu.flows.intake.domain.reading import Blob, Complaint, Connector, Head, Reading, refusal
from heliu.flows.intake.domain.untrusted import head_of, parse_xml

# What may stand before the first "<": byte order marks, blanks, the other half of UTF-16.
_START: Final = 8192
_BEFORE_XML: Final = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def read_blob(connectors: Sequence[Connector], blob: Blob) -> tuple[str, Reading]:
    """The name of the connector that read `blob` ("" if none would) and its reading."""
    if not blob.data:
        return "", refusal("file.empty", "/", "文件为空", "the file is empty")
    head = head_of(blob)
    if isinstance(head, Complaint):
        return "", Reading({}, complaints=(head,))
    found = _first_that_reads(connectors, head)
    if found is not None:
        return found.name, found.read(blob, head)
    return _second_look(connectors, blob, head)


def _first_that_reads(connectors: Sequence[Connector], head: Head) -> Connector | None:
    return next((connector for connector in connectors if connector.recognises(head)), None)


def _second_look(connectors: Sequence[Connector], blob: Blob, head: Head) -> tuple[str, Reading]:
    """An XML file is parsed: its root may not have been where the head looks for it.

    A damaged one is told where it is damaged rather than that its kind is unknown.
    """
    zh, en = "不认识的文件格式", "no connector reads this format"
    if blob.data[:_START].translate(None, _BEFORE_XML).startswith(b"<"):
        parsed = parse_xml(blob.data)
        if isinstance(parsed, Complaint):
            return "", Reading({}, complaints=(parsed,))
        seen = Head(head.name, parsed.tag, None)
        found = _first_that_reads(connectors, seen)
        if found is not None:
            return found.name, found.read(blob, seen)
        zh = f"不认识的 XML 根元素 {parsed.tag}"
        en = f"no connector reads the XML root {parsed.tag}"
    return "", refusal("document.unknown_kind", "/", zh, en)
