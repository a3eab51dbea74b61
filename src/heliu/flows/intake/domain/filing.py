"""From a reading to what is filed: a blob read once (Read), and what became of it (Outcome).

Everything here is pure, so blobs may be read in worker processes and filed in one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, overload
from uuid import UUID

from heliu.flows.intake.domain.archives import Unreadable
from heliu.flows.intake.domain.codec import encode_document, encode_facts
from heliu.flows.intake.domain.read import read_blob
from heliu.flows.intake.domain.reading import Blob, Complaint, Connector, Severity, any_refused
from heliu.flows.intake.domain.trade import FLOW_OF, TradeDocument
from heliu.ground.ids import derived_id
from heliu.ground.text import Text

_NO_FACTS: Final = b"{}"


class Status(StrEnum):
    """What became of a blob. A refused content that comes again is refused again."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Leaf(NamedTuple):
    """One canonical document ready to be filed: its id, its index columns and its JSON body."""

    id: UUID
    place: str
    kind: str
    flow: str
    number: str
    code: str | None
    issued_on: date | None
    seller_tax_id: str | None
    buyer_tax_id: str | None
    void: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """A blob that was read: by which connector ("" if none would), and what came of it.

    `facts` (JSON) are kept of what was refused only: of the others the documents tell, and the
    bytes, which can be read again.
    """

    blob: Blob
    connector: str
    facts: bytes = field(repr=False)
    complaints: tuple[Complaint, ...]
    leaves: tuple[Leaf, ...] = field(repr=False)

    @property
    def refused(self) -> bool:
        """Whether any complaint forbids the use of this content."""
        return any_refused(self.complaints)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one blob, in the order the blobs were given.

    `documents` are the ids the content is filed under, also when it had come before
    (`repeated`). `sha256` is "" for what could not even be read.
    """

    source: str
    file: str
    sha256: str
    status: Status
    connector: str
    documents: tuple[UUID, ...]
    complaints: tuple[Complaint, ...]
    repeated: bool = False

    @property
    def refusal(self) -> Complaint | None:
        """The first complaint that refuses: its code, place and reason (zh, en)."""
        return next((c for c in self.complaints if c.severity is Severity.REFUSED), None)


def document_id(sha256: str, place: str) -> UUID:
    """The id of the document at `place` of the content `sha256` (hex): the same for ever."""
    return derived_id("document", sha256, place)


def read_blobs(connectors: Sequence[Connector], blobs: Sequence[Blob]) -> list[Read]:
    """Read each blob; never raises on what a stranger sent, one Read per blob in order."""
    return [_read(connectors, blob) for blob in blobs]


def unreadable(item: Unreadable) -> Outcome:
    """The outcome of what could not be turned into bytes."""
    return Outcome(
        item.source, item.file, "", Status.REFUSED, "", (), (item.complaint,), repeated=False
    )


def _read(connectors: Sequence[Connector], blob: Blob) -> Read:
    connector, reading = read_blob(connectors, blob)
    leaves = tuple([_leaf(blob.sha256, document) for document in reading.documents])
    assert len({leaf.id for leaf in leaves}) == len(leaves), "a place holds one document"
    facts = _storable(encode_facts(reading.facts)) if reading.refused else _NO_FACTS
    return Read(blob, connector, facts, tuple(map(_legible, reading.complaints)), leaves)


def _legible(complaint: Complaint) -> Complaint:
    zh, en = complaint.message
    message = Text(_column(zh), _column(en))
    return Complaint(complaint.code, _column(complaint.place), message, complaint.severity)


def _leaf(sha256: str, document: TradeDocument) -> Leaf:
    return Leaf(
        document_id(sha256, document.place),
        _column(document.place),
        document.kind.value,
        FLOW_OF[document.kind].value,
        _column(document.number),
        _column(document.code),
        document.issued_on,
        _column(document.seller.tax_id),
        _column(document.buyer.tax_id),
        document.void,
        _storable(encode_document(document)),
    )


@overload
def _column(text: str) -> str: ...
@overload
def _column(text: None) -> None: ...
def _column(text: str | None) -> str | None:
    return text.replace("\0", "\u2400") if text and "\0" in text else text


def _storable(json: bytes) -> bytes:
    # PostgreSQL's jsonb knows no NUL character; a control picture stands where one was sent.
    return json.replace(b"\\u0000", b"\\u2400") if b"\\u0000" in json else json
