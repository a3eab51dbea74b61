"""Findings: what verification found, how much it takes away, on which evidence, and the cure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from heliu.flows.intake.api import Filed
from heliu.ground.money import Money
from heliu.ground.text import Text


class FindingSeverity(StrEnum):
    """BLOCKING: nothing is eligible. REDUCING: the amount is lowered. NOTICE: worth knowing."""

    BLOCKING = "blocking"
    REDUCING = "reducing"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a finding or a claim can be read: the kept document and the place inside it."""

    document_id: UUID
    sha256: str
    place: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `effect` (> 0) is what a REDUCING finding takes off the amount, else None.

    The effects of all REDUCING findings of one verification sum to what is missing between the
    invoiced and the supported amount: no fen of the difference is unexplained.
    """

    code: str
    severity: FindingSeverity
    message: Text
    cure: Text
    evidence: tuple[Evidence, ...]
    effect: Money | None = None


def cite(filed: Filed, place: str | None = None) -> Evidence:
    """Evidence for a kept document, at `place` in it (the document's own place if not given)."""
    return Evidence(filed.id, filed.sha256, place or filed.document.place)


def cite_all(documents: Sequence[Filed]) -> tuple[Evidence, ...]:
    """Evidence for several documents, in an order that does not depend on theirs."""
    return tuple(cite(filed) for filed in sorted(documents, key=lambda filed: filed.id))
