"""Replay of a schedule vector: its terms and steps in, schedules, transactions, journals out.

What the vector expects is never read. A step that the bank would refuse makes the whole vector
`refused`; terms or steps this engine does not know make it `unsupported`; the others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from heliu.credit.engine.domain.check import MAX_PRINCIPAL, check, check_terms
from heliu.credit.engine.domain.events import (
    Charge,
    Detail,
    EventKind,
    LoanEvent,
    Reversal,
    TakenOut,
)
from heliu.credit.engine.domain.fold import down_payment_of, fold, quote, schedule
from heliu.credit.engine.domain.state import LoanState, Transaction, TransactionKind
from heliu.credit.engine.domain.terms import Terms
from heliu.credit.engine.domain.vector_terms import Broken, Reader, Unsupported, terms_of
from heliu.credit.engine.domain.vector_text import shown
from heliu.ground.errors import Refusal

_NO_ID: Final = UUID(int=0)


@dataclass(slots=True)
class _Loan:
    """The loan of a vector between two steps."""

    terms: Terms
    clock: date
    events: list[LoanEvent]
    state: LoanState
    seen_on: date | None = None
    told: dict[int, Transaction] = field(default_factory=dict)
    gone: list[Transaction] = field(default_factory=list)  # undone, or spread anew

    def record(self, kind: EventKind, on: date, amount: int | None, detail: Detail | None) -> None:
        """Book one event on the loan and fold it anew."""
        self.clock = max(self.clock, on)
        no = len(self.events) + 1
        event = LoanEvent(no, kind, on, self.clock, _NO_ID, amount, detail)
        # The format knows no ceiling: its source lets more be paid out than was approved.
        refusal = check(replace(self.terms, principal=MAX_PRINCIPAL), self.events, event)
        if refusal is not None:
            raise refusal
        self.events.append(event)
        if kind is not EventKind.ADD_CHARGE:  # a charge alone does not look at what is overdue
            self.seen_on = self.clock
        self.look()

    def look(self) -> None:
        """Fold the loan anew, unpaid debt bearing interest until it was last looked at."""
        seen = self.seen_on or self.clock
        self.state = fold(self.terms, self.events, self.clock, interest_until=seen)
        live = {one.no: one for one in self.state.transactions}
        for no, old in self.told.items():
            new = live.get(no)
            if self._leaves_a_trace(old, new):
                self.gone.append(old._replace(reversed=True))
        self.told = live

    def _leaves_a_trace(self, old: Transaction, new: Transaction | None) -> bool:
        """Is the old line shown reversed: an undone disbursement goes with all it took."""
        if old.kind is TransactionKind.DISBURSEMENT:
            return False
        if new is None and old.kind is TransactionKind.DOWN_PAYMENT:
            return any(
                isinstance(e.detail, Reversal) and e.detail.of == old.no for e in self.events
            )
        return new is None or new._replace(balance=old.balance) != old

    def statement(self) -> list[Transaction]:
        """All transactions ever told, by day and number; one spread anew stands there twice."""
        return sorted([*self.gone, *self.told.values()], key=lambda one: (one.on, one.no))

    def booked(self) -> list[Transaction]:
        """What stands in the journal: every transaction once, as it was spread last."""
        undone = {one.no: one for one in self.gone if one.no not in self.told}
        both = [*undone.values(), *self.told.values()]
        return sorted(both, key=lambda one: (one.on, one.no))


def replay(vector: object, place: str) -> dict[str, object]:
    """One vector replayed, as the JSON object of its line; `place` names it when it has no id."""
    name, told, reason = place, [], None
    try:
        read = Reader(vector, place)
        name = str(read.plain.get("id", place))
        terms = _possible(terms_of(read.value("terms"), "terms"))
        told = _play(terms, _steps_of(read))
        status = "ok"
    except Unsupported as unsupported:
        status, reason = "unsupported", str(unsupported)
    except Broken as broken:
        status, reason = "refused", str(broken)
    except Refusal as refusal:
        status, reason = "refused", f"{refusal.code}: {refusal.reason.en}; {refusal.cure.en}"
    return {"id": name, "status": status, "reason": reason, "steps": told}


def _possible(terms: Terms) -> Terms:
    refusal = check_terms(terms)
    if refusal is not None:
        raise refusal
    return terms


def _steps_of(read: Reader) -> list[Reader]:
    steps = read.value("steps")
    if not isinstance(steps, list):
        raise Broken("steps", "must be a list")
    return [Reader(step, f"steps[{index}]") for index, step in enumerate(steps)]


def _play(terms: Terms, steps: Sequence[Reader]) -> list[dict[str, object]]:
    loan = _Loan(terms, terms.submitted_on, [], schedule(terms))
    told = []
    for step in steps:
        op, day = step.text("op"), step.day("date")
        if op not in _STEPS:
            raise Unsupported(f"step {op}")
        _STEPS[op](loan, step, day)
        seen = shown(loan.terms, loan.state, loan.statement(), loan.booked())
        told.append({"op": op, "date": day.isoformat()} | seen)
    return told


def _clock(loan: _Loan, _: Reader, day: date) -> None:
    loan.clock = max(loan.clock, day)


def _create(loan: _Loan, _: Reader, day: date) -> None:
    loan.clock = max(loan.clock, day)


def _approve(loan: _Loan, step: Reader, day: date) -> None:
    amount = step.money("amount", loan.terms.currency)
    start = max(loan.terms.starts_on, day)
    loan.terms = _possible(replace(loan.terms, principal=amount, starts_on=start))
    loan.state = schedule(loan.terms)


def _disburse(loan: _Loan, step: Reader, day: date) -> None:
    before = list(loan.events)
    loan.record(EventKind.DISBURSE, day, step.money("amount", loan.terms.currency), None)
    taken = down_payment_of(loan.terms, before, loan.events[-1])
    if taken:
        loan.record(EventKind.DOWN_PAYMENT, day, taken, TakenOut(loan.events[-1].no))


def _repay(loan: _Loan, step: Reader, day: date) -> None:
    loan.record(EventKind.REPAY, day, step.money("amount", loan.terms.currency), None)


def _pay_off(loan: _Loan, _: Reader, day: date) -> None:
    total = quote(loan.terms, loan.events, day).total
    if total > 0:
        loan.record(EventKind.PAY_OFF, day, total, None)


def _add_charge(loan: _Loan, step: Reader, day: date) -> None:
    charge = Charge(step.day("due_date"), step.text("kind") == "penalty", step.text("kind"))
    amount = step.money("amount", loan.terms.currency)
    loan.record(EventKind.ADD_CHARGE, max(day, loan.clock), amount, charge)


def _end_of_day(loan: _Loan, _: Reader, day: date) -> None:
    loan.clock = loan.seen_on = max(loan.clock, day)
    loan.look()


def _live(loan: _Loan, kinds: tuple[EventKind, ...]) -> list[LoanEvent]:
    gone = {event.detail.of for event in loan.events if isinstance(event.detail, Reversal)}
    return [event for event in loan.events if event.kind in kinds and event.no not in gone]


_REPAYMENTS: Final = (EventKind.REPAY, EventKind.PAY_OFF)


def _undo(loan: _Loan, event: LoanEvent) -> None:
    loan.record(EventKind.REVERSE, loan.clock, None, Reversal(event.no))


def _undo_nth(loan: _Loan, step: Reader, day: date) -> None:
    """The nth repayment (or down payment) of `day`, counting those that were undone before."""
    nth = step.count("nth", default=1)
    down = step.plain.get("kind") == "down_payment"
    kinds = (EventKind.DOWN_PAYMENT,) if down else _REPAYMENTS
    named = [event for event in loan.events if event.kind in kinds and event.on == day]
    if not 1 <= nth <= len(named):
        raise Broken(step.at("nth"), f"there are {len(named)} such repayments on {day}")
    _undo(loan, named[nth - 1])


def _undo_last(loan: _Loan, step: Reader, day: date) -> None:
    loan.clock = max(loan.clock, day)
    repayments = _live(loan, _REPAYMENTS)
    if not repayments:
        raise Broken(step.place, "there is no repayment to undo")
    _undo(loan, repayments[-1])


def _undo_disbursement(loan: _Loan, step: Reader, day: date) -> None:
    loan.clock = max(loan.clock, day)
    paid_out = _live(loan, (EventKind.DISBURSE,))
    if not paid_out:
        raise Broken(step.place, "there is no disbursement to undo")
    _undo(loan, paid_out[-1])


def _check(_loan: _Loan, _step: Reader, _day: date) -> None:
    """Nothing happens."""


_STEPS: Final[Mapping[str, Callable[[_Loan, Reader, date], None]]] = {
    "business_date": _clock,
    "create": _create,
    "approve": _approve,
    "disburse": _disburse,
    "repay": _repay,
    "pay_off": _pay_off,
    "add_charge": _add_charge,
    "end_of_day": _end_of_day,
    "undo_last_repayment": _undo_last,
    "undo_repayment": _undo_nth,
    "undo_last_disbursement": _undo_disbursement,
    "check": _check,
}
