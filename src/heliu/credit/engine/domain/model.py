"""The interest model of a progressive loan: repayment periods, cut into spans of equal balance.

A private working model, mutable on purpose: one fold builds it, plays the events into it and
throws it away. A span ends on each day on which the balance changes; what was disbursed or paid on
that day stands on the span that ends there. Amounts are minor units.

Derived per period (`derive`): interest as it accrues, interest due (it may not exceed the
instalment; the excess is carried to the next period as unrecognised), principal due.
"""

from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.engine.domain.factors import ONE, PRECISE, ZERO, Factors, Within
from heliu.credit.engine.domain.terms import InterestType, Terms

_WHOLE: Final = Decimal(1)


def rounded(terms: Terms, amount: Decimal) -> int:
    """To the minor unit, as agreed."""
    return int(amount.quantize(_WHOLE, rounding=terms.rounding.mode))


class Span:
    """A stretch of days inside one period with one balance."""

    __slots__ = (
        "balance",
        "correction",
        "disbursed",
        "end",
        "factor",
        "factor_due",
        "start",
    )

    def __init__(self, start: date, end: date) -> None:
        self.start, self.end = start, end
        self.factor = self.factor_due = ZERO
        self.disbursed = self.correction = self.balance = 0

    def copy(self) -> "Span":
        """Another span that may change on its own."""
        twin = Span.__new__(Span)
        twin.start, twin.end = self.start, self.end
        twin.factor, twin.factor_due = self.factor, self.factor_due
        twin.disbursed, twin.correction = self.disbursed, self.correction
        twin.balance = self.balance
        return twin


class Period:
    """One repayment period: its instalment, its spans, and what was paid on it."""

    __slots__ = (
        "accrued",
        "before",
        "due_interest",
        "due_principal",
        "emi",
        "end",
        "future",
        "grace",
        "interest_grace",
        "moved_up",
        "original_emi",
        "paid_interest",
        "paid_principal",
        "spans",
        "start",
        "unrecognised",
    )

    def __init__(self, start: date, end: date) -> None:
        self.start, self.end = start, end
        self.spans = [Span(start, end)]
        self.emi = self.original_emi = 0
        self.paid_principal = self.paid_interest = 0
        self.future = 0  # interest earned later, recognised here
        self.before = 0  # disbursed up to the period's first day (flat interest)
        self.moved_up = self.grace = self.interest_grace = False
        self.accrued = self.due_interest = self.due_principal = self.unrecognised = 0

    def copy(self) -> "Period":
        """Another period that may change on its own."""
        twin = Period.__new__(Period)
        twin.start, twin.end = self.start, self.end
        twin.spans = [span.copy() for span in self.spans]
        twin.emi, twin.original_emi = self.emi, self.original_emi
        twin.paid_principal, twin.paid_interest = self.paid_principal, self.paid_interest
        twin.future, twin.before, twin.moved_up = self.future, self.before, self.moved_up
        twin.grace, twin.interest_grace = self.grace, self.interest_grace
        twin.accrued, twin.unrecognised = self.accrued, self.unrecognised
        twin.due_interest, twin.due_principal = self.due_interest, self.due_principal
        return twin

    @property
    def paid(self) -> int:
        """Principal and interest paid on this period."""
        return self.paid_principal + self.paid_interest

    @property
    def instalment(self) -> int:
        """The instalment with the interest that was pulled into it."""
        return self.emi + self.future

    @property
    def fully_paid(self) -> bool:
        """Exactly the instalment was paid."""
        return self.emi + self.future == self.paid_principal + self.paid_interest

    @property
    def outstanding_principal(self) -> int:
        """Principal due and not paid."""
        return max(0, self.due_principal - self.paid_principal)

    @property
    def outstanding_balance(self) -> int:
        """Principal owed after this period's instalment."""
        last = self.spans[-1]
        owed = last.balance + last.correction + last.disbursed
        return max(0, owed + self.paid_principal - self.due_principal)

    @property
    def factor_plus_one(self) -> Decimal:
        """One plus the period's rate factor, for the instalment formula."""
        total = ONE
        for span in self.spans:
            total += span.factor
        return total

    def settle_as(self, principal: int, interest: int) -> None:
        """All that it ever asked for is this, and paid."""
        self.paid_principal, self.paid_interest = principal, interest
        self.emi, self.future = principal + interest, 0

    def disbursed(self) -> int:
        """What was disbursed inside this period."""
        return sum(span.disbursed for span in self.spans)

    def flat_base(self, until: Span | None) -> int:
        """What flat interest is charged on: all disbursed before the span `until`."""
        total = self.before
        for span in self.spans:
            if span is until:
                break
            if span.end != self.start:
                total += span.disbursed
        return total


