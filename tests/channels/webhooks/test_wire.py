"""The wire: one POST to a checked address, in time, without detours."""

import asyncio
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from http.server import HTTPServer
from pathlib import Path

import pytest
from tests.channels.webhooks.receiver import Receiver, receiving

from heliu.channels.webhooks.domain.address import Place
from heliu.channels.webhooks.domain.delivery import Fault
from heliu.channels.webhooks.wire import ANSWER_BYTES, Streams, Wire, connect, resolve

PUBLIC = "93.184.215.14"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as opened:
        yield opened


class Names:
    """A name server whose answers are written down before; the last one stands for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        del host, port
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def posted(wire: Wire, url: str, *, times: int = 1) -> list[int | Fault]:
    async def post() -> list[int | Fault]:
        async with wire:
            return [await wire.post(url, [("webhook-id", "1")], b'{"a":1}') for _ in range(times)]

    return asyncio.run(post())


def test_a_message_arrives_as_it_was_sent(receiver: Receiver) -> None:
    assert posted(Wire(receiver.allow), receiver.url) == [204]
    ((headers, body),) = receiver.got
    assert body == b'{"a":1}'
    assert (headers["webhook-id"], headers["content-type"]) == ("1", "application/json")
    assert headers["host"] == f"127.0.0.1:{receiver.port}"


def test_messages_to_one_host_share_a_connection_and_one_look_up(receiver: Receiver) -> None:
    names = Names(["127.0.0.1"])
    assert posted(Wire(receiver.allow, resolver=names), receiver.url, times=3) == [204] * 3
    assert names.asked == 1


def test_a_machine_of_our_own_is_not_called(receiver: Receiver) -> None:
    assert posted(Wire(), receiver.url) == [Fault.ADDRESS_NOT_PUBLIC]
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{}/",
        "http://127.1:{}/",
        "http://2130706433:{}/",
        "http://0x7f000001:{}/",
        "http://[::ffff:127.0.0.1]:{}/",
        "http://[::1]:{}/",
        "http://0.0.0.0:{}/",
    ],
)
def test_no_way_to_write_an_inner_address_reaches_it(receiver: Receiver, url: str) -> None:
    (fault,) = posted(Wire(), url.format(receiver.port))
    assert fault in {Fault.ADDRESS_NOT_PUBLIC, Fault.UNRESOLVED}
    assert receiver.got == []


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1"], ["fe80::1%eth0"]]
)
def test_a_name_that_leads_inside_is_not_called(receiver: Receiver, answer: list[str]) -> None:
    url = f"http://hooks.example.com:{receiver.port}/"
    assert posted(Wire(resolver=Names(answer)), url) == [Fault.ADDRESS_NOT_PUBLIC]
    assert receiver.got == []


def test_a_name_is_looked_up_once_and_what_was_checked_is_called(receiver: Receiver) -> None:
    """DNS rebinding: public when it is checked, ours if it were looked up again."""
    called: list[str] = []

    async def listening(address: str, place: Place, context: ssl.SSLContext) -> Streams:
        called.append(address)
        return await connect("127.0.0.1", place, context)

    names = Names([PUBLIC], ["127.0.0.1"])
    wire = Wire(resolver=names, connector=listening)
    assert posted(wire, f"http://hooks.example.com:{receiver.port}/") == [204]
    assert (names.asked, called) == (1, [PUBLIC])


@pytest.mark.parametrize("close", ["close", "keep-alive"])
def test_a_line_that_was_hung_up_is_called_anew(receiver: Receiver, close: str) -> None:
    """With and without a word: the second time the idle line is found dead only when used."""
    receiver.headers, receiver.hang_up = {"connection": close}, True
    assert posted(Wire(receiver.allow), receiver.url, times=3) == [204] * 3
    assert len(receiver.got) == 3


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [307], {"location": receiver.url}
    assert posted(Wire(receiver.allow), receiver.url) == [307]
    assert len(receiver.got) == 1


def test_a_proxy_of_the_environment_is_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert posted(Wire(receiver.allow), receiver.url) == [204]


def test_an_endless_answer_is_read_to_its_cap_and_counts(receiver: Receiver) -> None:
    receiver.statuses, receiver.body = [200], b"x" * (ANSWER_BYTES * 4)
    assert posted(Wire(receiver.allow), receiver.url, times=2) == [200, 200]


def test_who_answers_a_byte_at_a_time_is_left_at_the_deadline(receiver: Receiver) -> None:
    receiver.statuses, receiver.body, receiver.drip_seconds = [200], b"x" * 400, 0.05
    began = time.monotonic()
    assert posted(Wire(receiver.allow, deadline_seconds=0.4), receiver.url) == [Fault.TIMEOUT]
    assert time.monotonic() - began < 5


def test_who_does_not_answer_is_left_at_the_deadline(receiver: Receiver) -> None:
    receiver.hang()
    assert posted(Wire(receiver.allow, deadline_seconds=0.2), receiver.url) == [Fault.TIMEOUT]


def test_a_name_server_that_does_not_answer_is_left_at_the_deadline() -> None:
    async def silent(host: str, port: int) -> Sequence[str]:
        del host, port
        await asyncio.Event().wait()
        return []

    wire = Wire(resolver=silent, deadline_seconds=0.1)
    assert posted(wire, "https://hooks.example.com/") == [Fault.TIMEOUT]


def test_a_closed_port_a_name_without_address_and_no_http_are_told_apart() -> None:
    with receiving(Receiver()) as gone:
        url, allow = gone.url, gone.allow
    assert posted(Wire(allow), url) == [Fault.CONNECT]
    assert posted(Wire(resolver=Names([])), "https://hooks.example.com/") == [Fault.UNRESOLVED]
    assert posted(Wire(), "https://hooks.invalid/") == [Fault.UNRESOLVED]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"220 mail.example.com ESMTP\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * (ANSWER_BYTES // 20),
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * ANSWER_BYTES,
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_is_a_protocol_fault(said: bytes) -> None:
    async def talk() -> int | Fault:
        async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(said)
            writer.close()

        async with await asyncio.start_server(hello, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Wire(frozenset({"127.0.0.1"})) as wire:
                return await wire.post(f"http://127.0.0.1:{port}/", [], b"{}")

    assert asyncio.run(talk()) is Fault.PROTOCOL


def test_a_second_address_is_tried_when_the_first_is_closed(receiver: Receiver) -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    wire = Wire(frozenset({"hooks.example.com"}), resolver=names)
    assert posted(wire, f"http://hooks.example.com:{receiver.port}/") == [204]


def test_the_machines_resolver_answers_addresses() -> None:
    assert set(asyncio.run(resolve("localhost", 80))) & {"127.0.0.1", "::1"}


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> Receiver:
    """The endpoint behind TLS, with a certificate for erp.example.com that is trusted here."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "2", "-subj", "/CN=erp.example.com",
         "-addext", "subjectAltName=DNS:erp.example.com"],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = receiver.server
    assert isinstance(server, HTTPServer)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return receiver


@pytest.mark.parametrize(
    ("host", "answer"), [("erp.example.com", 204), ("other.example.com", Fault.CONNECT)]
)
def test_a_certificate_is_checked_against_the_name_not_the_address(
    secure: Receiver, host: str, answer: int | Fault
) -> None:
    wire = Wire(frozenset({host}), resolver=Names(["127.0.0.1"]))
    assert posted(wire, f"https://{host}:{secure.port}/") == [answer]
