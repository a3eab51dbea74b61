"""One day in columns: what sums, what falls due, whose clock begins, what a late day costs."""

from dataclasses import astuple
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.classification.api import MAX_AMOUNT
from heliu.credit.closing.domain.columns import (
    NAMES,
    Columns,
    Position,
    Trait,
    columns,
    day_of,
    empty,
    exposure,
    in_columns,
    late_days,
    merged,
    number_of,
    replace,
    row,
)
from heliu.credit.closing.domain.step import Rolls, step
from heliu.credit.closing.encoding import HEADER, TRAILER, decoded, digest, encoded

YEAR = 360
MILLION = 10**6
START = 9_600


def loan(**fields: int) -> Position:
    """A loan with one period of thirty days from START, at 6 % penalty, as `fields` change it."""
    blank = dict.fromkeys(NAMES, 0)
    common = {
        "loan": 1,
        "year_days": YEAR,
        "penalty_ppm": 60_000,
        "compound_ppm": 60_000,
        "penalty_rest": YEAR * MILLION // 2,
        "compound_rest": YEAR * MILLION // 2,
        "period_start": START,
        "period_end": START + 30,
        "principal": 10**9,
        "tier": 1,
        "stage": 1,
    }
    return Columns(**blank | common | fields)


def no_rolls() -> Rolls:
    none = empty().loan
    return Rolls(*(none,) * 5)


def lived(first: Position, days: int) -> list[Position]:
    """The position at the end of each of so many days after START."""
    book, told = in_columns([first]), [first]
    for day in range(START + 1, START + days + 1):
        book = step(book, day, no_rolls())
        told.append(row(book, 0))
    return told


@given(interest=st.integers(0, MAX_AMOUNT), length=st.integers(1, 400))
def test_the_days_of_a_period_sum_to_its_interest(interest: int, length: int) -> None:
    told = lived(loan(period_interest=interest, period_end=START + length), length)
    daily = [b.interest_total - a.interest_total for a, b in pairwise(told)]
    assert sum(daily) == interest == told[-1].interest_due
    assert min(daily) >= 0
    assert max(daily) - min(daily) <= 1


@given(paid=st.integers(0, 1000), interest=st.integers(0, 1000))
def test_interest_paid_ahead_falls_due_less_what_was_paid(paid: int, interest: int) -> None:
    told = lived(loan(period_interest=paid + interest, period_paid=paid, accrued=-paid), 30)
    assert told[-1].interest_due == interest
    assert told[-1].interest_total == paid + interest


def test_a_discount_is_earned_and_owed_by_nobody() -> None:
    last = lived(loan(traits=Trait.PREPAID, period_interest=900, period_principal=10**9), 30)[-1]
    assert (last.discount_total, last.interest_due, last.interest_total) == (900, 0, 0)
    assert (last.principal_due, last.own_due) == (10**9, START + 30)


def test_the_due_day_is_not_late_and_the_next_one_is() -> None:
    told = lived(loan(period_principal=1000), 31)
    late = [int(late_days(in_columns([p]).own_due, START + n)[0]) for n, p in enumerate(told)]
    assert late[29:] == [0, 0, 1]


@pytest.mark.parametrize(
    ("traits", "own", "buyer"),
    [
        (Trait(0), START + 30, 0),
        (Trait.BUYER_PAYS, 0, START + 30),
        (Trait.BUYER_PAYS | Trait.RECOURSE, START + 35, START + 30),
    ],
)
def test_each_debtor_has_his_own_clock(traits: Trait, own: int, buyer: int) -> None:
    last = lived(loan(traits=traits, period_principal=10**9, allowance=5), 31)[-1]
    assert (last.own_due, last.buyer_due) == (own, buyer)


def test_a_period_without_anything_due_starts_no_clock() -> None:
    assert lived(loan(), 31)[-1].own_due == 0


