"""Payees: whom a holder pays, and since when a locked list lets them through."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.payments.deposits.domain.transfer import To


@dataclass(frozen=True, slots=True)
class AddPayee:
    """The command to put a payee on the holder's list."""

    holder: str
    to: To


@dataclass(frozen=True, slots=True)
class Payee:
    """Somebody on a holder's list. `trusted_from`: when a locked list lets him through."""

    id: UUID
    holder: str
    name: str = field(repr=False)
    account: str = field(repr=False)
    bank: str | None
    trusted_from: datetime
    added_at: datetime

    @property
    def to(self) -> To:
        """As a transfer names him."""
        return To(self.name, self.account, self.bank)


def payee_id(holder: str, to: To, added_at: datetime) -> UUID:
    """The id of a payee added at an instant."""
    return derived_id("payee", holder, to.account, added_at.isoformat())
