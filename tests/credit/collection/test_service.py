"""A borrower is late, is chased, promises, is restructured or written off, and pays: day by day.

A loan of 120,000.00 in three equal instalments from 5 January 2026; its allowance is three days, so
the first instalment, due on 5 February, is late in the sense of a case from 9 February on.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from tests.credit.closing.conftest import BORROWER, START
from tests.credit.collection.conftest import COLLECTOR, OFFICER, Desk, after, key

from heliu.credit.collection.api import (
    Contact,
    Promise,
    PromiseState,
    Propose,
    Remedy,
    Rule,
    case_file,
    contact,
    promise,
    propose,
    queue,
    reject,
    release,
    shipped,
    violations,
    waiting,
    work_day,
)
from heliu.credit.engine.api import EventKind
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

DUE = date(2026, 2, 5)
ALLOWANCE = 3
LATE = after(DUE, ALLOWANCE + 1)


@pytest.fixture
def loan(desk: Desk) -> UUID:
    desk.bank.release("instalment_equal_instalment")
    return desk.bank.lend("instalment-equal-instalment", 120_000, periods=3)


def proposed(desk: Desk, day: date, command: Propose) -> UUID | Refusal:
    with desk.bank.database.transaction() as tx:
        (outcome,) = propose(tx, COLLECTOR, [command], shipped(), desk.moment(day))
    return outcome


def released(desk: Desk, day: date, proposal: UUID) -> None:
    with desk.bank.database.transaction() as tx:
        said = Rule(proposal, "income was seen")
        release(tx, desk.bank.house.ledger, OFFICER, said, desk.rules(day), desk.noon(day))


def promised(desk: Desk, day: date, said: Promise) -> UUID | Refusal:
    with desk.bank.database.transaction() as tx:
        (outcome,) = promise(tx, COLLECTOR, [said], desk.law(day), desk.noon(day))
    return outcome


def test_a_case_opens_by_itself_the_day_after_the_allowance_and_once(
    desk: Desk, loan: UUID
) -> None:
    assert desk.evening(after(LATE, -1)).opened == 0
    first = desk.evening(LATE)
    assert (first.opened, first.closed) == (1, 0)
    (case,) = desk.cases()
    assert case.debtor.uscc == BORROWER
    assert case.last.arrears.loans == (loan,)
    with desk.bank.database.transaction() as tx:
        again = work_day(tx, COLLECTOR, LATE, shipped(), desk.noon(after(LATE, 5)))
        passed_over = work_day(tx, COLLECTOR, START, shipped(), desk.noon(LATE))
    assert again == first
    assert passed_over.opened == 0
    assert desk.evening(after(LATE, 1)).opened == 0
    assert len(desk.cases()) == 1


@pytest.mark.usefixtures("loan")
def test_a_day_that_is_not_closed_tells_nothing(desk: Desk) -> None:
    with pytest.raises(Refusal, match=r"collection\.day_not_closed"):
        with desk.bank.database.transaction() as tx:
            work_day(tx, COLLECTOR, LATE, shipped(), desk.noon(LATE))


def test_a_paid_case_closes_and_the_next_default_is_a_new_case(desk: Desk, loan: UUID) -> None:
    desk.evening(LATE)
    (case,) = desk.cases()
    desk.bank.act(loan, EventKind.REPAY, after(LATE, 1), case.last.arrears.overdue + 100_00)
    assert desk.evening(after(LATE, 1)).closed == 1
    assert desk.cases() == []
    desk.evening(after(date(2026, 3, 5), ALLOWANCE + 1))
    (second,) = desk.cases()
    assert (second.no, second.debtor) == (2, case.debtor)
    with desk.bank.database.transaction() as tx:
        assert violations(tx) == []


def test_a_promise_is_broken_by_its_day_and_leads_the_queue(desk: Desk, loan: UUID) -> None:
    desk.evening(LATE)
    (case,) = desk.cases()
    overdue = case.last.arrears.overdue
    said = Promise(key(1), case.id, Money(overdue), after(LATE, 5))
    assert promised(desk, LATE, said) == promised(desk, LATE, said) == key(1)
    for wrong, code in [
        (replace(said, amount=Money(1)), "collection.key_reused"),
        (replace(said, key=key(2)), "collection.promise_open"),
        (replace(said, key=key(2), due_on=after(LATE, 31)), "collection.promise_date"),
        (replace(said, key=key(2), amount=Money(overdue + 1)), "collection.promise_amount"),
        (replace(said, key=key(2), amount=Money(1, "USD")), "collection.promise_amount"),
        (replace(said, key=key(2), case_id=key(3)), "collection.case_unknown"),
    ]:
        refused = promised(desk, LATE, wrong)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    desk.bank.act(loan, EventKind.REPAY, after(LATE, 2), overdue // 2)
    with desk.bank.database.transaction() as tx:
        ((_, state, paid),) = case_file(tx, case.id, after(LATE, 5)).promises
        assert (state, paid) == (PromiseState.OPEN, overdue // 2)
        (first,) = queue(tx, after(LATE, 6), {BORROWER: 2})
    assert (first.promise, first.warnings) == (PromiseState.BROKEN, 2)


def test_a_restructuring_needs_a_second_person_and_keeps_the_case_under_observation(
    desk: Desk, loan: UUID
) -> None:
    day = after(LATE, 30)
    desk.evening(day)
    (case,) = desk.cases()
    command = Propose(
        *(key(1), case.id, loan, Remedy.RESTRUCTURE, "orders came back"), 6, Decimal("0.05")
    )
    assert proposed(desk, day, command) == proposed(desk, day, command) == key(1)
    with desk.bank.database.transaction() as tx:
        assert [one.said for one in waiting(tx)] == [command]
    with pytest.raises(Refusal, match=r"collection\.same_person"):
        with desk.bank.database.transaction() as tx:
            rules = desk.rules(day)
            said = Rule(key(1), "mine")
            release(tx, desk.bank.house.ledger, COLLECTOR, said, rules, desk.noon(day))
    released(desk, after(day, 1), key(1))
    with pytest.raises(Refusal, match=r"collection\.ruled_already"):
        released(desk, after(day, 1), key(1))

    desk.evening(after(day, 1))
    (watched,) = desk.cases()
    assert (watched.last.kind, watched.last.step) == ("observed", "observation")
    assert desk.bank.positions(after(day, 1), "watch_tier > 0", "tier >= 2") == [(True, True)]
    desk.bank.act(loan, EventKind.PAY_OFF, after(day, 2))
    assert desk.evening(after(day, 2)).closed == 1
    desk.bank.sound(after(day, 2))


def test_a_loan_is_written_off_and_money_recovered_later(desk: Desk, loan: UUID) -> None:
    day = after(DUE, 91)
    desk.evening(day)
    (case,) = desk.cases()
    write_off = Propose(key(1), case.id, loan, Remedy.WRITE_OFF, "the firm is dissolved")
    assert proposed(desk, day, write_off) == key(1)
    released(desk, after(day, 1), key(1))
    assert desk.evening(after(day, 1)).closed == 1
    recovery = Propose(
        *(key(2), case.id, loan, Remedy.RECOVER, "liquidator's dividend"), amount=Money(5_000_00)
    )
    assert proposed(desk, after(day, 2), recovery) == key(2)
    released(desk, after(day, 2), key(2))
    desk.evening(after(day, 2))
    desk.bank.sound(after(day, 2))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"remedy": Remedy.WRITE_OFF, "instalments": None}, "collection.remedy_not_here"),
        ({"reason": " "}, "collection.proposal_incomplete"),
        ({"loan_id": UUID(int=4)}, "collection.loan_not_in_case"),
        ({"case_id": UUID(int=4)}, "collection.case_unknown"),
    ],
)
def test_an_unsound_proposal_is_refused(
    desk: Desk, loan: UUID, changed: dict[str, object], code: str
) -> None:
    desk.evening(LATE)
    (case,) = desk.cases()
    sound = Propose(key(1), case.id, loan, Remedy.EXTEND, "season", 2)
    refused = proposed(desk, LATE, replace(sound, **changed))  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_rejected_proposal_changes_no_loan(desk: Desk, loan: UUID) -> None:
    desk.evening(LATE)
    (case,) = desk.cases()
    assert proposed(desk, LATE, Propose(key(1), case.id, loan, Remedy.EXTEND, "season", 2))
    before = desk.bank.positions(LATE, "principal")
    with desk.bank.database.transaction() as tx:
        reject(tx, OFFICER, Rule(key(1), "no income"), desk.moment(LATE))
        assert waiting(tx) == []
        (event_no,) = [p.event_no for p in case_file(tx, case.id, LATE).proposals]
    assert event_no is None
    desk.evening(after(LATE, 1))
    assert desk.bank.positions(after(LATE, 1), "principal") == before


def test_the_database_holds_one_open_case_and_two_persons_by_itself(desk: Desk, loan: UUID) -> None:
    desk.evening(LATE)
    (case,) = desk.cases()
    assert proposed(desk, LATE, Propose(key(1), case.id, loan, Remedy.EXTEND, "season", 2))
    again = """
        INSERT INTO credit.collection_case
        SELECT %s, debtor_uscc, clock, currency, 2, opened_on, recorded_at, recorded_by
        FROM credit.collection_case"""
    alone = """
        INSERT INTO credit.collection_ruling
        SELECT id, 'rejected', 'mine', NULL, proposed_on, recorded_at, recorded_by
        FROM credit.collection_proposal"""
    for statement, params in ((again, (key(9),)), (alone, ())):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            with desk.bank.database.transaction() as tx:
                tx.run(statement, params)


@pytest.mark.usefixtures("loan")
def test_facts_and_leave_name_ids_only(desk: Desk) -> None:
    desk.evening(LATE)
    (case,) = desk.cases()
    at = desk.noon(after(LATE, 1))
    with desk.bank.database.transaction() as tx:
        command = Contact(key(1), case.id, "call")
        assert contact(tx, COLLECTOR, [command], desk.law(after(LATE, 1)), at) == [key(1)]
        rows = tx.rows(
            "SELECT body FROM ground.fact WHERE kind = 'credit.collection_case_moved.v1'"
        )
    assert [set(body) for (body,) in rows] == [
        {"case_id", "clock", "kind", "step", "on", "overdue", "currency", "days_late", "loans"}
    ]
    assert LATE + timedelta(1) == at.date()
