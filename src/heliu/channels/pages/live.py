"""Live: facts of the outbox as server-sent events, resumed by position without loss or repetition.

An event's id is its position in the outbox, so a browser that comes back names the last one it saw
and reads on from the table, whichever process answers. One thread looks into the outbox for all.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from heliu.channels.pages.reading import Asked
from heliu.channels.web.api import parties_of
from heliu.ground.db import Database
from heliu.ground.errors import Outage
from heliu.ground.outbox import Fact, Mark, facts_between, is_settled, mark
from heliu.parties.identity.api import Right, Session

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.2
SOON_SECONDS: Final = 0.02
BEAT_SECONDS: Final = 2.0
TROUBLE_SECONDS: Final = 2.0
RETRY_MS: Final = 1000
AT_ONCE: Final = 500
WATCHERS: Final = 512
_MAX_POSITION_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class _Told:
    position: int
    fact: Fact


class Live:
    """Watches the outbox and wakes whoever streams; start it, close it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="live", daemon=True)
        self._settled = 0
        self._looked = threading.Event()
        self._watchers: dict[object, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    @property
    def position(self) -> int:
        """Up to where everything told is visible to every reader."""
        return self._settled

    def close(self) -> None:
        """Stop looking; every stream ends, and its browser comes back to another process."""
        self._stop.set()
        self._looked.set()
        self._thread.join()
        self._wake()

    async def stream(self, head: Asked, session: Session, receive: Any, send: Any) -> None:
        """Send what is told from where the browser was, until it goes or the process does."""
        if len(self._watchers) >= WATCHERS:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        kinds = frozenset(filter(None, head.query.get("topics", "").split(",")))
        position = _position(head.headers.get("last-event-id") or head.query.get("after"))
        if position is None:
            await asyncio.to_thread(self._looked.wait)
            position = self._settled
        more, me = asyncio.Event(), object()
        self._watchers[me] = (asyncio.get_running_loop(), more)
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send(_START)
            await send(
                _part(b"retry: %d\nid: %d\nevent: hello\ndata: {}\n\n" % (RETRY_MS, position))
            )
            while not (gone.done() or self._stop.is_set()):
                position = await self._send_from(position, session, kinds, send)
                more.clear()
                if position >= self._settled:
                    await _either(more, gone)
        finally:
            del self._watchers[me]
            gone.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _send_from(
        self, position: int, session: Session, kinds: frozenset[str], send: Any
    ) -> int:
        """Send what was told after `position`; returns where the next look begins."""
        until = self._settled
        if position >= until:
            await send(_part(b"event: beat\ndata: {}\n\n"))
            return position
        told = await asyncio.to_thread(self._read, position, until)
        for one in told:
            if may_know(session, one.fact) and (not kinds or topic(one.fact) in kinds):
                await send(_part(_event(one)))
        return told[-1].position if len(told) == AT_ONCE else until

    def _read(self, after: int, until: int) -> Sequence[_Told]:
        with self._database.transaction() as tx:
            return [_Told(*row) for row in facts_between(tx, after, until, AT_ONCE)]

    def _look(self) -> None:
        known: Mark | None = None
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                known = self._step(known)
                pause = SOON_SECONDS if known else LOOK_SECONDS
            except (Outage, psycopg.Error) as error:
                log.warning("live waits: %s", type(error).__name__)
                pause = TROUBLE_SECONDS

    def _step(self, known: Mark | None) -> Mark | None:
        """One look: a mark is taken, and once it is settled all watchers are woken."""
        with self._database.transaction() as tx:
            if known is None:
                known = mark(tx, self._settled)
                if known is None:
                    self._looked.set()
                return known
            if not is_settled(tx, known):
                return known
        self._settled = known.position
        self._looked.set()
        self._wake()
        return None

    def _wake(self) -> None:
        for loop, more in list(self._watchers.values()):
            loop.call_soon_threadsafe(more.set)


def topic(fact: Fact) -> str:
    """What a page listens for: the fact's kind without its version."""
    return fact.kind.rpartition(".v")[0] or fact.kind


def may_know(session: Session, fact: Fact) -> bool:
    """Whether the visitor may know that this happened.

    People of the bank with the wall see all; an enterprise sees facts that name it as a party.
    """
    if Right.WALL_READ in session.rights:
        return True
    party = session.party
    return party is not None and party in parties_of(fact)


def _event(one: _Told) -> bytes:
    at = one.fact.occurred_at.isoformat()
    data = json.dumps({"kind": one.fact.kind, "at": at, "id": str(one.fact.id)})
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (
        one.position,
        topic(one.fact).encode(),
        data.encode(),
    )


def _position(said: str | None) -> int | None:
    if said and said.isascii() and said.isdigit() and len(said) <= _MAX_POSITION_DIGITS:
        return int(said)
    return None


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _either(more: asyncio.Event, gone: "asyncio.Future[None]") -> None:
    waits = asyncio.ensure_future(more.wait())
    both: set[asyncio.Future[Any]] = {waits, gone}
    await asyncio.wait(both, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waits.cancel()


_START: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ],
}


def _part(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}
