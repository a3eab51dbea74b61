"""The columns and the engine say the same of every day of a loan nothing happened to."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.credit.closing.lives import START, Life, differing

from heliu.credit.closing.domain.columns import Position, Trait
from heliu.credit.engine.api import EventKind, RateChange
from heliu.credit.lending.api import Standing
from heliu.credit.products.api import Part

PERIODS = {
    "working_capital": 4,
    "instalment_equal_instalment": 4,
    "instalment_equal_principal": 4,
    "receivable_with_recourse": 90,
    "receivable_without_recourse": 90,
    "reverse_factoring": 90,
}
DAYS = 150

payments = st.lists(
    st.tuples(st.integers(1, DAYS - 1), st.integers(1, 400_000_00)), max_size=4
).map(sorted)

rates = st.lists(st.tuples(st.integers(1, DAYS - 1), st.integers(0, 900)), max_size=3)


def disagreements(life: Life, days: int) -> tuple[dict[date, object], int]:
    """Quiet days on which the two differ, and how many quiet days there were."""
    eventful = {event.on for event in life.events}
    before, wrong, quiet = life.position(START), dict[date, object](), 0
    for number in range(1, days):
        on = START + timedelta(days=number)
        told = life.position(on)
        if on not in eventful and not before.traits & (Trait.BY_ENGINE | Trait.SETTLED):
            quiet += 1
            if diff := differing(life.stepped(before, on), told):
                wrong[on] = diff
        before = told
    return wrong, quiet


@pytest.mark.parametrize("stem", PERIODS)
def test_a_loan_nobody_pays_steps_as_the_engine_folds_it(stem: str) -> None:
    wrong, quiet = disagreements(Life(stem, 1_000_000, "0.0635", PERIODS[stem]), 200)
    assert wrong == {}
    assert quiet > 150


@settings(max_examples=25)
@given(
    stem=st.sampled_from(sorted(PERIODS)), paid=payments, rate=st.sampled_from(("0.06", "0.0437"))
)
def test_a_random_life_steps_as_the_engine_folds_it(
    stem: str, paid: list[tuple[int, int]], rate: str
) -> None:
    life = Life(stem, 900_001, rate, PERIODS[stem])
    for day, amount in paid:
        life.happens(EventKind.REPAY, START + timedelta(days=day), amount)
    wrong, _ = disagreements(life, DAYS)
    assert wrong == {}


@settings(max_examples=15)
@given(paid=payments, changes=rates)
def test_a_floating_loan_steps_as_the_engine_folds_it_between_its_days(
    paid: list[tuple[int, int]], changes: list[tuple[int, int]]
) -> None:
    life = Life("working_capital_floating", 900_001, "0.0437", 4)
    for day, amount in paid:
        life.happens(EventKind.REPAY, START + timedelta(days=day), amount)
    for day, rate_bp in changes:
        detail = RateChange(Decimal(rate_bp) / 10_000)
        life.happens(EventKind.RATE_CHANGE, START + timedelta(days=day), None, detail)
    wrong, quiet = disagreements(life, DAYS)
    assert wrong == {}
    assert quiet > DAYS // 2 or life.position(START + timedelta(DAYS)).principal == 0


@settings(max_examples=5)
@given(
    paid=st.lists(st.tuples(st.integers(1, 3650), st.integers(1, 60_000_00)), max_size=40).map(
        sorted
    ),
    looked_at=st.sets(st.integers(1, 3650), max_size=20),
)
def test_ten_years_of_a_random_life_stand_in_its_accounts_every_day(
    paid: list[tuple[int, int]], looked_at: set[int]
) -> None:
    life = Life("instalment_equal_principal", 1_200_000, "0.06", 120)
    for day, amount in paid:
        life.happens(EventKind.REPAY, START + timedelta(days=day), amount)
    eventful = {event.on for event in life.events}
    told, standing = life.position(START), life.standing(START)
    for number in range(1, 3651):
        on = START + timedelta(days=number)
        if on in eventful:
            standing = life.standing(on)
        told = life.next_day(told, on, standing)
        assert accounts(told) == booked(told, standing)
        if number in looked_at:
            assert differing(told, life.position(on)) == {}


def accounts(told: Position) -> tuple[int, int, int]:
    """What is owed by the position: interest, penalty, compound interest."""
    late = told.penalty_total - told.penalty_paid, told.compound_total - told.compound_paid
    return (told.accrued + told.interest_due, *late)


def booked(told: Position, standing: Standing) -> tuple[int, int, int]:
    """What the accounts hold: all that days booked, less all that acts took."""
    parts = standing.parts
    return (
        told.interest_total - parts[Part.INTEREST_REPAID],
        told.penalty_total - parts[Part.PENALTY_REPAID],
        told.compound_total - parts[Part.COMPOUND_REPAID],
    )
