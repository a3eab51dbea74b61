"""Pages bench: what a page costs the server and weighs on the wire, beside a bare echo's cost.

A bank in which a small ecosystem has lived is served by a process of its own; another one asks for
the front page and for where each kind of visitor begins. Bytes, interaction and Lighthouse are
measured in a real Chromium, where this machine has one.
"""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Final

import httpx

from heliu.app.bench.http_echo import Served
from heliu.app.bench.http_load import Load, Plan, load
from heliu.app.bench.pages_browser import seen_by_browser
from heliu.app.ecosystem.plan import Scale
from heliu.app.ecosystem.residents import RESIDENTS, Resident
from heliu.app.ecosystem.run import Setting, ecosystem
from heliu.channels.entrance.api import ENTER_AS
from heliu.channels.pages.api import COOKIE
from heliu.ground.db import Database

ROUNDS: Final = 3
CLIENTS: Final = 8
_MONDAY: Final = date(2026, 3, 2)
_SCALE: Final = Scale(suppliers=6, weeks=6, trades_each=3, seed=1)
_VISITORS: Final = ("supplier", "retail", "elder", "enterprise_maker", "credit_officer")
_LIVES_SECONDS: Final = 300.0
_MOST_RATE: Final = 3_000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Standing:
    """The served house and who has a session in it, by key."""

    server: Served
    tokens: Mapping[str, str]

    @property
    def url(self) -> str:
        """Its address, by name."""
        return f"http://localhost:{self.server.port}"


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Pages per second per core, and what a browser sees; about `seconds` (> 0) a page."""
    progress("an ecosystem lives")
    with _house(database_url) as house:
        pages = {"front": ("/", "")}
        pages |= {key: (_resident(key).home, key) for key in _VISITORS}
        pages = {name: one for name, one in pages.items() if _answers(house, *one)}
        result: dict[str, Any] = {}
        for name, (path, who) in pages.items():
            progress(f"server: {name}")
            loads = [_asked(house, path, who, seconds / ROUNDS) for _ in range(ROUNDS)]
            result[name] = _median(loads)
        progress("browser")
        homes = {name: (house.url + path, house.tokens.get(who)) for name, (path, who) in
                 pages.items()}  # fmt: skip
        result["browser"] = seen_by_browser(homes)
    return result


@contextmanager
def _house(database_url: str) -> Iterator[Standing]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_live, args=(theirs, database_url), daemon=False)
    process.start()
    theirs.close()
    try:
        assert ours.poll(_LIVES_SECONDS), "the ecosystem does not come to its end"
        port: int = ours.recv()
        assert process.pid is not None, "it was started"
        standing = Standing(Served(port, process.pid), {})
        yield replace(standing, tokens={key: _enter(standing, key) for key in _VISITORS})
    finally:
        ours.close()
        process.join(_LIVES_SECONDS)


def _live(pipe: Pipe, database_url: str) -> None:
    """The server's process: the story, then open doors until the pipe is closed."""
    database = Database(database_url)
    with (
        tempfile.TemporaryDirectory() as folder,
        ecosystem(database, Setting(Path(folder), _MONDAY, _SCALE)) as stage,
    ):
        stage.live()
        pipe.send(int(stage.url.rpartition(":")[2]))
        pipe.poll(None)


def _enter(house: Standing, who: str) -> str:
    answer = httpx.post(
        house.url + ENTER_AS, data={"who": who}, headers={"sec-fetch-site": "same-origin"}
    )
    return answer.cookies[COOKIE]


def _answers(house: Standing, path: str, who: str) -> bool:
    headers = {"cookie": f"{COOKIE}={house.tokens[who]}"} if who else {}
    return httpx.get(house.url + path, headers=headers).status_code == httpx.codes.OK


def _asked(house: Standing, path: str, who: str, seconds: float) -> dict[str, float]:
    """One run against one page: what came back, and what the server computed for each."""
    cookie = f"Cookie: {COOKIE}={house.tokens[who]}\r\n" if who else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost:{house.server.port}\r\n"
        f"Accept-Encoding: br, gzip\r\nAccept-Language: zh\r\n{cookie}\r\n"
    ).encode()
    plan = Plan(house.server.port, [request] * int(_MOST_RATE * seconds), seconds, CLIENTS)
    spent, began = _cpu_seconds(house.server), time.perf_counter()
    seen: Load = load(plan)
    cpu = _cpu_seconds(house.server) - spent
    elapsed = time.perf_counter() - began
    assert set(seen.statuses) == {int(httpx.codes.OK)}, seen.statuses
    each = cpu / max(1, seen.granted)
    return {
        "pages_per_second": seen.rate,
        "p50_ms": seen.p50,
        "p99_ms": seen.p99,
        "cpu_ms_per_page": each * 1000,
        "pages_per_second_per_core": 1 / each if each else 0.0,
        "core_share": cpu / elapsed,
    }


def _cpu_seconds(server: Served) -> float:
    """What all threads of the server's process have computed so far (Linux; 0 elsewhere)."""
    told = Path(f"/proc/{server.pid}/stat")
    if not told.exists():
        return 0.0
    user, system = told.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _median(loads: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in loads) for name in loads[0]}


def _resident(key: str) -> Resident:
    return next(one for one in RESIDENTS if one.key == key)
