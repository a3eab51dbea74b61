"""A served bank lets strangers in only as a demonstration, and never in production."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from heliu.app.ecosystem.plan import Scale, plan
from heliu.app.ecosystem.residents import demonstration, move_in
from heliu.app.serve.bank import ServedBank
from heliu.app.serve.front import Web
from heliu.app.serve.loops import Around
from heliu.app.serve.running import running
from heliu.app.settings import settings
from heliu.channels.entrance.api import Demonstration
from heliu.channels.pages.api import COOKIE, PageApplication
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.parties.access.api import Vault

TOLD = plan(Scale(suppliers=6, weeks=6, trades_each=1), date(2026, 3, 2))
ORIGIN = "http://localhost:8080"


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def asked(app: PageApplication) -> httpx.Response:
    """Somebody clicks on the elder."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            headers = {"sec-fetch-site": "same-origin"}
            return await client.post("/enter/as", data={"who": "elder"}, headers=headers)

    return asyncio.run(sent())


def serving(
    database: Database, folder: Path, demo: Demonstration | None
) -> AbstractContextManager[tuple[ServedBank, PageApplication]]:
    return running(database, SystemClock(), Around(), Vault.open(folder), Web(ORIGIN, demo))


def test_a_demonstration_lets_a_stranger_in_by_one_click(fresh: Database, tmp_path: Path) -> None:
    with serving(fresh, tmp_path, demonstration(TOLD)) as (_, app):
        move_in(fresh, TOLD, app.place.rp, datetime.now(UTC))
        answer = asked(app)
    assert (answer.status_code, answer.headers["location"]) == (303, "/care")
    assert answer.cookies[COOKIE]


@pytest.mark.parametrize("profile", ["standard", "production"])
def test_a_bank_that_demonstrates_nothing_has_no_such_door(
    fresh: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    monkeypatch.setenv("HELIU_PROFILE", profile)
    with serving(fresh, tmp_path, None) as (_, app):
        answer = asked(app)
    assert answer.status_code == 404
    assert COOKIE not in answer.cookies


def test_a_bank_in_production_is_not_served_as_a_demonstration(
    fresh: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELIU_PROFILE", "production")
    with (
        pytest.raises(Refusal, match=r"demo\.in_production"),
        serving(fresh, tmp_path, demonstration(TOLD)),
    ):
        pass
