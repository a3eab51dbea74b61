"""Commands, verdicts and replays, and the plain form in which they are hashed and stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from heliu.books.evidence.api import Plain, decimal_text, plain
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text

MAX_REASONS: Final = 4
# When and by which text it was decided is the bank's doing, not part of what was asked.
_NOT_ASKED: Final = frozenset({"decided_at", "release_sha256"})

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

FeatureValue = Decimal | int | str | bool | date | None


class Profile(StrEnum):
    """In production a rule of regulation that nobody verified refuses every case."""

    STANDARD = "standard"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class DecisionCommand:
    """Ask for `requested` (>= 0) for `subject_id`, on these features and this evidence.

    `base_rate` is the programme's annual rate as a fraction (0.0485); the grade adds to it.
    A feature may come in plain form (a decimal or date as text): a release reads it by its type.
    `evidence` are the SHA-256 (hex) of the documents the features rest on. `decided_at` is aware.
    """

    key: UUID
    subject_id: UUID
    decided_at: datetime
    business_date: date
    requested: Money
    base_rate: Decimal
    features: Mapping[str, FeatureValue]
    evidence: tuple[str, ...]
    release_id: str

    def __post_init__(self) -> None:
        assert self.requested.minor >= 0, "nobody asks for less than nothing"
        assert self.base_rate >= 0, "a rate is not negative"
        assert self.decided_at.tzinfo is not None, "instants are aware"
        assert all(map(_DIGEST.fullmatch, self.evidence)), "evidence is named by SHA-256, in hex"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the outcome is not a better one, and what would cure it.

    `weight` are the points lost (0 where a rule or the amount speaks); `feature` and `value` name
    what it rests on, as stored (None: unknown).
    """

    code: str
    text: Text
    cure: Text
    weight: int
    feature: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a release makes of inputs. Refused: amount 0, no rate, at least one reason."""

    approved: bool
    amount: Money
    score: int
    grade: str
    annual_rate: Decimal | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The stored answer to one command; `annual_rate` (a fraction) is None when refused."""

    id: UUID
    key: UUID
    subject_id: UUID
    approved: bool
    amount: Money
    score: int
    grade: str
    annual_rate: Decimal | None
    reasons: tuple[Reason, ...]
    release_id: str
    release_sha256: str
    inputs_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """A past decision made again from what was stored: canonical outcomes, byte by byte."""

    verdict_id: UUID
    identical: bool
    stored: bytes
    recomputed: bytes
    differences: tuple[str, ...]


def verdict_id(key: UUID) -> UUID:
    """The id of the verdict on the command `key`."""
    return derived_id("verdict", str(key))


def plain_inputs(command: DecisionCommand, profile: Profile) -> dict[str, Plain]:
    """Everything the outcome depends on beside the release. Raises NotCanonical for a float."""
    return {
        "base_rate": decimal_text(command.base_rate),
        "business_date": command.business_date.isoformat(),
        "decided_at": plain(command.decided_at),
        "evidence": list[Plain](sorted(set(command.evidence))),
        "features": plain(command.features),
        "profile": profile.value,
        "release": command.release_id,
        "requested": {"minor": command.requested.minor, "currency": command.requested.currency},
        "subject": str(command.subject_id),
    }


def same_request(one: Mapping[str, Plain], other: Mapping[str, Plain]) -> bool:
    """Whether two inputs ask the same, whenever they were asked."""
    return {k: v for k, v in one.items() if k not in _NOT_ASKED} == {
        k: v for k, v in other.items() if k not in _NOT_ASKED
    }


def plain_outcome(outcome: Outcome) -> Plain:
    """The outcome in plain form."""
    rate = outcome.annual_rate
    return {
        "approved": outcome.approved,
        "amount": {"minor": outcome.amount.minor, "currency": outcome.amount.currency},
        "score": outcome.score,
        "grade": outcome.grade,
        "annual_rate": None if rate is None else decimal_text(rate),
        "reasons": [
            {
                "code": reason.code,
                "text": dict[str, Plain](reason.text.plain()),
                "cure": dict[str, Plain](reason.cure.plain()),
                "weight": reason.weight,
                "feature": reason.feature,
                "value": reason.value,
            }
            for reason in outcome.reasons
        ],
    }


def read_outcome(stored: bytes) -> Outcome:
    """The outcome in its stored canonical JSON, which this desk wrote."""
    raw: dict[str, Any] = msgspec.json.decode(stored)
    rate = raw["annual_rate"]
    return Outcome(
        approved=raw["approved"],
        amount=Money(raw["amount"]["minor"], raw["amount"]["currency"]),
        score=raw["score"],
        grade=raw["grade"],
        annual_rate=None if rate is None else Decimal(rate),
        reasons=tuple(
            Reason(
                reason["code"],
                Text(**reason["text"]),
                Text(**reason["cure"]),
                reason["weight"],
                reason["feature"],
                reason["value"],
            )
            for reason in raw["reasons"]
        ),
    )


def differences(stored: Plain, recomputed: Plain, at: str = "") -> list[str]:
    """Where two plain values differ, as JSON pointers (RFC 6901 without escapes)."""
    if isinstance(stored, dict) and isinstance(recomputed, dict):
        keys = sorted(stored.keys() | recomputed.keys())
        pairs = [(key, stored.get(key), recomputed.get(key)) for key in keys]
    elif (
        isinstance(stored, list) and isinstance(recomputed, list) and len(stored) == len(recomputed)
    ):
        pairs = [(str(n), *both) for n, both in enumerate(zip(stored, recomputed, strict=True))]
    else:
        return [] if stored == recomputed else [at or "/"]
    return [place for key, one, other in pairs for place in differences(one, other, f"{at}/{key}")]
