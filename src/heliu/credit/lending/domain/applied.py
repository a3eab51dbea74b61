"""What ties a contract to the application it comes from: its key and its terms. Pure."""

from uuid import UUID

from heliu.credit.lending.domain.contract import Open
from heliu.credit.origination.api import Accepted
from heliu.credit.products.api import LoanProduct, periods_of
from heliu.ground.ids import derived_id


def application_key(application: UUID) -> UUID:
    """The key of the one command that opens the contract of an application."""
    return derived_id("contract of application", application.hex)


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
