"""What ties a contract to the application it comes from: its key, its terms, its periods. Pure."""

from typing import Final
from uuid import UUID

from heliu.credit.lending.domain.contract import Open
from heliu.credit.origination.api import Accepted
from heliu.credit.products.api import LoanProduct
from heliu.ground.ids import derived_id

_WEEK: Final = 7
_MONTH: Final = 30


def application_key(application: UUID) -> UUID:
    """The key of the one command that opens the contract of an application."""
    return derived_id("contract of application", application.hex)


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


def says_the_same(command: Open, product: LoanProduct, agreed: Accepted) -> bool:
    """Whether a command opens what was agreed, nothing else, and as its application's contract."""
    return command.key == application_key(agreed.application_id) and (
        command.product,
        command.version,
        command.borrower_uscc,
        command.principal,
        command.annual_rate,
        command.periods,
        dict(command.inputs),
    ) == (
        agreed.product_code,
        agreed.product_version,
        agreed.borrower,
        agreed.amount,
        agreed.annual_rate,
        periods_of(product, agreed.tenor_days),
        dict(agreed.inputs),
    )
