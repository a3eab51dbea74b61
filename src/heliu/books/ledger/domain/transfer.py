"""Transfers: one debit, one credit, one amount; and the answer each gets."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from heliu.books.ledger.domain.account import AccountId
from heliu.books.ledger.errors import REFUSALS, Refused, Why
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

MAX_AMOUNT: Final = 10**14
MAX_CODE: Final = 2**15 - 1


class Phase(IntEnum):
    """What a transfer does; the number is the journal's."""

    POSTED = 0  # moves the amount at once
    PENDING = 1  # only holds it on the accounts that would give
    POST = 2  # moves up to the amount of a pending one and ends its hold
    VOID = 3  # ends the hold of a pending one
    EXPIRE = 4  # the same, written by the ledger itself when the time is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One double-entry movement between two accounts of one currency.

    `key` makes it idempotent: sent again with the same content it answers as before. `code` says
    what happened (an accounting event of the caller's). `linked` ties it to the next transfer of
    the batch: a chain is booked whole or not at all. POST and VOID name the pending transfer they
    resolve by `pending_key` and repeat its accounts (VOID also its amount).
    """

    key: UUID
    debit: AccountId
    credit: AccountId
    amount: Money
    code: int
    business_date: date
    phase: Phase = Phase.POSTED
    linked: bool = False
    pending_key: UUID | None = None
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        resolves = self.phase in (Phase.POST, Phase.VOID)
        assert self.phase is not Phase.EXPIRE, "the ledger expires pending transfers itself"
        assert resolves == (self.pending_key is not None), "POST and VOID name a pending transfer"
        assert self.expires_at is None or self.phase is Phase.PENDING, "only pending ones expire"
        assert self.expires_at is None or self.expires_at.tzinfo is not None, "instants are aware"
        assert 0 < self.code <= MAX_CODE, "event codes are 1 to 32767"


class Status(StrEnum):
    """How a transfer was answered."""

    POSTED = "posted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one transfer: its place in the journal, or why it has none."""

    key: UUID
    status: Status
    seq: int | None = None
    why: Why = field(default=Why.NONE)

    @property
    def refusal(self) -> Refused | None:
        """Code, reason and cure of a refusal, zh and en."""
        return REFUSALS[self.why] if self.why else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal as it was booked."""

    seq: int
    key: UUID
    debit: AccountId
    credit: AccountId
    amount: Money
    code: int
    phase: Phase
    business_date: date
    recorded_at: datetime


def reversal(entry: Entry, *, code: int, business_date: date) -> Transfer:
    """The transfer that undoes `entry`: sides swapped, journal untouched.

    Its key is derived from the entry's, so an entry is reversed at most once. Only what moved
    money can be reversed (a pending transfer is voided instead).
    """
    assert entry.phase in (Phase.POSTED, Phase.POST), "only moved money can be moved back"
    return Transfer(
        key=derived_id("ledger.reversal", entry.key.hex),
        debit=entry.credit,
        credit=entry.debit,
        amount=entry.amount,
        code=code,
        business_date=business_date,
    )
