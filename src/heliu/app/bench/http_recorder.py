"""The client of the crash bench: keeps asking over HTTP and records every answer, as a payer would.

Works in a process of its own, which nobody kills. What was not answered - no connection, a lost
one, 503, a signature older than a new server - is asked again with the same idempotency key, at
one server and then the other, until there is an answer that ends it.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Final

from heliu.app.bench.http_load import HOST
from heliu.parties.access.api import Credential, Request, Stamp, sign

CLIENTS: Final = 32
RATE: Final = 800.0
AGAIN_SECONDS: Final = 0.02
GIVE_UP_SECONDS: Final = 180.0
ANSWER_SECONDS: Final = 20.0
# Every eighth act of a round is asked a second time after it was answered.
ASK_TWICE: Final = 8
_UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Job:
    """One act to ask for: the same key and body however often it is sent."""

    key: str
    path: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """The answer that ended a job (status 0: nobody answered for minutes), and how it came."""

    key: str
    at: float
    status: int
    body: bytes
    replayed: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Record:
    """What a round heard: one answer a job, and the second answers of those asked twice."""

    answers: Sequence[Heard]
    again: Sequence[Heard]


class Recorder:
    """The client process: `start` a round, `stop` it for its record, `close` at the end."""

    def __init__(self, ports: Sequence[int], credential: Credential, jobs: Sequence[Job]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_run, args=(theirs, ports, credential, jobs), daemon=True
        )
        self._process.start()
        theirs.close()

    def start(self) -> None:
        """Begin to ask; returns once the first answer of the round is there."""
        self._pipe.send("start")
        assert self._pipe.recv() == "begun", "the client says when its first answer came"

    def stop(self) -> Record:
        """Ask for nothing new, see what is on its way through; everything the round heard."""
        self._pipe.send("stop")
        record: Record = self._pipe.recv()
        return record

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join()


def _run(pipe: Pipe, ports: Sequence[int], credential: Credential, jobs: Sequence[Job]) -> None:
    left = iter(jobs)
    with suppress(EOFError):
        while pipe.recv():
            pipe.send(asyncio.run(_Round(pipe, ports, credential).run(left)))


@dataclass(slots=True)
class _Round:
    pipe: Pipe
    ports: Sequence[int]
    credential: Credential
    answers: list[Heard] = field(default_factory=list)

    async def run(self, left: Iterator[Job]) -> Record:
        enough = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.pipe.fileno(), enough.set)
        paced = _paced(left, enough)
        asked: list[Job] = []
        await asyncio.gather(*(self._work(paced, asked) for _ in range(CLIENTS)))
        asyncio.get_running_loop().remove_reader(self.pipe.fileno())
        self.pipe.recv()
        once = list(self.answers)
        again = [await _Caller(self).settle(job) for job in asked[::ASK_TWICE]]
        return Record(once, again)

    async def _work(self, paced: "_Paced", asked: list[Job]) -> None:
        caller = _Caller(self)
        while (job := await paced.next()) is not None:
            asked.append(job)
            heard = await caller.settle(job)
            self.answers.append(heard)
            if len(self.answers) == 1:
                self.pipe.send("begun")
        caller.close()


@dataclass(slots=True)
class _Paced:
    """Jobs at RATE a second, until enough."""

    left: Iterator[Job]
    enough: asyncio.Event
    moment: float

    async def next(self) -> Job | None:
        self.moment = max(self.moment + 1 / RATE, time.perf_counter() - AGAIN_SECONDS)
        await asyncio.sleep(max(0.0, self.moment - time.perf_counter()))
        return None if self.enough.is_set() else next(self.left, None)


def _paced(left: Iterator[Job], enough: asyncio.Event) -> _Paced:
    return _Paced(left, enough, time.perf_counter())


class _Caller:
    """One keep-alive connection to whichever server answers."""

    def __init__(self, round_: _Round) -> None:
        self._round, self._place = round_, 0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def settle(self, job: Job) -> Heard:
        """Ask until there is an answer that ends it."""
        started, attempts = time.monotonic(), 0
        while time.monotonic() - started < GIVE_UP_SECONDS:
            attempts += 1
            with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                status, replayed, body = await self._ask(job)
                if status != _UNAVAILABLE and b"signature.before_start" not in body:
                    return Heard(job.key, time.monotonic(), status, body, replayed, attempts)
            self.close()
            self._place += 1
            await asyncio.sleep(AGAIN_SECONDS)
        return Heard(job.key, time.monotonic(), 0, b"", replayed=False, attempts=attempts)

    def close(self) -> None:
        """Drop the connection; the next ask makes a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, job: Job) -> tuple[int, bool, bytes]:
        port = self._round.ports[self._place % len(self._round.ports)]
        async with asyncio.timeout(ANSWER_SECONDS):
            if self._streams is None:
                self._streams = await asyncio.open_connection(HOST, port)
            reader, writer = self._streams
            writer.write(_request(self._round.credential, port, job))
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            at = head.index(b"content-length: ") + len(b"content-length: ")
            body = await reader.readexactly(int(head[at : head.index(b"\r", at)]))
        return int(head[9:12]), b"idempotency-replayed: true" in head, body


def _request(credential: Credential, port: int, job: Job) -> bytes:
    """The job signed anew: a signature is good for one sending."""
    key = job.key.encode()
    stamp = Stamp(int(time.time()), os.urandom(12).hex())
    signed = sign(credential, stamp, Request("POST", job.path, job.body, key))
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    return (
        b"POST %b HTTP/1.1\r\nHost: %b:%d\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\nIdempotency-Key: %b\r\n%b\r\n%b"
        % (job.path, HOST.encode(), port, len(job.body), key, head.encode(), job.body)
    )
