"""The five classes of credit assets and what puts a loan into one. Pure, a book at a time.

Measures for the Risk Classification of Financial Assets of Commercial Banks (CBIRC and PBoC Order
No. 1 of 2023); the cut-offs are data of the regulation desk and marked unverified there.
A loan has two clocks: the days its borrower (supplier) is late, and those its buyer is late.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from heliu.credit.classification.domain.exact import MILLION, Flags, Ints, times_ratio, totals_by


class Tier(IntEnum):
    """正常, 关注, 次级, 可疑, 损失; a larger number is worse."""

    PASS = 1
    SPECIAL_MENTION = 2
    SUBSTANDARD = 3
    DOUBTFUL = 4
    LOSS = 5


class Why(IntEnum):
    """What decided a loan's class; of several that say the same, the first one here."""

    NOTHING = 0
    OVERDUE = 1  # the borrower is late
    BUYER_OVERDUE = 2  # the buyer is late
    RESTRUCTURED = 3  # under observation after restructuring
    BORROWER_DEFAULT = 4  # too much of what its borrower owes us is non-performing
    BUYER_DEFAULT = 5  # the same of its buyer
    JUDGED = 6  # a person said so


NON_PERFORMING: Final = int(Tier.SUBSTANDARD)


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Overdue for more days than these: at least that class; and the rest of the dated rules.

    `default_ppm`: share of a debtor's debts (millionths) that, once non-performing, draws the
    others along. `watch_days`: least observation of a restructured loan.
    """

    special_mention_days: int
    substandard_days: int
    doubtful_days: int
    loss_days: int
    default_ppm: int
    watch_days: int
    watch_tier: int


@dataclass(frozen=True, slots=True)
class Facing:
    """What is known of each loan of a book at the end of a day; all columns of one length.

    `own_days`, `buyer_days`: days late by each clock (>= 0). `borrower`, `buyer`: numbers of the
    debtors (> 0; 0: no buyer). `exposure`: minor units. `watch_tier`: least class while under
    observation (0: not watched). `judged`: a person's class (0: none) and whether a second person
    `released` it. `retail`: a person's loan, which no other loan draws along.
    """

    own_days: Ints
    buyer_days: Ints
    borrower: Ints
    buyer: Ints
    exposure: Ints
    watch_tier: Ints
    judged: Ints
    released: Flags
    retail: Flags


def classify(book: Facing, cutoffs: Cutoffs) -> tuple[Ints, Ints]:
    """Tier and Why of each loan. Never better by more days late or one more bad loan of a debtor.

    A judgement counts where it is worse than the rules' class; where it is better, only if a
    second person released it.
    """
    own, bought = by_days(book.own_days, cutoffs), by_days(book.buyer_days, cutoffs)
    tier = np.maximum(own, bought)
    why = np.where(own >= bought, Why.OVERDUE, Why.BUYER_OVERDUE)
    tier, why = _worse(tier, why, book.watch_tier, Why.RESTRUCTURED)
    borrower_bad = np.maximum(own, book.watch_tier) >= NON_PERFORMING
    judged_bad = book.judged >= NON_PERFORMING
    drawn = defaulted(book, borrower_bad | judged_bad, bought >= NON_PERFORMING, cutoffs)
    business = ~book.retail
    for debtor, reason in ((book.borrower, Why.BORROWER_DEFAULT), (book.buyer, Why.BUYER_DEFAULT)):
        least = np.where(drawn[debtor] & business, NON_PERFORMING, 0)
        tier, why = _worse(tier, why, least, reason)
    counts = (book.judged > tier) | ((book.judged > 0) & book.released)
    tier, why = np.where(counts, book.judged, tier), np.where(counts, Why.JUDGED, why)
    return tier, np.where(tier == Tier.PASS, np.where(counts, why, Why.NOTHING), why)


def by_days(days: Ints, cutoffs: Cutoffs) -> Ints:
    """The class that days late alone give."""
    marks = (
        *(cutoffs.special_mention_days, cutoffs.substandard_days),
        *(cutoffs.doubtful_days, cutoffs.loss_days),
    )
    assert list(marks) == sorted(marks), "a worse class takes more days"
    return Tier.PASS + np.searchsorted(np.array(marks, np.int64), days, side="left")


def defaulted(book: Facing, borrower_bad: Flags, buyer_bad: Flags, cutoffs: Cutoffs) -> Flags:
    """By debtor number: is too much of what he owes us, as borrower and as buyer, non-performing.

    Number 0, no debtor, never is.
    """
    debtors = int(max(book.borrower.max(initial=0), book.buyer.max(initial=0))) + 1
    owed = totals_by(book.borrower, book.exposure, debtors)
    owed += totals_by(book.buyer, book.exposure, debtors)
    bad = totals_by(book.borrower, np.where(borrower_bad, book.exposure, 0), debtors)
    bad += totals_by(book.buyer, np.where(buyer_bad, book.exposure, 0), debtors)
    drawn = bad > times_ratio(owed, cutoffs.default_ppm, MILLION)
    drawn[0] = False
    return drawn


def observe(
    watch_tier: Ints, watch_until: Ints, late: Flags, day: int, cutoffs: Cutoffs
) -> tuple[Ints, Ints]:
    """Observation at the end of day number `day`: it starts anew while late, and ends in its time.

    Late under observation is substandard at least.
    """
    watched = watch_tier > 0
    again = watched & late
    until = np.where(again, np.maximum(watch_until, day + cutoffs.watch_days), watch_until)
    tier = np.where(again, np.maximum(watch_tier, NON_PERFORMING), watch_tier)
    over = watched & ~again & (until <= day)
    return np.where(over, 0, tier), np.where(over, 0, until)


def _worse(tier: Ints, why: Ints, least: Ints, reason: Why) -> tuple[Ints, Ints]:
    """Raise the class to `least` where that is worse, for that reason."""
    worse = least > tier
    return np.where(worse, least, tier), np.where(worse, reason, why)
