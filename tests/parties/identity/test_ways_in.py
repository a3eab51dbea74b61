"""Ways in: passkeys and PINs, what each refuses, and that nobody is locked out by his own hand."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given as holds
from hypothesis import settings
from hypothesis import strategies as st
from tests.parties.identity.authenticator import UP, UV, Phone
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
    raises,
    refused,
    try_pin,
    undone,
    with_passkey,
    with_pin,
)

from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.parties.identity.api import (
    MAX_ANSWER,
    Happening,
    Session,
    has_pin,
    login_by_passkey,
    login_options,
    passkey_options,
    passkeys_of,
    proven,
    register_passkey,
    remove_passkey,
    remove_pin,
    security_events_of,
    set_pin,
)
from heliu.parties.identity.ceremony import cloned
from heliu.parties.identity.domain.ways_in import PASSKEYS_AT_MOST

LATER = NOON + timedelta(hours=1)


def log_in(tx: Tx, phone: Phone) -> object:
    options = login_options(tx, RP, LATER)
    return login_by_passkey(tx, RP, options.id, phone.sign(options.json), LATER)


def test_a_registered_passkey_logs_its_person_in(tx: Tx) -> None:
    who, phone = person(tx), Phone()
    passkey = with_passkey(tx, logged_in(tx, who), phone)
    assert (passkey.label, passkey.synced) == ("phone", True)
    assert log_in(tx, phone) == who
    assert log_in(tx, phone) == who
    assert passkeys_of(tx, who.id) == [replace(passkey, used_at=LATER)]


def test_the_browser_is_asked_for_a_discoverable_key_and_a_verified_user(tx: Tx) -> None:
    session = logged_in(tx, person(tx))
    known = Phone()
    with_passkey(tx, session, known)
    asked = json.loads(passkey_options(tx, RP, session, NOON).json)
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(asked["excludeCredentials"]) == 1
    assert asked["attestation"] == "none"
    assert WANG not in json.dumps(asked)
    assert json.loads(login_options(tx, RP, NOON).json)["userVerification"] == "required"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"origin": "http://localhost:8081"}, "origin"),
        ({"origin": "https://evil.example"}, "origin"),
        ({"rp_id": "evil.example"}, "rp"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UV}, "user_presence"),
        ({"kind": "payment.get"}, "form"),
        ({"key": Phone().key}, "signature"),
        ({"credential_id": b"another"}, "unknown"),
    ],
)
def test_an_answer_that_proves_nothing_is_refused_and_noted(
    tx: Tx, change: dict[str, object], why: str
) -> None:
    phone = Phone()
    with_passkey(tx, logged_in(tx, person(tx)), phone)
    assert refused(log_in(tx, replace(phone, **change))) == "passkey.refused"  # type: ignore[arg-type]
    tx.flush()
    assert tx.row("SELECT about FROM parties.security_event ORDER BY number DESC") == (
        {"why": why},
    )


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://localhost:8081"},
        {"rp_id": "evil.example"},
        {"flags": UP},
        {"flags": UV},
        {"kind": "webauthn.get"},
    ],
)
def test_a_registration_that_proves_nothing_is_refused_and_noted(
    tx: Tx, change: dict[str, object]
) -> None:
    session = logged_in(tx, person(tx))
    options = passkey_options(tx, RP, session, NOON)
    answer = replace(Phone(), **change).register(options.json)  # type: ignore[arg-type]
    assert refused(register_passkey(tx, RP, session, options.id, (answer, "x"), NOON)) == (
        "passkey.refused"
    )
    noted = security_events_of(tx, session.person.id)[0]
    assert noted.happening is Happening.PASSKEY_REFUSED


def test_an_answer_to_another_challenge_is_refused(tx: Tx) -> None:
    phone = Phone()
    with_passkey(tx, logged_in(tx, person(tx)), phone)
    one, other = (login_options(tx, RP, LATER) for _ in range(2))
    answer = phone.sign(one.json)
    assert refused(login_by_passkey(tx, RP, other.id, answer, LATER)) == "passkey.refused"
    assert login_by_passkey(tx, RP, one.id, answer, LATER)


def test_a_challenge_is_used_once_in_time_and_by_its_own_ceremony(tx: Tx) -> None:
    phone, session = Phone(), logged_in(tx, person(tx))
    with_passkey(tx, session, phone)
    options = login_options(tx, RP, NOON)
    answer = phone.sign(options.json)
    late = NOON + 5 * MINUTE
    assert refused(login_by_passkey(tx, RP, options.id, answer, late)) == "challenge.over"
    given(login_by_passkey(tx, RP, options.id, answer, late - SECOND))
    assert refused(login_by_passkey(tx, RP, options.id, answer, late - SECOND)) == "challenge.over"
    assert refused(login_by_passkey(tx, RP, uuid4(), answer, NOON)) == "challenge.over"
    register = passkey_options(tx, RP, session, NOON)
    signed = phone.sign(register.json)
    assert refused(login_by_passkey(tx, RP, register.id, signed, NOON)) == "challenge.over"


def test_of_two_uses_of_a_challenge_at_once_one_holds(fresh: Database) -> None:
    phone = Phone()
    with fresh.transaction() as tx:
        with_passkey(tx, logged_in(tx, person(tx)), phone)
        options = login_options(tx, RP, LATER)
    answer = phone.sign(options.json)

    def use(_: int) -> bool:
        with fresh.transaction() as tx:
            outcome = login_by_passkey(tx, RP, options.id, answer, LATER)
        return not isinstance(outcome, Refusal)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(8))) == [False] * 7 + [True]


def test_a_registration_belongs_to_the_session_that_asked(tx: Tx) -> None:
    wang, li = (logged_in(tx, person(tx, login)) for login in (WANG, LI))
    options = passkey_options(tx, RP, wang, NOON)
    answer = Phone().register(options.json), "x"
    assert refused(register_passkey(tx, RP, li, options.id, answer, NOON)) == "challenge.over"
    given(register_passkey(tx, RP, wang, options.id, answer, NOON))
    assert refused(register_passkey(tx, RP, wang, options.id, answer, NOON)) == "challenge.over"


def test_a_key_is_registered_once_and_a_name_is_needed(tx: Tx) -> None:
    phone, session = Phone(), logged_in(tx, person(tx))
    with_passkey(tx, session, phone)
    options = passkey_options(tx, RP, session, NOON)
    said = phone.register(options.json)
    assert refused(register_passkey(tx, RP, session, options.id, (said, " "), NOON)) == (
        "passkey.label"
    )
    assert refused(register_passkey(tx, RP, session, options.id, (said, "x"), NOON)) == (
        "passkey.known"
    )


def test_there_are_ten_passkeys_at_most(tx: Tx) -> None:
    session = logged_in(tx, person(tx))
    spare = passkey_options(tx, RP, session, NOON)
    for _ in range(PASSKEYS_AT_MOST):
        with_passkey(tx, session, Phone())
    with raises("passkey.full"):
        passkey_options(tx, RP, session, NOON)
    answer = Phone().register(spare.json), "x"
    assert refused(register_passkey(tx, RP, session, spare.id, answer, NOON)) == "passkey.full"


@pytest.mark.parametrize(("second", "code"), [(7, "passkey.cloned"), (6, "passkey.cloned")])
def test_a_counter_that_does_not_rise_tells_of_a_copy(tx: Tx, second: int, code: str) -> None:
    who, phone = person(tx), Phone(counter=3)
    with_passkey(tx, logged_in(tx, who), phone)
    assert log_in(tx, phone.at(7)) == who
    assert refused(log_in(tx, phone.at(second))) == code
    assert security_events_of(tx, who.id)[0].happening is Happening.PASSKEY_CLONED
    assert log_in(tx, phone.at(8)) == who


counters = st.integers(0, 2**32 - 1)


@holds(kept=counters, given=counters)
def test_a_counter_speaks_only_if_it_was_ever_used(kept: int, given: int) -> None:
    assert cloned(kept, given) == (given <= kept and (kept, given) != (0, 0))


def broken(answer: str, how: tuple[str, int, str]) -> str:
    field, at, put = how
    said = json.loads(answer)
    holder = said if field in said else said["response"]
    held = holder.get(field, "") if isinstance(holder.get(field, ""), str) else ""
    holder[field] = held[: at % (len(held) + 1)] + put + held[at % (len(held) + 1) :]
    return json.dumps(said)


FIELDS = ["id", "rawId", "type", "clientDataJSON", "authenticatorData", "signature", "userHandle"]
MADE = [*FIELDS[:4], "attestationObject"]
places = st.integers(0, 400)
letters = st.text("Ab09_-=é\x00{", min_size=1, max_size=12)


@settings(max_examples=60)
@holds(how=st.tuples(st.sampled_from(FIELDS), places, letters))
def test_a_bent_answer_is_refused_and_never_a_fault(
    told: Database, how: tuple[str, int, str]
) -> None:
    with undone(told) as tx:
        phone = Phone()
        with_passkey(tx, logged_in(tx, person(tx)), phone)
        options = login_options(tx, RP, LATER)
        outcome = login_by_passkey(tx, RP, options.id, broken(phone.sign(options.json), how), LATER)
        tx.flush()
        assert (
            how[0] == "userHandle" or isinstance(outcome, Refusal) or how[2].strip("=\x00é{") == ""
        )


@settings(max_examples=60)
@holds(how=st.tuples(st.sampled_from(MADE), places, letters))
def test_a_bent_registration_is_refused_and_never_a_fault(
    told: Database, how: tuple[str, int, str]
) -> None:
    with undone(told) as tx:
        session = logged_in(tx, person(tx))
        options = passkey_options(tx, RP, session, NOON)
        answer = broken(Phone().register(options.json), how), "x"
        register_passkey(tx, RP, session, options.id, answer, NOON)
        tx.flush()


@pytest.mark.parametrize(
    "answer",
    ["", "[]", "null", "{", '{"id": 1}', "\ud800", "[" * 5000, "x" * (MAX_ANSWER + 1), "{}"],
)
def test_garbage_is_refused_in_both_ceremonies(tx: Tx, answer: str) -> None:
    session = logged_in(tx, person(tx))
    options = passkey_options(tx, RP, session, NOON)
    outcome = register_passkey(tx, RP, session, options.id, (answer, "x"), NOON)
    assert refused(outcome) == "passkey.refused"
    asked = login_options(tx, RP, NOON)
    assert refused(login_by_passkey(tx, RP, asked.id, answer, NOON)) == "passkey.refused"


def test_expired_challenges_are_swept_away(tx: Tx) -> None:
    login_options(tx, RP, NOON)
    login_options(tx, RP, NOON + 6 * MINUTE)
    assert tx.rows("SELECT count(*) FROM parties.challenge") == [(1,)]


@pytest.mark.parametrize(
    "change",
    ["challenge = sha256('x')", "used_at = NULL", "expires_at = expires_at + interval '1 day'"],
)
def test_the_database_keeps_a_challenge_used_once(tx: Tx, change: str) -> None:
    options = login_options(tx, RP, NOON)
    login_by_passkey(tx, RP, options.id, "{}", NOON)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(f"UPDATE parties.challenge SET {change}")  # noqa: S608


@pytest.mark.parametrize(
    "change", ["counter = 2", "public_key = ''", "label = 'mine'", "removed_at = NULL"]
)
def test_the_database_keeps_a_passkey_what_it_is(tx: Tx, change: str) -> None:
    session = with_pin(tx, person(tx))
    one = with_passkey(tx, session, Phone(counter=3))
    remove_passkey(tx, session, one.id, NOON)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(f"UPDATE parties.passkey SET {change}")  # noqa: S608


def test_login_and_pin_let_their_person_in(tx: Tx) -> None:
    who = person(tx)
    with_pin(tx, who)
    assert try_pin(tx, "+86 138 0000 0001", PIN, NOON) == who
    kept = tx.rows("SELECT row_to_json(n)::text FROM parties.pin n")
    assert not any(PIN in row for (row,) in kept)


@pytest.mark.parametrize(
    ("login", "pin"), [(WANG, "271829"), (LI, PIN), ("nobody", PIN), ("", ""), (WANG, "\ud800")]
)
def test_a_wrong_pin_and_an_unknown_login_are_answered_alike(tx: Tx, login: str, pin: str) -> None:
    with_pin(tx, person(tx))
    outcomes = [try_pin(tx, login, pin, NOON) for _ in range(5)]
    assert [refused(o) for o in outcomes] == ["login.wrong"] * 5
    locked = try_pin(tx, login, pin, NOON)
    assert isinstance(locked, Refusal)
    assert (locked.code, locked.facts) == ("login.locked", {"seconds": 60})


def test_a_lock_stands_against_the_right_pin_and_success_forgets_failures(tx: Tx) -> None:
    who = person(tx)
    with_pin(tx, who)
    for _ in range(5):
        try_pin(tx, WANG, "000000", NOON)
    assert refused(try_pin(tx, WANG, PIN, NOON + 59 * SECOND)) == "login.locked"
    assert try_pin(tx, WANG, PIN, NOON + MINUTE) == who
    assert refused(try_pin(tx, WANG, "000000", NOON + MINUTE)) == "login.wrong"
    assert try_pin(tx, WANG, PIN, NOON + MINUTE) == who
    assert Happening.LOCKED in {e.happening for e in security_events_of(tx, who.id)}


def test_an_address_that_tries_many_log_ins_is_locked_and_others_are_not(tx: Tx) -> None:
    who = person(tx)
    with_pin(tx, who)
    for n in range(30):
        assert refused(try_pin(tx, f"137{n:08}", PIN, NOON)) == "login.wrong"
    assert refused(try_pin(tx, WANG, PIN, NOON)) == "login.locked"
    assert try_pin(tx, WANG, PIN, NOON, address="10.0.0.2") == who
    assert try_pin(tx, WANG, PIN, NOON + MINUTE) == who


def test_guesses_side_by_side_are_no_more_guesses(fresh: Database) -> None:
    with fresh.transaction() as tx:
        with_pin(tx, person(tx))

    def guess(n: int) -> str:
        with fresh.transaction() as tx:
            return refused(try_pin(tx, WANG, f"00000{n % 10}", NOON, address=str(n)))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert answers.count("login.wrong") == 5
    assert answers.count("login.locked") == 11


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "１２３４５６", "      "])
def test_a_pin_is_six_digits(tx: Tx, pin: str) -> None:
    with raises("pin.invalid"):
        set_pin(tx, RP, logged_in(tx, person(tx)), pin, NOON)


@pytest.mark.parametrize(
    "pin", ["000000", "123456", "987654", "123123", "121212", "890123", "138000"]
)
def test_a_pin_that_is_guessed_first_is_refused(tx: Tx, pin: str) -> None:
    with raises("pin.easy"):
        set_pin(tx, RP, logged_in(tx, person(tx)), pin, NOON)


def proven_late(session: Session) -> Session:
    return replace(session, opened_at=NOON - 6 * MINUTE)


def test_ways_in_are_changed_only_by_who_has_just_proven_himself(tx: Tx) -> None:
    session = proven_late(with_pin(tx, person(tx)))
    assert not proven(tx, session, NOON)
    with raises("session.not_proven"):
        passkey_options(tx, RP, session, NOON)
    with raises("session.not_proven"):
        register_passkey(tx, RP, session, uuid4(), ("{}", "x"), NOON)
    with raises("session.not_proven"):
        set_pin(tx, RP, session, PIN, NOON)
    with raises("session.not_proven"):
        remove_pin(tx, session, NOON)
    with raises("session.not_proven"):
        remove_passkey(tx, session, uuid4(), NOON)
    assert not proven(tx, replace(session, opened_at=NOON, demo=True), NOON)


def test_the_last_way_in_stays(tx: Tx) -> None:
    who, phone = person(tx), Phone()
    session = with_pin(tx, who)
    with raises("ways_in.last"):
        remove_pin(tx, session, NOON)
    passkey = with_passkey(tx, session, phone)
    remove_pin(tx, session, NOON)
    remove_pin(tx, session, NOON)
    assert not has_pin(tx, who.id)
    with raises("ways_in.last"):
        remove_passkey(tx, session, passkey.id, NOON)
    with_passkey(tx, session, Phone())
    remove_passkey(tx, session, passkey.id, NOON)
    assert refused(log_in(tx, phone)) == "passkey.refused"
    with raises("passkey.unknown"):
        remove_passkey(tx, session, passkey.id, NOON)


def test_nobody_removes_the_passkey_of_another(tx: Tx) -> None:
    wang, li = (with_pin(tx, person(tx, login)) for login in (WANG, LI))
    passkey = with_passkey(tx, wang, Phone())
    with raises("passkey.unknown"):
        remove_passkey(tx, li, passkey.id, NOON)
    with raises("passkey.unknown"):
        remove_passkey(tx, li, UUID(int=0), NOON)
