"""Paying off a loan of the progressive engine: what closes it on a day, and that it does.

Where interest follows payments, each part of a payment changes what the other rows ask for. Served
bucket by bucket, or from the last row on, the sum that was quoted may then miss its rows; so where
the agreed order leaves something open, the debt is settled as it was quoted.
"""

from copy import deepcopy
from datetime import date
from typing import TYPE_CHECKING

from heliu.credit.engine.domain.events import LoanEvent
from heliu.credit.engine.domain.instalments import outstanding_until
from heliu.credit.engine.domain.rows import Component, Row
from heliu.credit.engine.domain.state import Quote, TransactionKind
from heliu.credit.engine.domain.statement import Booking
from heliu.credit.engine.domain.terms import PaymentKind, PreClose

if TYPE_CHECKING:
    from heliu.credit.engine.domain.progressive import Play


def closing(play: "Play", on: date) -> Quote:
    """What the rows ask for if all is paid on `on`, a day that was caught up with."""
    rows, rules = play.rows, play.rules
    fees = sum(row.fees - row.fees_paid for row in rows)
    penalties = sum(row.penalties - row.penalties_paid for row in rows)
    if rules is None:
        principal = sum(row.principal - row.principal_paid for row in rows)
        interest = sum(row.interest - row.interest_paid for row in rows)
        return Quote(on, principal, interest, fees, penalties)
    day = on
    if rules.pre_close is PreClose.TILL_REST_FREQUENCY_DATE:
        period = play.model.find(on)
        day = period.end if period is not None else on
    principal, interest = outstanding_until(play.model, day)
    apart = [row for row in rows if row.period is None]
    principal += sum(row.principal - row.principal_paid for row in apart)
    return Quote(on, principal, interest, fees, penalties)


def pay_off(play: "Play", event: LoanEvent) -> None:
    """Pay what was quoted: in the agreed order, or where that would not close it, as quoted."""
    before = None if play.rules is None else deepcopy(play)
    play.pay(event, TransactionKind.REPAYMENT, PaymentKind.REPAYMENT)
    if before is None:
        return
    left, surplus = any(row.open for row in play.rows), play.overpaid > before.overpaid
    if not left and not surplus:
        return
    before.catch_up(event.on, prepay=False)
    asked = closing(before, event.on)
    if event.money == asked.total or (left and event.money > asked.total):
        play.__dict__ = before.__dict__
        _settle(play, event, asked)


def _settle(play: "Play", event: LoanEvent, asked: Quote) -> None:
    booking = Booking(event, TransactionKind.REPAYMENT, event.money)
    booking.principal, booking.interest = asked.principal, asked.interest
    booking.fees, booking.penalties = asked.fees, asked.penalties
    booking.overpaid = event.money - asked.total
    for row, principal, interest in _shares(play.rows, asked):
        row.principal = row.principal_paid + principal
        row.interest = row.interest_paid + interest
        for component in Component:
            row.pay(component, row.open_part(component), event.on)
        if row.period is not None:
            row.period.settle_as(row.principal, row.interest)
    play.model.end_debt(event.on)
    play.overpaid += booking.overpaid
    play.principal -= booking.principal
    booking.balance = play.principal
    play.bookings.append(booking)


def _shares(rows: list[Row], asked: Quote) -> list[tuple[Row, int, int]]:
    """Principal and interest of each row that sum to what closes; the last takes the rest."""
    shares = []
    principal, interest = asked.principal, asked.interest
    for row in rows:
        of_principal = min(principal, max(0, row.open_part(Component.PRINCIPAL)))
        of_interest = min(interest, max(0, row.open_part(Component.INTEREST)))
        principal, interest = principal - of_principal, interest - of_interest
        shares.append((row, of_principal, of_interest))
    row, of_principal, of_interest = shares[-1]
    shares[-1] = (row, of_principal + principal, of_interest + interest)
    return shares