def test_what_is_not_paid_within_its_allowance_costs_from_the_due_date_on() -> None:
    told = lived(loan(period_principal=36 * MILLION, period_interest=36 * MILLION, allowance=3), 35)
    # 36,000,000 at 6 % a year of 360 days are 6,000 a day.
    costs = [p.penalty_total for p in told[30:]]
    assert costs == [0, 0, 0, 0, 24_000, 30_000]
    assert [p.compound_total for p in told[30:]] == costs
    assert (told[33].fresh_due, told[34].fresh_due) == (START + 30, 0)


@given(overdue=st.integers(1, MAX_AMOUNT), days=st.integers(1, 60))
def test_penalty_is_the_amount_days_rounded_once(overdue: int, days: int) -> None:
    late = loan(principal=overdue, principal_due=overdue, own_due=START, period_end=0)
    last = lived(late, days)[-1]
    assert last.penalty_total == (2 * overdue * days * 60_000 + YEAR * MILLION) // (
        2 * YEAR * MILLION
    )


@given(days=st.integers(1, 90))
def test_days_late_only_grow_while_nothing_is_paid(days: int) -> None:
    told = lived(loan(period_principal=5), days)
    late = [int(late_days(in_columns([p]).own_due, START + n)[0]) for n, p in enumerate(told)]
    assert late == sorted(late)


def test_the_next_period_begins_where_the_last_one_ended() -> None:
    book = in_columns([loan(period_interest=30, period_principal=7), loan(loan=2)])
    next_ = in_columns([loan(loan=1)]).loan
    rolls = Rolls(next_, next_ * 0 + START + 61, next_ * 0 + 31, next_ * 0, next_ * 0 + 9)
    told = step(book, START + 30, rolls)
    first, second = row(told, 0), row(told, 1)
    assert (first.period_start, first.period_end) == (START + 30, START + 61)
    assert (first.period_interest, first.period_principal, first.accrued) == (31, 9, 0)
    assert (second.period_start, second.period_end) == (0, 0)


def test_exposure_is_what_would_be_lost() -> None:
    owed = loan(principal=100, accrued=1, interest_due=2, fees=3, penalty_total=9, penalty_paid=4)
    kept = loan(principal=100, traits=Trait.PREPAID, period_interest=30, accrued=10)
    assert exposure(in_columns([owed, replace(kept, loan=2)])).tolist() == [111, 80]


positions = st.lists(
    st.builds(
        lambda n, amount, small: loan(loan=n, principal=amount, tier=small, borrower=small * 1000),
        st.integers(1, 10**6),
        st.integers(-(2**63), 2**63 - 1),
        st.integers(-(2**15), 2**15 - 1),
    ),
    max_size=20,
    unique_by=lambda position: position.loan,
)


@given(positions)
def test_copy_rows_come_back_as_they_were_in_order_of_loans(made: list[Position]) -> None:
    book = in_columns(made)
    rows = encoded(book)
    body = HEADER + rows.tobytes() + TRAILER
    backwards = HEADER + rows[::-1].tobytes() + TRAILER
    assert [astuple(row(decoded(b), n)) for b in (body, backwards) for n in range(len(made))] == [
        astuple(position) for position in sorted(made, key=lambda p: p.loan)
    ] * 2
    assert digest(rows) == digest(encoded(decoded(body)))


def test_a_number_too_large_for_its_column_stops_the_run() -> None:
    with pytest.raises(AssertionError, match="tier has room"):
        encoded(in_columns([loan(tier=2**15)]))


def test_books_are_merged_in_order_of_loans() -> None:
    one, other = in_columns([loan(loan=3), loan(loan=1)]), in_columns([loan(loan=2)])
    assert merged(one, other).loan.tolist() == [1, 2, 3]
    assert merged(one, empty()) is one
    assert len(columns(one)) == len(NAMES)


@given(st.dates())
def test_day_numbers_are_dates(day: date) -> None:
    assert day_of(number_of(day)) == day
