"""The courier: hears the outbox and carries what is due, each endpoint at its own pace.

It runs in a thread of its own with a small event loop inside. A slow or dead endpoint holds up
nobody but itself: its messages wait in a task of their own while the others go on.
"""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Final
from uuid import UUID

import psycopg

from heliu.channels.webhooks import store
from heliu.channels.webhooks.domain.delivery import AT_ONCE, Attempt, Delivery, Fault, Health, after
from heliu.channels.webhooks.domain.endpoint import Endpoint
from heliu.channels.webhooks.domain.message import signed_headers
from heliu.channels.webhooks.service import hear, live_endpoints, secret_of
from heliu.channels.webhooks.wire import DEADLINE_SECONDS, Resolve, Wire, resolve
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import Clock
from heliu.ground.db import Database
from heliu.ground.errors import Outage
from heliu.ground.outbox import Mark
from heliu.parties.access.api import Vault

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 0.2
SOON_SECONDS: Final = 0.05  # while facts wait to be settled, and somebody for them
OUTAGE_SECONDS: Final = 2.0
# Longer than any attempt: what a killed courier held is taken up again after it.
LEASE: Final = timedelta(seconds=60)
# Look-ups block their thread; a partner's dead name server holds up no other partner's.
RESOLVING: Final = 64
_CHANCES: Final = 1 << 20
# The database is away, or chose this transaction to end a deadlock: what was claimed comes again.
TROUBLE: Final = (Outage, psycopg.OperationalError)

Attempted = tuple[Delivery, Attempt]


@dataclass(frozen=True, slots=True)
class Ways:
    """How the courier goes: places allowed to be private, its resolver, chance and deadline."""

    allow: frozenset[str] = frozenset()
    resolver: Resolve = resolve
    deadline_seconds: float = DEADLINE_SECONDS
    chance: random.Random = field(default_factory=random.Random)

    def wire(self) -> Wire:
        """A wire of these ways."""
        return Wire(self.allow, resolver=self.resolver, deadline_seconds=self.deadline_seconds)


class Courier:
    """Carries facts to endpoints. One thread uses it; several processes may each have one."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault, ways: Ways | None = None
    ) -> None:
        self._database, self._clock, self._vault = database, clock, vault
        self._ways = ways or Ways()
        self._mark: Mark | None = None
        self._health: dict[UUID, Health] = defaultdict(Health)
        self._busy: set[UUID] = set()
        self._has_endpoints = False
        self._more = asyncio.Event()  # an endpoint took all it is given at once: there may be more

    def run(self, stop: Event) -> None:
        """Hear and deliver until `stop` is set; what is on its way then is finished first."""
        asyncio.run(self._run(stop))

    def hear(self) -> None:
        """Make deliveries of what the outbox has settled since the hearing before."""
        with self._database.transaction() as tx:
            heard = hear(tx, self._clock.now(), self._mark)
        self._mark = heard

    def deliver_due(self) -> list[Attempted]:
        """Send what is due now, once each, and record it; each delivery as it is after that."""
        return asyncio.run(self._once())

    async def _once(self) -> list[Attempted]:
        async with self._ways.wire() as wire:
            rounds = [self._serve(wire, *errand) for errand in self._take_up()]
            return [attempted for done in await asyncio.gather(*rounds) for attempted in done]

    async def _run(self, stop: Event) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(RESOLVING, "resolve"))
        async with self._ways.wire() as wire, asyncio.TaskGroup() as tasks:
            while not stop.is_set():
                try:
                    self.hear()
                    for errand in self._take_up():
                        tasks.create_task(self._serve(wire, *errand))
                    hurried = self._mark is not None and self._has_endpoints
                    pause = SOON_SECONDS if hurried else PAUSE_SECONDS
                except TROUBLE as error:
                    log.warning("webhooks wait: %s", type(error).__name__)
                    pause = OUTAGE_SECONDS
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._more.wait()
                self._more.clear()

    def _take_up(self) -> list[tuple[Endpoint, list[Delivery]]]:
        """Claim what is due for endpoints that are not being served, and mark them as served."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            live = live_endpoints(tx, now)
            self._has_endpoints = bool(live)
            endpoints = {e.id: e for e in live if e.id not in self._busy}
            shares = {id_: self._health[id_].share(now) for id_ in endpoints}
            asked = {id_: share for id_, share in shares.items() if share}
            claimed = store.claim(tx, asked, now, now + LEASE) if asked else []
        found: dict[UUID, list[Delivery]] = defaultdict(list)
        for delivery in claimed:
            found[delivery.endpoint_id].append(delivery)
        self._busy |= found.keys()
        return [(endpoints[id_], deliveries) for id_, deliveries in found.items()]

    async def _serve(
        self, wire: Wire, endpoint: Endpoint, deliveries: Sequence[Delivery]
    ) -> list[Attempted]:
        """Send one endpoint what it is due, side by side, and record what came of it."""
        assert len(deliveries) <= AT_ONCE, "an endpoint is not flooded"
        try:
            attempts = await asyncio.gather(*(self._send(wire, endpoint, d) for d in deliveries))
            attempted = [
                (after(delivery, attempt, self._chance()), attempt)
                for delivery, attempt in zip(deliveries, attempts, strict=True)
            ]
            self._health[endpoint.id] = self._health[endpoint.id].after(attempts, self._chance())
            self._record(endpoint, attempted)
        except TROUBLE:
            log.warning("what endpoint %s answered could not be recorded", endpoint.id)
            return []
        finally:
            self._busy.discard(endpoint.id)
            if len(deliveries) == AT_ONCE:
                self._more.set()
        return attempted

    async def _send(self, wire: Wire, endpoint: Endpoint, delivery: Delivery) -> Attempt:
        sent_at, began = self._clock.now(), asyncio.get_running_loop().time()
        secret = secret_of(self._vault, endpoint.id)
        stamp = int(sent_at.timestamp())
        headers = signed_headers(secret, delivery.message_id, stamp, delivery.payload)
        answer = await wire.post(endpoint.url, headers, delivery.payload.encode())
        took = timedelta(seconds=asyncio.get_running_loop().time() - began)
        if isinstance(answer, Fault):
            return Attempt(sent_at, took, fault=answer)
        return Attempt(sent_at, took, answer)

    def _record(self, endpoint: Endpoint, attempted: Sequence[Attempted]) -> None:
        with self._database.transaction() as tx:
            store.record(tx, attempted)
            if any(attempt.gone for _, attempt in attempted):
                store.remove(tx, SYSTEM, endpoint.id, self._clock.now())

    def _chance(self) -> Decimal:
        return Decimal(self._ways.chance.randrange(_CHANCES)) / _CHANCES
