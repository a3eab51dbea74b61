"""A receivable with what verification found, as the rest of the house sees it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from heliu.flows.confluence.domain.linking import documents_of, identity
from heliu.flows.intake.api import Filed
from heliu.flows.verification.api import Finding, FindingSeverity, LineKey, TradeCase, Verification
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

Uses = Mapping[LineKey, Decimal]


@dataclass(frozen=True, slots=True)
class Verified:
    """One verification of one receivable; `id` is the same for the same evidence and terms."""

    id: UUID
    case: TradeCase
    result: Verification
    screening: tuple[Finding, ...]
    as_of: date

    @property
    def receivable_id(self) -> UUID:
        """The receivable is named by its invoice."""
        return self.case.invoice.id

    @property
    def invoice(self) -> Filed:
        """The invoice that is the receivable."""
        return self.case.invoice

    @property
    def seller_tax_id(self) -> str | None:
        """Who is owed."""
        return identity(self.case.invoice.document.seller)

    @property
    def buyer_tax_id(self) -> str | None:
        """Who owes."""
        return identity(self.case.invoice.document.buyer)

    @property
    def eligible(self) -> Money:
        """What evidence supports (>= 0): nothing once a screening finding forbids it."""
        blocked = any(f.severity is FindingSeverity.BLOCKING for f in self.screening)
        return Money(0, self.result.eligible.currency) if blocked else self.result.eligible

    @property
    def uses(self) -> Uses:
        """What it uses up of deliveries and orders; nothing if nothing is eligible."""
        return self.result.uses if self.eligible.minor else {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the trade itself and of screening it among all others."""
        return (*self.result.findings, *self.screening)

    @property
    def document_ids(self) -> list[UUID]:
        """Every document it rests on, in a fixed order."""
        return sorted(filed.id for filed in documents_of(self.case))


def verification_id(case: TradeCase, terms_sha256: str, as_of: date, uses: Uses) -> UUID:
    """Derived from the evidence, the terms, the day and what was already used up."""
    evidence = hashlib.sha256()
    for document in sorted(filed.id.bytes for filed in documents_of(case)):
        evidence.update(document)
    used = ",".join(f"{key}={quantity}" for key, quantity in sorted(uses.items()))
    parts = (str(case.invoice.id), evidence.hexdigest(), terms_sha256, as_of.isoformat(), used)
    return derived_id("verification", *parts)
