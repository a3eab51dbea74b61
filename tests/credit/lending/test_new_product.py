"""A new product of a known kind is a file: proposed, released, lent and booked without new code."""

from datetime import date
from pathlib import Path

from tests.credit.lending.conftest import BORROWER, CLERK, NOW, OFFICER, Bank

from heliu.credit.engine.api import EventKind, Status
from heliu.credit.lending.api import Funds, journal
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.ground.money import Money

TEXT = (CATALOGUE / "instalment_equal_instalment.yaml").read_text(encoding="utf-8")
POSTINGS = (CATALOGUE / "postings" / "standard-loan.yaml").read_text(encoding="utf-8")
FEB = date(2026, 2, 5)


def test_a_product_that_is_only_a_file_is_lent_and_repaid(bank: Bank, tmp_path: Path) -> None:
    seeds = (
        TEXT.replace("product: instalment-equal-instalment", "product: seed-season-loan")
        .replace("period: {unit: month, every: 1}", "period: {unit: week, every: 2}")
        .replace("postings: standard-loan", "postings: seed-postings")
        .replace("limits: [supplier]", "limits: []")
    )
    # Interest of this product is booked apart from all other interest income.
    postings = POSTINGS.replace(
        "interest_income: {type: interest_income,", "interest_income: {type: fee_income,"
    ).replace("  disbursed:", "  seeds_paid:")
    (tmp_path / "postings").mkdir()
    (tmp_path / "postings" / "seed-postings.yaml").write_text(postings, encoding="utf-8")
    (tmp_path / "seeds.yaml").write_text(seeds, encoding="utf-8")
    _, body = read_loan_product(tmp_path / "seeds.yaml")
    propose_loan_product(bank.tx, CLERK, body, NOW)
    release_loan_product(bank.tx, OFFICER, "seed-season-loan", 1, NOW)

    loan = bank.open(
        "seed-season-loan",
        principal=Money(26_000_00),
        periods=2,
        inputs={"months_trading": 24, "monthly_income_cover": "1.5"},
    )
    bank.draw(loan, 26_000_00)
    bank.done(bank.act(loan, EventKind.PAY_OFF, FEB, funds=Funds.NOSTRO))
    assert bank.glance(loan, FEB).status is Status.CLOSED
    assert bank.balance(f"supplier:{BORROWER}:deposit:CNY") == 26_000_00
    assert {row.debit for row in journal(bank.tx, loan)} == {"principal", "clearing", "funds"}
    assert bank.balance("lending:seed-season-loan:interest_receivable:CNY") < 0
    bank.sound()
