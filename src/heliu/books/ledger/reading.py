"""Reading the books: balances at any past instant, statements, trial balance, the chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from heliu.books.ledger import store_read
from heliu.books.ledger.domain.account import Account, AccountId, AccountType, Side
from heliu.books.ledger.domain.transfer import Entry, Phase
from heliu.ground.db import Tx
from heliu.ground.money import Money

_LAST_SEQ = 2**63 - 1
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry on an account, its signed effect on the normal side and the balance after it."""

    entry: Entry
    effect: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """An account over business dates [start, until): `closing` = `opening` + its lines."""

    account: AccountId
    start: date
    until: date
    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money


@dataclass(frozen=True, slots=True)
class TrialLine:
    """Posted totals of one account type in one currency."""

    type: str
    debits: Money
    credits: Money


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account with the totals posted on it; `balance` is on its normal side."""

    account: Account
    debits: Money
    credits: Money

    @property
    def balance(self) -> Money:
        """What it holds, on its normal side."""
        held = self.debits - self.credits
        return held if self.account.normal_side is Side.DEBIT else -held


@dataclass(frozen=True, slots=True)
class After:
    """A page of a list by key: what follows the account `account`, at most `most` lines."""

    account: int = 0
    most: int = 100


def chart(tx: Tx) -> list[AccountType]:
    """The chart of accounts."""
    return [AccountType(code, zh, en, Side(side)) for code, zh, en, side in store_read.chart(tx)]


def balance_at(
    tx: Tx, account: AccountId, *, recorded_until: datetime | None = None, on: date | None = None
) -> Money:
    """Posted balance on the normal side, folded from the journal.

    As the books knew it at an instant (`recorded_until`), as of the end of a business date
    (`on`, backdated entries included), or both; now if neither is given.
    """
    upto = _LAST_SEQ if recorded_until is None else store_read.recorded_until(tx, recorded_until)
    found = store_read.balance_at(tx, account, upto, on or date.max)
    assert found is not None, "the account is open"
    return Money(found[0], found[1])


def statement(tx: Tx, account: AccountId, *, start: date, until: date) -> Statement:
    """The entries of business dates [start, until) in order of date and journal."""
    assert start <= until, "a period does not end before it starts"
    found = store_read.balance_at(tx, account, _LAST_SEQ, start - _DAY)
    assert found is not None, "the account is open"
    minor, currency, side = found
    balance = opening = Money(minor, currency)
    lines = []
    for entry in map(_entry, store_read.statement(tx, account, start, until)):
        grows = (entry.debit == account) == (Side(side) is Side.DEBIT)
        effect = entry.amount if grows else -entry.amount
        balance += effect
        lines.append(StatementLine(entry, effect, balance))
    return Statement(account, start, until, opening, tuple(lines), balance)


def trial_balance(
    tx: Tx, *, recorded_until: datetime | None = None, on: date | None = None
) -> list[TrialLine]:
    """Totals by account type and currency; debits equal credits in every currency."""
    upto = _LAST_SEQ if recorded_until is None else store_read.recorded_until(tx, recorded_until)
    return [
        TrialLine(kind, Money(debits, currency), Money(credits_, currency))
        for kind, currency, debits, credits_ in store_read.trial_balance(tx, upto, on or date.max)
    ]


def accounts_of_type(
    tx: Tx,
    kind: str,
    page: After,
    *,
    recorded_until: datetime | None = None,
    on: date | None = None,
) -> list[AccountLine]:
    """A page of a type's accounts with their totals, as `trial_balance` sums them."""
    upto = _LAST_SEQ if recorded_until is None else store_read.recorded_until(tx, recorded_until)
    when = (upto, on or date.max)
    return [
        AccountLine(_account(row[:6]), Money(row[6], row[3]), Money(row[7], row[3]))
        for row in store_read.accounts(tx, kind, when, page.account, page.most)
    ]


def accounts_by_id(tx: Tx, ids: Sequence[AccountId]) -> dict[AccountId, Account]:
    """The accounts of these ids that are open."""
    return {AccountId(row[0]): _account(row) for row in store_read.named(tx, ids)}


def find_entries(tx: Tx, keys: Sequence[UUID]) -> list[Entry]:
    """The journal lines booked under `keys`, in order of the journal."""
    return [_entry(row) for row in store_read.entries(tx, keys)]


def _account(row: tuple[Any, ...]) -> Account:
    id_, name, kind, currency, floor, side = row
    return Account(AccountId(id_), name, kind, currency, floor, Side(side))


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, key, debit, credit, amount, currency, code, phase, on, at = row
    accounts = AccountId(debit), AccountId(credit)
    return Entry(seq, key, *accounts, Money(amount, currency), code, Phase(phase), on, at)
