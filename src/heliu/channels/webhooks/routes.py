"""Routes over which a connection manages its endpoints; each sees its own and no other's."""

import asyncio
from contextlib import suppress
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool

from heliu.channels.web.api import Bank, Caller, permitted
from heliu.channels.webhooks import errors
from heliu.channels.webhooks.courier import Ways
from heliu.channels.webhooks.domain.address import place_of
from heliu.channels.webhooks.domain.endpoint import AddEndpoint, Endpoint
from heliu.channels.webhooks.domain.message import secret_text
from heliu.channels.webhooks.service import (
    add_endpoint,
    deliveries_of,
    endpoint_of,
    endpoints_of,
    host_unfit,
    remove_endpoint,
    replay_delivery,
    replay_since,
    secret_of,
    send_test,
)
from heliu.channels.webhooks.views import (
    DeliveriesView,
    EndpointBody,
    EndpointsView,
    EndpointView,
    NewEndpointView,
    ReplayBody,
    ReplayedView,
    TestView,
    deliveries_view,
    endpoint_view,
)
from heliu.channels.webhooks.wire import Unresolved
from heliu.parties.access.api import Permission

PAGE: Final = 50
MAX_PAGE: Final = 500
_MAX_NUMBER: Final = 2**63 - 1
_RESOLVE_SECONDS: Final = 2.0

Manager = Annotated[Caller, Depends(permitted(Permission.WEBHOOKS_MANAGE))]
Before = Annotated[
    int | None, Query(ge=1, le=_MAX_NUMBER, description="`next` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


def webhook_routes(bank: Bank, ways: Ways) -> APIRouter:
    """The routes, on this bank; `ways` are those of its courier."""
    router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
    _endpoints(router, bank, ways)
    _deliveries(router, bank)
    return router


def _endpoints(router: APIRouter, bank: Bank, ways: Ways) -> None:
    @router.post("", status_code=201, operation_id="addWebhook", openapi_extra=_zh("新增通知端点"))
    async def add(body: EndpointBody, caller: Manager) -> NewEndpointView:
        """Have facts sent to an endpoint.

        You get what is told from now on and concerns your party. The same endpoint again is the
        one there is.
        """
        await _check_host(body.url, ways)
        command = AddEndpoint(caller.connection, body.url, frozenset(body.kinds))
        endpoint = await run_in_threadpool(_add, bank, caller, command, ways.allow)
        secret = secret_text(secret_of(bank.keyring.vault, endpoint.id))
        return NewEndpointView(**endpoint_view(endpoint).model_dump(), secret=secret)

    @router.get("", operation_id="listWebhooks", openapi_extra=_zh("列出通知端点"))
    def listed(caller: Manager) -> EndpointsView:
        """List your endpoints."""
        with bank.database.transaction() as tx:
            found = endpoints_of(tx, caller.connection)
        return EndpointsView(endpoints=[endpoint_view(endpoint) for endpoint in found])

    @router.get("/{id}", operation_id="getWebhook", openapi_extra=_zh("读取通知端点"))
    def one(id: UUID, caller: Manager) -> EndpointView:
        """Read one of your endpoints."""
        with bank.database.transaction() as tx:
            return endpoint_view(endpoint_of(tx, caller.connection, id))

    @router.delete(
        "/{id}", status_code=204, operation_id="removeWebhook", openapi_extra=_zh("删除通知端点")
    )
    def remove(id: UUID, caller: Manager) -> None:
        """Remove an endpoint; what was still due to it is not sent."""
        with bank.database.transaction() as tx:
            remove_endpoint(tx, caller.actor, caller.connection, id, bank.clock.now())


def _deliveries(router: APIRouter, bank: Bank) -> None:
    @router.get(
        "/{id}/deliveries", operation_id="listDeliveries", openapi_extra=_zh("列出投递记录")
    )
    def listed(
        id: UUID,
        caller: Manager,
        before: Before = None,
        limit: Limit = PAGE,
    ) -> DeliveriesView:
        """List what was and is to be sent to an endpoint, youngest first."""
        with bank.database.transaction() as tx:
            endpoint = endpoint_of(tx, caller.connection, id)
            return deliveries_view(deliveries_of(tx, endpoint, before, limit), limit)

    @router.post(
        "/{id}/replay", status_code=202, operation_id="replayWebhook", openapi_extra=_zh("重新投递")
    )
    def replay(id: UUID, body: ReplayBody, caller: Manager) -> ReplayedView:
        """Send one delivery, or all created since an instant, again under the same webhook-id."""
        if (body.delivery is None) == (body.since is None):
            raise errors.replay_unclear()
        now = bank.clock.now()
        with bank.database.transaction() as tx:
            endpoint = endpoint_of(tx, caller.connection, id)
            if body.since is not None:
                return ReplayedView(due=replay_since(tx, endpoint, body.since, now))
            assert body.delivery is not None, "one of the two is given"
            replay_delivery(tx, endpoint, body.delivery, now)
        return ReplayedView(due=1)

    @router.post(
        "/{id}/test", status_code=202, operation_id="testWebhook", openapi_extra=_zh("发送测试通知")
    )
    def test(id: UUID, caller: Manager) -> TestView:
        """Have a test message sent; its delivery shows what came of it."""
        with bank.database.transaction() as tx:
            endpoint = endpoint_of(tx, caller.connection, id)
            return TestView(delivery=send_test(tx, endpoint, bank.clock.now()).id)


def _add(bank: Bank, caller: Caller, command: AddEndpoint, allow: frozenset[str]) -> Endpoint:
    with bank.database.transaction() as tx:
        return add_endpoint(tx, caller.actor, command, allow, bank.clock.now())


async def _check_host(url: str, ways: Ways) -> None:
    """Refuse at once what resolves to an inner address; what does not resolve is tried later."""
    place = place_of(url)
    if place is None or place.listed_as & ways.allow:
        return
    addresses = []
    with suppress(Unresolved, TimeoutError):
        async with asyncio.timeout(_RESOLVE_SECONDS):
            addresses = list(await ways.resolver(place.host, place.port))
    if refusal := host_unfit(place.host, addresses):
        raise refusal


def _zh(summary: str) -> dict[str, Any]:
    return {"x-zh": {"summary": summary}}
