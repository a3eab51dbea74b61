"""The API's own page and document: static, from this package, nothing from any other origin."""

from importlib.resources import files
from typing import Any, Final

from fastapi import APIRouter, Response

from heliu.channels.web.api import encode, public

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FILES: Final = {
    "/docs": ("page.html", "text/html; charset=utf-8"),
    "/docs/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/docs/page.css": ("page.css", "text/css; charset=utf-8"),
}


def pages(document: dict[str, Any]) -> APIRouter:
    """The page and the document it shows."""
    router = APIRouter(include_in_schema=False)
    for path, (name, kind) in _FILES.items():
        _add(router, path, files(__package__).joinpath("page", name).read_bytes(), kind)
    whole = encode(document)

    @router.get("/openapi.json")
    @public
    def openapi() -> Response:
        """The OpenAPI 3.1 document."""
        return Response(whole, media_type="application/json", headers=_HEADERS)

    return router


def _add(router: APIRouter, path: str, body: bytes, kind: str) -> None:
    @router.get(path)
    @public
    def page() -> Response:
        return Response(body, media_type=kind, headers=_HEADERS)
