"""Deposit accounts: who holds them, and the number people write for an account of the ledger."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import AccountId
from heliu.ground.ids import derived_id

# 88, the currency (ISO 4217, 3 digits), the ledger's serial (12 digits), a check digit.
_PREFIX: Final = "88"
_DIGITS: Final = 18
_SERIALS: Final = 10**12
# 老年人权益保障法 art. 2: who has completed the sixtieth year.
ELDER_YEARS: Final = 60


@dataclass(frozen=True, slots=True)
class When:
    """The instant on people's clock (aware, UTC) and the bank's business date."""

    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds deposits. `id` is as the ledger spells it: `person:ID` or `supplier:USCC`."""

    id: str
    name: str = field(repr=False)
    born_on: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """The command to open the holder's account number `place` (from 1) in a currency."""

    holder: Holder
    place: int = 1
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Account:
    """An open demand deposit."""

    id: UUID
    holder: str
    place: int
    ledger_account: AccountId
    number: str = field(repr=False)
    currency: str
    opened_on: date


def holder_of_person(person: UUID) -> str:
    """The holder's id of a person."""
    return f"person:{person}"


def person_of(holder: str) -> UUID | None:
    """The person that a holder is; None for a firm."""
    kind, _, identity = holder.partition(":")
    return UUID(identity) if kind == "person" else None


def holder_of_firm(uscc: str) -> str:
    """The holder's id of a firm: the one whose deposit its proceeds and repayments move."""
    return f"supplier:{uscc}"


def ledger_name(asked: OpenAccount) -> str:
    """The name of the account in the ledger; the first one is the customer's one everywhere."""
    name = f"{asked.holder.id}:deposit:{asked.currency}"
    return name if asked.place == 1 else f"{name}:{asked.place}"


def account_identity(asked: OpenAccount) -> UUID:
    """The id of the account of that holder, currency and place."""
    return derived_id("deposit account", ledger_name(asked))


def number_of(account: AccountId) -> str:
    """The number people write for an account of the ledger: 18 digits, the last one checks."""
    body = f"{_PREFIX}{account // _SERIALS:03d}{account % _SERIALS:012d}"
    return body + str(_check_digit(body))


def is_ours(number: str) -> bool:
    """Whether a number is spelled as this bank's, right or wrong in its digits."""
    digits = number.isascii() and number.isdigit()
    return digits and len(number) == _DIGITS and number.startswith(_PREFIX)


def account_of(number: str) -> AccountId | None:
    """The account of the ledger with that number; None if it is none, or its digits are wrong."""
    if not is_ours(number) or int(number[-1]) != _check_digit(number[:-1]):
        return None
    return AccountId(int(number[2:5]) * _SERIALS + int(number[5:17]))


def masked(number: str) -> str:
    """What may be shown of an account number to others: its last four characters."""
    return number[-4:]


def is_elder(born_on: date | None, on: date) -> bool:
    """Whether a person born then has completed the sixtieth year on day `on`."""
    if born_on is None:
        return False
    years = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return years >= ELDER_YEARS


def _check_digit(body: str) -> int:
    """ISO/IEC 7812-1 annex B (Luhn): the digit that follows `body`."""
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 - place % 2)
        total += digit - 9 if digit > 9 else digit  # noqa: PLR2004 - the sum of two digits
    return -total % 10
