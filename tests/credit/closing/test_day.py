"""A day of a whole book: who steps, who is folded, who leaves, and what people say of them."""

from dataclasses import replace as changed
from uuid import UUID

import pytest
from tests.credit.closing.test_step import START, loan, no_rolls

from heliu.credit.classification.api import Cutoffs, Judgement, Tier, Why
from heliu.credit.closing.domain.columns import Position, Positions, Trait, empty, in_columns
from heliu.credit.closing.domain.day import Basis, Opinions, advance, classed, provided
from heliu.credit.closing.domain.outcome import SUSPENDED, Clock, Turn, outcome
from heliu.credit.products.api import Part
from heliu.credit.provisioning.api import Cause, Presumptions, Stage, losses, packaged

DAY = START + 1
BASIS = Basis(
    *(DAY, Cutoffs(0, 90, 270, 360, 100_000, 365, 2), Presumptions(30, 90), losses(packaged()[0])),
    non_accrual_days=90,
)
NOBODY = Opinions({}, frozenset())


def plain(no: int, **fields: int) -> Position:
    common = {"product": 1, "currency": 156, "borrower": no, "segment": 1, "maturity": DAY + 400}
    return loan(loan=no, **common | fields)


def closed(
    before: list[Position], folded: Positions | None = None, said: Opinions = NOBODY
) -> Positions:
    part = advance(in_columns(before), folded or empty(), DAY, no_rolls())
    (book,) = classed([part.after], said, BASIS)
    return provided(book, BASIS)


def test_a_settled_loan_leaves_the_day_after_unless_something_happens_to_it() -> None:
    book = [plain(1, traits=Trait.SETTLED), plain(2), plain(3, traits=Trait.SETTLED)]
    back = in_columns([plain(3, principal=5)])
    part = advance(in_columns(book), back, DAY, no_rolls())
    assert (part.after.loan.tolist(), part.retired.loan.tolist()) == ([2, 3], [1])


def test_what_is_compared_is_the_day_before_and_nothing_for_a_new_loan() -> None:
    new = in_columns([plain(7, interest_total=3)])
    part = advance(in_columns([plain(1, interest_total=11)]), new, DAY, no_rolls())
    assert part.was("interest_booked").tolist() == [11, 0]


def test_a_restructured_loan_keeps_the_class_it_had_and_its_longer_observation() -> None:
    before = [plain(1, tier=3), plain(2, watch_tier=3, watch_until=DAY + 900)]
    folded = in_columns(
        [
            plain(1, watch_tier=2, watch_until=DAY + 365),
            plain(2, watch_tier=2, watch_until=DAY + 365),
            plain(3, watch_tier=2, watch_until=DAY + 365),
        ]
    )
    book = closed(before, folded)
    assert book.tier.tolist() == [3, 3, 2]
    assert book.watch_until.tolist() == [DAY + 365, DAY + 900, DAY + 365]
    assert book.stage.tolist() == [Stage.DEFAULTED, Stage.DEFAULTED, Stage.WATCHED]


def test_a_watched_loan_that_had_an_event_stays_watched() -> None:
    book = closed([plain(1, watch_tier=2, watch_until=DAY + 9)], in_columns([plain(1)]))
    assert (book.watch_tier.tolist(), book.watch_until.tolist()) == ([2], [DAY + 9])


def test_people_s_judgements_and_flags_reach_the_loans_they_name() -> None:
    said = Opinions(
        {
            2: Judgement(UUID(int=2), Tier.DOUBTFUL, released=False),
            99: Judgement(UUID(int=99), Tier.LOSS, released=False),
        },
        frozenset({1}),
    )
    book = closed([plain(1), plain(2), plain(3)], said=said)
    assert book.tier.tolist() == [1, 4, 1]
    assert book.reason.tolist() == [Why.NOTHING, Why.JUDGED, Why.NOTHING]
    assert book.stage.tolist() == [Stage.WATCHED, Stage.DEFAULTED, Stage.PERFORMING]
    assert (book.traits & Trait.FLAGGED).tolist() == [Trait.FLAGGED, 0, 0]


