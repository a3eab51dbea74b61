"""A partner's endpoint on this machine: answers as it is told and keeps what it was sent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

NO_CONTENT = 204


@dataclass
class Receiver:
    """What the endpoint answers (a status per message, the last one for ever) and what it got."""

    statuses: list[int] = field(default_factory=lambda: [NO_CONTENT])
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip_seconds: float = 0
    hang_up: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    server: HTTPServer | None = None

    def __post_init__(self) -> None:
        self.released.set()

    @property
    def port(self) -> int:
        assert self.server is not None, "the endpoint is open"
        return self.server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    @property
    def allow(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}"})

    def hang(self) -> None:
        """Answer nothing until released."""
        self.released.clear()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.got.append((headers, body))
        self.released.wait()
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    receiver: Receiver

    def handle_error(self, *args: object) -> None:
        del args


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["content-length"]))
        status = receiver.take(dict(self.headers), body)
        self.send_response(status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        if status != NO_CONTENT:
            self.send_header("content-length", str(len(receiver.body)))
        self.end_headers()
        self.close_connection |= receiver.hang_up
        step = 1 if receiver.drip_seconds else max(1, len(receiver.body))
        for at in range(0, len(receiver.body), step):
            self.wfile.write(receiver.body[at : at + step])
            time.sleep(receiver.drip_seconds)

    def log_message(self, *args: object) -> None:
        del args


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """The endpoint, open until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver, receiver.server = receiver, server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
