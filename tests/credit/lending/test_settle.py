"""Money that came in repays the loan it names, once; what names none or two waits for a person."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.credit.lending.conftest import CLERK, NOW, START, Bank, moment

from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Done, Receipt, settle
from heliu.credit.lending.domain.references import Named, named_in
from heliu.credit.loans.api import CashIn, settle_cash
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

DAY = START + timedelta(days=31)
ENTRY = UUID(int=5)
ID = UUID("c7b12e13-5a43-8a56-a961-1b4d1939941a")


@pytest.fixture
def loan(bank: Bank) -> UUID:
    """A working-capital loan of 100,000 yuan for a month, drawn."""
    bank.release("working_capital")
    bank.room(10**12)
    contract = bank.open("working-capital", principal=Money(100_000_00), periods=1)
    bank.draw(contract, 100_000_00)
    return contract


def receipt(said: str, amount: int = 100_516_67, entry: UUID = ENTRY) -> Receipt:
    return Receipt(entry, Money(amount), DAY, said)


def settled(bank: Bank, *receipts: Receipt, on: date = DAY) -> list[Done | Refusal]:
    return settle(bank.tx, bank.ledger, CLERK, receipts, moment(on))


def codes(outcomes: list[Done | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "" for one in outcomes]


@pytest.mark.parametrize(
    "said", ["repayment of {id}", "{hex}", "贷款编号:{no}", "LOAN NO. {no}, x"]
)
def test_a_payment_that_names_one_loan_repays_it(bank: Bank, loan: UUID, said: str) -> None:
    no = bank.glance(loan, DAY).head.no
    (done,) = settled(bank, receipt(said.format(id=loan, hex=loan.hex.upper(), no=no)))
    assert isinstance(done, Done), done
    assert done.contract_id == loan
    assert bank.glance(loan, DAY).status is Status.CLOSED
    assert bank.balance("nostro:CNY") == 100_516_67
    bank.sound()


def test_an_entry_repays_once_whatever_it_says_the_second_time(bank: Bank, loan: UUID) -> None:
    first = receipt(str(loan), 500_00)
    (done,) = settled(bank, first)
    assert isinstance(done, Done)
    again = [first, replace(first, said="nothing", on=DAY + timedelta(1))]
    assert settled(bank, *again, on=DAY + timedelta(2)) == [replace(done, again=True)] * 2
    assert bank.balance("nostro:CNY") == 500_00


def test_what_names_no_loan_or_two_or_comes_too_early_waits(bank: Bank, loan: UUID) -> None:
    other = bank.open("working-capital", principal=Money(50_000_00), periods=1)
    tomorrow = replace(receipt(str(loan), entry=UUID(int=6)), on=DAY + timedelta(1))
    dollars = replace(receipt(str(loan), entry=UUID(int=7)), amount=Money(5, "USD"))
    good = receipt(f"{loan} and {ID}", 1_00, UUID(int=8))  # the other id is not ours
    said = [
        *(receipt(""), receipt(f"invoice {ID}"), receipt("贷款 99999999")),
        *(receipt(f"{loan} {other}"), tomorrow, dollars, good),
    ]
    outcomes = settled(bank, *said)
    assert codes(outcomes) == [
        *["lending.cash_unmatched"] * 3,
        *("lending.cash_ambiguous", "lending.in_the_future", "lending.currency_mix", ""),
    ]
    assert all(one.cure.zh for one in outcomes if isinstance(one, Refusal))
    assert bank.balance("nostro:CNY") == 1_00
    assert settled(bank) == []


def test_an_entry_of_the_receivable_book_is_not_booked_again(bank: Bank, loan: UUID) -> None:
    cash = CashIn(ENTRY, UUID(int=9), Money(5_00), None, "", DAY)
    settle_cash(bank.tx, bank.ledger, [cash], {}, NOW)
    assert codes(settled(bank, receipt(str(loan), 5_00))) == ["lending.cash_booked"]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (f"{ID} {ID.hex}", Named((ID,), ())),
        (f"/RFB/{ID.hex.upper()}", Named((ID,), ())),
        (f"HE{ID.hex}", Named((), ())),  # a payment order of ours
        (f"{ID.hex}0", Named((), ())),
        ("贷款合同号 12，loan #7", Named((), (12, 7))),
        ("ＬＯＡＮ：１２", Named((), (12,))),
        ("合同 12 contract 12 payroll 3 12", Named((), ())),
        ("loan 2026-0031 loan 12a loan 12.50", Named((), ())),
        ("", Named((), ())),
    ],
)
def test_a_text_names_loans_by_id_or_by_number_after_the_word(said: str, named: Named) -> None:
    assert named_in(said) == named
