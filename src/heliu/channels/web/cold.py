"""The cold application: FastAPI behind the door, with the house's problems and default deny."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from heliu.channels.web.caller import is_public, permission_of, taken_by
from heliu.channels.web.catalogue import no
from heliu.channels.web.door import Cold, reply_to
from heliu.channels.web.language import language_of
from heliu.channels.web.places import OTHER, WORDS, pointer
from heliu.channels.web.problem import Invalid, Place
from heliu.ground.errors import Fault, Outage, Refusal

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_BY_STATUS: Final = {
    HTTPStatus.BAD_REQUEST: "http.malformed",
    HTTPStatus.NOT_FOUND: "http.unknown_route",
    HTTPStatus.METHOD_NOT_ALLOWED: "http.method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "http.too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "http.unsupported_media",
}


def cold_application(routers: Sequence[APIRouter], lifespan: Lifespan | None = None) -> FastAPI:
    """FastAPI over `routers`, without pages of its own. Its errors are problems."""
    app = FastAPI(
        title="Heliu 合流",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    for router in routers:
        app.include_router(router)
    for kind in (Refusal, Outage, Fault, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _problem)
    return app


def cold_routes(routers: Sequence[APIRouter]) -> list[Cold]:
    """The routes of `routers` as the door knows them. Raises Fault for one that asks nothing."""
    found = [route for router in routers for route in router.routes]
    routes = [route for route in found if isinstance(route, APIRoute)]
    assert len(routes) == len(found), "a channel's router holds plain API routes only"
    assert all(permission_of(route) or is_public(route) for route in routes)
    return [
        Cold(route.path_regex, frozenset(route.methods or ()), is_public(route), taken_by(route))
        for route in routes
    ]


async def _problem(request: Request, error: Exception) -> Response:
    told = _told(error)
    language = language_of(request.headers.get("accept-language", ""))
    reply = reply_to(told, language, request.url.path)
    response = Response(reply.body, reply.status)
    response.raw_headers = list(reply.headers)
    return response


def _told(error: Exception) -> Exception:
    if isinstance(error, RequestValidationError):
        return Invalid([_place(one) for one in error.errors()])
    if isinstance(error, HTTPException):
        code = _BY_STATUS.get(HTTPStatus(error.status_code), "http.malformed")
        return no(code)
    return error


def _place(error: dict[str, Any]) -> Place:
    where, *steps = error["loc"]
    return Place(str(where), pointer(steps), WORDS.get(error["type"], OTHER))
