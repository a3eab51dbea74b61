"""A score weighs how a fraud would look against what is usual at this firm."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.flows.screening.domain.habits import (
    LEAST_RATE,
    posterior,
    recurrence,
    shrunk,
    worth_pledging,
)
from heliu.flows.screening.domain.invoices import Invoices, read_invoices
from heliu.flows.screening.domain.numbers import strangeness

DAY = date(2026, 3, 2)
Told = tuple[str, int, str]  # number, days after DAY, total


def told(rows: Sequence[Told], buyer: str = "C") -> Invoices:
    return read_invoices(
        pa.table(
            {
                "firm": ["F"] * len(rows),
                "direction": ["out"] * len(rows),
                "invoice_no": [number for number, _, _ in rows],
                "date": [DAY + timedelta(after) for _, after, _ in rows],
                "counterparty": [buyer] * len(rows),
                "total": [total for _, _, total in rows],
            }
        )
    )


def book(count: int, *, every: int = 1, same: bool = False) -> list[Told]:
    """A seller's book: a number and a day after the other, one amount for all or none twice."""
    return [
        (str(5000 + i), i * every, "500.00" if same else f"{700 + 13 * i}.{i % 100:02}")
        for i in range(count)
    ]


def rate(rows: Sequence[Told], at: int, *, within_book: bool) -> float:
    """How often row `at` would have an equal the same day, as the table shows it."""
    invoices = told(rows)
    return float(recurrence(invoices, strangeness(invoices).book)[int(within_book), 0, at])


intensities = st.floats(1e-9, 1e9)


@given(intensities, intensities, st.floats(1.01, 100))
def test_the_more_a_fraud_explains_the_higher_and_the_more_habit_does_the_lower(
    fraud: float, honest: float, times: float
) -> None:
    f, h = np.array([fraud]), np.array([honest])
    assert 0 <= posterior(f, h)[0] <= 1
    assert posterior(f * times, h)[0] >= posterior(f, h)[0] >= posterior(f, h * times)[0]
    assert posterior(f, f)[0] == pytest.approx(0.5)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 1), st.floats(0.1, 1000))
def test_a_rate_of_few_rows_lies_between_its_own_and_the_wider_one(
    count: int, more: int, wider: float, rows: float
) -> None:
    own = count / max(count + more, 1)
    found = float(shrunk(np.array([count]), np.array([count + more]), wider, rows)[0])
    assert min(own, wider) - 1e-9 <= found <= max(own, wider) + 1e-9 or not count + more


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_larger_invoices_tempt_more(one: int, other: int) -> None:
    small, large = sorted((one, other))
    worth = worth_pledging(np.array([small, large]))
    assert 0 < worth[0] <= worth[1] <= 1


def test_who_bills_one_price_all_day_long_is_expected_to_do_so_again() -> None:
    repeating = [(str(5000 + i), i // 4, f"{600 + i // 4}.50") for i in range(40)]
    assert rate(repeating, 5, within_book=True) > 0.3
    assert rate(book(40), 5, within_book=True) < 0.05


def test_the_pair_that_is_judged_is_no_habit_of_its_own() -> None:
    alone = rate(book(40), 20, within_book=False)
    copied = [*book(40), ("99100", 20, book(40)[20][2])]
    assert rate(copied, 20, within_book=False) == pytest.approx(alone, rel=0.1)


def test_equal_amounts_of_two_books_are_told_from_those_of_one() -> None:
    two_books = [
        (str(base + i), i, f"{700 + 13 * i}.00") for i in range(30) for base in (100, 90_000)
    ]
    assert rate(two_books, 7, within_book=False) > 0.3 > rate(two_books, 7, within_book=True)


def test_a_table_without_a_live_invoice_shows_no_habit() -> None:
    invoices = told([("1", 0, "-5.00")])
    assert recurrence(invoices, strangeness(invoices).book).max() == LEAST_RATE


def test_a_number_of_the_book_is_ordinary_and_a_made_up_one_is_strange() -> None:
    rows = [*book(40), ("7700100", 20, "55.00")]
    strange = strangeness(told(rows))
    assert strange.single[10] < 1 < strange.single[40]
    assert strange.part[10] < 1 < strange.part[40]


def test_a_number_out_of_turn_or_in_use_already_is_strange_beside_the_original() -> None:
    out_of_turn, in_use = (*book(40)[30][:1], 10, "55.00"), ("5010", 11, "66.00")
    rows = [*book(30), out_of_turn, *book(60)[31:], in_use]
    strange = strangeness(told(rows))
    assert strange.beside[30] > 1
    assert strange.beside[-1] > 1
    assert strange.beside[20] < 1


def test_where_every_number_stands_alone_none_is_strange() -> None:
    rows = [(str(1000 + 7919 * i), i, f"{300 + i}.00") for i in range(60)]
    assert strangeness(told(rows)).single[30] < 1.5


def test_a_number_that_comes_back_after_years_is_not_in_use_twice() -> None:
    again = [(number, after + 400, f"9{total}") for number, after, total in book(40)]
    strange = strangeness(told([*book(40), *again]))
    assert strange.beside.max() < 1
