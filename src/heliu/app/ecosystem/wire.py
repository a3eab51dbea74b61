"""The wire between the people and the bank: one pool of connections, timed, and overheard.

A thief listens to it: he keeps the last act that each connection asked for, and may send it again.
"""

import time
from types import TracebackType
from typing import Final, Self

import httpx

from heliu.app.ecosystem.tally import Tally

_SERVICE_UNAVAILABLE: Final = 503
_NAMES: Final = {
    "/v1/documents": "documents",
    "/v1/parties": "documents",
    "/v1/approvals": "documents",
    "/v1/receivables": "receivables",
    "/v1/credit-decisions": "credit_decision",
    "/v1/drawdowns": "drawdown",
    "/v1/payments": "payment",
    "/v1/financings": "financing",
}


class Wire(httpx.BaseTransport):
    """A transport for all clients; each leaves it open when he goes."""

    def __init__(self, tally: Tally) -> None:
        self._tally, self._inner = tally, httpx.HTTPTransport(limits=httpx.Limits())
        self._overheard: dict[str, httpx.Request] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, and note how long the answer took."""
        began = time.perf_counter()
        response = self._inner.handle_request(request)
        response.read()
        what = _NAMES.get(request.url.path)
        if what is not None:
            self._tally.took(what, (time.perf_counter() - began) * 1000)
        if response.status_code == _SERVICE_UNAVAILABLE:
            self._tally.trouble("503, asked again")
        if request.url.path == "/v1/financings":
            self._overheard[request.headers["heliu-key"]] = request
        return response

    def play_again(self, key: str) -> httpx.Response | None:
        """The last financing of a connection, byte for byte; None if none was overheard."""
        heard = self._overheard.get(key)
        if heard is None:
            return None
        again = httpx.Request(heard.method, heard.url, headers=heard.headers, content=heard.read())
        response = self._inner.handle_request(again)
        response.read()
        return response

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        del exc_type, exc_value, traceback
        self._inner.close()
