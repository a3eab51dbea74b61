"""Use case: papers move on through the stages of their product, with documents and value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.credit.engine.api import Status
from heliu.credit.lending import errors, facts, store
from heliu.credit.lending.claiming import Rests, claim_invoices, sides_of
from heliu.credit.lending.domain.contract import Contract, EnterStage, Moment, Papers
from heliu.credit.lending.encoding import digest
from heliu.credit.products.api import LoanProduct, loan_products_by_no
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


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
    moved: dict[UUID, tuple[EnterStage, Contract, Papers]] = field(default_factory=dict)
    outcomes: list[Entered | Refusal] = field(default_factory=list)


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
    said = {key: seen for key, (seen, _, _) in known.items()}
    lost: dict[UUID, Refusal] = {}
    while True:
        batch = _played(_Batch(dict(now), dict(said), dict(done)), commands, lost, at)
        store.attempt(tx)
        # All of the batch at once, however often it moves one contract: claims have one order.
        refused = claim_invoices(tx, actor, _rests(batch), at.now)
        if not refused:
            store.keep(tx)
            break
        # Who comes after a command that lost its invoices is judged again without it.
        store.undo(tx)
        lost |= refused
    _save(tx, actor, list(batch.moved.values()), at)
    return batch.outcomes


def _played(
    batch: _Batch, commands: Sequence[EnterStage], lost: Mapping[UUID, Refusal], at: Moment
) -> _Batch:
    """The batch after its commands, in order; `lost` are those whose invoices are another's."""
    for command in commands:
        mark = digest(command)
        if command.key in batch.said:
            same = batch.said[command.key] == mark and command.key in batch.done
            batch.outcomes.append(batch.done[command.key] if same else errors.key_reused())
            continue
        entered = lost.get(command.key) or _enter(batch.now, command, at)
        batch.outcomes.append(entered)
        if isinstance(entered, Refusal):
            continue
        state = batch.now[command.contract_id]
        batch.said[command.key] = mark
        batch.now[command.contract_id] = replace(state, papers=entered.papers, since=command.on)
        batch.done[command.key] = replace(entered, short=0, again=True)
        batch.moved[command.key] = command, state.contract, entered.papers
    return batch


def _rests(batch: _Batch) -> list[Rests]:
    return [
        Rests(
            key,
            contract.id,
            command.evidence,
            sides_of(contract.borrower_uscc, contract.obligor_uscc),
        )
        for key, (command, contract, _) in batch.moved.items()
    ]


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
