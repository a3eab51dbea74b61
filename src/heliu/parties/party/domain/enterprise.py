"""An enterprise as the bank knows it at one time, and the command that says what is so."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """Registration status (登记状态)."""

    ACTIVE = "active"  # 存续
    REVOKED = "revoked"  # 吊销
    DEREGISTERED = "deregistered"  # 注销


class Role(StrEnum):
    """What an enterprise does in a supply chain; a word the bank does not know is OTHER."""

    SUPPLIER = "supplier"
    CORE_ENTERPRISE = "core_enterprise"
    WAREHOUSE = "warehouse"
    CARRIER = "carrier"
    GUARANTOR = "guarantor"
    BANK = "bank"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> "Role":
        assert isinstance(value, str), "roles are words"
        return cls.OTHER


class RelationKind(StrEnum):
    """How another stands to this enterprise."""

    SHAREHOLDER = "shareholder"  # the other holds `share` of this enterprise
    GUARANTOR = "guarantor"  # the other guarantees this enterprise's debts


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account of the enterprise."""

    number: str = field(repr=False)
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """The other side by USCC where known, by name at least; `share` in (0, 1] of a shareholder."""

    kind: RelationKind
    name: str = field(repr=False)
    uscc: str | None = None
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything said about one enterprise; personal data is kept out of `repr`."""

    uscc: str
    name_zh: str
    name_en: str | None = None
    status: Status = Status.ACTIVE
    roles: frozenset[Role] = frozenset()
    legal_representative: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    registered_on: date | None = None
    accounts: tuple[Account, ...] = ()
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordParty:
    """`profile` is so from `effective_on` (business date); the bank learned it at `recorded_at`."""

    profile: Profile
    effective_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """A recorded version; a later effective date, then a later version, supersedes it."""

    profile: Profile
    version: int
    effective_on: date
    recorded_at: datetime

    @property
    def uscc(self) -> str:
        """The enterprise's identity."""
        return self.profile.uscc


@dataclass(frozen=True, slots=True)
class Recorded:
    """The version that now says what the command said; `changed` is False if one already did."""

    party: Party
    changed: bool


@dataclass(frozen=True, slots=True)
class AsOf:
    """A point of the two times: in force on `on`, as far as the bank knew at `known_at`."""

    on: date
    known_at: datetime
