"""The load generator of the HTTP benches: closed loop, open loop and bulk, in its own process.

Requests are signed and laid out beforehand, so the generator costs the server's cores little. In
an open loop every request has its moment, whether earlier ones were answered or not; latency
counts from that moment, so waiting behind others is not hidden (coordinated omission).
"""

import asyncio
import gc
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Final, cast

import uvloop

from heliu.parties.access.api import Credential, Request, Stamp, sign

HOST: Final = "127.0.0.1"
MOST_CONNECTIONS: Final = 512


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: `clients` at once without pause, or `rate` a second whatever comes back."""

    port: int
    requests: Sequence[bytes]
    seconds: float
    clients: int = 64
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What a run saw: answers by status, requests a second that were granted, latencies in ms.

    Latencies are of granted answers. `sent` counts requests whose moment came.
    """

    sent: int
    statuses: dict[int, int]
    rate: float
    p50: float
    p99: float
    p999: float

    @property
    def granted(self) -> int:
        """Answers that were a yes."""
        return sum(n for status, n in self.statuses.items() if status < 300)  # noqa: PLR2004


def request_bytes(
    credential: Credential | None, port: int, path: bytes, body: bytes, key: str
) -> bytes:
    """One whole request as it goes over the wire; without a credential with a bearer token."""
    if credential is None:
        head = "Authorization: Bearer bench\r\n"
    else:
        stamp = Stamp(int(time.time()), f"{os.getpid():08d}-{key:0>16}"[-64:])
        signed = sign(credential, stamp, Request("POST", path, body, key.encode()))
        head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    return (
        b"POST %b HTTP/1.1\r\nHost: %b:%d\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\nIdempotency-Key: %b\r\n%b\r\n%b"
        % (path, HOST.encode(), port, len(body), key.encode(), head.encode(), body)
    )


def load(plan: Plan) -> Load:
    """Run `plan` in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, plan), daemon=True)
    process.start()
    theirs.close()
    seen: Load = ours.recv()
    process.join()
    return seen


def _run(pipe: Pipe, plan: Plan) -> None:
    gc.collect()
    gc.disable()
    pipe.send(uvloop.run(_open(plan) if plan.rate else _closed(plan)))


@dataclass(slots=True)
class _Seen:
    took: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def note(self, status: int, seconds: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status < 300:  # noqa: PLR2004
            self.took.append(1000 * seconds)

    def load(self, sent: int, elapsed: float) -> Load:
        millis = sorted(self.took) or [0.0]
        p50, p99, p999 = (millis[int(len(millis) * share)] for share in (0.5, 0.99, 0.999))
        return Load(sent, dict(self.statuses), len(self.took) / elapsed, p50, p99, p999)


class _Client(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        self.seen = b""
        self.answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)  # uvloop's own class

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head = self.seen.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.seen.find(b"content-length: ") + len(b"content-length: ")
        length = int(self.seen[at : self.seen.find(b"\r\n", at)])
        if len(self.seen) < head + 4 + length:
            return
        status = int(self.seen[9:12])
        self.seen = b""
        self._tell(status)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._tell(0)

    def _tell(self, status: int) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(status)

    def ask(self, request: bytes) -> "asyncio.Future[int]":
        """Send; the future is the status (0: the connection was lost)."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer


async def _connect(port: int) -> _Client:
    loop = asyncio.get_running_loop()
    return (await loop.create_connection(_Client, HOST, port))[1]


async def _closed(plan: Plan) -> Load:
    requests, seen = iter(plan.requests), _Seen()
    clients = [await _connect(plan.port) for _ in range(plan.clients)]
    started = time.perf_counter()

    async def work(client: _Client) -> None:
        while (now := time.perf_counter()) - started < plan.seconds:
            request = next(requests, None)
            if request is None:
                return
            status = await client.ask(request)
            seen.note(status, time.perf_counter() - now)
            if status == 0:
                return

    await asyncio.gather(*map(work, clients))
    elapsed = time.perf_counter() - started
    return seen.load(sum(seen.statuses.values()), elapsed)


class _Open:
    """The open loop: requests leave at their moments, on whatever connection is free."""

    def __init__(self, plan: Plan, clients: Sequence[_Client]) -> None:
        self.plan, self.seen = plan, _Seen()
        self.free: deque[_Client] = deque(clients)
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.flying: set[asyncio.Task[None]] = set()
        self.quiet = asyncio.Event()

    async def run(self) -> Load:
        started, sent = time.perf_counter(), 0
        for number, request in enumerate(self.plan.requests):
            moment = started + number / self.plan.rate
            if moment - started > self.plan.seconds:
                break
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            sent += 1
            self.quiet.clear()
            if self.free:
                self._launch(self.free.popleft(), moment, request)
            else:
                self.waiting.append((moment, request))
        await self.quiet.wait()
        return self.seen.load(sent, time.perf_counter() - started)

    def _launch(self, client: _Client, moment: float, request: bytes) -> None:
        task = asyncio.create_task(self._ask(client, moment, request))
        self.flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: "asyncio.Task[None]") -> None:
        self.flying.discard(task)
        if not self.flying and not self.waiting:
            self.quiet.set()

    async def _ask(self, client: _Client, moment: float, request: bytes) -> None:
        status = await client.ask(request)
        self.seen.note(status, time.perf_counter() - moment)
        if status == 0:
            client = await _connect(self.plan.port)
        if self.waiting:
            self._launch(client, *self.waiting.popleft())
        else:
            self.free.append(client)


async def _open(plan: Plan) -> Load:
    return await _Open(plan, [await _connect(plan.port) for _ in range(MOST_CONNECTIONS)]).run()
