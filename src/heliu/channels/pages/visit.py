"""A visit: one request of a person, with his session, his wishes and what he typed."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.channels.pages import errors
from heliu.channels.pages.answers import Answer, see_other
from heliu.channels.pages.forms import Form, Upload
from heliu.channels.pages.job import AskedJob
from heliu.channels.pages.jobs import Jobs
from heliu.channels.pages.live import Live
from heliu.channels.pages.people import NO_ROLE, ROLE_TEXT
from heliu.channels.pages.routing import Entry, Route
from heliu.channels.pages.wishes import Wishes
from heliu.channels.web.api import Bank, Language
from heliu.credit.instants.api import Answer as ActAnswer
from heliu.credit.instants.api import Ask
from heliu.credit.regulation.api import Profile, Rules, in_force
from heliu.flows.intake.api import Blob, Outcome, Unreadable
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Outage, Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Order,
    Person,
    Presented,
    Right,
    Role,
    Rp,
    Session,
    present,
    sign_by_passkey,
    sign_by_pin,
)

_PATIENCE_SECONDS: Final = 60.0


class Bench(Bank, Protocol):
    """The bank as pages see it: also with its ledger, for acts in a page's own transaction."""

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, while this process is its writer."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where the house stands on the web, whether strangers may try its roles, under which rules.

    `wall` is the time sessions live in: real time, whatever the bank's own clock does.
    """

    rp: Rp
    demo: bool = False
    profile: Profile = Profile.STANDARD
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """What is the same for every visit: the bank, its place on the web, its event loop."""

    bank: Bench
    place: Place
    loop: asyncio.AbstractEventLoop
    entries: Sequence[Entry]
    live: Live
    jobs: Jobs

    @property
    def rp(self) -> Rp:
        """Whom passkeys are for."""
        return self.place.rp


@dataclass(slots=True)
class Visit:
    """One request; what a handler needs of it, and nothing of HTTP besides."""

    house: House
    route: Route
    path: str
    query: Mapping[str, str]
    wishes: Wishes
    now: datetime
    address: str
    token: str
    key: UUID
    session: Session | None = None
    form: Form = field(default_factory=Form)
    files: Mapping[str, Upload] = field(default_factory=dict)
    htmx: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: dict[str, str | None] = field(default_factory=dict)

    @property
    def bank(self) -> Bench:
        """The bank."""
        return self.house.bank

    @property
    def rules(self) -> Rules:
        """The rules of law in force on the bank's business day."""
        return in_force(self.bank.clock.today(), self.house.place.profile)

    @property
    def language(self) -> Language:
        """The language of every text on the page."""
        return self.wishes.language

    @property
    def edition(self) -> str:
        """`std`, or `care`: few things, large, read aloud; a layout for staff sets its own."""
        return self.wishes.edition

    @property
    def theme(self) -> str:
        """`light`, `dark`, or empty: as the device is set."""
        return self.wishes.theme

    @property
    def size(self) -> int:
        """Steps of type size above the edition's own, 0 to 4."""
        return self.wishes.size

    @property
    def here(self) -> Session:
        """The session of a visitor who is known; of a public page there may be none."""
        assert self.session is not None, "a route that asks a right has a session"
        return self.session

    @property
    def person(self) -> Person:
        """Who visits; on a page that asks a right there is always somebody."""
        return self.here.person

    @property
    def known(self) -> bool:
        """Whether somebody is logged in."""
        return self.session is not None

    @property
    def role(self) -> Role:
        """The role he acts in."""
        membership = self.here.membership
        assert membership is not None, "a right beyond SELF comes with a role"
        return membership.role

    @property
    def role_text(self) -> Text:
        """The role in words."""
        membership = self.here.membership
        return ROLE_TEXT[membership.role] if membership else NO_ROLE

    @property
    def party(self) -> str | None:
        """USCC of the enterprise he acts for; None for people of the bank and retail customers."""
        return self.here.party

    @property
    def actor(self) -> Actor:
        """The name his acts stand under."""
        return self.here.actor

    @property
    def navigation(self) -> list[Entry]:
        """Where he may go from here: the entries of this area that he has the right for."""
        if self.session is None:
            return []
        area = "/" + self.path.split("/", 2)[1]
        rights = self.session.rights
        return [
            e
            for e in self.house.entries
            if e.asks in rights and f"{e.href}/".startswith(f"{area}/")
        ]

    def may(self, right: Right) -> bool:
        """Whether the visitor has `right`."""
        return self.session is not None and right in self.session.rights

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """The one transaction of this visit."""
        with self.bank.database.transaction() as tx:
            yield tx

    @contextmanager
    def posting(self) -> Iterator[tuple[Tx, Ledger]]:
        """A transaction that posts: it holds the ledger. Raises Outage where another does."""
        ledger = self.bank.ledger
        if ledger is None:
            raise Outage("this process does not hold the ledger")
        with self.bank.database.transaction() as tx:
            ledger.hold(tx)
            yield tx, ledger

    @property
    def position(self) -> int:
        """Up to where the outbox is told on this page; `/live?after=` goes on from there."""
        return self.house.live.position

    def start(self, kind: str, title: Text, asked: Mapping[str, Any]) -> Answer:
        """Have long work of `kind` done; the answer leads to its page (the form's key: once)."""
        job = AskedJob(self.key, kind, self.person.id, self.party, asked, title)
        self.house.jobs.ask(job, self.now)
        return see_other(f"/jobs/{self.key}")

    def act(self, asks: Sequence[Ask]) -> Sequence[ActAnswer]:
        """The teller's durable answers, in order. Raises Outage when full or down: retry."""
        told = asyncio.run_coroutine_threadsafe(_all(self.bank, asks), self.house.loop)
        return told.result(_PATIENCE_SECONDS)

    def file(self, items: Sequence[Blob | Unreadable]) -> Sequence[Outcome]:
        """File documents; one durable outcome per item, in order. Raises Outage: retry."""
        told = asyncio.run_coroutine_threadsafe(
            _filed(self.bank, items, self.actor), self.house.loop
        )
        return told.result(_PATIENCE_SECONDS)

    def present(self, tx: Tx, kind: str, text: Text, payload: bytes = b"") -> Presented:
        """The order as it is shown, ready to be signed with `{{ ui.sign(presented) }}`."""
        return present(tx, self.house.rp, self.here, Order(kind, text, payload), self.now)

    def signed(self, kind: str) -> Order:
        """The order this form signs, by passkey or PIN; it must be of `kind`, and is used up.

        In a transaction of its own, before that of the act: a wrong PIN counts although it raises.
        Raises Refusal `step_up.not_signed`, `order.over`, `passkey.*` or `login.*`.
        """
        presented = self.form.id("presented")
        if presented is None:
            raise errors.not_signed()
        with self.transaction() as tx:
            order = self._signature(tx, presented)
        if isinstance(order, Refusal):
            raise order
        if order.kind != kind:
            raise errors.not_signed()
        return order

    def _signature(self, tx: Tx, presented: UUID) -> Order | Refusal:
        rp, form = self.house.rp, self.form
        if assertion := form.shown("assertion"):
            return sign_by_passkey(tx, rp, self.here, presented, assertion, self.now)
        if pin := form.shown("pin"):
            return sign_by_pin(tx, rp, self.here, presented, pin, self.now)
        return errors.not_signed()


async def _all(bank: Bank, asks: Sequence[Ask]) -> Sequence[ActAnswer]:
    return await bank.act(asks)


async def _filed(bank: Bank, items: Sequence[Blob | Unreadable], actor: Actor) -> Sequence[Outcome]:
    return await bank.file(items, actor)
