"""Trade that runs in a ring is found, and only that."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.console.firms import rings
from heliu.channels.console.words import account

FIRMS = st.sampled_from("ABCDEF")
PAIRS = st.lists(st.tuples(FIRMS, FIRMS), max_size=12)


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([], []),
        ([("A", "B"), ("B", "C")], []),
        ([("A", "B"), ("B", "A"), ("B", "C")], [("A", "B"), ("B", "A")]),
        ([("A", "B"), ("B", "C"), ("C", "A"), ("D", "A")], [("A", "B"), ("B", "C"), ("C", "A")]),
    ],
)
def test_a_ring_is_every_trade_that_leads_back(
    pairs: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    assert rings(pairs) == frozenset(found)


@given(PAIRS)
def test_trade_in_order_of_names_never_makes_a_ring(pairs: list[tuple[str, str]]) -> None:
    assert rings([pair for pair in pairs if pair[0] < pair[1]]) == frozenset()


@given(st.lists(FIRMS, min_size=2, max_size=6, unique=True), PAIRS)
def test_a_ring_stays_one_whatever_trades_beside_it(
    firms: list[str], others: list[tuple[str, str]]
) -> None:
    ring = list(pairwise([*firms, firms[0]]))
    assert rings([*ring, *others]) >= frozenset(ring)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("clearing:CNY", "clearing:CNY"),
        ("supplier:91130204MAKG5791X4:deposit:CNY", "supplier:91130204MAKG5791X4:deposit:CNY"),
        ("loan:0063d9db-daae-8e8e-9f76-b215bf0ff39f:CNY", "loan:0063d9db…:CNY"),
    ],
)
def test_an_account_is_shown_by_the_beginning_of_its_ids(name: str, shown: str) -> None:
    assert account(name) == shown
