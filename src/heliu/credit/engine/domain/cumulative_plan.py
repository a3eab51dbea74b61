"""The plan of a cumulative loan, generated in one pass from disbursements and what was repaid.

One instalment is solved for the whole loan (the annuity at the rate of a standard period) and kept;
a row's interest is charged on the balance stretch by stretch, each stretch rounded; the last row
takes the rest. Flat interest is worked out for the whole term and shared out. Where the terms
recalculate interest, what was paid early lowers the balance from its rest date on, and what is late
goes on bearing interest: in the row it was paid in until that day, and in today's row until today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.engine.domain.cumulative_rates import (
    WORK,
    multiple,
    periods_between,
    rate_of_unit,
    rounded,
)
from heliu.credit.engine.domain.dates import due_dates
from heliu.credit.engine.domain.terms import (
    Amortisation,
    Compounding,
    DayCount,
    InterestCalculation,
    InterestType,
    OnAdvance,
    PeriodUnit,
    Rest,
    StartRule,
    Terms,
)

_MONTH: Final = 30
_UNIT_DAYS: Final = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7, PeriodUnit.MONTH: _MONTH}


@dataclass(slots=True)
class Planned:
    """One row: what falls due on `due`."""

    start: date
    due: date
    principal: int
    interest: int
    down_payment: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """Money paid out on a day, less the down payment."""

    on: date
    amount: int
    down: int


@dataclass(slots=True)
class Paid:
    """Money that came in on a day, and what of it no row has asked for yet."""

    on: date
    left: int


@dataclass(slots=True)
class _Owed:
    """What is open of a row: interest with charges, and principal."""

    interest: int
    principal: int


@dataclass(slots=True)
class _Course:
    """Where the generation stands."""

    terms: Terms
    dues: list[date]
    drawn: Sequence[Drawn]
    paid: list[Paid]
    today: date
    emi: int | None = None
    balance: int = 0
    planned: int = 0  # principal of the rows so far
    known: int = 0  # principal drawn up to the row at hand
    carried: int = 0  # interest put off by grace
    owed: list["_Owed"] = field(default_factory=list)  # rows that are not paid in full
    charges: Sequence[tuple[date, int]] = ()

    @property
    def recalculates(self) -> bool:
        """Does interest follow what was really paid."""
        declining = self.terms.interest_type is InterestType.DECLINING_BALANCE
        return self.terms.recalculation is not None and declining and self.terms.annual_rate > 0


@dataclass(frozen=True, slots=True)
class Past:
    """What happened until today, each in the order of its days."""

    drawn: Sequence[Drawn]
    paid: Sequence[Paid]
    charges: Sequence[tuple[date, int]]  # due date, amount
    today: date


def generate(terms: Terms, past: Past) -> list[Planned]:
    """The rows of the plan as it stands on the day of `past`."""
    drawn = past.drawn
    first = drawn[0].on
    start = first if terms.start_rule is StartRule.DISBURSEMENT else terms.submitted_on
    count, dues = terms.instalments, due_dates(terms, start, terms.instalments)
    while dues[-1] < drawn[-1].on and terms.interest_type is InterestType.DECLINING_BALANCE:
        count += 1  # money drawn after maturity falls due at the end of its period
        dues = due_dates(terms, start, count)
    paid = [replace(one) for one in past.paid]
    course = _Course(terms, dues, drawn, paid, past.today, charges=past.charges)
    rows = [Planned(one.on, one.on, one.down, 0, down_payment=True) for one in drawn if one.down]
    course.owed = [_Owed(0, one.down) for one in drawn if one.down]
    if terms.interest_type is InterestType.FLAT:
        return rows + list(_flat(course, start))
    return rows + list(_declining(course, start))


# -- flat ------------------------------------------------------------------------------------


def _flat(course: _Course, start: date) -> Iterator[Planned]:
    terms, count = course.terms, course.terms.instalments
    bearing = count - terms.interest_free
    total = _flat_interest(course, start)
    share = rounded(terms, total / count)
    whole = rounded(terms, total) - share * terms.interest_free
    each = rounded(terms, Decimal(whole) / (bearing - terms.grace_interest or 1))
    charged = 0
    for index, due in enumerate(course.dues):
        last = index == count - 1
        course.known = sum(one.amount for one in course.drawn if one.on <= due or last)
        interest = 0 if index < max(terms.interest_free, terms.grace_interest) else each
        if last:
            interest = whole - charged
        charged += interest
        principal = _flat_principal(course, index, interest)
        course.planned += principal
        yield Planned(course.dues[index - 1] if index else start, due, principal, interest)


def _flat_interest(course: _Course, start: date) -> Decimal:
    """Of the whole term, on all that was paid out (the down payment included)."""
    terms = course.terms
    lent = sum(one.amount + one.down for one in course.drawn)
    periods = Decimal(terms.repay_every * terms.instalments)
    if terms.interest_calculation is InterestCalculation.DAILY:
        periods = Decimal((course.dues[-1] - start).days)
    elif terms.partial_period_interest:
        periods = periods_between(terms, start, course.dues[-1])
    return WORK.multiply(Decimal(lent), WORK.multiply(rate_of_unit(terms), periods))


def _flat_principal(course: _Course, index: int, interest: int) -> int:
    terms = course.terms
    if index == terms.instalments - 1:
        return course.known - course.planned
    if index < terms.grace_principal:
        return 0
    count = terms.instalments - terms.grace_principal
    principal = rounded(terms, Decimal(course.known) / count)
    step = terms.rounding.instalment_multiple
    if step > 1:
        principal = multiple(terms, principal) + multiple(terms, interest) - interest
    return min(principal, course.known - course.planned)


# -- declining balance -----------------------------------------------------------------------


def _declining(course: _Course, start: date) -> Iterator[Planned]:
    terms = course.terms
    total = sum(one.amount for one in course.drawn)
    course.balance = course.known = sum(one.amount for one in course.drawn if one.on <= start)
    course.emi = _instalment(terms, total, 0)
    since = start
    for index, due in enumerate(course.dues):
        row = _row(course, index, since, due)
        yield row
        since = row.due
        if row.due != due or (not course.balance and not _to_draw(course, due)):
            return


def _to_draw(course: _Course, due: date) -> bool:
    return any(one.on > due for one in course.drawn)


def _row(course: _Course, index: int, since: date, due: date) -> Planned:
    """One row, its due date brought forward to the day on which early money paid all."""
    terms = course.terms
    last = index >= terms.instalments - 1
    inside = [one for one in course.drawn if since < one.on <= due]
    payers = [one.on for one in course.paid if one.left and one.on < due]
    early, changes = _before(course, since, due)
    changes += [(one.on, one.amount) for one in inside]
    drawn = sum(one.amount for one in inside)
    if early and early >= course.balance + drawn:
        due = max(payers[-1], since)
        changes = [change for change in changes if change[0] < due]
        last = True
    interest = _interest(course, (index, since, due), changes)
    course.balance += drawn
    course.known += drawn
    principal = _principal(course, index, interest)
    if last or principal > course.balance:
        principal = course.balance
    ahead = early > principal
    row = Planned(since, due, min(max(principal, early), course.balance), interest)
    course.balance -= row.principal
    if ahead and course.balance:
        _resolve(course, index)
    _after(course, row, index, early)
    return row


def _interest(
    course: _Course, row: tuple[int, date, date], changes: Sequence[tuple[date, int]]
) -> int:
    """Stretch by stretch of equal balance, each rounded; grace puts it off or waives it."""
    index, since, due = row
    terms = course.terms
    total, at, owed = 0, since, course.balance
    for day, amount in sorted(change for change in changes if change[1]):
        if day > at:
            total += _stretch(terms, owed, at, day)
            at = day
        owed += amount
    total += _stretch(terms, owed, at, due)
    if index < terms.interest_free:
        return 0
    if index < terms.grace_interest:
        course.carried += total
        return 0
    total, course.carried = total + course.carried, 0
    return total


def _stretch(terms: Terms, owed: int, start: date, end: date) -> int:
    """Interest on `owed` in [start, end), rounded."""
    if owed <= 0 or start >= end:
        return 0
    if terms.interest_calculation is InterestCalculation.DAILY:
        units = Decimal((end - start).days)
        if terms.day_count is DayCount.THIRTY_360 and terms.repay_unit is PeriodUnit.MONTH:
            units = periods_between(terms, start, end) * _MONTH
    elif terms.partial_period_interest:
        units = periods_between(terms, start, end)
    else:
        units = Decimal(terms.repay_every)
    return rounded(terms, WORK.multiply(Decimal(owed), WORK.multiply(rate_of_unit(terms), units)))


def _principal(course: _Course, index: int, interest: int) -> int:
    terms = course.terms
    if index < terms.grace_principal:
        return 0
    assert course.emi is not None, "the instalment is solved before its rows"
    if terms.amortisation is Amortisation.EQUAL_PRINCIPAL:
        return course.emi
    return max(0, course.emi - interest)


def _instalment(terms: Terms, balance: int, elapsed: int) -> int:
    """The instalment (of equal principal: its principal part) for what is left after `elapsed`."""
    left = terms.instalments - max(elapsed, terms.grace_principal)
    if terms.amortisation is Amortisation.EQUAL_PRINCIPAL:
        return rounded(terms, Decimal(balance) / left)
    units = Decimal(terms.repay_every)
    if terms.interest_calculation is InterestCalculation.DAILY:
        units *= _UNIT_DAYS[terms.repay_unit]
    rate = WORK.multiply(rate_of_unit(terms), units)
    if not rate:
        return multiple(terms, Decimal(balance) / left)
    growth = WORK.power(1 + rate, left)
    emi = WORK.divide(WORK.multiply(WORK.multiply(Decimal(balance), rate), growth), growth - 1)
    return multiple(terms, emi)


# -- what was really paid --------------------------------------------------------------------


def _before(course: _Course, since: date, due: date) -> tuple[int, list[tuple[date, int]]]:
    """Payments inside the row: what of them is early, and how they change the balance meanwhile.

    Late money serves earlier rows first: that principal bore interest from the row's start. What is
    still unpaid of earlier rows bears interest until today, where today lies in this row.
    """
    early = 0
    changes: list[tuple[date, int]] = []
    if not course.recalculates:
        return early, changes
    for one in course.paid:
        rest = _rest_day(course, one.on)
        if not one.left or rest >= due:
            continue
        late = _serve(course, one)
        changes += [(since, late), (max(rest, since), -late - one.left)]
        early, one.left = early + one.left, 0
    until = _rest_day(course, course.today)
    if since < until <= due:
        unpaid = sum(_bearing(course, owed.interest, owed.principal) for owed in course.owed)
        changes += [(since, unpaid), (until, -unpaid)]
    return early, changes


def _after(course: _Course, row: Planned, index: int, early: int) -> None:
    """What came in by the row's due date serves it; what is left over takes principal ahead."""
    if not course.recalculates:
        return
    charges = sum(amount for day, amount in course.charges if row.start < day <= row.due)
    course.owed.append(_Owed(row.interest + charges, row.principal))
    _serve(course, Paid(row.due, early))
    for one in course.paid:
        if not one.left or one.on > row.due:
            continue
        _serve(course, one)
        ahead = min(one.left, course.balance)
        if ahead:
            row.principal += ahead
            course.balance -= ahead
            one.left = 0
            _resolve(course, index)


