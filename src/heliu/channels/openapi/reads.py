"""Routes that read back: receivables with what is available on them, and each act as answered."""

from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from heliu.channels.openapi.acts import PATHS
from heliu.channels.openapi.views import HealthView
from heliu.channels.web.api import Bank, Caller, Health, no, permitted, public
from heliu.credit.instants.api import ActKind
from heliu.parties.access.api import Permission

PAGE: Final = 100
MAX_PAGE: Final = 1000
Reader = Annotated[Caller, Depends(permitted(Permission.ACTS_READ))]


def reads(bank: Bank) -> APIRouter:
    """The routes, on this bank."""
    router = APIRouter(prefix="/v1", tags=["acts"])

    @router.get("/receivables", operation_id="listReceivables")
    def receivables(
        caller: Reader,
        after: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = PAGE,
    ) -> Response:
        """List your receivables, with what is available on each now."""
        with bank.database.transaction() as tx:
            found = bank.reads.receivables(tx, caller.party, after, limit)
        more = f'"{found[-1][0]}"' if len(found) == limit else "null"
        listed = b",".join(body for _, body in found)
        return _json(b'{"receivables":[%b],"next":%b}' % (listed, more.encode()))

    @router.get("/receivables/{id}", operation_id="getReceivable")
    def receivable(id: UUID, caller: Reader) -> Response:
        """Read one receivable, with what is available on it now."""
        with bank.database.transaction() as tx:
            return _found(bank.reads.receivable(tx, id, caller.party))

    for kind, path in PATHS.items():
        _add(router, bank, kind, path.removeprefix("/v1"))
    return router


def health(bank: Bank) -> APIRouter:
    """The one route that everybody may ask: whether this process can act."""
    router = APIRouter(tags=["service"])

    @router.get("/health", operation_id="getHealth")
    @public
    def answer(response: Response) -> HealthView:
        """Say whether this process is ready, standing by, or without its database (503)."""
        state = bank.health()
        response.status_code = 200 if state is Health.READY else 503
        return HealthView(status=state.value)

    return router


def _add(router: APIRouter, bank: Bank, kind: ActKind, path: str) -> None:
    def get(id: UUID, caller: Reader) -> Response:
        with bank.database.transaction() as tx:
            return _found(bank.reads.act(tx, kind, id, caller.party))

    words = kind.value.replace("_", " ")
    get.__doc__ = f"Read one {words} of yours, as it was answered."
    name = "get" + words.title().replace(" ", "")
    route: Callable[[Callable[..., Response]], object] = router.get(
        path + "/{id}", operation_id=name
    )
    route(get)


def _found(body: bytes | None) -> Response:
    if body is None:
        raise no("resource.unknown")
    return _json(body)


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
