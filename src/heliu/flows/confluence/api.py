"""Door of the confluence desk."""

from heliu.flows.confluence.connectors import CONNECTORS
from heliu.flows.confluence.domain.features import features
from heliu.flows.confluence.domain.linking import Linker, documents_of, identity
from heliu.flows.confluence.domain.verified import Verified
from heliu.flows.confluence.service import VerifyReceivable, verify_receivables
from heliu.flows.confluence.store import add_lived, findings_of, lived, standing_findings
from heliu.flows.confluence.store import latest as latest_verifications

__all__ = [
    "CONNECTORS",
    "Linker",
    "Verified",
    "VerifyReceivable",
    "add_lived",
    "documents_of",
    "features",
    "findings_of",
    "identity",
    "latest_verifications",
    "lived",
    "standing_findings",
    "verify_receivables",
]
