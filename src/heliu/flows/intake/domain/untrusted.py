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
_PROLOG: Final = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>|\s)*", re.DOTALL
)
_ROOT: Final = re.compile(r"<(?:([\w.-]+):)?([\w.-]+)((?:\s[^<>]*)?)/?>?", re.DOTALL)
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
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
        what = str(error).split(", line ")[0] or "empty document"
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
    if (
        name.endswith((".json", ".jsonld"))
        or blob.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in b"{["
    ):
        if not blob.data.strip():
            return Complaint("file.empty", "/", Text("文件为空", "the file is empty"))
        decoded = parse_json(blob.data)
        return decoded if isinstance(decoded, Complaint) else Head(name, None, decoded)
    return Head(name, _xml_root(blob.data[:_HEAD_BYTES]), None)


def _xml_root(start: bytes) -> str | None:
    encoding = "utf-16" if start[:2] in _UTF16_BOMS else "utf-8"
    text = start.decode(encoding, errors="replace").lstrip("\ufeff")
    prolog = _PROLOG.match(text)
    found = _ROOT.match(text, prolog.end() if prolog else 0)
    if found is None:
        return None
    prefix, local, attributes = found.groups()
    key = f"xmlns:{prefix}" if prefix else "xmlns"
    namespace = re.search(rf"(?<![\w:-]){re.escape(key)}\s*=\s*[\"']([^\"']*)[\"']", attributes)
    return f"{{{namespace[1]}}}{local}" if namespace else local


def _dtd_forbidden() -> Complaint:
    zh, en = "不接受 DTD 与实体声明", "document type declarations and entities are not accepted"
    return Complaint("xml.dtd_forbidden", "/", Text(zh, en))


def _too_large(size: int) -> Complaint:
    zh = f"文件 {size} 字节, 超过上限 {MAX_BYTES}"
    return Complaint("file.too_large", "/", Text(zh, f"{size} bytes, the limit is {MAX_BYTES}"))
