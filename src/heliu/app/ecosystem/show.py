"""The demo shown: a database of its own, the live view, the account, and the door left open."""

import fcntl
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from rich.live import Live

from heliu.app.bank import database_url
from heliu.app.ecosystem.clock import last_monday
from heliu.app.ecosystem.figures import figures
from heliu.app.ecosystem.plan import Scale
from heliu.app.ecosystem.run import Setting, Stage, ecosystem
from heliu.app.ecosystem.telling import broken, tell_figures, tell_open_door
from heliu.app.ecosystem.view import progress_line, screen
from heliu.app.say import json_document, out, two
from heliu.app.settings import settings
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.migrate import migrate
from heliu.ground.text import Text

_DATABASE: Final = "heliu_demo"
_A_SECOND: Final = 3  # pictures: to draw one costs the bank of the same process its time
_LINES_EVERY_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Showing:
    """What the command asked for."""

    seed: int
    seconds: float
    port: int
    as_json: bool
    once: bool


def show(asked: Showing) -> bool:
    """Tell the story; whether every law of the books held."""
    scale = Scale(seed=asked.seed)
    first = last_monday(SystemClock().today(), scale.weeks)
    with _own_folder() as folder, _own_database() as database:
        setting = Setting(folder, first, scale, asked.port, asked.seconds, settings().language)
        with ecosystem(database, setting) as stage:
            if not asked.as_json:
                _introduce(stage, first)
            with _watched(stage, quiet=asked.as_json):
                stage.live()
            told = figures(stage)
            if asked.as_json:
                json_document(told)
            else:
                tell_figures(told)
            if not asked.once:
                _stay_open(stage)
            return not broken(told)


def _introduce(stage: Stage, first: date) -> None:
    days, suppliers = len(stage.plan.days), len(stage.plan.cast)
    zh = (
        f"三家核心企业, {suppliers} 家供应商, 一个会出错的清算行, 以及骗子与拖欠者 (均为虚构)。"
        f"自 {first} 起的 {days} 个营业日, 全部经 HTTP 与投递目录进入真实的银行。"
    )
    en = (
        f"Three core enterprises, {suppliers} suppliers, a rail that errs, frauds and bad payers "
        f"(all invented): {days} business days from {first}, over HTTP and a drop folder, to a "
        "real bank."
    )
    out.print(two(zh, en))
    out.print(two(f"银行: {stage.url}", f"The bank: {stage.url}"))


@contextmanager
def _watched(stage: Stage, *, quiet: bool) -> Iterator[None]:
    """The live view on a terminal, a line now and then elsewhere, nothing when `quiet`."""
    if quiet:
        yield
    elif out.is_terminal:
        with Live(
            get_renderable=lambda: screen(stage.tally), console=out, refresh_per_second=_A_SECOND
        ):
            yield
    else:
        with _now_and_then(lambda: out.print(progress_line(stage.tally))):
            yield


@contextmanager
def _now_and_then(say: Callable[[], None]) -> Iterator[None]:
    stop = threading.Event()

    def turn() -> None:
        while not stop.wait(_LINES_EVERY_SECONDS):
            say()

    thread = threading.Thread(target=turn, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _stay_open(stage: Stage) -> None:
    """Until Ctrl-C; from now on time is what it is everywhere, so that anybody's clock signs."""
    stage.clock.catch_up(datetime.now(UTC))
    supplier = next(s.firm for s in stage.plan.cast)
    credential = stage.credentials[supplier.code]
    tell_open_door(stage.url, credential.key, credential.secret)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


@contextmanager
def _own_folder() -> Iterator[Path]:
    """The demo's folder, empty; one demo at a time. Raises Refusal `demo.running`."""
    home = settings().folder
    home.mkdir(parents=True, exist_ok=True)
    folder = home / "demo"
    with (home / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(
                "demo.running",
                Text("演示已在运行", "the demo is running already"),
                Text("先结束它 (Ctrl-C)", "end it first (Ctrl-C)"),
            ) from None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own_database() -> Iterator[Database]:
    """A database of the demo's own, new, beside the bank's; dropped when the block ends."""
    url, name = database_url(), sql.Identifier(_DATABASE)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    parts = psycopg.conninfo.conninfo_to_dict(url) | {"dbname": _DATABASE}
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(drop)
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        database = Database(psycopg.conninfo.make_conninfo("", **parts))
        try:
            migrate(database)
            yield database
        finally:
            database.close()
            admin.execute(drop)
