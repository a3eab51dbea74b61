"""What stands around a draw: a payee who can be paid, papers where they must name him, cover."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tests.credit.lending.conftest import BORROWER, BUYER, CLERK, NOW, OFFICER, START, Bank

from heliu.books.ledger.api import NewAccount
from heliu.credit.engine.api import EventKind
from heliu.credit.lending.api import Act, Done, deposit
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.payments.orders.api import Payee, orders_by_id

WHOLE = 100_000_00
THEIRS = deposit(BUYER, "CNY").name


@pytest.fixture
def loan(bank: Bank) -> UUID:
    """A working-capital loan of 100,000 yuan, nothing drawn, and a payee with an account."""
    bank.release("working_capital")
    bank.room(10 * WHOLE)
    bank.ledger.open_accounts(bank.tx, [deposit(BUYER, "CNY")])
    return bank.open("working-capital", principal=Money(WHOLE))


def draw(bank: Bank, loan: UUID, payee: Payee | None) -> Act:
    return replace(bank.act(loan, EventKind.DISBURSE, START, WHOLE), payee=payee)


def refusal(bank: Bank, act: Act) -> str:
    (outcome,) = bank.book(act)
    assert isinstance(outcome, Refusal)
    assert outcome.cure.zh
    return outcome.code


def test_a_draw_is_sent_on_to_its_payee_at_once(bank: Bank, loan: UUID) -> None:
    act = draw(bank, loan, Payee("Buyer", THEIRS, BUYER))
    (done,) = bank.done(act)
    assert (bank.balance(deposit(BORROWER, "CNY").name), bank.balance(THEIRS)) == (0, WHOLE)
    assert done.payment_id is not None
    (order,) = orders_by_id(bank.tx, [done.payment_id]).values()
    assert (order.order.amount, order.order.basis_id) == (Money(WHOLE), loan)
    assert bank.done(act) == [replace(done, again=True)]
    bank.sound()


@pytest.mark.parametrize(
    ("payee", "code"),
    [
        (Payee("Buyer", f"supplier:{BUYER}:deposit:USD", BUYER), "lending.payee_account_unknown"),
        (Payee("Other", THEIRS, BORROWER), "lending.payee_account_unknown"),
        (Payee("Bank", "nostro:CNY"), "lending.payee_account_unknown"),
        (Payee("Self", deposit(BORROWER, "CNY").name), "lending.payee_is_borrower"),
        (Payee("\x00", "A-1"), "payment.payee_invalid"),
    ],
)
def test_a_payee_who_cannot_be_paid_stops_the_draw_and_no_other(
    bank: Bank, loan: UUID, payee: Payee, code: str
) -> None:
    bank.ledger.open_accounts(bank.tx, [NewAccount("nostro:CNY", "nostro")])
    other = bank.open("working-capital", principal=Money(WHOLE))
    refused, done = bank.book(draw(bank, loan, payee), draw(bank, other, None))
    assert isinstance(refused, Refusal)
    assert refused.code == code
    assert isinstance(done, Done)
    assert bank.balance(f"contract:{loan}:principal") == 0
    bank.sound()


def test_an_entrusted_draw_needs_a_payee_whom_papers_name(bank: Bank, tmp_path: Path) -> None:
    text = (CATALOGUE / "working_capital.yaml").read_text(encoding="utf-8")
    stricter = text.replace("{required: false, above: null}", '{required: true, above: "50000"}')
    (tmp_path / "strict.yaml").write_text(stricter, encoding="utf-8")
    propose_loan_product(bank.tx, CLERK, read_loan_product(tmp_path / "strict.yaml")[1], NOW)
    release_loan_product(bank.tx, OFFICER, "working-capital", 1, NOW)
    bank.room(10 * WHOLE)
    bank.ledger.open_accounts(bank.tx, [deposit(BUYER, "CNY")])
    loan = bank.open("working-capital", principal=Money(WHOLE))
    assert refusal(bank, draw(bank, loan, None)) == "lending.payee_needed"
    named = refusal(bank, draw(bank, loan, Payee("Buyer", THEIRS, BUYER)))
    assert named.startswith("entrusted.")
    small = bank.act(loan, EventKind.DISBURSE, START, 50_000_00)
    bank.done(small)


def test_a_product_that_must_be_covered_lends_nothing_on_no_goods(bank: Bank) -> None:
    _, body = read_loan_product(CATALOGUE / "working_capital.yaml")
    covered = body | {"collateral": {"kind": "inventory", "coverage": "1.25"}}
    propose_loan_product(bank.tx, CLERK, covered, NOW)
    release_loan_product(bank.tx, OFFICER, "working-capital", 1, NOW)
    bank.room(10 * WHOLE)
    loan = bank.open("working-capital", principal=Money(WHOLE))
    assert refusal(bank, draw(bank, loan, None)).startswith("collateral.")