class Model:
    """All periods of a loan; see the functions of `instalments`."""

    __slots__ = (
        "factors",
        "flat",
        "is_copy",
        "known",
        "last_overdue",
        "overdue",
        "periods",
        "terms",
    )

    def __init__(self, terms: Terms, factors: Factors, periods: list[Period]) -> None:
        self.terms, self.factors, self.periods = terms, factors, periods
        self.flat = terms.interest_type is InterestType.FLAT
        self.overdue: list[tuple[date, int, date]] = []  # day, amount, the period's due date
        self.last_overdue: date | None = None
        self.is_copy = False
        self.known: dict[tuple[int, Decimal, int, int], Decimal] = {}

    def copy(self) -> "Model":
        """A model to look ahead with."""
        twin = Model(self.terms, self.factors, [period.copy() for period in self.periods])
        twin.overdue, twin.known = list(self.overdue), self.known
        return twin

    @property
    def last(self) -> Period:
        """The period that ends at maturity."""
        return self.periods[-1]

    @property
    def empty(self) -> bool:
        """Nothing disbursed yet."""
        return not any(period.emi for period in self.periods)

    def rounded(self, amount: Decimal) -> int:
        """To the minor unit, as agreed."""
        return rounded(self.terms, amount)

    def find(self, day: date) -> Period | None:
        """The period with start < day <= end; the first one holds its own first day too."""
        first = self.periods[0]
        if day == first.start:
            return first
        for period in self.periods:
            if period.start < day <= period.end:
                return period
        return None

    def totals(self) -> tuple[int, int, int, int]:
        """Disbursed, principal paid, interest due, interest paid."""
        disbursed = paid = due_interest = paid_interest = 0
        for period in self.periods:
            for span in period.spans:
                disbursed += span.disbursed
            paid += period.paid_principal
            due_interest += period.due_interest
            paid_interest += period.paid_interest
        return disbursed, paid, due_interest, paid_interest

    def refactor(self, periods: list[Period]) -> None:
        """Work out the rate factors of `periods` again after their spans changed."""
        factor, rate = self.factors.factor, self.terms.annual_rate
        every = Decimal(self.terms.repay_every)
        for period in periods:
            within = Within(period.start, period.end, every)
            for span in period.spans:
                span.factor = factor(rate, span.start, span.end, within)
                if span.end == period.end:
                    span.factor_due = span.factor
                else:
                    span.factor_due = factor(rate, span.start, period.end, within)

    def settle(self, since: int = 0) -> None:
        """Carry balances from span to span, deriving each period, from period `since` on."""
        before = self.periods[since - 1] if since else None
        for period in self.periods[since:] if since else self.periods:
            spans = period.spans
            if spans:
                previous = spans[0]
                if before is not None and before.spans:
                    previous.balance = before.outstanding_balance
                for span in spans[1:]:
                    owed = previous.balance + previous.correction + previous.disbursed
                    span.balance = max(owed, 0)
                    previous = span
            self._derive(period, before)
            before = period

    def end_debt(self, day: date) -> None:
        """Every period is settled: from `day` on nothing is owed and nothing bears interest."""
        self.overdue.clear()
        period = self.find(day)
        if period is not None:
            span = _span_ending(period, day, at_maturity=False) or _cut(period, day)
            span.correction -= span.balance + span.correction + span.disbursed
            self.refactor([period])
        self.settle()

    def derive(self, since: int = 0) -> None:
        """Derive every period from `since` on, from the balances as they stand."""
        before = self.periods[since - 1] if since else None
        for period in self.periods[since:] if since else self.periods:
            self._derive(period, before)
            before = period

    def rederive(self, index: int) -> None:
        """Derive period `index` after its own change, and the next while interest is carried on."""
        while index < len(self.periods):
            period = self.periods[index]
            carried = period.unrecognised
            self._derive(period, self.periods[index - 1] if index else None)
            if period.unrecognised == carried:
                return
            index += 1

    def _derive(self, period: Period, before: Period | None) -> None:
        accrued = 0 if period.moved_up else self._accrued(period)
        if period.future:
            accrued += period.future
        if before is not None and before.unrecognised:
            accrued += before.unrecognised
        period.accrued = accrued
        instalment = period.emi + period.future
        paid_principal, paid_interest = period.paid_principal, period.paid_interest
        principal = instalment - accrued
        over = paid_principal > (max(0, principal))
        interest = min(instalment, accrued)
        if over or period.interest_grace or interest < paid_interest:
            interest = paid_interest
        period.due_interest = interest
        due = instalment - interest
        period.due_principal = max(paid_principal, due)
        period.unrecognised = accrued - interest if accrued > interest else 0

    def _accrued(self, period: Period) -> int:
        """Interest of the spans at their balances; worked out again only when one changed."""
        total = None
        end, flat = period.end, self.flat
        for span in period.spans:
            base = period.flat_base(span) if flat else span.balance
            if base <= 0 or not span.factor_due:
                continue
            days = (end - span.start).days
            if not days:
                continue
            part = self._interest(base, span.factor_due, days, (span.end - span.start).days)
            total = part if total is None else total + part
        return 0 if total is None else self.rounded(total)

    def _interest(self, base: int, factor: Decimal, days: int, length: int) -> Decimal:
        key = (base, factor, days, length)
        known = self.known.get(key)
        if known is None:
            due = PRECISE.multiply(Decimal(base), factor)
            known = PRECISE.multiply(PRECISE.divide(due, Decimal(days)), Decimal(length))
            self.known[key] = known
        return known

    def change_balance(
        self, day: date, *, disbursed: int = 0, correction: int = 0
    ) -> Period | None:
        """Cut a span at `day` (unless one ends there) and note the change on it."""
        period = self.find(day)
        if period is None:
            return None
        span = _span_ending(period, day, at_maturity=period is self.last and day == period.end)
        if span is None:
            span = _cut(period, day)
        span.disbursed += disbursed
        span.correction += correction
        return period


def _span_ending(period: Period, day: date, *, at_maturity: bool) -> Span | None:
    if at_maturity:
        last = period.spans[-1]
        return last if last.start == last.end else None
    for span in period.spans:
        if span.end == day:
            return span
    return None


def _cut(period: Period, day: date) -> Span:
    """Split the span that holds `day`; the first part is returned and ends on it."""
    held = [span for span in period.spans if span.start < day <= span.end]
    first = held[-1] if held else period.spans[0]
    end = first.end
    first.end = min(max(day, first.start), end)
    rest = Span(first.end, end)
    period.spans.insert(period.spans.index(first) + 1, rest)
    return first
