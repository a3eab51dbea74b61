"""The house to visit, once for all tests; and a real Chromium for the tests of a module."""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser
from tests.browser.driving import chromium_or_skip, started
from tests.browser.entering import Room
from tests.browser.house import House, lived

from heliu.ground.db import Database
from heliu.ground.postgres import Embedded


@pytest.fixture(scope="session")
def house(
    server: Embedded, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A served bank in which a small ecosystem has lived."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE house TEMPLATE {template} STRATEGY FILE_COPY")
    database = Database(server.url.replace("@/heliu?", "@/house?"))
    with lived(database, tmp_path_factory.mktemp("house")) as built:
        yield built
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: while Playwright stands, no other test can run an event loop."""
    with started(chromium_or_skip()) as running:
        yield running


@pytest.fixture(scope="module")
def room(browser: Browser, house: House) -> Iterator[Room]:
    """Windows in which the residents look at the bank."""
    opened = Room(browser, house)
    yield opened
    opened.close()
