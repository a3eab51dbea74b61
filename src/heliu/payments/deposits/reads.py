"""What people read: accounts as they stand, their lines, and how a balance was computed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from heliu.books.ledger.api import AccountId, StatementLine, balance_at, statement
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits import store, store_read, store_transfer
from heliu.payments.deposits.domain.account import Account, Holder
from heliu.payments.deposits.domain.bill import Bill, Biller
from heliu.payments.deposits.domain.payee import Payee
from heliu.payments.deposits.domain.purpose import NAMES
from heliu.payments.deposits.domain.statement import Explained, Hold, Line, Standing
from heliu.payments.deposits.domain.transfer import Transfer
from heliu.payments.deposits.store_transfer import Note

LATEST = 50


def accounts_of(tx: Tx, holder: str) -> list[Standing]:
    """A holder's accounts as they stand now, the first one first."""
    accounts = store.accounts_of(tx, holder)
    ids = [account.ledger_account for account in accounts]
    posted = store_read.balances(tx, ids)
    held = dict.fromkeys(ids, 0)
    for row in store_read.holds(tx, ids):
        held[row[0]] += row[1]
    return [
        Standing(
            account,
            Money(posted[account.ledger_account], account.currency),
            Money(posted[account.ledger_account] - held[account.ledger_account], account.currency),
        )
        for account in accounts
    ]


def holder_named(tx: Tx, holder: str) -> Holder | None:
    """Who holds, if he is registered."""
    return store.holders(tx, [holder]).get(holder)


def explain(
    tx: Tx, account: Account, *, start: date, until: date, known_at: datetime | None = None
) -> Explained:
    """How the balance at the end of [start, until) was computed, down to the journal lines.

    `known_at` asks what the books knew at an instant; lines recorded later are not in it.
    """
    found = statement(tx, account.ledger_account, start=start, until=until)
    entries = [
        line for line in found.lines if known_at is None or line.entry.recorded_at <= known_at
    ]
    opening = found.opening
    if known_at is not None:
        closing = balance_at(
            tx, account.ledger_account, recorded_until=known_at, on=until - date.resolution
        )
        opening = closing - sum((line.effect for line in entries), Money(0, account.currency))
    lines = _lines(tx, account, opening, entries)
    posted = lines[-1].balance if lines else opening
    holds = () if known_at is not None else tuple(holds_on(tx, account))
    available = posted - sum((hold.amount for hold in holds), Money(0, account.currency))
    return Explained(account, start, known_at, opening, lines, posted, holds, available)


def holds_on(tx: Tx, account: Account) -> list[Hold]:
    """What is promised and still on the account, next to be paid first."""
    return [
        Hold(Money(amount, account.currency), to, until, transfer)
        for _, amount, to, until, transfer in store_read.holds(tx, [account.ledger_account])
    ]


def _lines(
    tx: Tx, account: Account, opening: Money, entries: Sequence[StatementLine]
) -> tuple[Line, ...]:
    notes = store_read.notes(tx, [line.entry.key for line in entries])
    kinds = store_read.kinds(tx, [_other(line, account.ledger_account) for line in entries])
    lines, balance = [], opening
    for line in entries:
        balance += line.effect
        entry, note = line.entry, notes.get(line.entry.key)
        other = "" if note is None else note.payer if line.effect.minor > 0 else note.payee
        lines.append(
            Line(
                seq=entry.seq,
                key=entry.key,
                account=account.id,
                on=entry.business_date,
                recorded_at=entry.recorded_at,
                effect=line.effect,
                balance=balance,
                title=_title(note, kinds, _other(line, account.ledger_account)),
                with_whom=other,
                memo="" if note is None else note.memo,
                purpose=None if note is None else note.purpose,
                transfer=None if note is None else note.transfer,
            )
        )
    return tuple(lines)


def _other(line: StatementLine, account: AccountId) -> AccountId:
    return line.entry.credit if line.entry.debit == account else line.entry.debit


def _title(note: Note | None, kinds: Mapping[int, tuple[str, str]], other: AccountId) -> Text:
    return NAMES[note.purpose] if note is not None else Text(*kinds[other])


def transfers_of(tx: Tx, holder: str, limit: int = LATEST) -> list[Transfer]:
    """A holder's transfers, youngest first."""
    return store_transfer.of_holder(tx, holder, limit)


def held_of(tx: Tx, holder: str, limit: int = LATEST) -> list[Transfer]:
    """A holder's transfers that are held now, youngest first."""
    return store_transfer.of_holder(tx, holder, limit, held=True)


def transfer_named(tx: Tx, transfer: UUID) -> Transfer | None:
    """A transfer as it stands."""
    return store_transfer.by_id(tx, [transfer]).get(transfer)


def payees_of(tx: Tx, holder: str) -> list[Payee]:
    """Who stands on the holder's list, by name."""
    return store.payees_of(tx, [holder])


def bills_of(tx: Tx, holder: str) -> list[Bill]:
    """A holder's bills, youngest first."""
    return store.bills_of(tx, holder)


def billers(tx: Tx) -> list[Biller]:
    """Who may send bills."""
    return store.billers(tx)


def deposit_violations(tx: Tx) -> list[str]:
    """What does not agree in transfers, orders, bills and books; empty when all does."""
    return store_read.violations(tx)
