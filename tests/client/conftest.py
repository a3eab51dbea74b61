"""A client whose transport is the application itself, in this process."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from heliu.app.bench.answering import VAULT, AnsweringBank, connection
from heliu.channels.openapi.api import Api, create_api
from heliu.client import Client, Options
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.parties.access.api import Connection, Permission, credential_of

SUPPLIER, BUYER = "91350200MA00TRD1XC", "91330100MA00TRD28Y"

Trouble = Callable[[httpx.Request], httpx.Response | None]


class InProcess(httpx.BaseTransport):
    """Hands requests to the application; `troubles` come first, one a request."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.requests: list[httpx.Request] = []
        self.troubles: list[Trouble] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.troubles and (answer := self.troubles.pop(0)(request)) is not None:
            return answer
        return asyncio.run(self._asked(request))

    async def _asked(self, request: httpx.Request) -> httpx.Response:
        door: Any = self.api.door
        body = request.read()
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = await httpx.ASGITransport(door).handle_async_request(asked)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


@dataclass(slots=True)
class Reached:
    """A bank, the way to it, and how long the client slept."""

    bank: AnsweringBank
    api: Api
    way: InProcess
    connections: dict[str, Connection]
    slept: list[float] = field(default_factory=list)

    def client(self, who: str = "supplier", **options: Any) -> Client:
        credential = credential_of(VAULT, self.connections[who])
        return Client(
            "http://bank",
            key=credential.key,
            secret=credential.secret,
            options=Options(sleep=self.slept.append, **options),
            transport=self.way,
        )


@pytest.fixture
def reached(_shared: Database) -> Reached:
    """A bank in this process, and ways to be its client."""
    clock = SystemClock()
    issued = {
        "supplier": connection("supplier", SUPPLIER, frozenset(Permission), clock),
        "buyer": connection("buyer", BUYER, frozenset(Permission), clock),
        "bank": connection("bank", None, frozenset(Permission), clock),
        "second": connection("second", None, frozenset(Permission), clock),
    }
    bank = AnsweringBank(_shared, tuple(issued.values()), clock)
    api = create_api(bank)
    return Reached(bank, api, InProcess(api), issued)
