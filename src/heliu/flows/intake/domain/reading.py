"""What goes into a connector (a Blob) and what comes out of it (a Reading)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from heliu.flows.intake.domain.trade import TradeDocument
from heliu.ground.text import Text

Facts = dict[str, Any]
"""What was understood, JSON-ready, amounts and quantities as strings exactly as written."""


class Severity(StrEnum):
    """REFUSED: the document may not be used. FLAGGED: usable, but something in it is wrong."""

    REFUSED = "refused"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with a document: stable code, place (line, field, XPath), both languages."""

    code: str
    place: str
    message: Text
    severity: Severity = Severity.REFUSED


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes as they came, with their provenance.

    `source` names the way in ("folder", "inbox", "http:<connection>"); `file` is the path, with
    "!" before an archive member ("june.zip!a/b.xml"); `sha256` is the hex digest of `data`.
    """

    source: str
    file: str
    sha256: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The little a connector may look at to say whether a blob is its own.

    `name` is the lower-case file name; `root` the XML root element as "{namespace}local" (None if
    the blob is not XML; found without parsing the whole); `json` the decoded JSON (None if it is
    not JSON): a mapping or a list; numbers in it are Decimals, so nothing written is lost.
    """

    name: str
    root: str | None
    json: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """The canonical documents of a blob, what was wrong, and its facts as written.

    A reading with a REFUSED complaint carries no documents; it may still carry facts. Facts may
    be told when asked for: who files documents does not ask, who inspects them does.
    """

    told: Facts | Callable[[], Facts] = field(repr=False)
    documents: tuple[TradeDocument, ...] = ()
    complaints: tuple[Complaint, ...] = ()

    def __post_init__(self) -> None:
        assert not (self.refused and self.documents), "a refused reading feeds nothing"

    @property
    def facts(self) -> Facts:
        """What was understood."""
        return self.told() if callable(self.told) else self.told

    @property
    def refused(self) -> bool:
        """Whether any complaint forbids the use of this document."""
        return any_refused(self.complaints)


class Connector(Protocol):
    """One input format: says whether a blob is its own, and reads it. Never raises on bad input."""

    name: str

    def recognises(self, head: Head) -> bool:
        """Whether this connector reads such a blob."""
        ...

    def read(self, blob: Blob, head: Head) -> Reading:
        """Everything understood in `blob`, and every complaint about it. Pure: no I/O."""
        ...


def refusal(code: str, place: str, zh: str, en: str, facts: Facts | None = None) -> Reading:
    """A reading that refuses the whole document for one reason."""
    return Reading(facts or {}, complaints=(Complaint(code, place, Text(zh, en)),))


def kept(
    facts: Facts | Callable[[], Facts],
    documents: Sequence[TradeDocument],
    complaints: Sequence[Complaint],
) -> Reading:
    """A reading that drops its documents if any complaint refuses it."""
    documents = () if any_refused(complaints) else tuple(documents)
    return Reading(facts, documents, tuple(complaints))


def any_refused(complaints: Sequence[Complaint]) -> bool:
    """Whether any of `complaints` forbids the use of its document."""
    return Severity.REFUSED in [c.severity for c in complaints]
