"""Door of the intake desk."""

from heliu.flows.intake.domain.reading import (
    Blob,
    Complaint,
    Connector,
    Facts,
    Head,
    Reading,
    Severity,
    kept,
    refusal,
)
from heliu.flows.intake.domain.trade import (
    FLOW_OF,
    Cash,
    Flow,
    Kind,
    Line,
    Observation,
    PartyRef,
    Totals,
    TradeDocument,
)

__all__ = [
    "FLOW_OF",
    "Blob",
    "Cash",
    "Complaint",
    "Connector",
    "Facts",
    "Flow",
    "Head",
    "Kind",
    "Line",
    "Observation",
    "PartyRef",
    "Reading",
    "Severity",
    "Totals",
    "TradeDocument",
    "kept",
    "refusal",
]
