"""Instants bench: `/v1/financings` - decide, draw and pay, durable - over HTTP, beside its peers.

In one run on one PostgreSQL: the served bank; the same acts built the plain way, a transaction per
request (`bench/plain_bank.py`); a raw-ASGI echo on the same server (the limit of HTTP); and one
bare commit (the limit of durability). Rounds interleave, ratios are of medians. The load generator
has its own process; all of them share the machine's cores.
"""

import contextlib
import gc
import importlib.util
import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
import uvicorn

from heliu.app.bench.http_load import HOST, Load, Plan, load, request_bytes
from heliu.app.bench.instants_plant import Planted, plant
from heliu.channels.openapi.api import BULK_PATH, PATHS
from heliu.channels.web.api import server_for
from heliu.credit.instants.api import ActKind
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.parties.access.api import (
    Credential,
    IssueConnection,
    Permission,
    Vault,
    credential_of,
    issue,
)

ROUNDS: Final = 3
CLIENTS: Final = 64
BULK: Final = 1000
PATH: Final = PATHS[ActKind.FINANCING].encode()
# More than any round can finance; planting them takes longer than asking.
RECEIVABLES_A_SECOND: Final = 3000
PLAIN_A_SECOND: Final = 500
_VAULT: Final = Vault(bytes(32))

Tell = Callable[[str], None]


@dataclass(slots=True)
class _Stock:
    """Receivables that nobody asked for yet."""

    credential: Credential
    left: Iterator[Any]
    keys: int = 0

    def requests(self, port: int, count: int) -> list[bytes]:
        """One financing each."""
        return [
            request_bytes(self.credential, port, PATH, body, self._key())
            for body in islice(self._bodies(), count)
        ]

    def bulk(self, port: int, count: int) -> list[bytes]:
        """`count` requests of BULK financings each."""
        made = []
        for _ in range(count):
            items = [
                {"idempotency_key": self._key(), "receivable": receivable}
                for receivable, _ in islice(self.left, BULK)
            ]
            body = msgspec.json.encode(items)
            path = BULK_PATH.encode()
            made.append(request_bytes(self.credential, port, path, body, self._key()))
        return made

    def _bodies(self) -> Iterator[bytes]:
        for receivable, _ in self.left:
            yield b'{"receivable":"%b"}' % str(receivable).encode()

    def _key(self) -> str:
        self.keys += 1
        return f"bench-{self.keys}"


def run(database_url: str, *, seconds: float, progress: Tell) -> dict[str, Any]:
    """Rates and latencies; about `seconds` (> 0) of measuring in all, and planting before."""
    share = max(1.0, seconds / (ROUNDS * 6))
    database, clock = Database(database_url), SystemClock()
    progress("planting receivables")
    planted = plant(database, _needed(share), clock.today(), clock.now())
    plain = _plain_module()
    _plant_plain(database_url, plain, planted, share)
    with database.transaction() as tx:
        asked = IssueConnection(None, "bench", frozenset({Permission.FINANCINGS_WRITE}))
        connection = issue(tx, SYSTEM, asked, clock.now())
    stock = _Stock(credential_of(_VAULT, connection), iter(planted.receivables))
    commits: list[float] = []
    with (
        _serving(_serve_echo) as echo,
        _serving(_serve_plain, database_url, clock.today().isoformat()) as ordinary,
        _serving(_serve_bank, database_url) as bank,
    ):
        load(Plan(bank, stock.requests(bank, 1000), 5.0, CLIENTS))
        servers = _Servers(echo, ordinary, bank)
        rounds = _Rounds(servers, stock, [r for r, _ in planted.receivables], share)
        for number in range(1, ROUNDS + 1):
            progress(f"round {number} of {ROUNDS}")
            commits.append(_commit_ms(database_url, share / 4))
            rounds.once(number)
    database.close()
    return _result(rounds.seen, statistics.median(commits))


@dataclass(frozen=True, slots=True)
class _Servers:
    """The ports of the contestants."""

    echo: int
    plain: int
    bank: int


class _Rounds:
    """All contestants in turn, each with requests of its own."""

    def __init__(
        self, servers: _Servers, stock: _Stock, receivables: Sequence[UUID], share: float
    ) -> None:
        self.servers, self.stock, self.share = servers, stock, share
        self.bodies = [b'{"receivable":"%b"}' % str(r).encode() for r in receivables]
        self.seen: dict[str, list[Load]] = {}

    def once(self, number: int) -> None:
        """One round."""
        stock, share, bank = self.stock, self.share, self.servers.bank
        self._note("echo", self._echo())
        self._note("plain", self._plain(number))
        wanted = int(RECEIVABLES_A_SECOND * share)
        fast = self._note("bank", Plan(bank, stock.requests(bank, wanted), share, CLIENTS)).rate
        half = stock.requests(bank, int(fast * share / 2))
        self._note("half_load", Plan(bank, half, share, rate=fast / 2))
        twice = stock.requests(bank, int(fast * share * 2))
        self._note("double_load", Plan(bank, twice, share, rate=fast * 2))
        alone = stock.requests(bank, int(400 * share))
        self._note("idle", Plan(bank, alone, share / 2, 1))
        self._note("bulk", Plan(bank, stock.bulk(bank, max(2, int(5 * share))), share, 1))

    def _note(self, name: str, plan: Plan) -> Load:
        measured = load(plan)
        self.seen.setdefault(name, []).append(measured)
        return measured

    def _echo(self) -> Plan:
        port = self.servers.echo
        some = self.bodies[:999]
        asked = [request_bytes(self.stock.credential, port, PATH, body, "e") for body in some]
        return Plan(port, asked * int(40 * self.share), self.share, CLIENTS)

    def _plain(self, number: int) -> Plan:
        port, count = self.servers.plain, int(PLAIN_A_SECOND * self.share)
        bodies = self.bodies[(number - 1) * count : number * count]
        asked = [
            request_bytes(None, port, PATH, body, f"{number}-{at}")
            for at, body in enumerate(bodies)
        ]
        return Plan(port, asked, self.share, CLIENTS)


