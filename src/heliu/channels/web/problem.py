"""Problem details for HTTP (RFC 9457): how a refusal, an outage or a fault reaches the caller.

Nothing but codes, both-language sentences and the facts of a refusal ever leaves; a fault leaves
as an id that operations find in the log.
"""

import logging
from collections.abc import Sequence
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, NamedTuple
from uuid import uuid4

import msgspec

from heliu.channels.web.catalogue import TITLES, no, status_of
from heliu.channels.web.language import Language, said
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 1
_RETRYABLE: Final = frozenset({429, 503})
# What is true of every answer but the hottest: not stored, not guessed at, not framed.
GUARDED: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)

Headers = tuple[tuple[bytes, bytes], ...]


class Place(NamedTuple):
    """One thing wrong with a request: in its body (a JSON pointer), query, path or header."""

    where: str
    pointer: str
    what: Text


class Invalid(Refusal):
    """A request that does not fit its schema: at which places, and what is wrong there."""

    def __init__(self, places: Sequence[Place]) -> None:
        model = no("request.invalid")
        super().__init__(model.code, model.reason, model.cure)
        self.places = tuple(places)


class Reply(NamedTuple):
    """One whole answer."""

    status: int
    headers: Headers
    body: bytes


def problem_body(
    refusal: Refusal, language: Language, instance: str, status: int | None = None
) -> dict[str, Any]:
    """The members of one problem, ready for JSON; `instance` is the path or a fault's urn:uuid."""
    status = status or status_of(refusal.code)
    body: dict[str, Any] = {
        "type": f"urn:heliu:{refusal.code}",
        "title": said(TITLES[status], language),
        "status": status,
        "detail": said(refusal.reason, language),
        "instance": instance,
        "code": refusal.code,
        "cure": said(refusal.cure, language),
        "facts": refusal.facts,
    }
    if isinstance(refusal, Invalid):
        body["errors"] = [
            {"in": place.where, "pointer": place.pointer, "detail": said(place.what, language)}
            for place in refusal.places
        ]
    return body


def problem(refusal: Refusal, language: Language, instance: str, *, headers: Headers = ()) -> Reply:
    """The answer that says no; 429 and 503 name the seconds after which to ask again."""
    status = status_of(refusal.code)
    body = encode(problem_body(refusal, language, instance, status))
    said_headers = (
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"vary", b"accept-language"),
        *GUARDED,
        *headers,
    )
    if status in _RETRYABLE or refusal.code == "signature.before_start":
        said_headers += ((b"retry-after", str(RETRY_AFTER_SECONDS).encode()),)
    return Reply(status, said_headers, body)


def fault(error: BaseException, language: Language) -> Reply:
    """The answer to our own bug: an id, the same one that the log has beside the place.

    The log names the type and the place only: a message may hold what must not be logged.
    """
    incident = uuid4()
    log.error("fault %s: %s at %s", incident, _names(error), _places(error.__traceback__))
    return problem(no("service.fault"), language, f"urn:uuid:{incident}")


def encode(value: object) -> bytes:
    """JSON of facts and views: ids, dates and decimals as text."""
    return msgspec.json.encode(value, enc_hook=str)


def _names(error: BaseException) -> str:
    cause = error.__cause__
    name = type(error).__name__
    return f"{name} from {type(cause).__name__}" if cause else name


def _places(trace: TracebackType | None) -> str:
    frames = [f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in walk_tb(trace)]
    return " > ".join(frames[-8:])
