"""The courier: facts reach the endpoints that may know them, at least once, and are tried again."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from standardwebhooks import Webhook
from tests.channels.webhooks.receiver import Receiver, receiving

from heliu.channels.webhooks.api import (
    MAX_TRIES,
    AddEndpoint,
    Courier,
    Endpoint,
    Fault,
    Listed,
    State,
    Ways,
    add_endpoint,
    deliveries_of,
    endpoints_of,
    replay_delivery,
    replay_since,
    secret_of,
    send_test,
)
from heliu.channels.webhooks.domain.message import secret_text
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import FixedClock, SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.outbox import Fact, tell
from heliu.ground.postgres import Embedded
from heliu.parties.access.api import (
    Connection,
    IssueConnection,
    Permission,
    Vault,
    issue,
    revoke,
)

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
KIND = "credit.loan_disbursed.v1"
VAULT = Vault(bytes(range(32)))
MAY = frozenset({Permission.WEBHOOKS_MANAGE})


@dataclass
class Post:
    """A bank with one connection and one endpoint, and the courier between them."""

    database: Database
    clock: FixedClock
    connection: Connection
    endpoint: Endpoint
    receiver: Receiver
    courier: Courier

    def tell(self, *numbers: int) -> None:
        with self.database.transaction() as tx:
            tell(tx, [Fact(uuid4(), KIND, {"loan_id": str(n)}, NOON) for n in numbers])

    def round(self) -> list[State]:
        """Hear until nothing waits, deliver once."""
        self.courier.hear()
        awaited(self.quiet)
        return [delivery.state for delivery, _ in self.courier.deliver_due()]

    def quiet(self) -> bool:
        self.courier.hear()
        return self.courier._mark is None

    def listed(self) -> list[Listed]:
        with self.database.transaction() as tx:
            return list(reversed(deliveries_of(tx, self.endpoint)))

    def got(self) -> list[str]:
        """The loans the endpoint was told of, in order."""
        return [json.loads(body)["data"]["loan_id"] for _, body in self.receiver.got]


def open_endpoint(database: Database, connection: Connection, receiver: Receiver) -> Endpoint:
    with database.transaction() as tx:
        command = AddEndpoint(connection, receiver.url)
        return add_endpoint(tx, SYSTEM, command, receiver.allow, NOON)


@pytest.fixture
def post(told: Database) -> Iterator[Post]:
    """A post of this test's own: its connection is revoked behind it."""
    with receiving(Receiver()) as receiver:
        with told.transaction() as tx:
            connection = issue(tx, SYSTEM, IssueConnection(None, "desk", MAY), NOON)
        endpoint = open_endpoint(told, connection, receiver)
        clock = FixedClock(NOON)
        ways = Ways(receiver.allow, chance=Random(1))  # noqa: S311 - no secret
        courier = Courier(told, clock, VAULT, ways)
        yield Post(told, clock, connection, endpoint, receiver, courier)
        with told.transaction() as tx:
            revoke(tx, SYSTEM, [connection.id], NOON)


def test_a_fact_arrives_signed_and_its_library_reads_it(post: Post) -> None:
    post.clock.at = datetime.now(UTC)
    post.tell(1)
    assert post.round() == [State.DELIVERED]
    ((headers, body),) = post.receiver.got
    reader = Webhook(secret_text(secret_of(VAULT, post.endpoint.id)))
    assert reader.verify(body, headers)["data"] == {"loan_id": "1"}
    (one,) = post.listed()
    assert headers["webhook-id"] == one.delivery.message_id
    assert one.last is not None
    assert (one.last.status, one.last.fault) == (204, None)
    assert post.round() == []


def test_what_is_not_taken_is_tried_again_under_its_id_until_it_is(post: Post) -> None:
    post.receiver.statuses = [500, 503, 204]
    post.tell(1)
    assert post.round() == [State.DUE]
    assert post.round() == []
    post.clock.advance(HOUR)
    assert post.round() == [State.DUE]
    post.clock.advance(HOUR)
    assert post.round() == [State.DELIVERED]
    assert len({headers["webhook-id"] for headers, _ in post.receiver.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in post.receiver.got}) == 3
    assert [one.delivery.attempts for one in post.listed()] == [3]


def test_what_nobody_takes_is_dead_after_its_tries_and_can_be_replayed(post: Post) -> None:
    post.receiver.statuses = [500]
    post.tell(1)
    states: list[State] = []
    for _ in range(MAX_TRIES + 1):
        states += post.round()
        post.clock.advance(timedelta(days=2))
    assert states == [State.DUE] * (MAX_TRIES - 1) + [State.DEAD]
    post.receiver.statuses = [204]
    (dead,) = post.listed()
    with post.database.transaction() as tx:
        replay_delivery(tx, post.endpoint, dead.delivery.id, post.clock.now())
    assert post.round() == [State.DELIVERED]
    assert [one.delivery.attempts for one in post.listed()] == [MAX_TRIES + 1]


def test_all_since_an_instant_are_sent_again(post: Post) -> None:
    post.tell(1)
    post.round()
    post.clock.advance(HOUR)
    post.tell(2, 3)
    post.round()
    with post.database.transaction() as tx:
        assert replay_since(tx, post.endpoint, NOON + HOUR, post.clock.now()) == 2
    assert post.round() == [State.DELIVERED] * 2
    assert sorted(post.got()) == ["1", "2", "2", "3", "3"]
    ids = [headers["webhook-id"] for headers, _ in post.receiver.got]
    assert len(set(ids)) == 3


