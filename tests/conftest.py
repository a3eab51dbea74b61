"""Shared ground of all tests: a real PostgreSQL, a database per worker, rolled back or fresh."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from heliu.ground.db import Database, Tx
from heliu.ground.migrate import migrate
from heliu.ground.postgres import Embedded, embedded

# How fast a machine is belongs to the benchmarks: a loaded one must not fail a law.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def server() -> Iterator[Embedded]:
    """An embedded server of this worker's own, in a folder that goes away with it."""
    home = Path(tempfile.mkdtemp(prefix="heliu-test-"))
    running = embedded(home)
    running.start()
    # A test's server outlives kill -9 of its processes, never a power cut: nothing need reach the
    # disk, and copies of databases cost no more than memory.
    with psycopg.connect(running.url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("SELECT pg_reload_conf()")
    yield running
    running.stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template(server: Embedded) -> str:
    """Name of a migrated, empty database that is only ever copied."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE template_heliu")
    database = Database(_url(server, "template_heliu"))
    migrate(database)
    database.close()
    return "template_heliu"


@pytest.fixture
def fresh(server: Embedded, template: str) -> Iterator[Database]:
    """A migrated database of this test's own, for what must really commit."""
    with _copied(server, template) as database:
        yield database


@pytest.fixture(scope="module")
def told(server: Embedded, template: str) -> Iterator[Database]:
    """A migrated database that the tests of one module read after one story was told in it."""
    with _copied(server, template) as database:
        yield database


@contextmanager
def _copied(server: Embedded, template: str) -> Iterator[Database]:
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        database = Database(_url(server, name))
        yield database
        database.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _shared(server: Embedded, template: str) -> Iterator[Database]:
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE shared TEMPLATE {template}")
    database = Database(_url(server, "shared"))
    yield database
    database.close()


class _RolledBack(Exception):
    pass


@pytest.fixture
def tx(_shared: Database) -> Iterator[Tx]:
    """A transaction on the migrated schema, rolled back after the test."""
    with suppress(_RolledBack), _shared.transaction() as opened:
        yield opened
        raise _RolledBack


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real third-party documents; skips where it is missing."""
    root = Path(os.environ.get("HELIU_SHARED", Path(__file__).parents[2] / "shared"))
    if not (root / "data").is_dir():
        pytest.skip(f"no third-party documents at {root} (set HELIU_SHARED)")
    return root / "data"


def _url(server: Embedded, name: str) -> str:
    return server.url.replace("@/heliu?", f"@/{name}?")
