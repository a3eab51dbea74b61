"""A bank that answers from memory behind the real door, and a caller who signs."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest

from heliu.app.bench.answering import VAULT, AnsweringBank, connection
from heliu.channels.openapi.api import Api, create_api
from heliu.channels.web.api import Limits
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.parties.access.api import (
    Connection,
    Permission,
    Request,
    Stamp,
    credential_of,
    sign,
)
from heliu.parties.party.api import complete_uscc

SUPPLIER = complete_uscc("91350200MA00TRD1")
CORE = complete_uscc("91330100MA00TRD2")
STRANGER = complete_uscc("91330100MA00TRD3")
EVERYTHING = frozenset(Permission)


@dataclass(slots=True)
class Door:
    """The application with its bank, and ways to knock on it."""

    bank: AnsweringBank
    api: Api
    connections: Mapping[str, Connection]
    numbers: "count[int]" = field(default_factory=count)

    def headers(
        self,
        method: str,
        target: str,
        body: bytes,
        *,
        who: str = "supplier",
        key: str = "",
        at: int | None = None,
    ) -> dict[str, str]:
        """The signing headers of one request of `who`."""
        stamp = Stamp(at or int(time.time()), f"nonce-{next(self.numbers):016d}")
        request = Request(method, target.encode(), body, key.encode())
        signed = sign(credential_of(VAULT, self.connections[who]), stamp, request)
        return signed | ({"Idempotency-Key": key} if key else {})

    def ask(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        who: str = "supplier",
        key: str = "",
        **headers: str,
    ) -> httpx.Response:
        """One signed request; `headers` with underscores for hyphens replace what is signed."""
        given = {"content-type": "application/json"} if body else {}
        given |= self.headers(method, target, body, who=who, key=key)
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, target, body, given)

    def send(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        """One request exactly as given."""

        async def sent() -> httpx.Response:
            transport: Any = httpx.ASGITransport(self.api.door)
            async with httpx.AsyncClient(transport=transport, base_url="http://bank") as client:
                return await client.request(method, target, content=body, headers=dict(headers))

        return asyncio.run(sent())


@pytest.fixture(scope="session")
def knock(_shared: Database) -> Callable[..., Door]:
    """A new door; limits may be given."""

    def made(limits: Limits | None = None) -> Door:
        clock = SystemClock()
        granted = {
            "supplier": (SUPPLIER, EVERYTHING),
            "core": (CORE, EVERYTHING),
            "stranger": (STRANGER, EVERYTHING),
            "bank": (None, EVERYTHING),
            "second": (None, EVERYTHING),
            "reader": (SUPPLIER, frozenset({Permission.ACTS_READ})),
            "clerk": (CORE, frozenset({Permission.DOCUMENTS_WRITE})),
        }
        issued = {
            name: connection(name, party, permissions, clock)
            for name, (party, permissions) in granted.items()
        }
        bank = AnsweringBank(_shared, tuple(issued.values()), clock)
        return Door(bank, create_api(bank, limits=limits or Limits()), issued)

    return made


@pytest.fixture
def door(knock: Callable[..., Door]) -> Door:
    """A new door."""
    return knock()
