"""Payments on the bank's plan: what is due first, then early money as the contract says.

罚息 and 复利 are served with the penalties, before anything else that is due or after it, as the
contract ranks them. Early money, where the plan follows it, serves interest earned so far and then
principal that is not due (利随本清), in the contract's order; what nothing asks for is overpaid.
"""

from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.engine.domain.allocation import Age, Spreading, fill
from heliu.credit.engine.domain.events import LoanEvent
from heliu.credit.engine.domain.penalty import Arrears, Units
from heliu.credit.engine.domain.planned import Life, PlanRow
from heliu.credit.engine.domain.ranking import Way
from heliu.credit.engine.domain.rows import Component, Row
from heliu.credit.engine.domain.state import Quote, TransactionKind
from heliu.credit.engine.domain.statement import Booking
from heliu.credit.engine.domain.terms import (
    Bucket,
    OnAdvance,
    PaymentKind,
)
from heliu.ground.money import EXACT

# What these say was overpaid is not held: it served their draw, or is gone.
_HOLD_NOTHING: Final = frozenset({TransactionKind.DISBURSEMENT, TransactionKind.REFUND})


def repay(life: Life, booking: Booking, payment: PaymentKind) -> None:
    """Spread the booking's money over the loan."""
    life.bookings.append(booking)
    booking.overpaid = booking.amount
    _settle(life, booking, booking.event.on, payment)


def pay_off(life: Life, event: LoanEvent) -> None:
    """Pay what was quoted: the fee on principal repaid early first, the rest closes the loan."""
    life.touch(event.on)
    fee = min(prepay_fee(life), event.money)
    if fee:
        charge_fee(life, event, fee)
    if event.money > fee:
        booking = Booking(event, TransactionKind.REPAYMENT, event.money - fee)
        repay(life, booking, PaymentKind.REPAYMENT)


def charge_fee(life: Life, event: LoanEvent, amount: int) -> None:
    """A fee paid at once, beside the plan."""
    booking = Booking(event, TransactionKind.PREPAY_FEE, amount)
    booking.fees, booking.balance = amount, life.principal
    life.bookings.append(booking)


def prepay_fee(life: Life) -> int:
    """The fee on repaying today all principal that is not due yet, rounded as agreed."""
    exact = EXACT.multiply(Decimal(max(0, life.base)), life.terms.prepay_fee_rate)
    return int(exact.to_integral_value(rounding=life.terms.rounding.mode.value))


def spend_overpaid(life: Life, on: date) -> None:
    """Money overpaid before serves what has become due or open since."""
    if not life.overpaid:
        return
    for booking in life.bookings:
        if booking.overpaid and booking.kind not in _HOLD_NOTHING:
            life.overpaid -= booking.overpaid
            _settle(life, booking, on, PaymentKind.REPAYMENT)


def refund(life: Life, event: LoanEvent) -> None:
    """Money overpaid goes back, the last that came in first; `overpaid` is what there was of it."""
    booking = Booking(event, TransactionKind.REFUND, event.money)
    for paid in reversed(life.bookings):
        if paid.kind in _HOLD_NOTHING:
            continue
        part = min(event.money - booking.overpaid, paid.overpaid)
        paid.overpaid -= part
        booking.overpaid += part
    life.overpaid -= booking.overpaid
    booking.balance = life.principal
    life.bookings.append(booking)


def quote(life: Life, on: date) -> Quote:
    """What closes the loan on `on`."""
    life.touch(on)
    units, arrears = life.arrears.units(on), life.arrears
    running, follows = life.running, life.terms.recalculation is not None
    due = [row for row in life.rows if row.due <= on or not follows]
    interest = sum(row.open_part(Component.INTEREST) for row in due)
    if follows and running is not None:
        interest += earned_open(life, running)
    return Quote(
        on=on,
        principal=life.principal,
        interest=interest,
        fees=sum(row.open_part(Component.FEE) for row in life.rows),
        penalties=sum(row.open_part(Component.PENALTY) for row in life.rows),
        penalty_interest=arrears.penalty.open(units[0]),
        compound_interest=arrears.compound.open(units[1]),
        prepay_fee=prepay_fee(life),
    )


