"""Dynamic discounting: the earlier a payable is paid, the larger the discount. Pure.

The discount is simple interest on the payable from the day of payment to the due date, ACT/360,
rounded half up to the fen; so it falls day by day and is nothing on the due date.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from heliu.credit.products.api import DayCount, interest
from heliu.ground.ids import derived_id
from heliu.ground.money import EXACT, Money


@dataclass(frozen=True, slots=True)
class DiscountOffer:
    """A buyer's offer on one payable: paid by `valid_until` at the latest, at `annual_rate`."""

    payable_id: UUID
    approval_id: UUID
    product: str
    product_version: int
    buyer_uscc: str
    supplier_uscc: str
    amount: Money
    annual_rate: Decimal
    due_on: date
    valid_until: date

    @property
    def id(self) -> UUID:
        """A payable is offered on once."""
        return derived_id("discount-offer", str(self.payable_id))


@dataclass(frozen=True, slots=True)
class EarlyPayment:
    """What the supplier gets on a day and what he leaves to the buyer: both sum to the payable.

    `annual_cost` is what the early money costs him a year (simple, ACT/360, on what he gets).
    """

    offer_id: UUID
    paid: Money
    discount: Money
    on: date
    annual_cost: Decimal


def priced(offer: DiscountOffer, on: date) -> EarlyPayment:
    """The early payment of an offer on `on` (not after its due date)."""
    assert on <= offer.due_on, "on the due date a payable is paid, not discounted"
    discount = interest(offer.amount, offer.annual_rate, on, offer.due_on, DayCount.ACT_360)
    paid = offer.amount - discount
    assert paid.minor > 0, "an offer's rate leaves something to pay"
    days = (offer.due_on - on).days
    cost = EXACT.divide(Decimal(discount.minor * 360), Decimal(paid.minor * max(days, 1)))
    return EarlyPayment(offer.id, paid, discount, on, cost)
