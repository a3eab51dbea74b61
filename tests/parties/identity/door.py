"""People at the door of the tests: enrolled, logged in, with passkeys and PINs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import pytest
from tests.parties.identity.authenticator import ORIGIN, Phone

from heliu.ground.actor import Actor
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Passkey,
    Person,
    PinTry,
    Role,
    Rp,
    Session,
    enrol,
    grant,
    login_by_pin,
    open_session,
    passkey_options,
    register_passkey,
    session_of,
    set_pin,
)

NOON: Final = datetime(2026, 5, 20, 4, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CLERK: Final = Actor("cli:1000@desk")
RP: Final = Rp("localhost", ORIGIN, "Heliu", bytes(range(32)))
SUPPLIER: Final = "91350100M000100Y43"
PIN: Final = "271828"
WANG, LI, STAFF, SECOND_STAFF = "13800000001", "13900000002", "S1001", "S1002"

T = TypeVar("T")


def given(outcome: T | Refusal) -> T:
    """What was asked for; the test fails if it was refused."""
    assert not isinstance(outcome, Refusal), outcome
    return outcome


def refused(outcome: object) -> str:
    """The code of the refusal that was answered."""
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


@contextmanager
def undone(database: Database) -> Iterator[Tx]:
    """A transaction that is rolled back."""
    with closing(database.connect()) as connection:
        yield Tx(connection)


class raises:  # noqa: N801 - reads as pytest.raises
    """The block is refused with this code."""

    def __init__(self, code: str) -> None:
        self._code, self._raises = code, pytest.raises(Refusal)

    def __enter__(self) -> None:
        self._info = self._raises.__enter__()

    def __exit__(self, *error: object) -> bool:
        held = self._raises.__exit__(*error)  # type: ignore[arg-type]  # passed on
        assert self._info.value.code == self._code
        return bool(held)


def enrolled(tx: Tx, login: str = WANG, name: str = "王小明", at: datetime = NOON) -> Enrolled:
    (one,) = enrol(tx, CLERK, [Enrol(login, name)], at)
    return given(one)


def person(tx: Tx, login: str = WANG, role: Role = Role.RETAIL, party: str | None = None) -> Person:
    """Somebody enrolled, with one role."""
    one = enrolled(tx, login).person
    given(grant(tx, CLERK, [Grant(login, role, party)], NOON)[0])
    return one


def logged_in(
    tx: Tx, who: Person, membership: Membership | None = None, at: datetime = NOON
) -> Session:
    return live(tx, open_session(tx, who, membership, "test", at), at)


def live(tx: Tx, token: str, at: datetime) -> Session:
    session = session_of(tx, token, at)
    assert session is not None
    return session


def with_passkey(
    tx: Tx, session: Session, phone: Phone, at: datetime = NOON, label: str = "phone"
) -> Passkey:
    options = passkey_options(tx, RP, session, at)
    answer = phone.register(options.json), label
    return given(register_passkey(tx, RP, session, options.id, answer, at))


def with_pin(tx: Tx, who: Person, at: datetime = NOON) -> Session:
    session = logged_in(tx, who, at=at)
    set_pin(tx, RP, session, PIN, at)
    return session


def try_pin(tx: Tx, login: str, pin: str, at: datetime, address: str = "10.0.0.1") -> object:
    return login_by_pin(tx, RP, PinTry(login, pin, address), at)
