"""A porch: the entrance behind the real application, and a visitor who fills in its forms."""

import asyncio
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

import httpx
from tests.channels.pages.hall import NOON, ORIGIN, Clockwork
from tests.parties.identity.authenticator import Phone

from heliu.app.bench.answering import AnsweringBank
from heliu.channels.entrance.api import pages as entrance
from heliu.channels.pages.api import COOKIE, Jobs, Live, PageApplication, Place, pages
from heliu.ground.actor import Actor
from heliu.ground.db import Database
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Person,
    Role,
    Rp,
    Settings,
    enrol,
    grant,
    open_session,
    session_of,
    set_pin,
)

PIN: Final = "271828"
WANG, LI, STAFF = "13800000001", "13900000002", "S1001"
PHONE: Final = Phone(origin=ORIGIN, rp_id="bank.example")
_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_OPTIONS: Final = re.compile(r'data-options="([^"]*)"')
_CLERK: Final = Actor("cli:1000@desk")


@dataclass(slots=True)
class Visitor:
    """A browser without script: keeps his cookies, and sends forms as he was shown them."""

    application: PageApplication
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> httpx.Response:
        """One page."""
        return self._ask("GET", path, None)

    def send(
        self, page: httpx.Response, action: str, *, to: str | None = None, **typed: str
    ) -> httpx.Response:
        """The form of `page` that goes to `action`, with what was typed (sent elsewhere: `to`)."""
        before, found, form = page.text.partition(f'action="{action}"')
        assert found, before[-2000:]
        fields = dict(_HIDDEN.findall(form.partition("</form>")[0]))
        return self._ask("POST", to or action, {k: unescape(v) for k, v in fields.items()} | typed)

    def asked(self, page: httpx.Response) -> str:
        """The options of the passkey's button of `page`."""
        (options,) = _OPTIONS.findall(page.text)
        return unescape(options)

    def _ask(self, method: str, path: str, form: dict[str, str] | None) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                jar = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
                sent = {"sec-fetch-site": "same-origin", "accept-language": "en"} | self.headers
                sent |= {"cookie": jar} if jar else {}
                return await client.request(method, path, data=form, headers=sent)

        answer = asyncio.run(asked())
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer


@dataclass(slots=True)
class Porch:
    """The application, its clock and its people."""

    application: PageApplication
    database: Database
    clock: Clockwork

    def visitor(self, **headers: str) -> Visitor:
        """Somebody at the door."""
        return Visitor(self.application, headers=headers)

    def enrolled(
        self, login: str = WANG, *roles: Role, settings: Settings | None = None
    ) -> Enrolled:
        """Somebody enrolled, by default a retail customer who reads English."""
        wanted = settings or Settings("en")
        with self.database.transaction() as tx:
            (one,) = enrol(tx, _CLERK, [Enrol(login, "王小明", wanted)], self.clock.now)
            assert isinstance(one, Enrolled)
            grant(tx, _CLERK, [Grant(login, r) for r in roles or (Role.RETAIL,)], self.clock.now)
        return one

    def with_pin(self, login: str = WANG, *roles: Role) -> Person:
        """Somebody enrolled, with the PIN of these tests."""
        who = self.enrolled(login, *roles).person
        with self.database.transaction() as tx:
            session = session_of(
                tx, open_session(tx, who, None, "d", self.clock.now), self.clock.now
            )
            assert session is not None
            set_pin(tx, self.application.place.rp, session, PIN, self.clock.now)
        return who

    def inside(self, who: Person, role: Role = Role.RETAIL) -> Visitor:
        """Somebody logged in just now."""
        with self.database.transaction() as tx:
            token = open_session(tx, who, Membership(role), "d", self.clock.now)
        visitor = self.visitor()
        visitor.cookies[COOKIE] = token
        return visitor


def open_porch(fresh: Database) -> Porch:
    """The application on a database of its own."""
    clock = Clockwork()
    bank = AnsweringBank(fresh, ())
    place = Place(Rp("bank.example", ORIGIN, "Heliu", bytes(32)), wall=clock)
    application = PageApplication(
        _api, bank, (pages, entrance), place, Live(fresh), Jobs(bank, clock, {})
    )
    assert clock.now == NOON
    return Porch(application, fresh, clock)


async def _api(*asked: object) -> None:
    assert asked
    raise AssertionError("nothing here is the API's")
