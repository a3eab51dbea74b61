"""What people see of an account: balances, the lines they come from, and what is held."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits.domain.account import Account
from heliu.payments.deposits.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Line:
    """One journal line as its holder sees it. `effect` is signed: what it adds to the balance.

    `seq` and `key` are the journal's; `with_whom` is who is on the other side, `purpose` and
    `transfer` are known for what deposits moved themselves.
    """

    seq: int
    key: UUID
    account: UUID
    on: date
    recorded_at: datetime
    effect: Money
    balance: Money
    title: Text
    with_whom: str = field(repr=False)
    memo: str = field(repr=False)
    purpose: Purpose | None
    transfer: UUID | None


@dataclass(frozen=True, slots=True)
class Hold:
    """An amount that is promised and still on the account: to whom, and until when it is held.

    `until` is None for what a rail has not answered yet.
    """

    amount: Money
    to: str = field(repr=False)
    until: datetime | None
    transfer: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An account now: `available` = `posted` less all that is held."""

    account: Account
    posted: Money
    available: Money


@dataclass(frozen=True, slots=True)
class Explained:
    """How a balance was computed: `opening` and the lines since `start` make `posted`.

    Of the instant `known_at`, or of now if it is None; then `posted` less `holds` is `available`.
    The past has no holds: they are not kept once they ended.
    """

    account: Account
    start: date
    known_at: datetime | None
    opening: Money
    lines: tuple[Line, ...]
    posted: Money
    holds: tuple[Hold, ...]
    available: Money
