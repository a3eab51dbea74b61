"""The bank's plan: any amortisation, rates that change, early repayment that replans the rest.

Contract interest runs on principal that is not due yet; what is overdue bears 罚息 and 复利 instead
(see `penalty`). An event that changes the debt, the rate or the dates closes the running period's
interest up to its day, to the last digit, and solves the periods that are left anew. A payment
serves what is due, then, as agreed, interest earned so far and principal not yet due (the plan
shrinks), or the future instalments as they stand. One `Life` is one fold; amounts are minor units.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from heliu.credit.engine.domain.amortisation import Debt, Slot, spread
from heliu.credit.engine.domain.calendar import adjusted, known
from heliu.credit.engine.domain.dates import due_dates
from heliu.credit.engine.domain.daycount import year_fraction
from heliu.credit.engine.domain.factors import PRECISE, ZERO, Factors, Within
from heliu.credit.engine.domain.penalty import Arrears
from heliu.credit.engine.domain.ranking import Way, way_of
from heliu.credit.engine.domain.rows import Row
from heliu.credit.engine.domain.statement import Booking, Hung
from heliu.credit.engine.domain.terms import (
    Amortisation,
    InterestType,
    PaymentKind,
    StartRule,
    Terms,
)

ONE_SUM: Final = frozenset({Amortisation.BULLET, Amortisation.DISCOUNT})


class PlanRow(Row):
    """A row of the plan and what its interest rests on."""

    __slots__ = (
        "ahead",
        "carried",
        "deferred",
        "earned",
        "earned_on",
        "free",
        "kept_back",
        "spared",
    )

    def __init__(self, start: date, due: date) -> None:
        super().__init__(start, due)
        self.ahead = 0  # principal that left the debt before this row falls due
        self.carried = 0  # interest that is put off to the rows after it
        self.earned, self.earned_on = 0, start  # interest earned before the last change
        self.free = self.spared = self.deferred = False
        self.kept_back = False

    @property
    def earned_before(self) -> tuple[int, date | None]:
        """What was earned when the debt or the rate changed inside the row, and on which day."""
        return (self.earned, self.earned_on) if self.earned_on > self.start else (0, None)


def collapsed(terms: Terms) -> Terms:
    """Loans due in one sum have one period, as long as all that were agreed."""
    if terms.amortisation not in ONE_SUM or terms.instalments == 1:
        return terms
    return replace(terms, repay_every=terms.repay_every * terms.instalments, instalments=1)


class Life:
    """The working state of one fold."""

    def __init__(self, terms: Terms, first_day: date) -> None:
        self.every = terms.repay_every
        self.terms = terms = collapsed(terms)
        self.first_day = first_day
        self.factors = Factors(terms, year_fraction)
        self.rates: list[tuple[date, Decimal]] = [(date.min, terms.annual_rate)]
        self.pauses: list[tuple[date, date]] = []
        self._steady = date.min  # from here on the last rate holds
        self._units = Decimal(terms.repay_every)
        self.rows: list[PlanRow] = self._laid(first_day)
        self.passed = 0  # rows that fell due already
        self._next = date.min  # none falls due before that day
        self.base = 0  # principal that is not due yet
        self._known = ZERO  # interest of the running row earned up to the first of `_days`
        self._days = [first_day]  # days it is closed on, worked out when it is asked for
        self.lent = 0  # what flat interest is charged on
        self.kept: int | None = None  # the instalment agreed last
        self.balloon = terms.balloon
        self.owing: list[PlanRow] = []  # rows that fell due and are not settled
        self.extra: list[PlanRow] = []  # rows after the plan's end
        self.arrears = Arrears(terms, self.owing)
        self.bookings: list[Booking] = []
        self.charges: list[Hung] = []
        self.disbursed: list[tuple[date, int]] = []
        self.principal = self.overpaid = self.written_off = self.recovered = 0
        self.lost = False
        self.observed_until: date | None = None
        self.settled = 0  # rows before this one are settled
        self._ways: dict[PaymentKind, Way] = {}

    # -- the plan ----------------------------------------------------------------------------

    def _laid(self, first_day: date) -> list[PlanRow]:
        terms = self.terms
        start = first_day if terms.start_rule is StartRule.DISBURSEMENT else terms.submitted_on
        rows, since = [], start
        for index, due in enumerate(due_dates(terms, start, terms.instalments)):
            row = PlanRow(since, self.business_day(due))
            row.free = index < terms.interest_free
            row.spared = index < terms.grace_principal
            row.deferred = index < terms.grace_interest
            row.settled_on = first_day
            rows.append(row)
            since = row.due
        return rows

    def business_day(self, day: date) -> date:
        """Where the agreed calendar moves a due date to."""
        agreed = self.terms.calendar
        calendar = None if agreed.code is None else known(agreed.code)
        return adjusted(day, agreed.convention, calendar)

    @property
    def running(self) -> PlanRow | None:
        """The first row of the plan that is not due yet."""
        row = self.rows[self.passed] if self.passed < len(self.rows) else None
        return None if row is None or row.additional else row

    @property
    def later(self) -> list[PlanRow]:
        """The rows of the plan that are not due yet."""
        return [row for row in self.rows[self.passed :] if not row.additional]

    def touch(self, on: date) -> None:
        """Let rows fall due up to `on`; the running row's interest is closed on that day."""
        if on >= self._next:
            while (row := self.running) is not None and row.due <= on:
                self.base -= row.principal - row.ahead
                self.restart(row.due, Decimal(row.carried))
                self.owe(row)
                self.passed += 1
            if row is None:
                return
            self._next = row.due
        if on > self._days[-1]:
            self._days.append(on)

    def close(self, on: date) -> None:
        """Work out interest up to `on`: the debt, the rate or the dates change from there."""
        self.touch(on)
        self._earn()

    def restart(self, day: date, known: Decimal) -> None:
        """`known` is earned on `day`; more is from there on."""
        self._known, self._days, self._next = known, [day], date.min

    @property
    def at(self) -> date:
        """The day the running row's interest is closed on."""
        return self._days[-1]

    @property
    def known(self) -> Decimal:
        """Interest of the running row earned up to `at`, unrounded."""
        self._earn()
        return self._known

    def _earn(self) -> None:
        row = self.running
        for since, until in pairwise(self._days):
            assert row is not None, "only a running row earns"
            factor = self.factor(row, since, until)
            self._known += PRECISE.multiply(Decimal(self._bearing), factor)
        del self._days[:-1]

    def way(self, kind: PaymentKind) -> Way:
        """How payments of that kind are spread."""
        known = self._ways.get(kind)
        if known is None:
            known = self._ways[kind] = way_of(self.terms.allocation, kind)
        return known

    def unsettled(self) -> list[PlanRow]:
        """The rows from the first open one on; what was settled once is not looked at again."""
        rows, at = self.rows, self.settled
        while at < len(rows) and rows[at].settled_on is not None:
            at += 1
        self.settled = at
        return rows[at:]

    def owe(self, row: PlanRow) -> None:
        """A row that is due: it is asked for, and costs 罚息 and 复利, until it is settled."""
        if row.open and row not in self.owing:
            self.arrears.enter(row)
            insort(self.owing, row, key=lambda held: held.due)

    def due(self, on: date) -> list[PlanRow]:
        """What is due on `on` and not settled, the oldest first."""
        owing = self.owing
        if owing and owing[0].settled_on is not None:
            owing[:] = [row for row in owing if row.open]
        if not self.extra:
            return owing
        late = [row for row in self.extra if row.due <= on and row.open]
        return [*owing, *(row for row in late if row not in owing)]

    @property
    def _bearing(self) -> int:
        return self.lent if self.terms.interest_type is InterestType.FLAT else self.base

    def factor(self, row: PlanRow, start: date, end: date) -> Decimal:
        """What one unit owed costs in [start, end) inside a row."""
        if row.free or row.kept_back:
            return ZERO
        within, total = Within(row.start, row.due, self._units), ZERO
        if start >= self._steady:
            return self.factors.factor(self.rates[-1][1], start, end, within)
        cuts = {day for day, _ in self.rates} | {day for pause in self.pauses for day in pause}
        days = [start, *sorted(day for day in cuts if start < day < end), end]
        for since, until in pairwise(days):
            if not any(first <= since < last for first, last in self.pauses):
                total += self.factors.factor(self.rate_on(since), since, until, within)
        return total

    def bear(self, on: date, rate: Decimal) -> None:
        """`rate` a year holds from `on`, a day that was closed."""
        self.rates.append((on, rate))
        self._steady = max(self._steady, on)

    def pause(self, on: date, until: date) -> None:
        """No interest accrues in [on, until); `on` was closed."""
        self.pauses.append((on, until))
        self._steady = max(self._steady, on, until)

    def rate_on(self, day: date) -> Decimal:
        """The rate a year that `day` bears."""
        return next(rate for since, rate in reversed(self.rates) if since <= day)

    def solve(self, *, instalment: int | None = None) -> None:
        """Spread what is not due yet over the rows that are left."""
        self.settled, self._next = 0, date.min
        rows = self.later
        if not rows:
            return
        slots = self._slots(rows)
        flat = self.terms.interest_type is InterestType.FLAT
        made = spread(
            Debt(
                self.terms.amortisation, self.base, slots, self.terms.rounding,
                balloon=min(self.balloon, self.base),
                flat_on=self.lent if flat else None,
                instalment=instalment,
            )
        )  # fmt: skip
        self.kept = made.instalment
        for row, principal, interest, carried in zip(rows, *made.parts, strict=True):
            row.principal = row.ahead + principal
            row.carried = carried
            if not row.kept_back:
                paid = row.interest_paid
                row.interest = max(interest, paid) if paid else interest
        first = rows[0]
        first.earned, first.earned_on = self._rounded(self.known), max(self.at, first.start)
        self._respect_paid(rows)
        if not (self.terms.revolving or self.terms.multi_disburse):
            self._drop_empty()
        for row in rows:
            row.note_settled(self.at)

    def _slots(self, rows: Sequence[PlanRow]) -> list[Slot]:
        at, slots = self.at, []
        steady = max(at, self._steady) if self.factors.by_length else date.max
        whole: dict[tuple[int, bool, bool, bool], Slot] = {}  # periods of one length cost the same
        for row in rows:
            start, due = row.start, row.due
            if start < steady or row.kept_back:
                cost = self.factor(row, max(start, at), due)
                slots.append(Slot(cost, ZERO, row.spared, row.deferred))
                continue
            key = ((due - start).days, row.free, row.spared, row.deferred)
            slot = whole.get(key)
            if slot is None:
                cost = self.factor(row, start, due)
                slot = whole[key] = Slot(cost, ZERO, row.spared, row.deferred)
            slots.append(slot)
        if rows[0] is self.running:
            slots[0] = slots[0]._replace(known=self.known)
        return slots

    def _rounded(self, amount: Decimal) -> int:
        return int(amount.to_integral_value(rounding=self.terms.rounding.mode.value))

    def _respect_paid(self, rows: Sequence[PlanRow]) -> None:
        """A row keeps the principal that was paid on it; the last ones give it back."""
        short = 0
        for row in rows:
            missing = row.principal_paid - row.principal
            if missing > 0:
                row.principal += missing
                short += missing
        if not short:
            return
        for row in reversed(rows):
            part = min(short, max(0, row.principal - max(row.ahead, row.principal_paid)))
            row.principal -= part
            short -= part

    def _drop_empty(self) -> None:
        while len(self.rows) > max(1, self.passed + 1) and not self.rows[-1].total:
            self.rows.pop()
