"""The application of all pages: finds the route, guards it, has it answered, renders, compresses.

Whatever goes wrong becomes a page with a reason and a cure; a fault becomes an id in the log.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import brotli
from starlette.concurrency import run_in_threadpool

from heliu.channels.pages import assets, errors, guard
from heliu.channels.pages.answers import Answer, page, see_other
from heliu.channels.pages.forms import Form
from heliu.channels.pages.jobs import Jobs
from heliu.channels.pages.live import Live
from heliu.channels.pages.reading import Asked, Scope, head_of, wishes_cookie, wishes_of, with_body
from heliu.channels.pages.rendering import Renderer
from heliu.channels.pages.routing import PUBLIC, Pages, Route
from heliu.channels.pages.visit import Bench, House, Place, Visit
from heliu.channels.web.api import no, status_of
from heliu.ground.errors import Outage, Refusal
from heliu.parties.identity.api import Right, Session, session_of

log = logging.getLogger(__name__)

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_GUARDED: Final = (
    ("cache-control", "no-store"),
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(self), geolocation=()"),
    ("referrer-policy", "same-origin"),
    ("vary", "accept-encoding, cookie"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
)
_API: Final = ("/v1/", "/docs", "/openapi.json", "/health")
_IN_FLIGHT: Final = 256
_COMPRESSION: Final = 4  # of 11: what a page costs to compress stays under a millisecond
_WORTH_BYTES: Final = 800
_ENTRANCE: Final = "/enter"
_CHOOSE: Final = "/enter/role"

Send = Callable[[Any], Any]


@dataclass(slots=True)
class PageApplication:
    """Answers every page of the desks; what belongs to the API goes on to `api`."""

    api: Callable[..., Any]
    bank: Bench
    desks: Sequence[Pages]
    place: Place
    live: Live
    jobs: Jobs
    renderer: Renderer = field(init=False)
    _once: guard.Once = field(init=False)
    _house: House | None = None
    _inside: int = 0

    def __post_init__(self) -> None:
        self.renderer = Renderer.of([desk.desk for desk in self.desks])
        self._once = guard.Once(self.bank.database)

    @property
    def routes(self) -> list[Route]:
        """Every route of every desk."""
        return [route for desk in self.desks for route in desk.routes]

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer one request; lifespan events and the API's paths go on to the API."""
        if scope["type"] != "http" or scope["path"].startswith(_API):
            await self.api(scope, receive, send)
            return
        if self._house is None:
            entries = [entry for desk in self.desks for entry in desk.entries]
            loop = asyncio.get_running_loop()
            self._house = House(self.bank, self.place, loop, entries, self.live, self.jobs)
        if scope["path"].startswith("/s/") or scope["path"] == "/sw.js":
            await self._static(scope, send)
            return
        self._inside += 1
        try:
            await self._answered(scope, receive, send)
        finally:
            self._inside -= 1

    async def _static(self, scope: Scope, send: Send) -> None:
        path = scope["path"]
        worker = path == "/sw.js"
        found = assets.service_worker() if worker else assets.static().get(path[3:])
        if found is None or scope["method"] not in {"GET", "HEAD"}:
            await _reply(send, HTTPStatus.NOT_FOUND, [("cache-control", "no-store")], b"")
            return
        named = worker or scope["query_string"] == found.hash.encode()
        accepts = head_of(scope).headers.get("accept-encoding", "")
        headers, body = found.answer(accepts, lasting=named)
        headers.append(("x-content-type-options", "nosniff"))
        await _reply(send, HTTPStatus.OK, headers, b"" if scope["method"] == "HEAD" else body)

    async def _answered(self, scope: Scope, receive: Any, send: Send) -> None:
        head = head_of(scope)
        asked, route, trouble = head, None, None
        given: Mapping[str, object] = {}
        try:
            if self._inside > _IN_FLIGHT:
                raise errors.busy()
            route, given = self._find(head)
            if head.method == "POST":
                asked = await with_body(head, scope, receive, route.body_bytes)
        except Refusal as refusal:
            trouble = refusal
        if head.path == "/live" and trouble is None and route is not None:
            session = await run_in_threadpool(self._session, asked)
            if session is not None and route.asks in session.rights:
                await self.live.stream(head, session, receive, send)
                return
        status, headers, body = await run_in_threadpool(self._page, asked, route, given, trouble)
        await _reply(send, status, headers, b"" if head.method == "HEAD" else body)

    def _find(self, head: Asked) -> tuple[Route, Mapping[str, object]]:
        method = "GET" if head.method == "HEAD" else head.method
        there = False
        for route in self.routes:
            given = route.parameters(head.path)
            if given is not None:
                if route.method == method:
                    return route, given
                there = True
        raise errors.method() if there else errors.unknown()

    def _page(
        self,
        asked: Asked,
        route: Route | None,
        given: Mapping[str, object],
        trouble: Refusal | None,
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        visit = self._visit(asked, route)
        try:
            return self._finished(visit, asked, self._guarded(visit, asked, given, trouble))
        except Exception:  # the one place before the wire: an id for the visitor, and the log
            fault = uuid4()
            log.exception("fault %s on %s", fault, visit.route.path)
            return self._finished(visit, asked, page("pages/fault.html", status=500, fault=fault))

    def _guarded(
        self, visit: Visit, asked: Asked, given: Mapping[str, object], trouble: Refusal | None
    ) -> Answer:
        try:
            return self._handled(visit, asked, given, trouble)
        except Refusal as refusal:
            return self._refused(visit, asked, refusal)
        except Outage as outage:
            log.warning("a page waits: %s", outage)
            answer = _sorry(no("service.down"), HTTPStatus.SERVICE_UNAVAILABLE)
            return answer.with_header("retry-after", "1")

    def _visit(self, asked: Asked, route: Route | None) -> Visit:
        assert self._house is not None, "made with the first request"
        now = self.place.wall()
        return Visit(
            house=self._house,
            route=route or _NOWHERE,
            path=asked.path,
            query=asked.query,
            wishes=wishes_of(asked),
            now=now,
            address=asked.address,
            token="",
            key=_key(asked.first("_key")),
            form=Form(asked.fields),
            files=asked.files,
            htmx=asked.headers.get("hx-request") == "true",
            headers=asked.headers,
        )

    def _session(self, asked: Asked) -> Session | None:
        token = asked.cookies.get(guard.COOKIE)
        if not token:
            return None
        with self.bank.database.transaction() as tx:
            return session_of(tx, token, self.place.wall())

    def _handled(
        self, visit: Visit, asked: Asked, given: Mapping[str, object], trouble: Refusal | None
    ) -> Answer:
        session = visit.session = self._session(asked)
        visit.token = guard.form_token(self.bank.keyring.vault, session)
        if session is not None and session.renewed:
            visit.cookies[guard.COOKIE] = session.renewed
        if trouble is not None:
            raise trouble
        if session is None and visit.route.asks is not PUBLIC:
            return self._to_entrance(visit, asked)
        if session is not None and session.membership is None and _needs_role(visit.route):
            return see_other(_CHOOSE)
        guard.check_right(visit.route, session)
        if asked.method != "POST":
            if parked := asked.query.get("parked"):
                typed = guard.unpark(self.bank.database, parked, visit.path, visit.now)
                visit.form = Form(typed)
            return visit.route.handler(visit, **given)
        guard.check_origin(asked.headers, asked.headers.get("host", ""))
        if session is None:
            return visit.route.handler(visit, **given)
        guard.check_token(self.bank.keyring.vault, session, asked.first("_token"))
        with self._once.alone(visit.key):
            location = self._once.led_to(visit.key, session, visit.path)
            if location is not None:
                return see_other(location)
            answer = visit.route.handler(visit, **given)
            if answer.status == HTTPStatus.SEE_OTHER:
                led = dict(answer.headers)["location"]
                self._once.remember(visit.key, session, visit.path, led, visit.now)
        return answer

    def _to_entrance(self, visit: Visit, asked: Asked) -> Answer:
        """Somebody without a session: to the entrance, and back to where he was, form and all."""
        if asked.method != "POST":
            query = "&".join(f"{quote(k)}={quote(v)}" for k, v in asked.query.items())
            return see_other(
                f"{_ENTRANCE}?next={quote(visit.path + ('?' + query if query else ''))}"
            )
        return see_other(f"{_ENTRANCE}?next={quote(self._parked(visit, asked))}")

    def _parked(self, visit: Visit, asked: Asked) -> str:
        """The page whose form this is, with what was typed waiting there."""
        path = _form_page(asked)
        parked = guard.park(self.bank.database, path, asked.fields, visit.now)
        return f"{path}?parked={parked}" if parked else path

    def _refused(self, visit: Visit, asked: Asked, refusal: Refusal) -> Answer:
        """A refusal as a page; from a form there is a way back to it with all that was typed."""
        status = guard.own_words(refusal) or status_of(refusal.code)
        back = self._parked(visit, asked) if asked.method == "POST" and asked.fields else None
        return _sorry(refusal, status, back)

    def _finished(
        self, visit: Visit, asked: Asked, answer: Answer
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = [("content-type", answer.kind), *answer.headers]
        named = {name for name, _ in answer.headers}
        headers += [pair for pair in _GUARDED if pair[0] not in named]
        headers += [("set-cookie", _cookie(name, value)) for name, value in visit.cookies.items()]
        if visit.wishes != wishes_of(asked):
            headers.append(("set-cookie", wishes_cookie(visit.wishes)))
        body = answer.body
        if answer.template is not None:
            visit.key = visit.key if asked.method == "GET" else uuid4()
            model = {"visit": visit, "form": visit.form, **answer.model}
            body = self.renderer.render(answer.template, visit.language, model)
        if len(body) > _WORTH_BYTES and "br" in asked.headers.get("accept-encoding", ""):
            body = brotli.compress(body, quality=_COMPRESSION)
            headers.append(("content-encoding", "br"))
        return answer.status, headers, body


def _needs_role(route: Route) -> bool:
    return route.asks not in {PUBLIC, Right.SELF}


def _sorry(refusal: Refusal, status: int, back: str | None = None) -> Answer:
    return page("pages/refused.html", status=status, refusal=refusal, back=back)


def _nowhere(visit: Visit) -> Answer:
    del visit
    raise errors.unknown()


_PLACELESS: Final = Pages("pages")
_PLACELESS.get("/", PUBLIC)(_nowhere)
_NOWHERE: Final = replace(_PLACELESS.routes[0])


def _form_page(asked: Asked) -> str:
    """The page a form stands on: as the form says, else where the browser says it was."""
    said = asked.first("_page") or urlsplit(asked.headers.get("referer", "")).path
    return said if said.startswith("/") and not said.startswith("//") else "/"


def _key(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        return uuid4()


def _cookie(name: str, value: str | None) -> str:
    ends = "" if value is not None else "; Max-Age=0"
    return f"{name}={value or ''}; Path=/; Secure; HttpOnly; SameSite=Lax{ends}"


async def _reply(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": raw})
    await send({"type": "http.response.body", "body": body})
