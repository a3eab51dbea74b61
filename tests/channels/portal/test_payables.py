"""How a payable stands for its buyer, and which of them a filter keeps."""

from datetime import date
from uuid import UUID

import pytest
from tests.channels.portal.people import BUYER, DAY, NAME, OTHER, payable, receivable

from heliu.channels.portal.payables import (
    Filter,
    Known,
    Lent,
    Match,
    Said,
    State,
    chosen,
    payable_of,
    sum_of,
)

PROPOSED = Said(UUID(int=9), "confirm", ruled=False)
CONFIRMED = Said(UUID(int=9), "confirm", ruled=True)
DISPUTED = Said(UUID(int=9), "dispute", ruled=True)


@pytest.mark.parametrize(
    ("word", "lent", "said", "state"),
    [
        (None, Lent.NOT, None, State.WAITING),
        (None, Lent.NOT, PROPOSED, State.PROPOSED),
        (True, Lent.NOT, None, State.CONFIRMED),
        (False, Lent.NOT, None, State.DISPUTED),
        (False, Lent.NOT, PROPOSED, State.PROPOSED),
        # Signed, but the message has not been taken in yet.
        (None, Lent.NOT, CONFIRMED, State.PROPOSED),
        # What is lent on is not verified again.
        (None, Lent.OPEN, CONFIRMED, State.CONFIRMED),
        (None, Lent.OPEN, DISPUTED, State.DISPUTED),
        (None, Lent.OPEN, None, State.WAITING),
        (True, Lent.OPEN, None, State.CONFIRMED),
        (True, Lent.REPAID, None, State.PAID),
    ],
)
def test_the_state_is_the_last_word_that_counts(
    *, word: bool | None, lent: Lent, said: Said | None, state: State
) -> None:
    assert payable("A1", lent, said, word=word).state is state


@pytest.mark.parametrize(
    ("word", "required", "blocking", "eligible", "match"),
    [
        (None, True, 1, 0, Match.MATCHED),
        (None, True, 2, 0, Match.OPEN),
        (None, False, 1, 0, Match.OPEN),
        (None, False, 0, 100_00, Match.MATCHED),
        (False, True, 1, 0, Match.MATCHED),
        (False, True, 2, 0, Match.OPEN),
        (True, True, 0, 100_00, Match.MATCHED),
        (True, True, 0, 60_00, Match.PARTLY),
        (True, True, 1, 0, Match.OPEN),
    ],
)
def test_that_the_buyer_is_silent_is_no_difference_between_the_papers(
    *, word: bool | None, required: bool, blocking: int, eligible: int, match: Match
) -> None:
    owed = receivable("A1", word=word, blocking=blocking, eligible=eligible)
    assert payable_of(owed, Known(NAME, required=required)).match is match


SOON = payable("A1", due_on=date(2026, 4, 20))
LATER = payable("A2", due_on=date(2026, 5, 10), word=True, blocking=0, eligible=60_00)
FAR = payable("B1", due_on=date(2026, 8, 1), supplier=OTHER, blocking=3)
LATE = payable("B2", Lent.OPEN, due_on=date(2026, 4, 1), word=True, blocking=0, eligible=100_00)
PAID = payable("C1", Lent.REPAID, due_on=date(2026, 4, 1), word=True)
TIMELESS = payable("D1", due_on=None)
ALL = [TIMELESS, PAID, FAR, LATE, LATER, SOON]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Filter(), ["B2", "C1", "A1", "A2", "B1", "D1"]),
        (Filter(state="waiting"), ["A1", "B1", "D1"]),
        (Filter(match="partly"), ["A2"]),
        (Filter(supplier=OTHER), ["B1"]),
        (Filter(due="week"), ["A1"]),
        (Filter(due="month"), ["A1", "A2"]),
        (Filter(due="late"), ["B2"]),
        (Filter(words="a"), ["B2", "C1", "A1", "A2", "B1", "D1"]),  # of the supplier's name
        (Filter(words="b1"), ["B1"]),
        (Filter(words="无"), []),
        (Filter(state="nonsense"), []),
    ],
)
def test_a_filter_keeps_what_it_names_the_first_due_first(
    wanted: Filter, numbers: list[str]
) -> None:
    assert [one.receivable.invoice_no for one in chosen(ALL, wanted, DAY)] == numbers


def test_a_filter_is_an_address_and_changes_one_thing_at_a_time() -> None:
    wanted = Filter(state="waiting", words="润生 & 子")
    assert wanted.query() == "state=waiting&q=%E6%B6%A6%E7%94%9F%20%26%20%E5%AD%90"
    assert Filter(due="week").query(state="paid", supplier=BUYER).startswith("state=paid&supplier=")
    assert wanted.query(state="", q="") == ""


def test_payables_come_to_the_sum_of_their_invoices() -> None:
    assert sum_of([SOON, LATER]).minor == 200_00
    assert sum_of([]).minor == 0
    assert SOON.open
    assert not LATER.open
    assert (SOON.due_on, SOON.id) == (date(2026, 4, 20), SOON.receivable.id)
