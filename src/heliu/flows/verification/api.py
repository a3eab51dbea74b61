"""Door of the verification desk."""

from heliu.flows.verification.domain.case import LineKey, LineMatch, TradeCase, Verification
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim
from heliu.flows.verification.domain.findings import Evidence, Finding, FindingSeverity
from heliu.flows.verification.domain.terms import (
    Presence,
    Requirements,
    Tolerances,
    VerificationTerms,
)

__all__ = [
    "Bin",
    "CheckedClaim",
    "Claim",
    "Evidence",
    "Finding",
    "FindingSeverity",
    "LineKey",
    "LineMatch",
    "Presence",
    "Requirements",
    "Tolerances",
    "TradeCase",
    "Verification",
    "VerificationTerms",
]
