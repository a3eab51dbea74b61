"""Hearing the outbox: every fact becomes its deliveries once, whatever else commits meanwhile."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.channels.webhooks.api import AddEndpoint, Endpoint, add_endpoint, deliveries_of, hear
from heliu.channels.webhooks.api import remove_endpoint as remove
from heliu.channels.webhooks.service import PAGE
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.outbox import Fact, Mark, tell
from heliu.parties.access.api import Connection, IssueConnection, Permission, issue, revoke

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
KIND = "credit.loan_disbursed.v1"
MILL, PRESS = "91350100M000100Y43", "91110000000000019B"
NUMBERS = count(1000)
MAY = frozenset({Permission.WEBHOOKS_MANAGE})


@pytest.mark.parametrize("kinds", [{"credit"}, {"a.b.v1\n"}, {f"a.b.v{n}" for n in range(51)}])
def test_an_endpoint_of_kinds_that_are_none_is_refused(tx: Tx, kinds: set[str]) -> None:
    connection = issue(tx, SYSTEM, IssueConnection(None, "x", MAY), NOON)
    command = AddEndpoint(connection, "https://hooks.example.com/", frozenset(kinds))
    with pytest.raises(Refusal, match=r"webhook\.kinds_invalid"):
        add_endpoint(tx, SYSTEM, command, frozenset(), NOON)


@pytest.fixture
def outbox(told: Database) -> Database:
    """The outbox with everything heard that the tests before told."""
    all_heard(told)
    return told


def connect(database: Database, party: str | None = None) -> tuple[Connection, Endpoint]:
    with database.transaction() as tx:
        connection = issue(tx, SYSTEM, IssueConnection(party, "x", MAY), NOON)
        command = AddEndpoint(connection, f"https://hooks.example.com/{uuid4()}")
        return connection, add_endpoint(tx, SYSTEM, command, frozenset(), NOON)


def fact(number: int, *parties: str) -> Fact:
    return Fact(uuid4(), KIND, {"n": number, "parties": list(parties)}, NOON)


def tells(database: Database, *facts: Fact) -> None:
    with database.transaction() as tx:
        tell(tx, facts)


@contextmanager
def teller(database: Database) -> Iterator[Tx]:
    """A transaction of another process, committed when the block ends."""
    with closing(Database(database.url)) as other, other.transaction() as tx:
        yield tx


def heard(database: Database, mark: Mark | None = None, *, times: int) -> Mark | None:
    for _ in range(times):
        with database.transaction() as tx:
            mark = hear(tx, NOON, mark)
    return mark


def all_heard(database: Database, mark: Mark | None = None) -> None:
    """Hear until nothing waits: the server itself may be writing for a moment."""
    until = time.monotonic() + 10
    while (mark := heard(database, mark, times=1)) is not None:
        assert time.monotonic() < until, "a writer holds up the outbox"


def numbers(database: Database, endpoint: Endpoint) -> list[int]:
    with database.transaction() as tx:
        listed = deliveries_of(tx, endpoint, limit=10_000)
    return [json.loads(one.delivery.payload)["data"]["n"] for one in reversed(listed)]


def test_facts_become_deliveries_once_in_order_of_telling(outbox: Database) -> None:
    _, endpoint = connect(outbox)
    tells(outbox, fact(2), fact(1))
    tells(outbox, fact(3))
    all_heard(outbox)
    assert numbers(outbox, endpoint) == [2, 1, 3]
    all_heard(outbox)
    assert numbers(outbox, endpoint) == [2, 1, 3]


def test_a_party_hears_what_concerns_it_and_the_bank_hears_all(outbox: Database) -> None:
    (_, mill), (_, press), (_, bank) = (connect(outbox, party) for party in (MILL, PRESS, None))
    tells(outbox, fact(1, MILL), fact(2, MILL, PRESS), fact(3))
    all_heard(outbox)
    assert [numbers(outbox, e) for e in (mill, press, bank)] == [[1, 2], [2], [1, 2, 3]]


def test_a_fact_that_becomes_visible_late_is_not_skipped(outbox: Database) -> None:
    """The position is drawn first and committed last: what is read by position alone misses it."""
    _, endpoint = connect(outbox)
    mark = None
    with teller(outbox) as slow:
        tell(slow, [fact(1)])
        slow.rows("SELECT 1")
        tells(outbox, fact(2))
        mark = heard(outbox, times=3)
        assert numbers(outbox, endpoint) == []
    all_heard(outbox, mark)
    assert numbers(outbox, endpoint) == [1, 2]


def test_a_fact_told_and_rolled_back_leaves_a_gap_that_stops_nothing(outbox: Database) -> None:
    _, endpoint = connect(outbox)
    with pytest.raises(ZeroDivisionError), teller(outbox) as failing:
        tell(failing, [fact(1)])
        failing.rows("SELECT 1")
        raise ZeroDivisionError
    tells(outbox, fact(2))
    all_heard(outbox)
    assert numbers(outbox, endpoint) == [2]


def test_a_teller_has_its_number_before_its_first_position(outbox: Database) -> None:
    """Between the two a mark could be taken that is settled while the position is still open."""
    with outbox.transaction() as tx:
        assert tx.row("SELECT pg_current_xact_id_if_assigned()") == (None,)
        # Telling no row draws no position, but its teller is numbered all the same.
        tx.run("""
            INSERT INTO ground.fact (id, kind, body, occurred_at)
            SELECT NULL, '', '{}', now() LIMIT 0""")
        assert tx.row("SELECT pg_current_xact_id_if_assigned()") != (None,)


def test_a_mark_waits_for_everybody_who_was_writing_when_it_was_taken(outbox: Database) -> None:
    _, endpoint = connect(outbox)
    tells(outbox, fact(1))
    with teller(outbox) as writer:
        tell(writer, [fact(2)])
        writer.rows("SELECT 1")
        mark = heard(outbox, times=5)
    assert numbers(outbox, endpoint) == []
    all_heard(outbox, mark)
    assert numbers(outbox, endpoint) == [1, 2]


def test_who_hears_second_does_nothing(outbox: Database) -> None:
    _, endpoint = connect(outbox)
    tells(outbox, fact(1))
    with teller(outbox) as other:
        mark = hear(other, NOON, None)
        with outbox.transaction() as tx:
            assert hear(tx, NOON, None) is None
    all_heard(outbox, mark)
    assert numbers(outbox, endpoint) == [1]


def test_more_than_a_page_is_heard_in_pages(outbox: Database) -> None:
    _, endpoint = connect(outbox)
    tells(outbox, *(fact(number) for number in range(1, PAGE + 2)))
    all_heard(outbox)
    assert numbers(outbox, endpoint) == list(range(1, PAGE + 2))


def test_an_endpoint_gets_what_is_told_after_it_was_added(outbox: Database) -> None:
    tells(outbox, fact(1))
    all_heard(outbox)
    _, endpoint = connect(outbox)
    tells(outbox, fact(2))
    all_heard(outbox)
    assert numbers(outbox, endpoint) == [2]


def test_nothing_is_kept_for_who_is_gone_or_revoked(outbox: Database) -> None:
    (left, gone), (revoked, deaf) = connect(outbox), connect(outbox)
    with outbox.transaction() as tx:
        remove(tx, SYSTEM, left, gone.id, NOON)
        revoke(tx, SYSTEM, [revoked.id], NOON)
    tells(outbox, fact(1))
    all_heard(outbox)
    assert [numbers(outbox, e) for e in (gone, deaf)] == [[], []]


def test_idle_hearing_writes_nothing(outbox: Database) -> None:
    connect(outbox)
    tells(outbox, fact(1))
    all_heard(outbox)
    with outbox.transaction() as tx:
        assert hear(tx, NOON, None) is None
        assert tx.row("SELECT pg_current_xact_id_if_assigned()") == (None,)


def test_the_cursor_does_not_go_back_even_by_hand(tx: Tx) -> None:
    tx.run("UPDATE channels.webhook_cursor SET position = 5")
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="go back"):
        tx.run("UPDATE channels.webhook_cursor SET position = 4")


class Tellers:
    """Up to four tellers side by side, and what was committed of what they told."""

    def __init__(self, database: Database) -> None:
        self.database, self.committed = database, list[int]()
        self.mark: Mark | None = None
        self.open: dict[int, tuple[psycopg.Connection[tuple[object, ...]], list[int]]] = {}

    def do(self, act: str, slot: int) -> None:
        match act:
            case "tell":
                if slot not in self.open:
                    self.open[slot] = (self.database.connect(), [])
                connection, said = self.open[slot]
                said.append(next(NUMBERS))
                tx = Tx(connection)
                tell(tx, [fact(said[-1])])
                tx.rows("SELECT 1")
            case "commit" if slot in self.open:
                self.open[slot][0].commit()
                self.committed += self.open[slot][1]
                self.leave(slot)
            case "leave":
                self.leave(slot)
            case _:
                self.mark = heard(self.database, self.mark, times=1)

    def leave(self, slot: int) -> None:
        if slot in self.open:
            self.open.pop(slot)[0].close()


acts = st.tuples(
    st.sampled_from(["tell", "tell", "commit", "leave", "hear", "hear"]), st.integers(0, 3)
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, min_size=20, max_size=40))
def test_no_order_of_commits_skips_or_doubles_a_fact(
    outbox: Database, story: list[tuple[str, int]]
) -> None:
    _, endpoint = connect(outbox)
    tellers = Tellers(outbox)
    for act, slot in story:
        tellers.do(act, slot)
    for slot in range(4):
        tellers.leave(slot)
    all_heard(outbox, tellers.mark)
    assert sorted(numbers(outbox, endpoint)) == sorted(tellers.committed)
