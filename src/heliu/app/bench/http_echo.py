"""Door bench: what authentication, validation, keys and problems cost beside a raw-ASGI echo.

Both servers run on uvicorn in a process of their own, the load generator in another, each pinned
to a core where there are two. The echo returns the body it was sent and does nothing else; the
door does all that a financing asks for but the act. Rounds interleave; ratios are of medians.
"""

import asyncio
import gc
import multiprocessing
import os
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import uvicorn
import uvloop

from heliu.app.bench.answering import VAULT, AnsweringBank, connection
from heliu.channels.openapi.api import PATHS, create_app
from heliu.channels.web.api import Application, server_for
from heliu.credit.instants.api import ActKind
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.parties.access.api import Permission, Request, Stamp, credential_of, sign

ROUNDS: Final = 3
CLIENTS: Final = 64
HOST: Final = "127.0.0.1"
_MOST_RATE: Final = 60_000
_SERVER_CORE: Final = 0
_CLIENT_CORE: Final = 1
_OK: Final = b"HTTP/1.1 200"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Load:
    """What a closed-loop run of `clients` keep-alive connections saw; latencies in ms.

    `cpu_us` is what the server's process computed per request: a busy machine slows both servers,
    but does not make either compute more.
    """

    answered: int
    rate: float
    p50: float
    p99: float
    p999: float
    failed: int
    cpu_us: float = 0.0


@dataclass(frozen=True, slots=True)
class Served:
    """A server's port and process."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What its process has computed so far (Linux; 0 elsewhere)."""
        spent = Path(f"/proc/{self.pid}/schedstat")
        return int(spent.read_text().split()[0]) / 1e9 if spent.exists() else 0.0


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Requests per second and latencies; about `seconds` (> 0) of measuring in all."""
    share = max(0.5, seconds / (ROUNDS * 3))
    seen: dict[str, list[Load]] = {"echo": [], "door": [], "door_idle": []}
    with serving("echo", database_url) as echo, serving("door", database_url) as door:
        for number in range(1, ROUNDS + 1):
            for name, server, clients in (
                ("echo", echo, CLIENTS),
                ("door", door, CLIENTS),
                ("door_idle", door, 1),
            ):
                progress(f"round {number} of {ROUNDS}: {name}")
                seen[name].append(measured(server, clients, share))
    result: dict[str, Any] = {name: _median(loads) for name, loads in seen.items()}
    echoed, asked = result["echo"], result["door"]
    result["rate_ratio"] = asked["rate"] / echoed["rate"]
    if asked["cpu_us"]:
        result["cpu_ratio"] = echoed["cpu_us"] / asked["cpu_us"]
    return result


@contextmanager
def serving(name: str, database_url: str) -> Iterator[Served]:
    """A server (`echo` or `door`) in its own process."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_serve, args=(name, port, database_url), daemon=True)
    process.start()
    try:
        _await(port)
        assert process.pid is not None, "it was started"
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.join()


def measured(server: Served, clients: int, seconds: float) -> Load:
    """One run of the load generator, in its own process, with requests signed beforehand."""
    # Forked: what is imported is there, and the generator touches none of its parent's threads.
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_generate, args=(theirs, server.port, clients, seconds))
    spent = server.cpu_seconds()
    process.start()
    theirs.close()  # so that a generator that dies ends the wait
    load: Load = ours.recv()
    process.join()
    answered = max(1, load.answered)
    return replace(load, cpu_us=(server.cpu_seconds() - spent) / answered * 1e6)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """The peer: what a raw ASGI application can answer at most."""
    if scope["type"] != "http":
        return
    message = await receive()
    body = message["body"]
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def signed_requests(port: int, count: int) -> list[bytes]:
    """Whole financings as they go over the wire, each with its own key and nonce."""
    held = _connection()
    credential, path = credential_of(VAULT, held), PATHS[ActKind.FINANCING]
    now, made = int(time.time()), []
    for number in range(count):
        key = b"bench-%d-%d" % (now, number)
        body = b'{"receivable":"%b"}' % str(UUID(int=number)).encode()
        stamp = Stamp(now, f"{os.getpid():08d}-{number:016d}")
        signed = sign(credential, stamp, Request("POST", path.encode(), body, key))
        head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        made.append(
            b"POST %b HTTP/1.1\r\nHost: %b:%d\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\nIdempotency-Key: %b\r\n%b\r\n%b"
            % (path.encode(), HOST.encode(), port, len(body), key, head.encode(), body)
        )
    return made


def _connection() -> Any:
    return connection("bench", None, frozenset(Permission), SystemClock())


def _serve(name: str, port: int, database_url: str) -> None:
    _pin(_SERVER_CORE)
    if name == "echo":
        config = uvicorn.Config(
            echo, HOST, port, loop="uvloop", http="httptools", access_log=False, log_config=None
        )
        server = uvicorn.Server(config)
    else:
        bank = AnsweringBank(Database(database_url), (_connection(),), keeps=False)
        app: Application = create_app(bank)
        server = server_for(app, HOST, port)
    gc.collect()
    gc.freeze()
    server.run()


def _generate(pipe: Pipe, port: int, clients: int, seconds: float) -> None:
    _pin(_CLIENT_CORE)
    requests = signed_requests(port, int(_MOST_RATE * seconds) if clients > 1 else 20_000)
    gc.collect()
    gc.disable()
    pipe.send(uvloop.run(_load(port, requests, clients, seconds)))


async def _load(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    work = _Work(iter(requests), started + seconds)
    joined = [
        (await loop.create_connection(lambda: _Client(work), HOST, port))[1] for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for client in joined))
    elapsed = time.perf_counter() - started
    millis = sorted(1000 * took for took in work.took)
    p50, p99, p999 = (millis[int(len(millis) * share)] for share in (0.5, 0.99, 0.999))
    return Load(len(millis), len(millis) / elapsed, p50, p99, p999, work.failed)


@dataclass(slots=True)
class _Work:
    requests: Iterator[bytes]
    until: float
    took: list[float] = field(default_factory=list)
    failed: int = 0


class _Client(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it is answered."""

    def __init__(self, work: _Work) -> None:
        self.work = work
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.seen = b""
        self.asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first time."""
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Ask again when the answer is whole."""
        self.seen += data
        head = self.seen.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.seen.find(b"content-length: ") + len(b"content-length: ")
        length = int(self.seen[at : self.seen.find(b"\r\n", at)])
        if len(self.seen) < head + 4 + length:
            return
        self.work.took.append(time.perf_counter() - self.asked)
        self.work.failed += not self.seen.startswith(_OK)
        self.seen = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come."""
        del exc
        if not self.done.done():
            self.work.failed += 1
            self.done.set_result(None)

    def _ask(self) -> None:
        request = next(self.work.requests, None)
        now = time.perf_counter()
        if request is None or now >= self.work.until:
            self.done.set_result(None)
            self.transport.close()
            return
        self.asked = now
        self.transport.write(request)


def _median(loads: Sequence[Load]) -> dict[str, float]:
    return {
        "rate": statistics.median(load.rate for load in loads),
        "p50_ms": statistics.median(load.p50 for load in loads),
        "p99_ms": statistics.median(load.p99 for load in loads),
        "p999_ms": statistics.median(load.p999 for load in loads),
        "cpu_us": statistics.median(load.cpu_us for load in loads),
        "failed": sum(load.failed for load in loads),
    }


def _pin(core: int) -> None:
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, {sorted(cores)[core % len(cores)]})


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"no server at port {port}")
