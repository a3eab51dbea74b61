"""The door: one ASGI application in front of all - limits, body, signature, route, problems.

A hot route is answered here at once (its handler is plain code on bytes); every other route goes
on to the cold application with its body read and its caller proven. What goes wrong anywhere
becomes a problem; a fault becomes an id.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Protocol, Self

from starlette.concurrency import run_in_threadpool

from heliu.channels.web.caller import CALLER, Caller, Takes
from heliu.channels.web.catalogue import no
from heliu.channels.web.language import Language, language_of
from heliu.channels.web.port import Bank
from heliu.channels.web.problem import GUARDED, Reply, fault, problem
from heliu.channels.web.strict_json import check_strictly
from heliu.channels.web.whole import sent_whole
from heliu.ground.errors import Fault, Outage, Refusal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Mapping[bytes, bytes]

CLOSE: Final = (b"connection", b"close")
_CHECKED_BESIDE: Final = 2**16  # JSON longer than this is checked beside the loop, not on it


class Gone(Exception):
    """The client went away before it had said everything: there is nobody to answer."""


class Hot(Protocol):
    """A route answered on the spot."""

    @property
    def body_bytes(self) -> int:
        """The most bytes its body may have."""
        ...

    async def answer(self, caller: Caller, headers: Headers, body: bytes) -> Reply:
        """The whole answer. Raises Refusal or Outage."""
        ...


@dataclass(frozen=True, slots=True)
class Cold:
    """A route of the cold application: its pattern, methods and the body it takes."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    public: bool
    takes: Takes


@dataclass(frozen=True, slots=True)
class Limits:
    """What the door lets in at once; beyond it is refused at once, never queued."""

    in_flight: int = 4096
    in_flight_per_connection: int = 1024
    body_bytes_held: int = 512 * 2**20


@dataclass(slots=True)
class Door:
    """The outermost application. One per event loop."""

    bank: Bank
    hot: Mapping[str, Hot]
    cold: Application
    table: Sequence[Cold]
    limits: Limits = Limits()
    _inside: int = 0
    _held: int = 0
    _by_connection: dict[str, int] = field(default_factory=dict)
    _callers: dict[str, Caller] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan events go on to the cold application."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.cold(scope, receive, send)
            return
        reply = onward = None
        with _Inside(self) as inside:
            hot = self.hot.get(scope["path"])
            if self._inside > self.limits.in_flight:
                raise no("service.busy")
            if hot is not None and scope["method"] == "POST":
                reply = await self._hot(hot, scope, receive)
            else:
                onward = _Onward(send)
                reply = await self._cold(scope, receive, onward.send)
        error = inside.error
        if error is not None and not isinstance(error, Gone):
            reply = reply_to(error, _language(scope), scope["path"])
        if reply is None or (onward is not None and onward.begun) or sent_whole(send, reply):
            return
        status, headers, body = reply
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _hot(self, hot: Hot, scope: Scope, receive: Receive) -> Reply:
        # The common case - the whole body is there - without another coroutine.
        headers = dict(scope["headers"])
        message = await receive()
        if message.get("more_body"):
            body = await self._rest(headers, message, receive, hot.body_bytes)
        elif message["type"] == "http.disconnect":
            raise Gone
        else:
            body = message.get("body", b"")
            if len(body) > hot.body_bytes:
                raise no("http.too_large", limit_bytes=hot.body_bytes)
        caller = self._proven(scope, headers, body)
        identity = caller.connection.id
        self._enter(identity)
        try:
            return await hot.answer(caller, headers, body)
        finally:
            self._leave(identity)

    async def _cold(self, scope: Scope, receive: Receive, send: Send) -> Reply | None:
        route = self._find(scope)
        if isinstance(route, Reply):
            return route
        headers = dict(scope["headers"])
        body = await self._rest(headers, None, receive, route.takes.body_bytes)
        self._held += len(body)
        try:
            await self._go_on(route, scope, headers, body, send)
        finally:
            self._held -= len(body)
        return None

    async def _go_on(
        self, route: Cold, scope: Scope, headers: Headers, body: bytes, send: Send
    ) -> None:
        onward = dict(scope)
        if scope["method"] == "HEAD":
            onward["method"], send = "GET", _without_body(send)
        if route.public:
            await self.cold(onward, _once(body), send)
            return
        caller = self._proven(scope, headers, body)
        await _fits(route.takes, headers, body)
        identity = caller.connection.id
        self._enter(identity)
        onward[CALLER] = caller
        try:
            await self.cold(onward, _once(body), send)
        finally:
            self._leave(identity)

    def _find(self, scope: Scope) -> Cold | Reply:
        path, method = scope["path"], scope["method"]
        asked = "GET" if method == "HEAD" else method
        there = [route for route in self.table if route.pattern.match(path)]
        found = next((route for route in there if asked in route.methods), None)
        allowed = {name for route in there for name in route.methods}
        allowed |= {"POST"} if path in self.hot else set()
        if not allowed:
            raise no("http.unknown_route")
        allowed |= {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())
        allow = (b"allow", ", ".join(sorted(allowed)).encode())
        if method == "OPTIONS":
            return Reply(HTTPStatus.NO_CONTENT, (allow, *GUARDED), b"")
        return found or problem(
            no("http.method_not_allowed"), _language(scope), path, headers=(allow, CLOSE)
        )

    def _proven(self, scope: Scope, headers: Headers, body: bytes) -> Caller:
        target = scope["raw_path"]
        if scope["query_string"]:
            target = b"%b?%b" % (target, scope["query_string"])
        connection = self.bank.keyring.authenticate(
            scope["method"], target, headers, body, self.bank.clock.now()
        )
        caller = self._callers.get(connection.id)
        if caller is None or caller.connection is not connection:
            caller = self._callers[connection.id] = Caller.of(connection)
        return caller

    async def _rest(
        self, headers: Headers, first: Message | None, receive: Receive, limit: int
    ) -> bytes:
        """The whole body behind its first message.

        Raises Refusal `http.too_large` before more than `limit` is held, `service.busy` if all
        bodies together are too much.
        """
        if int(headers.get(b"content-length", b"0")) > limit:
            raise no("http.too_large", limit_bytes=limit)
        message = first or await receive()
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                parts.append(part)
                size += len(part)
                self._held += len(part)
                if size > limit:
                    raise no("http.too_large", limit_bytes=limit)
                if self._held > self.limits.body_bytes_held:
                    raise no("service.busy")
                if not message.get("more_body"):
                    return b"".join(parts)
                message = await receive()
        finally:
            self._held -= size

    def _enter(self, identity: str) -> None:
        busy = self._by_connection.get(identity, 0)
        if busy >= self.limits.in_flight_per_connection:
            raise no("service.connection_busy", limit=self.limits.in_flight_per_connection)
        self._by_connection[identity] = busy + 1

    def _leave(self, identity: str) -> None:
        left = self._by_connection[identity] - 1
        if left:
            self._by_connection[identity] = left
        else:
            del self._by_connection[identity]


