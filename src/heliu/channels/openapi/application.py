"""The whole open API as one ASGI application: the door, the hot routes, the cold ones, the page."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI

from heliu.channels.openapi.acquisition import acquisition_routes
from heliu.channels.openapi.acts import hot_routes
from heliu.channels.openapi.document import api_document
from heliu.channels.openapi.documents import documents
from heliu.channels.openapi.pages import pages
from heliu.channels.openapi.programmes import programme_routes
from heliu.channels.openapi.reads import health, reads
from heliu.channels.web.api import Bank, Door, Limits, cold_application, cold_routes

# Threads of the cold routes; each read may hold one connection of the database.
_READERS: Final = 16
_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Api:
    """The application, and what it is made of: for those who describe or inspect it."""

    door: Door
    routers: tuple[APIRouter, ...]
    document: dict[str, Any]


def create_app(bank: Bank, others: Sequence[APIRouter] = (), *, limits: Limits = _LIMITS) -> Door:
    """The open API on `bank`, with the routers of other desks. Raises Fault for an open route."""
    return create_api(bank, others, limits=limits).door


def create_api(bank: Bank, others: Sequence[APIRouter] = (), *, limits: Limits = _LIMITS) -> Api:
    """As `create_app`, with the document and the routers in hand."""
    described = (
        reads(bank),
        documents(bank),
        programme_routes(bank),
        acquisition_routes(bank),
        *others,
        health(bank),
    )
    plain = cold_application(described)
    document = api_document(plain, described)
    routers = (*described, pages(document))
    cold = cold_application(routers, _few_threads)
    return Api(Door(bank, hot_routes(bank), cold, cold_routes(routers), limits), routers, document)


@asynccontextmanager
async def _few_threads(app: FastAPI) -> AsyncIterator[None]:
    del app
    current_default_thread_limiter().total_tokens = _READERS
    yield