def _serve(course: _Course, money: Paid) -> int:
    """Pay earlier rows, the oldest first, interest before principal; what of it bore interest."""
    bore = 0
    for owed in course.owed:
        interest = min(money.left, owed.interest)
        principal = min(money.left - interest, owed.principal)
        owed.interest -= interest
        owed.principal -= principal
        money.left -= interest + principal
        bore += _bearing(course, interest, principal)
    course.owed = [owed for owed in course.owed if owed.interest or owed.principal]
    return bore


def _bearing(course: _Course, interest: int, principal: int) -> int:
    """What of a late amount bears interest: principal, and interest where it compounds."""
    rules = course.terms.recalculation
    compounds = rules is not None and rules.compounding is Compounding.INTEREST
    return principal + interest if compounds else principal


def _resolve(course: _Course, index: int) -> None:
    """Principal was taken ahead: the other instalments shrink, unless their number is to."""
    rules = course.terms.recalculation
    assert rules is not None, "only plans that follow payments are solved anew"
    if rules.on_advance is OnAdvance.REDUCE_INSTALMENT:
        later = sum(one.amount for one in course.drawn) - course.known
        course.emi = _instalment(course.terms, course.balance + later, index + 1)


def _rest_day(course: _Course, day: date) -> date:
    """From when a payment counts: its own day, or the next due date."""
    rules = course.terms.recalculation
    assert rules is not None, "only plans that follow payments have rests"
    if rules.rest is Rest.DAILY:
        return day
    return next((due for due in course.dues if due >= day), day)
