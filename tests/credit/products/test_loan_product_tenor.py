"""Tenors in days and the periods of a product."""

from dataclasses import replace

import pytest

from heliu.credit.products.api import (
    CATALOGUE,
    LoanProduct,
    loan_product_of,
    periods_of,
    read_loan_product,
)


@pytest.mark.parametrize(
    ("stem", "days", "periods"),
    [
        ("working_capital", 180, 6),
        ("working_capital", 30, 1),
        ("working_capital", 365, 12),
        ("working_capital", 92, 3),
        ("working_capital", 93, 3),
        ("working_capital", 94, None),
        ("working_capital", 100, None),
        ("working_capital", 29, None),
        ("receivable_with_recourse", 91, 91),
        ("receivable_with_recourse", 0, None),
    ],
)
def test_a_tenor_is_a_whole_number_of_the_products_periods_or_none(
    stem: str, days: int, periods: int | None
) -> None:
    assert periods_of(product(stem), days) == periods


@pytest.mark.parametrize(
    ("unit", "every", "days", "periods"),
    [("week", 1, 21, 3), ("week", 1, 22, None), ("month", 3, 180, 2), ("month", 3, 120, None)],
)
def test_periods_of_several_units_are_whole_too(
    unit: str, every: int, days: int, periods: int | None
) -> None:
    monthly = product("working_capital")
    assert monthly.terms is not None
    terms = {**monthly.terms, "period": {"unit": unit, "every": every}}
    assert periods_of(replace(monthly, terms=terms), days) == periods


def product(stem: str) -> LoanProduct:
    return loan_product_of(read_loan_product(CATALOGUE / f"{stem}.yaml")[1])
