"""What was overpaid goes back: to the account it came from, or to one that is the borrower's."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from tests.credit.lending.conftest import BORROWER, BUYER, CLERK, START, Bank, moment

from heliu.credit.engine.api import Charge, EventKind, Reversal, Status
from heliu.credit.lending.api import (
    Done,
    Funds,
    Receipt,
    Refund,
    Source,
    journal,
    lending_violations,
    refund,
    settle,
)
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.party.api import Account, Profile, RecordParty, record_parties
from heliu.payments.orders.api import Payee, State, orders_by_id

FEB, MAR = date(2026, 2, 5), date(2026, 3, 5)
DEPOSIT = f"supplier:{BORROWER}:deposit:CNY"
OVERPAYMENT = "lending:instalment-equal-instalment:overpayment:CNY"
WHOLE = 1_200_000_00
OUTSIDE = Source("Supplier Ltd", "6222020200")
PAID = WHOLE + 6_000_00  # a month's interest of 6 % by 30/360 halves


@pytest.fixture
def loan(bank: Bank) -> UUID:
    """A drawn instalment loan of 1,200,000 yuan at 6 %, twelve months."""
    bank.release("instalment_equal_instalment")
    bank.room(2_000_000_00)
    contract = bank.open("instalment-equal-instalment")
    bank.draw(contract, WHOLE)
    return contract


def overpay(bank: Bank, loan: UUID, by: int, source: Source | None = None) -> int:
    """Money comes in from outside in February: all that is owed and `by` more; the act's number."""
    said = Receipt(uuid4(), Money(PAID + by), FEB, f"loan {loan}", source)
    (done,) = settle(bank.tx, bank.ledger, CLERK, [said], moment(FEB))
    assert isinstance(done, Done), done
    assert bank.balance(OVERPAYMENT) == by
    return done.event_no


def ask(
    bank: Bank, loan: UUID, amount: int | None = None, to: Payee | None = None
) -> tuple[Refund, Done | Refusal]:
    command = Refund(next(bank.keys), loan, None if amount is None else Money(amount), to)
    return command, again(bank, command)


def again(bank: Bank, command: Refund) -> Done | Refusal:
    (outcome,) = refund(bank.tx, bank.ledger, CLERK, [command], moment(MAR))
    return outcome


def code(outcome: Done | Refusal) -> str:
    return outcome.code if isinstance(outcome, Refusal) else "done"


def test_what_came_from_the_deposit_goes_back_to_it(bank: Bank, loan: UUID) -> None:
    bank.room(5_000_000_00)
    other = bank.open("instalment-equal-instalment")
    bank.draw(other, 100_000_00)  # so that the deposit holds more than the loan
    bank.done(bank.act(loan, EventKind.REPAY, FEB, PAID + 500_00))
    before = bank.balance(DEPOSIT)
    _, done = ask(bank, loan)
    assert isinstance(done, Done)
    assert done.payment_id is None
    assert (bank.balance(OVERPAYMENT), bank.balance(DEPOSIT)) == (0, before + 500_00)
    assert [(r.debit, r.credit, r.amount) for r in journal(bank.tx, loan) if r.event_no == 3] == [
        ("overpayment", "clearing", 500_00),
        ("clearing", "funds", 500_00),
    ]
    assert bank.glance(loan, MAR).status is Status.CLOSED
    bank.sound()


def test_what_the_bank_saw_come_from_outside_goes_back_to_that_account(
    bank: Bank, loan: UUID
) -> None:
    overpay(bank, loan, 500_00, OUTSIDE)
    _, done = ask(bank, loan)
    assert isinstance(done, Done)
    assert done.payment_id is not None
    order = orders_by_id(bank.tx, [done.payment_id])[done.payment_id]
    assert (order.state, order.order.amount) == (State.INSTRUCTED, Money(500_00))
    assert (order.order.payee.name, order.order.payee.account) == OUTSIDE
    assert bank.balance(OVERPAYMENT) == 0
    bank.sound()


def test_part_may_go_back_and_the_rest_later_but_never_more(bank: Bank, loan: UUID) -> None:
    overpay(bank, loan, 500_00, OUTSIDE)
    _, beyond = ask(bank, loan, 500_01)
    first, part = ask(bank, loan, 200_00)
    _, rest = ask(bank, loan)
    _, none = ask(bank, loan)
    assert [code(one) for one in (beyond, part, rest, none)] == [
        *("lending.beyond_overpaid", "done", "done", "lending.nothing_overpaid"),
    ]
    assert bank.glance(loan, MAR).status is Status.CLOSED
    twice = again(bank, first)
    assert isinstance(twice, Done)
    assert isinstance(part, Done)
    assert twice.again
    assert (twice.transfers, twice.payment_id) == (part.transfers, part.payment_id)
    other = Refund(first.key, loan, Money(1))
    assert code(again(bank, other)) == "lending.key_reused"
    bank.sound()


