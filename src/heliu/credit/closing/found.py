"""A loan as its own book tells it to the end of day, before it has numbers in the positions."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from uuid import UUID

from heliu.credit.closing.domain.columns import Position
from heliu.credit.closing.store import Accounts
from heliu.credit.provisioning.api import Parameters


class Book(IntEnum):
    """The books that are closed together."""

    LENDING = 1
    RECEIVABLE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A day and what is known on it: `since` is the instant the day before was closed up to."""

    day: date
    since: datetime | None
    known: datetime
    parameters: Parameters
    watch_tier: int


@dataclass(frozen=True, slots=True)
class Found:
    """One loan something happened to, as it stood at the end of day `on` (not after the day asked).

    `position` lacks the numbers of loan, product, currency and parties.
    """

    book: Book
    loan_id: UUID
    source_no: int
    product: str
    accounts: Accounts
    currency: str
    on: date
    borrower_uscc: str
    buyer_uscc: str | None
    position: Position


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """The period of a loan that begins on a day, minor units."""

    source_no: int
    end: date
    interest: int
    paid: int
    principal: int
