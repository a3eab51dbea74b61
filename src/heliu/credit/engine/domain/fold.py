"""The fold: terms and events in, the whole state of the loan out. Nothing else is ever true.

Events are played in the order of their day (then of their number), whatever the order they were
recorded in, so a back-dated event is as if it had been known; a reversed event is left out.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Final
from uuid import UUID

from heliu.credit.engine.domain import bank, cumulative
from heliu.credit.engine.domain.events import Charge, EventKind, LoanEvent, Reversal, TakenOut
from heliu.credit.engine.domain.paying_off import closing
from heliu.credit.engine.domain.progressive import Play, down_payment, play_all
from heliu.credit.engine.domain.rows import frozen
from heliu.credit.engine.domain.state import (
    Disbursement,
    LoanState,
    Quote,
    Status,
)
from heliu.credit.engine.domain.statement import charge_states, transactions
from heliu.credit.engine.domain.terms import Profile, ScheduleType, Terms

_PLAN: Final = UUID(int=0)
_TRIALS: Final = 8
_REVERSE: Final = EventKind.REVERSE  # looked up once: an enum's members are slow to reach


def in_force(events: Sequence[LoanEvent]) -> list[LoanEvent]:
    """The events that count, in the order they took effect; reversals and the reversed left out."""
    gone = {event.detail.of for event in events if type(event.detail) is Reversal}
    kept = [
        event
        for event in events
        if event.no not in gone
        and event.kind is not _REVERSE
        and not (type(event.detail) is TakenOut and event.detail.of in gone)
    ]
    kept.sort(key=attrgetter("no"))
    kept.sort(key=effective_on)
    return kept


def effective_on(event: LoanEvent) -> date:
    """The day an event counts from; a charge that fell due before it was made counts from then."""
    detail = event.detail
    return min(detail.due_on, event.on) if type(detail) is Charge else event.on


def fold(
    terms: Terms, events: Sequence[LoanEvent], as_of: date, *, interest_until: date | None = None
) -> LoanState:
    """The state of the loan at the end of `as_of`: pure, total, the same for ever.

    `interest_until` (default `as_of`): the day up to which unpaid principal of past periods goes
    on bearing interest, for a reader who looked at the loan last on an earlier day.
    """
    played = _played(events, as_of)
    if not any(event.kind is EventKind.DISBURSE for event in played):
        return LoanState(as_of, Status.PENDING, 0, 0, (), (), (), ())
    if terms.profile is Profile.BANK:
        return bank.fold(terms, _first_paid_out(played), as_of)
    if terms.schedule_type is ScheduleType.CUMULATIVE:
        return cumulative.fold(terms, _first_paid_out(played), as_of, interest_until or as_of)
    play = play_all(terms, _first_paid_out(played), interest_until or as_of)
    return _state(play, as_of)


def _played(events: Sequence[LoanEvent], as_of: date) -> list[LoanEvent]:
    played = in_force(events)
    return played[: bisect_right(played, as_of, key=effective_on)]


def _first_paid_out(played: list[LoanEvent]) -> list[LoanEvent]:
    """The first disbursement leads: what was charged before it is charged with it."""
    first = next(i for i, event in enumerate(played) if event.kind is EventKind.DISBURSE)
    return [played[first], *played[:first], *played[first + 1 :]] if first else played


def down_payment_of(terms: Terms, events: Sequence[LoanEvent], disbursement: LoanEvent) -> int:
    """What an automatic down payment takes out of `disbursement` (the next event of `events`).

    The recorder books it as a DOWN_PAYMENT event right after the disbursement; money overpaid
    before serves first. Minor units; 0 when nothing is taken.
    """
    if terms.down_payment is None or not terms.down_payment.automatic:
        return 0
    held = fold(terms, events, disbursement.on).overpaid
    return max(0, down_payment(terms, disbursement.money) - held)


def schedule(terms: Terms, on: date | None = None) -> LoanState:
    """The plan: the loan as if all its principal were paid out on `on` (or the expected day)."""
    day = on or terms.starts_on
    event = LoanEvent(1, EventKind.DISBURSE, day, day, _PLAN, amount=terms.principal)
    state = fold(terms, [event], day)
    rows = tuple(row._replace(settled_on=None) for row in state.instalments)
    return replace(state, status=Status.PENDING, instalments=rows)


def quote(terms: Terms, events: Sequence[LoanEvent], on: date) -> Quote:
    """What closes the loan on `on`, interest up to that day (or the rest date, as agreed)."""
    played = _played(events, on)
    if not any(event.kind is EventKind.DISBURSE for event in played):
        return Quote(on, 0, 0, 0, 0)
    if terms.profile is Profile.BANK:
        return bank.quote(terms, _first_paid_out(played), on)
    if terms.schedule_type is ScheduleType.CUMULATIVE:
        return cumulative.quote(terms, _first_paid_out(played), on)
    lives = _first_paid_out(played)
    play = play_all(terms, lives, on)
    asked = closing(play, on)
    if play.rules is None or not asked.total:
        return asked
    return _without_surplus(terms, lives, asked, play.overpaid)


def _without_surplus(terms: Terms, lives: list[LoanEvent], asked: Quote, held: int) -> Quote:
    """The least that closes: interest paid ahead that is not earned any more pays principal."""
    no, on = max(event.no for event in lives) + 1, asked.on
    closes = asked
    for _ in range(_TRIALS):
        trial = LoanEvent(no, EventKind.REPAY, on, on, _PLAN, asked.total)
        paid = play_all(terms, [*lives, trial], on)
        if any(row.open for row in paid.rows):
            break
        closes, surplus = asked, paid.overpaid - held
        if surplus <= 0 or surplus >= asked.total:
            break
        interest = max(0, asked.interest - surplus)
        principal = asked.principal - (surplus - (asked.interest - interest))
        asked = replace(asked, principal=max(0, principal), interest=interest)
    return closes


def _state(play: Play, as_of: date) -> LoanState:
    rows = play.rows
    left = sum(row.open for row in rows)
    settled = [row.settled_on for row in rows if row.settled_on is not None]
    status = Status.ACTIVE if left else Status.OVERPAID if play.overpaid else Status.CLOSED
    return LoanState(
        as_of=as_of,
        status=status,
        disbursed=sum(amount for _, amount in play.disbursed),
        principal_outstanding=play.principal,
        disbursements=tuple(Disbursement(on, amount) for on, amount in play.disbursed),
        instalments=frozen(rows, play.disbursed),
        transactions=transactions(play.bookings),
        charges=charge_states(play.charges),
        overpaid=play.overpaid,
        closed_on=None if left else max(settled),
    )
