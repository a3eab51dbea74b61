"""Messages are signed as Standard Webhooks says: its own library reads them."""

import json
import time
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from heliu.channels.web.api import parties_of
from heliu.channels.webhooks.domain.endpoint import Endpoint, addressed
from heliu.channels.webhooks.domain.message import (
    payload_of,
    secret_text,
    signed_headers,
)
from heliu.ground.outbox import Fact
from heliu.parties.access.api import Connection, Permission

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
SECRET = bytes(range(32))
MAY = frozenset({Permission.WEBHOOKS_MANAGE})
texts = st.text(st.characters(codec="utf-8"), max_size=30)


def fact(**body: object) -> Fact:
    return Fact(UUID(int=7), "credit.loan_disbursed.v1", body, NOON)


@given(body=st.dictionaries(texts, st.one_of(texts, st.integers(-(2**63), 2**63 - 1)), max_size=5))
def test_a_receiver_with_the_secret_reads_the_message(body: dict[str, object]) -> None:
    payload = payload_of(fact(**{"data_" + key: value for key, value in body.items()}))
    headers = dict(signed_headers(SECRET, "msg_1", int(time.time()), payload))
    assert Webhook(secret_text(SECRET)).verify(payload, headers) == json.loads(payload)


@pytest.mark.parametrize(
    ("name", "value"),
    [("webhook-id", "msg_2"), ("webhook-timestamp", str(int(time.time()) - 1))],
    ids=["id", "timestamp"],
)
def test_a_receiver_refuses_what_was_changed_on_its_way(name: str, value: str) -> None:
    payload = payload_of(fact())
    headers = dict(signed_headers(SECRET, "msg_1", int(time.time()), payload))
    reader = Webhook(secret_text(SECRET))
    for sent, said in ((payload, headers | {name: value}), (payload + " ", headers)):
        with pytest.raises(WebhookVerificationError):
            reader.verify(sent, said)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(SECRET[::-1])).verify(payload, headers)


def test_the_standards_own_example_is_signed_alike() -> None:
    """Specification 1.0, "Signature scheme": the reference vector of the symmetric scheme."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published with the standard
    reader = Webhook(secret)
    payload = '{"test": 2432232314}'
    signed = reader.sign(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), payload
    )
    headers = dict(
        signed_headers(reader._whsecret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, payload)
    )
    assert (
        headers["webhook-signature"] == signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_message_says_what_became_true_and_not_who_else_knows() -> None:
    said = json.loads(payload_of(fact(loan_id="1", parties=["A", "B"])))
    assert said == {
        "type": "credit.loan_disbursed.v1",
        "timestamp": "2026-05-20T04:00:00Z",
        "data": {"loan_id": "1"},
    }


@pytest.mark.parametrize(
    ("body", "parties"),
    [({"parties": ["A", "B"]}, {"A", "B"}), ({}, set()), ({"parties": "A"}, set())],
)
def test_a_fact_says_who_may_know_it(body: dict[str, object], parties: set[str]) -> None:
    assert parties_of(fact(**body)) == parties


def test_facts_go_to_those_who_may_know_and_want_them() -> None:
    connections = {
        name: Connection(name, party, name, MAY, NOON)
        for name, party in (("mill", "A"), ("press", "B"), ("bank", None))
    }
    endpoints = [
        Endpoint(UUID(int=n), name, "https://x.example.com", frozenset(kinds), NOON)
        for n, (name, kinds) in enumerate(
            [("mill", ()), ("mill", ("credit.paid.v1",)), ("press", ()), ("bank", ())]
        )
    ]
    found = addressed([fact(parties=["A"]), fact()], endpoints, connections, NOON)
    assert [(d.endpoint_id.int, d.fact_id) for d in found] == [
        (0, UUID(int=7)),
        (3, UUID(int=7)),
        (3, UUID(int=7)),
    ]
    assert found[1].id == found[2].id != found[0].id
