"""Use cases: propose a remedy for a loan; a second person releases it into the loan's book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.books.ledger.api import Ledger
from heliu.credit.collection import errors, store, store_work
from heliu.credit.collection.domain.case import Case, by_debtor
from heliu.credit.collection.domain.policy import Policy, Remedy
from heliu.credit.collection.domain.proposal import Proposal, Propose, act_of, loan_act_of
from heliu.credit.collection.events import tell_ruled
from heliu.credit.collection.store_work import Ruling
from heliu.credit.lending.api import Moment, book
from heliu.credit.loans.api import service
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule:
    """A second person's word on a proposal, with its reason."""

    proposal: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What proposals are judged by: cases, their loans and days late, which loans are contracts."""

    cases: Mapping[UUID, Case]
    loans: Mapping[UUID, set[UUID]]
    days_late: Mapping[UUID, int]
    contracts: set[UUID]


def propose(
    tx: Tx, actor: Actor, commands: Sequence[Propose], policy: Policy, at: Moment
) -> list[UUID | Refusal]:
    """Record proposals, in order; nothing happens to a loan before a second person rules."""
    known = store_work.proposals(tx, [command.key for command in commands])
    said = {key: proposal.said for key, proposal in known.items()}
    around = _around(tx, commands)
    made: list[Propose] = []
    outcomes: list[UUID | Refusal] = []
    for command in commands:
        if (there := said.get(command.key)) is not None:
            outcomes.append(command.key if there == command else errors.key_reused())
            continue
        refusal = _fault(command, around, policy)
        if refusal is None:
            said[command.key] = command
            made.append(command)
        outcomes.append(refusal or command.key)
    store_work.add_proposals(tx, made, at.business_date, (at.now, actor.id))
    record(tx, [Entry("collection_proposal", one.key, _body(one)) for one in made])
    return outcomes


def release(
    tx: Tx, ledger: Ledger, actor: Actor, said: Rule, rules: Rules, now: datetime
) -> Ruling:
    """Let a proposal happen on the rules' date, as another person than who made it.

    Commands the loan's book in the same transaction. Raises Refusal, and rules nothing, if the
    proposal is unknown, ruled on, one's own, without reason, or the loan's book refuses the act.
    """
    ledger.hold(tx)
    proposed = _to_rule(tx, actor, said)
    if store_work.contracts(tx, [proposed.said.loan_id]):
        act = act_of(proposed.said, rules.on, rules.whole("restructured.observation_days"))
        (done,) = book(tx, ledger, actor, [act], Moment(rules.on, now))
        event_no = _kept(done).event_no
    else:
        (served,) = service(tx, ledger, actor, [loan_act_of(proposed)], (rules, now))
        event_no = _kept(served).event.no
    ruling = Ruling(said.proposal, "released", said.reason, event_no, rules.on)
    return _ruled(tx, actor, ruling, now)


def reject(tx: Tx, actor: Actor, said: Rule, at: Moment) -> Ruling:
    """Refuse a proposal, as another person than who made it. Raises Refusal as `release`."""
    _to_rule(tx, actor, said)
    ruling = Ruling(said.proposal, "rejected", said.reason, None, at.business_date)
    return _ruled(tx, actor, ruling, at.now)


def _kept(done: T | Refusal) -> T:
    if isinstance(done, Refusal):
        raise done
    return done


def _around(tx: Tx, commands: Sequence[Propose]) -> _Known:
    cases = store.cases(tx, [command.case_id for command in commands])
    taken = store.last_day(tx)
    late = by_debtor(store.late(tx, taken)) if taken else {}
    return _Known(
        cases,
        store.loans(tx, list(cases)),
        {i: late[case.debtor].days_late for i, case in cases.items() if case.debtor in late},
        store_work.contracts(tx, [command.loan_id for command in commands]),
    )


def _fault(command: Propose, around: _Known, policy: Policy) -> Refusal | None:
    case = around.cases.get(command.case_id)
    if case is None:
        return errors.case_unknown()
    # What was written off is late no more, so its case is closed; what follows goes on.
    follows = command.remedy in (Remedy.RECOVER, Remedy.REVERSE_WRITE_OFF)
    if not case.is_open and not follows:
        return errors.case_closed()
    days = around.days_late.get(case.id, 0)
    if case.is_open and not follows and not policy.allows(command.remedy, days):
        return errors.remedy_too_early(command.remedy, policy.first_day_of(command.remedy))
    return _loan_fault(command, around)


def _loan_fault(command: Propose, around: _Known) -> Refusal | None:
    if not command.is_whole or not command.reason.strip():
        return errors.proposal_incomplete()
    if command.loan_id not in around.loans.get(command.case_id, set()):
        return errors.loan_not_in_case()
    contract = command.loan_id in around.contracts
    if not (command.fits_contract if contract else command.fits_receivable):
        return errors.no_remedy_in_book()
    return None


def _to_rule(tx: Tx, actor: Actor, said: Rule) -> Proposal:
    store_work.lock_proposal(tx, said.proposal)
    found = store_work.proposals(tx, [said.proposal]).get(said.proposal)
    if found is None:
        raise errors.proposal_unknown()
    if found.verdict is not None:
        raise errors.ruled_already(found.verdict)
    if found.proposed_by == actor.id:
        raise errors.same_person()
    if not said.reason.strip():
        raise errors.reason_missing()
    return found


def _ruled(tx: Tx, actor: Actor, ruling: Ruling, now: datetime) -> Ruling:
    store_work.add_ruling(tx, ruling, (now, actor.id))
    tell_ruled(tx, ruling.proposal_id, ruling.verdict, ruling.on, now)
    body = {"verdict": ruling.verdict, "reason": ruling.reason, "event_no": ruling.event_no}
    record(tx, [Entry("collection_ruling", ruling.proposal_id, body)])
    return ruling


def _body(said: Propose) -> dict[str, object]:
    body: dict[str, object] = {
        "case_id": str(said.case_id),
        "loan_id": str(said.loan_id),
        "remedy": said.remedy.value,
        "instalments": said.instalments,
        "annual_rate": None if said.annual_rate is None else str(said.annual_rate),
        "amount": said.amount.minor if said.amount else None,
        "currency": said.amount.currency if said.amount else None,
        "reason": said.reason,
    }
    return body | ({"until": said.until.isoformat()} if said.until else {})
