"""Facts the intake desk tells."""

from datetime import datetime
from typing import Final

from heliu.flows.intake.domain.filing import Leaf
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact

DOCUMENT_ACCEPTED: Final = "flows.document_accepted.v1"


def document_accepted(leaf: Leaf, sha256: str, at: datetime) -> Fact:
    """A canonical document was filed: its id, content, place, kind, flow and number."""
    body = {
        "document": str(leaf.id),
        "sha256": sha256,
        "place": leaf.place,
        "kind": leaf.kind,
        "flow": leaf.flow,
        "number": leaf.number,
    }
    return Fact(derived_id(DOCUMENT_ACCEPTED, str(leaf.id)), DOCUMENT_ACCEPTED, body, at)
