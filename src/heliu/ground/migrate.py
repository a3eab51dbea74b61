"""Forward-only migrations: numbered SQL files, each in a transaction of its own, each once."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from heliu.ground.db import Database
from heliu.ground.errors import Fault

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS public.migration (
  name text PRIMARY KEY,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)"""
# One migrator at a time, whoever starts first (the number is arbitrary but fixed).
_LOCK: Final = "SELECT pg_advisory_xact_lock(726335)"
_APPLIED: Final = "SELECT name, sha256 FROM public.migration"
_RECORD: Final = "INSERT INTO public.migration (name, sha256) VALUES (%s, %s)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file: its name, text and fingerprint."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The fingerprint that proves an applied migration was not edited afterwards."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations that travel with the package, in order."""
    folder = files("heliu") / "migrations"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [Migration(name, (folder / name).read_text(encoding="utf-8")) for name in names]


def migrate(database: Database) -> list[str]:
    """Apply what is missing; returns the names applied. Raises Fault if history was edited."""
    applied: list[str] = []
    with database.transaction() as tx:
        tx.run(_LOCK)
        tx.run(_TABLE)
        known: dict[str, str] = dict(tx.rows(_APPLIED))
        for migration in migrations():
            if (sha256 := known.get(migration.name)) is None:
                tx.run("SET LOCAL lock_timeout = '5s'")
                tx.run(migration.sql)
                tx.run(_RECORD, (migration.name, migration.sha256))
                applied.append(migration.name)
            elif sha256 != migration.sha256:
                raise Fault(
                    f"migration {migration.name} was changed after it was applied: use the release "
                    "that made this database, or an empty one"
                )
    return applied
