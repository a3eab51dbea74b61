"""Tenors as they are quoted, in days, and how many periods of a product that is. Pure."""

from typing import Final

from heliu.credit.products.loan_product import LoanProduct

_WEEK: Final = 7
_MONTH: Final = 30


def periods_of(product: LoanProduct, days: int) -> int | None:
    """How many periods of the product a tenor of `days` is; None if it is no whole number.

    A month is 30 or 31 days, as tenors are quoted: 180, 183 and 186 days are six, 365 are twelve.
    """
    assert product.terms is not None, "a loan has terms"
    every, unit = product.terms["period"]["every"], product.terms["period"]["unit"]
    if unit == "month":
        units, over = divmod(days, _MONTH)
        whole = over <= units
    else:
        units, over = divmod(days, _WEEK if unit == "week" else 1)
        whole = over == 0
    periods, rest = divmod(units, every)
    return periods if whole and rest == 0 and periods > 0 else None
