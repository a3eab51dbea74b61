"""A hall with a few pages of its own behind the real application, and people who are logged in."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx

from heliu.app.bench.answering import AnsweringBank
from heliu.channels.pages.api import (
    COOKIE,
    PUBLIC,
    Answer,
    Jobs,
    Live,
    PageApplication,
    Pages,
    Place,
    Run,
    Visit,
    Work,
    content,
    page,
    pages,
    see_other,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Right,
    Role,
    Rp,
    enrol,
    grant,
    open_session,
    person_of_login,
)
from heliu.parties.party.api import complete_uscc

SUPPLIER = complete_uscc("91350200MA00TRD1")
ORIGIN = "https://bank.example"
NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
BANK = Actor("operations")


@dataclass(slots=True)
class Clockwork:
    """Wall time that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def skip(self, step: timedelta) -> None:
        """Let time pass."""
        self.now += step


@dataclass(slots=True)
class Hall:
    """The application, its clock, and what its handlers did."""

    application: PageApplication
    database: Database
    clock: Clockwork
    acts: list[str] = field(default_factory=list)
    people: dict[Role, str] = field(default_factory=dict)

    def enter(self, role: Role = Role.SUPPLIER) -> dict[str, str]:
        """The cookies of somebody who is logged in."""
        with self.database.transaction() as tx:
            party = SUPPLIER if role is Role.SUPPLIER else None
            login = _login(role)
            (made,) = enrol(tx, BANK, [Enrol(login, "林悦")], self.clock.now)
            assert isinstance(made, Enrolled)
            grant(tx, BANK, [Grant(login, role, party)], self.clock.now)
            member = Membership(role, party)
            token = open_session(tx, made.person, member, "test", self.clock.now)
        return {COOKIE: token}

    def again(self, role: Role = Role.SUPPLIER) -> dict[str, str]:
        """The cookies of the same person, who logs in once more."""
        with self.database.transaction() as tx:
            person = person_of_login(tx, _login(role))
            assert person is not None
            member = Membership(role, SUPPLIER if role is Role.SUPPLIER else None)
            return {COOKIE: open_session(tx, person, member, "test", self.clock.now)}

    def get(
        self, path: str, cookies: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """One GET."""
        return self._ask("GET", path, cookies, None, headers)

    def post(
        self, path: str, form: dict[str, str], cookies: dict[str, str] | None = None, **headers: str
    ) -> httpx.Response:
        """One form, as a browser on our own page sends it."""
        sent = {"sec_fetch_site": "same-origin"} | headers
        return self._ask("POST", path, cookies, form, sent)

    def _ask(
        self,
        method: str,
        path: str,
        cookies: dict[str, str] | None,
        form: dict[str, str] | None,
        headers: dict[str, str],
    ) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                plain = {name.replace("_", "-"): value for name, value in headers.items()}
                jar = "; ".join(f"{k}={v}" for k, v in (cookies or {}).items())
                plain |= {"cookie": jar} if jar else {}
                return await client.request(method, path, data=form, headers=plain)

        return asyncio.run(asked())


def probe(acts: list[str]) -> Pages:
    """Pages that show what the application gives a handler."""
    found = Pages("pages")

    @found.get("/open", PUBLIC)
    def open_page(visit: Visit) -> Answer:
        return page("pages/offline.html")

    @found.get("/own", Right.RECEIVABLES_READ)
    def own(visit: Visit) -> Answer:
        told = f"{visit.party}|{visit.form.shown('note')}|{visit.token}|{visit.key}|" + "x" * 900
        return content("text/plain; charset=utf-8", told.encode())

    @found.get("/own/{id}", Right.RECEIVABLES_READ)
    def one(visit: Visit, id: UUID) -> Answer:
        return content("text/plain", str(id).encode())

    @found.post("/own/act", Right.RECEIVABLES_FINANCE)
    def act(visit: Visit) -> Answer:
        acts.append(visit.form.shown("note"))
        if visit.form.shown("note") == "no":
            raise Refusal("probe.no", Text("不行", "it cannot be"), Text("换一个", "try another"))
        if visit.form.shown("note") == "break":
            raise ValueError("a secret of ours")
        return see_other(f"/own/{visit.key}")

    @found.post("/work", Right.RECEIVABLES_FINANCE)
    def work(visit: Visit) -> Answer:
        return visit.start("count", Text("数一数", "Count"), {"upto": 3})

    return found


def counting(run: Run) -> str:
    """A job of two steps."""
    run.step(0)
    run.step(1, 2, run.job.asked["upto"])
    return "/own"


def open_hall(fresh: Database) -> Hall:
    """The application on a database of its own."""
    clock, acts = Clockwork(), list[str]()
    bank = AnsweringBank(fresh, ())
    plan = (Text("准备", "Prepare"), Text("清点", "Count"))
    jobs = Jobs(bank, clock, {"count": Work(plan, counting)})
    place = Place(Rp("bank.example", ORIGIN, "Heliu", bytes(32)), wall=clock)
    desks = (probe(acts), pages)
    application = PageApplication(_api, bank, desks, place, Live(fresh), jobs)
    return Hall(application, fresh, clock, acts)


def _login(role: Role) -> str:
    return f"1380000{list(Role).index(role):04d}"


async def _api(*asked: object) -> None:
    assert asked
    raise AssertionError("nothing here is the API's")
