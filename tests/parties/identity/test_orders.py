"""Signing the shown order: what was seen is what was signed, once, in time, by its own person."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given as holds
from hypothesis import strategies as st
from tests.parties.identity.authenticator import UP, Phone
from tests.parties.identity.door import (
    LI,
    MINUTE,
    NOON,
    PIN,
    RP,
    SECOND,
    WANG,
    given,
    logged_in,
    person,
    refused,
    try_pin,
    with_passkey,
    with_pin,
)

from heliu.books.evidence.api import leaves
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    PROVE,
    Happening,
    Order,
    Presented,
    Session,
    present,
    proven,
    security_events_of,
    sign_by_passkey,
    sign_by_pin,
)
from heliu.parties.identity.domain.order import challenge_of

SAID = Text("向李雷转账 ¥1,200.00", "transfer ¥1,200.00 to Li Lei")
TRANSFER = Order("deposits.transfer", SAID, b'{"amount_minor":120000}')

words = st.text(min_size=1, max_size=20)
orders = st.builds(
    Order,
    st.sampled_from(["a.b", "deposits.transfer"]),
    st.builds(Text, words, words),
    st.binary(max_size=20),
)
nonces = st.binary(min_size=32, max_size=32)


def shown(tx: Tx, session: Session) -> tuple[Presented, str]:
    presented = present(tx, RP, session, TRANSFER, NOON)
    assert presented.by_passkey is not None
    return presented, presented.by_passkey


def test_a_shown_order_is_signed_by_passkey_and_comes_back_as_it_was_shown(tx: Tx) -> None:
    phone, session = Phone(), logged_in(tx, person(tx))
    with_passkey(tx, session, phone)
    presented, options = shown(tx, session)
    assert presented.order == TRANSFER
    assert json.loads(options)["challenge"] == presented.challenge
    signed = sign_by_passkey(tx, RP, session, presented.id, phone.sign(options), NOON)
    assert signed == TRANSFER
    told = security_events_of(tx, session.person.id)[0]
    assert told.happening is Happening.ORDER_SIGNED
    assert told.about["kind"] == "deposits.transfer"


def test_the_evidence_log_alone_proves_who_signed_what(fresh: Database) -> None:
    phone = Phone()
    with fresh.transaction() as tx:
        session = logged_in(tx, person(tx))
        with_passkey(tx, session, phone)
        presented, options = shown(tx, session)
        given(sign_by_passkey(tx, RP, session, presented.id, phone.sign(options), NOON))
    with fresh.transaction() as tx:
        (leaf,) = leaves(tx, [presented.id])
    body = json.loads(leaf.data)["body"]

    def raw(name: str) -> bytes:
        return base64.urlsafe_b64decode(body[name] + "==")

    assert body["order"] == TRANSFER.digest().hex()
    assert json.loads(raw("client_data"))["challenge"] == body["challenge"]
    cose = cbor2.loads(raw("public_key"))
    point = ec.EllipticCurvePublicNumbers(
        int.from_bytes(cose[-2]), int.from_bytes(cose[-3]), ec.SECP256R1()
    )
    message = raw("authenticator_data") + hashlib.sha256(raw("client_data")).digest()
    point.public_key().verify(raw("signature"), message, ec.ECDSA(hashes.SHA256()))
    assert WANG not in leaf.data.decode()


def test_a_shown_order_is_signed_by_pin_where_there_is_no_passkey(tx: Tx) -> None:
    session = with_pin(tx, person(tx))
    presented = present(tx, RP, session, TRANSFER, NOON)
    assert presented.by_passkey is None
    assert sign_by_pin(tx, RP, session, presented.id, PIN, NOON) == TRANSFER
    assert refused(sign_by_pin(tx, RP, session, presented.id, PIN, NOON)) == "order.over"


def test_an_order_waits_five_minutes(tx: Tx) -> None:
    session = with_pin(tx, person(tx))
    presented = present(tx, RP, session, TRANSFER, NOON)
    late = presented.expires_at
    assert late == NOON + 5 * MINUTE
    assert refused(sign_by_pin(tx, RP, session, presented.id, PIN, late)) == "order.over"
    assert sign_by_pin(tx, RP, session, presented.id, PIN, late - SECOND) == TRANSFER


def test_a_failed_signature_leaves_the_order_to_be_signed(tx: Tx) -> None:
    phone, session = Phone(), with_pin(tx, person(tx))
    with_passkey(tx, session, phone)
    presented, options = shown(tx, session)
    unverified = replace(phone, flags=UP).sign(options)
    outcome = sign_by_passkey(tx, RP, session, presented.id, unverified, NOON)
    assert refused(outcome) == "passkey.refused"
    assert refused(sign_by_pin(tx, RP, session, presented.id, "000000", NOON)) == "login.wrong"
    assert sign_by_pin(tx, RP, session, presented.id, PIN, NOON) == TRANSFER


def test_a_signature_for_one_order_does_not_sign_another(tx: Tx) -> None:
    phone, session = Phone(), logged_in(tx, person(tx))
    with_passkey(tx, session, phone)
    (one, options), (other, _) = shown(tx, session), shown(tx, session)
    answer = phone.sign(options)
    outcome = sign_by_passkey(tx, RP, session, other.id, answer, NOON)
    assert refused(outcome) == "passkey.refused"
    assert sign_by_passkey(tx, RP, session, one.id, answer, NOON) == TRANSFER


def test_an_order_is_signed_in_the_session_that_was_shown_it_by_its_person(tx: Tx) -> None:
    his, hers = Phone(), Phone()
    wang, li = (with_pin(tx, person(tx, login)) for login in (WANG, LI))
    with_passkey(tx, wang, his)
    with_passkey(tx, li, hers)
    presented, options = shown(tx, wang)
    assert refused(sign_by_pin(tx, RP, li, presented.id, PIN, NOON)) == "order.over"
    assert refused(sign_by_pin(tx, RP, wang, uuid4(), PIN, NOON)) == "order.over"
    outcome = sign_by_passkey(tx, RP, wang, presented.id, hers.sign(options), NOON)
    assert refused(outcome) == "passkey.refused"


def test_wrong_pins_at_an_order_lock_the_log_in_as_well(tx: Tx) -> None:
    session = with_pin(tx, person(tx))
    presented = present(tx, RP, session, TRANSFER, NOON)
    for _ in range(5):
        sign_by_pin(tx, RP, session, presented.id, "000000", NOON)
    assert refused(sign_by_pin(tx, RP, session, presented.id, PIN, NOON)) == "login.locked"
    assert refused(try_pin(tx, WANG, PIN, NOON)) == "login.locked"


def test_of_two_signatures_at_once_one_holds(fresh: Database) -> None:
    with fresh.transaction() as tx:
        session = with_pin(tx, person(tx))
        presented = present(tx, RP, session, TRANSFER, NOON)

    def sign(_: int) -> bool:
        with fresh.transaction() as tx:
            outcome = sign_by_pin(tx, RP, session, presented.id, PIN, NOON)
        return not isinstance(outcome, Refusal)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sign, range(6))) == [False] * 5 + [True]


def test_signing_the_order_to_prove_oneself_proves_it_for_five_minutes(tx: Tx) -> None:
    who = person(tx)
    with_pin(tx, who)
    session = replace(logged_in(tx, who), opened_at=NOON - MINUTE * 30)
    assert not proven(tx, session, NOON)
    order = Order(PROVE, Text("确认本人", "confirm it is you"), b"")
    presented = present(tx, RP, session, order, NOON)
    given(sign_by_pin(tx, RP, session, presented.id, PIN, NOON))
    assert proven(tx, session, NOON + 4 * MINUTE)
    assert not proven(tx, session, NOON + 5 * MINUTE)


@holds(one=orders, other=orders, nonce=nonces, again=nonces)
def test_a_challenge_names_one_order_and_one_showing(
    one: Order, other: Order, nonce: bytes, again: bytes
) -> None:
    same = challenge_of(one, nonce) == challenge_of(other, again)
    assert same == ((one, nonce) == (other, again))


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": ""},
        {"kind": "k" * 61},
        {"text": Text("", "x")},
        {"text": Text("x", "")},
        {"text": Text("x" * 2001, "x")},
        {"payload": bytes(256 * 1024 + 1)},
    ],
)
def test_an_order_that_cannot_be_read_cannot_be_shown(bad: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        replace(TRANSFER, **bad)  # type: ignore[arg-type]
