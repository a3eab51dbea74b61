"""Margin calls: when coverage falls below a line, and what becomes of a call day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from heliu.credit.collateral.domain.cover import Coverage, CoverTerms
from heliu.ground.money import Money


class MarginKind(StrEnum):
    """What can happen between the bank and a borrower whose goods no longer cover."""

    CALLED = "called"
    STOPPED = "stopped"  # nothing leaves the warehouse until cured
    CURED = "cured"
    BREACHED = "breached"  # the cure date passed: the bank may seize


@dataclass(frozen=True, slots=True)
class MarginEvent:
    """One step of a call; `shortfall` is what lacks to the required line."""

    kind: MarginKind
    on: date
    cure_by: date
    coverage_bp: int | None
    shortfall: Money


@dataclass(frozen=True, slots=True)
class MarginState:
    """The fold of a contract's margin events: an open call, and whether shipping is stopped."""

    cure_by: date | None = None
    stopped: bool = False
    breached: bool = False

    def after(self, event: MarginEvent) -> "MarginState":
        """The state after one more event."""
        match event.kind:
            case MarginKind.CALLED:
                return MarginState(event.cure_by)
            case MarginKind.STOPPED:
                return MarginState(event.cure_by, stopped=True, breached=self.breached)
            case MarginKind.BREACHED:
                return MarginState(event.cure_by, stopped=True, breached=True)
            case MarginKind.CURED:
                return MarginState()


def steps(
    state: MarginState, terms: CoverTerms, coverage: Coverage, on: date
) -> tuple[MarginEvent, ...]:
    """What the coverage of day `on` adds to the margin state; nothing on a quiet day.

    A call is made below the trigger and is over only when the required line is reached again. It
    must be cured on its cure date at the latest; from the day after it is breached. Shipping
    stops below the stop line, and with a breach.
    """
    lacks = coverage.shortfall(terms.required_bp)
    if coverage.meets(terms.required_bp):
        if state.cure_by is None:
            return ()
        return (MarginEvent(MarginKind.CURED, on, state.cure_by, coverage.ratio_bp, lacks),)
    made: list[MarginEvent] = []
    cure_by = state.cure_by
    if cure_by is None and not coverage.meets(terms.trigger_bp):
        cure_by = on + timedelta(days=terms.cure_days)
        made.append(MarginEvent(MarginKind.CALLED, on, cure_by, coverage.ratio_bp, lacks))
    if cure_by is None:
        return ()
    if not state.stopped and not coverage.meets(terms.stop_bp):
        made.append(MarginEvent(MarginKind.STOPPED, on, cure_by, coverage.ratio_bp, lacks))
    if not state.breached and on > cure_by:
        made.append(MarginEvent(MarginKind.BREACHED, on, cure_by, coverage.ratio_bp, lacks))
    return tuple(made)
