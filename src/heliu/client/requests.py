"""What the bank is asked with."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

Amount = Decimal | int | str


class Payee(Struct, frozen=True, omit_defaults=True):
    """Whom a payment goes to."""

    name: str
    account: str
    uscc: str | None = None


class FinancingAsk(Struct, frozen=True, omit_defaults=True):
    """One financing of many, with its own key."""

    idempotency_key: str
    receivable: UUID
    amount: Amount | None = None
    payee: Payee | None = None


def members(**given: Any) -> dict[str, Any]:
    """The members of a body, without those that were left out; amounts as decimal texts."""
    body = {name: value for name, value in given.items() if value is not None}
    if "amount" in body:
        body["amount"] = decimal_text(body["amount"])
    return body


def decimal_text(amount: Amount) -> str:
    """An amount in major units as the bank takes it. Raises TypeError for a float."""
    if isinstance(amount, float):
        raise TypeError("money is a Decimal, a whole number or a decimal text, never a float")
    return format(Decimal(amount), "f")
