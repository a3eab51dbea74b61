"""One call: signed anew at every try, tried again under the same key, answered or told why not."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx
import msgspec
from msgspec import Struct

from heliu.client.signing import Credential, Stamp, signed_headers

_PROBLEM: Final = "application/problem+json"
_BUSY: Final = frozenset({429, 503})
_MOST_PAUSE_SECONDS: Final = 30.0
_LEAST_ERROR: Final = 400
# Refused only because the server does not know whether it came before: signing anew cures it.
_SIGN_AGAIN: Final = "signature.before_start"

Answer = TypeVar("Answer")


class WrongPlace(Struct, frozen=True):
    """One place of a request that is not as it must be."""

    where: str = msgspec.field(name="in")
    pointer: str
    detail: str


class Told(Struct, frozen=True):
    """The members of a problem (RFC 9457) of the bank."""

    title: str
    status: int
    detail: str
    instance: str
    code: str
    cure: str
    facts: dict[str, Any] = {}
    errors: tuple[WrongPlace, ...] = ()


class Problem(Exception):
    """The bank says no: a stable `code`, what is so (`detail`), what cures it (`cure`), facts."""

    def __init__(self, told: Told) -> None:
        super().__init__(f"{told.status} {told.code}: {told.detail} -> {told.cure}")
        self.status, self.code, self.title = told.status, told.code, told.title
        self.detail, self.cure, self.instance = told.detail, told.cure, told.instance
        self.facts, self.errors = told.facts, told.errors


class Unreachable(Exception):
    """No answer after all tries; whether it took effect is not known.

    Asked again with the same `idempotency_key`, it has one effect.
    """

    def __init__(self, method: str, target: str, idempotency_key: str) -> None:
        super().__init__(f"no answer to {method} {target}")
        self.idempotency_key = idempotency_key


@dataclass(frozen=True, slots=True)
class Options:
    """How long to wait (seconds), how often to try (>= 1), in which language to be told."""

    timeout_seconds: float = 30.0
    tries: int = 5
    first_pause_seconds: float = 0.2
    language: str = "en"
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked: JSON, or files (name and content), or bytes of another kind."""

    method: str
    path: str
    params: Mapping[str, str] | None = None
    json: object = None
    content: tuple[str, bytes] | None = None
    files: tuple[tuple[str, bytes], ...] = ()
    key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Caller:
    """Sends calls over one pool of connections."""

    def __init__(self, http: httpx.Client, credential: Credential, options: Options) -> None:
        self._http, self._credential, self._options = http, credential, options

    def ask(self, call: Call, kind: type[Answer]) -> Answer:
        """The answer, as `kind`. Raises Problem, or Unreachable after the last try."""
        return msgspec.json.decode(self.send(call), type=kind)

    def send(self, call: Call) -> bytes:
        """The answer's bytes. Raises Problem, or Unreachable after the last try."""
        pause, problem = self._options.first_pause_seconds, None
        for left in reversed(range(self._options.tries)):
            try:
                response = self._http.send(self._request(call))
                if response.status_code < _LEAST_ERROR:
                    return response.content
                problem = Problem(_told(response))
                wait = _retry_after(response, problem)
                if wait is None:
                    raise problem
            except httpx.TransportError:
                problem, wait = None, pause
            if left:
                self._options.sleep(min(max(wait, pause), _MOST_PAUSE_SECONDS))
                pause *= 2
        raise problem or Unreachable(call.method, call.path, call.key)

    def _request(self, call: Call) -> httpx.Request:
        headers = {"Accept-Language": self._options.language, **call.headers}
        content: bytes | None = None
        if call.json is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(call.json)
        elif call.content is not None:
            headers["Content-Type"], content = call.content
        files = [("file", file) for file in call.files] or None
        request = self._http.build_request(
            call.method,
            call.path,
            params=call.params,
            content=content,
            files=files,
            headers=headers,
        )
        stamp = Stamp.at(self._options.now())
        signed = signed_headers(
            self._credential,
            stamp,
            call.method,
            request.url.raw_path,
            request.read(),
            key=call.key,
        )
        request.headers.update(signed)
        return request


def told(body: bytes) -> Told:
    """A problem's members."""
    return msgspec.json.decode(body, type=Told)


def _told(response: httpx.Response) -> Told:
    if response.headers.get("content-type", "").startswith(_PROBLEM):
        return told(response.content)
    # Something between us and the bank answered in its place.
    return Told("", response.status_code, response.reason_phrase, "", "http.foreign_answer", "")


def _retry_after(response: httpx.Response, problem: Problem) -> float | None:
    """Seconds after which to try again; None if trying again is of no use."""
    if response.status_code not in _BUSY and problem.code != _SIGN_AGAIN:
        return None
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdigit() else 0.0
