"""The server: uvicorn on uvloop and httptools, that waits for nobody for ever.

A connection that is silent in the middle of a request, or reads no answer, is closed (slow-header,
slow-body and slow-read attacks, CWE-400); one sweep over the connections a second costs a request
two readings of the loop's clock.
"""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from heliu.channels.web.catalogue import no
from heliu.channels.web.door import Application
from heliu.channels.web.language import Language
from heliu.channels.web.problem import problem

log = logging.getLogger(__name__)

_TICKS_A_SWEEP: Final = 10  # uvicorn ticks ten times a second


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the server waits, in seconds, and how much it takes before it knows the request.

    A body may take `body_seconds` and one second more for every `body_bytes_a_second` received.
    """

    head_seconds: float = 10.0
    body_seconds: float = 10.0
    body_bytes_a_second: int = 16 * 1024
    idle_seconds: int = 60
    unread_seconds: float = 30.0
    head_bytes: int = 32 * 1024
    connections: int = 4096
    stop_seconds: int = 10


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn, knowing since when it waits for its client."""

    patience: Patience

    def __init__(self, *args: Any, patience: Patience, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patience = patience
        self.waits_since = 0.0  # 0: for nobody
        self.unread_since = 0.0
        self.head_received = 0
        self.body_received = 0
        self.in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it if there are too many."""
        super().connection_made(transport)
        self.waits_since = self.loop.time()
        if len(self.connections) > self.patience.connections:
            self._refuse("service.busy")

    def data_received(self, data: bytes) -> None:
        """Parse; a head without end is refused."""
        if self.in_head:
            self.head_received += len(data)
        super().data_received(data)
        if self.in_head and self.head_received > self.patience.head_bytes:
            self._refuse("http.headers_too_large")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.waits_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """The head is there; the body may follow."""
        self.in_head, self.head_received, self.body_received = False, 0, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body arrived."""
        self.body_received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: from now on the client waits for us."""
        self.in_head, self.waits_since = True, 0.0
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self.unread_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        self.unread_since = 0.0
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP is refused as everything else is: with a problem."""
        del msg
        self._refuse("http.malformed")

    def sweep(self, now: float) -> None:
        """Close the connection if its client has been waited for too long."""
        patience = self.patience
        if self.unread_since and now - self.unread_since > patience.unread_seconds:
            self.transport.abort()
        elif self.waits_since and not self.pipeline:
            allowed = patience.head_seconds
            if not self.in_head:
                allowed = patience.body_seconds
                allowed += self.body_received / patience.body_bytes_a_second
            if now - self.waits_since > allowed:
                self._refuse("http.timeout")

    def _refuse(self, code: str) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_raw(code))
        if self.cycle is not None:
            # The application may still be working on it: its answer has no reader any more.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


class PatientServer(uvicorn.Server):
    """The server with its sweep."""

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; every second the connections are looked over."""
        if counter % _TICKS_A_SWEEP == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, PatientProtocol):
                    connection.sweep(now)
        return await super().on_tick(counter)


def server_for(
    app: Application, host: str, port: int, patience: Patience = Patience()
) -> PatientServer:
    """A server for `app`, not started: `await server.serve()` inside a loop of one's own."""
    protocol: Any = partial(PatientProtocol, patience=patience)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=protocol,
        ws="none",
        lifespan="auto",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=patience.idle_seconds,
        timeout_graceful_shutdown=patience.stop_seconds,
        backlog=2048,
    )
    return PatientServer(config)


def serve(app: Application, host: str, port: int) -> None:
    """Serve `app` until SIGTERM or SIGINT; what is in flight then is answered first."""
    server_for(app, host, port).run()


def _raw(code: str) -> bytes:
    reply = problem(no(code), Language.EN, "about:blank")
    head = b"".join(b"%b: %b\r\n" % header for header in reply.headers)
    status = HTTPStatus(reply.status)
    line = b"HTTP/1.1 %d %b\r\n" % (reply.status, status.phrase.encode())
    return line + head + b"connection: close\r\n\r\n" + reply.body