def test_in_one_batch_the_second_refund_finds_what_the_first_left(bank: Bank, loan: UUID) -> None:
    overpay(bank, loan, 500_00, OUTSIDE)
    commands = [Refund(next(bank.keys), loan, Money(300_00)) for _ in range(2)]
    outcomes = refund(bank.tx, bank.ledger, CLERK, commands, moment(MAR))
    assert [code(one) for one in outcomes] == ["done", "lending.beyond_overpaid"]


def test_a_repayment_is_not_reversed_while_its_refund_stands(bank: Bank, loan: UUID) -> None:
    paid = overpay(bank, loan, 500_00)
    _, done = ask(bank, loan, to=Payee("Supplier", DEPOSIT))
    assert isinstance(done, Done)
    reverse = bank.act(loan, EventKind.REVERSE, MAR, detail=Reversal(paid))
    (refused,) = bank.book(reverse)
    assert code(refused) == "engine.paid_back"
    bank.done(bank.act(loan, EventKind.REVERSE, MAR, detail=Reversal(done.event_no)))
    assert bank.balance(OVERPAYMENT) == 500_00
    bank.done(bank.act(loan, EventKind.REVERSE, MAR, detail=Reversal(paid)))
    assert bank.glance(loan, MAR).head.outstanding == WHOLE
    bank.sound()


def test_a_charge_known_late_does_not_use_what_went_back(bank: Bank, loan: UUID) -> None:
    overpay(bank, loan, 500_00, OUTSIDE)
    _, done = ask(bank, loan)
    assert code(done) == "done"
    late = Charge(FEB, is_penalty=False, name="late")
    (refused,) = bank.book(bank.act(loan, EventKind.ADD_CHARGE, FEB, 1_00, late), on=MAR)
    assert code(refused) == "engine.paid_back"
    (booked,) = bank.book(
        bank.act(loan, EventKind.ADD_CHARGE, MAR, 1_00, Charge(MAR, is_penalty=False))
    )
    assert code(booked) == "done"
    assert lending_violations(bank.tx) == []


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (None, "lending.refund_account_unknown"),
        (Payee("Supplier", "6222999999"), "lending.refund_account_not_his"),
        (Payee("Buyer", "6222000001", BUYER), "lending.refund_account_not_his"),
        (Payee("Supplier", f"supplier:{BUYER}:deposit:CNY"), "lending.payee_account_unknown"),
        (Payee(" ", "6222000001"), "payment.payee_invalid"),
        (Payee("Supplier", "6222000001"), "done"),
        (Payee("Supplier", DEPOSIT), "done"),
    ],
)
def test_money_of_unknown_origin_goes_to_an_account_that_is_the_borrowers(
    bank: Bank, loan: UUID, to: Payee | None, expected: str
) -> None:
    profile = Profile(BORROWER, "供应商", accounts=(Account("6222000001"),))
    record_parties(bank.tx, CLERK, [RecordParty(profile, START, moment(START).now)])
    overpay(bank, loan, 500_00)
    _, outcome = ask(bank, loan, to=to)
    assert code(outcome) == expected
    bank.sound()


def test_a_refund_by_a_file_of_acts_never_leaves_by_the_nostro(bank: Bank, loan: UUID) -> None:
    overpay(bank, loan, 500_00)
    out = bank.act(loan, EventKind.REFUND, MAR, 500_00, funds=Funds.NOSTRO)
    more = bank.act(loan, EventKind.REFUND, MAR, 500_01)
    assert [code(one) for one in bank.book(out, more)] == [
        *("lending.out_to_account", "engine.not_overpaid"),
    ]


def test_a_loan_that_is_unknown_or_owes_has_nothing_to_give_back(bank: Bank, loan: UUID) -> None:
    assert code(ask(bank, loan)[1]) == "lending.nothing_overpaid"
    assert code(ask(bank, uuid4())[1]) == "lending.contract_unknown"
    assert refund(bank.tx, bank.ledger, CLERK, [], moment(MAR)) == []


def test_an_amount_of_another_currency_or_beyond_the_last_payment_is_refused(
    bank: Bank, loan: UUID
) -> None:
    overpay(bank, loan, 500_00, OUTSIDE)
    dollars = Refund(next(bank.keys), loan, Money(1_00, "USD"))
    assert code(again(bank, dollars)) == "lending.currency_mix"
