"""Guardians of who pays: asked above the agreed amount, told of risks; they see no balances."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Order,
    Person,
    ask_approval,
    needs_approval,
    persons,
    tell_guardians,
)
from heliu.payments.deposits.domain.account import person_of
from heliu.payments.deposits.domain.transfer import Pause, Transfer

CO_APPROVE: Final = "transfer.co_approve"
LOCK_RELAXED: Final = Text(
    "申请放宽自己设置的锁，24 小时后生效",
    "asked to relax one of the own locks; it takes effect in 24 hours",
)
_SCAM: Final = Text(
    "第一次向陌生收款人付较大金额，已暂停 24 小时",
    "a first, large payment to a new payee was paused for 24 hours",
)


def wards(tx: Tx, holders: Sequence[str]) -> Mapping[str, Person]:
    """Which of these holders are people the bank knows, whom somebody may guard."""
    ids = {holder: one for holder in holders if (one := person_of(holder)) is not None}
    known = persons(tx, list(ids.values()))
    return {holder: known[one] for holder, one in ids.items() if one in known}


def must_agree(tx: Tx, ward: Person | None, amount: Money, at: datetime) -> bool:
    """Whether a guardian must agree to this amount."""
    return ward is not None and needs_approval(tx, ward, amount, at)


def ask_and_tell(tx: Tx, ward: Person | None, transfer: Transfer) -> None:
    """Ask the guardians to agree where they must, and tell them of what may be a scam."""
    if ward is None:
        return
    at = transfer.made_at
    if Pause.APPROVAL in transfer.pauses:
        order = Order(CO_APPROVE, _told(transfer), transfer.id.bytes)
        ask_approval(tx, ward, transfer.id, order, at)
    if Pause.SCAM in transfer.pauses:
        tell_guardians(tx, ward.id, _SCAM, at)


def tell(tx: Tx, holder: str, text: Text, at: datetime) -> None:
    """Tell whoever guards the holder of a risk."""
    ward: UUID | None = person_of(holder)
    if ward is not None and wards(tx, [holder]):
        tell_guardians(tx, ward, text, at)


def _told(transfer: Transfer) -> Text:
    minor = transfer.amount.minor
    figure = f"{minor // 100:,}.{minor % 100:02d}"
    return Text(f"付给{transfer.to.name} {figure} 元", f"Pay {figure} yuan to {transfer.to.name}")
