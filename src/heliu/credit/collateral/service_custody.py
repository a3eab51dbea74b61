"""Use cases with the custodian: his answers, and what his events say of the goods he keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.credit.collateral import errors, store, store_custody
from heliu.credit.collateral.domain.lot import LotEvent, LotEventKind
from heliu.credit.collateral.domain.watching import CaseKind, Signal, signals
from heliu.credit.collateral.events import tell_cases, tell_instructed
from heliu.credit.collateral.store import Stored
from heliu.credit.collateral.store_custody import (
    Answered,
    Cause,
    Instruction,
    InstructionKind,
    Order,
)
from heliu.credit.collateral.store_value import CollateralCase, add_cases
from heliu.flows.intake.api import Filed
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """A custodian's (USCC) answer to an instruction: carried out for so many thousandths, or not.

    `document_id` is his own document about it, where he sent one.
    """

    instruction_id: UUID
    custodian_uscc: str
    accepted: bool
    quantity_milli: int
    on: date
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """A person found a stop for what was seen of the goods explained: goods may leave again."""

    contract_id: UUID
    on: date


def answer(
    tx: Tx, actor: Actor, commands: Sequence[Answer], now: datetime
) -> list[Answered | Refusal]:
    """Keep custodians' answers, one outcome per command, in order; the same again is the same.

    A hold that is acknowledged in full makes the lot cover. A refusal, or an answer for less than
    was told, is a case: a hold so answered covers nothing.
    """
    told = store_custody.instructions(tx, ids=[c.instruction_id for c in commands])
    lots = store.lots(tx, [i.lot_id for i in told.values()], lock=True)
    known = store_custody.answers(tx, told)
    outcomes: list[Answered | Refusal] = []
    fresh: list[tuple[Answered, UUID | None, date]] = []
    held: list[LotEvent] = []
    cases: list[CollateralCase] = []
    for command in commands:
        instruction = told.get(command.instruction_id)
        if instruction is None or instruction.custodian_uscc != command.custodian_uscc:
            outcomes.append(errors.unknown_instruction(command.instruction_id))
            continue
        said = Answered(
            instruction.id, command.accepted, command.quantity_milli if command.accepted else 0
        )
        if (before := known.get(instruction.id)) is not None:
            outcomes.append(before if before == said else errors.answered_already(instruction.id))
            continue
        known[instruction.id] = said
        outcomes.append(said)
        fresh.append((said, command.document_id, command.on))
        full = said.quantity_milli >= instruction.quantity_milli
        if instruction.kind is InstructionKind.HOLD and full:
            stored = lots[instruction.lot_id]
            event = stored.event(
                *(LotEventKind.HELD, instruction.quantity_milli, instruction.id),
                *(command.on, command.document_id),
            )
            lots[instruction.lot_id] = stored.after(event)
            held.append(event)
        if not full:
            cases.append(_unanswered(instruction, said, command.on))
    store_custody.add_answers(tx, fresh, now)
    store.add_events(tx, actor, held, now)
    tell_cases(tx, add_cases(tx, cases, now), now)
    return outcomes


def _unanswered(instruction: Instruction, said: Answered, on: date) -> CollateralCase:
    kind = CaseKind.INSTRUCTION_SHORT if said.accepted else CaseKind.INSTRUCTION_REFUSED
    stops = instruction.kind in (InstructionKind.HOLD, InstructionKind.STOP_SHIP)
    return CollateralCase(
        kind,
        stops,
        on,
        instruction.contract_id,
        instruction.lot_id,
        said=f"{instruction.kind.value}: {said.quantity_milli} of {instruction.quantity_milli}",
    )


def watch(
    tx: Tx, actor: Actor, events: Sequence[Filed], on: date, now: datetime
) -> list[tuple[CollateralCase, ...]]:
    """What logistics events say of pledged goods, one tuple of new cases per event, in order.

    What is lost, gone without a release, or counted short stops all shipping of the contract until
    a person resumes it. An event seen again opens nothing new.
    """
    del actor
    places = {
        place
        for filed in events
        if (seen := filed.document.observation) is not None
        for place in (seen.location, seen.read_point)
        if place is not None
    }
    there = [s for s in store.lots_at(tx, places) if s.holding.remaining_milli]
    by_id = {stored.lot.id: stored for stored in there}
    outcomes: list[tuple[CollateralCase, ...]] = []
    for filed in events:
        seen = filed.document.observation
        near = [s for s in there if seen and s.lot.place in (seen.location, seen.read_point)]
        found = list(signals(filed.document, [(s.lot, s.holding) for s in near]))
        cases = [_case(signal, by_id[signal.lot_id], filed, on) for signal in found]
        outcomes.append(tuple(add_cases(tx, cases, now)))
    opened = [case for cases in outcomes for case in cases]
    stop(tx, [c.contract_id for c in opened if c.stops and c.contract_id], Cause.GOODS, on, now)
    tell_cases(tx, opened, now)
    return outcomes


def _case(signal: Signal, stored: Stored, filed: Filed, on: date) -> CollateralCase:
    return CollateralCase(
        signal.kind,
        signal.stops,
        on,
        stored.contract_id,
        signal.lot_id,
        stored.lot.goods,
        filed.id,
        signal.said,
    )


def resume(tx: Tx, actor: Actor, commands: Sequence[Resume], now: datetime) -> list[bool]:
    """Lift stops for what was seen of the goods; whether one stood, per command, in order."""
    del actor
    stopped = store_custody.stopped(tx, [c.contract_id for c in commands])
    outcomes = [Cause.GOODS in stopped.get(c.contract_id, ()) for c in commands]
    for command, stood in zip(commands, outcomes, strict=True):
        if stood:
            lift(tx, [command.contract_id], Cause.GOODS, command.on, now)
    return outcomes


def stop(tx: Tx, contracts: Sequence[UUID], cause: Cause, on: date, now: datetime) -> None:
    """Tell the custodians of these contracts that nothing leaves, unless they were told."""
    stopped = store_custody.stopped(tx, contracts)
    fresh = {id_ for id_ in contracts if cause not in stopped.get(id_, ())}
    # A contract may be stopped and resumed more than once: the instant tells them apart.
    order = Order(InstructionKind.STOP_SHIP, cause, (cause, on, now), on)
    _instruct_all(tx, fresh, order, now)


def lift(tx: Tx, contracts: Sequence[UUID], cause: Cause, on: date, now: datetime) -> None:
    """Tell the custodians of these contracts that this cause of a stop is gone."""
    stopped = store_custody.stopped(tx, contracts)
    stood = {id_ for id_ in contracts if cause in stopped.get(id_, ())}
    _instruct_all(tx, stood, Order(InstructionKind.RESUME, cause, (cause, on, now), on), now)


def _instruct_all(tx: Tx, contracts: set[UUID], order: Order, now: datetime) -> None:
    lots = store.lots_of_contracts(tx, contracts) if contracts else []
    made = [
        order.to(s, s.contract_id, s.holding.remaining_milli)
        for s in lots
        if s.holding.remaining_milli and s.contract_id
    ]
    store_custody.add_instructions(tx, made, now)
    tell_instructed(tx, made, now)