def test_a_flag_that_ended_is_taken_off() -> None:
    assert closed([plain(1, traits=Trait.FLAGGED)]).traits.tolist() == [0]


RESTS = Trait.NON_ACCRUAL


@pytest.mark.parametrize(
    ("before", "own_due", "buyer_due", "rests"),
    [
        (Trait(0), DAY - 90, 0, Trait(0)),
        (Trait(0), DAY - 91, 0, RESTS),
        (Trait(0), 0, DAY - 91, RESTS),
        (RESTS, DAY - 1, 0, RESTS),
        (RESTS, 0, 0, Trait(0)),
    ],
)
def test_interest_rests_after_ninety_days_until_nothing_is_late(
    before: Trait, own_due: int, buyer_due: int, rests: Trait
) -> None:
    one = plain(1, traits=before, own_due=own_due, buyer_due=buyer_due)
    assert closed([one]).traits.tolist() == [rests]
    folded = in_columns([plain(1, own_due=own_due, buyer_due=buyer_due)])
    assert closed([plain(1, traits=before)], folded).traits.tolist() == [rests]


def test_what_was_earned_and_not_paid_is_taken_back_into_the_memorandum() -> None:
    due = {"own_due": DAY - 91, "principal_due": 1000, "interest_due": 700}
    late = plain(1, period_interest=3000, interest_total=900, accrued=0, penalty_rest=0, **due)
    part = advance(in_columns([late]), empty(), DAY, no_rolls())
    (book,) = classed([part.after], NOBODY, BASIS)
    told = outcome(part, provided(book, BASIS), DAY).changes
    owed = book.interest_due + book.accrued
    # 900 was booked; 200 of it was paid and stays income, and the day itself earns none.
    assert told[1, 156, Part.INTEREST_ACCRUED] == -700
    assert told[1, 156, SUSPENDED] == int(owed[0] + book.penalty_total[0] + book.compound_total[0])


def test_a_debtor_s_loans_in_two_parts_are_classed_together() -> None:
    parts = [
        advance(in_columns([plain(no, borrower=5, own_due=due)]), empty(), DAY, no_rolls()).after
        for no, due in ((1, START - 100), (2, 0))
    ]
    assert [part.tier.tolist() for part in classed(parts, NOBODY, BASIS)] == [[3], [3]]


def test_a_day_s_sums_and_turns_are_told_by_product_and_currency() -> None:
    before = [
        plain(1, period_interest=3000, own_due=START, principal_due=1000, ecl=9),
        plain(2, product=2, own_due=START - 3),
    ]
    part = advance(in_columns(before), in_columns([plain(2, product=2)]), DAY, no_rolls())
    (book,) = classed([part.after], NOBODY, BASIS)
    told = outcome(part, provided(book, BASIS), DAY)
    assert told.changes[1, 156, Part.INTEREST_ACCRUED] == 100
    assert told.turns == [
        Turn(1, Clock.OWN, late=True, tier_before=1, tier=2, reason=Why.OVERDUE),
        Turn(2, Clock.OWN, late=False, tier_before=1, tier=1, reason=Why.NOTHING),
        Turn(1, None, late=True, tier_before=1, tier=2, reason=Why.OVERDUE),
    ]
    assert {movement.cause for _, movement in told.moved} == {Cause.REMEASURED}


def test_a_basis_of_another_day_counts_other_days_late() -> None:
    late = plain(1, own_due=START - 89)
    assert closed([late]).tier.tolist() == [2]
    part = advance(in_columns([late]), empty(), DAY, no_rolls())
    (book,) = classed([part.after], NOBODY, changed(BASIS, day=DAY + 1))
    assert book.tier.tolist() == [3]
