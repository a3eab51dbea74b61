"""The three acts over HTTP: keys, bodies, problems; one by one and many at once."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from heliu.channels.web.api import Health
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

R = "0192f3c4-7a10-8b52-9c3e-5d2a41b7e001"
ACTS = [
    ("/v1/credit-decisions", {"receivable": R}),
    ("/v1/drawdowns", {"credit_decision": R, "amount": "900.00"}),
    ("/v1/payments", {"drawdown": R, "payee": {"name": "样本", "account": "6222"}}),
    ("/v1/financings", {"receivable": R, "amount": "900"}),
]


def body(**members: object) -> bytes:
    return json.dumps(members).encode()


@pytest.mark.parametrize(("path", "asked"), ACTS)
def test_an_act_is_done_and_its_answer_comes_as_the_bank_wrote_it(
    door: Any, path: str, asked: dict[str, object]
) -> None:
    answer = door.ask("POST", path, body(**asked), key="k1")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    (_, kept), *_ = door.bank.reads.answers.values()
    assert answer.content == kept.body
    read = door.ask("GET", f"{path}/{answer.json()['id']}")
    assert (read.status_code, read.content) == (200, kept.body)


def test_the_same_key_and_request_gets_the_same_answer_however_it_is_spelt(door: Any) -> None:
    first = door.ask("POST", "/v1/financings", body(receivable=R, amount="9"), key="k")
    again = door.ask(
        "POST", "/v1/financings", b'{ "amount" :"9",\n"receivable":"%b"}' % R.encode(), key="k"
    )
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content


def test_a_financing_sent_alone_and_again_among_many_is_one_financing(door: Any) -> None:
    first = door.ask("POST", "/v1/financings", body(receivable=R), key="k")
    many = json.dumps([{"idempotency_key": "k", "receivable": R}]).encode()
    (result,) = door.ask("POST", "/v1/financings/bulk", many).json()
    assert result == {"status": 200, "replayed": True, "result": first.json()}


def test_the_same_key_with_another_request_is_a_conflict(door: Any) -> None:
    door.ask("POST", "/v1/financings", body(receivable=R), key="k")
    other = door.ask("POST", "/v1/financings", body(receivable=str(uuid4())), key="k")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.other_body")


def test_the_same_key_of_another_connection_is_another_act(door: Any) -> None:
    first = door.ask("POST", "/v1/financings", body(receivable=R), key="k")
    other = door.ask("POST", "/v1/financings", body(receivable=R), key="k", who="bank")
    assert first.json()["id"] != other.json()["id"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "idempotency.missing"),
        ("a b", "idempotency.malformed"),
        ("x" * 201, "idempotency.malformed"),
    ],
)
def test_an_act_needs_a_key_of_visible_letters(door: Any, key: str, code: str) -> None:
    answer = door.ask("POST", "/v1/financings", body(receivable=R), key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


MALFORMED = [
    (b'{"receivable":"%b","amount":"\\u0000"}' % R.encode(), "json.malformed"),
    (b'{"receivable":"%b","amount":"\\ud800"}' % R.encode(), "json.malformed"),
    (b'{"receivable":"%b","amount":1%b}' % (R.encode(), b"0" * 400), "json.malformed"),
    (b"", "json.malformed"),
    (b"{", "json.malformed"),
    (b'{"receivable":"%b",}' % R.encode(), "json.malformed"),
    (b'{"receivable":NaN}', "json.malformed"),
    (b'{"receivable":"%b"} {}' % R.encode(), "json.malformed"),
    (b'\xff{"receivable":"%b"}' % R.encode(), "json.malformed"),
    (b'{"receivable":"%b","amount":"1","amount":"2"}' % R.encode(), "json.duplicate_key"),
    (b'{"receivable":"%b","\\u0061mount":"1","amount":"2"}' % R.encode(), "json.duplicate_key"),
    (b'{"receivable":"%b","amount":"1","amount":null}' % R.encode(), "json.duplicate_key"),
    (b'{"receivable":"%b","payee":%b' % (R.encode(), b"[" * 7000), "json.too_deep"),
]


@pytest.mark.parametrize(("sent", "code"), MALFORMED)
def test_what_is_not_strictly_json_is_refused_with_its_place(
    door: Any, sent: bytes, code: str
) -> None:
    answer = door.ask("POST", "/v1/financings", sent, key="k", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not door.bank.reads.answers


def test_malformed_json_is_told_with_line_and_column(door: Any) -> None:
    problem = door.ask("POST", "/v1/financings", b'{\n  "receivable" "x"}', key="k").json()
    assert problem["facts"] == {"line": 2, "column": 16, "reason": "Expecting ':' delimiter"}


WRONG = [
    ({"receivable": 7}, "/receivable"),
    ({"receivable": "x"}, "/receivable"),
    ({}, "/receivable"),
    ({"receivable": R, "more": 1}, "/more"),
    ({"receivable": R, "amount": 5}, "/amount"),
    ({"receivable": R, "amount": "0.00"}, "/amount"),
    ({"receivable": R, "amount": "-1"}, "/amount"),
    ({"receivable": R, "amount": "1e3"}, "/amount"),
    ({"receivable": R, "amount": "1\n"}, "/amount"),
    ({"receivable": R, "payee": {"name": "a"}}, "/payee/account"),
    ({"receivable": R, "payee": {"name": "\u0007", "account": "1"}}, "/payee/name"),
    ({"receivable": R, "payee": []}, "/payee"),
]


@pytest.mark.parametrize(("asked", "pointer"), WRONG)
def test_what_does_not_fit_is_refused_with_a_pointer(
    door: Any, asked: dict[str, object], pointer: str
) -> None:
    answer = door.ask("POST", "/v1/financings", body(**asked), key="k")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "request.invalid"
    assert [(e["in"], e["pointer"]) for e in problem["errors"]] == [("body", pointer)]


def test_an_array_where_an_object_belongs_is_refused_at_its_root(door: Any) -> None:
    problem = door.ask("POST", "/v1/financings", b"[]", key="k").json()
    assert problem["errors"][0]["pointer"] == ""


def test_only_json_is_taken(door: Any) -> None:
    sent = body(receivable=R)
    form = door.ask("POST", "/v1/financings", sent, key="k", content_type="text/plain")
    packed = door.ask("POST", "/v1/financings", sent, key="k", content_encoding="gzip")
    assert (form.status_code, packed.status_code) == (415, 415)


REFUSED = [
    ("act.unknown_subject", 404),
    ("act.not_yours", 403),
    ("receivable.already_financed", 422),
    ("draw.limit_exceeded", 422),
    ("payment.payee_differs", 422),
]


@pytest.mark.parametrize(("code", "status"), REFUSED)
def test_a_refusal_travels_under_its_status_and_is_the_same_again(
    door: Any, code: str, status: int
) -> None:
    door.bank.refusals[UUID(R)] = Refusal(code, Text("原因", "reason"), Text("办法", "cure"))
    first = door.ask("POST", "/v1/financings", body(receivable=R), key="k")
    again = door.ask("POST", "/v1/financings", body(receivable=R), key="k")
    assert (first.status_code, first.json()["code"]) == (status, code)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_a_bank_that_cannot_act_answers_at_once_that_it_may_be_asked_again(door: Any) -> None:
    door.bank.state = Health.STANDBY
    answer = door.ask("POST", "/v1/financings", body(receivable=R), key="k")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "service.down"


def test_a_bad_item_of_many_hides_no_other(door: Any) -> None:
    refused = str(uuid4())
    door.bank.refusals[UUID(refused)] = Refusal(
        "receivable.already_financed", Text("已融资", "financed"), Text("另选", "choose another")
    )
    items = [
        {"idempotency_key": "a", "receivable": R},
        {"idempotency_key": "b", "receivable": "not one"},
        {"idempotency_key": "c", "receivable": refused},
        {"receivable": R},
        "text",
        {"idempotency_key": "d", "receivable": R, "amount": "1"},
    ]
    results = door.ask("POST", "/v1/financings/bulk", json.dumps(items).encode()).json()
    assert [result["status"] for result in results] == [200, 422, 422, 422, 422, 200]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/receivable"
    assert results[2]["problem"]["code"] == "receivable.already_financed"
    assert results[3]["problem"]["errors"][0]["pointer"] == "/idempotency_key"


def test_a_key_that_stands_twice_in_an_item_refuses_that_item(door: Any) -> None:
    item = b'{"idempotency_key":"a","receivable":"%b","receivable":"%b"}' % (R.encode(), R.encode())
    (result,) = door.ask("POST", "/v1/financings/bulk", b"[%b]" % item).json()
    assert result["problem"]["code"] == "json.duplicate_key"


@pytest.mark.parametrize("count", [0, 1001])
def test_many_are_at_least_one_and_at_most_a_thousand(door: Any, count: int) -> None:
    items = [{"idempotency_key": str(i), "receivable": R} for i in range(count)]
    answer = door.ask("POST", "/v1/financings/bulk", json.dumps(items).encode())
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


def test_a_thousand_are_answered_in_order(door: Any) -> None:
    items = [{"idempotency_key": f"k{i}", "receivable": str(UUID(int=i))} for i in range(1000)]
    results = door.ask("POST", "/v1/financings/bulk", json.dumps(items).encode()).json()
    assert [r["result"]["receivable"] for r in results] == [i["receivable"] for i in items]


def test_problems_speak_the_readers_language(door: Any) -> None:
    english = door.ask("POST", "/v1/financings", b"{}", key="k").json()
    chinese = door.ask(
        "POST", "/v1/financings", b"{}", key="k", accept_language="zh-TW, en;q=0.5"
    ).json()
    assert english["detail"] == "the request does not fit its schema"
    assert chinese["detail"] == "请求内容不合规"
    assert chinese["errors"][0]["detail"] == "缺少此项"
    assert english["code"] == chinese["code"]
