"""Guardianship: somebody of the family who is told of risks and approves with above a limit.

The guardian sees risk events and the orders he is asked about, never balances or movements. It
begins when he accepts, and either side ends it alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.ground.text import Text
from heliu.parties.identity.domain.order import Order

INVITED_FOR: Final = timedelta(days=7)
APPROVED_WITHIN: Final = timedelta(hours=24)
GUARDIANS_AT_MOST: Final = 3


class Bond(StrEnum):
    """How a guardianship stands."""

    INVITED = "invited"
    LIVE = "live"
    ENDED = "ended"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Guardianship:
    """The bond of a ward and a guardian; `limit_minor` (fen, > 0): above it both must agree.

    `guardian` is None until somebody with the invited login accepted; names are for the other side.
    """

    id: UUID
    ward: UUID
    ward_name: str
    guardian_login: str
    guardian: UUID | None
    guardian_name: str | None
    limit_minor: int
    invited_at: datetime
    accepted_at: datetime | None = None
    ended_at: datetime | None = None

    def bond(self, now: datetime) -> Bond:
        """How it stands at `now`."""
        if self.ended_at is not None:
            return Bond.ENDED
        if self.accepted_at is not None:
            return Bond.LIVE
        return Bond.LAPSED if now >= self.invited_at + INVITED_FOR else Bond.INVITED


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """What a guardian is told of: a sentence without balances."""

    id: UUID
    ward: UUID
    ward_name: str
    text: Text
    at: datetime


class Ruling(StrEnum):
    """How a request to approve stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CoApproval:
    """A ward's order that waits for a guardian; `order` is what both see."""

    id: UUID
    ward: UUID
    ward_name: str
    order: Order
    asked_at: datetime
    approved: bool | None = None
    ruled_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """Until when it may be ruled on."""
        return self.asked_at + APPROVED_WITHIN

    def ruling(self, now: datetime) -> Ruling:
        """How it stands at `now`."""
        if self.approved is not None:
            return Ruling.APPROVED if self.approved else Ruling.REFUSED
        return Ruling.EXPIRED if now >= self.expires_at else Ruling.WAITING