def earned_open(life: Life, running: PlanRow) -> int:
    """Interest earned in the running row up to the last touch, and not paid."""
    if running.kept_back:
        return 0
    earned = int(life.known.to_integral_value(rounding=life.terms.rounding.mode.value))
    paid = sum(row.interest_paid for row in life.later)  # where it was put off, on rows after it
    return max(0, earned - paid)


def _settle(life: Life, booking: Booking, on: date, payment: PaymentKind) -> None:
    """Spread what the booking holds overpaid: all of it at first, in the end what none asks for."""
    life.touch(on)
    way, arrears = life.way(payment), life.arrears
    units = arrears.units(on)
    if way.penalties_first:
        _serve_arrears(arrears, booking, units)
    due = life.due(on)
    if due:
        _spread(life, booking, on, due, way)
    if not way.penalties_first:
        _serve_arrears(arrears, booking, units)
    if booking.overpaid:
        running = life.running if life.terms.recalculation is not None else None
        if running is not None:
            _prepay(life, booking, (on, running), way)
        else:
            _spread(life, booking, on, life.unsettled(), way)
        life.overpaid += booking.overpaid
    booking.balance = life.principal


def _serve_arrears(arrears: Arrears, booking: Booking, units: Units) -> None:
    if units == arrears.cleared:
        return
    asked = arrears.penalty.open(units[0])
    if asked:
        part = min(booking.overpaid, asked)
        arrears.penalty.paid += part
        booking.penalty += part
        booking.overpaid -= part
    asked = arrears.compound.open(units[1])
    if asked:
        part = min(booking.overpaid, asked)
        arrears.compound.paid += part
        booking.compound += part
        booking.overpaid -= part
    if booking.overpaid:
        arrears.cleared = units


def _spread(life: Life, booking: Booking, on: date, rows: list[PlanRow], way: Way) -> None:
    left = booking.overpaid
    if not left or not rows:
        return
    before = booking.principal
    if way.filling is not None:
        booking.overpaid = fill(rows, on, left, way.filling, booking)
    else:
        _spread_by_rule(booking, on, rows, way)
    life.principal -= booking.principal - before


def _spread_by_rule(booking: Booking, on: date, rows: list[PlanRow], way: Way) -> None:
    def pay(row: Row, _: Age, component: Component, amount: int) -> int:
        return row.pay(component, amount, on)

    spreading = Spreading(on, rows, way.rule, pay, portions=booking)
    booking.overpaid = spreading.spread(booking.overpaid, way.processing)


def _prepay(life: Life, booking: Booking, early: tuple[date, PlanRow], way: Way) -> None:
    """Early money where the plan follows it."""
    on, running = early
    before = life.base
    life.close(on)
    for bucket in way.rule.order:
        if bucket is Bucket.IN_ADVANCE_INTEREST:
            _early_interest(life, booking, running, on)
        elif bucket is Bucket.IN_ADVANCE_PRINCIPAL:
            _early_principal(life, booking, running, on)
    if before != life.base:
        keeps = life.terms.recalculation is not None and (
            life.terms.recalculation.on_advance is not OnAdvance.REDUCE_INSTALMENT
        )
        life.solve(instalment=life.kept if keeps else None)
    if life.base == 0:
        _spread(life, booking, on, life.unsettled(), life.way(PaymentKind.REPAYMENT))


def _early_interest(life: Life, booking: Booking, running: PlanRow, on: date) -> None:
    part = 0 if running.deferred else min(booking.overpaid, earned_open(life, running))
    if part:
        paid = running.pay(Component.INTEREST, part, on)
        booking.interest += paid
        booking.overpaid -= paid


def _early_principal(life: Life, booking: Booking, running: PlanRow, on: date) -> None:
    part = min(booking.overpaid, life.base)
    if not part:
        return
    host, ended = running, life.rows[life.passed - 1] if life.passed else None
    if ended is not None and ended.due == on and not ended.down_payment:
        host = ended  # on a due date early money joins the instalment of that day
    host.principal += part
    host.ahead += part
    host.pay(Component.PRINCIPAL, part, on)
    life.base -= part
    life.principal -= part
    booking.principal += part
    booking.overpaid -= part
