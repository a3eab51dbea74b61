"""A live page in a real browser when the process behind it dies: nothing is lost, nothing twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser
from tests.browser.driving import window

from heliu.channels.pages.api import COOKIE
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database
from heliu.ground.ids import uuid7
from heliu.ground.outbox import Fact, tell
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Role,
    enrol,
    grant,
    open_session,
)

SERVE = "from heliu.app.cli import main; main()"
PATIENCE_SECONDS = 60.0
TOLD, BEFORE = 60, 25
LISTEN = """() => {
  window.heard = [];
  const told = new EventSource("/live?topics=test.told");
  told.addEventListener("hello", () => { window.open = true });
  told.addEventListener("test.told", (event) => window.heard.push(JSON.parse(event.data).id));
}"""


@contextmanager
def worker(database_url: str, home: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the bank that answers on `port`."""
    environment = {**os.environ, "HELIU_DATABASE_URL": database_url, "HELIU_HOME": str(home)}
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], object], what: str) -> None:
    """Look until it holds."""
    end, pause = time.monotonic() + PATIENCE_SECONDS, Event()
    while not holds():
        assert time.monotonic() < end, what
        pause.wait(0.05)


def answers(port: int) -> bool:
    """Whether somebody answers there."""
    try:
        return httpx.get(f"http://localhost:{port}/offline").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def logged_in(database: Database) -> str:
    """The token of somebody who may see the wall."""
    now = datetime.now(UTC)
    with database.transaction() as tx:
        (made,) = enrol(tx, SYSTEM, [Enrol("O2001", "冯远")], now)
        assert isinstance(made, Enrolled)
        grant(tx, SYSTEM, [Grant("O2001", Role.OPERATIONS)], now)
        return open_session(tx, made.person, Membership(Role.OPERATIONS), "test", now)


def happen(database: Database, count: int) -> list[str]:
    """So many facts, each in a transaction of its own; their ids in order."""
    ids = []
    for _ in range(count):
        now = datetime.now(UTC)
        fact = Fact(uuid7(now), "test.told.v1", {"mark": str(uuid4())}, now)
        with database.transaction() as tx:
            tell(tx, [fact])
        ids.append(str(fact.id))
    return ids


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_killed_worker_loses_and_doubles_no_event_of_a_live_page(
    browser: Browser, fresh: Database, tmp_path: Path, port: int
) -> None:
    token, origin = logged_in(fresh), f"http://localhost:{port}"
    context = window(browser)
    context.add_cookies([{"name": COOKIE, "value": token, "url": f"https://localhost:{port}"}])
    page = context.new_page()
    with worker(fresh.url, tmp_path, port) as first:
        until(lambda: answers(port), "the first process")
        page.goto(f"{origin}/offline")
        page.evaluate(LISTEN)
        until(lambda: page.evaluate("window.open === true"), "the stream")
        told = happen(fresh, BEFORE)
        until(lambda: page.evaluate("window.heard.length > 0"), "the first event")
        first.send_signal(signal.SIGKILL)
        first.wait()
        told += happen(fresh, TOLD - BEFORE)
    with worker(fresh.url, tmp_path, port):
        until(lambda: page.evaluate("window.heard.length") >= TOLD, "all events")
        heard = page.evaluate("window.heard")
    context.close()
    assert heard == told
