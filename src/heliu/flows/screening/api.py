"""Door of the screening desk."""

from heliu.flows.screening.domain.arrival import RELATED
from heliu.flows.screening.domain.detection import detect
from heliu.flows.screening.domain.invoices import REQUIRED, Invoices, read_invoices
from heliu.flows.screening.domain.registry import (
    ClaimCommand,
    ClaimOutcome,
    ClaimStatus,
    Receivable,
)
from heliu.flows.screening.domain.suspicion import (
    LEAST_SCORE,
    Options,
    Progress,
    RowId,
    Suspicion,
    SuspicionKind,
)
from heliu.flows.screening.domain.tradegraph import Cycle, Edge, TradeGraph
from heliu.flows.screening.errors import TableRefused, Unclaimable
from heliu.flows.screening.service import claim, claim_violations, release, screen
from heliu.flows.screening.store import Claimed, claims_on

__all__ = [
    "LEAST_SCORE",
    "RELATED",
    "REQUIRED",
    "ClaimCommand",
    "ClaimOutcome",
    "ClaimStatus",
    "Claimed",
    "Cycle",
    "Edge",
    "Invoices",
    "Options",
    "Progress",
    "Receivable",
    "RowId",
    "Suspicion",
    "SuspicionKind",
    "TableRefused",
    "TradeGraph",
    "Unclaimable",
    "claim",
    "claim_violations",
    "claims_on",
    "detect",
    "read_invoices",
    "release",
    "screen",
]
