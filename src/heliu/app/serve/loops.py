"""What runs beside the teller and the clerk: short turns, repeated, each safe to be killed in."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg

from heliu.app.serve.bank import ServedBank, refresh_keys
from heliu.app.settings import RailSettings, settings
from heliu.books.ledger.api import Fenced, LedgerBusy
from heliu.channels.console.api import send_due
from heliu.channels.webhooks.api import Courier, Ways
from heliu.credit.acquisition.api import finish, unfinished
from heliu.credit.limits.api import expire
from heliu.credit.loans.api import last_opened, opened_since
from heliu.decisions.features.api import follow
from heliu.flows.intake.api import Inbox, poll
from heliu.ground.actor import Actor
from heliu.ground.errors import Outage, Refusal
from heliu.ground.text import Text
from heliu.payments.deposits.api import When, pay_due
from heliu.payments.orders.api import pump
from heliu.payments.rails.api import FileRail, Form, Profile

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 0.5
AFTER_TROUBLE_SECONDS: Final = 2.0
_BEFORE: Final = timedelta(minutes=10)
# Few enough that a turn never keeps the teller waiting for the interpreter.
_AT_ONCE: Final = 200
INBOX: Final = Actor("inbox")

Turn = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Around:
    """What is connected to the bank besides HTTP: a drop folder, a rail, webhooks' ways.

    Between two looks at them `pause_seconds` pass.
    """

    inbox: Path | None = None
    rail: Path | None = None
    ways: Ways = field(default_factory=Ways)
    pause_seconds: float = PAUSE_SECONDS


class Loops:
    """The threads of the loops; start them, then close them."""

    def __init__(self, bank: ServedBank, around: Around) -> None:
        self._stop, self._pause = threading.Event(), around.pause_seconds
        self._courier = Courier(bank.database, bank.clock, bank.vault, around.ways)
        turns: dict[str, Turn] = {
            "keys": lambda: refresh_keys(bank),
            "expiry": lambda: _expire(bank),
            "transfers": lambda: _pay_transfers(bank),
            "cases": lambda: _send_words(bank),
            "followed": _Following(bank).turn,
            "acquired": lambda: _judge_lists(bank),
        }
        if around.inbox is not None:
            turns["inbox"] = _inbox(bank, around.inbox)
        if around.rail is not None:
            turns["rail"] = _rail(bank, around.rail)
        self._threads = [
            threading.Thread(target=self._repeat, args=(turn,), name=name, daemon=True)
            for name, turn in turns.items()
        ]
        self._threads.append(
            threading.Thread(
                target=self._courier.run, args=(self._stop,), name="courier", daemon=True
            )
        )

    def start(self) -> None:
        """Begin all loops."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let each end its turn."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, turn: Turn) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            pause = self._pause
            try:
                turn()
            except (Outage, LedgerBusy, Fenced, psycopg.Error) as error:
                name = threading.current_thread().name
                log.warning("%s waits: %s", name, type(error).__name__)
                pause = AFTER_TROUBLE_SECONDS


def _expire(bank: ServedBank) -> None:
    """Give back what expired credit decisions still hold on the limits."""
    if (ledger := bank.ledger) is not None:
        with bank.database.transaction() as tx:
            # The order of locks of every act: the ledger, then the lines.
            ledger.hold(tx)
            expire(tx, bank.clock.now())


def _pay_transfers(bank: ServedBank) -> None:
    """Pay the transfers of people whose recall window has ended, on people's clock."""
    if (ledger := bank.ledger) is not None:
        with bank.database.transaction() as tx:
            pay_due(tx, ledger, When(datetime.now(UTC), bank.clock.today()))


def _send_words(bank: ServedBank) -> None:
    """Send what staff said of cases to the desks of these, once it can be taken back no more."""
    if bank.ledger is not None:
        send_due(bank.database, bank.clock)


def _judge_lists(bank: ServedBank) -> None:
    """Judge the supplier lists that were only taken in, also those a killed process left."""
    if bank.ledger is None:
        return
    with bank.database.transaction() as tx:
        waiting = unfinished(tx)
    for run in waiting:
        with bank.database.transaction() as tx:
            finish(tx, run, bank.clock.now())


class _Following:
    """Has the features follow how what was financed is paid, seconds after it was.

    Following again changes nothing, so a new process begins a little before the youngest loan.
    """

    def __init__(self, bank: ServedBank) -> None:
        self._bank = bank
        self._place: tuple[datetime, UUID] | None = None

    def turn(self) -> None:
        """Follow some of the loans recorded since the last turn, oldest first."""
        bank = self._bank
        if bank.ledger is None:
            return
        with bank.database.transaction() as tx:
            if self._place is None:
                youngest = last_opened(tx)
                if youngest is None:
                    return
                self._place = (youngest - _BEFORE, UUID(int=0))
            opened = opened_since(tx, self._place, _AT_ONCE)
            for on in sorted({on for _, on, _ in opened}):
                follow(tx, [r for r, day, _ in opened if day == on], on, bank.clock.now())
        if opened:
            self._place = opened[-1][2]


def _inbox(bank: ServedBank, folder: Path) -> Turn:
    folder.mkdir(parents=True, exist_ok=True)
    inbox = Inbox(folder)

    def turn() -> None:
        if bank.ledger is not None:
            poll(inbox, lambda items: bank.file_now(items, INBOX))

    return turn


def _rail(bank: ServedBank, folder: Path) -> Turn:
    rail = FileRail(folder, rail_profile())

    def turn() -> None:
        if (ledger := bank.ledger) is not None:
            pump(bank.database, ledger, rail, bank.clock)

    return turn


def rail_profile() -> Profile:
    """Who we are on the rail. Raises Refusal in production while it is the simulator's."""
    said, simulated = settings().rail, RailSettings()
    if settings().profile == "production" and said == simulated:
        raise Refusal(
            "settings.rail_is_simulated",
            Text("生产环境未设置清算行身份", "the rail's settings are still the simulator's"),
            Text("在 heliu.toml 填写 [rail]", "fill in [rail] in heliu.toml"),
        )
    form = Form.CLEARING if said.form == "clearing" else Form.CUSTOMER
    account = said.account.get_secret_value()
    return Profile(form, said.institution, said.counterparty, said.name, account)
