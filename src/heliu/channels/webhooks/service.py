"""Use cases of the webhooks desk: endpoints, what is addressed to them, and sending it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from heliu.channels.web.api import no
from heliu.channels.webhooks import errors, store
from heliu.channels.webhooks.domain.address import is_inner_name, is_literal, is_public, place_of
from heliu.channels.webhooks.domain.delivery import Attempt, Delivery
from heliu.channels.webhooks.domain.endpoint import (
    KIND,
    MAX_ENDPOINTS,
    MAX_KINDS,
    AddEndpoint,
    Endpoint,
    addressed,
)
from heliu.channels.webhooks.domain.message import TEST_KIND, payload_of
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.outbox import Fact, Mark, facts_between, is_settled, mark
from heliu.parties.access.api import Connection, Vault, connections

PAGE: Final = 2000
_EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """A delivery in a list: its number (younger is higher) and its last attempt, if any."""

    number: int
    delivery: Delivery
    last: Attempt | None


def add_endpoint(
    tx: Tx, actor: Actor, command: AddEndpoint, allow: frozenset[str], now: datetime
) -> Endpoint:
    """Add an endpoint; the same one again (connection, URL, kinds) is the one there is.

    It gets what is told from now on; a fact of the last moments before may come too. `allow` lists
    places (`host` or `host:port`) that may be private and without TLS. Raises Refusal
    `webhook.url_invalid`, `.url_insecure`, `.host_not_public`, `.kinds_invalid` or `.too_many`.
    """
    if refusal := _unfit(command, allow):
        raise refusal
    connection_id = command.connection.id
    store.lock_owner(tx, connection_id)
    owned = endpoints_of(tx, command.connection)
    for known in owned:
        if (known.url, known.kinds) == (command.url, command.kinds):
            return known
    if len(owned) >= MAX_ENDPOINTS:
        raise errors.too_many()
    endpoint = Endpoint(uuid7(now), connection_id, command.url, command.kinds, now)
    store.add_endpoint(tx, actor, endpoint)
    return endpoint


def remove_endpoint(
    tx: Tx, actor: Actor, connection: Connection, endpoint_id: UUID, now: datetime
) -> None:
    """Remove an endpoint; what was due to it is not sent. Raises Refusal `resource.unknown`."""
    store.remove(tx, actor, endpoint_of(tx, connection, endpoint_id).id, now)


def endpoints_of(tx: Tx, connection: Connection) -> list[Endpoint]:
    """The connection's endpoints, in order of creation."""
    return [e for e in store.endpoints(tx) if e.connection_id == connection.id]


def endpoint_of(tx: Tx, connection: Connection, endpoint_id: UUID) -> Endpoint:
    """That endpoint of the connection. Raises Refusal `resource.unknown`."""
    for endpoint in endpoints_of(tx, connection):
        if endpoint.id == endpoint_id:
            return endpoint
    raise no("resource.unknown")


def deliveries_of(
    tx: Tx, endpoint: Endpoint, before: int | None = None, limit: int = 50
) -> list[Listed]:
    """Up to `limit` deliveries of the endpoint numbered below `before`, youngest first."""
    return [Listed(*row) for row in store.deliveries(tx, endpoint.id, before, limit)]


def replay_delivery(tx: Tx, endpoint: Endpoint, delivery_id: UUID, now: datetime) -> None:
    """Send one delivery again, under its id. Raises Refusal `resource.unknown`."""
    if not store.replay(tx, endpoint.id, _EVER, now, delivery_id):
        raise no("resource.unknown")


def replay_since(tx: Tx, endpoint: Endpoint, since: datetime, now: datetime) -> int:
    """Send all deliveries created at or after `since` again, under their ids; how many."""
    return store.replay(tx, endpoint.id, since, now, None)


def send_test(tx: Tx, endpoint: Endpoint, now: datetime) -> Delivery:
    """Have a message of kind `webhooks.test.v1` sent, whatever kinds the endpoint wants."""
    id_ = uuid7(now)
    payload = payload_of(Fact(id_, TEST_KIND, {"endpoint": str(endpoint.id)}, now))
    delivery = Delivery(id_, endpoint.id, None, TEST_KIND, payload, now, now)
    store.add(tx, [delivery])
    return delivery


def hear(tx: Tx, now: datetime, known: Mark | None) -> Mark | None:
    """Make deliveries of the facts that are settled, up to a page; the mark for the next hearing.

    Bring the mark that the hearing before answered (None at first). `tx` must be fresh: nothing
    written in it before. A fact is passed over only when no older one can still appear, so none is
    ever skipped; a writer that takes long delays what came after it. One transaction hears at a
    time: another meanwhile does nothing.
    """
    if not store.hearer(tx):
        return known
    position = store.cursor(tx)
    if known is None or known.position <= position:
        return mark(tx, position)
    if not is_settled(tx, known):
        return known
    endpoints = live_endpoints(tx, now)
    page = facts_between(tx, position, known.position, PAGE) if endpoints else []
    full = len(page) == PAGE
    reached = page[-1][0] if full else known.position
    following = known if full else mark(tx, reached)
    by_id = {connection.id: connection for connection in connections(tx)}
    store.add(tx, addressed([fact for _, fact in page], endpoints, by_id, now))
    store.move_cursor(tx, reached)
    return following


def live_endpoints(tx: Tx, now: datetime) -> list[Endpoint]:
    """The endpoints whose connection may call at `now`: the others are sent nothing."""
    endpoints = store.endpoints(tx)
    if not endpoints:
        return []
    live = {connection.id for connection in connections(tx) if connection.live(now)}
    return [endpoint for endpoint in endpoints if endpoint.connection_id in live]


def secret_of(vault: Vault, endpoint_id: UUID) -> bytes:
    """The 32 bytes an endpoint's messages are signed with."""
    return vault.secret_of("webhook", str(endpoint_id))


def host_unfit(host: str, addresses: Sequence[str]) -> Refusal | None:
    """Why a host that resolves to `addresses` is refused; None if all of them are public."""
    return None if all(map(is_public, addresses)) else errors.host_not_public(host)


def _unfit(command: AddEndpoint, allow: frozenset[str]) -> Refusal | None:
    kinds = command.kinds
    if len(kinds) > MAX_KINDS or not all(KIND.fullmatch(kind) for kind in kinds):
        return errors.kinds_invalid()
    place = place_of(command.url)
    if place is None:
        return errors.url_invalid()
    if place.listed_as & allow:
        return None
    if place.scheme != "https":
        return errors.url_insecure()
    if is_literal(place.host):
        return host_unfit(place.host, [place.host])
    return errors.host_not_public(place.host) if is_inner_name(place.host) else None
