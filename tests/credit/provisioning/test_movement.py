"""Why an allowance changed, told as a loan a row; minor units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.provisioning.api import Cause, Change, Stage, charge, movements

ONE, TWO, THREE = Stage
PROFIT = (Cause.NEW, Cause.REMEASURED, Cause.DERECOGNISED)


def change(*rows: tuple[int, int, int, int, int, int]) -> Change:
    """Rows of stage before, stage, allowance before, after, used, gone; one group."""
    columns = np.array(rows, np.int64).reshape(-1, 6).T
    return Change(np.zeros(len(rows), np.int64), *columns)


def told(*rows: tuple[int, int, int, int, int, int]) -> set[tuple[Cause, Stage, int]]:
    return {(m.cause, m.stage, m.amount) for m in movements(change(*rows), 1)}


@pytest.mark.parametrize(
    ("row", "movements_"),
    [
        ((0, 1, 0, 70, 0, 0), {(Cause.NEW, ONE, 70)}),
        ((1, 1, 70, 75, 0, 0), {(Cause.REMEASURED, ONE, 5)}),
        (
            (1, 2, 70, 90, 0, 0),
            {(Cause.TRANSFER, ONE, -70), (Cause.TRANSFER, TWO, 70), (Cause.REMEASURED, TWO, 20)},
        ),
        ((2, 1, 90, 0, 0, 1), {(Cause.DERECOGNISED, TWO, -90)}),
        ((3, 1, 60, 0, 100, 1), {(Cause.WRITTEN_OFF, THREE, -100), (Cause.REMEASURED, THREE, 40)}),
        ((1, 1, 0, 0, -30, 1), {(Cause.RECOVERED, ONE, 30), (Cause.REMEASURED, ONE, -30)}),
        ((1, 1, 5, 5, 0, 0), set()),
    ],
)
def test_a_change_of_the_allowance_is_explained(
    row: tuple[int, int, int, int, int, int], movements_: set[tuple[Cause, Stage, int]]
) -> None:
    assert told(row) == movements_


loans = st.tuples(
    st.integers(0, 3),
    st.integers(1, 3),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(-(10**6), 10**9),
    st.integers(0, 1),
).map(lambda row: row if row[0] else (*row[:2], 0, *row[3:]))


@given(st.lists(loans, max_size=30))
def test_opening_and_movements_are_the_closing_of_every_stage(
    rows: list[tuple[int, int, int, int, int, int]],
) -> None:
    moved = movements(change(*rows), 1)
    assert sum(m.amount for m in moved) == sum(row[3] - row[2] for row in rows)
    cost = int(charge(change(*rows)).sum())
    assert sum(m.amount for m in moved if m.cause in PROFIT) == cost
    assert sum(m.amount for m in moved if m.cause is Cause.TRANSFER) == 0
