"""The page of every product is written from its file; HELIU_WRITE_DOCS=1 writes it anew."""

import os
from pathlib import Path

import pytest

from heliu.credit.products.api import CATALOGUE, catalogue, product_page, read_loan_product

PAGES = Path(__file__).parents[3] / "docs" / "products"


@pytest.mark.parametrize("path", catalogue(), ids=lambda path: path.stem)
def test_the_page_of_a_product_is_in_step(path: Path) -> None:
    written = product_page(read_loan_product(path)[0])
    page = PAGES / f"{path.stem.replace('_', '-')}.md"
    if os.environ.get("HELIU_WRITE_DOCS"):
        page.write_text(written, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == written


def test_no_page_tells_of_a_product_that_is_gone() -> None:
    known = {path.stem.replace("_", "-") for path in catalogue()}
    assert {page.stem for page in PAGES.glob("*.md")} == known


def test_a_t_account_shows_both_sides_of_every_row() -> None:
    page = product_page(read_loan_product(CATALOGUE / "working_capital.yaml")[0])
    account = page.split("principal (loan, contract)\n")[1].split("\n\n")[0]
    assert account.split("\n") == [
        "  debit                | credit",
        "  ---------------------+----------------------",
        "  principal_disbursed  | principal_repaid",
        "                       | principal_written_off",
    ]
