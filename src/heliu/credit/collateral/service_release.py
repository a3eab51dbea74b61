"""Use cases that end a pledge: release on payment, the seller's buy-back, seizure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.credit.collateral import errors, store, store_custody, store_value
from heliu.credit.collateral.domain.cover import lot_cost
from heliu.credit.collateral.domain.goods import GoodsBook
from heliu.credit.collateral.domain.lot import LotEvent, LotEventKind
from heliu.credit.collateral.domain.margin import MarginState
from heliu.credit.collateral.domain.releasing import (
    Paid,
    ReleaseOrder,
    Stock,
    buy_back_amount,
    release_in_turn,
    release_quantities,
)
from heliu.credit.collateral.events import (
    tell_bought_back,
    tell_instructed,
    tell_released,
    tell_seized,
)
from heliu.credit.collateral.service_value import KnownPrices, cover_by
from heliu.credit.collateral.store import Security, Stored
from heliu.credit.collateral.store_custody import (
    Cause,
    Instruction,
    InstructionKind,
    Order,
    Released,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

STOPPED: Final = "stopped"
NOT_COVERED: Final = "not_covered"


@dataclass(frozen=True, slots=True)
class Release:
    """Set goods free for what was paid.

    `paid` is the principal of the financed amount paid so far (not this payment alone), `debt` all
    that is still owed after it (>= 0). `lots` are those that leave, in this order, where the payer
    names them.
    """

    key: UUID
    contract_id: UUID
    paid: Money
    debt: Money
    on: date
    order: ReleaseOrder = ReleaseOrder.PROPORTIONAL
    lots: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class EndPledge:
    """Call the seller's buy-back, or seize: what is owed on the day (> 0) is asked for."""

    key: UUID
    contract_id: UUID
    debt: Money
    on: date


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What secures the contracts of a batch, locked: lots by id, and their ids by contract."""

    agreed: dict[UUID, Security]
    lots: dict[UUID, Stored]
    by_contract: dict[UUID, list[UUID]]

    def of(self, contract_id: UUID) -> list[Stored]:
        return [self.lots[id_] for id_ in self.by_contract.get(contract_id, [])]


def release(
    tx: Tx, actor: Actor, commands: Sequence[Release], book: GoodsBook, now: datetime
) -> list[Released | Refusal]:
    """Release goods on payment and instruct their custodians; one outcome per command, in order.

    Nothing is released while shipping is stopped, nor what is needed to cover the rest; what a
    payment entitles to stays owed and is released with a later one. When nothing is owed any more
    everything goes. The same key again answers as before.
    """
    loaded = _load(tx, [command.contract_id for command in commands])
    known = store_custody.releases(tx, [command.key for command in commands])
    stopped = store_custody.stopped(tx, loaded.agreed)
    goods = {stored.lot.goods for stored in loaded.lots.values()}
    days = {command.on for command in commands}
    prices = {on: store_value.known_prices(tx, goods, on) for on in days}
    outcomes: list[Released | Refusal] = []
    fresh: list[tuple[Released, date]] = []
    left: list[tuple[LotEvent, Instruction]] = []
    for command in commands:
        if command.key in known:
            outcomes.append(known[command.key])
            continue
        security = loaded.agreed.get(command.contract_id)
        refusal = _unpaid(command, security) or _not_here(command, loaded)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        held = command.contract_id in stopped
        made = _released(command, loaded, (prices[command.on], book), held=held)
        known[command.key] = made
        outcomes.append(made)
        fresh.append((made, command.on))
        left += _left(made, loaded, command.on)
    store.add_events(tx, actor, [event for event, _ in left], now)
    told = [instruction for _, instruction in left]
    store_custody.add_instructions(tx, told, now)
    tell_instructed(tx, told, now)
    store_custody.add_releases(tx, fresh, now)
    pledgors = {id_: security.pledgor_uscc for id_, security in loaded.agreed.items()}
    tell_released(tx, [(made, pledgors[made.contract_id]) for made, _ in fresh], now)
    return outcomes


def _load(tx: Tx, contracts: Sequence[UUID]) -> _Loaded:
    store.lock_contracts(tx, contracts)
    agreed = store.securities(tx, contracts)
    pledged = store.lots_of_contracts(tx, agreed, lock=True)
    by_contract: dict[UUID, list[UUID]] = defaultdict(list)
    for stored in pledged:
        if stored.contract_id:
            by_contract[stored.contract_id].append(stored.lot.id)
    return _Loaded(agreed, {stored.lot.id: stored for stored in pledged}, by_contract)


def _unpaid(command: Release, security: Security | None) -> Refusal | None:
    if security is None:
        return errors.nothing_pledged(command.contract_id)
    financed = security.financed
    if command.debt.minor < 0:
        return errors.debt_impossible(command.contract_id)
    currencies = {command.paid.currency, command.debt.currency, financed.currency}
    if len(currencies) > 1 or not 0 <= command.paid.minor <= financed.minor:
        return errors.payment_exceeds(command.contract_id)
    return None


def _not_here(command: Release, loaded: _Loaded) -> Refusal | None:
    here = loaded.by_contract.get(command.contract_id, [])
    other = next((lot for lot in command.lots if lot not in here), None)
    return None if other is None else errors.lot_not_pledged(other)


def _released(
    command: Release, loaded: _Loaded, worth: tuple[KnownPrices, GoodsBook], *, held: bool
) -> Released:
    """What to release now; a stop holds everything back until nothing is owed."""
    figures = (command.key, command.contract_id, command.paid.minor, command.debt.minor)
    if held and command.debt.minor:
        return Released(*figures, (), STOPPED)
    known, book = worth
    security = loaded.agreed[command.contract_id]
    lots = loaded.of(command.contract_id)
    found = cover_by(command.debt, lots, known, book, command.on)
    paid = Paid(security.financed, command.paid, command.debt)
    stock = {
        s.lot.id: Stock(s.lot.goods, book.policies[s.lot.goods].step_milli, s.holding) for s in lots
    }
    match command.order:
        case ReleaseOrder.PROPORTIONAL:
            free = release_quantities(paid, security.terms, stock, found)
        case ReleaseOrder.OLDEST_FIRST:  # as they were read
            free = release_in_turn(paid, security.terms, stock, found, list(stock))
        case ReleaseOrder.AS_NAMED:
            turn = list(dict.fromkeys(command.lots))
            free = release_in_turn(paid, security.terms, stock, found, turn)
    short = not free and not found.meets(security.terms.required_bp)
    return Released(*figures, tuple(free.items()), NOT_COVERED if short else None)


def _left(made: Released, loaded: _Loaded, on: date) -> list[tuple[LotEvent, Instruction]]:
    """What leaves and what its custodians are told; `loaded` goes on without it."""
    order = Order(InstructionKind.RELEASE, Cause.PAYMENT, made.key, on)
    left = []
    for lot_id, quantity in made.quantities:
        stored = loaded.lots[lot_id]
        event = stored.event(LotEventKind.RELEASED, quantity, made.key, on, None)
        loaded.lots[lot_id] = stored.after(event)
        left.append((event, order.to(stored, made.contract_id, quantity)))
    return left


def call_buy_back(tx: Tx, commands: Sequence[EndPledge], now: datetime) -> list[Money | Refusal]:
    """Call sellers to buy back what they were paid for and still hold (保兑仓); the amount called.

    One outcome per command, in order. The amount is the cost of the goods that remain, never more
    than the debt; it is shared among the lots by their cost. The same key again calls the same.
    Refused: goods that do not say what they cost.
    """
    loaded = _load(tx, [command.contract_id for command in commands])
    outcomes: list[Money | Refusal] = []
    for command in commands:
        security = loaded.agreed.get(command.contract_id)
        rest = [s for s in loaded.of(command.contract_id) if s.holding.remaining_milli]
        if security is None or security.financed.currency != command.debt.currency:
            outcomes.append(errors.nothing_pledged(command.contract_id))
        elif command.debt.minor <= 0:
            outcomes.append(errors.debt_impossible(command.contract_id))
        elif any(s.lot.cost is None for s in rest):
            outcomes.append(errors.no_cost(command.contract_id))
        else:
            outcomes.append(_called(tx, command, security, rest, now))
    return outcomes


def _called(
    tx: Tx, command: EndPledge, security: Security, rest: Sequence[Stored], now: datetime
) -> Money:
    order = Order(InstructionKind.BUY_BACK, Cause.DEFAULT, command.key, command.on)
    before = store_custody.instructions(tx, ids=[order.id_for(s.lot.id) for s in rest])
    known = [i.amount for i in before.values() if i.amount]
    if known:
        return sum(known, Money(0, command.debt.currency))
    amount = buy_back_amount(command.debt, [(s.lot, s.holding.remaining_milli) for s in rest])
    if amount.minor == 0:
        return amount
    costs = [lot_cost(s.lot, s.holding.remaining_milli).minor for s in rest]
    told = [
        order.to(s, command.contract_id, s.holding.remaining_milli, share)
        for s, share in zip(rest, amount.split(costs), strict=True)
        if share.minor
    ]
    store_custody.add_instructions(tx, told, now)
    tell_instructed(tx, told, now)
    tell_bought_back(tx, command.key, security, told, now)
    return amount


def seize(
    tx: Tx, actor: Actor, commands: Sequence[EndPledge], now: datetime
) -> list[tuple[UUID, ...] | Refusal]:
    """Seize what remains of contracts whose margin call was breached; the lots, per command.

    The custodian is told to hold the goods for the bank. Again, nothing more is seized. Refused
    before a breach.
    """
    loaded = _load(tx, [command.contract_id for command in commands])
    states = store_value.margin_states(tx, loaded.agreed)
    outcomes: list[tuple[UUID, ...] | Refusal] = []
    for command in commands:
        security = loaded.agreed.get(command.contract_id)
        state: MarginState = states.get(command.contract_id, (0, MarginState()))[1]
        if security is None:
            outcomes.append(errors.nothing_pledged(command.contract_id))
            continue
        if command.debt.minor <= 0:
            outcomes.append(errors.debt_impossible(command.contract_id))
            continue
        if not state.breached:
            outcomes.append(errors.not_breached(command.contract_id))
            continue
        rest = [s for s in loaded.of(command.contract_id) if s.holding.remaining_milli]
        _take(tx, actor, (command, security), rest, now)
        for stored in rest:
            loaded.lots[stored.lot.id] = stored.after(_seizure(command, stored))
        outcomes.append(tuple(s.lot.id for s in rest))
    return outcomes


def _seizure(command: EndPledge, stored: Stored) -> LotEvent:
    quantity = stored.holding.remaining_milli
    return stored.event(LotEventKind.SEIZED, quantity, command.key, command.on, None)


def _take(
    tx: Tx,
    actor: Actor,
    asked: tuple[EndPledge, Security],
    rest: Sequence[Stored],
    now: datetime,
) -> None:
    command, security = asked
    if not rest:
        return
    order = Order(InstructionKind.SEIZE, Cause.DEFAULT, command.key, command.on)
    told = [order.to(s, command.contract_id, s.holding.remaining_milli) for s in rest]
    store.add_events(tx, actor, [_seizure(command, s) for s in rest], now)
    store_custody.add_instructions(tx, told, now)
    tell_instructed(tx, told, now)
    tell_seized(tx, command.key, security, [s.lot.id for s in rest], now)
