"""Days closed on a real database: accrued, late, classed, provided, posted, tied, told."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.credit.closing.conftest import OFFICER, OTHER, START, Bank

from heliu.credit.classification.api import Judge, Tier, Why, judge
from heliu.credit.closing.api import close_day, days_up_to, movement_table, reopen
from heliu.credit.engine.api import EventKind, Reversal
from heliu.credit.provisioning.api import Cause, Flag, Stage, flag
from heliu.ground.errors import Refusal
from heliu.ground.outbox import facts_after

DAY = timedelta(days=1)
LOAN, LINE = "instalment-equal-instalment", "working-capital"


@pytest.fixture
def lent(bank: Bank) -> Bank:
    bank.release("working_capital", "instalment_equal_instalment")
    return bank


def balance(bank: Bank, name: str) -> int:
    with bank.database.transaction() as tx:
        row = tx.row("SELECT balance FROM books.balance_view WHERE name = %s", (name,))
    return int(row[0]) if row else 0


def told(bank: Bank) -> list[tuple[str, str]]:
    with bank.database.transaction() as tx:
        facts = facts_after(tx, 0, 1000)
    return [
        (fact.kind, str(fact.body["on"]))
        for fact in facts
        if fact.kind.startswith(("credit.loan_del", "credit.loan_cured", "credit.loan_class"))
    ]


def test_interest_earned_in_a_day_stands_in_both_books(lent: Bank) -> None:
    lent.lend(LINE, 1_200_000)
    closed = lent.close(START + DAY)
    assert [one.loans for one in closed] == [1]
    # 1,200,000 yuan at 6 % earns 200 yuan a day (act/360).
    assert balance(lent, "lending:working-capital:interest_receivable:CNY") == 200_00
    assert lent.positions(START + DAY, "principal", "accrued") == [(1_200_000_00, 200_00)]
    lent.sound(START + DAY)


def test_every_day_of_a_life_with_payments_reversals_and_back_dates_ties(lent: Bank) -> None:
    first = lent.lend(LOAN, 1_200_000)
    lent.lend(LINE, 800_000, uscc=OTHER)
    lent.close(START)
    day, happens = (
        START,
        {
            date(2026, 2, 5): (EventKind.REPAY, 103_279_72),
            date(2026, 3, 12): (EventKind.REPAY, 50_000_00),
            date(2026, 3, 20): (EventKind.REPAY, 60_000_00),
        },
    )
    while day < date(2026, 4, 12):
        day += DAY
        if day in happens:
            lent.act(first, happens[day][0], day, happens[day][1])
        if day == date(2026, 3, 25):  # a payment of the fifteenth is found, and one never was
            lent.act(first, EventKind.REPAY, date(2026, 3, 15), 1_000_00, today=day)
            lent.act(first, EventKind.REVERSE, day, detail=Reversal(of=3))
        lent.close(day)
        assert [line for line in lent.ties(day) if not line.ties] == []
    lent.sound(day)


def test_a_loan_paid_off_leaves_the_book_and_takes_its_allowance_along(lent: Bank) -> None:
    loan = lent.lend(LINE, 1_000_000)
    lent.close(START + DAY)
    assert balance(lent, "lending:working-capital:provision:CNY") > 0
    lent.act(loan, EventKind.PAY_OFF, START + 2 * DAY)
    lent.close(START + 3 * DAY)
    assert balance(lent, "lending:working-capital:provision:CNY") == 0
    assert lent.positions(START + 2 * DAY, "principal", "traits & 16") == [(0, 16)]
    assert lent.positions(START + 3 * DAY, "loan") == []
    lent.sound(START + 3 * DAY)


def test_a_paid_off_loan_comes_back_when_its_payment_is_reversed(lent: Bank) -> None:
    loan = lent.lend(LINE, 1_000_000)
    lent.close(START + DAY)
    lent.act(loan, EventKind.PAY_OFF, START + 2 * DAY)
    lent.close(START + 4 * DAY)
    lent.act(loan, EventKind.REVERSE, START + 5 * DAY, detail=Reversal(of=2))
    lent.close(START + 6 * DAY)
    assert lent.positions(START + 6 * DAY, "principal") == [(1_000_000_00,)]
    lent.sound(START + 6 * DAY)


def test_days_late_make_worse_classes_and_stages_and_are_told_once(lent: Bank) -> None:
    lent.lend(LINE, 1_000_000)
    lent.lend(LOAN, 5_000_000, on=START)
    lent.close(date(2026, 2, 5))  # nothing is paid on the first due date
    assert lent.positions(date(2026, 2, 5), "tier", "stage") == [(1, 1), (1, 1)]
    lent.close(date(2026, 2, 6))
    assert lent.positions(date(2026, 2, 6), "tier", "reason") == [(2, 1), (2, 1)]
    assert told(lent).count(("credit.loan_delinquent.v1", "2026-02-06")) == 2
    assert told(lent).count(("credit.loan_classified.v1", "2026-02-06")) == 2
    lent.close(date(2026, 3, 8))
    assert lent.positions(date(2026, 3, 8), "tier", "stage") == [(2, 2), (2, 2)]
    lent.sound(date(2026, 3, 8))


def test_one_bad_loan_of_a_borrower_makes_his_others_substandard(lent: Bank) -> None:
    lent.lend(LINE, 5_000_000, on=START)
    lent.lend(LINE, 1_000_000, on=START, uscc=OTHER)
    lent.lend(LINE, 1_000_000, on=date(2026, 5, 6))
    lent.close(date(2026, 5, 6))
    classes = [(2, 1), (2, 1), (1, 0)]
    assert lent.positions(date(2026, 5, 6), "tier", "reason") == classes
    lent.close(date(2026, 5, 7))  # the first instalment is now more than ninety days late
    classes = [(3, 1), (3, 1), (3, 4)]
    assert lent.positions(date(2026, 5, 7), "tier", "reason") == classes


def test_a_closed_day_run_again_is_compared_and_nothing_is_written(lent: Bank) -> None:
    lent.lend(LINE, 1_000_000)
    lent.close(START + 3 * DAY)
    (first,) = lent.close(START + 4 * DAY)
    lent.lend(LOAN, 1_000_000, on=START + 6 * DAY)
    (again,) = lent.close(START + 4 * DAY)
    assert (again.again, again.digest) == (True, first.digest)


def test_a_day_opened_again_with_a_reason_is_closed_anew_by_the_difference(lent: Bank) -> None:
    lent.lend(LINE, 1_000_000)
    lent.close(START + 2 * DAY)
    (before,) = lent.close(START + 3 * DAY)
    with lent.database.transaction() as tx:
        reopen(tx, lent.house.ledger, OFFICER, START + 2 * DAY, "parameters corrected")
    assert balance(lent, "lending:working-capital:interest_receivable:CNY") == 0
    closed = lent.close(START + 3 * DAY)
    assert [(one.business_date.day, one.revision) for one in closed] == [(7, 2), (8, 2)]
    assert balance(lent, "lending:working-capital:interest_receivable:CNY") == 500_00
    assert closed[-1].digest == before.digest
    lent.sound(START + 3 * DAY)


def test_days_are_closed_in_order_and_only_when_they_are_over(lent: Bank) -> None:
    lent.lend(LINE, 1_000_000)
    lent.close(START)
    with pytest.raises(Refusal, match=r"closing\.day_not_over"):
        close_day(lent.house, lent.clock.today(), lambda *_: None)
    with pytest.raises(Refusal, match=r"closing\.day_not_over"):
        days_up_to(lent.house, lent.clock.today())
    assert lent.positions(START, "loan") != []
    lent.at(START + 9 * DAY)
    with pytest.raises(Refusal, match=r"closing\.days_missing"):
        close_day(lent.house, START + 5 * DAY, lambda *_: None)


def test_the_movement_table_explains_the_allowance(lent: Bank) -> None:
    loan = lent.lend(LINE, 1_000_000)
    lent.close(date(2026, 2, 5))
    lent.close(date(2026, 3, 10))
    lent.act(loan, EventKind.WRITE_OFF, date(2026, 3, 11))
    lent.close(date(2026, 3, 12))
    with lent.database.transaction() as tx:
        table = {row.stage: row for row in movement_table(tx, START, date(2026, 3, 12))}
    assert set(table) == {Stage.PERFORMING, Stage.WATCHED}
    for row in table.values():
        assert row.opening + sum(row.moved.values()) == row.closing == 0
    assert table[Stage.PERFORMING].moved[Cause.NEW] > 0
    assert table[Stage.WATCHED].moved[Cause.TRANSFER] > 0
    assert table[Stage.WATCHED].moved[Cause.WRITTEN_OFF] < 0
    lent.sound(date(2026, 3, 12))


def test_the_chunks_a_day_is_written_in_do_not_change_what_it_says(lent: Bank) -> None:
    for _ in range(5):
        lent.lend(LINE, 1_000_000)
    lent.close(START)
    lent.in_chunks_of(2)
    lent.close(START + 3 * DAY)
    assert len(lent.positions(START + 3 * DAY, "loan")) == 5
    lent.sound(START + 3 * DAY)


def test_a_judgement_and_a_warning_count_from_their_day_on(lent: Bank) -> None:
    judged, warned = lent.lend(LINE, 1_000_000), lent.lend(LINE, 1_000_000, uscc=OTHER)
    lent.close(START)
    day = START + DAY
    with lent.database.transaction() as tx:
        doubt = Judge(UUID(int=1), judged, Tier.DOUBTFUL, "plant closed", day, day + 9 * DAY)
        judge(tx, OFFICER, [doubt], lent.clock.now())
        warning = Flag(UUID(int=2), warned, "warning.order_drop", day, day + DAY)
        flag(tx, OFFICER, [warning], lent.clock.now())
    lent.close(day)
    assert lent.positions(day, "tier", "reason", "stage") == [(4, Why.JUDGED, 3), (1, 0, 2)]
    lent.close(day + DAY)
    assert lent.positions(day + DAY, "stage") == [(3,), (1,)]
    lent.sound(day + DAY)


def test_changed_positions_are_found_out(lent: Bank) -> None:
    lent.lend(LINE, 1_000_000)
    lent.close(START)
    with lent.database.transaction() as tx:
        tx.run("ALTER TABLE credit.day_position_20260105_1 DISABLE TRIGGER USER")
        tx.run("UPDATE credit.day_position_20260105_1 SET interest_total = 7")
    assert [line.split(":")[0] for line in lent.violations()] == [
        "product 1 part 230 currency 156",
        "2026-01-05 chunk 0",
    ]
