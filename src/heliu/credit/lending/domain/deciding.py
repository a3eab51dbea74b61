"""One act on one contract: may it happen, what becomes of the contract, what is booked. Pure."""

from dataclasses import dataclass
from decimal import ROUND_DOWN
from typing import Final

from heliu.credit.engine.api import (
    EventKind,
    LoanEvent,
    LoanState,
    Reversal,
    balances,
    check,
    fold,
    quote,
)
from heliu.credit.lending import errors, errors_cash
from heliu.credit.lending.domain.booking import Move, after, moves
from heliu.credit.lending.domain.contract import Act, Contract, Funds, Moment, Papers
from heliu.credit.lending.domain.exposure import Change
from heliu.credit.lending.domain.parts import parts_of
from heliu.credit.products.api import Draws, LoanProduct, Part
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

_PAYS_OUT: Final = frozenset({EventKind.DISBURSE, EventKind.REFUND})


@dataclass(frozen=True, slots=True)
class Life:
    """A contract with all that was recorded of it, as far as this batch has come."""

    contract: Contract
    product: LoanProduct
    papers: Papers
    events: tuple[LoanEvent, ...]
    exposures: tuple[Change, ...]
    principal: int
    booked: dict[Part, int]
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What an act does: its event, the life and state after it, and what to book.

    `exposure_change` is how much more (or less) of the limits the contract uses; `proceeds` what
    reaches the borrower's account (below zero: what came from there, or from outside).
    """

    act: Act
    event: LoanEvent
    life: Life
    state: LoanState
    moves: tuple[Move, ...]
    exposure_change: int
    proceeds: int

    @property
    def undoes(self) -> int | None:
        """The number of the event that this one reverses, if it does."""
        detail = self.event.detail
        return detail.of if isinstance(detail, Reversal) else None


def decide(life: Life, act: Act, at: Moment) -> Decided | Refusal:
    """What `act` does to the contract, or why it cannot be."""
    contract = life.contract
    refusal = _door_fault(life, act, at)
    if refusal is not None:
        return refusal
    amount = None if act.amount is None else act.amount.minor
    if act.kind is EventKind.PAY_OFF and amount is None:
        amount = quote(contract.terms, life.events, act.on).total
    event = LoanEvent(
        no=len(life.events) + 1,
        kind=act.kind,
        on=act.on,
        recorded_on=at.business_date,
        id=act.key,
        amount=amount,
        detail=act.detail,
    )
    refusal = check(contract.terms, life.events, event)
    if refusal is not None:
        return refusal
    # The night books on a day that is over: what was booked since then counts as well.
    until = max((at.business_date, *(known.on for known in life.events)))
    state = fold(contract.terms, (*life.events, event), until)
    if act.kind is EventKind.DISBURSE and (refusal := _advance_fault(life, state)) is not None:
        return refusal
    return _decided(life, act, event, state)


def _decided(life: Life, act: Act, event: LoanEvent, state: LoanState) -> Decided:
    contract = life.contract
    target = parts_of(state, balances(state, state.as_of))
    booked = after(life.booked, target)
    change = state.principal_outstanding - life.principal
    grown = Life(
        contract=contract,
        product=life.product,
        papers=life.papers,
        events=(*life.events, event),
        exposures=(*life.exposures, Change(act.key, change)),
        principal=state.principal_outstanding,
        booked=booked,
    )
    paid_out = booked.get(Part.PAID_OUT, 0) - life.booked.get(Part.PAID_OUT, 0)
    received = booked.get(Part.RECEIVED, 0) - life.booked.get(Part.RECEIVED, 0)
    rows = moves(life.product.postings, life.booked, target)
    return Decided(act, event, grown, state, tuple(rows), change, paid_out - received)


def _door_fault(life: Life, act: Act, at: Moment) -> Refusal | None:
    contract = life.contract
    if life.cancelled:
        return errors.contract_cancelled()
    if act.amount is not None and (refusal := _amount_fault(contract, act.amount)) is not None:
        return refusal
    if act.on > at.business_date:
        return errors.in_the_future(at.business_date)
    if act.on < contract.opened_on:
        return errors.before_opening(contract.opened_on)
    if act.kind in _PAYS_OUT:
        return _pay_out_fault(life, act)
    return None


def _amount_fault(contract: Contract, amount: Money) -> Refusal | None:
    if amount.currency != contract.currency:
        return errors.currency_not_lent(amount.currency, [contract.currency])
    return errors.amount_not_positive() if amount.minor <= 0 else None


def _pay_out_fault(life: Life, act: Act) -> Refusal | None:
    if act.funds is not Funds.DEPOSIT:
        return errors_cash.out_to_account()
    if act.kind is EventKind.DISBURSE and act.amount is not None:
        return _draw_fault(life, act, act.amount)
    return None


def _draw_fault(life: Life, act: Act, amount: Money) -> Refusal | None:
    """What the product says of a draw before the engine is asked."""
    stage = life.product.stage(life.papers.stage)
    assert stage is not None, "a contract is in a stage of its product"
    if not stage.draws:
        return errors.no_draws_now(stage.stage)
    if amount.minor > (left := drawable(life)):
        return errors.beyond_facility(Money(left, life.contract.currency))
    if life.product.entrusted_payment.required and act.payee is None:
        above = life.product.entrusted_payment.above
        if above is None or amount > Money.of(above, amount.currency):
            return errors_cash.payee_needed()
    return None


def drawable(life: Life) -> int:
    """What the contract still has to give, minor units, whatever its papers carry today."""
    drawn = life.booked.get(Part.PRINCIPAL_DISBURSED, 0)
    match life.product.draws:
        case Draws.SINGLE:
            return 0 if drawn else life.contract.principal
        case Draws.TRANCHES:
            return life.contract.principal - drawn
        case Draws.REVOLVING:
            return life.contract.principal - life.principal


def _advance_fault(life: Life, state: LoanState) -> Refusal | None:
    stage = life.product.stage(life.papers.stage)
    if stage is None or stage.advance_rate is None:
        return None
    worth = Money(life.papers.base_value or 0, life.contract.currency)
    most = worth.times(stage.advance_rate, mode=ROUND_DOWN)
    return errors.beyond_advance(most) if state.principal_outstanding > most.minor else None
