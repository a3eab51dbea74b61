"""Use cases: take a closed day into cases, and show the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.credit.collection import errors, store, store_work
from heliu.credit.collection.domain.case import (
    NOTHING,
    Case,
    CaseEvent,
    CaseEventKind,
    DayOf,
    by_debtor,
    work,
)
from heliu.credit.collection.domain.contact import week_of
from heliu.credit.collection.domain.policy import Policy
from heliu.credit.collection.domain.promise import Promised, PromiseState, state_of
from heliu.credit.collection.domain.proposal import Proposal
from heliu.credit.collection.domain.queue import Waiting, bucket, ranked
from heliu.credit.collection.events import tell_moved
from heliu.credit.collection.store import Worked
from heliu.ground.actor import Actor
from heliu.ground.db import Tx


@dataclass(frozen=True, slots=True)
class File:
    """A case with all that was done about it; promises with what became of them."""

    case: Case
    events: tuple[CaseEvent, ...]
    promises: tuple[tuple[Promised, PromiseState, int], ...]
    proposals: tuple[Proposal, ...]


def work_day(tx: Tx, actor: Actor, on: date, policy: Policy, now: datetime) -> Worked:
    """Open, escalate, observe and close cases by the positions of closed day `on`.

    A day is taken once and only forward: one taken before, or before the last one taken, answers
    what it did then (nothing, if it was passed over) and changes nothing. Raises Refusal
    `collection.day_not_closed` if its end of day does not stand.
    """
    store.lock(tx)
    last = store.last_day(tx)
    if last is not None and on <= last:
        return store.worked(tx, on) or Worked(on, 0, 0, 0)
    if not store.is_closed(tx, on):
        raise errors.day_not_closed(on)
    late = by_debtor(store.late(tx, on))
    day = DayOf(on, late, store.observed(tx, on))
    moved = work(store.open_cases(tx), store.counts(tx, list(late)), day, policy)
    store.add(tx, moved, (now, actor.id))
    tell_moved(tx, moved, now)
    kinds = [event.kind for _, event in moved]
    done = Worked(
        on,
        kinds.count(CaseEventKind.OPENED),
        kinds.count(CaseEventKind.ESCALATED),
        kinds.count(CaseEventKind.CLOSED),
    )
    store.add_day(tx, done, policy.version, (now, actor.id))
    return done


def queue(tx: Tx, on: date, warnings: Mapping[str, int]) -> list[Waiting]:
    """Open cases, most pressing first, as of the last day taken into cases; promises as of `on`.

    `warnings` is how many early warnings stand against a debtor, by USCC.
    """
    cases = store.open_cases(tx)
    taken = store.last_day(tx)
    late = by_debtor(store.late(tx, taken)) if taken else {}
    promises = store_work.promises(tx, [case.id for case in cases])
    paid = store_work.repayments(
        tx, [i for told in promises.values() for p in told for i in p.loans]
    )
    tried = store_work.used(tx, [case.debtor.uscc for case in cases], on, week_of(on))
    waiting = []
    for case in cases:
        arrears = late.get(case.debtor, NOTHING)
        last = next(reversed(promises.get(case.id, [])), None)
        waiting.append(
            Waiting(
                *(case, arrears, bucket(arrears.days_late), warnings.get(case.debtor.uscc, 0)),
                state_of(last, store_work.paid_on(paid, last.loans), on)[0] if last else None,
                last.due_on if last else None,
                tried.get(case.debtor.uscc, (0, 0))[0],
            )
        )
    return ranked(waiting)


def case_file(tx: Tx, case_id: UUID, on: date) -> File:
    """Everything about one case as of `on`. Raises Refusal `collection.case_unknown`."""
    found = store.cases(tx, [case_id]).get(case_id)
    if found is None:
        raise errors.case_unknown()
    promises = store_work.promises(tx, [case_id]).get(case_id, [])
    paid = store_work.repayments(tx, [loan for one in promises for loan in one.loans])
    return File(
        found,
        tuple(store.events(tx, case_id)),
        tuple((one, *state_of(one, store_work.paid_on(paid, one.loans), on)) for one in promises),
        tuple(store_work.of_case(tx, case_id)),
    )
