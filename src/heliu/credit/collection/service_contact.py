"""Use cases: leave to contact a debtor within the limits, what came of it, promises to pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from heliu.credit.collection import errors, store, store_work
from heliu.credit.collection.domain.case import NOTHING, Arrears, Case, Debtor, by_debtor
from heliu.credit.collection.domain.contact import (
    Contact,
    Place,
    limits,
    permitted,
    week_of,
)
from heliu.credit.collection.domain.policy import Policy
from heliu.credit.collection.domain.promise import (
    Promise,
    Promised,
    PromiseState,
    paid_until,
    state_of,
)
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a contact: one word of the policy."""

    contact: UUID
    result: str


@dataclass(frozen=True, slots=True)
class Law:
    """What collectors act by: the rules in force on the day, and the bank's policy."""

    rules: Rules
    policy: Policy


def contact(
    tx: Tx, actor: Actor, commands: Sequence[Contact], law: Law, now: datetime
) -> list[UUID | Refusal]:
    """Leave to try each debtor once now, in order; refused beyond a limit, in quiet hours.

    Ask before the attempt. A key that is known answers as before. Raises Refusal if a rule is
    missing or may not be used in this profile.
    """
    held = limits(law.rules)
    cases = store.cases(tx, [command.case_id for command in commands])
    debtors = {case.debtor.uscc for case in cases.values()}
    store_work.lock(tx, debtors)
    known = store_work.contacts(tx, [command.key for command in commands])
    day = now.astimezone(BANK_ZONE).date()
    used = store_work.used(tx, debtors, day, week_of(day))
    made: list[tuple[Contact, Case, Place]] = []
    outcomes: list[UUID | Refusal] = []
    for command in commands:
        if (there := known.get(command.key)) is not None:
            outcomes.append(command.key if there == command else errors.key_reused())
            continue
        case = cases.get(command.case_id)
        if case is None or not case.is_open:
            outcomes.append(errors.case_closed() if case else errors.case_unknown())
            continue
        uscc = case.debtor.uscc
        place = permitted(command.channel, now, used.get(uscc, (0, 0)), (held, law.policy))
        if isinstance(place, Refusal):
            outcomes.append(place)
            continue
        used[uscc] = place.day_place, place.week_place
        known[command.key] = command
        made.append((command, case, place))
        outcomes.append(command.key)
    rows = [(command, case.debtor, place) for command, case, place in made]
    store_work.add_contacts(tx, rows, held, (now, actor.id))
    return outcomes


def record_results(
    tx: Tx, actor: Actor, commands: Sequence[Result], policy: Policy, now: datetime
) -> list[UUID | Refusal]:
    """Record what came of contacts, each once; its contact, in order, or why it was refused."""
    ids = [command.contact for command in commands]
    there, said = store_work.contacts(tx, ids), store_work.results(tx, ids)
    outcomes: list[UUID | Refusal] = []
    made: dict[UUID, str] = {}
    for command in commands:
        before = said.get(command.contact) or made.get(command.contact)
        if command.contact not in there:
            outcomes.append(errors.contact_unknown())
        elif command.result not in policy.results:
            outcomes.append(errors.result_unknown(command.result, sorted(policy.results)))
        elif before not in (None, command.result):
            outcomes.append(errors.key_reused())
        else:
            if before is None:
                made[command.contact] = command.result
            outcomes.append(command.contact)
    store_work.add_results(tx, list(made.items()), (now, actor.id))
    return outcomes


def promise(
    tx: Tx, actor: Actor, commands: Sequence[Promise], law: Law, now: datetime
) -> list[UUID | Refusal]:
    """Record promises to pay on the rules' date, in order; a case has one open promise at a time.

    At most what was late on the last day taken into cases, and within the days the policy allows.
    """
    on = law.rules.on
    latest = on + timedelta(days=law.rules.whole("collection.promise_within_days"))
    cases = store.cases(tx, [command.case_id for command in commands])
    store_work.lock(tx, {case.debtor.uscc for case in cases.values()})
    known = store_work.known_promises(tx, [command.key for command in commands])
    promises = store_work.promises(tx, list(cases))
    late = _late(tx)
    owed = {i: late.get(case.debtor, NOTHING) for i, case in cases.items()}
    loans = [loan for arrears in owed.values() for loan in arrears.loans]
    loans += [loan for told in promises.values() for one in told for loan in one.loans]
    paid = store_work.repayments(tx, loans)
    made: list[Promised] = []
    outcomes: list[UUID | Refusal] = []
    for command in commands:
        if (there := known.get(command.key)) is not None:
            outcomes.append(command.key if _same(there, command) else errors.key_reused())
            continue
        case = cases.get(command.case_id)
        refusal = _promise_fault(command, case, (on, latest), owed)
        if refusal is not None or case is None:
            outcomes.append(refusal or errors.case_unknown())
            continue
        others = promises.setdefault(case.id, [])
        if any(_is_open(other, paid, on) for other in others):
            outcomes.append(errors.promise_open())
            continue
        of = owed[case.id].loans
        before = paid_until(store_work.paid_on(paid, of), on)
        one = Promised(command.key, case.id, command.amount.minor, command.due_on, on, of, before)
        others.append(one)
        known[command.key] = one
        made.append(one)
        outcomes.append(command.key)
    store_work.add_promises(tx, made, (now, actor.id))
    return outcomes


def _is_open(promised: Promised, paid: store_work.Repayments, on: date) -> bool:
    state, _ = state_of(promised, store_work.paid_on(paid, promised.loans), on)
    return state is PromiseState.OPEN


def _late(tx: Tx) -> dict[Debtor, Arrears]:
    """What every debtor was late with on the last day taken into cases."""
    taken = store.last_day(tx)
    return by_debtor(store.late(tx, taken)) if taken else {}


def _promise_fault(
    command: Promise, case: Case | None, between: tuple[date, date], owed: Mapping[UUID, Arrears]
) -> Refusal | None:
    if case is None:
        return errors.case_unknown()
    if not case.is_open:
        return errors.case_closed()
    if not between[0] <= command.due_on <= between[1]:
        return errors.promise_too_late(between[1])
    overdue = owed[case.id].overdue
    fits = 0 < command.amount.minor <= overdue
    if command.amount.currency != case.debtor.currency or not fits:
        return errors.promise_amount(overdue)
    return None


def _same(there: Promised, said: Promise) -> bool:
    return (there.case_id, there.amount, there.due_on) == (
        said.case_id,
        said.amount.minor,
        said.due_on,
    )
