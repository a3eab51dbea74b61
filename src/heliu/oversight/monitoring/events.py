"""What monitoring tells the house: warnings raised and cleared. Ids, rules and figures only."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell
from heliu.oversight.monitoring.domain.warning import Raised

RAISED: Final = "oversight.warning_raised.v1"
CLEARED: Final = "oversight.warning_cleared.v1"


def tell_raised(tx: Tx, raised: Sequence[Raised], now: datetime) -> None:
    """Tell each new warning."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", RAISED, one.id.hex),
                RAISED,
                {
                    "warning_id": one.id,
                    "rule": one.rule,
                    "severity": one.severity.value,
                    "owner": one.owner,
                    "subject": one.subject.kind.value,
                    "on": one.raised_on,
                    "figures": dict(one.seen.figures),
                    "loans": one.loans,
                },
                now,
            )
            for one in raised
        ],
    )


def tell_cleared(tx: Tx, cleared: Sequence[Raised], on: date, now: datetime) -> None:
    """Tell each warning that is over."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", CLEARED, one.id.hex),
                CLEARED,
                {"warning_id": one.id, "rule": one.rule, "on": on},
                now,
            )
            for one in cleared
        ],
    )
