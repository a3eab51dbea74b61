"""A transfer: ordered, held while it can be recalled, then paid or given back, once."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.deposits.domain.purpose import Purpose

RECALL_WINDOW: Final = timedelta(minutes=10)
# What waits for a second thought, or for a guardian, waits this long.
PAUSE: Final = timedelta(hours=24)


class State(StrEnum):
    """Where a transfer stands. HELD is the only one that is not an end."""

    HELD = "held"
    PAID = "paid"
    RECALLED = "recalled"  # by who ordered it
    REFUSED = "refused"  # by his guardian
    LAPSED = "lapsed"  # nobody approved in time
    FAILED = "failed"  # when it was to be paid, it could not be


class Pause(StrEnum):
    """Why a transfer waits longer than the recall window."""

    SCAM = "scam"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class To:
    """Who is paid: name, account number (ours or another bank's), and that bank where known."""

    name: str = field(repr=False)
    account: str = field(repr=False)
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class MakeTransfer:
    """The command to pay `amount` (> 0) from an account of `holder`; `key` is idempotent.

    `bill`: what it pays.
    """

    key: UUID
    holder: str
    account: UUID
    to: To
    amount: Money
    purpose: Purpose = Purpose.TRANSFER
    memo: str = field(default="", repr=False)
    bill: UUID | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as it stands. While HELD, it can be recalled until `pays_at`.

    `due_at`: when the loop looks at a held one; later than `pays_at` if it waits for approval.
    `failed`: the code of why it could not be paid.
    """

    id: UUID
    key: UUID
    holder: str
    account: UUID
    to: To
    amount: Money
    purpose: Purpose
    memo: str = field(repr=False)
    bill: UUID | None
    pauses: frozenset[Pause]
    on: date
    made_by: str
    made_at: datetime
    pays_at: datetime
    state: State
    waits_for_approval: bool = False
    ended_at: datetime | None = None
    failed: str | None = None

    def recallable(self, at: datetime) -> bool:
        """Whether its holder can still take it back at `at`."""
        return self.state is State.HELD and (self.waits_for_approval or at < self.pays_at)


def transfer_id(key: UUID) -> UUID:
    """The id of the transfer of this key: the same for ever."""
    return derived_id("transfer", key.hex)


def order_key(transfer: UUID) -> UUID:
    """The key of the payment order that a transfer becomes when its window ends."""
    return derived_id("transfer order", transfer.hex)


def says_the_same(command: MakeTransfer, known: Transfer) -> bool:
    """Whether a command sent again says what it said the first time."""
    return (
        *(command.holder, command.account, command.to, command.amount),
        *(command.purpose, command.memo, command.bill),
    ) == (
        *(known.holder, known.account, known.to, known.amount),
        *(known.purpose, known.memo, known.bill),
    )
