"""The wire to a partner's endpoint: one POST, to a public address only, within a deadline.

A host is resolved, every address checked, and the connection made to a checked address: between
check and use there is no second look-up that could answer otherwise (DNS rebinding). The
certificate is still checked against the host's name. No redirect is followed, no proxy asked, no
more of an answer read than its cap.
"""

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import h11

from heliu.channels.webhooks.domain.address import Place, is_public, place_of
from heliu.channels.webhooks.domain.delivery import Fault

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[str, Place, ssl.SSLContext], Awaitable[Streams]]
Headers = Sequence[tuple[str, str]]

DEADLINE_SECONDS: Final = 10.0
ANSWER_BYTES: Final = 2**16
IDLE_SECONDS: Final = 20.0
IDLE_LINES: Final = 16  # a place
_READ_BYTES: Final = 2**14


class NotPublic(Exception):
    """The host has an address that is not of the public internet."""


class Unresolved(Exception):
    """The host has no address."""


class Unreachable(Exception):
    """No connection came about, or the other side could not prove its name."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of `host`, as the machine's resolver knows them. Raises Unresolved."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved from error
    return [str(address[0]) for *_, address in found]


async def connect(address: str, place: Place, context: ssl.SSLContext) -> Streams:
    """A connection to `address` that speaks for `place`. Raises OSError."""
    if place.scheme == "http":
        return await asyncio.open_connection(address, place.port)
    return await asyncio.open_connection(
        address, place.port, ssl=context, server_hostname=place.host
    )


@dataclass(slots=True)
class _Line:
    """One open connection and where its HTTP/1.1 stands."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    idle_since: float = 0.0
    received_bytes: int = 0

    def close(self) -> None:
        """Break it off at once."""
        self.writer.transport.abort()


class Wire:
    """An open wire: `async with Wire(...) as wire: await wire.post(...)`. Of one event loop."""

    def __init__(
        self,
        allow: frozenset[str] = frozenset(),
        *,
        resolver: Resolve = resolve,
        connector: Connect = connect,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._allow, self._resolve, self._connect = allow, resolver, connector
        self._deadline = deadline_seconds
        self._context = ssl.create_default_context()
        self._idle: dict[Place, list[_Line]] = defaultdict(list)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for lines in self._idle.values():
            for line in lines:
                line.close()
        self._idle.clear()

    async def post(self, url: str, headers: Headers, body: bytes) -> int | Fault:
        """The status answered to one POST of `body` (JSON), or why there was none."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._exchange(url, headers, body)
        except NotPublic:
            return Fault.ADDRESS_NOT_PUBLIC
        except Unresolved:
            return Fault.UNRESOLVED
        except TimeoutError:
            return Fault.TIMEOUT
        except Unreachable:
            return Fault.CONNECT
        except (h11.RemoteProtocolError, OSError):
            return Fault.PROTOCOL

    async def _exchange(self, url: str, headers: Headers, body: bytes) -> int:
        place = place_of(url)
        assert place is not None, "an endpoint's URL was checked when it was added"
        message = _message(url, headers, body)
        if line := self._take_idle(place):
            # The other side may have hung up meanwhile; then it is called anew.
            with suppress(h11.RemoteProtocolError, ConnectionError):
                return await self._ask(line, place, message, body)
        return await self._ask(await self._open(place), place, message, body)

    async def _ask(self, line: _Line, place: Place, message: h11.Request, body: bytes) -> int:
        """Send on `line` and read the answer; the line is kept if it may carry another one."""
        status, kept, line.received_bytes = 0, False, 0
        try:
            for event in (message, h11.Data(data=body), h11.EndOfMessage()):
                line.writer.write(line.http.send(event) or b"")
            await line.writer.drain()
            while line.received_bytes <= ANSWER_BYTES:
                answer = await _next_event(line)
                if isinstance(answer, h11.Response):
                    status = answer.status_code
                elif isinstance(answer, h11.EndOfMessage):
                    kept = self._keep(line, place)
                    break
        finally:
            if not kept:
                line.close()
        if not status:
            raise h11.RemoteProtocolError("much was said and no answer given")
        return status

    async def _open(self, place: Place) -> _Line:
        """A line to a checked address. Raises NotPublic, Unresolved or Unreachable."""
        addresses = await self._resolve(place.host, place.port)
        if not addresses:
            raise Unresolved
        if not place.listed_as & self._allow and not all(map(is_public, addresses)):
            raise NotPublic
        failed: OSError | None = None
        for address in addresses:
            try:
                return _Line(*await self._connect(address, place, self._context))
            except OSError as error:
                failed = error
        raise Unreachable from failed

    def _take_idle(self, place: Place) -> _Line | None:
        now, lines = asyncio.get_running_loop().time(), self._idle[place]
        while lines:
            line = lines.pop()
            if now - line.idle_since < IDLE_SECONDS and not line.reader.at_eof():
                return line
            line.close()
        return None

    def _keep(self, line: _Line, place: Place) -> bool:
        lines = self._idle[place]
        if line.http.their_state is not h11.DONE or len(lines) >= IDLE_LINES:
            return False
        line.http.start_next_cycle()
        line.idle_since = asyncio.get_running_loop().time()
        lines.append(line)
        return True


def _message(url: str, headers: Headers, body: bytes) -> h11.Request:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return h11.Request(
        method="POST",
        target=target,
        headers=[
            ("host", parts.netloc),
            ("user-agent", "Heliu-Webhooks/1"),
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            *headers,
        ],
    )


async def _next_event(line: _Line) -> h11.Event:
    """What the other side says next. Raises RemoteProtocolError if it says nothing more."""
    while True:
        event = line.http.next_event()
        if isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
            raise h11.RemoteProtocolError("hung up before the answer")
        if isinstance(event, h11.Event):
            return event
        data = await line.reader.read(_READ_BYTES)
        line.received_bytes += len(data)
        line.http.receive_data(data)
