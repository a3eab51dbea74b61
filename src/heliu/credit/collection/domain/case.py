"""Cases: a debtor late on one clock, from the day after his allowance until nothing is late. Pure.

An episode is one case: late loans join it, and it is over on the first day on which none is late
and none of those restructured out of it is observed any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from heliu.credit.collection.domain.policy import Policy
from heliu.ground.ids import derived_id

OBSERVATION = "observation"


class Clock(StrEnum):
    """Whose lateness: the borrower's own, or the buyer's who pays first."""

    OWN = "own"
    BUYER = "buyer"


class Debtor(NamedTuple):
    """Who is late: a party (USCC) on a clock in a currency."""

    uscc: str
    clock: Clock
    currency: str


@dataclass(frozen=True, slots=True)
class LateLoan:
    """A loan whose debtor is late beyond the allowance; amounts in minor units, tier 1-5."""

    loan_id: UUID
    debtor: Debtor
    due_on: date
    days_late: int
    overdue: int
    principal: int
    tier: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """Everything one debtor is late with on a day (at least one loan)."""

    overdue: int
    principal: int
    days_late: int
    tier: int
    loans: tuple[UUID, ...]


NOTHING = Arrears(0, 0, 0, 1, ())


class CaseEventKind(StrEnum):
    """What can happen to a case."""

    OPENED = "opened"
    ESCALATED = "escalated"
    OBSERVED = "observed"  # nothing is late, but a restructured loan is under observation
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event of a case and what was late then."""

    kind: CaseEventKind
    step: str
    on: date
    arrears: Arrears


@dataclass(frozen=True, slots=True)
class Case:
    """The fold of a case's events; `no` counts the debtor's episodes, `last` is the last event."""

    id: UUID
    debtor: Debtor
    no: int
    opened_on: date
    events: int
    last: CaseEvent

    @property
    def is_open(self) -> bool:
        """Whether it still needs work."""
        return self.last.kind is not CaseEventKind.CLOSED

    def after(self, event: CaseEvent) -> "Case":
        """The case with one more event."""
        assert self.is_open, "nothing happens to a closed case"
        return replace(self, events=self.events + 1, last=event)


def by_debtor(loans: Iterable[LateLoan]) -> dict[Debtor, Arrears]:
    """What each debtor is late with: sums, the most days, the worst class, loans ascending."""
    found: dict[Debtor, list[LateLoan]] = {}
    for loan in loans:
        found.setdefault(loan.debtor, []).append(loan)
    return {
        debtor: Arrears(
            sum(loan.overdue for loan in late),
            sum(loan.principal for loan in late),
            max(loan.days_late for loan in late),
            max(loan.tier for loan in late),
            tuple(sorted(loan.loan_id for loan in late)),
        )
        for debtor, late in sorted(found.items())
    }


def case_id(debtor: Debtor, no: int) -> UUID:
    """The id of a debtor's no-th case."""
    return derived_id("collection case", debtor.uscc, debtor.clock, debtor.currency, str(no))


def opened(debtor: Debtor, no: int, arrears: Arrears, on: date, policy: Policy) -> Case:
    """The case that begins with these arrears."""
    step = policy.step_at(arrears.days_late).step
    event = CaseEvent(CaseEventKind.OPENED, step, on, arrears)
    return Case(case_id(debtor, no), debtor, no, on, 1, event)


def moved(
    case: Case, arrears: Arrears | None, on: date, policy: Policy, *, observed: bool
) -> CaseEvent | None:
    """What day `on` does to an open case; None on a quiet day."""
    if arrears is None:
        if not observed:
            return CaseEvent(CaseEventKind.CLOSED, case.last.step, on, NOTHING)
        if case.last.kind is CaseEventKind.OBSERVED:
            return None
        return CaseEvent(CaseEventKind.OBSERVED, OBSERVATION, on, NOTHING)
    step = policy.step_at(arrears.days_late).step
    # Late again under observation starts anew; else steps only go up within an episode.
    if case.last.kind is CaseEventKind.OBSERVED or policy.rank(step) > policy.rank(case.last.step):
        return CaseEvent(CaseEventKind.ESCALATED, step, on, arrears)
    return None


@dataclass(frozen=True, slots=True)
class DayOf:
    """What a day shows: who is late with what, and the cases whose loans are observed."""

    on: date
    late: Mapping[Debtor, Arrears]
    observed: frozenset[UUID]


def work(
    cases: Sequence[Case], counts: Mapping[Debtor, int], day: DayOf, policy: Policy
) -> list[tuple[Case, CaseEvent]]:
    """Every event of a day with the case after it: open cases first, then new ones, by debtor.

    `cases` are the open ones, `counts` how many cases each late debtor had so far.
    """
    done: list[tuple[Case, CaseEvent]] = []
    for case in sorted(cases, key=lambda case: case.debtor):
        seen = case.id in day.observed
        event = moved(case, day.late.get(case.debtor), day.on, policy, observed=seen)
        if event is not None:
            done.append((case.after(event), event))
    known = {case.debtor for case in cases}
    for debtor, arrears in day.late.items():
        if debtor not in known:
            case = opened(debtor, counts.get(debtor, 0) + 1, arrears, day.on, policy)
            done.append((case, case.last))
    return done
