"""The progressive engine: events played into an interest model and its rows, one fold at a time.

Disbursements solve instalments, payments are allocated, charges are hung on rows, and when the
terms recalculate interest every payment moves the model too. One `Play` is one fold.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from heliu.credit.engine.domain.allocation import Age, Spreading, fill, filling
from heliu.credit.engine.domain.dates import due_dates
from heliu.credit.engine.domain.events import Charge, EventKind, LoanEvent
from heliu.credit.engine.domain.factors import PRECISE, Factors
from heliu.credit.engine.domain.instalments import disburse, in_multiples, outstanding_until
from heliu.credit.engine.domain.model import Model, Period, rounded
from heliu.credit.engine.domain.paying_off import pay_off
from heliu.credit.engine.domain.recalculation import (
    PeriodDue,
    due_on,
    overdue_until,
    pay_interest,
    pay_principal,
    to_due_date,
)
from heliu.credit.engine.domain.rows import Component, Row, in_order
from heliu.credit.engine.domain.state import TransactionKind
from heliu.credit.engine.domain.statement import Booking, Hung
from heliu.credit.engine.domain.terms import (
    AllocationRule,
    DayCount,
    InterestCalculation,
    PaymentKind,
    PreClose,
    StartRule,
    Terms,
)
from heliu.credit.engine.domain.tranche import disburse_full_term


def _year_fraction(_count: DayCount, _start: date, _end: date) -> Decimal:
    raise AssertionError("no such day count here")


def down_payment(terms: Terms, amount: int) -> int:
    """The down payment on a disbursement of `amount` (minor units), in whole instalment steps."""
    if terms.down_payment is None:
        return 0
    percent = PRECISE.multiply(Decimal(amount), terms.down_payment.percent)
    part = PRECISE.divide(percent, Decimal(100))
    return in_multiples(terms, rounded(terms, part))


def laid(terms: Terms, start: date) -> list[Period]:
    """The repayment periods of `terms` counted from `start`."""
    periods, at = [], start
    for due in due_dates(terms, start, terms.instalments):
        periods.append(Period(at, due))
        at = due
    return periods


class Play:
    """The working state of one fold of the progressive engine."""

    def __init__(self, terms: Terms, first_day: date) -> None:
        self.terms = terms
        start = first_day if terms.start_rule is StartRule.DISBURSEMENT else terms.submitted_on
        periods = laid(terms, start)
        self.model = Model(terms, Factors(terms, _year_fraction), periods)
        self.rows = [Row(period.start, period.end, period) for period in periods]
        for row in self.rows:
            row.settled_on = first_day
        self.first_day = first_day
        bears = terms.recalculation is not None and terms.annual_rate > 0
        self.rules = terms.recalculation if bears else None
        self.bookings: list[Booking] = []
        self.charges: list[Hung] = []
        self.disbursed: list[tuple[date, int]] = []
        self.overpaid = 0
        self.principal = 0
        allocation = terms.allocation
        self.walked = {
            kind: filling(allocation.rule(kind), allocation.processing)
            for kind in PaymentKind
            if self.rules is None
        }
        self.settled = 0  # rows before this one are settled
        self.asked: dict[tuple[int, date], PeriodDue] = {}  # until the model moves

    # -- events ------------------------------------------------------------------------------

    def play(self, event: LoanEvent) -> None:
        """Play one event. Events come in order of their day, then of their recording."""
        match event.kind:
            case EventKind.REPAY:
                self.pay(event, TransactionKind.REPAYMENT, PaymentKind.REPAYMENT)
            case EventKind.PAY_OFF:
                pay_off(self, event)
            case EventKind.DISBURSE:
                self.catch_up(event.on, prepay=False)
                self._disburse(event)
            case EventKind.DOWN_PAYMENT:
                self.pay(event, TransactionKind.DOWN_PAYMENT, PaymentKind.DOWN_PAYMENT)
            case EventKind.ADD_CHARGE:
                self._charge(event)
            case _:
                raise AssertionError(f"{event.kind} is not played here")

    def close_books(self, as_of: date) -> None:
        """At the end of the fold: unpaid principal bears interest until `as_of`."""
        self.catch_up(as_of, prepay=False)
        if self.rows and self.rows[-1].additional and not self.rows[-1].total:
            self.rows.pop()

    def catch_up(self, day: date, *, prepay: bool) -> None:
        """Let unpaid principal of past periods bear interest until `day`."""
        rules = self.rules
        self.asked.clear()
        if rules is None or rules.disallow_on_past_due:
            return
        if overdue_until(self.model, rules, day, prepay=prepay):
            for row in self.rows:
                row.sync()

    # -- disbursement ------------------------------------------------------------------------

    def _disburse(self, event: LoanEvent) -> None:
        on, amount = event.on, event.money
        self.settled = 0
        self.disbursed.append((on, amount))
        self.principal += amount
        down = self._down_payment(amount)
        if self.terms.down_payment is not None:
            row = Row(on, on)
            row.principal, row.down_payment = down, True
            row.note_settled(on)
            self.rows = in_order([*self.rows, row])
        rest = amount - down
        if self.terms.tranche_full_term:
            disburse_full_term(self.model, on, rest, laid)
            self._take_in_new_periods()
        else:
            disburse(self.model, self._bears_from(on), rest)
        if on > self.model.last.end:
            late = self._additional(on, on)
            late.principal += rest
            late.note_settled(on)
        for row in self.rows:
            if row.period is not None and row.due >= on:
                row.sync()
                row.note_settled(on)
        booking = Booking(event, TransactionKind.DISBURSEMENT, amount)
        booking.balance = self.principal
        self.bookings.append(booking)
        if self.overpaid:
            self._use_overpaid(booking)

    def _bears_from(self, on: date) -> date:
        """Where all periods count the same, money paid out inside one bears all its interest."""
        whole = self.terms.interest_calculation is InterestCalculation.SAME_AS_REPAYMENT_PERIOD
        if not whole or self.terms.partial_period_interest:
            return on
        return next((p.start for p in self.model.periods if p.end > on), on)

    def _take_in_new_periods(self) -> None:
        """Rows for the periods a tranche added; charges waiting after maturity move in."""
        new = self.model.periods[sum(row.period is not None for row in self.rows) :]
        waiting = [row for row in self.rows if row.additional and new and row.due <= new[-1].end]
        kept = [row for row in self.rows if row not in waiting]
        self.rows = in_order([*kept, *(Row(p.start, p.end, p) for p in new)])
        for index, hung in enumerate(self.charges):
            if hung.row in waiting:
                self.charges[index] = replace(hung, row=self._hang(hung.event, hung.charge))

    def _down_payment(self, amount: int) -> int:
        return down_payment(self.terms, amount)

    def _use_overpaid(self, booking: Booking) -> None:
        """Money overpaid before serves what a new disbursement makes due."""
        used = self.overpaid
        spreading = self._spreading(booking.event.on, self._rule(PaymentKind.DEFAULT), prepay=False)
        self.overpaid = spreading.spread(used, self.terms.allocation.processing)
        booking.overpaid = min(booking.amount, used)
        self.principal -= spreading.portions.principal
        booking.balance = self.principal

    # -- repayment ---------------------------------------------------------------------------

    def pay(self, event: LoanEvent, kind: TransactionKind, payment: PaymentKind) -> None:
        """Spread the event's money over what is open; what is left is overpaid."""
        amount = event.money
        prepay = False
        if self.rules is not None:
            prepay = self._is_prepay(event.on, amount)
            self.catch_up(event.on, prepay=prepay)
            if prepay:
                self._interest_of_the_rest(event.on)
        booking = Booking(event, kind, amount)
        orders = self.walked.get(payment)
        if orders is not None:
            left = fill(self._unsettled(), event.on, amount, orders, booking)
        else:
            spreading = self._spreading(event.on, self._rule(payment), prepay=prepay)
            spreading.portions = booking
            left = spreading.spread(amount, self.terms.allocation.processing)
        booking.overpaid = left
        self.overpaid = self.overpaid + left if left else 0
        self.principal -= booking.principal
        booking.balance = self.principal
        self.bookings.append(booking)

    def _unsettled(self) -> Sequence[Row]:
        """The rows from the first open one on; what was settled once is not looked at again."""
        rows, at = self.rows, self.settled
        while at < len(rows) and rows[at].settled_on is not None:
            at += 1
        self.settled = at
        return rows[at:] if at else rows

    def _rule(self, kind: PaymentKind) -> AllocationRule:
        return self.terms.allocation.rule(kind)

    def _spreading(self, on: date, rule: AllocationRule, *, prepay: bool) -> Spreading:
        rules = self.rules

        def plain(row: Row, _: Age, component: Component, amount: int) -> int:
            return row.pay(component, amount, on)

        spreading = Spreading(on, self.rows, rule, plain)
        if rules is None:
            return spreading
        till_due = to_due_date(rules, prepay=prepay)

        def moving(row: Row, age: Age, component: Component, amount: int) -> int:
            if row.period is None or row.due > self.model.last.end:
                spreading.skipped.add(id(row))
                return row.pay(component, amount, on)
            day = on
            if age is Age.IN_ADVANCE:
                if till_due and row.start < on <= row.due:
                    day = row.due
                self._ask(row, component, day, spreading.skipped)
            paid = row.pay(component, amount, on)
            if component is Component.PRINCIPAL:
                pay_principal(self.model, row.period, day, paid)
                self._sync_all(on)
            elif component is Component.INTEREST:
                pay_interest(self.model, row.period, day, paid)
                self._sync_all(on)
            return paid

        spreading.pay, spreading.revisit_empty = moving, True
        return spreading

    def _ask(self, row: Row, component: Component, day: date, skipped: set[int]) -> None:
        """What a row not yet due asks for today."""
        assert row.period is not None, "only rows of the plan are asked"
        key = (id(row), day)
        due = self.asked.get(key)
        if due is None:
            due = self.asked[key] = due_on(self.model, row.period, day)
        if not due.principal and not due.interest:
            skipped.add(id(row))
        if component is Component.INTEREST:
            row.interest = due.interest
        elif component is Component.PRINCIPAL:
            row.principal = due.principal

    def _sync_all(self, on: date) -> None:
        self.asked.clear()
        for row in self.rows:
            if row.period is not None:
                row.sync()
                row.note_settled(on)

    def _is_prepay(self, on: date, amount: int) -> bool:
        """Does `amount` cover all that is open until the end of the current period."""
        rules = self.rules
        if rules is None or rules.pre_close is not PreClose.TILL_REST_FREQUENCY_DATE:
            return False  # nothing hangs on it
        period = self.model.find(on)
        if period is None:
            return False
        return amount >= sum(outstanding_until(self.model, period.end))

    def _interest_of_the_rest(self, on: date) -> None:
        """TILL_REST_FREQUENCY: a settled current period still takes the interest up to its end."""
        if self.rules is None or self.rules.pre_close is not PreClose.TILL_REST_FREQUENCY_DATE:
            return
        for period in self.model.periods:
            if period.start <= on < period.end:
                _, interest = outstanding_until(self.model, period.end)
                if period.fully_paid and interest > 0:
                    period.future = interest
                    self.model.derive()
                return

    # -- charges -----------------------------------------------------------------------------

    def _charge(self, event: LoanEvent) -> None:
        charge = event.detail
        assert isinstance(charge, Charge), "a charge event carries its charge"
        self.charges.append(Hung(event, charge, self._hang(event, charge)))
        for booking in [booking for booking in self.bookings if booking.overpaid and self.overpaid]:
            if booking.kind is not TransactionKind.DISBURSEMENT:
                self._spend_overpaid(booking)

    def _hang(self, event: LoanEvent, charge: Charge) -> Row:
        """Add a charge to the row it falls due with."""
        self.settled = 0
        row = self._row_of(charge.due_on)
        if charge.is_penalty:
            row.penalties += event.money
        else:
            row.fees += event.money
        row.note_settled(event.on)
        return row

    def _spend_overpaid(self, booking: Booking) -> None:
        amount = min(self.overpaid, booking.overpaid)
        rule = self._rule(PaymentKind.REPAYMENT)
        spreading = self._spreading(booking.event.on, rule, prepay=False)
        spreading.portions = booking
        before = booking.principal
        left = spreading.spread(amount, self.terms.allocation.processing)
        self.overpaid -= amount - left
        booking.overpaid -= amount - left
        self.principal -= booking.principal - before
        booking.balance = self.principal

    def _row_of(self, day: date) -> Row:
        """The row a charge falls into: start < day <= due; the first holds its own first day."""
        normal = [row for row in self.rows if row.period is not None]
        if day <= normal[0].due:
            return normal[0]
        for row in normal:
            if row.start < day <= row.due:
                return row
        return self._additional(normal[-1].due, day)

    def _additional(self, start: date, due: date) -> Row:
        """The row after maturity; it moves to the latest day anything falls due on."""
        if self.rows[-1].additional:
            row = self.rows[-1]
            row.due = max(row.due, due)
            return row
        row = Row(start, due)
        row.additional = True
        self.rows.append(row)
        return row


def play_all(terms: Terms, events: Sequence[LoanEvent], interest_until: date) -> Play:
    """Play ordered events (the first disburses); unpaid debt costs more until `interest_until`."""
    play = Play(terms, events[0].on)
    most, kind, payment = EventKind.REPAY, TransactionKind.REPAYMENT, PaymentKind.REPAYMENT
    for event in events:
        if event.kind is most:
            play.pay(event, kind, payment)
        else:
            play.play(event)
    play.close_books(interest_until)
    return play