def test_nobody_replays_what_is_not_his(post: Post) -> None:
    with post.database.transaction() as tx, pytest.raises(Refusal, match=r"resource\.unknown"):
        replay_delivery(tx, post.endpoint, UUID(int=5), NOON)


def test_a_test_message_is_sent_whatever_the_endpoint_wants(post: Post) -> None:
    with post.database.transaction() as tx:
        send_test(tx, post.endpoint, NOON)
    assert post.round() == [State.DELIVERED]
    ((_, body),) = post.receiver.got
    assert json.loads(body)["type"] == "webhooks.test.v1"


def test_an_endpoint_that_cannot_be_reached_is_told_by_its_fault(post: Post) -> None:
    post.tell(1)
    post.courier._ways = Ways()
    assert post.round() == [State.DUE]
    (one,) = post.listed()
    assert one.last is not None
    assert (one.last.status, one.last.fault) == (None, Fault.ADDRESS_NOT_PUBLIC)
    assert post.receiver.got == []


def test_what_was_taken_while_the_database_was_lost_is_sent_again(
    post: Post, server: Embedded
) -> None:
    post.tell(1)
    awaited(post.quiet)
    post.receiver.hang()
    with ThreadPoolExecutor(1) as thread:
        lost = thread.submit(post.courier.deliver_due)
        awaited(lambda: len(post.receiver.got) == 1)
        with shut(server, post.database):
            post.receiver.released.set()
            assert lost.result() == []
    post.clock.advance(timedelta(minutes=2))
    assert [delivery.state for delivery, _ in post.courier.deliver_due()] == [State.DELIVERED]
    assert len({headers["webhook-id"] for headers, _ in post.receiver.got}) == 1
    assert len(post.receiver.got) == 2


@contextmanager
def shut(server: Embedded, database: Database) -> Iterator[None]:
    """Nobody reaches the database until the block ends."""
    name = conninfo_to_dict(database.url)["dbname"]
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        try:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())


def test_gone_removes_the_endpoint(post: Post) -> None:
    post.receiver.statuses = [410]
    post.tell(1)
    assert post.round() == [State.DEAD]
    with post.database.transaction() as tx:
        assert endpoints_of(tx, post.connection) == []
    post.tell(2)
    assert post.round() == []


def test_a_revoked_connection_is_sent_nothing_more(post: Post) -> None:
    post.receiver.statuses = [500, 204]
    post.tell(1)
    post.round()
    with post.database.transaction() as tx:
        revoke(tx, SYSTEM, [post.connection.id], post.clock.now())
    post.clock.advance(HOUR)
    assert post.round() == []
    assert len(post.receiver.got) == 1


def test_a_failing_endpoint_is_probed_with_one_message(post: Post) -> None:
    post.receiver.statuses = [500]
    post.tell(*range(1, 41))
    assert post.round() == [State.DUE] * 16
    assert post.round() == []
    post.clock.advance(HOUR)
    assert post.round() == [State.DUE]
    post.receiver.statuses = [204]
    post.clock.advance(HOUR)
    assert post.round() == [State.DELIVERED]
    assert post.round() == [State.DELIVERED] * 16


def test_what_a_killed_courier_held_is_sent_by_the_next(post: Post) -> None:
    post.tell(1)
    awaited(post.quiet)
    assert post.courier._take_up()
    with closing(Database(post.database.url)) as database:
        ways = Ways(post.receiver.allow)
        following = Courier(database, post.clock, VAULT, ways)
        assert following.deliver_due() == []
        post.clock.advance(timedelta(minutes=2))
        assert [d.state for d, _ in following.deliver_due()] == [State.DELIVERED]


def test_the_running_courier_delivers_and_a_hanging_endpoint_holds_up_nobody(post: Post) -> None:
    with receiving(Receiver()) as hanging, closing(Database(post.database.url)) as database:
        hanging.hang()
        open_endpoint(post.database, post.connection, Receiver(server=hanging.server))
        allow = post.receiver.allow | hanging.allow
        courier = Courier(database, SystemClock(), VAULT, Ways(allow, deadline_seconds=30))
        stop = threading.Event()
        thread = threading.Thread(target=courier.run, args=(stop,))
        thread.start()
        post.tell(1, 2)
        awaited(lambda: len(hanging.got) == 2)
        post.tell(3)
        awaited(lambda: sorted(post.got()) == ["1", "2", "3"])
        assert len(hanging.got) == 2
        hanging.released.set()
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_an_outage_of_the_database_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Database("postgresql:///?host=/nowhere")
    stop = threading.Event()
    courier = Courier(nowhere, SystemClock(), VAULT)
    thread = threading.Thread(target=courier.run, args=(stop,))
    thread.start()
    awaited(lambda: "webhooks wait" in caplog.text)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_what_is_to_be_sent_cannot_be_changed_even_by_hand(post: Post) -> None:
    post.tell(1)
    post.round()
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="does not change"):
        with post.database.transaction() as tx:
            tx.run("UPDATE channels.webhook_delivery SET payload = '{}'")


def awaited(so: Callable[[], bool], seconds: float = 10) -> None:
    """Look until it is so."""
    until = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < until, "it did not come to pass"
        threading.Event().wait(0.02)
