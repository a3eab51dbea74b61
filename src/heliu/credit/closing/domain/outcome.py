"""What a day changed: sums to post, movements of the allowance, who became late. Pure."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from heliu.credit.classification.api import Flags, Ints, totals_by
from heliu.credit.closing.domain.columns import Positions, exposure, late_days, suspended
from heliu.credit.closing.domain.day import Advanced
from heliu.credit.products.api import Part
from heliu.credit.provisioning.api import Change, Movement, movements

SUSPENDED: Final = 235  # the memorandum of interest not taken as income, beside `Part`
CURRENCIES: Final = 1000  # currency numbers are below this
Key = tuple[int, int]  # product and currency


class Clock(IntEnum):
    """Whose days count."""

    OWN = 1
    BUYER = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """A loan whose clock began or stopped, or whose class changed."""

    loan: int
    clock: Clock | None
    late: bool
    tier_before: int
    tier: int
    reason: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A part of the book after a day: what it adds to each part's total, movements, turns."""

    changes: dict[tuple[int, int, int], int]
    moved: list[tuple[Key, Movement]]
    turns: list[Turn]


def outcome(part: Advanced, book: Positions, day: int) -> Outcome:
    """What the day changed of `part`, whose classed and provided positions are `book`."""
    keys, group = np.unique(book.product * CURRENCIES + book.currency, return_inverse=True)
    named = [divmod(key, CURRENCIES) for key in keys.tolist()]
    held = suspended(book)
    grown: dict[int, Ints] = {
        Part.INTEREST_ACCRUED: book.interest_total - held[0] - part.was("interest_booked"),
        Part.PENALTY_ACCRUED: book.penalty_total - held[1] - part.was("penalty_booked"),
        Part.COMPOUND_ACCRUED: book.compound_total - held[2] - part.was("compound_booked"),
        SUSPENDED: held[0] + held[1] + held[2] - part.was("suspended"),
        Part.DISCOUNT_EARNED: book.discount_total - part.was("discount_total"),
        Part.PROVISION: book.ecl + book.charged_off - part.was("ecl") - part.was("charged_off"),
    }
    changes = {
        (*key, int(code)): amount
        for code, column in grown.items()
        for key, amount in zip(named, totals_by(group, column, len(named)).tolist(), strict=True)
        if amount
    }
    change = Change(
        *(group, part.was("stage"), book.stage, part.was("ecl"), book.ecl),
        book.charged_off - part.was("charged_off"),
        (exposure(book) == 0).astype(np.int64),
    )
    moved = [(named[movement.group], movement) for movement in movements(change, len(named))]
    return Outcome(changes, moved, _turns(part, book, day))


def _turns(part: Advanced, book: Positions, day: int) -> list[Turn]:
    turned: list[Turn] = []
    for clock, name in ((Clock.OWN, "own_due"), (Clock.BUYER, "buyer_due")):
        was = late_days(part.was(name), day - 1) > 0
        late = late_days(getattr(book, name), day) > 0
        turned += _told(book, part.was("tier"), late != was, clock, late)
    changed = (book.tier != part.was("tier")) & (part.was("tier") > 0)
    return turned + _told(book, part.was("tier"), changed, None, changed)


def _told(
    book: Positions, tier_before: Ints, at: Flags, clock: Clock | None, late: Flags
) -> list[Turn]:
    places = np.flatnonzero(at)
    columns = (book.loan, late, tier_before, book.tier, book.reason)
    return [
        Turn(loan, clock, bool(is_late), before, tier, reason)
        for loan, is_late, before, tier, reason in zip(
            *(column[places].tolist() for column in columns), strict=True
        )
    ]
