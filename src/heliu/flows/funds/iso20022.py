"""ISO 20022 bank messages by structure: any version, any national variant, bare or enveloped.

camt.052/053/054, pain.001/002/008 and pacs.002/003/004/008/009 become canonical documents; any
other ISO 20022 message is kept as OTHER with its facts and claims nothing. An envelope may be a
business message (AppHdr beside Document), a SOAP or bank wrapper, or one that carries the message
as text (CDATA). Sources: ISO 20022 message definitions; ISO 20022 business application header
(head.001).
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Final

from heliu.flows.funds.iso20022_payment import (
    CUSTOMER,
    INTERBANK,
    read_initiation,
    read_transfer,
)
from heliu.flows.funds.iso20022_statement import REPORTS, read_reports
from heliu.flows.funds.iso20022_status import REPORTS as STATUS_REPORTS
from heliu.flows.funds.iso20022_status import read_statuses
from heliu.flows.funds.iso20022_tree import (
    Element,
    Fields,
    Notes,
    down,
    fields,
    local,
    moment,
    place,
    said,
    text,
)
from heliu.flows.intake.api import (
    Blob,
    Complaint,
    Facts,
    Head,
    Kind,
    Reading,
    TradeDocument,
    kept,
    parse_xml,
)
from heliu.ground.text import Text

_TYPE: Final = re.compile(
    r"(?:acmt|admi|auth|caaa|caad|caam|cafc|cafm|cafr|cain|camt|canm|casp|casr|catm|catp|colr|fxtr"
    r"|head|nvlp|pacs|pain|reda|remt|secl|seev|semt|sese|setr|supl|tsin|tsmt|tsrv|trck)"
    r"\.\d{3}\.\d{3}\.\d{2}"
)
_WRAPPERS: Final = frozenset(
    {"requestpayload", "message", "bizmsg", "bizmsgenvlp", "businessmessage", "datapdu"}
    | {"envelope", "payload"}
)
_MAX_WRAPPED: Final = 8
_READ: Final = REPORTS.keys() | CUSTOMER.keys() | INTERBANK.keys() | STATUS_REPORTS


class Iso20022Connector:
    """Reads ISO 20022 messages."""

    name = "iso-20022"

    def recognises(self, head: Head) -> bool:
        """A Document of an ISO 20022 (or no) namespace, or a known wrapper's root."""
        if head.root is None:
            return False
        namespace, _, local = head.root.rpartition("}")
        if local == "Document":
            return not namespace or _TYPE.search(namespace) is not None
        return local.lower() in _WRAPPERS or _TYPE.search(namespace) is not None

    def read(self, blob: Blob, head: Head) -> Reading:
        """Facts, documents and complaints of the one message in `blob`."""
        del head
        root = parse_xml(blob.data)
        if isinstance(root, Complaint):
            facts: Facts = {"well_formed": False, "parser_message": "XMLSyntaxError"}
            return Reading(facts, complaints=(root,))
        notes = Notes()
        document = _document(root)
        message = next(iter(document), None) if document is not None else None
        if document is None or message is None:
            zh, en = "没有 ISO 20022 报文 (Document)", "there is no ISO 20022 message (Document)"
            complaint = Complaint("iso20022.message_missing", "/", Text(zh, en))
            return Reading({"well_formed": True}, complaints=(complaint,))
        return _reading(root, document, message, notes)


def _document(root: Element) -> Element | None:
    """The Document element: the root, one inside an envelope, or one inside its text."""
    if local(root) == "Document":
        return root
    found = next(root.iter("{*}Document"), None)
    if found is not None:
        return found
    texts = ((element.text or "").strip() for element in root.iter())
    wrapped = (text_ for text_ in texts if text_[:1] == "<" and "Document" in text_)
    for one in islice(wrapped, _MAX_WRAPPED):
        inner = parse_xml(one.encode())
        if not isinstance(inner, Complaint):
            return next(inner.iter("{*}Document"), None)
    return None


def _reading(root: Element, document: Element, message: Element, notes: Notes) -> Reading:
    kind = local(message)
    where = place(message)
    header = fields(down(message, "GrpHdr"))
    message_id, created = text(header.get("MsgId")), moment(header.get("CreDtTm"), notes)
    if kind in _READ and message_id is None:
        notes.missing("GrpHdr/MsgId", message)
    content, documents = _content(message, where, header, notes)
    if not documents:
        attributes = {"message_element": kind}
        documents = [
            TradeDocument(Kind.OTHER, message_id or "", where, None, attributes=attributes)
        ]

    def facts() -> Facts:
        stated = {"message_id": message_id, "created": created}
        told = content() if callable(content) else content
        return {"well_formed": True, **_kind(root, document, kind), **said(stated), **told}

    return kept(facts, documents, notes.complaints)


def _kind(root: Element, document: Element, message: str) -> Facts:
    """What kind of message it is, and what it came in."""
    namespace = document.tag[1:].partition("}")[0] if document.tag[:1] == "{" else None
    facts: Facts = {}
    definition = None
    if root is not document:
        facts["envelope"], definition = _envelope(root, document)
    version = _TYPE.search(namespace or "") or _TYPE.search(definition or "")
    stated = {
        "type": version and version[0],
        "root": "Document",
        "namespace": namespace,
        "message_element": message,
    }
    return facts | said(stated)


def _envelope(root: Element, document: Element) -> tuple[Facts, str | None]:
    outer = document.getroottree().getroot()
    header = next(root.iter("{*}AppHdr"), None)
    if header is None:
        header = next(outer.iter("{*}AppHdr"), None)
    inner = fields(header)
    definition = text(inner.get("MsgDefIdr"))
    envelope = {
        "element": local(root),
        "business_message_id": text(inner.get("BizMsgIdr")),
        "definition": definition,
    }
    return said(envelope), definition


def _content(
    message: Element, where: str, header: Fields, notes: Notes
) -> tuple[Facts | Callable[[], Facts], list[TradeDocument]]:
    kind = local(message)
    if kind in REPORTS:
        reports, documents = read_reports(message, where, notes)
        return lambda: said({"reports": [one.facts() for one in reports]}), documents
    if kind in CUSTOMER:
        return read_initiation(message, where, header, notes)
    if kind in INTERBANK:
        return read_transfer(message, where, header, notes)
    if kind in STATUS_REPORTS:
        return read_statuses(message, where, header, notes)
    return {}, []
