"""Instalments of the progressive engine: solved on disbursement, adjusted when life differs.

Equal instalments by the annuity formula over unequal periods: P x prod(1+r) / F, F = 1 and then
F x (1+r) + 1; the last row takes the rest, and if it is off by more than half a minor unit a row,
an instalment shifted by the difference over the rows is tried and kept when the gap shrinks. Once
money moves out of plan, only the last unpaid period changes: it takes what interest really cost.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.engine.domain.factors import ONE, PRECISE, ZERO
from heliu.credit.engine.domain.model import Model, Period, rounded
from heliu.credit.engine.domain.terms import Terms

_TRIES: Final = 3


def disburse(model: Model, day: date, amount: int) -> None:
    """Pay out `amount` (> 0) on `day` and solve the instalments from its period on."""
    note_disbursed(model, day, amount)
    period = model.change_balance(day, disbursed=amount)
    if period is not None:
        solve_from(model, _effective_due(model, period, day))


def note_disbursed(model: Model, day: date, amount: int) -> None:
    """Periods that start on `day` or later count `amount` as disbursed before them."""
    for period in model.periods:
        if day <= period.start:
            period.before += amount


def _effective_due(model: Model, period: Period, day: date) -> date:
    """A change on a due date belongs to the next period (to the last one at maturity)."""
    index = model.periods.index(period)
    if period.end == day and index + 1 < len(model.periods):
        return model.periods[index + 1].end
    return period.end


def solve_from(model: Model, due: date) -> None:
    """Solve the instalments of all periods due on `due` or later."""
    related = [period for period in model.periods if period.end >= due]
    _interest_grace(model)
    model.refactor(related)
    if model.flat:
        model.settle()
        _solve_flat(model, related)
        _principal_grace(model, related)
        model.settle()
        return
    first = model.empty
    on_actual = model.is_copy or first
    if not first or model.terms.grace_principal:
        model.settle()  # the first instalments rest on nothing but what was paid out
    if on_actual:
        _solve(model, related)
    else:
        _solve_on_copy(model, related, due)
    _principal_grace(model, related)
    model.settle()
    adjust_last_unpaid(model, due)
    if on_actual:
        _smooth(model, related)


def _solve(model: Model, related: list[Period]) -> None:
    """The annuity over `related`, on the balance before the first of them and its disbursals."""
    product, fold = ONE, ONE
    for index, period in enumerate(related):
        plus_one = ONE if period.interest_grace else period.factor_plus_one
        product = PRECISE.multiply(product, plus_one)
        if index:
            fold = PRECISE.add(ONE, PRECISE.multiply(fold, plus_one))
    owed = Decimal(_opening(model, related[0]))
    emi = model.rounded(PRECISE.divide(PRECISE.multiply(product, owed), fold))
    emi = in_multiples(model.terms, emi)
    for period in related:
        if emi >= period.paid:
            period.emi = period.original_emi = emi


def _opening(model: Model, period: Period) -> int:
    index = model.periods.index(period)
    before = model.periods[index - 1].outstanding_balance if index else 0
    return before + period.disbursed()


def _solve_on_copy(model: Model, related: list[Period], due: date) -> None:
    """A later disbursement is solved on the plan as if nothing was paid yet."""
    copy = model.copy()
    copy.is_copy = True
    for period in copy.periods:
        period.paid_principal = period.paid_interest = 0
        for span in period.spans:
            span.correction = 0
    solve_from(copy, due)
    first = len(model.periods) - len(related)
    for period, solved in zip(related, copy.periods[first:], strict=True):
        period.emi, period.original_emi = solved.emi, solved.original_emi


def _solve_flat(model: Model, related: list[Period]) -> None:
    """Flat interest: all interest and principal in equal parts, the rest on the last row."""
    interest = 0
    for period in related:
        model.derive()
        interest += period.accrued
        period.emi = period.accrued
    index = model.periods.index(related[0])
    repaid = 0
    if index:
        model.settle()
        before = model.periods[index - 1]
        repaid = before.flat_base(None) - before.outstanding_balance
    total = related[0].flat_base(related[0].spans[-1]) + interest - repaid
    emi = in_multiples(
        model.terms, model.rounded(PRECISE.divide(Decimal(total), Decimal(len(related))))
    )
    shifted = 0
    for period in related:
        mine = emi + total - emi * len(related) if period is related[-1] else emi
        if mine + period.future >= period.paid:
            period.emi = period.original_emi = mine
        else:
            shifted += period.paid - mine - period.future
            period.emi = period.original_emi = period.paid
    model.settle()
    if shifted > 0:
        _take_back(model, related, shifted)


def _take_back(model: Model, related: list[Period], shifted: int) -> None:
    """What early periods were paid beyond their instalment comes off the last ones."""
    for period in reversed(related):
        if shifted <= 0 or period.fully_paid:
            continue
        floor = max(period.emi - shifted, 0, period.paid - period.future)
        emi = max(period.accrued, floor)
        shifted -= period.emi - emi
        period.emi = emi
        model.settle()


def _interest_grace(model: Model) -> None:
    graces = model.terms.grace_interest
    for index, period in enumerate(model.periods):
        period.interest_grace = index < graces


def _principal_grace(model: Model, related: list[Period]) -> None:
    """The first periods pay interest alone; the principal is solved over the others."""
    graces = model.terms.grace_principal
    for period in model.periods:
        period.grace = False
    if graces <= 0:
        return
    model.derive()
    for period in model.periods[:graces]:
        if period.end >= related[0].end:
            period.emi = period.original_emi = period.due_interest
            period.grace = True
            model.derive()
        elif not period.due_principal:
            period.grace = True
    amortising = [period for period in related if not period.grace]
    if amortising:
        model.settle()
        (_solve_flat if model.flat else _solve)(model, amortising)


def in_multiples(terms: Terms, emi: int) -> int:
    """Round an instalment to the agreed multiple, unless that would make it nothing."""
    step = terms.rounding.instalment_multiple
    if step <= 1:
        return emi
    stepped = rounded(terms, Decimal(emi) / Decimal(step)) * step
    return stepped if stepped or emi <= 0 else emi


@dataclass(frozen=True, slots=True)
class _Gap:
    """How far the last open instalment is from the one before it."""

    emi: int
    difference: int
    rows: int
    uncounted: int
    graces: int

    @property
    def worth_it(self) -> bool:
        half = (self.rows - self.graces) // 2
        return half > 0 and abs(self.difference) > half


def _gap(periods: list[Period]) -> _Gap:
    graces = sum(period.grace for period in periods)
    for last, before in zip(reversed(periods), reversed(periods[:-1]), strict=False):
        if last.grace or before.grace or last.fully_paid or before.fully_paid:
            continue
        uncounted = sum(period.grace or before.emi < period.paid for period in periods)
        return _Gap(before.emi, last.emi - before.emi, len(periods), uncounted, graces)
    return _Gap(periods[0].emi, 0, len(periods), 0, graces)


def _smooth(model: Model, related: list[Period]) -> None:
    """Shift the instalment while that brings the last row nearer to the others."""
    if not model.terms.rounding.smooth:
        return
    first = related[0]
    trial: Model | None = None
    for _ in range(_TRIES):
        gap = _gap(related)
        if not gap.worth_it:
            return
        share = model.rounded(Decimal(gap.difference) / max(1, gap.rows - gap.uncounted))
        emi = in_multiples(model.terms, gap.emi + share)
        if emi == gap.emi:
            return
        trial = trial or model.copy()
        for period in trial.periods:
            later = period.start >= first.start and period.end >= first.end
            if later and emi >= period.paid and not period.grace:
                period.emi = period.original_emi = emi
        trial.settle()
        adjust_last_unpaid(trial, first.end)
        if abs(_gap(trial.periods).difference) >= abs(gap.difference):
            return
        offset = len(model.periods) - len(related)
        for period, tried in zip(related, trial.periods[offset:], strict=True):
            if not period.grace:
                period.emi = period.original_emi = tried.emi
        model.settle()


def adjust_last_unpaid(model: Model, day: date) -> None:
    """Let the last unpaid period carry the difference between all that is due and all planned.

    A period that would fall below what was paid on it is settled, and the one before it carries
    the rest: so a loan that shrinks loses its last periods one by one.
    """
    disbursed, paid, _, _ = model.totals()
    _cap_to_debt(model, max(0, disbursed) - max(0, paid))
    index = _last_unpaid(model, len(model.periods))
    if index is None and not paid:
        end = model.last
        index = len(model.periods) - 1 if end.spans and end.outstanding_balance > 0 else None
    if index is None:
        return
    if any(period.moved_up or period.future for period in model.periods):
        for period in model.periods:
            period.moved_up = False
        model.periods[index].future = 0
        model.derive()
    while True:
        last = model.periods[index]
        last.emi += disbursed + _due_less_planned(model)
        settled = last.emi < last.paid
        if settled:
            last.emi = last.paid
        model.rederive(index)
        before = _last_unpaid(model, index) if settled else None
        if before is None:
            break
        index = before
    _defer_unrecognised(model, model.periods[index], day)


def _due_less_planned(model: Model) -> int:
    total = 0
    for period in model.periods:
        total += period.due_interest - period.emi - period.future
    return total


def _last_unpaid(model: Model, before: int) -> int | None:
    for index in range(before - 1, -1, -1):
        if not model.periods[index].fully_paid:
            return index
    return None


def _cap_to_debt(model: Model, open_debt: int) -> None:
    """No period may ask for more principal than the whole loan still owes."""
    for index, period in enumerate(model.periods):
        over = period.due_principal - period.paid_principal - open_debt
        if over > 0:
            period.emi = max(period.emi - over, period.paid, 0)
            model.rederive(index)


def _defer_unrecognised(model: Model, last: Period, day: date) -> None:
    """Interest that closed periods after `last` earned until `day` is asked for with `last`."""
    if last is model.last:
        return
    copy = model.copy()
    due_dates = {due for _, _, due in model.overdue}
    reset = last.end in due_dates and not any(due > last.end for due in due_dates)
    if reset:
        for since, amount, _ in model.overdue:
            copy.change_balance(since, correction=-amount)
        copy.overdue.clear()
    until(copy, day)
    copy.settle() if reset else copy.derive()
    for period in reversed(copy.periods):
        if period.unrecognised > 0 and period.end > last.end:
            last.future = period.unrecognised
            for later in model.periods:
                if later.end > last.end:
                    later.moved_up = True
            model.derive()
            return


def until(model: Model, day: date) -> None:
    """Let interest stop on `day`: cut the span that holds it and silence all later ones."""
    period = model.find(day)
    if period is not None:
        first = period is model.periods[0]
        held = [
            span
            for index, span in enumerate(period.spans)
            if span.start < day <= span.end or (first and not index and span.start == day)
        ]
        if held:
            held[-1].end = day
        model.refactor([period])
    for later in reversed(model.periods):
        if later.end < day:
            break
        for span in later.spans:
            if day < span.end:
                span.factor = span.factor_due = ZERO


def outstanding_until(model: Model, day: date) -> tuple[int, int]:
    """Principal and interest that close the loan on `day`."""
    copy = model.copy()
    until(copy, day)
    copy.settle()
    adjust_last_unpaid(copy, day)
    disbursed, paid, due_interest, paid_interest = copy.totals()
    return max(0, disbursed - paid), max(0, due_interest - paid_interest)
