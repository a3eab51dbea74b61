"""Old days are put aside, not dropped: month ends and what the next day needs stay."""

from datetime import date, timedelta

import pytest
from tests.credit.closing.conftest import Bank

from heliu.credit.closing.api import put_aside, reopen, tie_out
from heliu.ground.errors import Refusal

FIRST, LAST = date(2026, 1, 29), date(2026, 2, 2)


@pytest.fixture
def old(bank: Bank) -> Bank:
    bank.release("working_capital")
    bank.lend("working-capital", 1_200_000, on=FIRST)
    bank.close(FIRST)
    bank.close(LAST)
    return bank


def aside(bank: Bank, before: date) -> list[int]:
    with bank.database.transaction() as tx:
        return [day.day for day in put_aside(tx, before)]


def test_month_ends_and_the_last_closed_day_stay(old: Bank) -> None:
    assert aside(old, date(2026, 2, 1)) == [29, 30]
    assert aside(old, date(2030, 1, 1)) == [1]
    assert aside(old, date(2030, 1, 1)) == []
    assert [len(old.positions(day, "loan")) for day in (FIRST, date(2026, 1, 31), LAST)] == [
        0,
        1,
        1,
    ]
    assert aside_table(old, "20260129_1") == 1


def test_what_is_aside_is_refused_and_all_else_goes_on(old: Bank) -> None:
    aside(old, LAST)
    with pytest.raises(Refusal, match=r"closing\.put_aside"), old.database.transaction() as tx:
        tie_out(tx, FIRST)
    old.close(LAST + timedelta(days=1))
    old.sound(LAST + timedelta(days=1))


def test_a_day_that_was_put_aside_can_be_opened_again(old: Bank) -> None:
    aside(old, LAST)
    with old.database.transaction() as tx:
        reopen(tx, old.house.ledger, old.house.actor, date(2026, 2, 1), "to see")
    old.close(LAST)
    old.sound(LAST)


def test_where_nothing_is_closed_nothing_is_put_aside(bank: Bank) -> None:
    assert aside(bank, LAST) == []


def aside_table(bank: Bank, name: str) -> int:
    with bank.database.transaction() as tx:
        row = tx.row(f"SELECT count(*) FROM credit.day_position_{name}")  # noqa: S608 - our own name
    assert row is not None
    return int(row[0])
