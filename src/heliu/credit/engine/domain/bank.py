"""The fold of a loan on the bank's plan: events played into a `Life`, its state as of a day."""

from collections.abc import Sequence
from datetime import date

from heliu.credit.engine.domain import repaying
from heliu.credit.engine.domain.events import LoanEvent
from heliu.credit.engine.domain.planned import Life
from heliu.credit.engine.domain.rows import frozen, in_order
from heliu.credit.engine.domain.servicing import play
from heliu.credit.engine.domain.state import (
    Disbursement,
    LoanState,
    Quote,
    Status,
    TransactionKind,
)
from heliu.credit.engine.domain.statement import charge_states, transactions
from heliu.credit.engine.domain.terms import Terms


def fold(terms: Terms, played: Sequence[LoanEvent], as_of: date) -> LoanState:
    """The state at the end of `as_of`; `played` is in force, in order, and begins with money."""
    return _state(_lived(terms, played), as_of)


def quote(terms: Terms, played: Sequence[LoanEvent], on: date) -> Quote:
    """What closes the loan on `on`."""
    return repaying.quote(_lived(terms, played), on)


def _lived(terms: Terms, played: Sequence[LoanEvent]) -> Life:
    life = Life(terms, played[0].on)
    for event in played:
        play(life, event)
    return life


def _state(life: Life, as_of: date) -> LoanState:
    life.touch(as_of)
    meters = life.arrears
    units = meters.units(as_of)
    penalty, compound = meters.penalty.cost(units[0]), meters.compound.cost(units[1])
    arrears_open = penalty - meters.penalty.paid + compound - meters.compound.paid
    left = sum(row.open for row in life.rows) + arrears_open
    return LoanState(
        as_of=as_of,
        status=_status(life, left),
        disbursed=sum(amount for _, amount in life.disbursed),
        principal_outstanding=life.principal,
        disbursements=tuple(Disbursement(on, amount) for on, amount in life.disbursed),
        instalments=frozen(in_order(life.rows), life.disbursed),
        transactions=transactions(life.bookings),
        charges=charge_states(life.charges),
        overpaid=life.overpaid,
        penalty_accrued=penalty,
        penalty_paid=meters.penalty.paid,
        compound_accrued=compound,
        compound_paid=meters.compound.paid,
        penalty_units=units[0],
        compound_units=units[1],
        written_off=life.written_off,
        recovered=life.recovered,
        closed_on=_closed_on(life, left),
        observed_until=life.observed_until,
    )


def _status(life: Life, left: int) -> Status:
    if life.lost:
        return Status.WRITTEN_OFF
    if left:
        return Status.ACTIVE
    return Status.OVERPAID if life.overpaid else Status.CLOSED


def _closed_on(life: Life, left: int) -> date | None:
    if left:
        return None
    # What was overpaid goes back to whom it came from when the loan is closed already.
    days = (b.event.on for b in reversed(life.bookings) if b.kind is not TransactionKind.REFUND)
    return next(days, None)