class _Inside:
    """One request inside the door: counted, and whatever it raises is kept to be answered.

    The one place before the wire where a fault is answered instead of raised: the caller gets an
    id, the log the place, and the other requests of the process go on.
    """

    __slots__ = ("_door", "error")

    def __init__(self, door: Door) -> None:
        self._door = door
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        self._door._inside += 1  # noqa: SLF001 - one pair
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self._door._inside -= 1  # noqa: SLF001
        if isinstance(error, Exception):
            self.error = error
            return True
        return False


class _Onward:
    """What the cold application sends, with the house's headers; knows whether it began."""

    __slots__ = ("_send", "begun")

    def __init__(self, send: Send) -> None:
        self._send, self.begun = send, False

    async def send(self, message: Message) -> None:
        """Pass it on."""
        if message["type"] == "http.response.start":
            self.begun = True
            given = list(message["headers"])
            names = {name for name, _ in given}
            message["headers"] = [*given, *(h for h in GUARDED if h[0] not in names)]
        await self._send(message)


def reply_to(error: Exception, language: Language, instance: str) -> Reply:
    """The answer to whatever went wrong: what the bank says, a retry, or the id of a fault."""
    match error:
        case Refusal():
            # An unread body ends the connection; every refusal may have left one.
            early = error.code in {"http.too_large", "service.busy", "http.unknown_route"}
            return problem(error, language, instance, headers=(CLOSE,) if early else ())
        case Outage():
            return problem(no("service.down"), language, instance)
        case Fault() | _:
            return fault(error, language)


def _language(scope: Scope) -> Language:
    asked = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return language_of(asked.decode("latin-1"))


async def _fits(takes: Takes, headers: Headers, body: bytes) -> None:
    if headers.get(b"content-encoding", b"identity").strip().lower() not in {b"", b"identity"}:
        raise no("http.unsupported_media")
    if takes.raw or not body:
        return
    if media_type(headers) != b"application/json":
        raise no("http.unsupported_media")
    if len(body) > _CHECKED_BESIDE:
        await run_in_threadpool(check_strictly, body)
    else:
        check_strictly(body)


def media_type(headers: Headers) -> bytes:
    """The media type of the body, lower case, without parameters; empty if none is named."""
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def _once(body: bytes) -> Receive:
    """The body as a cold application receives it, then a client that stays."""
    waiting = [body]

    async def receive() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return {"type": "http.disconnect"}

    return receive


def _without_body(send: Send) -> Send:
    async def bare(message: Message) -> None:
        if message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    return bare
