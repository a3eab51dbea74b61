"""Payments on the bank's plan: what is due first, then early money as the contract says.

罚息 and 复利 are served with the penalties, before anything else that is due or after it, as the
contract ranks them. Early money, where the plan follows it, serves interest earned so far and then
principal that is not due (利随本清), in the contract's order; what nothing asks for is overpaid.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heliu.credit.engine.domain.allocation import Age, Portions, Spreading
from heliu.credit.engine.domain.events import LoanEvent
from heliu.credit.engine.domain.planned import Life, PlanRow
from heliu.credit.engine.domain.ranking import rule_of
from heliu.credit.engine.domain.rows import Component, Row
from heliu.credit.engine.domain.state import Quote, TransactionKind
from heliu.credit.engine.domain.statement import Booking
from heliu.credit.engine.domain.terms import (
    AllocationRule,
    Bucket,
    OnAdvance,
    PaymentKind,
    Processing,
)
from heliu.ground.money import EXACT


@dataclass(slots=True)
class Payment:
    """Money of one day that is being spread, and what it is booked as."""

    on: date
    left: int
    booking: Booking


def repay(life: Life, event: LoanEvent, kind: TransactionKind, payment: PaymentKind) -> None:
    """Spread the event's money over the loan."""
    _book(life, event, event.money, (kind, payment))


def pay_off(life: Life, event: LoanEvent) -> None:
    """Pay what was quoted: the fee on principal repaid early first, the rest closes the loan."""
    life.touch(event.on)
    fee = min(prepay_fee(life), event.money)
    if fee:
        charge_fee(life, event, fee)
    if event.money > fee:
        how = (TransactionKind.REPAYMENT, PaymentKind.REPAYMENT)
        _book(life, event, event.money - fee, how)


def charge_fee(life: Life, event: LoanEvent, amount: int) -> None:
    """A fee paid at once, beside the plan."""
    booking = Booking(event, TransactionKind.PREPAY_FEE, amount)
    booking.portions.fees, booking.balance = amount, life.principal
    life.bookings.append(booking)


def prepay_fee(life: Life) -> int:
    """The fee on repaying today all principal that is not due yet, rounded as agreed."""
    exact = EXACT.multiply(Decimal(max(0, life.base)), life.terms.prepay_fee_rate)
    return int(exact.to_integral_value(rounding=life.terms.rounding.mode.value))


def spend_overpaid(life: Life, on: date) -> None:
    """Money overpaid before serves what has become due or open since."""
    for booking in life.bookings:
        if booking.overpaid and booking.kind is not TransactionKind.DISBURSEMENT:
            life.overpaid -= booking.overpaid
            held, booking.overpaid = booking.overpaid, 0
            _settle(life, Payment(on, held, booking), PaymentKind.REPAYMENT)


def quote(life: Life, on: date) -> Quote:
    """What closes the loan on `on`."""
    life.touch(on)
    penalty, compound = life.arrears.open(on)
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
        penalty_interest=penalty,
        compound_interest=compound,
        prepay_fee=prepay_fee(life),
    )


def earned_open(life: Life, running: PlanRow) -> int:
    """Interest earned in the running row up to the last touch, and not paid."""
    if running.kept_back:
        return 0
    earned = int(life.known.to_integral_value(rounding=life.terms.rounding.mode.value))
    return max(0, earned - running.interest_paid)


def _book(
    life: Life, event: LoanEvent, amount: int, how: tuple[TransactionKind, PaymentKind]
) -> None:
    booking = Booking(event, how[0], amount)
    life.bookings.append(booking)
    _settle(life, Payment(event.on, amount, booking), how[1])


def _settle(life: Life, payment: Payment, kind: PaymentKind) -> None:
    life.touch(payment.on)
    rule, processing = rule_of(life.terms.allocation, kind)
    first = _penalties_first(rule)
    if first:
        _serve_arrears(life, payment)
    _spread(life, payment, life.due(payment.on), (rule, processing))
    if not first:
        _serve_arrears(life, payment)
    if payment.left and life.terms.recalculation is not None and life.running is not None:
        _prepay(life, payment, life.running, rule)
    elif payment.left:
        _spread(life, payment, life.rows, (rule, processing))
    payment.booking.overpaid = payment.left
    payment.booking.balance = life.principal
    life.overpaid += payment.left


def _penalties_first(rule: AllocationRule) -> bool:
    order = rule.order
    return order.index(Bucket.PAST_DUE_PENALTY) < order.index(Bucket.PAST_DUE_PRINCIPAL)


def _serve_arrears(life: Life, payment: Payment) -> None:
    penalty, compound = life.arrears.open(payment.on)
    part = min(payment.left, penalty)
    life.arrears.penalty.paid += part
    payment.booking.penalty += part
    payment.left -= part
    part = min(payment.left, compound)
    life.arrears.compound.paid += part
    payment.booking.compound += part
    payment.left -= part


def _spread(
    life: Life, payment: Payment, rows: list[PlanRow], how: tuple[AllocationRule, Processing]
) -> None:
    if not payment.left or not rows:
        return
    rule, processing = how

    def pay(row: Row, _: Age, component: Component, amount: int) -> int:
        return _pay(life, row, component, (amount, payment.on))

    spreading = Spreading(payment.on, rows, rule, pay)
    payment.left = spreading.spread(payment.left, processing)
    _add(payment.booking.portions, spreading.portions)


def _pay(life: Life, row: Row, component: Component, money: tuple[int, date]) -> int:
    amount, on = money
    paid = row.pay(component, amount, on)
    life.arrears.settle(row, component, paid, on)
    if component is Component.PRINCIPAL:
        life.principal -= paid
    return paid


def _add(portions: Portions, more: Portions) -> None:
    portions.principal += more.principal
    portions.interest += more.interest
    portions.fees += more.fees
    portions.penalties += more.penalties


def _prepay(life: Life, payment: Payment, running: PlanRow, rule: AllocationRule) -> None:
    """Early money where the plan follows it."""
    order = [bucket for bucket in rule.order if bucket in _EARLY]
    before = life.base
    for bucket in order:
        _EARLY[bucket](life, payment, running)
    if before != life.base:
        keeps = life.terms.recalculation is not None and (
            life.terms.recalculation.on_advance is not OnAdvance.REDUCE_INSTALMENT
        )
        life.solve(instalment=life.kept if keeps else None)
    if life.base == 0:
        _spread(life, payment, life.rows, rule_of(life.terms.allocation, PaymentKind.REPAYMENT))


def _early_interest(life: Life, payment: Payment, running: PlanRow) -> None:
    part = 0 if running.deferred else min(payment.left, earned_open(life, running))
    if part:
        paid = _pay(life, running, Component.INTEREST, (part, payment.on))
        payment.booking.portions.interest += paid
        payment.left -= paid


def _early_principal(life: Life, payment: Payment, running: PlanRow) -> None:
    part = min(payment.left, life.base)
    if not part:
        return
    host, ended = running, life.rows[life.passed - 1] if life.passed else None
    if ended is not None and ended.due == payment.on and not ended.down_payment:
        host = ended  # on a due date early money joins the instalment of that day
    host.principal += part
    host.ahead += part
    _pay(life, host, Component.PRINCIPAL, (part, payment.on))
    life.base -= part
    payment.booking.portions.principal += part
    payment.left -= part


_EARLY = {
    Bucket.IN_ADVANCE_INTEREST: _early_interest,
    Bucket.IN_ADVANCE_PRINCIPAL: _early_principal,
}
