"""What can happen to an application: one type an event, kept as JSON under its name. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from heliu.credit.origination.domain.filing import (
    ContractRef,
    Document,
    ErrandKind,
    Filing,
    KybItem,
    Offer,
    ReasonLine,
    Registration,
    Report,
    Screening,
    Search,
    Signer,
)


@dataclass(frozen=True, slots=True)
class Filed:
    """The application came in."""

    filing: Filing


@dataclass(frozen=True, slots=True)
class Attached:
    """Papers were added."""

    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class KybChecked:
    """The checklist was gone through; the youngest counts."""

    items: tuple[KybItem, ...]


@dataclass(frozen=True, slots=True)
class ReportReceived:
    """A credit report came."""

    report: Report


@dataclass(frozen=True, slots=True)
class RegistrySearched:
    """The registry was searched."""

    search: Search


@dataclass(frozen=True, slots=True)
class PartyScreened:
    """The lists were asked."""

    screening: Screening


@dataclass(frozen=True, slots=True)
class ErrandFailed:
    """An outside system did not answer, or not usably; None: no more tries, a person looks."""

    errand: ErrandKind
    fault: str
    attempt: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErrandResumed:
    """A person let a stuck errand be tried again."""

    errand: ErrandKind


@dataclass(frozen=True, slots=True)
class Decided:
    """The rules answered. `cited` are the dated rules of law and policy it rests on.

    `offer` is None when refused; `ends_on` is None while a second person has to agree.
    """

    verdict_id: UUID | None
    offer: Offer | None
    reasons: tuple[ReasonLine, ...]
    cited: tuple[Mapping[str, object], ...]
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A second person agreed (the offer stands until `ends_on`, excluded) or not (None)."""

    ends_on: date | None


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The borrower accepted; the contract was made."""

    contract: ContractRef


@dataclass(frozen=True, slots=True)
class ContractSigned:
    """One side signed the contract's text with a key of its own (Ed25519, hex)."""

    signer: Signer
    key_id: UUID
    signature: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Registered:
    """The registry has it."""

    registration: Registration


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """The registration is to be extended until that day, or cancelled (None)."""

    until: date | None


@dataclass(frozen=True, slots=True)
class RegistrationChanged:
    """The registry extended it until that day, or cancelled it (None)."""

    until: date | None


@dataclass(frozen=True, slots=True)
class Expired:
    """The offer, or the contract nobody signed, ended."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The borrower does not want it any more."""


Body: TypeAlias = (
    Filed
    | Attached
    | KybChecked
    | ReportReceived
    | RegistrySearched
    | PartyScreened
    | ErrandFailed
    | ErrandResumed
    | Decided
    | Reviewed
    | OfferAccepted
    | ContractSigned
    | Registered
    | ChangeAsked
    | RegistrationChanged
    | Expired
    | Withdrawn
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an application on a business date, by whose hand."""

    no: int
    body: Body
    on: date
    by: str
    at: datetime
