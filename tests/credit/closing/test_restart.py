"""A day that was broken off goes on where it stopped and ends with the same bytes."""

import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest
from tests.credit.closing.conftest import START, Bank
from tests.credit.closing.test_step import loan

from heliu.credit.closing.api import (
    AccountPair,
    Closed,
    close_day,
    days_up_to,
    in_columns,
    number_of,
    take_over,
)
from heliu.credit.closing.store import register_loans, register_products
from heliu.ground.errors import Fault, Refusal

DAY = timedelta(days=1)
CLOSE = """
import sys
from datetime import date
from heliu.books.ledger.api import Ledger
from heliu.credit.closing.api import House, close_day
from heliu.credit.regulation.api import Profile
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
database, clock = Database(sys.argv[1]), SystemClock()
ledger = Ledger.open(database, clock)
house = House(database, ledger, clock, Actor("night"), Profile.STANDARD, chunk=500)
close_day(house, date.fromisoformat(sys.argv[2]), lambda *_: None)
"""


class Broken(Exception):
    pass


def planted(bank: Bank, loans: int, chunk: int) -> None:
    """A book taken over at the end of START, some of its loans late."""
    pair = {
        part: AccountPair("r", "interest_receivable", "i", "interest_income")
        for part in range(230, 234)
    }
    pair[234] = AccountPair("l", "loss", "p", "provision")
    with bank.database.transaction() as tx:
        register_products(tx, {"old@1": pair})
        register_loans(tx, [(1, UUID(int=n), n, START) for n in range(1, loans + 1)])
        tx.run("INSERT INTO credit.closing_party (uscc) VALUES ('SOMEBODY')")
    start = number_of(START)
    made = [
        loan(
            loan=n,
            product=1,
            currency=156,
            borrower=1,
            segment=1,
            period_start=start - 3,
            period_end=start + 27,
            period_interest=5_000 + n,
            principal_due=n % 3,
            own_due=start - n if n % 3 else 0,
        )
        for n in range(1, loans + 1)
    ]
    bank.in_chunks_of(chunk)
    bank.at(START + 5 * DAY)
    books = [in_columns(made[at : at + chunk]) for at in range(0, loans, chunk)]
    assert take_over(bank.house, START, books).loans == loans


def close(bank: Bank, on: int, stop_at: int | None = None) -> Closed:
    """Close a day after START; break off once so many loans are written."""

    def tell(stage: str, done: int, _: int) -> None:
        if stage == "write" and done == stop_at:
            raise Broken

    return close_day(bank.house, START + on * DAY, tell)


def test_a_run_broken_off_keeps_its_chunks_and_ends_the_same(bank: Bank) -> None:
    planted(bank, 20, 4)
    with pytest.raises(Broken):
        close(bank, 1, stop_at=8)
    closed = close(bank, 1)
    assert closed.resumed >= 2
    assert close(bank, 1).again
    assert close(bank, 1).digest == closed.digest


def test_a_chunk_that_differs_from_what_was_written_stops_the_run(bank: Bank) -> None:
    planted(bank, 20, 4)
    with pytest.raises(Broken):
        close(bank, 1, stop_at=8)
    with bank.database.transaction() as tx:
        tx.run("ALTER TABLE credit.closing_chunk DISABLE TRIGGER USER")
        tx.run(
            "UPDATE credit.closing_chunk SET digest = sha256('') WHERE business_date > %s", (START,)
        )
    with pytest.raises(Fault, match="differs from what was written"):
        close(bank, 1)


def test_a_closed_day_that_comes_out_otherwise_is_refused(bank: Bank) -> None:
    planted(bank, 8, 4)
    close(bank, 1)
    with bank.database.transaction() as tx:
        tx.run("ALTER TABLE credit.day_position_20260105_1 DISABLE TRIGGER USER")
        tx.run("UPDATE credit.day_position_20260105_1 SET period_interest = 1 WHERE loan = 5")
    with pytest.raises(Refusal, match=r"closing\.differs"):
        close(bank, 1)


def test_no_day_before_the_first_closed_one_is_closed_afterwards(bank: Bank) -> None:
    bank.close(START)
    assert days_up_to(bank.house, START) == [START]
    with pytest.raises(Refusal, match=r"closing\.before_first"):
        days_up_to(bank.house, START - DAY)


def test_a_book_is_taken_over_before_the_first_day_only(bank: Bank) -> None:
    planted(bank, 4, 4)
    with pytest.raises(Refusal, match=r"closing\.not_first"):
        take_over(bank.house, START + DAY, [in_columns([loan(loan=9)])])


@pytest.mark.prove
def test_a_killed_process_leaves_nothing_that_changes_the_day(bank: Bank) -> None:
    planted(bank, 20_000, 500)
    day = START + DAY
    bank.house.ledger.close()
    command = [sys.executable, "-c", CLOSE, bank.database.url, day.isoformat()]
    process = subprocess.Popen(command)
    count = "SELECT count(*) FROM credit.closing_chunk WHERE business_date = %s"
    while process.poll() is None:
        with bank.database.transaction() as tx:
            (written,) = tx.rows(count, (day,))[0]
        if written >= 3:
            process.kill()
            process.wait()
    assert process.returncode == -9
    subprocess.run(command, check=True)
    subprocess.run(command, check=True)  # computes it anew and compares
    assert bank.violations() == []
