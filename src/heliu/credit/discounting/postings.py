"""Journal of an early payment, by the product's own postings: deposit to deposit, nothing lent."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import AccountId, Ledger, NewAccount, Transfer
from heliu.credit.discounting.domain import DiscountOffer, EarlyPayment
from heliu.credit.products.api import LoanProduct, Part
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id

BUYER: Final = "buyer"


def accounts(
    tx: Tx, ledger: Ledger, offers: Sequence[tuple[DiscountOffer, LoanProduct]]
) -> dict[str, AccountId]:
    """Every account these offers move, opened if new, by name. Floor 0: no cash, no payment."""
    wanted = {
        (name := _name(offer, role)): NewAccount(name, account.type, offer.amount.currency, floor=0)
        for offer, product in offers
        for role, account in product.postings.accounts.items()
    }
    return dict(zip(wanted, ledger.open_accounts(tx, list(wanted.values())), strict=True))


def early(
    offer: DiscountOffer,
    payment: EarlyPayment,
    product: LoanProduct,
    ids: dict[str, AccountId],
) -> Transfer:
    """The supplier is paid from the buyer's own account."""
    row = product.postings.row(Part.EARLY_PAID)
    assert row is not None, "a product of early payment books what is paid early"
    return Transfer(
        key=transfer_key(offer.id),
        debit=ids[_name(offer, row.debit)],
        credit=ids[_name(offer, row.credit)],
        amount=payment.paid,
        code=int(row.part),
        business_date=payment.on,
    )


def transfer_key(offer_id: UUID) -> UUID:
    """An offer is paid once."""
    return derived_id("early-payment", str(offer_id))


def _name(offer: DiscountOffer, role: str) -> str:
    uscc = offer.buyer_uscc if role == BUYER else offer.supplier_uscc
    return f"supplier:{uscc}:deposit:{offer.amount.currency}"
