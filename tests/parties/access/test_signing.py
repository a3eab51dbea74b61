"""A request's signature: it holds for this request, by this caller, once, and in time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heliu.ground.errors import Refusal
from heliu.parties.access.api import (
    WINDOW_SECONDS,
    Connection,
    Credential,
    Keyring,
    Permission,
    Request,
    Stamp,
    Vault,
    credential_of,
    sign,
)

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AT = int(NOON.timestamp())
VAULT = Vault(bytes(range(32)))
MILL = Connection(
    "hk_" + "a" * 26, "91350100M000100Y43", "ERP", frozenset({Permission.ACTS_READ}), NOON
)
PRESS = replace(MILL, id="hk_" + "b" * 26, party_uscc=None)
ASKED = Request("POST", b"/v1/financings?dry=1", b'{"receivable": "1"}', b"order-1")
NONCE = "nonce-0123456789"


def keyring(*connections: Connection, kept: int = 1 << 10) -> Keyring:
    return Keyring(connections, VAULT, NOON - timedelta(hours=1), nonces_kept=kept)


def signed(
    asked: Request = ASKED, nonce: str = NONCE, at: int = AT, by: Connection = MILL
) -> dict[bytes, bytes]:
    headers = sign(credential_of(VAULT, by), Stamp(at, nonce), asked)
    sent = {name.lower().encode(): value.encode() for name, value in headers.items()}
    return sent | {b"idempotency-key": asked.idempotency_key}


def answer(
    ring: Keyring, headers: dict[bytes, bytes], asked: Request = ASKED, now: datetime = NOON
) -> str:
    try:
        return ring.authenticate(asked.method, asked.target, headers, asked.body, now).id
    except Refusal as refusal:
        return refusal.code


def test_a_signed_request_is_its_signers() -> None:
    ring = keyring(MILL, PRESS)
    assert answer(ring, signed()) == MILL.id
    assert answer(ring, signed(by=PRESS)) == PRESS.id


def test_the_last_request_in_a_connections_name_is_heard_proven_or_not() -> None:
    ring = keyring(MILL, PRESS)
    assert ring.heard(MILL.id) is None
    answer(ring, signed())
    heard = ring.heard(MILL.id)
    assert heard is not None
    assert (heard.at, heard.method, heard.target) == (NOON, ASKED.method, ASKED.target)
    assert heard.refusal is None
    answer(ring, signed(nonce="nonce-of-another-day"), replace_method(ASKED), NOON + SECOND)
    ring.refresh([MILL, PRESS])
    heard = ring.heard(MILL.id)
    assert heard is not None
    assert heard.refusal is not None
    assert (heard.at, heard.refusal.code) == (NOON + SECOND, "signature.wrong")
    assert ring.heard(PRESS.id) is ring.heard("hk_unknown") is None


def replace_method(asked: Request) -> Request:
    """The same request asked in another way: its signature does not hold for it."""
    return asked._replace(method="PUT")


def test_a_signature_can_be_made_again_by_hand() -> None:
    """As the documentation for developers shows it."""
    headers = sign(Credential("hk_x", "hs_secret"), Stamp(1700000000, "a" * 16), ASKED)
    assert headers == {
        "Heliu-Key": "hk_x",
        "Heliu-Timestamp": "1700000000",
        "Heliu-Nonce": "aaaaaaaaaaaaaaaa",
        "Heliu-Signature": "v1=75efdf7e8373aea62b66051d8146c11c3811cc98e0fd5adae558597f24b9317a",
    }


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "signature.missing"),
        ({b"heliu-key": b""}, "signature.missing"),
        ({b"heliu-timestamp": b"noon"}, "signature.missing"),
        ({b"heliu-timestamp": b"-5"}, "signature.missing"),
        ({b"heliu-timestamp": b"9" * 13}, "signature.missing"),
        ({b"heliu-timestamp": "１７".encode()}, "signature.missing"),
        ({b"heliu-nonce": b"short"}, "signature.missing"),
        ({b"heliu-nonce": b"n" * 65}, "signature.missing"),
        ({b"heliu-nonce": b"nonce 0123456789"}, "signature.missing"),
        ({b"heliu-signature": b"99ac"}, "signature.missing"),
        ({b"heliu-signature": b"v2=99ac"}, "signature.missing"),
        ({b"heliu-signature": b"v1="}, "signature.wrong"),
        ({b"heliu-signature": b"v1=\xff\xff"}, "signature.wrong"),
        ({b"heliu-key": b"hk_stranger"}, "signature.unknown_key"),
        ({b"heliu-key": b"\xff"}, "signature.unknown_key"),
        ({b"heliu-key": PRESS.id.encode()}, "signature.wrong"),
        ({b"idempotency-key": b"order-2"}, "signature.wrong"),
    ],
)
def test_headers_that_prove_nothing_are_refused(headers: dict[bytes, bytes], code: str) -> None:
    sent = signed() | headers if headers else {}
    assert answer(keyring(MILL, PRESS), sent) == code


def test_upper_case_hexadecimal_is_not_the_signature() -> None:
    sent = signed()
    assert answer(keyring(MILL), sent | {b"heliu-signature": b"v1=" + b"A" * 64}) == (
        "signature.wrong"
    )


@given(
    place=st.sampled_from(["method", "target", "idempotency_key", "body"]),
    at=st.integers(0, 40),
    byte=st.integers(33, 126),
)
def test_any_changed_byte_of_a_request_voids_its_signature(place: str, at: int, byte: int) -> None:
    parts = {"method": b"POST", **{p: getattr(ASKED, p) for p in Request._fields[1:]}}
    at %= len(parts[place])
    parts[place] = parts[place][:at] + bytes([byte]) + parts[place][at + 1 :]
    changed = Request(parts.pop("method").decode(), **parts)
    assume(changed != ASKED)
    sent = signed() | {b"idempotency-key": changed.idempotency_key}
    assert answer(keyring(MILL), sent, changed) == "signature.wrong"


@given(at=st.integers(0, 15), letter=st.sampled_from("abcXYZ019_-"))
def test_a_signature_does_not_carry_over_to_another_nonce(at: int, letter: str) -> None:
    other = NONCE[:at] + letter + NONCE[at + 1 :]
    assume(other != NONCE)
    assert answer(keyring(MILL), signed() | {b"heliu-nonce": other.encode()}) == "signature.wrong"


@given(off=st.integers(-(10**6), 10**6).filter(bool))
def test_a_signature_does_not_carry_over_to_another_time(off: int) -> None:
    sent = signed() | {b"heliu-timestamp": str(AT + off).encode()}
    assert answer(keyring(MILL), sent) == "signature.wrong"


parts = st.binary(max_size=6).filter(lambda part: b"\n" not in part)


@given(first=st.tuples(parts, parts, parts), second=st.tuples(parts, parts, parts))
def test_no_two_requests_read_alike(
    first: tuple[bytes, bytes, bytes], second: tuple[bytes, bytes, bytes]
) -> None:
    """What moves from target to key or body is another request."""
    assume(first != second)
    one, other = (Request("POST", target, body, key) for target, key, body in (first, second))
    assert signed(one)[b"heliu-signature"] != signed(other)[b"heliu-signature"]


@pytest.mark.parametrize(
    ("off_seconds", "code"),
    [
        (-WINDOW_SECONDS - 1, "signature.stale"),
        (-WINDOW_SECONDS, MILL.id),
        (WINDOW_SECONDS, MILL.id),
        (WINDOW_SECONDS + 1, "signature.stale"),
    ],
)
def test_a_clock_may_be_five_minutes_off(off_seconds: int, code: str) -> None:
    assert answer(keyring(MILL), signed(at=AT + off_seconds)) == code


def test_a_request_signed_before_the_start_may_have_been_served_then() -> None:
    ring = Keyring([MILL], VAULT, NOON)
    assert answer(ring, signed(at=AT - 1)) == "signature.before_start"
    assert answer(ring, signed(at=AT)) == "signature.before_start"
    assert answer(ring, signed(at=AT + 1)) == MILL.id


def test_a_nonce_is_used_once_whatever_it_signs_and_by_whom_else() -> None:
    ring = keyring(MILL, PRESS)
    assert answer(ring, signed()) == MILL.id
    assert answer(ring, signed()) == "signature.replayed"
    assert answer(ring, signed(at=AT + 1)) == "signature.replayed"
    other = ASKED._replace(body=b"{}")
    assert answer(ring, signed(other), other) == "signature.replayed"
    assert answer(ring, signed(by=PRESS)) == PRESS.id


def test_a_wrong_signature_uses_no_nonce_up() -> None:
    ring = keyring(MILL)
    assert answer(ring, signed() | {b"heliu-signature": b"v1=0"}) == "signature.wrong"
    assert answer(ring, signed()) == MILL.id


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ({"revoked_at": NOON}, "key.revoked"),
        ({"expires_at": NOON}, "key.expired"),
        ({"expires_at": NOON + SECOND}, MILL.id),
        ({"generation": 2}, "signature.wrong"),
    ],
)
def test_a_connection_that_has_ended_is_told_so(end: dict[str, object], code: str) -> None:
    ring = keyring(MILL)
    ring.refresh([replace(MILL, **end)])  # type: ignore[arg-type]  # table of fields
    assert answer(ring, signed()) == code


def test_a_refreshed_keyring_remembers_what_was_used() -> None:
    ring = keyring(MILL)
    assert answer(ring, signed()) == MILL.id
    ring.refresh([MILL, PRESS])
    assert answer(ring, signed()) == "signature.replayed"
    ring.refresh([PRESS])
    assert answer(ring, signed()) == "signature.unknown_key"


def use(ring: Keyring, number: int, at: int, now: int) -> str:
    nonce = f"nonce-{number:020}"
    return answer(ring, signed(nonce=nonce, at=at), now=datetime.fromtimestamp(now, UTC))


def test_memory_of_nonces_is_bounded_and_what_is_forgotten_is_refused() -> None:
    ring = keyring(MILL, kept=10)
    assert [use(ring, n, AT + n, AT + n) for n in range(12)] == [MILL.id] * 12
    assert len(ring._doors[MILL.id.encode()].nonces) == 10
    assert [use(ring, n, AT + n, AT + 12) for n in (0, 1)] == ["signature.before_start"] * 2
    assert [use(ring, n, AT + n, AT + 12) for n in (2, 11)] == ["signature.replayed"] * 2


def test_nonces_out_of_the_window_are_forgotten() -> None:
    ring = keyring(MILL)
    later = AT + 2 * WINDOW_SECONDS
    assert [use(ring, n, AT + n % 3, AT) for n in range(9)] == [MILL.id] * 9
    assert use(ring, 9, later, later) == MILL.id
    assert len(ring._doors[MILL.id.encode()].nonces) == 1


@given(
    kept=st.integers(1, 6),
    uses=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4)), max_size=40),
)
def test_no_request_is_ever_served_twice_however_little_is_remembered(
    kept: int, uses: list[tuple[int, int]]
) -> None:
    ring = keyring(MILL, kept=kept)
    answers = [((n, at), use(ring, n, AT + at, AT)) for n, at in uses]
    served = [request for request, said in answers if said == MILL.id]
    assert len(served) == len(set(served))
    assert {said for _, said in answers} <= {
        MILL.id,
        "signature.replayed",
        "signature.before_start",
    }
