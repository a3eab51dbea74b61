"""A receivable loan due in one sum: its terms are a snapshot, its state the fold of its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from heliu.credit.products.api import Product, ProductKind, interest
from heliu.ground.money import Money


class EventKind(StrEnum):
    """What can happen to a loan, in the bank's words."""

    DISBURSED = "disbursed"
    REPAID = "repaid"
    DILUTED = "diluted"  # a credit note lowered the receivable after the draw


@dataclass(frozen=True, slots=True)
class LoanEvent:
    """One event: principal and interest it settled (repaid) or created (disbursed), minor units.

    For DILUTED, `principal` is 0 and `claim_change` the (negative) change of the receivable.
    """

    loan_id: UUID
    no: int
    kind: EventKind
    on: date
    principal: int
    interest: int
    claim_change: int = 0


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan on one receivable; immutable. `claim` is what the buyer owed when it was opened."""

    id: UUID
    receivable_id: UUID
    invoice_no: str
    application_id: UUID
    reservation_id: UUID
    programme: str
    programme_version: int
    product: Product
    supplier_uscc: str
    buyer_uscc: str
    principal: Money
    discount: Money  # interest kept back at disbursement; 0 for a bullet loan
    claim: Money
    opened_on: date
    due_on: date

    @property
    def proceeds(self) -> Money:
        """What the supplier is paid at disbursement."""
        return self.principal - self.discount

    @property
    def late_after(self) -> date:
        """The last day on which payment is not late."""
        return self.due_on + timedelta(days=self.product.grace_days)


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed on a day: interest and principal, and what the buyer still owes (claim)."""

    interest: Money
    principal: Money
    claim: Money

    @property
    def total(self) -> Money:
        """Interest and principal together."""
        return self.interest + self.principal


def price(product: Product, principal: Money, opened_on: date, due_on: date) -> Money:
    """The interest kept back at disbursement: a discount loan's whole interest, else nothing."""
    if product.kind is ProductKind.BULLET:
        return Money(0, principal.currency)
    return interest(principal, product.annual_rate, opened_on, due_on, product.day_count)


def debt_on(loan: Loan, events: Sequence[LoanEvent], on: date) -> Debt:
    """The debt at the end of day `on`, folded from the loan's events up to then.

    A bullet loan earns simple interest on open principal from opening to `on`; a discount loan
    has paid its interest up to the due date and earns again only after it.
    """
    currency = loan.principal.currency
    past = sorted((e for e in events if e.on <= on), key=lambda e: (e.on, e.no))
    principal = earned = settled = 0
    claim = loan.claim.minor
    since = loan.opened_on if loan.product.kind is ProductKind.BULLET else loan.due_on
    for event in past:
        earned += _earned(loan, Money(principal, currency), since, event.on)
        since = max(since, event.on)
        match event.kind:
            case EventKind.DISBURSED:
                principal += event.principal
            case EventKind.REPAID:
                principal -= event.principal
                settled += event.interest
                claim += event.claim_change
            case EventKind.DILUTED:
                claim += event.claim_change
    earned += _earned(loan, Money(principal, currency), since, on)
    assert principal >= 0, "a loan is never repaid beyond its principal"
    return Debt(
        Money(earned - settled, currency),
        Money(principal, currency),
        Money(max(0, claim), currency),
    )


def _earned(loan: Loan, principal: Money, since: date, until: date) -> int:
    if until <= since or principal.minor == 0:
        return 0
    product = loan.product
    return interest(principal, product.annual_rate, since, until, product.day_count).minor
