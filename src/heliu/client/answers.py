"""What the bank answers, typed: amounts as Decimal in major units, ids, days and instants as such.

Members that a newer bank adds are passed over.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct


class Said(Struct, frozen=True):
    """A sentence in both languages."""

    zh: str
    en: str


class Reason(Struct, frozen=True):
    """Why not more, and what would cure it."""

    code: str
    text: Said
    cure: Said


class CreditDecision(Struct, frozen=True, kw_only=True):
    """What may be drawn on a receivable, at what price, until when, and why not more."""

    id: UUID
    kind: Literal["credit_decision"]
    receivable: UUID
    credit_decision: UUID
    approved: bool
    amount: Decimal
    currency: str
    annual_rate: Decimal | None
    score: int
    grade: str
    verdict: UUID
    expires_at: datetime | None
    reasons: tuple[Reason, ...]


class Drawdown(Struct, frozen=True, kw_only=True):
    """A loan on a receivable; `proceeds` is what the supplier has of it."""

    id: UUID
    kind: Literal["drawdown"]
    receivable: UUID
    credit_decision: UUID
    drawdown: UUID
    amount: Decimal
    currency: str
    annual_rate: Decimal | None
    recourse: Literal["full", "none"]
    discount: Decimal
    proceeds: Decimal
    opened_on: date
    due_on: date
    journal: tuple[UUID, ...]


class Payment(Struct, frozen=True, kw_only=True):
    """Money on its way or arrived: `payment_status` says which."""

    id: UUID
    kind: Literal["payment"]
    drawdown: UUID
    payment: UUID
    paid: Decimal
    currency: str
    payment_status: str


class Financing(Struct, frozen=True, kw_only=True):
    """All three acts on one receivable; `amount` is what was drawn."""

    id: UUID
    kind: Literal["financing"]
    receivable: UUID
    credit_decision: UUID
    drawdown: UUID
    payment: UUID
    approved: bool
    amount: Decimal
    currency: str
    annual_rate: Decimal | None
    score: int
    grade: str
    verdict: UUID
    expires_at: datetime | None
    reasons: tuple[Reason, ...]
    recourse: Literal["full", "none"]
    discount: Decimal
    proceeds: Decimal
    opened_on: date
    due_on: date
    journal: tuple[UUID, ...]
    paid: Decimal
    payment_status: str


class Cited(Struct, frozen=True):
    """A kept document and the place inside it."""

    document_id: UUID
    sha256: str
    place: str


class Finding(Struct, frozen=True):
    """What verification found; `effect` is what it takes off the amount."""

    code: str
    severity: Literal["blocking", "reducing", "notice"]
    text: Said
    cure: Said
    effect: Decimal | None
    evidence: tuple[Cited, ...]


class Receivable(Struct, frozen=True, kw_only=True):
    """A receivable: what its evidence supports (`eligible`) and what is `available` now."""

    id: UUID
    currency: str
    eligible: Decimal
    available: Decimal
    invoice_no: str
    supplier: str
    buyer: str
    programme: str
    issued_on: date | None
    due_on: date | None
    verified_on: date
    drawdown: UUID | None
    findings: tuple[Finding, ...] = ()


class Complaint(Struct, frozen=True):
    """One thing wrong with a document, at a place in its file."""

    code: str
    place: str
    message: str
    severity: Literal["refused", "flagged"]


class Outcome(Struct, frozen=True):
    """What became of one document."""

    file: str
    status: Literal["accepted", "duplicate", "refused"]
    sha256: str
    connector: str
    documents: tuple[UUID, ...]
    complaints: tuple[Complaint, ...]


class Document(Struct, frozen=True):
    """A trade document as the bank understood it (canonical members in `document`)."""

    id: UUID
    sha256: str
    file: str
    document: dict[str, Any]


class Programme(Struct, frozen=True, kw_only=True):
    """A programme's terms; `limits` are None for suppliers."""

    code: str
    version: int
    effective_from: date
    name: Said
    core_enterprise: str
    core_enterprise_name: Said
    currency: str
    product: str
    annual_rate: Decimal
    day_count: str
    max_tenor_days: int
    advance_rate: Decimal
    evidence: dict[str, str]
    entrusted_payment: bool
    suppliers: int
    limits: dict[str, Decimal] | None


class ProgrammeVersion(Struct, frozen=True, kw_only=True):
    """A version, who proposed it, and who released it (None: nobody yet)."""

    terms: Programme
    sha256: str
    proposed_at: datetime
    proposed_by: str
    released_at: datetime | None
    released_by: str | None


class Acquisition(Struct, frozen=True, kw_only=True):
    """A supplier list as it was judged."""

    id: UUID
    programme: str
    version: int
    on: date
    valid_until: date
    suppliers: int
    complaints: int
    approved: int | None
    refused: int | None
    limit: Decimal | None
    expected_draw: Decimal | None
    currency: str | None
    root: str | None
    started_at: datetime
    finished_at: datetime | None


class PreApprovalReason(Struct, frozen=True):
    """Why not more, in the language asked for."""

    code: str
    text: str
    cure: str


class PreApproval(Struct, frozen=True, kw_only=True):
    """One supplier's answer: a limit, or 0 and the reasons."""

    rank: int
    line: int
    uscc: str
    approved: bool
    limit: Decimal
    expected_draw: Decimal
    currency: str
    score: int
    grade: str
    reasons: tuple[PreApprovalReason, ...]


class LineComplaint(Struct, frozen=True):
    """What is wrong with a line of a supplier list (the header is line 1)."""

    code: str
    line: int
    column: str
    message: str
    cure: str
