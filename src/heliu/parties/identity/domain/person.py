"""A person: his login, his settings, and the memberships that say as whom he may come in."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from heliu.ground.actor import Actor
from heliu.parties.identity.domain.roles import OF_AN_ENTERPRISE, Role

Language: TypeAlias = Literal["zh", "en"]
Edition: TypeAlias = Literal["std", "care"]
Theme: TypeAlias = Literal["auto", "light", "dark"]

MAX_NAME: Final = 60
# Steps of the text's size; the look says what each is, the last reaches 30 px (MIIT 2021-04).
SIZES: Final = range(5)
USUAL_SIZE: Final = 0

_PHONE: Final = re.compile(r"1[3-9][0-9]{9}")
_STAFF: Final = re.compile(r"[A-Z][A-Z0-9]{2,15}")
_PUT_BETWEEN: Final = re.compile(r"[\s\-]")
_SHOWN_OF_PHONE: Final = (3, 4)


def login_of(typed: str) -> str | None:
    """The login meant by what was typed: a mobile number of China or a staff number, or None.

    Blanks, hyphens and +86 are left out, letters raised.
    """
    if len(typed) > 40:  # noqa: PLR2004 - longer than any number with all its blanks
        return None
    plain = _PUT_BETWEEN.sub("", typed).upper().removeprefix("+86")
    return plain if _PHONE.fullmatch(plain) or _STAFF.fullmatch(plain) else None


def masked(login: str) -> str:
    """A login as it may be shown: 138****5678, S10**."""
    head, tail = _SHOWN_OF_PHONE if _PHONE.fullmatch(login) else (len(login) - 2, 0)
    return login[:head] + "*" * (len(login) - head - tail) + login[len(login) - tail :]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a person wants to be served; `size` is a step of SIZES."""

    language: Language = "zh"
    edition: Edition = "std"
    theme: Theme = "auto"
    size: int = USUAL_SIZE


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the bank knows. `login` is a secret of his: show `shown`."""

    id: UUID
    login: str
    name: str
    settings: Settings = Settings()

    @property
    def shown(self) -> str:
        """The login, masked."""
        return masked(self.login)

    @property
    def language(self) -> Language:
        """In which language he is spoken to."""
        return self.settings.language

    @property
    def edition(self) -> Edition:
        """Standard or care edition."""
        return self.settings.edition

    @property
    def actor(self) -> Actor:
        """In whose name he acts."""
        return actor_of(self.id)


def actor_of(person: UUID) -> Actor:
    """The actor a person is."""
    return Actor(f"person:{person}")


@dataclass(frozen=True, slots=True)
class Membership:
    """As whom a person may come in; `party` is the enterprise's USCC, None for self or bank."""

    role: Role
    party: str | None = None

    def __post_init__(self) -> None:
        assert (self.party is not None) == (self.role in OF_AN_ENTERPRISE), "a role knows its kind"


@dataclass(frozen=True, slots=True)
class Enrol:
    """A person to be made known; `login` as typed."""

    login: str
    name: str
    settings: Settings = Settings()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person made known, and the one-time code by which he comes in first. Shown this once."""

    person: Person
    code: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to be given to the person of a login (as typed), for an enterprise or not."""

    login: str
    role: Role
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the bank's staff sees him: memberships in force and how he can come in."""

    person: Person
    memberships: tuple[Membership, ...]
    passkeys: int
    has_pin: bool
    enrolled_at: datetime
