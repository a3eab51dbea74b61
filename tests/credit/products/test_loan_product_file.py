"""Loan product files: read exactly, every mistake named with its place, nothing contradictory."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from heliu.credit.products.api import (
    CATALOGUE,
    Draws,
    LoanKind,
    Part,
    Recourse,
    Scope,
    catalogue,
    loan_product_of,
    read_loan_product,
)
from heliu.ground.errors import Refusal

TEXT = (CATALOGUE / "receivable_with_recourse.yaml").read_text(encoding="utf-8")
POSTINGS = (CATALOGUE / "postings" / "standard-loan.yaml").read_text(encoding="utf-8")


def refusal(tmp_path: Path, text: str) -> Refusal:
    path = tmp_path / "product.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=r"loan_product\.invalid") as refused:
        read_loan_product(path)
    return refused.value


@pytest.mark.parametrize("path", catalogue(), ids=lambda path: path.stem)
def test_every_product_the_house_ships_is_sound(path: Path) -> None:
    product, body = read_loan_product(path)
    assert loan_product_of(body) == product
    assert product.code.replace("-", "_") == path.stem


def test_a_product_is_read_exactly() -> None:
    product, _ = read_loan_product(CATALOGUE / "receivable_with_recourse.yaml")
    assert (product.code, product.version) == ("receivable-with-recourse", 1)
    assert product.effective_from == date(2026, 1, 1)
    assert (product.kind, product.recourse) == (LoanKind.LOAN, Recourse.FULL)
    assert product.draws is Draws.SINGLE
    assert product.derecognition is not None
    assert not product.derecognition.seller_derecognises
    first = product.stage("invoiced")
    assert first is not None
    assert (first.advance_rate, first.evidence) == (Decimal("0.80"), ("invoice", "receipt"))
    assert product.stage("lost") is None
    assert product.postings.accounts["principal"].scope is Scope.CONTRACT
    row = product.postings.row(Part.PRINCIPAL_DISBURSED)
    assert row is not None
    assert (row.event, row.debit, row.credit) == ("disbursed", "principal", "clearing")
    assert product.postings.row(Part.EARLY_PAID) is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version: 1", "version: one", "line 3, version"),
        ("effective_from: 2026-01-01", "effective_from: 2026-02-30", "line 4, effective_from"),
        ("recourse: full", "recourse: some", "line 15, recourse"),
        ("  day_count: act_360", "  day_count: act_361", "terms.day_count"),
        ("kind: loan", "kind: gift", "line 5, kind"),
        ("  allowance_days: 5", "  allowance_days: -5", "terms.allowance_days"),
        ("  allowance_days: 5\n", "", "'allowance_days' is a required property"),
        ("currencies: [CNY, USD]", "currencies: [yuan]", "line 10, currencies.0"),
        ('{least: "1000", most', "{least: 1000, most", "bounds.principal.least"),
        ("postings: standard-loan", "postings: no-such-file", "postings/no-such-file.yaml"),
        ("about:", "abut:", "'abut' was unexpected"),
        ("recourse: full", "recourse: [full", "line 16"),
        ("recourse: full", 'recourse: "\x01"', "special characters"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    refused = refusal(tmp_path, TEXT.replace(old, new, 1))
    assert says in refused.reason.en
    assert refused.cure.zh


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("next: [diluted]", "next: [lost]", "there is no stage lost"),
        ("next: [diluted]", "next: []", "stages.diluted: it is never reached from invoiced"),
        ("stage: diluted", "stage: invoiced", "a stage is named twice"),
        ("draws: true", "draws: false", "in none of them may money be drawn"),
        ('least: "1000"', 'least: "99999999999"', "bounds.principal: least is above most"),
        ("least: 1, most: 180", "least: 181, most: 180", "bounds.periods: least is above most"),
        ('most: "0.18"', 'most: "18"', "a rate is a fraction a year"),
        ("amortisation: bullet", "amortisation: balloon", "a balloon has its share"),
        ("kind: loan", "kind: early_payment", "an early payment has none"),
        ("{required: false, above: null}", '{required: false, above: "5"}', "not required"),
    ],
)
def test_what_is_well_formed_but_cannot_be_true_is_told(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in TEXT
    assert says in refusal(tmp_path, TEXT.replace(old, new)).reason.en


def test_who_repays_must_be_a_party(tmp_path: Path) -> None:
    lines = [
        "  obligor: null" if line.startswith("  obligor:") else line for line in TEXT.split("\n")
    ]
    assert "there is no obligor to pay" in refusal(tmp_path, "\n".join(lines)).reason.en


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("credit: clearing, amount: received", "credit: nowhere, amount: received", "no account"),
        ("credit: clearing, amount: received", "credit: funds, amount: received", "both sides"),
        ("amount: fees_charged", "amount: received", "received is booked twice"),
        ("amount: fees_charged", "amount: early_paid", "early_paid has no place here"),
        ("amount: fees_charged", "amount: early_paid", "nothing books fees_charged"),
        ("scope: contract", "scope: product", "the principal, and it alone"),
        (
            "{debit: clearing, credit: overpayment, amount: overpaid}",
            "{debit: suspense, credit: overpayment, amount: overpaid}",
            "accounts.clearing: money would stay on the way",
        ),
        (
            "{debit: fee_receivable, credit: fee_income, amount: fees_charged}",
            "{debit: fee_receivable, credit: clearing, amount: fees_charged}",
            "accounts.clearing: money would stay on the way",
        ),
    ],
)
def test_postings_that_would_lose_money_are_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in POSTINGS
    other = POSTINGS.replace(old, new).replace(
        "accounts:\n", "accounts:\n  suspense: {type: suspense, scope: product}\n"
    )
    (tmp_path / "postings").mkdir()
    (tmp_path / "postings" / "odd.yaml").write_text(other, encoding="utf-8")
    text = TEXT.replace("postings: standard-loan", "postings: odd")
    assert says in refusal(tmp_path, text).reason.en


def test_postings_stand_in_the_file_or_beside_it(tmp_path: Path) -> None:
    inline = "\n".join("  " + line for line in POSTINGS.split("\n"))
    path = tmp_path / "product.yaml"
    path.write_text(TEXT.replace("postings: standard-loan", f"postings:\n{inline}"), "utf-8")
    written, _ = read_loan_product(path)
    named, _ = read_loan_product(CATALOGUE / "receivable_with_recourse.yaml")
    assert written == named


def test_a_missing_or_unreadable_file_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"loan_product\.invalid"):
        read_loan_product(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(Refusal, match=r"loan_product\.invalid"):
        read_loan_product(tmp_path / "bytes.yaml")
