"""Reading the loan book: one loan at a glance, and where contracts stand at the end of a day.

A glance reads the stored fold: it costs the same on day 1 and day 700. A standing folds the
events, and is what the end of day takes for contracts that had events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from heliu.credit.engine.api import Status, accrued, balances, fold
from heliu.credit.lending import store_read
from heliu.credit.lending.domain.contract import Standing
from heliu.credit.lending.domain.parts import parts_of
from heliu.credit.lending.loading import load_lives
from heliu.ground.db import Tx


@dataclass(frozen=True, slots=True)
class Glance:
    """One loan as its officer sees it; amounts in minor units.

    `accrued` is the interest of the running period up to the day, by whole days, rounded half up.
    """

    head: store_read.Head
    plan: tuple[store_read.PlanRow, ...]
    on: date
    accrued: int
    overdue: int
    oldest_unpaid_due: date | None

    @property
    def status(self) -> Status:
        """The stage of the loan's life."""
        return Status(self.head.status)


def glance(tx: Tx, ids: Sequence[UUID], on: date) -> dict[UUID, Glance]:
    """Loans at a glance on day `on`, by id; what does not exist is left out."""
    heads, rows = store_read.glance(tx, ids)
    plans: dict[int, list[store_read.PlanRow]] = {head.no: [] for head in heads}
    for row in rows:
        plans[row.contract_no].append(row)
    return {head.id: _glance(head, tuple(plans[head.no]), on) for head in heads}


def standing(
    tx: Tx, on: date, *, ids: Sequence[UUID] | None = None, changed_on: date | None = None
) -> list[Standing]:
    """Where contracts stand at the end of day `on`, by number.

    Those of `ids`, or those with events recorded on business date `changed_on`.
    """
    assert (ids is None) != (changed_on is None), "by id, or by the day they changed"
    if ids is not None:
        numbers = store_read.numbers(tx, ids)
    else:
        assert changed_on is not None, "by the day they changed"
        numbers = store_read.changed_on(tx, changed_on)
    return standing_of(tx, on, numbers)


def standing_of(tx: Tx, on: date, numbers: Sequence[int]) -> list[Standing]:
    """Where the contracts of these numbers stand at the end of day `on`, ascending."""
    if not numbers:
        return []
    lives, _ = load_lives(tx, numbers)
    found = []
    for life in lives.values():
        known = tuple(event for event in life.events if event.recorded_on <= on)
        state = fold(life.contract.terms, known, on)
        parts = parts_of(state, balances(state, on))
        found.append(Standing(life.contract, life.papers, known, state, parts, dict(life.booked)))
    return sorted(found, key=lambda one: one.contract.no)


def _glance(head: store_read.Head, plan: tuple[store_read.PlanRow, ...], on: date) -> Glance:
    earned = overdue = 0
    oldest = None
    for row in plan:
        due = row.principal + row.interest + row.fees + row.penalties
        paid = row.principal_paid + row.interest_paid + row.fees_paid + row.penalties_paid
        if row.due_date < on and due > paid:
            overdue += due - paid
            oldest = oldest or row.due_date
        if row.from_date <= on < row.due_date:
            earned += _earned(row, on)
    return Glance(head, plan, on, max(0, earned), overdue, oldest)


def _earned(row: store_read.PlanRow, on: date) -> int:
    """Interest of a running period earned by `on` and not paid, as the engine counts it."""
    if row.prepaid:
        return 0
    since, before = row.from_date, 0
    if row.earned_on is not None and on >= row.earned_on:
        since, before = row.earned_on, row.earned
    days, elapsed = (row.due_date - since).days, (on - since).days
    return before + accrued(row.interest - before, elapsed, days) - row.interest_paid
