"""A visitor without a browser: asks, keeps his cookie, fills in the forms he is shown, walks links.

He sends what a browser sends (`Sec-Fetch-Site`, `Origin`, `Accept-Encoding`), so that what is
refused is refused for the reason under test.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import httpx
from lxml import html

from heliu.channels.pages.api import Route

MOST_OF_A_ROUTE = 3
_HOPS = 5


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on a page: where it goes, and its fields as they are filled in."""

    action: str
    fields: Mapping[str, str]

    def filled(self, **values: str) -> "Form":
        """The same form with these fields filled in."""
        return Form(self.action, {**self.fields, **values})


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer: its address, status, headers and text."""

    path: str
    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """What it says."""
        return self.body.decode()

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return str(self.headers.get("content-type", "")).startswith("text/html")

    @property
    def links(self) -> list[str]:
        """The addresses inside this house that the page links to, in order, each once."""
        hrefs = [link.get("href") for link in self._all("//a[@href]")]
        hrefs += [link.get("hx-get") for link in self._all("//*[@hx-get]")]
        found = [urljoin(self.path, str(href)).partition("#")[0] for href in hrefs]
        return list(dict.fromkeys(one for one in found if one.startswith("/")))

    @property
    def posting_forms(self) -> list[Form]:
        """The forms that do something."""
        return [_form(self.path, one) for one in self._all("//form[@method='post']")]

    def _all(self, xpath: str) -> list[Any]:
        if not self.is_page or not self.body:
            return []
        found = html.fromstring(self.body).xpath(xpath)
        assert isinstance(found, list), "a path to elements"
        return found

    def form(self, action: str) -> Form:
        """The form that goes to `action`."""
        for form in self.posting_forms:
            if form.action == action:
                return form
        raise AssertionError(f"{self.path} has no form to {action}")


@dataclass(slots=True)
class Visitor:
    """Somebody at the door of the bank at `origin`, with his cookies."""

    client: httpx.Client
    origin: str
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "zh"

    def get(self, path: str, **headers: str) -> Shown:
        """Ask for a page, without going on to where it sends."""
        return self._ask("GET", path, headers, None)

    def visit(self, path: str) -> Shown:
        """Ask for a page and go on to where it sends, a few times."""
        shown = self.get(path)
        for _ in range(_HOPS):
            if shown.status != httpx.codes.SEE_OTHER:
                break
            shown = self.get(shown.headers["location"])
        return shown

    def send(self, form: Form, **headers: str) -> Shown:
        """Send a form as a browser does from a page of this house."""
        sent = {"sec-fetch-site": "same-origin", "origin": self.origin, **_hyphened(headers)}
        return self._ask("POST", form.action, sent, form.fields)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], data: Mapping[str, str] | None
    ) -> Shown:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {
            "accept-language": self.language,
            "accept-encoding": "br, gzip",
            **({"cookie": cookie} if cookie else {}),
            **_hyphened(headers),
        }
        url = self.origin + path
        with self.client.stream(method, url, headers=said, data=data) as response:
            for line in response.headers.get_list("set-cookie"):
                self._keep(line)
            # What is told live has no end.
            live = response.headers.get("content-type", "").startswith("text/event-stream")
            body = b"" if live else response.read()
        return Shown(path, response.status_code, response.headers, body)

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            self.cookies[name] = morsel.value
            if morsel["max-age"] == "0":
                del self.cookies[name]


def route_of(routes: Sequence[Route], path: str, method: str = "GET") -> Route | None:
    """The route that answers `path`, None if no page does."""
    plain = urlsplit(path).path
    for route in routes:
        if route.method == method and route.parameters(plain) is not None:
            return route
    return None


_NOTHING: Final[Mapping[object, str]] = {UUID: str(UUID(int=0)), str: "nothing"}
_ALMOST: Final = ("0", "2026-01-01")


def placeholder(route: Route) -> str:
    """A path of this route that names nothing there is."""
    path = route.path
    for name, reader in route.readers.items():
        path = path.replace("{" + name + "}", _NOTHING.get(reader) or _readable(reader))
    return path


def _readable(reader: Callable[[str], object]) -> str:
    """Of a number or a date, the one that this reader reads."""
    for said in _ALMOST:
        with suppress(ValueError):
            reader(said)
            return said
    raise AssertionError("a parameter of another kind")


def walk(visitor: Visitor, routes: Sequence[Route], start: str = "/") -> dict[str, Shown]:
    """Every page the visitor comes to by links from `start`, a few of each route, by address."""
    seen: dict[str, Shown] = {}
    waiting, met, of_route = deque([start]), {start}, dict[str, int]()
    while waiting:
        path = waiting.popleft()
        shown = seen[path] = visitor.get(path)
        for link in (*shown.links, *_sent_on(shown)):
            route = route_of(routes, link)
            if route is None or link in met:
                continue
            met.add(link)
            of_route[route.path] = of_route.get(route.path, 0) + 1
            if of_route[route.path] <= MOST_OF_A_ROUTE:
                waiting.append(link)
    return seen


def _sent_on(shown: Shown) -> Iterator[str]:
    if shown.status == httpx.codes.SEE_OTHER:
        yield shown.headers["location"]


def _form(page: str, form: Any) -> Form:
    fields = {str(k): str(v or "") for k, v in form.fields.items() if v is not None}
    for button in form.xpath(".//button[@name]"):
        fields[str(button.get("name"))] = str(button.get("value") or "")
    return Form(urljoin(page, form.get("action") or page), fields)


def _hyphened(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
