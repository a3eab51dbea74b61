"""Use cases on value: take prices, appraise what is pledged, call for more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from heliu.credit.collateral import errors, store, store_value
from heliu.credit.collateral.domain.cover import Coverage, Standing, cover
from heliu.credit.collateral.domain.goods import GoodsBook
from heliu.credit.collateral.domain.margin import MarginEvent, MarginKind, MarginState, steps
from heliu.credit.collateral.domain.price import Doubt, Judged, Known, Price, judge, quote
from heliu.credit.collateral.domain.watching import CaseKind
from heliu.credit.collateral.events import tell_cases, tell_margin
from heliu.credit.collateral.service_custody import lift, stop
from heliu.credit.collateral.store import Security, Stored
from heliu.credit.collateral.store_custody import Cause
from heliu.credit.collateral.store_value import CollateralCase
from heliu.flows.intake.api import Kind, TradeDocument
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

KnownPrices = dict[tuple[str, str, str], Known]


@dataclass(frozen=True, slots=True)
class ConfirmPrice:
    """A person looked at a wild price and says why it is true."""

    price_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What stands against a debt (>= 0, of the contract's currency) of a contract?"""

    contract_id: UUID
    debt: Money


@dataclass(frozen=True, slots=True)
class Appraised:
    """What the goods are worth on the day, and what that moved: calls, stops, cures, breaches."""

    contract_id: UUID
    coverage: Coverage
    moved: tuple[MarginEvent, ...]


def price_of(document: TradeDocument) -> Price:
    """The price an information document of kind PRICE states; its source is who issued it."""
    assert document.kind is Kind.PRICE, "only a price document states a price"
    line = document.lines[0]
    assert line.price is not None, "the connector lets only priced items pass"
    return Price(
        line.item_keys["standard"],
        line.unit or "",
        document.currency or "",
        line.price / line.price_base,
        date.fromisoformat(document.attributes["valid_from"]),
        document.attributes["issuer"],
    )


def take_prices(
    tx: Tx, prices: Sequence[Price], book: GoodsBook, today: date, now: datetime
) -> list[Judged | Refusal]:
    """Keep prices, one outcome each, in order: believed, or wild and a case for a person.

    Refused: goods the book does not know, a price of a day to come, a second price of one source
    for one day, and a price by who has pledged such goods.
    """
    kept = store_value.prices_kept(tx, [price.id for price in prices])
    owners = store_value.pledgors(tx, [price.source for price in prices])
    believed: dict[date, KnownPrices] = {}
    outcomes: list[Judged | Refusal] = []
    fresh: list[tuple[Price, Judged]] = []
    for price in prices:
        policy = book.policies.get(price.goods)
        if policy is None or policy.unit != price.unit or price.price <= 0:
            outcomes.append(errors.unknown_goods(price.goods))
        elif price.priced_on > today:
            outcomes.append(errors.price_from_tomorrow(price.source))
        elif (price.source, price.goods) in owners:
            outcomes.append(errors.price_by_owner(price.source))
        elif kept.get(price.id, price.price) != price.price:
            outcomes.append(errors.price_differs(price.id))
        else:
            day = price.priced_on
            if day not in believed:
                goods = {p.goods for p in prices if p.priced_on >= day}
                believed[day] = store_value.known_prices(tx, goods, day)
            last = _last(believed, price)
            judged = judge(price, last, policy)
            outcomes.append(judged)
            kept[price.id] = price.price
            if judged is Judged.GOOD:
                believed[day][price.goods, price.unit, price.currency] = Known(
                    price, wild_since=False
                )
            fresh.append((price, judged))
    store_value.add_prices(tx, fresh, now)
    wild = [
        CollateralCase(
            CaseKind.PRICE_WILD,
            stops=False,
            on=p.priced_on,
            goods=p.goods,
            said=f"{p.source}: {p.id}",
        )
        for p, judged in fresh
        if judged is Judged.WILD
    ]
    tell_cases(tx, store_value.add_cases(tx, wild, now), now)
    return outcomes


def _last(believed: dict[date, KnownPrices], price: Price) -> Price | None:
    """The youngest believed price up to this one's day: of this batch, or of the books."""
    key = (price.goods, price.unit, price.currency)
    days = sorted(day for day, known in believed.items() if day <= price.priced_on and key in known)
    found = [believed[day][key].price for day in days]
    return max(found, key=lambda p: p.priced_on, default=None)


def confirm_prices(
    tx: Tx, actor: Actor, commands: Sequence[ConfirmPrice], now: datetime
) -> list[UUID | Refusal]:
    """Believe wild prices from now on, one outcome per command, in order."""
    waiting = store_value.waiting(tx, [command.price_id for command in commands])
    outcomes: list[UUID | Refusal] = []
    believed: list[tuple[UUID, str]] = []
    for command in commands:
        if command.price_id in waiting:
            waiting.remove(command.price_id)
            believed.append((command.price_id, command.reason))
            outcomes.append(command.price_id)
        else:
            outcomes.append(errors.nothing_to_confirm(command.price_id))
    store_value.confirm(tx, actor, believed, now)
    return outcomes


