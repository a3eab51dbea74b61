"""Servicing: what happens to a loan on the bank's plan besides repayment.

Drawing, charges, rate changes, rescheduling, extension (展期), restructuring,
interest pauses, write-off and recovery. Each changes the debt, the rate or the dates and lets the
plan be solved anew from its day on; nothing that fell due before is touched.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.engine.domain.dates import add_units
from heliu.credit.engine.domain.events import (
    Charge,
    EventKind,
    Extension,
    InterestPause,
    LoanEvent,
    RateChange,
    Reschedule,
    Restructure,
)
from heliu.credit.engine.domain.factors import PRECISE, ZERO
from heliu.credit.engine.domain.planned import Life, PlanRow
from heliu.credit.engine.domain.prices import Discounting, discount
from heliu.credit.engine.domain.repaying import (
    charge_fee,
    earned_open,
    pay_off,
    refund,
    repay,
    spend_overpaid,
)
from heliu.credit.engine.domain.rows import Component
from heliu.credit.engine.domain.state import TransactionKind
from heliu.credit.engine.domain.statement import Booking, Hung
from heliu.credit.engine.domain.terms import Amortisation, PaymentKind

# A member of an enum is looked up through its metaclass: too slow once an event.
_REPAY: Final = EventKind.REPAY
_REPAYMENT: Final = TransactionKind.REPAYMENT
_PAYMENT: Final = PaymentKind.REPAYMENT


def play(life: Life, event: LoanEvent) -> None:
    """Play one event. Events come in order of their day, then of their number."""
    if event.kind is _REPAY:  # by far the most
        repay(life, Booking(event, _REPAYMENT, event.money), _PAYMENT)
        return
    life.settled = 0  # whatever else happens may open a row again
    _PLAYED[event.kind](life, event)


# -- drawing and charges ---------------------------------------------------------------------


def _disburse(life: Life, event: LoanEvent) -> None:
    on, amount = event.on, event.money
    life.close(on)
    life.disbursed.append((on, amount))
    life.principal += amount
    down = _down_payment(life, on, amount)
    life.lent += amount - down
    if life.running is None:
        row = PlanRow(on, on)  # drawn after the plan has ended: due at once
        row.principal = row.ahead = amount - down
        row.additional = True
        life.rows.append(row)
        life.extra.append(row)
        life.owe(row)
    else:
        life.base += amount - down
        if life.terms.amortisation is Amortisation.DISCOUNT:
            _keep_back(life, life.running, (on, amount - down))
        life.solve()
    booking = Booking(event, TransactionKind.DISBURSEMENT, amount)
    booking.balance = life.principal
    life.bookings.append(booking)
    spend_overpaid(life, on)


def _down_payment(life: Life, on: date, amount: int) -> int:
    """The row of what the borrower pays of the price himself."""
    agreed = life.terms.down_payment
    if agreed is None:
        return 0
    part = PRECISE.divide(PRECISE.multiply(Decimal(amount), agreed.percent), Decimal(100))
    row = PlanRow(on, on)
    row.principal = int(part.to_integral_value(rounding=life.terms.rounding.mode.value))
    row.down_payment = True
    row.ahead = row.principal
    life.rows.insert(life.passed, row)
    life.passed += 1
    life.owe(row)
    return row.principal


def _keep_back(life: Life, row: PlanRow, drawn: tuple[date, int]) -> None:
    """贴现: the interest of what is drawn is kept back at once, and so is paid."""
    on, amount = drawn
    terms = life.terms
    kept = discount(
        Discounting(
            amount, life.rate_on(on), on, row.due, terms.day_count, terms.rounding.mode
        )
    )  # fmt: skip
    row.kept_back = True
    row.interest += kept
    row.interest_paid += kept


def _charge(life: Life, event: LoanEvent) -> None:
    charge = event.detail
    assert isinstance(charge, Charge), "a charge event carries its charge"
    life.touch(event.on)
    row = _row_of(life, charge.due_on)
    if charge.is_penalty:
        row.penalties += event.money
    else:
        row.fees += event.money
    row.note_settled(event.on)
    if row.due <= event.on and not row.additional:
        life.owe(row)
    life.charges.append(Hung(event, charge, row))
    spend_overpaid(life, event.on)


def _row_of(life: Life, day: date) -> PlanRow:
    """The row a charge falls into: start < day <= due; the first holds its own first day."""
    for row in life.rows:
        if day <= row.due and not row.down_payment and not row.additional:
            return row
    return _after_maturity(life, day)


def _after_maturity(life: Life, day: date) -> PlanRow:
    last = life.rows[-1] if life.rows else PlanRow(day, day)
    if last.additional and not last.principal:
        last.due = max(last.due, day)
        return last
    row = PlanRow(last.due, max(day, last.due))
    row.additional = True
    life.rows.append(row)
    life.extra.append(row)
    return row


# -- rates, dates ----------------------------------------------------------------------------


def _change_rate(life: Life, event: LoanEvent) -> None:
    detail = event.detail
    assert isinstance(detail, RateChange), "a rate change carries its rate"
    life.close(event.on)
    life.bear(event.on, detail.annual_rate)
    life.solve()


def _pause(life: Life, event: LoanEvent) -> None:
    detail = event.detail
    assert isinstance(detail, InterestPause), "a pause carries its end"
    life.close(event.on)
    life.pause(event.on, detail.until)
    life.solve()


def _reschedule(life: Life, event: LoanEvent) -> None:
    detail = event.detail
    assert isinstance(detail, Reschedule), "a reschedule carries its dates"
    life.close(event.on)
    later = life.later
    moved = detail.new_due_on - detail.due_on
    start: date | None = None
    for row in later:
        if row.due >= detail.due_on:
            row.start = start or row.start
            row.due = start = life.business_day(row.due + moved)
    life.solve()


def _extend(life: Life, event: LoanEvent) -> None:
    detail = event.detail
    assert isinstance(detail, Extension), "an extension carries its periods"
    life.close(event.on)
    later = life.later
    if not later:  # an earlier event, known later, let it mature before
        return
    last = later[-1]
    if life.terms.amortisation is Amortisation.BULLET:
        last.due = _later(life, last.due, detail.instalments * life.every)
        life.solve()
        return
    place, since = life.rows.index(last) + 1, last.due
    for number in range(1, detail.instalments + 1):
        row = PlanRow(since, _later(life, last.due, number * life.every))
        life.rows.insert(place, row)
        place, since = place + 1, row.due
    life.solve()


def _later(life: Life, start: date, count: int) -> date:
    terms = life.terms
    due = add_units(start, count, terms.repay_unit, month_end=terms.calendar.month_end)
    return life.business_day(due)


def _restructure(life: Life, event: LoanEvent) -> None:
    """What is owed becomes a new plan; unpaid interest falls due with its first instalment."""
    detail = event.detail
    assert isinstance(detail, Restructure), "a restructure carries its new terms"
    on = event.on
    life.close(on)
    life.arrears.units(on)  # read before what is overdue is forgone
    # What was paid ahead of it may stand on later rows: interest that was put off is paid there.
    carried = life.known - sum(row.interest_paid for row in life.later if not row.kept_back)
    for row in life.rows[: life.passed]:
        carried += _forgo(row, on)
    fees, penalties = _dropped(life, on)
    life.bear(on, detail.annual_rate)
    life.base = life.principal
    life.restart(on, carried)
    since = on
    for number in range(1, detail.instalments + 1):
        due = _later(life, on, number * life.every)
        life.rows.append(PlanRow(since, due))
        since = due
    first = life.rows[life.passed]
    first.fees, first.penalties = fees, penalties
    life.charges = [
        hung if hung.row in life.rows else replace(hung, row=first) for hung in life.charges
    ]
    life.observed_until = detail.observed_until
    life.solve()


def _forgo(row: PlanRow, on: date) -> int:
    """A row that fell due keeps what was paid on it; its open interest is given back."""
    open_interest = row.open_part(Component.INTEREST)
    row.principal, row.interest = row.principal_paid, row.interest_paid
    row.earned, row.earned_on, row.carried = 0, row.start, 0
    row.note_settled(on)
    return open_interest


def _dropped(life: Life, on: date) -> tuple[int, int]:
    """Take the rows not due out of the plan; the running one stays with what was paid on it."""
    later = life.rows[life.passed :]
    del life.rows[life.passed :]
    life.extra.clear()
    fees = sum(row.open_part(Component.FEE) for row in later)
    penalties = sum(row.open_part(Component.PENALTY) for row in later)
    for row in later:
        row.fees, row.penalties = row.fees_paid, row.penalties_paid
        _forgo(row, on)
        if row.total:
            row.due = max(on, row.start)
            life.rows.append(row)
            life.passed += 1
    return fees, penalties


# -- the end ---------------------------------------------------------------------------------


def _write_off(life: Life, event: LoanEvent) -> None:
    """Give up all that is open, with its parts told; what comes in afterwards is recovered."""
    on = event.on
    life.close(on)
    lost = Booking(event, TransactionKind.WRITE_OFF, 0)
    running = life.running
    if running is not None:
        lost.interest += earned_open(life, running)
    lost.principal = life.principal
    lost.interest += sum(row.open_part(Component.INTEREST) for row in life.rows[: life.passed])
    lost.fees = sum(row.open_part(Component.FEE) for row in life.rows)
    lost.penalties = sum(row.open_part(Component.PENALTY) for row in life.rows)
    arrears, units = life.arrears, life.arrears.units(on)
    lost.penalty = arrears.penalty.open(units[0])
    lost.compound = arrears.compound.open(units[1])
    arrears.penalty.paid += lost.penalty
    arrears.compound.paid += lost.compound
    for row in life.rows[: life.passed]:
        row.fees, row.penalties = row.fees_paid, row.penalties_paid
        _forgo(row, on)
    _dropped(life, on)
    lost.amount = lost.principal + lost.interest + lost.fees + lost.penalties
    lost.amount += lost.penalty + lost.compound
    life.written_off += lost.amount
    life.principal = life.base = 0
    life.restart(life.at, ZERO)
    life.lost = True
    life.bookings.append(lost)


def _recover(life: Life, event: LoanEvent) -> None:
    life.recovered += event.money
    life.bookings.append(Booking(event, TransactionKind.RECOVERY, event.money))


def _pay_down(life: Life, event: LoanEvent) -> None:
    booking = Booking(event, TransactionKind.DOWN_PAYMENT, event.money)
    repay(life, booking, PaymentKind.DOWN_PAYMENT)


def _fee(life: Life, event: LoanEvent) -> None:
    charge_fee(life, event, event.money)


_PLAYED: Final[Mapping[EventKind, Callable[[Life, LoanEvent], None]]] = {
    EventKind.DISBURSE: _disburse,
    EventKind.PAY_OFF: pay_off,
    EventKind.DOWN_PAYMENT: _pay_down,
    EventKind.ADD_CHARGE: _charge,
    EventKind.PREPAY_FEE: _fee,
    EventKind.REFUND: refund,
    EventKind.RATE_CHANGE: _change_rate,
    EventKind.RESCHEDULE: _reschedule,
    EventKind.EXTEND: _extend,
    EventKind.RESTRUCTURE: _restructure,
    EventKind.INTEREST_PAUSE: _pause,
    EventKind.WRITE_OFF: _write_off,
    EventKind.RECOVER: _recover,
}
