"""Benchmarks run and described: scratch database, machine, commit, table and JSON twin."""

import importlib
import os
import platform
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
import psycopg
from psycopg import sql
from rich.box import SIMPLE_HEAD
from rich.progress import Progress
from rich.table import Table

from heliu.ground.db import Database
from heliu.ground.migrate import migrate

NAMES: Final = (
    "ledger",
    "ingest",
    "detect",
    "crash",
    "crash_ledger",
    "acquire",
    "features",
    "loan_fetch",
    "schedule",
    "fold",
    "eod",
    "failover",
    "http_echo",
    "instants",
    "pages",
)


def measure(name: str, url: str, seconds: float, bars: Progress) -> dict[str, Any]:
    """One benchmark's result, with what it ran on; it works on a scratch database of its own."""
    module = importlib.import_module(f"heliu.app.bench.{name}")
    task = bars.add_task(name, total=None)
    with _scratch(url) as scratch:
        started = datetime.now(UTC)
        result = module.run(scratch, seconds=seconds, progress=_teller(bars, task, name))
    return {
        "bench": name,
        "commit": _commit(),
        "machine": _machine(),
        "started_at": started,
        "result": result,
    }


def table(result: dict[str, Any]) -> Table:
    """The result as name and value, nested names joined by dots."""
    machine = result["machine"]
    title = f"{result['bench']} · {result['commit']} · {machine['cpu']} × {machine['cores']}"
    drawn = Table("measure", "value", title=title, box=SIMPLE_HEAD)
    for name, value in _flat(result["result"], ""):
        drawn.add_row(name, f"{value:,.3f}" if isinstance(value, float) else str(value))
    return drawn


def write_result(result: dict[str, Any], folder: Path) -> None:
    """The result as NAME.json and, for readers, as the table NAME.md."""
    folder.mkdir(parents=True, exist_ok=True)
    name, machine = result["bench"], result["machine"]
    whole = msgspec.json.format(msgspec.json.encode(result), indent=2)
    (folder / f"{name}.json").write_bytes(whole + b"\n")
    rows = [
        f"| {label} | {f'{value:,.4g}' if isinstance(value, float) else value} |"
        for label, value in _flat(result["result"], "")
    ]
    head = (
        f"# heliu bench {name}",
        "",
        (
            f"Commit {result['commit']}, {result['started_at']:%Y-%m-%d}, {machine['cpu']} × "
            f"{machine['cores']}, {machine['memory_gib']} GiB, Python {machine['python']}. "
            "Written by `make bench`; other work may have shared the cores, so read the ratios."
        ),
        "",
        "| measure | value |",
        "|---|---:|",
    )
    (folder / f"{name}.md").write_text("\n".join((*head, *rows, "")), encoding="utf-8")


def _flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _teller(bars: Progress, task: Any, name: str) -> Callable[[str], None]:
    def tell(step: str) -> None:
        bars.update(task, description=f"{name}: {step}")

    return tell


@contextmanager
def _scratch(url: str) -> Iterator[str]:
    name = f"bench_{uuid4().hex}"
    parts = psycopg.conninfo.conninfo_to_dict(url)
    scratch = psycopg.conninfo.make_conninfo("", **(parts | {"dbname": name}))
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            database = Database(scratch)
            migrate(database)
            database.close()
            yield scratch
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            admin.execute(drop)


def _commit() -> str:
    here = Path(__file__).parent
    command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        from importlib.metadata import version  # noqa: PLC0415 - only outside a checkout

        return f"heliu {version('heliu')}"
    return done.stdout.strip()


def _machine() -> dict[str, Any]:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text(encoding="utf-8").splitlines() if "model name" in x]
        cpu = names[0].split(":", 1)[1].strip() if names else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
    }
