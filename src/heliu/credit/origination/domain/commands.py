"""What may be asked of the origination desk; `key` makes each happen once."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from heliu.credit.origination.domain.filing import Document, ErrandKind, Filing, Signer
from heliu.credit.origination.domain.kyb import KybEvidence
from heliu.credit.regulation.api import Rules


@dataclass(frozen=True, slots=True)
class Day:
    """When it happens: the rules in force on the business date, and the instant (aware)."""

    rules: Rules
    now: datetime

    @property
    def on(self) -> date:
        """The business date."""
        return self.rules.on


@dataclass(frozen=True, slots=True)
class FileApplication:
    """Ask for a loan."""

    key: UUID
    filing: Filing


@dataclass(frozen=True, slots=True)
class Act:
    """Something is to happen to an application."""

    key: UUID
    application_id: UUID


@dataclass(frozen=True, slots=True)
class Attach(Act):
    """Add papers that are in the evidence log."""

    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class CheckKyb(Act):
    """Go through the checklist with what was shown."""

    evidence: KybEvidence = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decide(Act):
    """Decide by the product's release."""


@dataclass(frozen=True, slots=True)
class Review(Act):
    """Agree to a large offer, or not, as a second person."""

    agree: bool


@dataclass(frozen=True, slots=True)
class AcceptOffer(Act):
    """The borrower takes the offer; the contract is made."""


@dataclass(frozen=True, slots=True)
class SignContract(Act):
    """One side signs the bytes of `to_sign` with a recorded key."""

    signer: Signer
    key_id: UUID
    signature: bytes
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRegistration(Act):
    """Have the registration extended until that day, or cancelled (None)."""

    until: date | None


@dataclass(frozen=True, slots=True)
class ResumeErrand(Act):
    """Let a stuck errand be tried again."""

    errand: ErrandKind


@dataclass(frozen=True, slots=True)
class Withdraw(Act):
    """The borrower does not want it any more."""


AnyAct = TypeVar("AnyAct", bound=Act)
