"""Doctor: what is wrong on this machine for Heliu, and how to cure it."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import psycopg

from heliu.app.bank import database_url
from heliu.app.settings import settings
from heliu.ground.db import Database
from heliu.ground.errors import Fault, Outage, Refusal
from heliu.ground.migrate import migrate, migrations
from heliu.ground.text import Text

_MIN_FREE_MB: Final = 500
_MIN_SERVER: Final = 150000
_NOTHING: Final = Text("", "")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is well, what was found, and the cure if it is not."""

    name: str
    well: bool
    found: Text
    cure: Text = _NOTHING


def examine() -> list[Check]:
    """All checks, in the order in which a cure makes sense; later ones need earlier ones."""
    checks: list[Check] = []
    for look in (_python, _settings, _home, _disk, _memory, _server, _schema, _durable):
        checks.append(look())
        if not checks[-1].well and look in _GATES:
            break
    return checks


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    well = sys.version_info >= (3, 11)
    cure = Text("安装 Python 3.11 或更高版本", "install Python 3.11 or newer")
    return Check("python", well, Text(version, version), cure)


def _settings() -> Check:
    try:
        found = settings()
    except Refusal as refusal:
        return Check("settings", well=False, found=refusal.reason, cure=refusal.cure)
    kind = "external" if found.database_url else "embedded"
    text = Text(
        f"{'外部' if found.database_url else '内置'} PostgreSQL, {found.profile}",
        f"{kind} PostgreSQL, profile {found.profile}",
    )
    return Check("settings", well=True, found=text)


def _home() -> Check:
    folder = settings().folder
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    well = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    cure = Text(
        f"授予 {existing} 写权限，或把 HELIU_HOME 指向可写目录",
        f"make {existing} writable, or point HELIU_HOME at a folder you may write",
    )
    return Check("home", well, Text(str(folder), str(folder)), cure)


def _disk() -> Check:
    folder = settings().folder
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free // 2**20
    cure = Text(f"腾出 {_MIN_FREE_MB} MB", f"free {_MIN_FREE_MB} MB")
    return Check("disk", free >= _MIN_FREE_MB, Text(f"可用 {free} MB", f"{free} MB free"), cure)


def _memory() -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    cure = Text("至少需要 1 GB 内存", "at least 1 GB of memory is needed")
    return Check("memory", total >= 1000, Text(f"{total} MB", f"{total} MB"), cure)  # noqa: PLR2004


def _server() -> Check:
    try:
        database = Database(database_url())
        with database.transaction() as tx:
            row = tx.row("SHOW server_version_num")
        database.close()
    except Outage as outage:
        cure = (
            Text(
                "检查 HELIU_DATABASE_URL 的主机、端口与口令",
                "check host, port and password in HELIU_DATABASE_URL",
            )
            if settings().database_url
            else Text(
                "查看数据目录中的 postgres/server.log",
                "read postgres/server.log in the data folder",
            )
        )
        message = str(outage).splitlines()[0]
        return Check("database", well=False, found=Text(message, message), cure=cure)
    number = int(row[0]) if row else 0
    found = Text(f"PostgreSQL {number // 10000}", f"PostgreSQL {number // 10000}")
    cure = Text("升级到 PostgreSQL 15 或更高版本", "upgrade to PostgreSQL 15 or newer")
    return Check("database", number >= _MIN_SERVER, found, cure)


def _schema() -> Check:
    database = Database(database_url())
    try:
        migrate(database)
    except (Fault, psycopg.Error) as error:
        message = str(error).splitlines()[0]
        cure = Text(
            "用发布版的迁移文件，或换一个空数据库",
            "use the migrations as released, or an empty database",
        )
        return Check("schema", well=False, found=Text(message, message), cure=cure)
    finally:
        database.close()
    count = len(migrations())
    return Check("schema", well=True, found=Text(f"{count} 个迁移", f"{count} migrations applied"))


def _durable() -> Check:
    database = Database(database_url())
    with database.transaction() as tx:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        values = {name: row[0] for name in names if (row := tx.row(f"SHOW {name}"))}
    database.close()
    off = [name for name, value in values.items() if value == "off"]
    cure = Text(
        "把这些设置改回 on，否则断电会丢账", "set them on, or a power cut loses booked money"
    )
    listed = ", ".join(off) or "fsync on"
    return Check("durability", not off, Text(listed, listed), cure)


_GATES: Final[frozenset[Callable[[], Check]]] = frozenset({_settings, _home, _server, _schema})
