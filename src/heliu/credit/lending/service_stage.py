"""Use case: papers move on through the stages of their product, with documents and value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.credit.engine.api import Status
from heliu.credit.lending import errors, facts, store
from heliu.credit.lending.claiming import Rests, claim_invoices
from heliu.credit.lending.domain.contract import Contract, EnterStage, Moment, Papers
from heliu.credit.lending.encoding import digest
from heliu.credit.products.api import LoanProduct, loan_products_by_no
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.rounds import rounds


@dataclass(frozen=True, slots=True)
class Entered:
    """The papers of a contract in their stage. `short`: principal beyond what they carry now."""

    contract_id: UUID
    papers: Papers
    short: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Now:
    contract: Contract
    product: LoanProduct
    papers: Papers
    since: date
    principal: int
    cancelled: bool


@dataclass(slots=True)
class _Batch:
    """The batch as far as it has come: digests and answers by key, contracts by id, what moved."""

    now: dict[UUID, _Now]
    said: dict[UUID, bytes]
    done: dict[UUID, Entered]
    moved: list[tuple[EnterStage, Contract, Papers]] = field(default_factory=list)


def enter_stages(
    tx: Tx, actor: Actor, commands: Sequence[EnterStage], at: Moment
) -> list[Entered | Refusal]:
    """Move papers on, one outcome per command, in order; a refusal refuses only its own command.

    A stage whose papers carry less than what is outstanding is entered all the same and says by
    how much it is short: nothing more can be drawn until that is repaid. The invoices it rests on
    are claimed for the contract. Nothing is posted.
    """
    if not commands:
        return []
    known = store.known_stages(tx, [command.key for command in commands])
    now = _load(tx, commands)
    numbers = {state.contract.no: id_ for id_, state in now.items()}
    done = {
        key: Entered(numbers[no], papers, 0, again=True)
        for key, (_, no, papers) in known.items()
        if no in numbers
    }
    batch = _Batch(now, {key: seen for key, (seen, _, _) in known.items()}, done)
    outcomes: dict[int, Entered | Refusal] = {}
    for places in rounds([command.contract_id for command in commands]):
        entered = _round(tx, actor, batch, [commands[place] for place in places], at)
        outcomes |= dict(zip(places, entered, strict=True))
    _save(tx, actor, batch.moved, at)
    return [outcomes[place] for place in range(len(commands))]


def _round(
    tx: Tx, actor: Actor, batch: _Batch, commands: Sequence[EnterStage], at: Moment
) -> list[Entered | Refusal]:
    outcomes: list[Entered | Refusal] = []
    fresh: dict[int, Entered] = {}
    for place, command in enumerate(commands):
        mark = digest(command)
        if command.key in batch.said:
            same = batch.said[command.key] == mark and command.key in batch.done
            outcomes.append(batch.done[command.key] if same else errors.key_reused())
            continue
        outcomes.append(entered := _enter(batch.now, command, at))
        if isinstance(entered, Entered):
            batch.said[command.key] = mark
            fresh[place] = entered
    rests = [Rests((c := commands[place]).key, c.contract_id, c.evidence) for place in fresh]
    lost = claim_invoices(tx, actor, rests, at.now)
    for place, entered in fresh.items():
        command = commands[place]
        if (refusal := lost.get(command.key)) is not None:
            outcomes[place] = refusal
            del batch.said[command.key]
            continue
        state = batch.now[command.contract_id]
        batch.now[command.contract_id] = replace(state, papers=entered.papers, since=command.on)
        batch.done[command.key] = Entered(entered.contract_id, entered.papers, 0, again=True)
        batch.moved.append((command, state.contract, entered.papers))
    return outcomes


def _load(tx: Tx, commands: Sequence[EnterStage]) -> dict[UUID, _Now]:
    contracts, _, states, papers = store.load(
        tx, store.lock(tx, [command.contract_id for command in commands])
    )
    products = loan_products_by_no(tx, [c.product_no for c in contracts.values()])
    return {
        contract.id: _Now(
            *(contract, products[contract.product_no].product, *papers[no]),
            *(states[no].principal, states[no].status is Status.CANCELLED),
        )
        for no, contract in contracts.items()
    }


def _enter(now: Mapping[UUID, _Now], command: EnterStage, at: Moment) -> Entered | Refusal:
    state = now.get(command.contract_id)
    if state is None:
        return errors.contract_unknown()
    if state.cancelled:
        return errors.contract_cancelled()
    refusal = _fault(state, command, at)
    if refusal is not None:
        return refusal
    base = state.papers.base_value
    if command.base_value is not None:
        base = command.base_value.minor
    papers = Papers(state.papers.no + 1, command.stage, base)
    return Entered(command.contract_id, papers, _short(state, papers))


def _fault(state: _Now, command: EnterStage, at: Moment) -> Refusal | None:
    here = state.product.stage(state.papers.stage)
    asked = state.product.stage(command.stage)
    assert here is not None, "a contract is in a stage of its product"
    if asked is None or command.stage not in here.next:
        return errors.stage_unreachable(state.papers.stage, command.stage, here.next)
    if command.on > at.business_date:
        return errors.in_the_future(at.business_date)
    if command.on < state.since:
        return errors.stage_before(state.since)
    if (refusal := _worth_fault(state, command.base_value)) is not None:
        return refusal
    if missing := [kind for kind in asked.evidence if not command.evidence.get(kind)]:
        return errors.papers_missing(missing)
    return None


def _worth_fault(state: _Now, worth: Money | None) -> Refusal | None:
    if worth is None:
        return None
    if worth.currency != state.contract.currency:
        return errors.currency_not_lent(worth.currency, [state.contract.currency])
    return errors.amount_not_positive() if worth.minor < 0 else None


def _short(state: _Now, papers: Papers) -> int:
    stage = state.product.stage(papers.stage)
    if stage is None or stage.advance_rate is None:
        return 0
    worth = Money(papers.base_value or 0, state.contract.currency)
    most = worth.times(stage.advance_rate, mode=ROUND_DOWN).minor
    return max(0, state.principal - most)


def _save(
    tx: Tx, actor: Actor, moved: Sequence[tuple[EnterStage, Contract, Papers]], at: Moment
) -> None:
    store.add_stages(
        tx,
        [
            store.NewStage(
                *(contract.no, papers, command.key, digest(command)),
                *(command.evidence, command.on),
            )
            for command, contract, papers in moved
        ],
        actor,
        at,
    )
    facts.tell_stages(tx, [(c.key, contract, papers) for c, contract, papers in moved], at.now)
    record(
        tx,
        [
            facts.proof_of_stage(c.key, contract, papers, c.on.isoformat())
            for c, contract, papers in moved
        ],
    )
