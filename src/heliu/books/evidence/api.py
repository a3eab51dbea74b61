"""Door of the evidence desk."""

from heliu.books.evidence.domain.canonical import (
    NotCanonical,
    Plain,
    canonical_json,
    decimal_text,
    plain,
    plain_json,
)
from heliu.books.evidence.domain.log import (
    ConsistencyProof,
    Entry,
    InclusionProof,
    Leaf,
    LeafPosition,
    Violation,
)
from heliu.books.evidence.errors import EvidenceAmbiguous, EvidenceContradicted, NotInEvidence
from heliu.books.evidence.service import (
    append,
    hold,
    leaves,
    leaves_of_kind,
    prove_consistency,
    prove_inclusion,
    record,
    root,
    verify_log,
)

__all__ = [
    "ConsistencyProof",
    "Entry",
    "EvidenceAmbiguous",
    "EvidenceContradicted",
    "InclusionProof",
    "Leaf",
    "LeafPosition",
    "NotCanonical",
    "NotInEvidence",
    "Plain",
    "Violation",
    "append",
    "canonical_json",
    "decimal_text",
    "hold",
    "leaves",
    "leaves_of_kind",
    "plain",
    "plain_json",
    "prove_consistency",
    "prove_inclusion",
    "record",
    "root",
    "verify_log",
]
