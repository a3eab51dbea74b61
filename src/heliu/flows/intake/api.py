"""Door of the intake desk."""

from heliu.flows.intake.domain.read import read_blob
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
    Filed,
    Flow,
    Kind,
    Line,
    Observation,
    PartyRef,
    Totals,
    TradeDocument,
)
from heliu.flows.intake.domain.untrusted import parse_json, parse_xml

__all__ = [
    "FLOW_OF",
    "Blob",
    "Cash",
    "Complaint",
    "Connector",
    "Facts",
    "Filed",
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
    "parse_json",
    "parse_xml",
    "read_blob",
    "refusal",
]
