"""Acts on a loan after the draw besides the buyer's cash: what may be done, and the event it is.

Extension (展期), buy-back under recourse (回购), write-off (核销), recovery, reversal. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from heliu.credit.loans import errors
from heliu.credit.loans.domain.loan import Debt, EventKind, Loan, LoanEvent, debt_on, standing
from heliu.credit.loans.domain.settlement import recovered
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


class ActKind(StrEnum):
    """What a person may have done with a loan."""

    EXTEND = "extend"
    BUY_BACK = "buy_back"
    WRITE_OFF = "write_off"
    RECOVER = "recover"
    REVERSE_WRITE_OFF = "reverse_write_off"


class Source(StrEnum):
    """Where the money of an act comes from."""

    DEPOSIT = "deposit"  # the supplier's account with us, where residuals are paid: a set-off
    NOSTRO = "nostro"  # it arrived without a message of its own
    RECEIPT = "receipt"  # a receipt that waits in suspense


@dataclass(frozen=True, slots=True)
class LoanAct:
    """One act; `key` makes it happen once. Who acts is the service's actor.

    `until` belongs to an extension, `source` (and `receipt`, a receipt of cash by its id) to a
    buy-back or recovery, `amount` (> 0) to a recovery. `proposed_by` is who asked for it, where
    two persons must agree: a write-off, its reversal, the extension of a late loan.
    """

    key: UUID
    loan_id: UUID
    kind: ActKind
    reason: str
    until: date | None = None
    source: Source | None = None
    receipt: UUID | None = None
    amount: Money | None = None
    proposed_by: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it says what its kind needs, and nothing else."""
        paid = self.kind in (ActKind.BUY_BACK, ActKind.RECOVER)
        return (
            bool(self.reason.strip())
            and (self.kind is ActKind.EXTEND) == (self.until is not None)
            and paid == (self.source is not None)
            and (self.source is Source.RECEIPT) == (self.receipt is not None)
            and (self.kind is ActKind.RECOVER)
            == (self.amount is not None and self.amount.minor > 0)
        )


@dataclass(frozen=True, slots=True)
class ExtensionTerms:
    """The dated rules: how often, how far over the agreed tenor, and how long observed (days)."""

    most: int
    tenor_ratio: Decimal
    observation_days: int


@dataclass(frozen=True, slots=True)
class Life:
    """A loan with everything that happened to it, in order of recording."""

    loan: Loan
    events: Sequence[LoanEvent]

    def debt(self, on: date) -> Debt:
        """What is owed at the end of day `on`."""
        return debt_on(self.loan, self.events, on)


@dataclass(frozen=True, slots=True)
class Decided:
    """An act that may be done, the event it makes, and the debt it meets."""

    act: LoanAct
    event: LoanEvent
    debt: Debt

    @property
    def moved(self) -> Money:
        """What it settles, gives up or gets back; nothing for an extension."""
        return Money(self.event.principal + self.event.interest, self.debt.principal.currency)


def decide(
    life: Life, act: LoanAct, on: date, by: str, terms: ExtensionTerms | Refusal
) -> Decided | Refusal:
    """The event that `act` makes on business date `on` in the name of `by`, or why it may not be.

    `terms` may be the refusal to rest on a rule: it refuses extensions only.
    """
    if not act.is_whole:
        return errors.act_incomplete()
    last = max(event.on for event in life.events)
    if on < last:
        return errors.before_last_event(last)
    debt = life.debt(on)
    if act.proposed_by == by:
        return errors.same_person()
    match act.kind:
        case ActKind.EXTEND:
            made = _extended(life, act, on, debt, terms)
        case ActKind.BUY_BACK:
            made = _bought_back(life.loan, debt)
        case ActKind.WRITE_OFF:
            made = _written_off(life.loan, act, on, debt)
        case ActKind.RECOVER:
            made = _recovered(act, debt)
        case ActKind.REVERSE_WRITE_OFF:
            made = _reversed(life, act, on)
        case _:
            assert_never(act.kind)
    if isinstance(made, Refusal):
        return made
    event = LoanEvent(
        loan_id=life.loan.id,
        no=len(life.events) + 1,
        kind=made.kind,
        on=on,
        principal=made.principal,
        interest=made.interest,
        due_on=act.until,
        observed_until=made.observed_until,
        of_no=made.of_no,
    )
    return Decided(act, event, debt)


