"""A branch that people enter: a family with some months of life behind the real application."""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from tests.channels.retail.household import Family, Home, furnish

from heliu.app.bench.answering import AnsweringBank
from heliu.books.ledger.api import Ledger
from heliu.channels.care.api import pages as care_pages
from heliu.channels.pages.api import COOKIE, Jobs, Live, PageApplication, Place, pages
from heliu.channels.retail.api import pages as retail_pages
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Person,
    Role,
    Rp,
    enrol,
    grant,
    open_session,
    session_of,
    set_pin,
)
from heliu.payments.deposits.api import When, pay_due

ORIGIN = "https://bank.example"
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
PIN = "836152"
STAFF = Actor("operations")


@dataclass(slots=True)
class Office:
    """The application and its clock; the elder, his daughter and a stranger; their accounts."""

    application: PageApplication
    database: Database
    ledger: Ledger
    clock: FixedClock
    rp: Rp
    elder: Person
    daughter: Person
    stranger: Person
    home: Home

    def enter(self, person: Person, role: Role = Role.RETAIL) -> dict[str, str]:
        """The cookies of a person who has logged in, in that role."""
        with self.database.transaction() as tx:
            token = open_session(tx, person, Membership(role), "phone", self.clock.now())
        return {COOKIE: token}

    def get(self, path: str, cookies: dict[str, str], language: str = "zh") -> httpx.Response:
        """One page."""
        return self._ask("GET", path, cookies, None, language)

    def post(
        self, path: str, form: dict[str, str], cookies: dict[str, str], language: str = "zh"
    ) -> httpx.Response:
        """One form as our own page sends it, with the token and key of the page it stands on."""
        token = hidden(self.get("/care/me", cookies).text, "_token")
        given = {"_token": token, "_key": str(uuid4())} | form
        return self._ask("POST", path, cookies, given, language)

    def wait(self, minutes: float) -> None:
        """Let time pass, and the loop that pays turn."""
        self.clock.advance(timedelta(minutes=minutes))
        with self.database.transaction() as tx:
            pay_due(tx, self.ledger, When(self.clock.now(), self.clock.today()))

    def _ask(
        self,
        method: str,
        path: str,
        cookies: dict[str, str],
        form: dict[str, str] | None,
        language: str,
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                headers = {
                    "cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()),
                    "accept-language": "zh-CN" if language == "zh" else "en",
                    "sec-fetch-site": "same-origin",
                }
                return await client.request(method, path, data=form, headers=headers)

        return asyncio.run(asked())


def hidden(text: str, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, f"the page has no {name}"
    return found[1]


def open_office(database: Database, ledger: Ledger, clock: FixedClock) -> Office:
    """The office on a database of its own."""
    rp = Rp("bank.example", ORIGIN, "Heliu", bytes(32))
    now = clock.now()
    with database.transaction() as tx:
        asked = [
            Enrol("13700000001", "李建国"),
            Enrol("13700000002", "李娜"),
            Enrol("13700000003", "王芳"),
        ]
        known = [one.person for one in enrol(tx, STAFF, asked, now) if isinstance(one, Enrolled)]
        for person in known:
            grant(tx, STAFF, [Grant(person.login, Role.RETAIL)], now)
            token = open_session(tx, person, Membership(Role.RETAIL), "phone", now)
            session = session_of(tx, token, now)
            assert session is not None
            set_pin(tx, rp, session, PIN, now)
        elder, daughter, stranger = known
        grant(tx, STAFF, [Grant(daughter.login, Role.GUARDIAN)], now)
        family = Family(elder, daughter)
        home = furnish(tx, ledger, family, When(now, clock.today()), months=2)
    bank = AnsweringBank(database, (), clock=clock, ledger=ledger)
    place = Place(rp, wall=clock.now)
    desks = (retail_pages, care_pages, pages)
    live, jobs = Live(database), Jobs(bank, clock.now, {})
    application = PageApplication(_api, bank, desks, place, live, jobs)
    return Office(application, database, ledger, clock, rp, elder, daughter, stranger, home)


async def _api(*asked: object) -> None:
    assert asked
    raise AssertionError("nothing here is the API's")
