"""The database door when the server goes, comes back, or has no room left."""

from contextlib import suppress
from typing import Final
from uuid import uuid4

import psycopg
import pytest

from heliu.ground.db import Database
from heliu.ground.errors import Fault, Outage, Surprise

END_ALL = """
SELECT pg_terminate_backend(a.pid, 5000)
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"""
TELL: Final = """
INSERT INTO ground.fact (id, kind, body, occurred_at)
SELECT f.id, 'test.told.v1', '{}'::jsonb, now()
FROM unnest(%b::uuid[]) AS f (id)"""
FIND: Final = "SELECT id FROM ground.fact WHERE id = ANY(%b::uuid[])"
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


def facts(fresh: Database) -> int:
    with fresh.transaction() as tx:
        return int(tx.rows("SELECT count(*) FROM ground.fact")[0][0])


@pytest.mark.parametrize("expected", [0, 2])
def test_a_hopeful_transaction_that_hoped_in_vain_keeps_nothing(
    fresh: Database, expected: int
) -> None:
    with pytest.raises(Surprise), fresh.transaction(hopeful=True) as tx:
        tx.expect(TELL, ([uuid4()],), expected)
    assert facts(fresh) == 0


def test_a_hopeful_transaction_that_hoped_rightly_is_kept(fresh: Database) -> None:
    with fresh.transaction(hopeful=True) as tx:
        tx.expect(TELL, ([uuid4(), uuid4()],), 2)
    assert facts(fresh) == 2


def test_what_was_hoped_to_be_new_and_is_there_is_a_surprise(fresh: Database) -> None:
    twice = uuid4()
    with pytest.raises(Surprise), fresh.transaction(hopeful=True) as tx:
        tx.later(TELL, ([twice, twice],))
    assert facts(fresh) == 0


def test_an_error_that_was_kept_back_is_not_committed_as_if_nothing_were(fresh: Database) -> None:
    with pytest.raises(Fault, match="kept back"), fresh.transaction() as tx:
        with suppress(psycopg.Error):
            tx.connection.execute(FAIL.format("23514").encode())


def test_what_was_foreseen_is_not_asked_again_and_other_questions_are(fresh: Database) -> None:
    known, other = uuid4(), uuid4()
    with fresh.transaction() as tx:
        tx.later(TELL, ([known, other],))
    with fresh.transaction() as tx:
        tx.foresee((FIND, ([known],)))
        assert tx.reads((FIND, ([other],))) == [[(other,)]]
        tx.foresee((FIND, ([known],)))
        assert tx.reads((FIND, ([known],))) == [[(known,)]]


def test_work_under_way_is_given_up_with_its_transaction(fresh: Database) -> None:
    with pytest.raises(ZeroDivisionError), fresh.transaction() as tx:
        tx.later(TELL, ([uuid4()],))
        tx.push()
        1 / 0  # noqa: B018
    assert facts(fresh) == 0
