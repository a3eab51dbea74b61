"""A business date of a whole book: who moved by himself, who was folded, who left. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.credit.classification.api import (
    Cutoffs,
    Facing,
    Flags,
    Ints,
    Judgement,
    classify,
    observe,
)
from heliu.credit.closing.domain.columns import (
    Positions,
    Trait,
    among,
    exposure,
    has,
    kept,
    late_days,
    merged,
    replace,
    suspended,
)
from heliu.credit.closing.domain.step import Rolls, step
from heliu.credit.provisioning.api import Exposed, Losses, Presumptions, expected_loss, stages

# What a day compares with the day before, loan by loan; what was booked of interest is what was
# earned less what was suspended.
_BOOKED: Final = ("interest_booked", "penalty_booked", "compound_booked", "suspended")
_KEPT: Final = (*("discount_total", "charged_off", "ecl", "stage", "tier", "own_due", "buyer_due"),)
COMPARED: Final = (*_BOOKED, *_KEPT)


@dataclass(frozen=True, slots=True)
class Advanced:
    """A part of the book after a day: positions not yet classed, the compared columns before.

    `before` has a row of `COMPARED` a loan, zeros for a new one. `retired` left the book.
    """

    after: Positions
    before: Ints
    retired: Positions

    def was(self, name: str) -> Ints:
        """A compared column as it was the day before."""
        return np.asarray(self.before[COMPARED.index(name)], np.int64)


@dataclass(frozen=True, slots=True)
class Basis:
    """What classes and losses of a day rest on."""

    day: int
    cutoffs: Cutoffs
    presumed: Presumptions
    losses: Losses
    non_accrual_days: int  # later than this, interest is income only once it is paid


@dataclass(frozen=True, slots=True)
class Opinions:
    """What people and warnings say of loans, by number: judgements, and who is flagged."""

    judged: dict[int, Judgement]
    flagged: frozenset[int]


def advance(before: Positions, folded: Positions, day: int, rolls: Rolls) -> Advanced:
    """Positions at the end of day number `day`; `folded` has the loans something happened to.

    A loan that was settled the day before leaves, unless something happened to it.
    """
    again = among(before.loan, folded.loan)
    settled = has(before, Trait.SETTLED)
    quiet = kept(before, ~settled & ~again)
    watched = _still_watched(folded, before, again)
    after = merged(step(quiet, day, rolls), watched)
    return Advanced(after, _aligned(before, after.loan), kept(before, settled & ~again))


def _still_watched(folded: Positions, before: Positions, again: Flags) -> Positions:
    """Observation and non-accrual go on as they stood; newly restructured, the class does."""
    if not len(folded.loan):
        return folded
    place = np.searchsorted(before.loan[again], folded.loan)
    known = among(folded.loan, before.loan[again])
    until, least = folded.watch_until, folded.watch_tier
    rested = np.where(known, _at(before.traits[again], place), 0) & Trait.NON_ACCRUAL
    old = [
        np.where(known, _at(column[again], place), 0)
        for column in (before.watch_until, before.watch_tier, before.tier)
    ]
    least = np.where(least > 0, np.maximum(least, np.maximum(old[1], old[2])), old[1])
    return replace(
        folded,
        traits=folded.traits | rested,
        watch_until=np.maximum(until, old[0]),
        watch_tier=least,
    )


def compared(book: Positions) -> tuple[Ints, ...]:
    """The columns of `COMPARED`, minor units where they are amounts."""
    interest, penalty, compound = suspended(book)
    return (
        book.interest_total - interest,
        book.penalty_total - penalty,
        book.compound_total - compound,
        interest + penalty + compound,
        *(getattr(book, name) for name in _KEPT),
    )


def _aligned(before: Positions, loans: Ints) -> Ints:
    if np.array_equal(before.loan, loans):
        return np.array(compared(before), np.int64)
    place = np.searchsorted(before.loan, loans)
    found = _at(before.loan, place, missing=-1) == loans
    rows = [np.where(found, _at(column, place), 0) for column in compared(before)]
    return np.array(rows, np.int64).reshape(len(COMPARED), len(loans))


def _at(column: Ints, place: Ints, missing: int = 0) -> Ints:
    """`column` at places that may lie one beyond its end."""
    return np.append(column, missing)[np.minimum(place, len(column))]


def classed(parts: Sequence[Positions], said: Opinions, basis: Basis) -> list[Positions]:
    """The whole book with its classes and observation; a debtor's loans lie in several parts."""
    whole = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("loan", "own_due", "buyer_due", "borrower", "buyer", "watch_tier")
    }
    # Where the buyer pays and the supplier does not answer for him, the supplier is no debtor.
    answers = np.concatenate([~has(p, Trait.BUYER_PAYS) | has(p, Trait.RECOURSE) for p in parts])
    whole["borrower"] = np.where(answers, whole["borrower"], 0)
    parts = [_resting(part, basis) for part in parts]
    own = late_days(whole["own_due"], basis.day)
    bought = late_days(whole["buyer_due"], basis.day)
    until = np.concatenate([part.watch_until for part in parts])
    late = (own > 0) | (bought > 0)
    watch, until = observe(whole["watch_tier"], until, late, basis.day, basis.cutoffs)
    judged, released = _judged(whole["loan"], said)
    tier, reason = classify(
        Facing(
            *(own, bought, whole["borrower"], whole["buyer"]),
            np.concatenate([exposure(part) for part in parts]),
            *(watch, judged, released),
            np.concatenate([has(part, Trait.RETAIL) for part in parts]),
        ),
        basis.cutoffs,
    )
    flagged = among(whole["loan"], np.array(sorted(said.flagged), np.int64))
    made, start = [], 0
    for part in parts:
        cut = slice(start, start + len(part.loan))
        start = cut.stop
        traits = np.where(flagged[cut], part.traits | Trait.FLAGGED, part.traits & ~Trait.FLAGGED)
        made.append(
            replace(
                part,
                traits=traits.astype(np.int64),
                watch_tier=watch[cut],
                watch_until=until[cut],
                tier=tier[cut].astype(np.int64),
                reason=reason[cut].astype(np.int64),
            )
        )
    return made


