"""Full-term tranches: each disbursement is a small loan of its own, laid over the loan's plan.

The tranche's instalments are solved from the start of the period it falls in, over the full number
of instalments; where a period of the loan has the same dates they are added to it, else the loan
grows by a period.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from heliu.credit.engine.domain.instalments import adjust_last_unpaid, disburse, note_disbursed
from heliu.credit.engine.domain.model import Model, Period
from heliu.credit.engine.domain.terms import InterestCalculation, Terms

Lay = Callable[[Terms, date], list[Period]]


def disburse_full_term(model: Model, day: date, amount: int, lay: Lay) -> None:
    """Pay out `amount` (> 0) on `day` as a tranche; `lay` makes the periods of terms from a day."""
    held = [period for period in model.periods if period.start <= day < period.end]
    start = held[0].start if held else model.last.end
    terms = replace(
        model.terms,
        interest_calculation=InterestCalculation.DAILY,
        rounding=replace(model.terms.rounding, instalment_multiple=1),
        grace_principal=0,
        grace_interest=0,
    )
    tranche = Model(terms, model.factors, lay(terms, start))
    disburse(tranche, day, amount)
    note_disbursed(model, day, amount)
    model.change_balance(day, disbursed=amount)
    for laid in tranche.periods:
        part = laid.due_principal + laid.due_interest
        period = _same_dates(model, laid)
        if period is None:
            period = Period(laid.start, laid.end)
            period.before = model.last.before
            model.periods.append(period)
        period.emi += part
        period.original_emi = period.emi
        model.refactor([period])
    model.settle()
    adjust_last_unpaid(model, day)


def _same_dates(model: Model, laid: Period) -> Period | None:
    for period in model.periods:
        if (period.start, period.end) == (laid.start, laid.end):
            return period
    return None
