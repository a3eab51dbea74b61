"""What is due is put into its week, and nothing is lost between the weeks."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.channels.portal.people import DAY, payable

from heliu.channels.portal.forecast import QUARTER, ahead, drawn_days, drawn_weeks, late
from heliu.channels.portal.payables import Lent
from heliu.channels.web.api import Language

MONDAY = date(2026, 4, 13)
FINANCED = payable("A1", Lent.OPEN, word=True, due_on=date(2026, 4, 20))
CONFIRMED = payable("A2", word=True, due_on=date(2026, 4, 26))
WAITING = payable("A3", due_on=date(2026, 4, 15))
LATE = payable("A4", Lent.OPEN, word=True, due_on=date(2026, 4, 1))
NOT_DUE = [
    payable("B1", Lent.REPAID, word=True, due_on=date(2026, 4, 20)),
    payable("B2", word=False, due_on=date(2026, 4, 20)),
    payable("B3", due_on=None),
    payable("B4", due_on=date(2027, 1, 1)),
]
ALL = [FINANCED, CONFIRMED, WAITING, LATE, *NOT_DUE]


def test_a_week_tells_apart_what_goes_to_the_bank_to_suppliers_and_what_may_still_be_disputed() -> (
    None
):
    first, second, *rest = ahead(ALL, DAY)
    assert (first.first, first.financed, first.confirmed, first.waiting) == (MONDAY, 0, 0, 100_00)
    assert (second.financed, second.confirmed, second.waiting, second.count) == (10000, 10000, 0, 2)
    assert all(week.total == 0 for week in rest)
    assert len(rest) == QUARTER - 2


def test_late_is_what_a_bank_lends_on_and_nobody_paid() -> None:
    assert late(ALL, DAY) == [LATE]


def test_a_drawing_has_the_same_figures_as_its_table() -> None:
    weeks = drawn_weeks(ahead(ALL, DAY, 2), Language.EN, 400)
    assert weeks.rows == (
        ("04-13", "¥0.00", "¥0.00", "¥100.00"),
        ("04-20", "¥100.00", "¥100.00", "¥0.00"),
    )
    days = drawn_days(ALL, DAY, Language.ZH)
    assert days.rows == (
        ("2026-04-15", "¥100.00"),
        ("2026-04-20", "¥100.00"),
        ("2026-04-26", "¥100.00"),
    )


@given(st.lists(st.integers(0, 13 * 7 - 8), max_size=30))
def test_everything_due_within_the_quarter_is_in_exactly_one_week(days: list[int]) -> None:
    owed = [
        payable(f"F{n}", word=True, due_on=DAY + timedelta(after)) for n, after in enumerate(days)
    ]
    weeks = ahead(owed, DAY)
    assert sum(week.total for week in weeks) == len(days) * 100_00
    assert sum(week.count for week in weeks) == len(days)