def _resting(part: Positions, basis: Basis) -> Positions:
    """Whose interest is not taken as income: too late on either clock, until nothing is late."""
    late = np.maximum(late_days(part.own_due, basis.day), late_days(part.buyer_due, basis.day))
    rests = (late > basis.non_accrual_days) | (has(part, Trait.NON_ACCRUAL) & (late > 0))
    traits = part.traits & ~Trait.NON_ACCRUAL | np.where(rests, int(Trait.NON_ACCRUAL), 0)
    return replace(part, traits=traits.astype(np.int64))


def _judged(loans: Ints, said: Opinions) -> tuple[Ints, Flags]:
    judged, released = np.zeros(len(loans), np.int64), np.zeros(len(loans), np.bool_)
    numbers = np.array(sorted(said.judged), np.int64)
    place = np.searchsorted(loans, numbers)
    for number, at in zip(numbers.tolist(), place.tolist(), strict=True):
        if at < len(loans) and loans[at] == number:
            judgement = said.judged[number]
            judged[at], released[at] = judgement.tier, judgement.released
    return judged, released


def provided(book: Positions, basis: Basis) -> Positions:
    """Part of a classed book with its stages and expected losses."""
    days = np.maximum(late_days(book.own_due, basis.day), late_days(book.buyer_due, basis.day))
    # What makes a class worse without days late is a sign of risk that days do not show.
    signs = has(book, Trait.FLAGGED) | (book.watch_tier > 0)
    stage = stages(days, book.tier, signs, basis.presumed).astype(np.int64)
    owed = exposure(book)
    loss = expected_loss(
        Exposed(stage, book.segment, owed, book.maturity - basis.day, book.rate_ppm), basis.losses
    )
    return replace(book, stage=stage, ecl=loss)
