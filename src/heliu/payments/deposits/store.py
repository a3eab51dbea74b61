"""SQL of the deposits desk about who holds what: holders, accounts, payees, bills, locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.books.ledger.api import AccountId
from heliu.ground.db import Tx, columns
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits.domain.account import Account, Holder, When
from heliu.payments.deposits.domain.bill import Bill, Biller, BillState, NewBill, bill_id
from heliu.payments.deposits.domain.locks import Change, Lock, LockKind
from heliu.payments.deposits.domain.payee import Payee
from heliu.payments.deposits.domain.purpose import Purpose

ADD_HOLDERS: Final = """
INSERT INTO payments.deposit_holder (holder, name, born_on, since)
SELECT h.holder, h.name, h.born_on, %s
FROM unnest(%s::text[], %s::text[], %s::date[]) AS h (holder, name, born_on)
ON CONFLICT (holder) DO NOTHING"""
ADD_ACCOUNTS: Final = """
INSERT INTO payments.deposit_account
  (id, holder, place, ledger_account, number, currency, opened_on, opened_at)
SELECT a.id, a.holder, a.place, a.ledger_account, a.number, a.currency, %s, %s
FROM unnest(
  %s::uuid[], %s::text[], %s::smallint[], %s::bigint[], %s::text[], %s::text[]
) AS a (id, holder, place, ledger_account, number, currency)
ON CONFLICT (id) DO NOTHING"""
_ACCOUNT: Final = """
SELECT a.id, a.holder, a.place, a.ledger_account, a.number, a.currency, a.opened_on
FROM payments.deposit_account a"""
ACCOUNTS: Final = _ACCOUNT + " WHERE a.id = ANY(%s)"
ACCOUNTS_OF: Final = _ACCOUNT + " WHERE a.holder = %s ORDER BY a.currency, a.place"
HOLDERS: Final = """
SELECT h.holder, h.name, h.born_on
FROM payments.deposit_holder h
WHERE h.holder = ANY(%s)"""
# Any customer account of the ledger can be paid; its holder is known if it was opened here.
LEDGER_ACCOUNTS: Final = """
SELECT v.id, v.name, a.holder, h.name
FROM books.account_view v
LEFT JOIN payments.deposit_account a ON a.ledger_account = v.id
LEFT JOIN payments.deposit_holder h ON h.holder = a.holder
WHERE v.id = ANY(%s) AND v.type = 'customer_deposit'"""
ADD_PAYEES: Final = """
INSERT INTO payments.payee (id, holder, name, account, bank, trusted_from, added_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
PAYEES_OF: Final = """
SELECT p.id, p.holder, p.name, p.account, p.bank, p.trusted_from, p.added_at
FROM payments.payee p
LEFT JOIN payments.payee_removed r ON r.payee_id = p.id
WHERE p.holder = ANY(%s) AND r.payee_id IS NULL
ORDER BY p.name, p.added_at, p.id"""
REMOVE_PAYEE: Final = """
INSERT INTO payments.payee_removed (payee_id, removed_at)
VALUES (%s, %s)
ON CONFLICT (payee_id) DO NOTHING"""
ADD_BILLERS: Final = """
INSERT INTO payments.biller (code, zh, en, purpose, account, bank, since)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (code) DO NOTHING"""
BILLERS: Final = """
SELECT b.code, b.zh, b.en, b.purpose, b.account, b.bank
FROM payments.biller b
ORDER BY b.code"""
ADD_BILLS: Final = """
INSERT INTO payments.bill
  (id, biller, holder, customer_no, currency, amount, period, due_on, issued_at)
SELECT n.id, n.biller, n.holder, n.customer_no, n.currency, n.amount, n.period, n.due_on, %s
FROM unnest(
  %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::date[]
) AS n (id, biller, holder, customer_no, currency, amount, period, due_on)
ON CONFLICT (id) DO NOTHING"""
_BILL: Final = """
SELECT b.id, r.code, r.zh, r.en, r.purpose, r.account, r.bank, b.holder, b.customer_no,
  b.currency, b.amount, b.period, b.due_on, c.transfer_id, e.kind
FROM payments.bill b
JOIN payments.biller r ON r.code = b.biller
LEFT JOIN payments.bill_claim c ON c.bill_id = b.id
LEFT JOIN payments.transfer_end e ON e.transfer_id = c.transfer_id"""
BILLS: Final = _BILL + " WHERE b.id = ANY(%s)"
BILLS_OF: Final = _BILL + " WHERE b.holder = %s ORDER BY b.due_on DESC, b.id"
ADD_CHANGES: Final = """
INSERT INTO payments.lock_change
  (holder, kind, amount, starts, ends, locked, relaxes, asked_by, asked_at, effective_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
CHANGES: Final = """
SELECT c.holder, c.kind, c.locked, c.amount, c.starts, c.ends, c.asked_at, c.effective_at
FROM payments.lock_change c
WHERE c.holder = ANY(%s)
ORDER BY c.no"""


def add_accounts(
    tx: Tx, holders: Sequence[Holder], accounts: Sequence[Account], when: When
) -> None:
    """Register holders and accounts; those that are registered stay as they are."""
    if holders:
        tx.run(ADD_HOLDERS, (when.at, *columns([(h.id, h.name, h.born_on) for h in holders])))
    rows = [(a.id, a.holder, a.place, a.ledger_account, a.number, a.currency) for a in accounts]
    if rows:
        tx.run(ADD_ACCOUNTS, (when.on, when.at, *columns(rows)))


def accounts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Accounts by their id."""
    return {row[0]: _account(row) for row in tx.rows(ACCOUNTS, (list(ids),))}


def accounts_of(tx: Tx, holder: str) -> list[Account]:
    """A holder's accounts, in order of currency and place."""
    return [_account(row) for row in tx.rows(ACCOUNTS_OF, (holder,))]


def _account(row: TupleRow) -> Account:
    identity, holder, place, ledger_account, number, currency, opened_on = row
    return Account(identity, holder, place, AccountId(ledger_account), number, currency, opened_on)


def holders(tx: Tx, ids: Sequence[str]) -> dict[str, Holder]:
    """Holders by their id."""
    return {row[0]: Holder(*row) for row in tx.rows(HOLDERS, (list(ids),))}


def ledger_accounts(
    tx: Tx, ids: Sequence[AccountId]
) -> dict[AccountId, tuple[str, str | None, str | None]]:
    """Customer accounts of the ledger: name there, and holder and holder's name where known."""
    return {
        AccountId(row[0]): (row[1], row[2], row[3])
        for row in tx.rows(LEDGER_ACCOUNTS, (list(ids),))
    }


def add_payee(tx: Tx, payee: Payee) -> None:
    """Put a payee on his holder's list; the same one again changes nothing."""
    fields = (payee.id, payee.holder, payee.name, payee.account, payee.bank)
    tx.run(ADD_PAYEES, (*fields, payee.trusted_from, payee.added_at))


def payees_of(tx: Tx, holders: Sequence[str]) -> list[Payee]:
    """The payees on these holders' lists, by name."""
    return [Payee(*row) for row in tx.rows(PAYEES_OF, (list(holders),))]


def remove_payee(tx: Tx, payee: UUID, at: datetime) -> None:
    """Take a payee off the list."""
    tx.run(REMOVE_PAYEE, (payee, at))


def add_billers(tx: Tx, billers: Sequence[Biller], at: datetime) -> None:
    """Register billers; those that are registered stay as they are."""
    rows = [(b.code, b.name.zh, b.name.en, b.purpose.value, b.account, b.bank, at) for b in billers]
    tx.many(ADD_BILLERS, rows)


def billers(tx: Tx) -> list[Biller]:
    """All billers, by code."""
    return [_biller(row) for row in tx.rows(BILLERS)]


def _biller(row: Sequence[str]) -> Biller:
    code, zh, en, purpose, account, bank = row
    return Biller(code, Text(zh, en), Purpose(purpose), account, bank)


def add_bills(tx: Tx, bills: Sequence[NewBill], at: datetime) -> None:
    """File bills; the same key again changes nothing."""
    rows = [
        (
            *(bill_id(b.key), b.biller, b.holder, b.customer_no, b.amount.currency),
            *(b.amount.minor, b.period, b.due_on),
        )
        for b in bills
    ]
    if rows:
        tx.run(ADD_BILLS, (at, *columns(rows)))


def bills(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Bill]:
    """Bills by their id."""
    return {row[0]: _bill(row) for row in tx.rows(BILLS, (list(ids),))}


def bills_of(tx: Tx, holder: str) -> list[Bill]:
    """A holder's bills, youngest first."""
    return [_bill(row) for row in tx.rows(BILLS_OF, (holder,))]


def _bill(row: TupleRow) -> Bill:
    holder, customer_no, currency, amount, period, due_on, transfer, ended = row[7:]
    state = BillState.DUE
    if transfer is not None:
        state = BillState.PAYING if ended is None else BillState.PAID
    money = Money(amount, currency)
    return Bill(
        *(row[0], _biller(row[1:7]), holder, customer_no, money, period, due_on, state, transfer)
    )


def add_change(tx: Tx, holder: str, change: Change, by: str) -> None:
    """Keep a change of a lock."""
    lock = change.lock
    amount = None if lock.amount is None else lock.amount.minor
    fields = (holder, lock.kind.value, amount, lock.starts, lock.ends, lock.locked)
    relaxing = change.effective_at > change.asked_at
    tx.run(ADD_CHANGES, (*fields, relaxing, by, change.asked_at, change.effective_at))


def changes(tx: Tx, holders: Sequence[str]) -> dict[str, list[Change]]:
    """All changes of these holders' locks, in order of asking."""
    found: dict[str, list[Change]] = {holder: [] for holder in holders}
    for holder, kind, locked, amount, starts, ends, asked, effective in tx.rows(
        CHANGES, (list(holders),)
    ):
        money = None if amount is None else Money(amount)
        lock = Lock(LockKind(kind), locked, money, starts, ends)
        found[holder].append(Change(lock, asked, effective))
    return found
