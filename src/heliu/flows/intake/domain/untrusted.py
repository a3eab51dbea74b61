"""Untrusted XML and JSON: no entities, no DTD, no network; size, depth and element caps.

What a stranger sends is parsed here and nowhere else. Sources: OWASP XML External Entity
Prevention; libxml2 keeps its own depth cap of 256 and name-length caps with huge_tree off.
"""

import re
from decimal import Decimal
from typing import Any, Final

import msgspec
from lxml import etree

from heliu.flows.intake.domain.reading import Blob, Complaint, Head
from heliu.ground.text import Text

MAX_BYTES: Final = 20 * 2**20
MAX_ELEMENTS: Final = 200_000
_HEAD_BYTES: Final = 8192
_BLANKS: Final = b"\xef\xbb\xbf \t\r\n"
_PROLOG: Final = re.compile(
    r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>|\s+)*", re.DOTALL
)
_TAG: Final = re.compile(r"<([^\s<>/=\"'!?]+)")
_ATTRIBUTE: Final = re.compile(r"\s+([^\s<>/=\"']+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_UTF16: Final = {
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
_json = msgspec.json.Decoder(float_hook=Decimal)
_parser: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    remove_blank_text=True,
    collect_ids=False,
)


def parse_xml(data: bytes) -> etree._Element | Complaint:
    """The root element of `data`, or the one complaint that says why there is none.

    Comments, processing instructions and blanks between elements are dropped. Encodings are
    those of libxml2 (UTF-8, UTF-16, ISO-8859-x, GBK, GB18030), declared or by byte order mark.
    """
    if len(data) > MAX_BYTES:
        return _too_large(len(data))
    # Looked for before parsing: no entity of a stranger is ever expanded.
    if b"<!DOCTYPE" in (data.replace(b"\0", b"") if b"\0" in data[:4] else data):
        return _dtd_forbidden()
    if len(data) > MAX_ELEMENTS and data.count(b"<") - data.count(b"</") > MAX_ELEMENTS:
        zh, en = f"元素超过 {MAX_ELEMENTS} 个", f"more than {MAX_ELEMENTS} elements"
        return Complaint("xml.too_many_elements", "/", Text(zh, en))
    try:
        root = etree.fromstring(data, _parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line, column = getattr(error, "position", (0, 0))
        what = str(error).split(", line ")[0].strip() or "empty document"
        return Complaint(
            "xml.malformed",
            f"line {line}, column {column}",
            Text(f"XML 格式不正确: {what}", f"not well-formed XML: {what}"),
        )
    # Looked for after parsing: an encoding such as UTF-7 may have hidden it from the first look.
    if root.getroottree().docinfo.internalDTD is not None:
        return _dtd_forbidden()
    return root


def parse_json(data: bytes) -> Any:
    """The decoded JSON of `data` (numbers with a point as Decimal), or a Complaint."""
    if len(data) > MAX_BYTES:
        return _too_large(len(data))
    try:
        return _json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Complaint(
            "json.malformed", "/", Text(f"JSON 格式不正确: {error}", f"not valid JSON: {error}")
        )


def head_of(blob: Blob) -> Head | Complaint:
    """What connectors look at. A JSON blob that does not parse is a complaint at once."""
    name = blob.file.rsplit("!", 1)[-1].lower()
    start = blob.data[:_HEAD_BYTES].lstrip(_BLANKS)
    if not start and not blob.data.strip(_BLANKS):
        return Complaint("file.empty", "/", Text("文件为空", "the file is empty"))
    if name.endswith((".json", ".jsonld")) or start.startswith((b"{", b"[")):
        decoded = parse_json(blob.data)
        return decoded if isinstance(decoded, Complaint) else Head(name, None, decoded)
    return Head(name, _xml_root(blob.data[:_HEAD_BYTES]), None)


def _xml_root(start: bytes) -> str | None:
    """The root element by its start tag alone; None if there is none to be seen."""
    text = start.decode(_UTF16.get(start[:2], "utf-8"), errors="replace").lstrip("\ufeff")
    prolog = _PROLOG.match(text)
    assert prolog is not None, "the pattern matches nothing, too"
    tag = _TAG.match(text, prolog.end())
    if tag is None:
        return None
    prefix, _, local = tag[1].rpartition(":")
    declaration = f"xmlns:{prefix}" if prefix else "xmlns"
    attribute = _ATTRIBUTE.match(text, tag.end())
    while attribute is not None:
        if attribute[1] == declaration:
            namespace = attribute[2] or attribute[3]
            return f"{{{namespace}}}{local}" if namespace else local
        attribute = _ATTRIBUTE.match(text, attribute.end())
    return local


def _dtd_forbidden() -> Complaint:
    zh, en = "不接受 DTD 与实体声明", "document type declarations and entities are not accepted"
    return Complaint("xml.dtd_forbidden", "/", Text(zh, en))


def _too_large(size: int) -> Complaint:
    zh = f"文件 {size} 字节, 超过上限 {MAX_BYTES}"
    return Complaint("file.too_large", "/", Text(zh, f"{size} bytes, the limit is {MAX_BYTES}"))
