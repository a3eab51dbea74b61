"""The database door when the server goes, comes back, or has no room left."""

import psycopg
import pytest

from heliu.ground.db import Database
from heliu.ground.errors import Outage

END_ALL = """
SELECT pg_terminate_backend(a.pid, 5000)
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"""
FAIL = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{}'; END $$"


def end_all_sessions(database: Database) -> None:
    with database.connect(autocommit=True) as admin:
        admin.execute(END_ALL)


def test_idle_connections_that_their_server_ended_are_not_handed_out(fresh: Database) -> None:
    with fresh.transaction() as one, fresh.transaction() as two:
        assert one.row("SELECT 1") == two.row("SELECT 1")
    end_all_sessions(fresh)
    with fresh.transaction() as one, fresh.transaction() as two:
        assert one.row("SELECT 1") == two.row("SELECT 1")


def test_a_server_lost_in_a_transaction_is_an_outage_once(fresh: Database) -> None:
    with pytest.raises(Outage, match="lost"), fresh.transaction() as tx:
        end_all_sessions(fresh)
        tx.run("SELECT 1")
    with fresh.transaction() as tx:
        assert tx.row("SELECT 1") == (1,)


@pytest.mark.parametrize("state", ["08006", "25006", "53100", "57P01", "58030"])
def test_what_the_server_cannot_do_for_now_is_an_outage(fresh: Database, state: str) -> None:
    undone: list[str] = []
    with pytest.raises(Outage), fresh.transaction() as tx:
        tx.after_rollback(lambda: undone.append(state))
        tx.connection.execute(FAIL.format(state).encode())
    assert undone == [state]


@pytest.mark.parametrize("state", ["23505", "23514", "40P01", "57014", "HL001"])
def test_what_the_server_refuses_is_told_as_it_is(fresh: Database, state: str) -> None:
    with pytest.raises(psycopg.Error) as caught, fresh.transaction() as tx:
        tx.connection.execute(FAIL.format(state).encode())
    assert caught.value.sqlstate == state


def test_of_several_hosts_the_one_that_may_be_written_to_answers(fresh: Database) -> None:
    several = Database(fresh.url.replace("host=", "host=/nonexistent,"))
    with several.transaction() as tx:
        assert tx.row("SHOW transaction_read_only") == ("off",)
    several.close()
