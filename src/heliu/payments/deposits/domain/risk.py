"""Risk events: what a guardian may see of somebody's banking, and nothing else of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.ground.text import Text


class RiskKind(StrEnum):
    """What happened."""

    SCAM_PAUSE = "scam_pause"
    APPROVAL_ASKED = "approval_asked"
    LOCK_RELAXED = "lock_relaxed"


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """Something risky that happened to a holder's money; the text says no balance."""

    id: UUID
    holder: str
    kind: RiskKind
    text: Text
    at: datetime
    transfer: UUID | None = None


_TEXTS = {
    RiskKind.SCAM_PAUSE: Text(
        "第一次向陌生收款人付较大金额，已暂停 24 小时",
        "a first, large payment to a new payee was paused for 24 hours",
    ),
    RiskKind.APPROVAL_ASKED: Text(
        "一笔超过约定金额的转账等待您确认",
        "a transfer above the agreed amount waits for your approval",
    ),
    RiskKind.LOCK_RELAXED: Text(
        "申请放宽自己设置的锁，24 小时后生效",
        "asked to relax one of the own locks; it takes effect in 24 hours",
    ),
}


def risk(holder: str, kind: RiskKind, at: datetime, transfer: UUID | None = None) -> RiskEvent:
    """A risk event in the bank's words; of one kind and transfer (or instant) there is one."""
    about = transfer.hex if transfer is not None else at.isoformat()
    identity = derived_id("risk", holder, kind, about)
    return RiskEvent(identity, holder, kind, _TEXTS[kind], at, transfer)
