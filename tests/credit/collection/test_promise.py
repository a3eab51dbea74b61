"""Promises to pay: what becomes of them is a fold of the repayments that stand."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.collection.domain.promise import Promised, PromiseState, paid_until, state_of

MADE, DUE = date(2026, 3, 2), date(2026, 3, 10)
LOANS = (UUID(int=9),)
PROMISE = Promised(UUID(int=1), UUID(int=2), 500_00, DUE, MADE, LOANS, 100_00)
BEFORE = (date(2026, 2, 1), 100_00)


def day(number: int) -> date:
    return MADE + timedelta(number)


@pytest.mark.parametrize(
    ("repayments", "on", "state", "paid"),
    [
        ([BEFORE], DUE, PromiseState.OPEN, 0),
        ([BEFORE], DUE + timedelta(1), PromiseState.BROKEN, 0),
        ([BEFORE, (DUE, 500_00)], DUE, PromiseState.KEPT, 500_00),
        ([BEFORE, (day(3), 200_00), (DUE, 300_00)], DUE, PromiseState.KEPT, 500_00),
        ([BEFORE, (day(3), 200_00)], DUE + timedelta(1), PromiseState.BROKEN, 200_00),
        ([BEFORE, (DUE + timedelta(1), 500_00)], day(20), PromiseState.BROKEN, 0),
        ([BEFORE, (MADE, 700_00)], MADE, PromiseState.KEPT, 500_00),
        ([], day(20), PromiseState.BROKEN, 0),
    ],
    ids=[
        "nothing paid yet",
        "nothing paid in time",
        "paid on the day",
        "paid in parts",
        "paid in part",
        "paid a day late",
        "paid more the same day",
        "an earlier payment was reversed",
    ],
)
def test_money_decides_whether_a_promise_was_kept(
    repayments: list[tuple[date, int]], on: date, state: PromiseState, paid: int
) -> None:
    assert state_of(PROMISE, repayments, on) == (state, paid)


days = st.integers(0, 30).map(lambda n: date(2026, 2, 20) + timedelta(n))
payments = st.lists(st.tuples(days, st.integers(1, 400_00)), max_size=12)


@given(repayments=payments, on=days, later=st.integers(0, 20), data=st.data())
def test_a_promise_is_judged_by_the_sum_and_never_changes_after_its_day(
    repayments: list[tuple[date, int]], on: date, later: int, data: st.DataObject
) -> None:
    made = data.draw(days)
    due = made + timedelta(data.draw(st.integers(0, 10)))
    before = paid_until(repayments, made)
    promise = Promised(UUID(int=1), UUID(int=2), 300_00, due, made, LOANS, before)
    state, paid = state_of(promise, repayments, on)
    in_time = sum(amount for at, amount in repayments if made < at <= min(on, due))
    assert (state is PromiseState.KEPT) == (in_time >= 300_00)
    assert paid == max(0, min(in_time, 300_00))
    assert (state is PromiseState.BROKEN) == (on > due and in_time < 300_00)
    final = state_of(promise, repayments, due + timedelta(1))
    assert state_of(promise, repayments, due + timedelta(1 + later)) == final
