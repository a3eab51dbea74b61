"""Consent and signing keys: who allowed what until when, and who signs with which key. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

# Under this name the bank's own signing keys are recorded.
THE_BANK: Final = "bank"


class Scope(StrEnum):
    """What is allowed."""

    CREDIT_REPORT = "credit_report"


@dataclass(frozen=True, slots=True)
class Consent:
    """`subject` allowed `scope` for [valid_from, valid_to), by the text of that SHA-256."""

    id: UUID
    subject: str
    scope: Scope
    text_sha256: str
    valid_from: date
    valid_to: date
    withdrawn_on: date | None = None

    @property
    def ends_on(self) -> date:
        """The first day it no longer holds."""
        return min(self.valid_to, self.withdrawn_on or self.valid_to)

    def holds(self, on: date) -> bool:
        """Whether it may be relied on that day."""
        return self.valid_from <= on < self.ends_on


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key (Ed25519) `party` signs with from `valid_from` until it is ended."""

    id: UUID
    party: str
    public_key: bytes
    valid_from: date
    ended_on: date | None = None

    def signs(self, party: str, on: date) -> bool:
        """Whether that party signs with it that day."""
        ended = self.ended_on is not None and self.ended_on <= on
        return self.party == party and self.valid_from <= on and not ended


def first_that_holds(consents: Iterable[Consent], on: date) -> Consent | None:
    """The consent that holds on `on`, else the next one that will; None if there is neither."""
    coming = sorted(
        (one for one in consents if on < one.ends_on), key=lambda one: (one.valid_from, one.id)
    )
    return coming[0] if coming else None
