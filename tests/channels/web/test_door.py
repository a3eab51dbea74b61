"""The door: who is let in, what is refused before it is read, and what never leaves."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter

from heliu.channels.openapi.api import create_api
from heliu.channels.web.api import Limits, public
from heliu.credit.instants.api import Answer, Ask
from heliu.ground.errors import Fault
from heliu.parties.access.api import Permission

R = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e001"
FINANCING = json.dumps({"receivable": R}).encode()
PATH = "/v1/financings"
JSON = {"content-type": "application/json"}


def test_a_request_without_a_signature_is_refused(door: Any) -> None:
    answer = door.send("POST", PATH, FINANCING, JSON | {"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signature.missing")


WRONG = [
    ({"heliu-signature": "v1=" + "0" * 64}, "signature.wrong"),
    ({"heliu-key": "hk_nobody"}, "signature.unknown_key"),
    ({"heliu-nonce": "short"}, "signature.missing"),
    ({"heliu-timestamp": "yesterday"}, "signature.missing"),
    ({"idempotency-key": "another"}, "signature.wrong"),
]


@pytest.mark.parametrize(("changed", "code"), WRONG)
def test_a_request_changed_after_it_was_signed_is_refused(
    door: Any, changed: dict[str, str], code: str
) -> None:
    signed = {k.lower(): v for k, v in door.headers("POST", PATH, FINANCING, key="k").items()}
    answer = door.send("POST", PATH, FINANCING, JSON | signed | changed)
    assert (answer.status_code, answer.json()["code"]) == (401, code)


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("POST", PATH, FINANCING + b" "), ("POST", "/v1/payments", FINANCING)],
)
def test_a_signature_is_of_one_target_and_one_body(
    door: Any, method: str, target: str, body: bytes
) -> None:
    signed = door.headers("POST", PATH, FINANCING, key="k")
    answer = door.send(method, target, body, JSON | signed)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature.wrong")


def test_a_signature_is_of_the_query_too(door: Any) -> None:
    signed = door.headers("GET", "/v1/receivables?limit=1", b"")
    answer = door.send("GET", "/v1/receivables?limit=2", b"", signed)
    assert answer.status_code == 401


def test_the_same_request_again_is_a_replay(door: Any) -> None:
    signed = JSON | door.headers("POST", PATH, FINANCING, key="k")
    first = door.send("POST", PATH, FINANCING, signed)
    again = door.send("POST", PATH, FINANCING, signed)
    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json()["code"] == "signature.replayed"


@pytest.mark.parametrize("skew", [-301, 302])
def test_a_clock_that_is_off_by_more_than_five_minutes_is_refused(door: Any, skew: int) -> None:
    signed = door.headers("POST", PATH, FINANCING, key="k", at=int(time.time()) + skew)
    answer = door.send("POST", PATH, FINANCING, JSON | signed)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature.stale")


@pytest.mark.parametrize("path", [PATH, "/v1/credit-decisions", "/v1/documents", "/v1/parties"])
def test_what_was_not_granted_is_denied(door: Any, path: str) -> None:
    answer = door.ask("POST", path, FINANCING, key="k", who="reader")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission.denied")


def test_an_unknown_path_is_told_without_asking_who_calls(door: Any) -> None:
    answer = door.send("GET", "/v1/nothing", b"", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "http.unknown_route")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", PATH, "OPTIONS, POST"),
        ("DELETE", "/v1/receivables", "GET, HEAD, OPTIONS"),
        ("PUT", "/v1/documents", "OPTIONS, POST"),
        ("POST", f"{PATH}/{R}", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_told_with_the_right_ones(
    door: Any, method: str, path: str, allow: str
) -> None:
    answer = door.send(method, path, b"", {})
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["code"] == "http.method_not_allowed"


def test_options_says_what_a_path_can(door: Any) -> None:
    answer = door.send("OPTIONS", PATH, b"", {})
    assert (answer.status_code, answer.headers["allow"], answer.content) == (
        204,
        "OPTIONS, POST",
        b"",
    )


def test_head_is_get_without_its_body(door: Any) -> None:
    get = door.ask("GET", "/v1/receivables")
    head = door.ask("HEAD", "/v1/receivables")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    ("path", "limit"), [(PATH, 16 * 1024), (f"{PATH}/bulk", 2**20), ("/v1/programmes", 2**20)]
)
def test_a_body_beyond_its_limit_is_refused(door: Any, path: str, limit: int) -> None:
    answer = door.ask("POST", path, b" " * (limit + 1), key="k")
    assert (answer.status_code, answer.json()["code"]) == (413, "http.too_large")
    assert answer.json()["facts"] == {"limit_bytes": limit}


def test_problems_are_not_stored_nor_guessed_at(door: Any) -> None:
    headers = door.send("GET", "/v1/nothing", b"", {}).headers
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


class _Broken(RuntimeError):
    pass


def test_a_fault_leaves_as_an_id_that_the_log_has_beside_the_place(
    door: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(asks: list[Ask]) -> list[Answer]:
        raise _Broken(f"account 6222000011112222 of 张三 in {asks}")

    object.__setattr__(door.api.door.hot[PATH], "bank", _With(door.bank, act))
    answer = door.ask("POST", PATH, FINANCING, key="k")
    assert (answer.status_code, answer.json()["code"]) == (500, "service.fault")
    incident = answer.json()["instance"].removeprefix("urn:uuid:")
    assert incident in caplog.text
    assert "_Broken at" in caplog.text
    assert "6222000011112222" not in caplog.text + answer.text
    assert "Traceback" not in caplog.text + answer.text


class _With:
    def __init__(self, bank: Any, act: Any) -> None:
        self._bank, self.act = bank, act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bank, name)


def test_a_fault_of_a_cold_route_leaves_as_an_id_too(
    door: Any, caplog: pytest.LogCaptureFixture
) -> None:
    router = APIRouter(tags=["service"])

    @router.get("/broken", operation_id="broken", openapi_extra={"x-zh": {"summary": "故障"}})
    @public
    def broken() -> None:
        """Break."""
        raise _Broken("SELECT secret")

    door.api = create_api(door.bank, [router])
    answer = door.send("GET", "/broken", b"", {})
    assert (answer.status_code, answer.json()["code"]) == (500, "service.fault")
    assert "SELECT" not in caplog.text + answer.text


def test_a_route_that_names_no_permission_and_is_not_public_stops_the_application(
    door: Any,
) -> None:
    router = APIRouter(tags=["service"])

    @router.get("/open", operation_id="open", openapi_extra={"x-zh": {"summary": "开放"}})
    def unguarded() -> None:
        """Forget."""

    with pytest.raises(Fault, match="/open names no permission"):
        create_api(door.bank, [router])


async def _together(door: Any, requests: int) -> list[int]:
    begun: asyncio.Event = asyncio.Event()
    act = door.bank.act

    async def slow(asks: list[Ask]) -> list[Answer]:
        await begun.wait()
        answers: list[Answer] = await act(asks)
        return answers

    object.__setattr__(door.api.door.hot[PATH], "bank", _With(door.bank, slow))
    statuses: list[int] = []

    async def one(number: int) -> None:
        signed = JSON | door.headers("POST", PATH, FINANCING, key=f"k{number}")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": FINANCING}

        async def send(message: dict[str, Any]) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        scope = {
            "type": "http",
            "method": "POST",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": b"",
            "headers": [(k.lower().encode(), v.encode()) for k, v in signed.items()],
        }
        await door.api.door(scope, receive, send)

    tasks = [asyncio.ensure_future(one(number)) for number in range(requests)]
    await asyncio.sleep(0)
    begun.set()
    await asyncio.gather(*tasks)
    return sorted(statuses)


@pytest.mark.parametrize(
    ("limits", "status"),
    [(Limits(in_flight_per_connection=3), 429), (Limits(in_flight=3), 503)],
)
def test_beyond_the_limit_a_request_is_refused_at_once_and_the_others_go_on(
    knock: Callable[[Limits], Any], limits: Limits, status: int
) -> None:
    assert asyncio.run(_together(knock(limits), 5)) == [200, 200, 200, status, status]


def test_a_client_that_goes_away_before_it_said_everything_is_not_answered(door: Any) -> None:
    async def gone() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
        await door.api.door(scope, receive, send)
        return sent

    assert asyncio.run(gone()) == []


def test_every_route_asks_a_permission_or_is_public(door: Any) -> None:
    operations = {
        one["operationId"]: one.get("x-permission")
        for path in door.api.document["paths"].values()
        for one in path.values()
    }
    assert {name for name, asked in operations.items() if asked is None} == {"getHealth"}
    assert {asked for asked in operations.values() if asked} <= {p.value for p in Permission}
