"""Time, ids, transactions and migrations."""

import os
import shutil
import signal
import subprocess
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Fault, Outage
from heliu.ground.ids import derived_id, uuid7
from heliu.ground.migrate import migrate, migrations
from heliu.ground.outbox import Fact, facts_after, tell
from heliu.ground.postgres import Embedded, embedded

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


def test_the_business_date_is_beijings_date() -> None:
    late = FixedClock(datetime(2026, 5, 20, 16, 30, tzinfo=UTC))
    assert late.today() == date(2026, 5, 21)
    late.advance(timedelta(hours=24))
    assert late.today() == date(2026, 5, 22)


def test_fresh_ids_sort_by_time_and_say_their_version() -> None:
    earlier, later = uuid7(NOON), uuid7(NOON + timedelta(milliseconds=1))
    assert earlier < later
    assert (earlier.version, earlier.variant) == (7, "specified in RFC 4122")


@given(st.lists(st.text()), st.lists(st.text()))
def test_derived_ids_are_equal_exactly_when_their_parts_are(a: list[str], b: list[str]) -> None:
    assert (derived_id(*a) == derived_id(*b)) == (a == b)


def test_a_transaction_that_raises_leaves_nothing_and_says_so(fresh: Database) -> None:
    heard: list[str] = []

    def fail() -> None:
        with fresh.transaction() as tx:
            tell(tx, [Fact(uuid7(NOON), "ground.tested.v1", {}, NOON)])
            tx.after_commit(lambda: heard.append("committed"))
            tx.after_rollback(lambda: heard.append("rolled back"))
            raise Fault("broken")

    with pytest.raises(Fault):
        fail()
    with fresh.transaction() as tx:
        assert facts_after(tx, 0, 10) == []
    assert heard == ["rolled back"]


def test_the_same_fact_told_twice_is_one_fact(fresh: Database) -> None:
    fact = Fact(uuid7(NOON), "ground.tested.v1", {"amount": 5}, NOON)
    with fresh.transaction() as tx:
        tell(tx, [fact, fact])
        tell(tx, [fact])
    with fresh.transaction() as tx:
        assert facts_after(tx, 0, 10) == [fact]


def test_a_told_fact_cannot_be_changed(fresh: Database) -> None:
    with fresh.transaction() as tx:
        tell(tx, [Fact(uuid7(NOON), "ground.tested.v1", {}, NOON)])
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        with fresh.transaction() as tx:
            tx.run("UPDATE ground.fact SET kind = 'ground.other.v1'")


def test_migrating_again_changes_nothing_and_edited_history_is_noticed(fresh: Database) -> None:
    assert migrate(fresh) == []
    with fresh.transaction() as tx:
        tx.run("UPDATE public.migration SET sha256 = 'edited' WHERE name LIKE '0001%%'", {"x": 1})
    with pytest.raises(Fault, match="0001_ground_outbox"):
        migrate(fresh)


def test_migrations_are_numbered_without_a_double() -> None:
    numbers = [migration.name[:4] for migration in migrations()]
    assert len(set(numbers)) == len(numbers)


def test_no_server_is_an_outage_with_a_sentence() -> None:
    with pytest.raises(Outage, match="cannot reach the database"):
        Database("postgresql://heliu@/heliu?host=/nonexistent").connect()


def test_a_killed_server_that_nobody_reaped_is_started_again(tmp_path: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="heliu-test-"))
    killed = embedded(home)
    killed.start()
    # As where process 1 reaps nobody: the file names a process that is dead and still listed.
    (killed.data / "postmaster.pid").rename(tmp_path / "pid")
    postmaster = int((tmp_path / "pid").read_text().split("\n", 1)[0])
    os.kill(postmaster, signal.SIGKILL)
    unreaped = subprocess.Popen(["true"])
    while "Z" not in Path(f"/proc/{unreaped.pid}/stat").read_text().split():
        os.sched_yield()
    lines = (tmp_path / "pid").read_text().split("\n")
    (killed.data / "postmaster.pid").write_text("\n".join([str(unreaped.pid), *lines[1:]]))
    assert not killed.running()
    killed.start()
    with Database(killed.url).connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    killed.stop()
    unreaped.wait()
    shutil.rmtree(home)


def test_the_embedded_server_listens_on_its_socket_only(server: Embedded, fresh: Database) -> None:
    with fresh.transaction() as tx:
        assert tx.row("SELECT current_setting('listen_addresses')") == ("",)
    assert server.running()


def test_the_embedded_server_is_durable_unless_somebody_says_otherwise(
    fresh: Database,
) -> None:
    # These tests' own servers are told otherwise by ALTER SYSTEM, which is another file.
    with fresh.transaction() as tx:
        said = tx.rows(
            "SELECT name, setting FROM pg_file_settings WHERE name IN "
            "('fsync', 'synchronous_commit', 'full_page_writes') AND sourcefile LIKE '%%sql.conf'"
        )
        assert [row for row in said if row[1] != "on"] == []
        default = "SELECT boot_val FROM pg_settings WHERE name = 'fsync'"
        assert tx.row(default) == ("on",)
