"""A loan at the end of a business date as whole numbers, one loan or a book of them.

The fields are said once: `Position` is a loan, `Positions` a book in columns (int64, one length,
loans ascending). Amounts are minor units, dates days from 2000-01-01 (0: none), rates and ratios
millionths. Amounts are at most 10^14, rates at most 100 % a year, spans at most 36,500 days; the
arithmetic is exact within these bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import IntFlag
from operator import attrgetter
from typing import Final, Generic, TypeVar

import numpy as np

from heliu.credit.classification.api import Flags, Ints

T = TypeVar("T")
_EPOCH: Final = date(2000, 1, 1)


class Trait(IntFlag):
    """What is so of a loan, as bits of `traits`."""

    BY_ENGINE = 1  # its days do not fit the columns: the engine folds it every day
    PREPAID = 2  # its interest was kept back: a period earns it and nothing falls due
    RECOURSE = 4  # the borrower answers where the buyer does not pay
    BUYER_PAYS = 8  # the buyer is the first payer
    SETTLED = 16  # nothing is owed any more: it leaves the book the day after
    FLAGGED = 32  # its credit risk has risen significantly
    RETAIL = 64  # a person's loan
    NON_ACCRUAL = 128  # so long past due that interest is income only once it is paid


@dataclass(frozen=True, slots=True)
class Columns(Generic[T]):
    """One row of credit.day_position, or all of them."""

    loan: T
    book: T
    product: T
    currency: T  # ISO 4217 number
    borrower: T
    buyer: T  # 0: none
    segment: T  # of PD, LGD and workout
    traits: T
    rate_ppm: T  # effective annual rate
    penalty_ppm: T  # on overdue principal
    compound_ppm: T  # on overdue interest
    year_days: T  # that the two count by
    allowance: T  # days late before they run
    maturity: T
    period_start: T  # the running period; period_end 0: none
    period_end: T
    period_interest: T  # what the period bears
    period_paid: T  # of it, paid ahead
    period_principal: T  # what falls due at its end
    principal: T
    accrued: T  # earned in the running period, less paid ahead
    interest_due: T
    principal_due: T
    fees: T
    own_due: T  # since when the borrower owes what is due
    buyer_due: T
    fresh_due: T  # the last due date while its allowance runs
    fresh_principal: T
    fresh_interest: T
    interest_total: T  # booked over the whole life
    discount_total: T
    penalty_total: T
    penalty_rest: T  # numerator below one minor unit, over year_days x 10^6
    penalty_paid: T
    compound_total: T
    compound_rest: T
    compound_paid: T
    charged_off: T  # written off less recovered
    watch_tier: T  # least class while under observation; 0: not watched
    watch_until: T
    tier: T
    reason: T
    stage: T
    ecl: T


Position = Columns[int]
Positions = Columns[Ints]
NAMES: Final = tuple(field.name for field in fields(Columns))
_VALUES: Final = attrgetter(*NAMES)


def day_of(number: int) -> date:
    """The date of a day number."""
    return _EPOCH + timedelta(days=number)


def number_of(day: date) -> int:
    """Days from 2000-01-01."""
    return (day - _EPOCH).days


def in_columns(rows: Sequence[Position]) -> Positions:
    """Loans as columns, in order of their numbers."""
    ordered = sorted(rows, key=lambda row: row.loan)
    table = np.array([_VALUES(row) for row in ordered], np.int64).reshape(-1, len(NAMES))
    return Columns(*(np.ascontiguousarray(table[:, n]) for n in range(len(NAMES))))


def kept(book: Positions, which: Flags) -> Positions:
    """The rows of `book` that are to be kept."""
    if which.all():
        return book
    return Columns(*(column[which] for column in columns(book)))


def among(loans: Ints, others: Ints) -> Flags:
    """Which of `loans` are among `others`, which ascend."""
    if not len(others):
        return np.zeros(len(loans), np.bool_)
    place = np.minimum(np.searchsorted(others, loans), len(others) - 1)
    return np.asarray(others[place] == loans, np.bool_)


def columns(book: Positions) -> tuple[Ints, ...]:
    """The columns in order."""
    return tuple(getattr(book, name) for name in NAMES)


def merged(one: Positions, other: Positions) -> Positions:
    """Two books that share no loan as one, in order of loans."""
    if not len(other.loan):
        return one
    order = np.argsort(np.concatenate((one.loan, other.loan)), kind="stable")
    return Columns(
        *(np.concatenate((a, b))[order] for a, b in zip(columns(one), columns(other), strict=True))
    )


def empty() -> Positions:
    """A book without loans."""
    return in_columns(())


def row(book: Positions, place: int) -> Position:
    """One loan of a book."""
    return Columns(*(int(column[place]) for column in columns(book)))


def has(book: Positions, trait: Trait) -> Flags:
    """Which loans have a trait."""
    return np.asarray((book.traits & int(trait)) != 0, np.bool_)


def late_days(due: Ints, day: int) -> Ints:
    """Days late of a clock at the end of day number `day`."""
    return np.where(due > 0, np.maximum(0, day - due), 0)


def suspended(book: Positions) -> tuple[Ints, Ints, Ints]:
    """Interest, penalty and compound interest owed but not taken as income, of each loan."""
    resting = has(book, Trait.NON_ACCRUAL)
    owed = np.where(has(book, Trait.PREPAID), 0, book.accrued) + book.interest_due
    return (
        np.where(resting, np.maximum(0, owed), 0),
        np.where(resting, book.penalty_total - book.penalty_paid, 0),
        np.where(resting, book.compound_total - book.compound_paid, 0),
    )


def exposure(book: Positions) -> Ints:
    """What would be lost with a loan: principal less unearned discount, interest, fees, penalty.

    Interest that was not taken as income stands in no account that could lose it.
    """
    prepaid = has(book, Trait.PREPAID)
    unearned = np.where(prepaid, np.maximum(0, book.period_interest - book.accrued), 0)
    earned = np.where(prepaid, 0, book.accrued)
    late = book.penalty_total - book.penalty_paid + book.compound_total - book.compound_paid
    owed = book.principal - unearned + earned + book.interest_due + book.fees + late
    return np.maximum(0, owed - sum(suspended(book), np.int64(0)))


__all__ = [
    "NAMES",
    "Columns",
    "Position",
    "Positions",
    "Trait",
    "among",
    "columns",
    "day_of",
    "empty",
    "exposure",
    "has",
    "in_columns",
    "kept",
    "late_days",
    "merged",
    "number_of",
    "replace",
    "row",
    "suspended",
]
