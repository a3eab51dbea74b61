"""Accounts: their types, their numbers, and what opening one asks for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

AccountId = NewType("AccountId", int)

# An account's number is currency number (ISO 4217) times this, plus its serial: the currency can
# be read off the number, so that a check on one journal row keeps currencies apart.
SERIALS: Final = 10**12
MAX_FLOOR: Final = 10**14


class Side(StrEnum):
    """The side on which an account's balance normally grows."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class AccountType:
    """One line of the chart of accounts."""

    code: str
    zh: str
    en: str
    normal_side: Side


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open under a name of the caller's own, such as `supplier:ID:deposit:CNY`.

    `floor`: the least balance, in minor units on the normal side, that outgoing transfers may
    leave (0 forbids overdraft, a negative one is a credit line); None leaves it free. `fresh`
    promises that the name is new, so that a hopeful transaction need not look.
    """

    name: str
    type: str
    currency: str = "CNY"
    floor: int | None = None
    fresh: bool = False

    def __post_init__(self) -> None:
        assert self.name, "an account has a name"
        assert self.floor is None or abs(self.floor) <= MAX_FLOOR, "floors are at most 10^14"


@dataclass(frozen=True, slots=True)
class Account:
    """An open account."""

    id: AccountId
    name: str
    type: str
    currency: str
    floor: int | None
    normal_side: Side

    @property
    def serial(self) -> int:
        """The place of the account in the writer's arrays."""
        return self.id % SERIALS


def account_id(currency_number: int, serial: int) -> AccountId:
    """The number of the account of that currency (ISO 4217 number) and serial (> 0)."""
    assert 0 < serial < SERIALS, "serials are positive and end before the currency's digits"
    return AccountId(currency_number * SERIALS + serial)
