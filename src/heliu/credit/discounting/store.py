"""SQL of the discounting desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.credit.discounting.domain import DiscountOffer, EarlyPayment, priced
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.money import Money

ADD_OFFER: Final = """
INSERT INTO credit.discount_offer
  (id, payable_id, approval_id, product, product_version, buyer_uscc, supplier_uscc, currency,
   amount, annual_rate, due_on, valid_until, offered_by, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
OFFERS: Final = """
SELECT payable_id, approval_id, product, product_version, buyer_uscc, supplier_uscc, amount,
  currency, annual_rate, due_on, valid_until
FROM credit.discount_offer
WHERE id = ANY(%s)"""
ADD_PAYMENT: Final = """
INSERT INTO credit.early_payment
  (offer_id, discount, paid, paid_on, transfers, accepted_by, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
PAYMENTS: Final = """
SELECT offer_id, paid_on
FROM credit.early_payment
WHERE offer_id = ANY(%s)"""
VIOLATIONS: Final = """
SELECT p.offer_id
FROM credit.early_payment p
JOIN credit.discount_offer o ON o.id = p.offer_id
WHERE p.paid + p.discount <> o.amount
  OR p.paid_on > o.valid_until
ORDER BY p.offer_id"""


@dataclass(frozen=True, slots=True)
class Booked:
    """An early payment with the keys of its journal transfers."""

    payment: EarlyPayment
    transfers: tuple[UUID, ...]


def offers(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, DiscountOffer]:
    """The offers that were made, by id."""
    found = [_offer(row) for row in tx.rows(OFFERS, (list(set(ids)),))]
    return {offer.id: offer for offer in found}


def add_offers(tx: Tx, actor: Actor, new: Sequence[DiscountOffer], now: datetime) -> None:
    """Write offers down; of two at once on one payable, the first one counts."""
    tx.many(
        ADD_OFFER,
        [
            (
                *(o.id, o.payable_id, o.approval_id, o.product, o.product_version, o.buyer_uscc),
                *(o.supplier_uscc, o.amount.currency, o.amount.minor, o.annual_rate, o.due_on),
                *(o.valid_until, actor.id, now),
            )
            for o in new
        ],
    )


def payments(tx: Tx, made: dict[UUID, DiscountOffer]) -> dict[UUID, EarlyPayment]:
    """What was paid early on these offers."""
    rows = tx.rows(PAYMENTS, (list(made),))
    return {offer_id: priced(made[offer_id], on) for offer_id, on in rows}


def add_payments(tx: Tx, actor: Actor, new: Sequence[Booked], now: datetime) -> None:
    """Write early payments down."""
    tx.many(
        ADD_PAYMENT,
        [
            (
                *(b.payment.offer_id, b.payment.discount.minor, b.payment.paid.minor),
                *(b.payment.on, list(b.transfers), actor.id, now),
            )
            for b in new
        ],
    )


def violations(tx: Tx) -> list[str]:
    """Early payments that do not add up to their payable: always empty."""
    return [f"early payment of offer {row[0]} does not add up" for row in tx.rows(VIOLATIONS)]


def _offer(row: TupleRow) -> DiscountOffer:
    return DiscountOffer(
        payable_id=row[0],
        approval_id=row[1],
        product=row[2],
        product_version=row[3],
        buyer_uscc=row[4],
        supplier_uscc=row[5],
        amount=Money(row[6], row[7]),
        annual_rate=row[8],
        due_on=row[9],
        valid_until=row[10],
    )
