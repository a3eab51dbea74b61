"""A connection: one machine of a party (or of the bank) that may call, and what it may do."""

import base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

MAX_NAME: Final = 100


class Permission(StrEnum):
    """One thing a connection may do; what is not granted is denied."""

    DOCUMENTS_WRITE = "documents:write"
    PARTIES_WRITE = "parties:write"
    APPROVALS_WRITE = "approvals:write"
    DECISIONS_WRITE = "credit-decisions:write"
    DRAWDOWNS_WRITE = "drawdowns:write"
    PAYMENTS_WRITE = "payments:write"
    FINANCINGS_WRITE = "financings:write"
    ACTS_READ = "acts:read"
    PROGRAMMES_READ = "programmes:read"
    PROGRAMMES_WRITE = "programmes:write"
    PROGRAMMES_RELEASE = "programmes:release"
    ACQUISITION_WRITE = "acquisition:write"
    WEBHOOKS_MANAGE = "webhooks:manage"


# A party may propose terms; putting them in force is the bank's alone.
OF_THE_BANK: Final = frozenset({Permission.PROGRAMMES_RELEASE})


@dataclass(frozen=True, slots=True)
class IssueConnection:
    """A connection to be issued; `party_uscc` None is the bank itself, which sees all."""

    party_uscc: str | None
    name: str
    permissions: frozenset[Permission]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """An issued connection. Its secret is derived from id and `generation` (>= 1), never kept."""

    id: str
    party_uscc: str | None
    name: str
    permissions: frozenset[Permission]
    issued_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    generation: int = 1

    def live(self, at: datetime) -> bool:
        """Whether it may call at the instant `at`: neither revoked nor expired, [issued, ends)."""
        return (self.revoked_at is None or at < self.revoked_at) and (
            self.expires_at is None or at < self.expires_at
        )

    def sees(self, parties: frozenset[str]) -> bool:
        """Whether what concerns `parties` (USCC) is its business; the bank's own sees all."""
        return self.party_uscc is None or self.party_uscc in parties


def connection_id(unique: UUID) -> str:
    """`hk_` and the 26 letters of a UUID in base32 (RFC 4648, lower case, without padding)."""
    return "hk_" + base64.b32encode(unique.bytes).decode().rstrip("=").lower()
