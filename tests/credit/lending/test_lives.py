"""Lives of loans: drawn, repaid, reversed, back-dated; limits, books and plan follow every act."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from tests.credit.lending.conftest import BORROWER, CLERK, PAPER, START, Bank, moment

from heliu.credit.engine.api import Charge, EventKind, Reversal, Status, balances
from heliu.credit.lending.api import Done, Funds, book, journal, standing
from heliu.credit.limits.api import Axis
from heliu.credit.products.api import Part
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after

JAN_20, FEB, MAR = date(2026, 1, 20), date(2026, 2, 5), date(2026, 3, 5)
DEPOSIT = f"supplier:{BORROWER}:deposit:CNY"
LOAN = "instalment-equal-instalment"
WHOLE = 1_200_000_00


@pytest.fixture
def loan(bank: Bank) -> UUID:
    """A drawn instalment loan of 1,200,000 yuan at 6 %, twelve months."""
    bank.release("instalment_equal_instalment")
    bank.room(2_000_000_00)
    contract = bank.open(LOAN)
    bank.draw(contract, WHOLE)
    return contract


def principal(bank: Bank, contract: UUID) -> int:
    return bank.balance(f"contract:{contract}:principal")


def used(bank: Bank) -> int:
    row = bank.tx.row(
        "SELECT utilised FROM credit.limit_line WHERE axis = %s AND subject = %s",
        (Axis.SUPPLIER.value, BORROWER),
    )
    assert row is not None
    return int(row[0])


def codes(outcomes: list[Done | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "done" for one in outcomes]


def test_an_instalment_loan_lives_from_draw_to_close(bank: Bank, loan: UUID) -> None:
    assert (bank.balance(DEPOSIT), principal(bank, loan)) == (WHOLE, WHOLE)
    bank.repay(loan, 103_279_72, FEB)
    assert principal(bank, loan) == WHOLE - 97_279_72
    first = bank.glance(loan, FEB).plan[0]
    assert (first.principal_paid, first.interest_paid) == (97_279_72, 6_000_00)
    assert used(bank) == WHOLE - 97_279_72
    bank.done(bank.act(loan, EventKind.PAY_OFF, MAR, funds=Funds.NOSTRO))
    assert bank.glance(loan, MAR).status is Status.CLOSED
    assert (principal(bank, loan), used(bank)) == (0, 0)
    assert bank.balance("nostro:CNY") == 103_279_72 + 1_102_720_28 + 5_513_60
    bank.sound()


def test_the_journal_of_a_draw_and_a_repayment_is_what_the_product_says(
    bank: Bank, loan: UUID
) -> None:
    bank.repay(loan, 103_279_72, FEB)
    assert [(r.event_no, r.kind, r.debit, r.credit, r.amount) for r in journal(bank.tx, loan)] == [
        (1, "disburse", "principal", "clearing", WHOLE),
        (1, "disburse", "clearing", "funds", WHOLE),
        (2, "repay", "funds", "clearing", 103_279_72),
        (2, "repay", "clearing", "principal", 97_279_72),
        (2, "repay", "clearing", "interest_receivable", 6_000_00),
    ]


def test_a_reversal_leaves_the_books_as_if_it_had_never_been(bank: Bank, loan: UUID) -> None:
    bank.done(bank.act(loan, EventKind.REPAY, JAN_20, 300_000_00))
    before = bank.balance(DEPOSIT), principal(bank, loan), used(bank)
    paid = bank.act(loan, EventKind.REPAY, FEB, 103_279_72)
    (done,) = bank.done(paid)
    bank.done(bank.act(loan, EventKind.REVERSE, MAR, detail=Reversal(done.event_no)))
    assert (bank.balance(DEPOSIT), principal(bank, loan), used(bank)) == before
    bank.sound()


def test_the_money_of_a_reversed_repayment_goes_back_where_it_came_from(
    bank: Bank, loan: UUID
) -> None:
    done = bank.repay(loan, 50_000_00, FEB)
    bank.done(bank.act(loan, EventKind.REVERSE, FEB, detail=Reversal(done.event_no)))
    assert (bank.balance("nostro:CNY"), bank.balance(DEPOSIT)) == (0, WHOLE)


def test_a_back_dated_repayment_moves_the_split_of_a_later_one(bank: Bank, loan: UUID) -> None:
    bank.repay(loan, 103_279_72, FEB)
    interest = bank.balance("lending:instalment-equal-instalment:interest_receivable:CNY")
    bank.repay(loan, 600_000_00, JAN_20, today=FEB)
    now = bank.balance("lending:instalment-equal-instalment:interest_receivable:CNY")
    assert now > interest  # less interest was owed in February, so less of it was repaid
    assert principal(bank, loan) == bank.glance(loan, FEB).head.outstanding
    bank.sound()


def test_the_same_act_twice_is_booked_once_and_answers_the_same(bank: Bank, loan: UUID) -> None:
    paid = bank.act(loan, EventKind.REPAY, FEB, 10_000_00)
    first, twin = bank.done(paid, paid)
    (later,) = bank.done(paid)
    assert twin == first
    assert later == replace(first, again=True)
    assert bank.balance(DEPOSIT) == WHOLE - 10_000_00
    changed = replace(paid, amount=Money(20_000_00))
    assert codes(bank.book(changed, on=FEB)) == ["lending.key_reused"]


@pytest.mark.parametrize(
    ("kind", "on", "amount", "code"),
    [
        (EventKind.REPAY, FEB, 0, "lending.amount_invalid"),
        (EventKind.REPAY, FEB, -5, "lending.amount_invalid"),
        (EventKind.REPAY, date(2026, 1, 4), 5, "lending.before_opening"),
        (EventKind.DISBURSE, FEB, 5, "lending.beyond_facility"),
        (EventKind.REPAY, FEB, 10**12, "ledger.floor_reached"),
    ],
)
def test_an_impossible_act_is_refused_and_leaves_nothing(
    bank: Bank, loan: UUID, kind: EventKind, on: date, amount: int, code: str
) -> None:
    before = bank.tx.row("SELECT count(*) FROM books.journal_view")
    assert codes(bank.book(bank.act(loan, kind, on, amount), on=FEB)) == [code]
    assert bank.tx.row("SELECT count(*) FROM books.journal_view") == before
    assert bank.tx.row("SELECT count(*) FROM credit.contract_event") == (1,)
    assert used(bank) == WHOLE
    bank.sound()


def test_an_act_is_booked_when_its_day_has_come(bank: Bank, loan: UUID) -> None:
    act = bank.act(loan, EventKind.REPAY, MAR, 100)
    assert codes(bank.book(act, on=FEB)) == ["lending.in_the_future"]


def test_dollars_do_not_repay_a_yuan_loan(bank: Bank, loan: UUID) -> None:
    act = replace(bank.act(loan, EventKind.REPAY, FEB, 100), amount=Money(100, "USD"))
    assert codes(bank.book(act)) == ["lending.currency_mix"]


def test_a_draw_goes_to_the_borrowers_account(bank: Bank) -> None:
    bank.release("credit_line")
    bank.room(2_000_000_00)
    line = bank.open("credit-line")
    act = bank.act(line, EventKind.DISBURSE, START, 100_00, funds=Funds.NOSTRO)
    assert codes(bank.book(act)) == ["lending.out_to_account"]


def test_a_closed_loan_takes_no_more_and_a_reversal_is_not_reversed(bank: Bank, loan: UUID) -> None:
    (done,) = bank.done(bank.act(loan, EventKind.PAY_OFF, START))
    assert codes(bank.book(bank.act(loan, EventKind.REPAY, FEB, 5))) == ["engine.loan_closed"]
    undo = bank.act(loan, EventKind.REVERSE, FEB, detail=Reversal(done.event_no))
    (undone,) = bank.done(undo)
    again = bank.act(loan, EventKind.REVERSE, FEB, detail=Reversal(undone.event_no))
    twice = bank.act(loan, EventKind.REVERSE, FEB, detail=Reversal(done.event_no))
    assert codes(bank.book(again, twice)) == ["engine.not_reversible"] * 2
    assert principal(bank, loan) == WHOLE
    bank.sound()


def test_a_refusal_in_a_batch_refuses_itself_alone(bank: Bank, loan: UUID) -> None:
    other = bank.open(LOAN, principal=Money(10_000_00))
    outcomes = bank.book(
        bank.act(loan, EventKind.REPAY, FEB, 1_000_00),
        bank.act(PAPER, EventKind.REPAY, FEB, 1_000_00),
        bank.act(other, EventKind.REPAY, FEB, 1_000_00),
        bank.act(other, EventKind.DISBURSE, FEB, 10_000_00),
        bank.act(loan, EventKind.REPAY, FEB, 10**12),
        bank.act(loan, EventKind.REPAY, FEB, 2_000_00),
    )
    assert codes(outcomes) == [
        "done",
        "lending.contract_unknown",
        "engine.not_disbursed",
        "done",
        "ledger.floor_reached",
        "done",
    ]
    assert bank.balance(DEPOSIT) == WHOLE - 3_000_00 + 10_000_00
    assert used(bank) == principal(bank, loan) + principal(bank, other)
    bank.sound()


@pytest.mark.usefixtures("loan")
def test_a_draw_without_room_on_its_limits_is_refused(bank: Bank) -> None:
    other = bank.open(LOAN, principal=Money(1_000_000_00))
    assert codes(bank.book(bank.act(other, EventKind.DISBURSE, FEB, 900_000_00))) == [
        "credit.limit_exceeded"
    ]
    bank.draw(other, 800_000_00, FEB)
    assert used(bank) == 2_000_000_00


def test_a_reversed_repayment_needs_room_on_the_limit_again(bank: Bank, loan: UUID) -> None:
    done = bank.repay(loan, 1_000_000_00, START)
    other = bank.open(LOAN, principal=Money(1_500_000_00))
    bank.draw(other, 1_500_000_00)
    undo = bank.act(loan, EventKind.REVERSE, START, detail=Reversal(done.event_no))
    assert codes(bank.book(undo)) == ["credit.limit_exceeded"]
    bank.sound()


def test_a_fee_is_charged_and_repaid_before_interest(bank: Bank, loan: UUID) -> None:
    fee = bank.act(loan, EventKind.ADD_CHARGE, JAN_20, 500_00, Charge(FEB, is_penalty=False))
    bank.done(fee)
    assert bank.balance("lending:instalment-equal-instalment:fee_income:CNY") == 500_00
    bank.repay(loan, 600_00, FEB)
    row = bank.glance(loan, FEB).plan[0]
    assert (row.fees_paid, row.interest_paid) == (500_00, 100_00)
    assert bank.balance("lending:instalment-equal-instalment:fee_receivable:CNY") == 0
    bank.sound()


def test_what_is_paid_beyond_the_debt_is_held_for_the_borrower(bank: Bank, loan: UUID) -> None:
    bank.repay(loan, WHOLE + 777, START)
    assert bank.glance(loan, START).status is Status.OVERPAID
    assert bank.balance("lending:instalment-equal-instalment:overpayment:CNY") == 777
    bank.sound()


def test_a_line_revolves_within_its_amount(bank: Bank) -> None:
    bank.release("credit_line")
    bank.room(2_000_000_00)
    line = bank.open("credit-line", principal=Money(100_000_00))
    bank.draw(line, 60_000_00)
    assert codes(bank.book(bank.act(line, EventKind.DISBURSE, JAN_20, 50_000_00))) == [
        "lending.beyond_facility"
    ]
    bank.done(bank.act(line, EventKind.REPAY, JAN_20, 30_000_00))
    bank.draw(line, 100_000_00 - principal(bank, line), JAN_20)
    assert principal(bank, line) == used(bank) == 100_000_00
    bank.sound()


def test_an_act_is_told_and_proven(bank: Bank, loan: UUID) -> None:
    bank.repay(loan, 1_000_00, FEB)
    told = [f for f in facts_after(bank.tx, 0, 99) if f.kind == "credit.contract_event.v1"]
    assert [(f.body["kind"], f.body["principal"]) for f in told] == [
        ("disburse", WHOLE),
        ("repay", principal(bank, loan)),
    ]
    assert all(f.body["parties"] == [BORROWER] for f in told)


def test_a_standing_of_a_day_knows_what_was_recorded_by_then(bank: Bank, loan: UUID) -> None:
    bank.repay(loan, 103_279_72, FEB)
    (before,) = standing(bank.tx, JAN_20, ids=[loan])
    (now,) = standing(bank.tx, FEB, changed_on=FEB)
    assert before.state.principal_outstanding == WHOLE
    assert before.parts[Part.INTEREST_ACCRUED] == 2_903_23  # 15 of 31 days of 6,000.00
    assert now.parts[Part.INTEREST_ACCRUED] == 6_000_00
    assert now.booked[Part.INTEREST_REPAID] == 6_000_00
    assert now.booked.get(Part.INTEREST_ACCRUED) is None
    assert standing(bank.tx, FEB, changed_on=JAN_20) == []


def test_a_glance_accrues_as_the_engine_does_after_an_early_repayment(
    bank: Bank, loan: UUID
) -> None:
    bank.repay(loan, 400_000_00, JAN_20)
    late = date(2026, 1, 30)
    (now,) = standing(bank.tx, late, ids=[loan])
    seen = bank.glance(loan, late)
    assert seen.accrued == balances(now.state, late).interest_accrued > 0
    due = bank.glance(loan, date(2026, 2, 10))
    assert due.oldest_unpaid_due == FEB
    assert due.overdue == sum(row.outstanding for row in now.state.instalments[:1])


def test_nothing_asked_is_nothing_done(bank: Bank) -> None:
    assert book(bank.tx, bank.ledger, CLERK, [], moment(START)) == []
