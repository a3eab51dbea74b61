"""Endpoints, and which facts are addressed to which of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.channels.web.api import parties_of
from heliu.channels.webhooks.domain.delivery import Delivery
from heliu.channels.webhooks.domain.message import payload_of
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact
from heliu.parties.access.api import Connection

MAX_ENDPOINTS: Final = 10
MAX_KINDS: Final = 50
KIND: Final = re.compile(r"[a-z]+\.[a-z_]+\.v[0-9]+")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a connection wants facts of `kinds`; of every kind if it names none."""

    id: UUID
    connection_id: str
    url: str
    kinds: frozenset[str]
    created_at: datetime

    def wants(self, kind: str) -> bool:
        """Whether facts of `kind` are to be sent here."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, slots=True)
class AddEndpoint:
    """An endpoint to be added for `connection`; without `kinds` it gets every kind."""

    connection: Connection
    url: str
    kinds: frozenset[str] = frozenset()


def addressed(
    facts: Iterable[Fact],
    endpoints: Sequence[Endpoint],
    connections: Mapping[str, Connection],
    now: datetime,
) -> list[Delivery]:
    """One delivery per fact and endpoint that wants it and whose connection may know it."""
    return [
        _delivery(fact, endpoint, now)
        for fact in facts
        for endpoint in endpoints
        if endpoint.wants(fact.kind) and connections[endpoint.connection_id].sees(parties_of(fact))
    ]


def _delivery(fact: Fact, endpoint: Endpoint, now: datetime) -> Delivery:
    id_ = derived_id("webhook", str(fact.id), str(endpoint.id))
    return Delivery(id_, endpoint.id, fact.id, fact.kind, payload_of(fact), now, now)
