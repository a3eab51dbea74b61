"""The ecosystem set up around a bank of its own, lived through, and left standing."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from heliu.app.bank import Bank
from heliu.app.ecosystem.clock import BusinessClock
from heliu.app.ecosystem.desk_work import leave_work
from heliu.app.ecosystem.households import Households
from heliu.app.ecosystem.last_days import give_voucher, run_nights
from heliu.app.ecosystem.last_papers import lay_out
from heliu.app.ecosystem.people import codes, connect, street
from heliu.app.ecosystem.plan import Plan, Scale, plan
from heliu.app.ecosystem.residents import demonstration, move_in
from heliu.app.ecosystem.tally import Tally
from heliu.app.ecosystem.world import World
from heliu.app.serve.bank import ServedBank
from heliu.app.serve.front import Web
from heliu.app.serve.loops import Around
from heliu.app.serve.running import running
from heliu.books.ledger.api import Ledger
from heliu.channels.pages.api import Route
from heliu.channels.web.api import Application, Health, server_for
from heliu.client import Options
from heliu.credit.loans.api import all_loans
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database
from heliu.ground.errors import Outage
from heliu.parties.access.api import Credential, Vault
from heliu.payments.orders.api import State, orders_on
from heliu.payments.rails.api import Faults, Simulator

HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 60.0
_BREATH: Final = 0.01
# How often the bank looks into its folders and at its rail, while days pass in half a second.
_LOOPS_PAUSE: Final = 0.1
_LAST_HOURS: Final = 16
_LISTENING: Final = 0.5
_FAULTS: Final = Faults(
    delay=0.2, lose_instruction=0.03, lose_answer=0.1, duplicate=0.1, late=0.1
)  # what was paid, and how much, does not depend on these
_UNDER_WAY: Final = frozenset({State.INSTRUCTED, State.SENT, State.ACCEPTED, State.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when it happens: folders, first Monday, port (0: a free one), seconds at least."""

    folder: Path
    first: date
    scale: Scale = field(default_factory=Scale)
    port: int = 0
    seconds: float = 0.0
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Stage:
    """The ecosystem while it stands: everything the view and the summary look at."""

    url: str
    bank: ServedBank
    routes: Sequence[Route]
    clock: BusinessClock
    plan: Plan
    tally: Tally
    credentials: dict[str, Credential]
    live: Callable[[], None]

    @property
    def database(self) -> Database:
        """The bank's database."""
        return self.bank.database


@contextmanager
def ecosystem(database: Database, setting: Setting) -> Iterator[Stage]:
    """A bank on `database` (migrated, empty) with its server and rail; `live` tells the story.

    The server stays up until the block ends. Raises Outage when something does not come up.
    """
    clock, tally = BusinessClock(setting.first), Tally()
    told = plan(setting.scale, setting.first)
    vault = Vault.open(setting.folder)
    credentials = connect(database, vault, told, clock)
    inbox, rail = setting.folder / "inbox", setting.folder / "rail"
    simulator = Simulator(rail, clock, faults=_FAULTS, seed=setting.scale.seed)
    around = Around(inbox, rail, pause_seconds=_LOOPS_PAUSE)
    options = Options(language=setting.language, now=clock.timestamp)
    with (
        _listening(setting.port) as door,
        running(database, clock, around, vault, _web(door, told)) as (bank, app),
    ):
        _wait(lambda: bank.health() is Health.READY, "the bank")
        move_in(database, told, app.place.rp, datetime.now(UTC))
        with (
            _serving(app, door) as url,
            _beside(simulator, tally),
            street(url, credentials, told, tally, options) as people,
        ):
            households = Households(database, told.days)

            def live() -> None:
                with World(told, people, clock, inbox) as world:
                    world.begin()
                    _days(
                        world, told, setting.seconds, lambda day: households.live(_books(bank), day)
                    )
                    _drain(bank, clock)
                    for _ in range(world.never_listed()):
                        tally.trouble("a receivable that was never listed")
                lay_out(people, told, clock.today())
                leave_work(database, told, clock.today(), (clock.now(), datetime.now(UTC)))
                households.settle_down(_books(bank), clock.today(), datetime.now(UTC))
                with database.transaction() as tx:
                    give_voucher(tx, told, clock.today(), clock.now())
                run_nights(Bank(database, _books(bank), clock, SYSTEM))

            known = dict(zip(codes(told), credentials, strict=True))
            yield Stage(url, bank, app.routes, clock, told, tally, known, live)


def _books(bank: ServedBank) -> Ledger:
    ledger = bank.ledger
    assert ledger is not None, "the demonstration's bank is the only one"
    return ledger


def _days(world: World, told: Plan, seconds: float, at_home: Callable[[date], None]) -> None:
    """Every day in turn, at home first, none shorter than its share of `seconds`."""
    pause = threading.Event()
    began = time.monotonic()
    at_home(told.days[0] - timedelta(days=1))
    for number, day in enumerate(told.days, start=1):
        at_home(day)
        world.live(day)
        pause.wait(max(0.0, began + seconds * number / len(told.days) - time.monotonic()))


def _drain(bank: ServedBank, clock: BusinessClock) -> None:
    """Let hours pass until the rail has answered for every payment."""
    pause = threading.Event()
    for _ in range(_LAST_HOURS):
        with bank.database.transaction() as tx:
            orders = orders_on(tx, [loan.id for loan in all_loans(tx)])
        if not any(order.state in _UNDER_WAY for order in orders):
            return
        clock.skip(timedelta(hours=1))
        pause.wait(_LISTENING)


def _web(door: socket.socket, told: Plan) -> Web:
    """This machine, where strangers may try every role."""
    return Web(f"http://localhost:{door.getsockname()[1]}", demonstration(told))


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """The door, not yet open; at another port if `port` is taken."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError:
            door.bind((HOST, 0))
        yield door


@contextmanager
def _serving(app: Application, door: socket.socket) -> Iterator[str]:
    """The server on a thread of its own."""
    port = door.getsockname()[1]
    server = server_for(app, HOST, port)
    thread = threading.Thread(target=server.run, args=([door],), name="http", daemon=True)
    thread.start()
    try:
        _wait(lambda: server.started, "the server")
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _beside(simulator: Simulator, tally: Tally) -> Iterator[None]:
    """The rail, on a thread of its own."""
    stop = threading.Event()

    def turn() -> None:
        while not stop.wait(_BREATH):
            try:
                simulator.step()
            except Outage:
                tally.trouble("the rail's folder cannot be used")

    thread = threading.Thread(target=turn, name="rail-simulator", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _wait(ready: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + _READY_SECONDS
    pause = threading.Event()
    while not ready():
        if time.monotonic() > until:
            raise Outage(f"{what} does not come up")
        pause.wait(_BREATH)
