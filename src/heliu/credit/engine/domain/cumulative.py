"""The cumulative engine: a plan generated in one pass, and every payment replayed upon it.

Whenever something changes the plan it is generated as a whole from all that was drawn and paid;
the payments are then allocated to its rows in their order, as the contract's strategy ranks them.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from heliu.credit.engine.domain.allocation import Age, Spreading
from heliu.credit.engine.domain.cumulative_plan import Drawn, Paid, Past, generate
from heliu.credit.engine.domain.events import Charge, EventKind, LoanEvent
from heliu.credit.engine.domain.progressive import down_payment
from heliu.credit.engine.domain.ranking import rule_of
from heliu.credit.engine.domain.rows import Component, Row, frozen
from heliu.credit.engine.domain.state import (
    Disbursement,
    LoanState,
    Quote,
    Status,
    TransactionKind,
)
from heliu.credit.engine.domain.statement import Booking, Hung, charge_states, transactions
from heliu.credit.engine.domain.terms import PaymentKind, Strategy, Terms

PLAYS: Final = frozenset(
    {
        EventKind.DISBURSE,
        EventKind.REPAY,
        EventKind.PAY_OFF,
        EventKind.DOWN_PAYMENT,
        EventKind.ADD_CHARGE,
    }
)
_CHARGES_WHEN_DUE: Final = frozenset(
    {
        Strategy.DUE_PENALTY_INTEREST_PRINCIPAL_FEE_THEN_SAME,
        Strategy.DUE_PENALTY_FEE_INTEREST_PRINCIPAL_THEN_PRINCIPAL,
    }
)
_KINDS: Final = {
    EventKind.REPAY: (TransactionKind.REPAYMENT, PaymentKind.REPAYMENT),
    EventKind.PAY_OFF: (TransactionKind.REPAYMENT, PaymentKind.REPAYMENT),
    EventKind.DOWN_PAYMENT: (TransactionKind.DOWN_PAYMENT, PaymentKind.DOWN_PAYMENT),
}


class _Play:
    """The working state of one fold."""

    def __init__(self, terms: Terms, played: Sequence[LoanEvent], until: date) -> None:
        self.terms, self.played = terms, played
        self.drawn = [e for e in played if e.kind is EventKind.DISBURSE]
        self.rows = _rows(terms, played, until)
        self.bookings: list[Booking] = []
        self.charges: list[Hung] = []
        self.principal = self.overpaid = 0

    def play(self, event: LoanEvent) -> None:
        """Play one event upon the rows as they finally stand."""
        match event.kind:
            case EventKind.DISBURSE:
                self.principal += event.money
                booking = Booking(event, TransactionKind.DISBURSEMENT, event.money)
                booking.balance = self.principal
                self.bookings.append(booking)
            case EventKind.ADD_CHARGE:
                self._hang(event)
            case EventKind.REPAY | EventKind.PAY_OFF | EventKind.DOWN_PAYMENT:
                kind, payment = _KINDS[event.kind]
                booking = Booking(event, kind, event.money)
                self.bookings.append(booking)
                self._pay(booking, payment)
            case _:
                raise AssertionError(f"{event.kind} is not played here")

    def _hang(self, event: LoanEvent) -> None:
        charge = event.detail
        assert isinstance(charge, Charge), "a charge event carries its charge"
        row = _row_of(self.rows, charge.due_on)
        if charge.is_penalty:
            row.penalties += event.money
        else:
            row.fees += event.money
        self.charges.append(Hung(event, charge, row))

    def _pay(self, booking: Booking, payment: PaymentKind) -> None:
        on = booking.event.on
        rule, processing = rule_of(self.terms.allocation, payment)

        def pay(row: Row, _: Age, component: Component, amount: int) -> int:
            return row.pay(component, amount, on)

        spreading = Spreading(on, [row for row in self.rows if row.due <= on], rule, pay)
        spreading.portions = booking
        left = spreading.spread(booking.amount, processing)
        if left and self.terms.allocation.strategy in _CHARGES_WHEN_DUE:
            left = self._pay_charges(booking, left)
        if left:
            spreading.rows = self.rows
            left = spreading.spread(left, processing)
        booking.overpaid = left
        self.overpaid += left
        self.principal -= booking.principal
        booking.balance = self.principal

    def _pay_charges(self, booking: Booking, left: int) -> int:
        """Charges that are due by now, on instalments that are not: penalties, then fees."""
        on = booking.event.on
        for penalty in (True, False):
            component = Component.PENALTY if penalty else Component.FEE
            for row in self.rows:
                if row.due <= on:
                    continue
                asked = sum(
                    hung.event.money
                    for hung in self.charges
                    if hung.row is row
                    and hung.charge.due_on <= on
                    and hung.charge.is_penalty is penalty
                )
                paid = row.penalties_paid if penalty else row.fees_paid
                part = row.pay(component, min(left, max(0, asked - paid)), on)
                booking.add(component, part)
                left -= part
        return left


def fold(terms: Terms, played: Sequence[LoanEvent], as_of: date, until: date) -> LoanState:
    """The state at the end of `as_of`; `until`: the day the plan was looked at last."""
    play = _Play(terms, played, until)
    charges = [event for event in played if event.kind is EventKind.ADD_CHARGE]
    for event in charges:
        play.play(event)
    for event in played:
        if event.kind is not EventKind.ADD_CHARGE:
            play.play(event)
    return _state(play, as_of)


def quote(terms: Terms, played: Sequence[LoanEvent], on: date) -> Quote:
    """What closes the loan on `on`: the plan as it would stand if all were paid that day."""
    rows = _rows(terms, played, on, paid_off=True)
    state = fold(terms, played, on, on)
    fees = sum(row.fees - row.fees_paid for row in state.instalments)
    penalties = sum(row.penalties - row.penalties_paid for row in state.instalments)
    # Whatever was paid is placed anew upon that plan: what closes it is all it asks, less all paid.
    asked = sum(row.principal + row.interest for row in rows)
    asked += sum(event.money for event in played if event.kind is EventKind.ADD_CHARGE)
    asked -= sum(event.money for event in played if event.kind in _KINDS)
    asked -= fees + penalties
    # Interest paid ahead that is not earned any more pays principal.
    principal = max(0, min(state.principal_outstanding, asked))
    return Quote(on, principal, max(0, asked - principal), fees, penalties)


def _rows(
    terms: Terms, played: Sequence[LoanEvent], until: date, *, paid_off: bool = False
) -> list[Row]:
    drawn, paid, charges = [], [], []
    for event in played:
        if event.kind is EventKind.DISBURSE:
            down = down_payment(terms, event.money)
            drawn.append(Drawn(event.on, event.money - down, down))
        elif isinstance(event.detail, Charge):
            charges.append((event.detail.due_on, event.money))
        elif event.kind in _KINDS:
            paid.append(Paid(event.on, event.money))
    if paid_off:
        paid.append(Paid(until, 2 * sum(one.amount + one.down for one in drawn)))
    rows = []
    for planned in generate(terms, Past(drawn, paid, charges, until)):
        row = Row(planned.start, planned.due)
        row.principal, row.interest = planned.principal, planned.interest
        row.down_payment = planned.down_payment
        row.settled_on = drawn[0].on
        if row.total:
            row.settled_on = None
        rows.append(row)
    return sorted(rows, key=lambda row: (row.due, not row.down_payment))


def _row_of(rows: list[Row], day: date) -> Row:
    """The row a charge falls into: start < day <= due; the first holds its own first day."""
    for row in rows:
        if not row.down_payment and not row.additional and day <= row.due:
            return row
    last = rows[-1]
    if not last.additional:
        last = Row(last.due, day)
        last.additional = True
        rows.append(last)
    last.due = max(last.due, day)
    return last


def _state(play: _Play, as_of: date) -> LoanState:
    left = sum(row.open for row in play.rows)
    settled = [row.settled_on for row in play.rows if row.settled_on is not None]
    disbursed = [(event.on, event.money) for event in play.drawn]
    status = Status.ACTIVE if left else Status.OVERPAID if play.overpaid else Status.CLOSED
    return LoanState(
        as_of=as_of,
        status=status,
        disbursed=sum(amount for _, amount in disbursed),
        principal_outstanding=play.principal,
        disbursements=tuple(Disbursement(on, amount) for on, amount in disbursed),
        instalments=frozen(play.rows, disbursed),
        transactions=transactions(play.bookings),
        charges=charge_states(play.charges),
        overpaid=play.overpaid,
        closed_on=None if left else max(settled),
    )
