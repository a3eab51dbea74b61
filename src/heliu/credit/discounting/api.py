"""Door of the discounting desk."""

from heliu.credit.discounting.domain import DiscountOffer, EarlyPayment, priced
from heliu.credit.discounting.service import Accept, Offer, accept, offer, quote
from heliu.credit.discounting.store import offers, violations

__all__ = [
    "Accept",
    "DiscountOffer",
    "EarlyPayment",
    "Offer",
    "accept",
    "offer",
    "offers",
    "priced",
    "quote",
    "violations",
]
