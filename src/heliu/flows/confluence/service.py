"""Use cases of the confluence: verify receivables on all that the four flows say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.flows.confluence import store
from heliu.flows.confluence.domain.verified import Verified, verification_id
from heliu.flows.verification.api import (
    Finding,
    LineKey,
    TradeCase,
    VerificationTerms,
    verify,
)
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


@dataclass(frozen=True, slots=True)
class VerifyReceivable:
    """Verify one trade case on `terms`; `terms_sha256` names the programme version they are of."""

    case: TradeCase
    terms: VerificationTerms
    terms_sha256: str
    screening: tuple[Finding, ...]


def verify_receivables(
    tx: Tx, commands: Sequence[VerifyReceivable], now: datetime
) -> list[Verified]:
    """Verify in order; what an earlier invoice used of a delivery supports no later one."""
    sellers = {tax_id for c in commands if (tax_id := c.case.invoice.document.seller.tax_id)}
    uses = store.uses_of_sellers(tx, sellers)
    verified: list[Verified] = []
    for command in commands:
        receivable = command.case.invoice.id
        others = _sum({key: used for key, used in uses.items() if key != receivable})
        case = replace(command.case, consumed=others)
        result = verify(case, command.terms)
        identity = verification_id(case, command.terms_sha256, command.terms.as_of, others)
        verified.append(Verified(identity, case, result, command.screening, command.terms.as_of))
        uses[receivable] = dict(verified[-1].uses)
    store.add(tx, verified, now)
    tell(tx, [_fact(v, now) for v in verified])
    return verified


def _sum(uses: Mapping[UUID, Mapping[LineKey, Decimal]]) -> dict[LineKey, Decimal]:
    total: dict[LineKey, Decimal] = {}
    for used in uses.values():
        for key, quantity in used.items():
            total[key] = total.get(key, Decimal(0)) + quantity
    return total


def _fact(verified: Verified, now: datetime) -> Fact:
    body = {
        "verification_id": str(verified.id),
        "receivable_id": str(verified.receivable_id),
        "eligible": verified.eligible.minor,
        "currency": verified.eligible.currency,
    }
    identity = derived_id("fact", "receivable_verified", str(verified.id))
    return Fact(identity, "flows.receivable_verified.v1", body, now)