@dataclass(frozen=True, slots=True)
class _Made:
    """What an act makes of a loan, before it has its number and day."""

    kind: EventKind
    principal: int = 0
    interest: int = 0
    observed_until: date | None = None
    of_no: int | None = None


def _extended(
    life: Life, act: LoanAct, on: date, debt: Debt, terms: ExtensionTerms | Refusal
) -> _Made | Refusal:
    """As often and as far as the rules allow; a late loan by two persons, and observed."""
    loan, until = life.loan, act.until
    assert until is not None, "a whole extension says until when"
    if isinstance(terms, Refusal):
        return terms
    if not debt.principal.minor:
        return errors.nothing_owed()
    if (beyond := _beyond(life, until, max(on, debt.due_on), terms)) is not None:
        return beyond
    if on <= loan.late_after(debt.due_on):
        return _Made(EventKind.EXTENDED)
    if act.proposed_by is None:
        return errors.second_person_missing()
    observed_until = on + timedelta(days=terms.observation_days)
    return _Made(EventKind.EXTENDED, observed_until=observed_until)


def _beyond(life: Life, until: date, after: date, terms: ExtensionTerms) -> Refusal | None:
    """Whether an extension until a day is none, one too many, or too long."""
    loan = life.loan
    if until <= after:
        return errors.extension_not_later(after)
    done = sum(event.kind is EventKind.EXTENDED for event in life.events)
    if done >= terms.most:
        return errors.extended_already(done)
    tenor = (loan.due_on - loan.opened_on).days
    latest = loan.due_on + timedelta(days=int(tenor * terms.tenor_ratio))
    return errors.extension_too_long(latest) if until > latest else None


def _bought_back(loan: Loan, debt: Debt) -> _Made | Refusal:
    """The whole debt, never a part: the receivable is one."""
    if not loan.with_recourse:
        return errors.without_recourse()
    if not debt.total.minor:
        return errors.nothing_owed()
    return _Made(EventKind.BOUGHT_BACK, debt.principal.minor, debt.interest.minor)


def _written_off(loan: Loan, act: LoanAct, on: date, debt: Debt) -> _Made | Refusal:
    """All that is open, once it is late."""
    if act.proposed_by is None:
        return errors.second_person_missing()
    if not debt.total.minor:
        return errors.nothing_owed()
    if on <= (last := loan.late_after(debt.due_on)):
        return errors.not_late(last)
    return _Made(EventKind.WRITTEN_OFF, debt.principal.minor, debt.interest.minor)


def _recovered(act: LoanAct, debt: Debt) -> _Made | Refusal:
    """At most what was lost: what is beyond is nobody's debt to us."""
    amount = act.amount
    assert amount is not None, "a whole recovery says how much"
    if not debt.lost.minor:
        return errors.nothing_lost()
    if amount.currency != debt.lost.currency or amount > debt.lost:
        return errors.recovers_too_much(debt.lost)
    principal, interest = recovered(amount, debt)
    return _Made(EventKind.RECOVERED, principal.minor, interest.minor)


def _reversed(life: Life, act: LoanAct, on: date) -> _Made | Refusal:
    """The write-off that stands, unless money was recovered on it."""
    if act.proposed_by is None:
        return errors.second_person_missing()
    lost = [e for e in standing(life.events, on) if e.kind is EventKind.WRITTEN_OFF]
    if not lost:
        return errors.nothing_lost()
    wrong = lost[-1]
    if any(e.kind is EventKind.RECOVERED for e in life.events[wrong.no :]):
        return errors.recovered_since()
    return _Made(EventKind.WRITE_OFF_REVERSED, wrong.principal, wrong.interest, of_no=wrong.no)
