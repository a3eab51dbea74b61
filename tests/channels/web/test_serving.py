"""The server on a real socket: slow, silent, oversized and broken clients; and how it stops."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from heliu.channels.web.api import Patience, server_for

QUICK = Patience(
    head_seconds=0.6,
    body_seconds=0.6,
    body_bytes_a_second=1000,
    idle_seconds=1,
    unread_seconds=0.6,
    head_bytes=2048,
    connections=4,
)


@contextmanager
def running(app: Any, patience: Patience = QUICK) -> Iterator[int]:
    """The port of a server that runs in a thread of its own until the block ends."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = server_for(app, "127.0.0.1", 0, patience)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port(knock: Callable[[], Any]) -> Iterator[int]:
    with running(knock().api.door) as listening:
        yield listening


def connected(port: int) -> socket.socket:
    until = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            assert time.monotonic() < until


def everything(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


def status_and_code(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /health HT",
        b"GET /health HTTP/1.1\r\nHost: x\r\n",
        b"POST /v1/financings HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n",
        b"POST /v1/financings HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"POST /v1/financings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_a_client_that_stops_in_the_middle_is_told_and_closed(port: int, sent: bytes) -> None:
    with connected(port) as client:
        client.sendall(sent)
        assert status_and_code(everything(client)) == (408, "http.timeout")


def test_a_body_that_drips_is_not_waited_for(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"POST /v1/financings HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n")
        client.settimeout(0.1)
        answer = b""
        started = time.monotonic()
        while not answer and time.monotonic() < started + 5:
            client.sendall(b"x")
            try:
                answer = client.recv(65536)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")


def test_a_head_without_end_is_refused(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nX-Long: " + b"x" * 4000)
        assert status_and_code(everything(client)) == (431, "http.headers_too_large")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /health HTTP/1.1\r\nbad header\r\n\r\n",
        b"POST /health HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /health HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_with_a_problem(port: int, sent: bytes) -> None:
    with connected(port) as client:
        client.sendall(sent)
        assert status_and_code(everything(client)) == (400, "http.malformed")


def test_an_oversized_body_is_refused_before_it_is_sent(port: int) -> None:
    with connected(port) as client:
        client.sendall(
            b"POST /v1/financings HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{"
        )
        assert status_and_code(everything(client)) == (413, "http.too_large")


def test_an_oversized_body_of_chunks_is_refused_on_the_way(port: int) -> None:
    with connected(port) as client:
        client.sendall(
            b"POST /v1/financings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"4001\r\n" + b" " * 0x4001 + b"\r\n"
        )
        assert status_and_code(everything(client)) == (413, "http.too_large")


def test_an_idle_connection_is_closed_without_a_word(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = everything(client)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.count(b"HTTP/1.1") == 1


def test_requests_one_behind_the_other_are_answered_in_order(port: int) -> None:
    with connected(port) as client:
        client.sendall(
            b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        answers = everything(client).split(b"HTTP/1.1 ")[1:]
        assert [answer[:3] for answer in answers] == [b"200", b"404"]


def test_more_connections_than_are_held_are_sent_away(port: int) -> None:
    held = [connected(port) for _ in range(5)]
    try:
        answers = [client.recv(65536) for client in held]
    finally:
        for client in held:
            client.close()
    assert sum(answer.startswith(b"HTTP/1.1 503") for answer in answers) >= 1


def test_a_client_that_reads_nothing_is_given_up() -> None:
    given_up = threading.Event()

    async def talkative(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        talking = asyncio.ensure_future(talk(send))
        assert (await receive())["type"] == "http.disconnect"
        talking.cancel()
        given_up.set()

    async def talk(send: Any) -> None:
        while True:
            await send({"type": "http.response.body", "body": bytes(2**20), "more_body": True})

    with running(talkative) as port, connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert given_up.wait(20)


def test_what_is_in_flight_when_the_server_stops_is_answered_first() -> None:
    begun, go_on = threading.Event(), threading.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        begun.set()
        await asyncio.get_running_loop().run_in_executor(None, go_on.wait)
        headers = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"done"})

    with running(slow) as port:
        client = connected(port)
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert begun.wait(10)
        go_on_later = threading.Timer(0.3, go_on.set)
        go_on_later.start()
    with client:
        assert everything(client).endswith(b"done")
