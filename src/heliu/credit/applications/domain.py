"""An application: what a verified receivable asks for, and what the verdict granted. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from heliu.credit.products.api import Programme
from heliu.decisions.verdicts.api import Verdict
from heliu.flows.confluence.api import Verified
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Application:
    """One receivable asked once on one state of its evidence; `approved` 0 means refused.

    `annual_rate` is the price as a fraction (0.0485), None when refused.
    """

    id: UUID
    receivable_id: UUID
    verification_id: UUID
    verdict_id: UUID
    programme: str
    programme_version: int
    supplier_uscc: str
    requested: Money
    approved: Money
    annual_rate: Decimal | None
    decided_on: date


def requested(programme: Programme, verified: Verified) -> Money:
    """What may be asked for: the eligible amount times the advance rate, rounded down."""
    return verified.eligible.times(programme.advance_rate, mode=ROUND_DOWN)


def application_of(
    programme: Programme, verified: Verified, verdict: Verdict, decided_on: date
) -> Application:
    """The record of one decision."""
    asked = requested(programme, verified)
    return Application(
        id=derived_id("application", str(verdict.id)),
        receivable_id=verified.receivable_id,
        verification_id=verified.id,
        verdict_id=verdict.id,
        programme=programme.code,
        programme_version=programme.version,
        supplier_uscc=verified.seller_tax_id or "",
        requested=asked,
        approved=verdict.amount if verdict.approved else Money(0, asked.currency),
        annual_rate=verdict.annual_rate,
        decided_on=decided_on,
    )