def coverage(tx: Tx, asks: Sequence[Ask], book: GoodsBook, on: date) -> list[Coverage | Refusal]:
    """What covers these debts at the end of day `on`: one outcome per ask, nothing is written.

    Only what the custodian acknowledged covers. Refused: a contract without collateral.
    """
    agreed = store.securities(tx, [ask.contract_id for ask in asks])
    pledged = store.lots_of_contracts(tx, agreed)
    return _coverages(tx, asks, (agreed, pledged), book, on)


def _coverages(
    tx: Tx,
    asks: Sequence[Ask],
    loaded: tuple[dict[UUID, Security], Sequence[Stored]],
    book: GoodsBook,
    on: date,
) -> list[Coverage | Refusal]:
    agreed, pledged = loaded
    known = store_value.known_prices(tx, {s.lot.goods for s in pledged}, on)
    by_contract: dict[UUID, list[Stored]] = {}
    for stored in pledged:
        if stored.contract_id:
            by_contract.setdefault(stored.contract_id, []).append(stored)
    return [
        errors.debt_impossible(ask.contract_id)
        if ask.debt.minor < 0
        else errors.nothing_pledged(ask.contract_id)
        if (security := agreed.get(ask.contract_id)) is None
        or security.financed.currency != ask.debt.currency
        else cover_by(ask.debt, by_contract.get(ask.contract_id, []), known, book, on)
        for ask in asks
    ]


def cover_by(
    debt: Money, lots: Sequence[Stored], known: KnownPrices, book: GoodsBook, on: date
) -> Coverage:
    """What these lots cover of a debt at the prices known on a day; pure."""
    covering = [stored for stored in lots if stored.holding.covering_milli]
    return cover(debt, [_standing(stored, known, book, on) for stored in covering], on)


def _standing(stored: Stored, known: KnownPrices, book: GoodsBook, on: date) -> Standing:
    lot = stored.lot
    policy = book.policies[lot.goods]
    found = quote(known.get((lot.goods, lot.unit, lot.currency)), policy, on)
    return Standing(lot.id, stored.holding.covering_milli, lot.stored_on, policy, found)


def appraise(
    tx: Tx, asks: Sequence[Ask], book: GoodsBook, on: date, now: datetime
) -> list[Appraised | Refusal]:
    """Value what is pledged at the end of day `on` and act on it, one outcome per ask, in order.

    A price that is missing, old or wild cuts the value more and is a case of the day. Coverage
    below the trigger calls for more by a date; below the stop line, and after a breach, custodians
    are told that nothing leaves; when it is cured they are told to resume. The same day again adds
    nothing.
    """
    contracts = [ask.contract_id for ask in asks]
    store.lock_contracts(tx, contracts)
    agreed = store.securities(tx, contracts)
    pledged = store.lots_of_contracts(tx, agreed)
    states = store_value.margin_states(tx, contracts)
    outcomes: list[Appraised | Refusal] = []
    made: list[tuple[UUID, Coverage, date]] = []
    moved: list[tuple[Security, int, MarginEvent]] = []
    for ask, found in zip(asks, _coverages(tx, asks, (agreed, pledged), book, on), strict=True):
        if isinstance(found, Refusal):
            outcomes.append(found)
            continue
        no, state = states[ask.contract_id]
        security = agreed[ask.contract_id]
        events = steps(state, security.terms, found, on)
        for event in events:
            no, state = no + 1, state.after(event)
            moved.append((security, no, event))
        states[ask.contract_id] = no, state
        made.append((ask.contract_id, found, on))
        outcomes.append(Appraised(ask.contract_id, found, events))
    store_value.add_appraisals(tx, made, book.version, now)
    store_value.add_margin(tx, [(s.contract_id, no, event) for s, no, event in moved], now)
    _act(tx, moved, states, on, now)
    tell_margin(tx, moved, now)
    by_id = {stored.lot.id: stored for stored in pledged}
    cases = [case for _, found, _ in made for case in _doubts(found, by_id, on)]
    tell_cases(tx, store_value.add_cases(tx, cases, now), now)
    return outcomes


def _act(
    tx: Tx,
    moved: Sequence[tuple[Security, int, MarginEvent]],
    states: dict[UUID, tuple[int, MarginState]],
    on: date,
    now: datetime,
) -> None:
    touched = list(dict.fromkeys(security.contract_id for security, _, _ in moved))
    stops = [id_ for id_ in touched if states[id_][1].stopped]
    cured = {s.contract_id for s, _, event in moved if event.kind is MarginKind.CURED}
    stop(tx, stops, Cause.MARGIN, on, now)
    lift(tx, sorted(cured - set(stops)), Cause.MARGIN, on, now)


def _doubts(found: Coverage, by_id: dict[UUID, Stored], on: date) -> list[CollateralCase]:
    cases = []
    for value in found.lots:
        stored = by_id[value.lot_id]
        case = CollateralCase(
            CaseKind.TOO_OLD,
            stops=False,
            on=on,
            contract_id=stored.contract_id,
            lot_id=value.lot_id,
            goods=stored.lot.goods,
        )
        if value.too_old:
            cases.append(case)
        if value.doubt is not None:
            cases.append(replace(case, kind=_CASE_OF[value.doubt]))
    return cases


_CASE_OF = {
    Doubt.MISSING: CaseKind.PRICE_MISSING,
    Doubt.STALE: CaseKind.PRICE_STALE,
    Doubt.WILD: CaseKind.PRICE_WILD,
}
