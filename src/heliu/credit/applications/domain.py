"""What may be financed, what is asked for it, and what the verdict granted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from heliu.books.evidence.api import plain
from heliu.credit.products.api import Programme
from heliu.decisions.features.api import PairFeatures
from heliu.decisions.verdicts.api import FeatureValue, Verdict
from heliu.flows.confluence.api import Verified, documents_of
from heliu.flows.screening.api import Receivable as Claimed
from heliu.flows.screening.api import Unclaimable
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Receivable:
    """A receivable as its youngest verification left it: all that the instant acts need.

    Named by its invoice. `claimed` is its identity in the uniqueness registry (None: it does not
    identify one). `features` are those of its own trade, in plain form; `evidence` the SHA-256
    (hex) of every document it rests on.
    """

    id: UUID
    verification_id: UUID
    programme: str
    supplier: str
    buyer: str
    invoice_no: str
    eligible: Money
    issued_on: date | None
    due_on: date | None
    claimed: Claimed | None
    features: Mapping[str, FeatureValue]
    evidence: tuple[str, ...]
    verified_on: date


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


def receivable_of(
    programme: Programme, verified: Verified, features: Mapping[str, FeatureValue]
) -> Receivable:
    """What a verification makes of an invoice under its programme."""
    document = verified.invoice.document
    try:
        claimed = Claimed.of(verified.invoice)
    except Unclaimable:
        claimed = None
    kept = {name: _plain(value) for name, value in features.items()}
    return Receivable(
        id=verified.receivable_id,
        verification_id=verified.id,
        programme=programme.code,
        supplier=verified.seller_tax_id or "",
        buyer=verified.buyer_tax_id or "",
        invoice_no=document.number,
        eligible=verified.eligible,
        issued_on=document.issued_on,
        due_on=document.due_on,
        claimed=claimed,
        features=kept,
        evidence=tuple(sorted({filed.sha256 for filed in documents_of(verified.case)})),
        verified_on=verified.as_of,
    )


def requested(programme: Programme, receivable: Receivable) -> Money:
    """What may be asked for: the eligible amount times the advance rate, rounded down."""
    return receivable.eligible.times(programme.advance_rate, mode=ROUND_DOWN)


def features_on(
    receivable: Receivable, pair: PairFeatures, on: date, *, enrolled: bool
) -> dict[str, FeatureValue]:
    """The features a decision on business day `on` rests on: trade, pair, and what the day says."""
    return {
        **receivable.features,
        **pair.values,
        "state_version": pair.state_version,
        "supplier_enrolled": enrolled,
        "tenor_days": (receivable.due_on - on).days if receivable.due_on else None,
        "days_since_invoice": (on - receivable.issued_on).days if receivable.issued_on else None,
    }


def _plain(value: FeatureValue) -> str | int | bool | None:
    said = plain(value)
    assert said is None or isinstance(said, str | int | bool), "a feature is a single value"
    return said


def application_of(
    programme: Programme, receivable: Receivable, asked: Money, verdict: Verdict, decided_on: date
) -> Application:
    """The record of one decision."""
    return Application(
        id=derived_id("application", str(verdict.id)),
        receivable_id=receivable.id,
        verification_id=receivable.verification_id,
        verdict_id=verdict.id,
        programme=programme.code,
        programme_version=programme.version,
        supplier_uscc=receivable.supplier,
        requested=asked,
        approved=verdict.amount if verdict.approved else Money(0, asked.currency),
        annual_rate=verdict.annual_rate,
        decided_on=decided_on,
    )
