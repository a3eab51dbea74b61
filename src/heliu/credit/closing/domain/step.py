"""One business date for every loan nothing happened to: accrue, let fall due, age, charge. Pure.

Within a period interest earned is the period's interest x days elapsed / days of the period,
rounded half up, so that the days' differences sum to the period's interest to the fen.
Penalty (罚息) runs on overdue principal and compound interest (复利) on overdue interest, each with
its own remainder; what is paid within its allowance bears none, what is not bears them from its due
date on.
"""

from dataclasses import dataclass

import numpy as np

from heliu.credit.classification.api import MILLION, Flags, Ints, accrue, times_ratio
from heliu.credit.closing.domain.columns import Positions, Trait, has, replace


@dataclass(frozen=True, slots=True)
class Rolls:
    """Periods that begin on a day, loans ascending: end, interest, paid ahead, principal due."""

    loan: Ints
    end: Ints
    interest: Ints
    paid: Ints
    principal: Ints


def step(before: Positions, day: int, rolls: Rolls) -> Positions:
    """The positions at the end of day number `day`, from those at the end of the day before.

    `rolls` has the next period of every loan whose period ends on that day and is not the last.
    Classes, stages and losses stay as they were.
    """
    rolling = before.period_end == day
    length = np.maximum(before.period_end - before.period_start, 1)
    elapsed = np.clip(day - before.period_start, 0, length)
    # Below zero where more of the period was paid ahead than is earned yet.
    earned = times_ratio(before.period_interest, elapsed, length) - before.period_paid
    prepaid = has(before, Trait.PREPAID)
    growth = earned - before.accrued
    owed = np.where(rolling & ~prepaid, earned, 0)
    fallen = np.where(rolling, before.period_principal, 0)
    fell = rolling & (owed + fallen > 0)
    charged = _penalised(before, day)
    return replace(
        _renewed(charged, np.flatnonzero(rolling), day, rolls),
        accrued=np.where(rolling, 0, earned),
        interest_due=before.interest_due + owed,
        principal_due=before.principal_due + fallen,
        interest_total=before.interest_total + np.where(prepaid, 0, growth),
        discount_total=before.discount_total + np.where(prepaid, growth, 0),
        **_clocks(before, day, fell),
        fresh_due=np.where(fell, day, charged.fresh_due),
        fresh_principal=np.where(fell, fallen, charged.fresh_principal),
        fresh_interest=np.where(fell, owed, charged.fresh_interest),
    )


def _clocks(before: Positions, day: int, fell: Flags) -> dict[str, Ints]:
    """Since when each debtor owes: the buyer from the due date, who answers for him later.

    Where the buyer pays first, his allowance ends before recourse begins.
    """
    buyer_pays = has(before, Trait.BUYER_PAYS)
    own_start = np.where(buyer_pays, day + before.allowance, day)
    answers = fell & (~buyer_pays | has(before, Trait.RECOURSE))
    return {
        "own_due": np.where(answers & (before.own_due == 0), own_start, before.own_due),
        "buyer_due": np.where(fell & buyer_pays & (before.buyer_due == 0), day, before.buyer_due),
    }


def _penalised(before: Positions, day: int) -> Positions:
    """One day of penalty and compound interest on what was due before this day."""
    at = np.flatnonzero((before.principal_due > 0) | (before.interest_due > 0))
    if not len(at):
        return before
    age = day - before.fresh_due[at]
    fresh = before.fresh_due[at] > 0
    ripe = fresh & (age > before.allowance[at])
    scale = before.year_days[at] * MILLION
    changed: dict[str, Ints] = {}
    for name, due, new, rate in (
        ("penalty", before.principal_due, before.fresh_principal, before.penalty_ppm),
        ("compound", before.interest_due, before.fresh_interest, before.compound_ppm),
    ):
        units = due[at] - new[at] + np.where(ripe, new[at] * age, 0)
        rest: Ints = getattr(before, f"{name}_rest")
        grown, left = accrue(units, rate[at], scale, rest[at])
        changed[f"{name}_total"] = _put(getattr(before, f"{name}_total"), at, grown, add=True)
        changed[f"{name}_rest"] = _put(rest, at, left)
    gone = at[ripe]
    for name in ("fresh_due", "fresh_principal", "fresh_interest"):
        changed[name] = _put(getattr(before, name), gone, np.zeros(len(gone), np.int64))
    return replace(before, **changed)


def _renewed(book: Positions, at: Ints, day: int, rolls: Rolls) -> Positions:
    """The next period of the loans at these places; none where `rolls` names none."""
    if not len(at):
        return book
    if len(rolls.loan):
        place = np.minimum(np.searchsorted(rolls.loan, book.loan[at]), len(rolls.loan) - 1)
        found = rolls.loan[place] == book.loan[at]
        next_ = {
            "period_end": rolls.end,
            "period_interest": rolls.interest,
            "period_paid": rolls.paid,
            "period_principal": rolls.principal,
        }
        values = {name: np.where(found, column[place], 0) for name, column in next_.items()}
    else:
        none = np.zeros(len(at), np.int64)
        names = ("period_end", "period_interest", "period_paid", "period_principal")
        values = dict.fromkeys(names, none)
    values["period_start"] = np.where(values["period_end"] > 0, day, 0)
    changed = {name: _put(getattr(book, name), at, value) for name, value in values.items()}
    return replace(book, **changed)


def _put(column: Ints, at: Ints, value: Ints, *, add: bool = False) -> Ints:
    """A copy of `column` with `value` put, or added, at these places."""
    changed = column.copy()
    changed[at] = changed[at] + value if add else value
    return changed
