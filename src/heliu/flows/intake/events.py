"""Facts the intake desk tells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact

DOCUMENTS_ACCEPTED: Final = "flows.documents_accepted.v1"


def documents_accepted(ids: Sequence[UUID], at: datetime) -> list[Fact]:
    """Canonical documents were filed together: how many and the first; none, no fact.

    Whoever hears it reads them by `documents_since`, in order of filing.
    """
    if not ids:
        return []
    # A document is accepted once, so the first one names its fact.
    first = str(ids[0])
    identity = derived_id(DOCUMENTS_ACCEPTED, first)
    return [Fact(identity, DOCUMENTS_ACCEPTED, {"documents": len(ids), "first": first}, at)]
