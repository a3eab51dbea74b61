"""What the end of day tells the house: a loan became late, was cured, changed its class."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.credit.classification.api import Tier, Why
from heliu.credit.closing.domain.outcome import Clock, Turn
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell

DELINQUENT: Final = "credit.loan_delinquent.v1"
CURED: Final = "credit.loan_cured.v1"
CLASSIFIED: Final = "credit.loan_classified.v1"


def tell_turns(
    tx: Tx, turns: Sequence[Turn], ids: Mapping[int, UUID], day: date, now: datetime
) -> None:
    """Tell each turn of business date `day` once, by the loan's id."""
    tell(tx, [_fact(turn, ids[turn.loan], day, now) for turn in turns])


def _fact(turn: Turn, loan: UUID, day: date, now: datetime) -> Fact:
    body: dict[str, object] = {"loan_id": loan, "on": day}
    if turn.clock is None:
        kind = CLASSIFIED
        body |= {
            "before": Tier(turn.tier_before).name.lower(),
            "tier": Tier(turn.tier).name.lower(),
            "reason": Why(turn.reason).name.lower(),
        }
    else:
        kind = DELINQUENT if turn.late else CURED
        body |= {"clock": Clock(turn.clock).name.lower()}
    cause = f"{turn.clock or 0} {turn.tier_before} {turn.tier}"
    return Fact(derived_id("fact", kind, loan.hex, day.isoformat(), cause), kind, body, now)
