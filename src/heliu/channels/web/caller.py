"""Who calls, and what a route asks of him: a permission by name, or nothing because it is public.

A route without either is refused when the application is built: default deny.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from fastapi.routing import APIRoute
from starlette.requests import Request

from heliu.ground.actor import Actor
from heliu.ground.errors import Fault
from heliu.parties.access.api import Connection, Permission, require

CALLER: Final = "heliu.caller"
JSON_BYTES: Final = 2**20
_PUBLIC: Final = "__heliu_public__"
_TAKES: Final = "__heliu_takes__"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Takes:
    """What a route takes as its body: at most `body_bytes`; JSON, or whatever is sent (`raw`)."""

    body_bytes: int = JSON_BYTES
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """The connection whose signature was proven, and the name its acts stand under."""

    connection: Connection
    actor: Actor

    @classmethod
    def of(cls, connection: Connection) -> "Caller":
        """The caller of a proven connection."""
        return cls(connection, Actor(f"key:{connection.id}"))

    @property
    def party(self) -> str | None:
        """USCC of the party the connection speaks for; None for the bank itself."""
        return self.connection.party_uscc

    def require(self, permission: Permission) -> None:
        """Raise Refusal `permission.denied` (403) unless the connection has `permission`."""
        require(self.connection, permission)

    def sees(self, *parties: str | None) -> bool:
        """Whether this caller may see what concerns `parties`: the bank sees all."""
        return self.party is None or self.party in parties


@dataclass(frozen=True, slots=True)
class Permitted:
    """A FastAPI dependency: the caller, if he has the permission."""

    permission: Permission

    async def __call__(self, request: Request) -> Caller:
        """The proven caller. Raises Refusal `permission.denied`."""
        caller: Caller = request.scope[CALLER]
        caller.require(self.permission)
        return caller


def permitted(permission: Permission) -> Permitted:
    """What a route of a channel depends on: `Annotated[Caller, Depends(permitted(...))]`."""
    return Permitted(permission)


def public(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint as open to everybody: no signature, no caller."""
    setattr(endpoint, _PUBLIC, True)
    return endpoint


def takes(what: Takes) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint with the body it takes; unmarked it takes JSON of up to JSON_BYTES."""

    def marked(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _TAKES, what)
        return endpoint

    return marked


def taken_by(route: APIRoute) -> Takes:
    """What the route takes as its body."""
    found: Takes = getattr(route.endpoint, _TAKES, Takes())
    return found


def is_public(route: APIRoute) -> bool:
    """Whether the route was marked as open to everybody."""
    marked: bool = getattr(route.endpoint, _PUBLIC, False)
    return marked


def permission_of(route: APIRoute) -> Permission | None:
    """What the route asks; None for a public one. Raises Fault if it asks nothing."""
    asked = [
        d.call.permission for d in route.dependant.dependencies if isinstance(d.call, Permitted)
    ]
    if is_public(route) == bool(asked):
        raise Fault(f"{route.path} names no permission and is not public, or is both")
    return asked[0] if asked else None
