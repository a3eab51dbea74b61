"""Use of limits by a contract: the oldest draw is freed first and nothing is freed twice."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.lending.domain.exposure import Change, after, freed, open_reservations

A, B, C = (UUID(int=n) for n in (1, 2, 3))


def test_the_oldest_draw_is_freed_first() -> None:
    held = open_reservations([Change(A, 100), Change(B, 50), Change(C, -120)])
    assert held == [(B, 30)]
    assert freed([(A, 100), (B, 50)], 120) == [(A, 100), (B, 20)]
    assert freed([(A, 100)], 0) == []


def test_a_change_of_nothing_frees_nothing() -> None:
    assert open_reservations([Change(A, 100), Change(B, 0)]) == [(A, 100)]


@given(st.lists(st.integers(-200, 200), max_size=30))
def test_what_is_held_is_the_sum_of_all_changes(amounts: list[int]) -> None:
    changes, total = [], 0
    for number, amount in enumerate(amounts):
        step = max(amount, -total)
        total += step
        changes.append(Change(UUID(int=number), step))
    held = open_reservations(changes)
    assert sum(left for _, left in held) == total
    assert all(left > 0 for _, left in held)


@given(st.lists(st.integers(1, 100), min_size=1, max_size=10), st.data())
def test_no_more_is_freed_than_each_reservation_holds(
    sizes: list[int], data: st.DataObject
) -> None:
    held = [(UUID(int=n), size) for n, size in enumerate(sizes)]
    amount = data.draw(st.integers(0, sum(sizes)))
    given_back = freed(held, amount)
    assert sum(part for _, part in given_back) == amount
    assert all(0 < part <= dict(held)[key] for key, part in given_back)
    assert sum(left for _, left in after(held, given_back)) == sum(sizes) - amount
