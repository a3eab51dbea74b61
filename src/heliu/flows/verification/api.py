"""Door of the verification desk."""

from heliu.flows.verification.domain.case import LineKey, LineMatch, TradeCase, Verification
from heliu.flows.verification.domain.catalog import CATALOG
from heliu.flows.verification.domain.claims import Bin, CheckedClaim, Claim
from heliu.flows.verification.domain.credits import Dilution, dilution
from heliu.flows.verification.domain.findings import Evidence, Finding, FindingSeverity
from heliu.flows.verification.domain.terms import (
    Presence,
    Requirements,
    Tolerances,
    VerificationTerms,
)
from heliu.flows.verification.domain.verify import verify

__all__ = [
    "CATALOG",
    "Bin",
    "CheckedClaim",
    "Claim",
    "Dilution",
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
    "dilution",
    "verify",
]
