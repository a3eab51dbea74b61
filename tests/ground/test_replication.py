"""The standby of the embedded server: in step, promoted, put back, let go."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from heliu.ground import replication
from heliu.ground.db import Database
from heliu.ground.errors import Outage, Refusal
from heliu.ground.postgres import Embedded, embedded
from heliu.ground.replication import Standby, standby_of


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Two homes, `one` running; both servers end with the module."""
    folder = Path(tempfile.mkdtemp(prefix="heliu-test-"))
    embedded(folder / "one").start()
    yield folder
    embedded(folder / "one").halt()
    embedded(folder / "two").halt()
    shutil.rmtree(folder)


@pytest.fixture
def pair(home: Path) -> Standby:
    """`one` leads and `two` follows in step, whatever the test before did."""
    replication.start(home / "one")
    found = standby_of(home / "one")
    if found is not None and found.leader == embedded(home / "two"):
        found = Standby.create(found.leader, home / "one")
        found.start()
        found.promote()
        found = None
    made = found or Standby.create(embedded(home / "one"), home / "two")
    made.start()
    with closing(Database(made.url)) as database, database.transaction() as tx:
        tx.run("DROP TABLE IF EXISTS paid")
        tx.run("CREATE TABLE paid (fen int)")
    return made


def pay(database: Database) -> None:
    with database.transaction() as tx:
        tx.run("INSERT INTO paid VALUES (1)")


def paid(database: Database) -> int:
    with database.transaction() as tx:
        row = tx.row("SELECT count(*) FROM paid")
    assert row is not None
    return int(row[0])


def kill(server: Embedded) -> None:
    """Kill -9 the postmaster; its children end with it."""
    os.kill(int((server.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)


def test_what_was_acknowledged_is_on_the_promoted_standby_and_its_primary_stays_down(
    pair: Standby,
) -> None:
    database = Database(pair.url)
    pay(database)
    kill(pair.primary)
    pair.promote()
    assert paid(database) == 1
    pay(database)
    assert paid(database) == 2
    database.close()
    with pytest.raises(Outage, match="superseded"):
        pair.primary.start()


def test_an_outage_is_told_until_the_promoted_one_answers(pair: Standby) -> None:
    database = Database(pair.url)
    with pytest.raises(Outage, match="lost"), database.transaction() as tx:
        kill(pair.primary)
        tx.run("INSERT INTO paid SELECT 1 FROM pg_sleep(10)")
    with pytest.raises(Outage, match="cannot reach"):
        pay(database)
    pair.promote()
    pay(database)
    assert paid(database) == 1
    database.close()


def test_a_primary_that_still_runs_is_stopped_before_the_other_leads(pair: Standby) -> None:
    pair.promote()
    assert not pair.primary.running()
    with Database(pair.url).connect() as connection:
        assert connection.execute("SHOW data_directory").fetchone() == (str(pair.server.data),)


def test_the_old_primary_follows_the_new_one_and_both_homes_know(pair: Standby) -> None:
    kill(pair.primary)
    pair.promote()
    back = Standby.create(pair.server, pair.primary.data.parent)
    back.start()
    assert standby_of(pair.primary.data.parent) == standby_of(pair.server.data.parent) == back
    follows = back.state()
    assert follows is not None
    assert follows.synchronous


def test_nothing_is_acknowledged_without_the_standby_until_it_is_released(pair: Standby) -> None:
    database = Database(pair.url)
    pair.stop()
    with ThreadPoolExecutor(1) as pool:
        payment = pool.submit(pay, database)
        with pytest.raises(TimeoutError):
            payment.result(0.3)
        pair.release()
        payment.result()
    assert paid(database) == 1
    database.close()


def test_a_released_standby_is_not_promoted_by_mistake(pair: Standby) -> None:
    pair.release()
    with pytest.raises(Refusal, match=r"standby\.released"):
        pair.promote()
    assert pair.primary.running()
    pair.start()
    assert not pair.released


def test_an_interrupted_promotion_is_seen_through_at_the_next_start(
    pair: Standby, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(_self: Embedded) -> None:
        raise Outage("the power went")

    with monkeypatch.context() as patched, pytest.raises(Outage, match="power"):
        patched.setattr(Embedded, "halt", cut)
        pair.promote()
    database = Database(replication.start(home / "one"))
    pay(database)
    assert pair.promoted
    database.close()


def test_the_pair_is_stopped_and_started_as_one(pair: Standby, home: Path) -> None:
    replication.stop(home / "two")
    assert not pair.primary.running()
    assert not pair.server.running()
    database = Database(replication.start(home / "two"))
    pay(database)
    database.close()


def test_a_folder_with_another_servers_data_is_not_overwritten(pair: Standby, home: Path) -> None:
    with pytest.raises(Outage, match="another server's data"):
        Standby.create(pair.server, home / "one")


def test_a_dropped_standby_leaves_the_primary_alone(pair: Standby, home: Path) -> None:
    pair.drop()
    assert standby_of(home / "one") is standby_of(home / "two") is None
    with pytest.raises(Outage, match="superseded"):
        embedded(home / "two").start()
    database = Database(replication.start(home / "one"))
    pay(database)
    database.close()