def _result(seen: dict[str, list[Load]], commit_ms: float) -> dict[str, Any]:
    said: dict[str, Any] = {name: _median(loads) for name, loads in seen.items()}
    said["bulk"]["rate"] *= BULK
    bank, half, twice = said["bank"], said["half_load"], said["double_load"]
    said["commit_ms"] = commit_ms
    said["ratios"] = {
        "rate_to_plain": bank["rate"] / said["plain"]["rate"],
        "rate_to_echo": bank["rate"] / said["echo"]["rate"],
        "half_load_p99_to_commit": half["p99_ms"] / commit_ms,
        "bulk_to_single": said["bulk"]["rate"] / bank["rate"],
        "double_load_p50_to_bank": twice["p50_ms"] / bank["p50_ms"],
        "double_load_p99_to_bank": twice["p99_ms"] / bank["p99_ms"],
    }
    return said


def _median(loads: Sequence[Load]) -> dict[str, Any]:
    statuses: dict[str, int] = {}
    for one in loads:
        for status, count in one.statuses.items():
            statuses[str(status)] = statuses.get(str(status), 0) + count
    rates = [one.rate for one in loads]
    return {
        "rate": statistics.median(rates),
        "rate_spread": max(rates) - min(rates),
        "p50_ms": statistics.median(one.p50 for one in loads),
        "p99_ms": statistics.median(one.p99 for one in loads),
        "p999_ms": statistics.median(one.p999 for one in loads),
        "statuses": statuses,
    }


def _needed(share: float) -> int:
    single = RECEIVABLES_A_SECOND * share * 4
    return int(ROUNDS * (single + max(2, int(5 * share)) * BULK)) + 2000


def _commit_ms(url: str, seconds: float) -> float:
    """The median of one bare commit that carries a row."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE IF NOT EXISTS bare_commit (n bigint)")
        took = []
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            db.execute("INSERT INTO bare_commit VALUES (1)")
            took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


def _plain_module() -> Any:
    path = Path(__file__).parents[4] / "bench" / "plain_bank.py"
    spec = importlib.util.spec_from_file_location("plain_bank", path)
    if spec is None or spec.loader is None or not path.exists():
        raise FileNotFoundError(
            f"{path}: this bench needs a checkout, its peer is not in the wheel"
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _plant_plain(url: str, plain: Any, planted: Planted, share: float) -> None:
    """The same receivables in the plain bank's own tables."""
    count = int(PLAIN_A_SECOND * share * ROUNDS)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(plain.SETUP)
        db.execute(
            "INSERT INTO plain.receivable"
            " (id, supplier, buyer, programme, eligible, due_on, features)"
            " SELECT id, supplier, buyer, programme, eligible, due_on, body -> 'features'"
            " FROM credit.receivable WHERE id = ANY(%s)",
            ([receivable for receivable, _ in planted.receivables[:count]],),
        )
        db.execute(
            "INSERT INTO plain.limit_line (id, amount) SELECT DISTINCT x, 1000000000000000 FROM ("
            "SELECT 'programme:' || programme AS x FROM plain.receivable UNION "
            "SELECT 'obligor:' || buyer FROM plain.receivable UNION "
            "SELECT 'group:' || buyer FROM plain.receivable UNION "
            "SELECT 'supplier:' || supplier FROM plain.receivable UNION "
            "SELECT 'product:discount') q"
        )
        db.execute("ANALYZE")


@contextlib.contextmanager
def _serving(serve: Callable[..., None], *args: Any) -> Iterator[int]:
    """A server in its own process; the port it answers at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, *args), daemon=True
    )
    process.start()
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.join()


def _serve_echo(port: int) -> None:
    from heliu.app.bench.http_echo import echo  # noqa: PLC0415 - each server loads what it serves

    _uvicorn(echo, port)


def _serve_plain(port: int, url: str, on: str) -> None:
    _uvicorn(_plain_module().make_app(url, date.fromisoformat(on)), port)


def _serve_bank(port: int, url: str) -> None:
    from heliu.app.serve.loops import Around  # noqa: PLC0415
    from heliu.app.serve.running import running  # noqa: PLC0415

    database = Database(url)
    with running(database, SystemClock(), Around(), vault=_VAULT) as (_, app):
        server_for(app, HOST, port).run()


def _uvicorn(app: Any, port: int) -> None:
    config = uvicorn.Config(
        app, HOST, port, loop="uvloop", http="httptools", access_log=False, log_config=None
    )
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run()


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, port), timeout=1).close()
            return
        time.sleep(0.05)
    raise TimeoutError(f"no server at port {port}")
