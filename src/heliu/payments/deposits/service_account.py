"""Use cases: open deposit accounts, pay in, keep payees, set locks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.payments.deposits import errors, guarding, postings, store, store_transfer
from heliu.payments.deposits.domain.account import (
    Account,
    OpenAccount,
    When,
    account_identity,
    ledger_name,
    number_of,
)
from heliu.payments.deposits.domain.locks import (
    RELAXED_AFTER,
    Lock,
    LockKind,
    Standing,
    all_in_force,
    change,
    in_force,
)
from heliu.payments.deposits.domain.payee import AddPayee, Payee, payee_id
from heliu.payments.deposits.domain.purpose import Purpose
from heliu.payments.deposits.resolving import Resolved, resolve
from heliu.payments.deposits.store_transfer import Note


@dataclass(frozen=True, slots=True)
class PayIn:
    """The command to credit `amount` (> 0) that came in as cash or from outside; `key` idempotent.

    `payer` is who brought it, as the statement says it.
    """

    key: UUID
    account: UUID
    amount: Money
    payer: str = field(repr=False)
    purpose: Purpose = Purpose.CASH
    memo: str = field(default="", repr=False)


def open_accounts(
    tx: Tx, ledger: Ledger, commands: Sequence[OpenAccount], when: When
) -> list[Account]:
    """Open each account, or answer the one that is open; a firm's first one is its loans' one.

    Takes the ledger. The holder's name and birthday are those he was first registered with.
    """
    names = [postings.deposit(ledger_name(asked), asked.currency) for asked in commands]
    numbers = ledger.open_accounts(tx, names)
    wanted = [
        Account(
            account_identity(asked),
            asked.holder.id,
            asked.place,
            ledger_account,
            number_of(ledger_account),
            asked.currency,
            when.on,
        )
        for asked, ledger_account in zip(commands, numbers, strict=True)
    ]
    store.add_accounts(tx, [asked.holder for asked in commands], wanted, when)
    found = store.accounts(tx, [account.id for account in wanted])
    return [found[account.id] for account in wanted]


def pay_in(
    tx: Tx, ledger: Ledger, commands: Sequence[PayIn], when: When
) -> list[Account | Refusal]:
    """Credit each; a refusal refuses only its own command. The same key credits once."""
    ledger.hold(tx)
    found = store.accounts(tx, [asked.account for asked in commands])
    currencies = sorted({asked.amount.currency for asked in commands})
    cash = dict(
        zip(
            currencies,
            ledger.open_accounts(tx, [postings.cash_account(c) for c in currencies]),
            strict=True,
        )
    )
    outcomes: list[Account | Refusal] = []
    for asked in commands:
        account = found.get(asked.account)
        if account is None:
            outcomes.append(errors.unknown_account())
            continue
        sides = cash[asked.amount.currency], account.ledger_account
        posting = postings.paid_in(asked.key, sides, asked.amount, when.on)
        (answer,) = ledger.post(tx, [posting])
        if answer.refusal is not None:
            outcomes.append(errors.not_enough(answer.refusal))
            continue
        note = Note(posting.key, None, asked.purpose, asked.payer, "", asked.memo)
        store_transfer.add_notes(tx, [note])
        outcomes.append(account)
    return outcomes


def add_payee(tx: Tx, command: AddPayee, when: When) -> Payee | Refusal:
    """Put a payee on the list; where the list is locked he waits 24 hours.

    Somebody who stands on it under the same account answers as he is.
    """
    resolved = resolve(tx, [command.to])[command.to]
    if not isinstance(resolved, Resolved):
        return resolved
    for known in store.payees_of(tx, [command.holder]):
        if known.to == command.to:
            return known
    locked = locks_of(tx, command.holder, when.at)[LockKind.PAYEES].lock.locked
    trusted_from = when.at + RELAXED_AFTER if locked else when.at
    identity = payee_id(command.holder, command.to, when.at)
    to = command.to
    payee = Payee(identity, command.holder, to.name, to.account, to.bank, trusted_from, when.at)
    store.add_payee(tx, payee)
    return payee


def remove_payee(tx: Tx, holder: str, payee: UUID, when: When) -> Refusal | None:
    """Take a payee off the holder's list."""
    if payee not in {one.id for one in store.payees_of(tx, [holder])}:
        return errors.unknown_payee()
    store.remove_payee(tx, payee, when.at)
    return None


def set_lock(tx: Tx, actor: Actor, holder: str, wished: Lock, when: When) -> Standing:
    """Set one of the holder's own locks: at once, or in 24 hours if that relaxes it.

    Guardians are told of a relaxation. What was wished last is wished again
    without effect; wishing for what is in force drops a relaxation that waits.
    """
    before = locks_of(tx, holder, when.at)[wished.kind]
    last = before.waiting.lock if before.waiting else before.lock
    if last == wished:
        return before
    asked = change(before, wished, when.at)
    store.add_change(tx, holder, asked, actor.id)
    if asked.effective_at > asked.asked_at:
        guarding.tell(tx, holder, guarding.LOCK_RELAXED, when.at)
    changes = [c for c in store.changes(tx, [holder])[holder] if c.lock.kind is wished.kind]
    return in_force(wished.kind, changes, when.at)


def locks_of(tx: Tx, holder: str, at: datetime) -> dict[LockKind, Standing]:
    """The holder's locks as they stand at an instant, with what waits."""
    return dict(all_in_force(store.changes(tx, [holder])[holder], at))
