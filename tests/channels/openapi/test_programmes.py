"""Programmes and batch acquisition over HTTP, on the real desks."""

import copy
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from heliu.credit.acquisition.api import HEADERS, finish, unfinished
from heliu.ground.db import Database
from heliu.parties.party.api import complete_uscc

SUPPLIER = complete_uscc("91350200MA00TRD1")
CORE = complete_uscc("91330100MA00TRD2")


@pytest.fixture
def bank(fresh: Database, knock: Callable[..., Any]) -> Any:
    door = knock()
    door.bank.database = fresh
    return door


def proposal(door: Any, **changed: object) -> bytes:
    media = door.api.document["paths"]["/v1/programmes"]["post"]["requestBody"]["content"]
    terms = copy.deepcopy(media["application/json"]["example"])
    terms["core_enterprise"]["uscc"] = CORE
    terms |= {"effective_from": "2020-01-01"} | changed
    return json.dumps(terms, ensure_ascii=False).encode()


def propose(door: Any, who: str = "core", **changed: object) -> Any:
    return door.ask("POST", "/v1/programmes", proposal(door, **changed), who=who)


def release(door: Any, who: str, version: int = 2) -> Any:
    path = f"/v1/programmes/sample-appliances/versions/{version}/release"
    return door.ask("POST", path, who=who)


def test_a_programme_counts_once_a_second_person_released_it(bank: Any) -> None:
    assert propose(bank).status_code == 200
    assert bank.ask("GET", "/v1/programmes", who="core").json() == {"programmes": []}
    assert release(bank, "bank").status_code == 200
    (listed,) = bank.ask("GET", "/v1/programmes", who="core").json()["programmes"]
    assert (listed["code"], listed["version"]) == ("sample-appliances", 2)
    assert listed["limits"]["supplier"] == "3000000.00"


def test_who_proposed_a_programme_does_not_release_it(bank: Any) -> None:
    propose(bank, "bank")
    refused = release(bank, "bank")
    assert (refused.status_code, refused.json()["code"]) == (403, "programme.same_person")
    assert release(bank, "second").status_code == 200


def test_a_supplier_sees_the_terms_and_not_the_limits(bank: Any) -> None:
    propose(bank)
    before = bank.ask("GET", "/v1/programmes/sample-appliances")
    release(bank, "bank")
    (version,) = bank.ask("GET", "/v1/programmes/sample-appliances").json()["versions"]
    assert before.status_code == 404
    assert (version["terms"]["annual_rate"], version["terms"]["limits"]) == ("0.0485", None)
    assert bank.ask("GET", "/v1/programmes/sample-appliances", who="stranger").status_code == 404


def test_nobody_proposes_for_another_core_enterprise(bank: Any) -> None:
    assert propose(bank, "stranger").json()["code"] == "act.not_yours"
    propose(bank)
    mine = json.loads(proposal(bank, version=3))["core_enterprise"]
    stranger = {**mine, "uscc": complete_uscc("91330100MA00TRD3")}
    taken_over = propose(bank, "stranger", version=3, core_enterprise=stranger)
    assert (taken_over.status_code, taken_over.json()["code"]) == (403, "act.not_yours")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"advance_rate": "2"}, "/advance_rate"),
        ({"suppliers": []}, "/suppliers"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_programme_that_does_not_fit_is_refused_with_a_pointer(
    bank: Any, changed: dict[str, object], pointer: str
) -> None:
    answer = bank.ask("POST", "/v1/programmes", proposal(bank, **changed), who="core")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_the_same_version_with_other_terms_is_a_conflict(bank: Any) -> None:
    propose(bank)
    changed = propose(bank, advance_rate="0.5")
    assert (changed.status_code, changed.json()["code"]) == (409, "programme.version_changed")


def test_a_programme_that_never_was_cannot_be_released(bank: Any) -> None:
    assert release(bank, "bank").json()["code"] == "programme.unknown"


def acquire(door: Any, listed: bytes, who: str = "core") -> Any:
    path = "/v1/acquisitions?programme=sample-appliances"
    return door.ask("POST", path, listed, who=who, content_type="text/csv")


@pytest.fixture
def in_force(bank: Any) -> Any:
    propose(bank)
    release(bank, "bank")
    return bank


def supplier_list() -> bytes:
    header = ",".join(spellings.split(", ")[0] for spellings in HEADERS.values())
    lines = [
        f"{complete_uscc(f'91330100MA00{number:04d}')},供应商{number},62220000{number:08d},"
        f"代表{number},2012-04-18,12000000,10000000,0,5,120,130,0.01,0.02,60"
        for number in range(3)
    ]
    return "\n".join([header, *lines, "broken", ""]).encode()


def test_a_supplier_list_is_answered_supplier_by_supplier(in_force: Any) -> None:
    run = acquire(in_force, supplier_list()).json()
    path = f"/v1/acquisitions/{run['id']}"
    assert (run["suppliers"], run["complaints"]) == (3, 1)
    assert in_force.ask("GET", path, who="core").json() == run
    first = in_force.ask("GET", f"{path}/pre-approvals?limit=2", who="core").json()
    behind = f"{path}/pre-approvals?limit=2&after={first['next']}"
    rest = in_force.ask("GET", behind, who="core").json()
    pages = [first["pre_approvals"], rest["pre_approvals"]]
    assert [[one["rank"] for one in page] for page in pages] == [[1, 2], [3]]
    (complaint,) = in_force.ask("GET", f"{path}/complaints", who="core").json()["complaints"]
    assert (complaint["line"], complaint["code"]) == (5, "acquisition.line_width")


def test_a_long_list_may_be_judged_later(in_force: Any) -> None:
    path = "/v1/acquisitions?programme=sample-appliances"
    more = {"content_type": "text/csv", "prefer": "wait=5, respond-async"}
    taken = in_force.ask("POST", path, supplier_list(), who="core", **more)
    assert (taken.status_code, taken.headers["preference-applied"]) == (202, "respond-async")
    run = taken.json()
    assert (run["suppliers"], run["approved"], run["finished_at"]) == (3, None, None)
    where = taken.headers["location"]
    assert in_force.ask("GET", where, who="core").json() == run
    with in_force.bank.database.transaction() as tx:
        assert unfinished(tx) == [UUID(run["id"])]
        finish(tx, UUID(run["id"]), in_force.bank.clock.now())
    done = in_force.ask("GET", where, who="core").json()
    assert done["finished_at"] is not None
    assert done["approved"] + done["refused"] == 3
    assert acquire(in_force, supplier_list()).json() == done


def test_a_supplier_list_is_the_core_enterprises_and_the_banks_only(in_force: Any) -> None:
    run = acquire(in_force, supplier_list()).json()
    path = f"/v1/acquisitions/{run['id']}"
    assert acquire(in_force, supplier_list(), "stranger").status_code == 404
    assert in_force.ask("GET", path, who="stranger").status_code == 404
    assert in_force.ask("GET", path, who="bank").status_code == 200


@pytest.mark.parametrize("listed", [b"", b"no,list\n1,2\n", b"PK\x03\x04", b"\xff\xfe\x00"])
def test_what_is_no_supplier_list_is_refused(in_force: Any, listed: bytes) -> None:
    answer = acquire(in_force, listed)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
