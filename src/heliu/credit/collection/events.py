"""What the collection desk tells: cases moved, proposals ruled on. Ids and amounts only."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.credit.collection.domain.case import Case, CaseEvent
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell

MOVED: Final = "credit.collection_case_moved.v1"
RULED: Final = "credit.collection_ruled.v1"


def tell_moved(tx: Tx, moved: Sequence[tuple[Case, CaseEvent]], now: datetime) -> None:
    """Tell each event of a case, by the case after it."""
    tell(tx, [_moved(case, event, now) for case, event in moved])


def tell_ruled(tx: Tx, proposal: UUID, verdict: str, on: date, now: datetime) -> None:
    """Tell that a proposal was released or rejected."""
    body = {"proposal_id": proposal, "verdict": verdict, "on": on}
    tell(tx, [Fact(derived_id("fact", RULED, proposal.hex), RULED, body, now)])


def _moved(case: Case, event: CaseEvent, now: datetime) -> Fact:
    return Fact(
        derived_id("fact", MOVED, case.id.hex, str(case.events)),
        MOVED,
        {
            "case_id": case.id,
            "clock": case.debtor.clock.value,
            "kind": event.kind.value,
            "step": event.step,
            "on": event.on,
            "overdue": event.arrears.overdue,
            "currency": case.debtor.currency,
            "days_late": event.arrears.days_late,
            "loans": event.arrears.loans,
        },
        now,
    )
