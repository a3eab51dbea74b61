"""The routes: a connection manages its own endpoints, with the permission, and no other's."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from tests.channels.webhooks.receiver import Receiver, receiving

from heliu.channels.openapi.api import create_api
from heliu.channels.web.api import Health, Reads
from heliu.channels.webhooks.api import Courier, Ways, webhook_routes
from heliu.channels.webhooks.wire import Unresolved
from heliu.credit.instants.api import Answer, Ask
from heliu.flows.intake.api import Blob, Outcome, Unreadable
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.parties.access.api import (
    Connection,
    IssueConnection,
    Keyring,
    Permission,
    Request,
    Stamp,
    Vault,
    connections,
    credential_of,
    issue,
    sign,
)

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
VAULT = Vault(bytes(range(32)))
MANAGE = frozenset({Permission.WEBHOOKS_MANAGE})
NAMES = {"hooks.example.com": ["93.184.215.14"], "inside.example.com": ["10.0.0.1"]}
NAMES["127.0.0.1"] = ["127.0.0.1"]
URL = "https://hooks.example.com/heliu"


async def names(host: str, port: int) -> Sequence[str]:
    del port
    if host not in NAMES:
        raise Unresolved
    return NAMES[host]


@dataclass
class Bank:
    """A bank that can read and be managed, and acts on nothing."""

    database: Database
    keyring: Keyring
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))

    @property
    def reads(self) -> Reads:
        raise NotImplementedError

    def health(self) -> Health:
        return Health.READY

    async def act(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        raise NotImplementedError

    async def file(self, items: Sequence[Blob | Unreadable], actor: Actor) -> Sequence[Outcome]:
        raise NotImplementedError


class Desk:
    """Two connections that may manage webhooks, one that may not, and their HTTP."""

    def __init__(self, database: Database, allow: frozenset[str] = frozenset()) -> None:
        with database.transaction() as tx:
            self.mill, self.press = (
                issue(tx, SYSTEM, IssueConnection(None, name, MANAGE), NOON) for name in "ab"
            )
            reader = IssueConnection(None, "c", frozenset({Permission.ACTS_READ}))
            self.reader = issue(tx, SYSTEM, reader, NOON)
            known = connections(tx)
        self.bank = Bank(database, Keyring(known, VAULT, NOON - timedelta(hours=1)))
        self.ways = Ways(allow, resolver=names)
        self.api = create_api(self.bank, [webhook_routes(self.bank, self.ways)])

    def ask(
        self, method: str, path: str, body: object = None, by: Connection | None = None
    ) -> tuple[int, Any]:
        """Status and JSON of one signed request."""
        sent = b"" if body is None else msgspec.json.encode(body)
        stamp = Stamp(int(NOON.timestamp()), uuid4().hex)
        asked = Request(method, path.encode(), sent)
        headers = sign(credential_of(VAULT, by or self.mill), stamp, asked)
        headers |= {"content-type": "application/json"} if sent else {}

        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(self.api.door)
            async with httpx.AsyncClient(transport=transport, base_url="http://bank") as client:
                return await client.request(method, path, content=sent, headers=headers)

        answer = asyncio.run(request())
        return answer.status_code, answer.json() if answer.content else None

    def add(self, url: str = URL, *kinds: str) -> Any:
        status, endpoint = self.ask("POST", "/v1/webhooks", {"url": url, "kinds": list(kinds)})
        assert status == 201, endpoint
        return endpoint


@pytest.fixture
def desk(told: Database) -> Desk:
    return Desk(told)


def test_an_endpoint_is_added_listed_read_and_removed(desk: Desk) -> None:
    endpoint = desk.add(URL, "credit.loan_disbursed.v1")
    assert endpoint.pop("secret").startswith("whsec_")
    assert (endpoint["url"], endpoint["kinds"]) == (URL, ["credit.loan_disbursed.v1"])
    path = f"/v1/webhooks/{endpoint['id']}"
    assert desk.ask("GET", path) == (200, endpoint)
    assert desk.ask("GET", "/v1/webhooks") == (200, {"endpoints": [endpoint]})
    assert desk.ask("DELETE", path) == (204, None)
    assert desk.ask("GET", path)[0] == 404
    assert desk.ask("DELETE", path)[0] == 404


def test_the_same_endpoint_again_is_the_one_there_is(desk: Desk) -> None:
    assert desk.add() == desk.add()
    assert desk.add(URL + "2") != desk.add()


def test_who_lacks_the_permission_is_refused(desk: Desk) -> None:
    status, problem = desk.ask("GET", "/v1/webhooks", by=desk.reader)
    assert (status, problem["code"]) == (403, "permission.denied")


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("GET", "", None),
        ("DELETE", "", None),
        ("GET", "/deliveries", None),
        ("POST", "/replay", {"since": "2026-05-20T00:00:00Z"}),
        ("POST", "/test", None),
    ],
)
def test_anothers_endpoint_is_not_there(desk: Desk, method: str, below: str, body: object) -> None:
    path = f"/v1/webhooks/{desk.add()['id']}{below}"
    status, problem = desk.ask(method, path, body, by=desk.press)
    assert (status, problem["code"]) == (404, "resource.unknown")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.com/", "webhook.url_insecure"),
        ("https://user@hooks.example.com/", "webhook.url_invalid"),
        ("hooks.example.com", "webhook.url_invalid"),
        ("https://127.0.0.1/", "webhook.host_not_public"),
        ("https://[::ffff:10.0.0.1]/", "webhook.host_not_public"),
        ("https://169.254.169.254/latest/meta-data", "webhook.host_not_public"),
        ("https://2130706433/", "webhook.host_not_public"),
        ("https://localhost/", "webhook.host_not_public"),
        ("https://db.internal/", "webhook.host_not_public"),
        ("https://inside.example.com/", "webhook.host_not_public"),
    ],
)
def test_an_endpoint_that_leads_inside_is_refused_at_once(desk: Desk, url: str, code: str) -> None:
    status, problem = desk.ask("POST", "/v1/webhooks", {"url": url})
    assert (status, problem["code"]) == (422, code)


def test_a_host_that_does_not_resolve_yet_is_tried_later(desk: Desk) -> None:
    assert desk.add("https://soon.example.com/")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": URL, "kinds": ["credit"]},
        {"url": URL, "kinds": ["a.b.v1"] * 51},
        {"url": URL, "secret": "mine"},
        {"url": "https://x.example.com/" + "a" * 2000},
    ],
)
def test_what_is_no_endpoint_is_refused(desk: Desk, body: object) -> None:
    assert desk.ask("POST", "/v1/webhooks", body)[0] == 422


def test_a_connection_has_ten_endpoints_at_most(desk: Desk) -> None:
    for number in range(10):
        desk.add(f"{URL}/{number}")
    status, problem = desk.ask("POST", "/v1/webhooks", {"url": f"{URL}/10"})
    assert (status, problem["code"]) == (422, "webhook.too_many")


@pytest.mark.parametrize("body", [{}, {"since": "2026-05-20T00:00:00Z", "delivery": str(uuid4())}])
def test_a_replay_says_what(desk: Desk, body: object) -> None:
    path = f"/v1/webhooks/{desk.add()['id']}/replay"
    status, problem = desk.ask("POST", path, body)
    assert (status, problem["code"]) == (422, "webhook.replay_unclear")


def test_a_test_message_is_delivered_listed_and_replayed(fresh: Database) -> None:
    with receiving(Receiver([500, 204])) as receiver, closing(Database(fresh.url)) as database:
        desk = Desk(fresh, receiver.allow)
        path = f"/v1/webhooks/{desk.add(receiver.url)['id']}"
        courier = Courier(database, desk.bank.clock, VAULT, desk.ways)
        status, test = desk.ask("POST", path + "/test")
        assert (status, test["kind"]) == (202, "webhooks.test.v1")
        courier.deliver_due()
        (one,) = desk.ask("GET", path + "/deliveries")[1]["deliveries"]
        assert (one["id"], one["state"], one["last_attempt"]["status"]) == (
            test["delivery"],
            "due",
            500,
        )
        assert desk.ask("POST", path + "/replay", {"delivery": one["id"]}) == (202, {"due": 1})
        assert desk.ask("POST", path + "/replay", {"delivery": str(uuid4())})[0] == 404
        assert desk.ask("POST", path + "/replay", {"since": NOON.isoformat()})[1] == {"due": 1}
        desk.bank.clock.advance(timedelta(minutes=1))
        courier.deliver_due()
        (one,) = desk.ask("GET", path + "/deliveries")[1]["deliveries"]
        assert (one["state"], one["attempts"], one["next_at"]) == ("delivered", 2, None)
        assert {headers["webhook-id"] for headers, _ in receiver.got} == {one["webhook_id"]}


def test_deliveries_are_listed_in_pages_youngest_first(desk: Desk) -> None:
    path = f"/v1/webhooks/{desk.add()['id']}"
    sent = [desk.ask("POST", path + "/test")[1]["delivery"] for _ in range(3)]
    first = desk.ask("GET", path + "/deliveries?limit=2")[1]
    second = desk.ask("GET", f"{path}/deliveries?limit=2&before={first['next']}")[1]
    listed = [one["id"] for page in (first, second) for one in page["deliveries"]]
    assert (listed, second["next"]) == (sent[::-1], None)
