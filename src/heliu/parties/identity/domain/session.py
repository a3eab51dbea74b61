"""A session: how long it lives, when its token is renewed, and what a late token means.

Limits follow NIST SP 800-63B-4 (reauthentication): inactivity and an absolute end. All arithmetic
is over instants; the token is a random string of which only a digest is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.ground.actor import Actor
from heliu.parties.identity.domain.person import Membership, Person
from heliu.parties.identity.domain.roles import OF_EVERYBODY, OF_THE_STAFF, RIGHTS_OF, Right

IDLE: Final = timedelta(minutes=10)
IDLE_OF_STAFF: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=12)
RENEWED_AFTER: Final = timedelta(minutes=15)
# Requests that were on their way when the token was renewed still come in.
OVERLAP: Final = timedelta(seconds=30)
# That a session was seen is written down no more often than this: a page costs no commit.
SEEN_STEP: Final = timedelta(seconds=20)


class End(StrEnum):
    """Why a session is over."""

    LEFT = "left"
    ELSEWHERE = "elsewhere"  # from another device, or because the way in was changed
    REUSED = "reused"  # a token that had been renewed came again: it was lost or stolen


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody logged in. `renewed` is the token to answer with, where it is time for a new one."""

    id: UUID
    person: Person
    membership: Membership | None
    device: str
    opened_at: datetime
    seen_at: datetime
    demo: bool = False
    renewed: str | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """What may be done in it; before a membership is chosen, what everybody may."""
        return RIGHTS_OF[self.membership.role] if self.membership else OF_EVERYBODY

    @property
    def party(self) -> str | None:
        """The enterprise (USCC) it is for, if it is for one."""
        return self.membership.party if self.membership else None

    @property
    def actor(self) -> Actor:
        """In whose name is acted."""
        return self.person.actor

    @property
    def idle_ends(self) -> datetime:
        """When it ends if nothing is done any more."""
        return min(self.seen_at + idle_of(self.membership), self.opened_at + ABSOLUTE)


class Token(StrEnum):
    """What a known token means now."""

    GOOD = "good"
    TO_RENEW = "to_renew"
    OVER = "over"
    REUSED = "reused"


def idle_of(membership: Membership | None) -> timedelta:
    """How long nothing may happen."""
    staff = membership is not None and membership.role in OF_THE_STAFF
    return IDLE_OF_STAFF if staff else IDLE


def judge(
    session: Session, issued_at: datetime, replaced_at: datetime | None, now: datetime
) -> Token:
    """What a token of a session that has not been closed means at `now`.

    `issued_at` is when it was issued, `replaced_at` when the next one was, if one was.
    """
    if now >= session.idle_ends:
        return Token.OVER
    if replaced_at is not None:
        return Token.GOOD if now < replaced_at + OVERLAP else Token.REUSED
    return Token.TO_RENEW if now >= issued_at + RENEWED_AFTER else Token.GOOD
