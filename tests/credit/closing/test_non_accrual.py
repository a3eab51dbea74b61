"""A loan too long past due earns no income until it is paid, and all of it once it is cured."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.credit.closing.conftest import START, Bank

from heliu.credit.closing.api import close_day, reopen
from heliu.credit.engine.api import EventKind, quote
from heliu.credit.lending.api import standing

DAY = timedelta(days=1)
LINE = "working-capital"
LAST, RESTS = date(2026, 5, 6), date(2026, 5, 7)  # 90 and 91 days after 5 February
KINDS = ("interest_receivable", "penalty_receivable", "compound_receivable")


def booked(bank: Bank) -> tuple[int, int, int]:
    """Receivable, income and memorandum of the day that was closed last, minor units."""
    with bank.database.transaction() as tx:
        rows = tx.rows(
            """SELECT a.type, sum(b.debits - b.credits)::bigint
            FROM books.balance_view b
            JOIN books.account a ON a.name = b.name
            GROUP BY a.type"""
        )
    held: dict[str, int] = {kind: int(net) for kind, net in rows}
    income = -held.get("interest_income", 0) - held.get("penalty_income", 0)
    receivable = sum(held.get(kind, 0) for kind in KINDS)
    assert held.get("contra_memorandum", 0) == -held.get("memorandum_interest", 0)
    return receivable, income, held.get("memorandum_interest", 0)


@pytest.fixture
def late(bank: Bank) -> Bank:
    """One loan of which nothing was ever paid, closed up to its ninetieth late day."""
    bank.release("working_capital")
    bank.lend(LINE, 1_200_000, periods=6)
    bank.close(LAST)
    bank.sound(LAST)
    return bank


def test_on_the_ninety_first_day_what_was_not_paid_is_income_no_more(late: Bank) -> None:
    receivable, income, memorandum = booked(late)
    assert receivable == income > 20_000_00
    assert memorandum == 0
    late.close(RESTS)
    late.sound(RESTS)
    assert booked(late)[:2] == (0, 0)
    assert booked(late)[2] > receivable
    ((traits, ecl, principal),) = late.positions(RESTS, "traits & 128", "ecl", "principal")
    assert traits == 128
    assert ecl <= principal
    late.close(RESTS + 3 * DAY)
    late.sound(RESTS + 3 * DAY)
    assert booked(late)[:2] == (0, 0)


def test_a_day_run_again_and_a_day_opened_again_say_the_same(late: Bank) -> None:
    (closed,) = late.close(RESTS)
    before = booked(late)
    assert close_day(late.house, RESTS, lambda *_: None).digest == closed.digest
    with late.database.transaction() as tx:
        reopen(tx, late.house.ledger, late.house.actor, RESTS, "to see")
    assert booked(late)[0] > 0
    (again,) = late.close(RESTS)
    assert booked(late) == before
    assert again.digest == closed.digest
    late.sound(RESTS)


def test_money_that_comes_in_is_income_and_the_rest_stays_in_the_memorandum(late: Bank) -> None:
    late.close(RESTS)
    loan = only(late)
    late.act(loan, EventKind.REPAY, RESTS + DAY, 5_000_00)
    late.close(RESTS + DAY)
    late.sound(RESTS + DAY)
    receivable, income, memorandum = booked(late)
    assert (receivable, income) == (0, 5_000_00)
    assert memorandum > 0


def test_once_nothing_is_late_interest_is_earned_as_on_any_loan(late: Bank) -> None:
    late.close(RESTS + DAY)
    loan, on = only(late), RESTS + 2 * DAY
    late.act(loan, EventKind.REPAY, on, 19_000_00 * 2)
    late.close(on + DAY)
    late.sound(on + DAY)
    receivable, income, memorandum = booked(late)
    assert memorandum == 0
    assert income > receivable > 0


def test_a_loan_paid_off_or_written_off_leaves_nothing_in_the_memorandum(late: Bank) -> None:
    other = late.lend(LINE, 500_000, on=LAST, periods=6)
    late.close(RESTS)
    loan, on = only(late), RESTS + DAY
    with late.database.transaction() as tx:
        (found,) = standing(tx, on, ids=[loan])
    late.act(loan, EventKind.PAY_OFF, on, quote(found.contract.terms, found.events, on).total)
    late.act(other, EventKind.WRITE_OFF, on)
    for closed in late.close(on + 2 * DAY):
        late.sound(closed.business_date)
    assert booked(late)[2] == 0


def only(bank: Bank) -> UUID:
    """The first loan there is."""
    with bank.database.transaction() as tx:
        row = tx.row("SELECT c.id FROM credit.contract c WHERE c.opened_on = %s", (START,))
    assert row is not None
    return UUID(str(row[0]))
