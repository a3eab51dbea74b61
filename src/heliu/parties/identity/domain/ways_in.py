"""Ways in: passkeys, the PIN and one-time codes, and the house they are for."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

KEY_BYTES: Final = 32
CHALLENGE_LIVES: Final = timedelta(minutes=5)
CODE_LIVES: Final = timedelta(hours=72)
MAX_LABEL: Final = 60
PASSKEYS_AT_MOST: Final = 10

_PIN: Final = re.compile(r"[0-9]{6}")
_UP: Final = "0123456789"


@dataclass(frozen=True, slots=True)
class Rp:
    """The relying party (WebAuthn, 4): `id` a host name, `origin` scheme, host and port.

    `key` (32 bytes, derived from the master key) enters every stored PIN, so that the database
    alone does not tell one; it does not show in `repr`.
    """

    id: str
    origin: str
    name: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        assert len(self.key) == KEY_BYTES, "the key of the PINs is 32 bytes"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A registered passkey as its owner sees it; `synced`: its maker keeps copies of it."""

    id: UUID
    label: str
    synced: bool
    registered_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Options:
    """What the browser is to be asked: the ceremony's id and its options as WebAuthn JSON."""

    id: UUID
    json: str


@dataclass(frozen=True, slots=True)
class PinTry:
    """One try to log in by PIN: what was typed, and from which address."""

    login: str
    pin: str
    address: str


def well_formed(pin: str) -> bool:
    """Whether it is six digits."""
    return _PIN.fullmatch(pin) is not None


def easily_guessed(pin: str, login: str) -> bool:
    """Whether a guesser tries it first: one digit, a run, two repeats, a part of the login.

    About 1,100 of a million PINs.
    """
    assert well_formed(pin), "six digits"
    runs = _UP * 2, (_UP * 2)[::-1]
    repeats = pin[:3] == pin[3:] or pin[:2] * 3 == pin
    return repeats or any(pin in run for run in runs) or pin in login
