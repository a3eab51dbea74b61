"""Use cases on lots: offer what a receipt says, verify it by the custodian, pledge it once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from heliu.credit.collateral import errors, store
from heliu.credit.collateral.domain.attesting import attested_milli
from heliu.credit.collateral.domain.cover import CoverTerms
from heliu.credit.collateral.domain.goods import GoodsBook
from heliu.credit.collateral.domain.lot import Lot, LotEvent, LotEventKind, LotStatus, lot_fault
from heliu.credit.collateral.domain.watching import CaseKind
from heliu.credit.collateral.events import Pledged, tell_cases, tell_instructed, tell_pledged
from heliu.credit.collateral.store import Security, Stored
from heliu.credit.collateral.store_custody import (
    Cause,
    InstructionKind,
    Order,
    add_instructions,
)
from heliu.credit.collateral.store_value import CollateralCase, add_cases
from heliu.flows.intake.api import Filed
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """Register what one line of a warehouse receipt says."""

    lot: Lot
    on: date


@dataclass(frozen=True, slots=True)
class Verify:
    """Verify a lot by a document that came over the connection of `attested_by` (USCC)."""

    lot_id: UUID
    document: Filed
    attested_by: str
    on: date


@dataclass(frozen=True, slots=True)
class Pledge:
    """Pledge lots of the pledgor for a contract, all of them or none.

    The first pledge of a contract agrees on `financed` (> 0) and the terms; a later one adds goods
    (to cure a margin call) on the same.
    """

    key: UUID
    contract_id: UUID
    pledgor_uscc: str
    financed: Money
    terms: CoverTerms
    lots: tuple[UUID, ...]
    on: date


def offer(
    tx: Tx, actor: Actor, commands: Sequence[Offer], book: GoodsBook, now: datetime
) -> list[Lot | Refusal]:
    """Register lots, one outcome per command, in order; the same lot again answers as before.

    A receipt line that is registered with other particulars, and marked goods that stand under
    another receipt, are refused and become a case.
    """
    wanted = [command.lot for command in commands]
    store.lock_receipts(tx, wanted)
    known = {id_: stored.lot for id_, stored in store.lots(tx, [n.id for n in wanted]).items()}
    marks = store.batches(tx, wanted)
    outcomes: list[Lot | Refusal] = []
    fresh: list[Offer] = []
    cases: list[CollateralCase] = []
    for command in commands:
        lot = replace(command.lot, batch=command.lot.batch_key)
        there = known.get(lot.id)
        refusal = _why_not(lot, command.on, there, marks, book)
        if refusal is not None:
            outcomes.append(refusal[0])
            if refusal[1] is not None:
                cases.append(
                    CollateralCase(
                        refusal[1], stops=False, on=command.on, lot_id=lot.id, said=actor.id
                    )
                )
            continue
        outcomes.append(there or lot)
        if there is None:
            known[lot.id] = lot
            if lot.batch_key:
                marks[lot.goods, lot.batch_key] = lot.id
            fresh.append(Offer(lot, command.on))
    store.add_lots(tx, actor, [o.lot for o in fresh], now)
    offered = LotEventKind.OFFERED
    store.add_events(
        tx,
        actor,
        [LotEvent(o.lot.id, 1, offered, o.lot.quantity_milli, o.lot.id, o.on) for o in fresh],
        now,
    )
    tell_cases(tx, add_cases(tx, cases, now), now)
    return outcomes


def _why_not(
    lot: Lot, on: date, there: Lot | None, marks: dict[tuple[str, str], UUID], book: GoodsBook
) -> tuple[Refusal, CaseKind | None] | None:
    if (fault := lot_fault(lot, on)) is not None:
        return errors.lot_impossible(lot.id, fault), None
    policy = book.policies.get(lot.goods)
    if policy is None or policy.unit != lot.unit:
        return errors.unknown_goods(lot.goods), None
    if there is not None and replace(there, receipt_no=lot.receipt_no) != lot:
        return errors.receipt_offered_already(lot.id), CaseKind.RECEIPT_TWICE
    mark = lot.batch_key
    if mark and marks.get((lot.goods, mark), lot.id) != lot.id:
        return errors.goods_offered_elsewhere(mark), CaseKind.GOODS_TWICE
    return None


def verify(
    tx: Tx, actor: Actor, commands: Sequence[Verify], now: datetime
) -> list[Stored | Refusal]:
    """Verify lots by their custodians' documents, one outcome per command, in order.

    Another person than who offered the lot verifies it. The verified quantity is what both say,
    the smaller one. A lot that is verified already answers as it stands.
    """
    state = store.lots(tx, [command.lot_id for command in commands], lock=True)
    outcomes: list[Stored | Refusal] = []
    made: list[LotEvent] = []
    for command in commands:
        stored = state.get(command.lot_id)
        if stored is None:
            outcomes.append(errors.unknown_lot(command.lot_id))
            continue
        if stored.holding.status is not LotStatus.OFFERED:
            outcomes.append(stored)
            continue
        quantity = _attested(actor, stored, command)
        if isinstance(quantity, Refusal):
            outcomes.append(quantity)
            continue
        paper = command.document.id
        event = stored.event(LotEventKind.VERIFIED, quantity, paper, command.on, paper)
        state[command.lot_id] = stored.after(event)
        made.append(event)
        outcomes.append(state[command.lot_id])
    store.add_events(tx, actor, made, now)
    return outcomes


def _attested(actor: Actor, stored: Stored, command: Verify) -> int | Refusal:
    lot = stored.lot
    if stored.offered_by == actor.id:
        return errors.same_person(lot.id)
    if command.attested_by != lot.custodian_uscc:
        return errors.not_the_custodian(lot.id)
    quantity = attested_milli(lot, command.document.document)
    if isinstance(quantity, Text):
        return errors.not_attested(lot.id, quantity)
    return min(quantity, lot.quantity_milli)


def pledge(
    tx: Tx, actor: Actor, commands: Sequence[Pledge], now: datetime
) -> list[Pledged | Refusal]:
    """Pledge verified lots and tell their custodians to hold them; one outcome each, in order.

    A lot is pledged once in its life, by any interleaving: lots are locked, then looked at again,
    and a primary key stands behind it. The same key again answers as before.
    """
    contracts = [command.contract_id for command in commands]
    store.lock_contracts(tx, contracts)
    agreed = store.securities(tx, contracts)
    state = store.lots(tx, [id_ for c in commands for id_ in c.lots], lock=True)
    outcomes: list[Pledged | Refusal] = []
    done: list[tuple[Pledge, Pledged, list[Stored]]] = []
    for command in commands:
        refusal = _unpledgeable(command, agreed.get(command.contract_id), state)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        answer = Pledged(command.key, command.contract_id, command.lots)
        outcomes.append(answer)
        if all(state[id_].pledge_key == command.key for id_ in command.lots):
            continue
        agreed.setdefault(command.contract_id, _security(command))
        taken = [state[id_] for id_ in command.lots]
        state |= {
            s.lot.id: replace(
                s.after(_event(command, s)), contract_id=command.contract_id, pledge_key=command.key
            )
            for s in taken
        }
        done.append((command, answer, taken))
    _save(tx, actor, done, agreed, now)
    return outcomes


def _unpledgeable(
    command: Pledge, agreed: Security | None, state: dict[UUID, Stored]
) -> Refusal | None:
    if agreed is not None and agreed != _security(command):
        return errors.terms_differ(command.contract_id)
    if not command.lots:
        return errors.nothing_pledged(command.contract_id)
    return next(filter(None, (_unfit(command, id_, state.get(id_)) for id_ in command.lots)), None)


def _unfit(command: Pledge, lot_id: UUID, stored: Stored | None) -> Refusal | None:
    if stored is None:
        return errors.unknown_lot(lot_id)
    if (stored.contract_id, stored.pledge_key) == (command.contract_id, command.key):
        return None
    said = [
        (stored.contract_id is not None, errors.pledged_already),
        (command.lots.count(lot_id) > 1, errors.pledged_already),
        (stored.holding.status is not LotStatus.VERIFIED, errors.not_verified),
        (stored.lot.owner_uscc != command.pledgor_uscc, errors.not_the_owner),
        (stored.lot.currency != command.financed.currency, errors.currency_differs),
    ]
    return next((refusal(lot_id) for holds, refusal in said if holds), None)


def _security(command: Pledge) -> Security:
    return Security(command.contract_id, command.pledgor_uscc, command.financed, command.terms)


def _event(command: Pledge, stored: Stored) -> LotEvent:
    quantity = stored.holding.verified_milli
    return stored.event(LotEventKind.PLEDGED, quantity, command.key, command.on, None)


def _save(
    tx: Tx,
    actor: Actor,
    done: Sequence[tuple[Pledge, Pledged, list[Stored]]],
    agreed: dict[UUID, Security],
    now: datetime,
) -> None:
    holds = []
    for command, _, taken in done:
        order = Order(InstructionKind.HOLD, Cause.PLEDGE, command.key, command.on)
        holds += [order.to(s, command.contract_id, s.holding.verified_milli) for s in taken]
    store.add_securities(tx, [(agreed[c.contract_id], c.on) for c, _, _ in done], now)
    pledges = [
        (s.lot.id, c.contract_id, c.key, s.holding.verified_milli, c.on)
        for c, _, taken in done
        for s in taken
    ]
    store.add_pledges(tx, actor, pledges, now)
    store.add_events(tx, actor, [_event(c, s) for c, _, taken in done for s in taken], now)
    add_instructions(tx, holds, now)
    tell_instructed(tx, holds, now)
    tell_pledged(tx, [(a, agreed[c.contract_id], taken) for c, a, taken in done], now)
