"""SQL of the deposits desk about transfers: held, approved, ended, claimed by bills, annotated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.ground.db import Tx, columns
from heliu.ground.money import Money
from heliu.payments.deposits.domain.account import When
from heliu.payments.deposits.domain.purpose import Purpose
from heliu.payments.deposits.domain.transfer import Pause, State, To, Transfer

ADD: Final = """
INSERT INTO payments.transfer
  (id, key, account_id, payee_name, payee_account, payee_bank, currency, amount, purpose, memo,
   bill_id, pauses, business_date, made_by, made_at, pays_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
ADD_HOLDS: Final = """
INSERT INTO payments.transfer_hold (transfer_id, waits_for_approval, due_at)
SELECT h.id, h.waits, h.due_at
FROM unnest(%s::uuid[], %s::boolean[], %s::timestamptz[]) AS h (id, waits, due_at)"""
ADD_CLAIMS: Final = """
INSERT INTO payments.bill_claim (bill_id, transfer_id)
SELECT c.bill_id, c.transfer_id
FROM unnest(%s::uuid[], %s::uuid[]) AS c (bill_id, transfer_id)"""
_TRANSFER: Final = """
SELECT t.id, t.key, a.holder, t.account_id, t.payee_name, t.payee_account, t.payee_bank,
  t.currency, t.amount, t.purpose, t.memo, t.bill_id, t.pauses, t.business_date, t.made_by,
  t.made_at, t.pays_at, h.waits_for_approval, e.kind, e.ended_at, e.reason
FROM payments.transfer t
JOIN payments.deposit_account a ON a.id = t.account_id
LEFT JOIN payments.transfer_hold h ON h.transfer_id = t.id
LEFT JOIN payments.transfer_end e ON e.transfer_id = t.id"""
BY_KEY: Final = _TRANSFER + " WHERE t.key = ANY(%s)"
BY_ID: Final = _TRANSFER + " WHERE t.id = ANY(%s)"
OF_HOLDER: Final = (
    _TRANSFER
    + " WHERE a.holder = %(holder)s AND (NOT %(held)s OR h.transfer_id IS NOT NULL)"
    + " ORDER BY t.made_at DESC, t.id LIMIT %(limit)s"
)
# Locked in order of id: who recalls and the loop that pays wait for each other, never in a circle.
LOCK: Final = """
SELECT h.transfer_id
FROM payments.transfer_hold h
WHERE h.transfer_id = ANY(%s)
ORDER BY h.transfer_id
FOR UPDATE"""
DUE: Final = """
SELECT h.transfer_id
FROM payments.transfer_hold h
WHERE h.due_at <= %s
ORDER BY h.due_at, h.transfer_id
LIMIT %s"""
END: Final = """
INSERT INTO payments.transfer_end
  (transfer_id, kind, reason, ended_by, business_date, ended_at)
SELECT e.id, e.kind, e.reason, %s, %s, %s
FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS e (id, kind, reason)"""
LET_GO: Final = """
DELETE FROM payments.transfer_hold
WHERE transfer_id = ANY(%s)"""
UNCLAIM: Final = """
DELETE FROM payments.bill_claim
WHERE transfer_id = ANY(%s)"""
APPROVE: Final = """
INSERT INTO payments.transfer_approval (transfer_id, made_by, approved_by, approved_at)
VALUES (%s, %s, %s, %s)"""
APPROVED: Final = """
UPDATE payments.transfer_hold
SET waits_for_approval = FALSE, due_at = %s
WHERE transfer_id = %s"""
SPENT: Final = """
SELECT a.holder, t.currency, sum(t.amount)::bigint
FROM payments.transfer t
JOIN payments.deposit_account a ON a.id = t.account_id
LEFT JOIN payments.transfer_end e ON e.transfer_id = t.id
WHERE a.holder = ANY(%s) AND t.business_date = %s AND coalesce(e.kind, 'paid') = 'paid'
  AND NOT EXISTS (
    SELECT 1
    FROM payments.deposit_account o
    WHERE o.holder = a.holder AND o.number = t.payee_account
  )
GROUP BY a.holder, t.currency"""
PAID_BEFORE: Final = """
SELECT DISTINCT a.holder, t.payee_account
FROM payments.transfer t
JOIN payments.deposit_account a ON a.id = t.account_id
JOIN payments.transfer_end e ON e.transfer_id = t.id AND e.kind = 'paid'
WHERE a.holder = ANY(%s) AND t.payee_account = ANY(%s)"""
ADD_NOTES: Final = """
INSERT INTO payments.posting_note (key, transfer_id, purpose, payer, payee, memo)
SELECT n.key, n.transfer_id, n.purpose, n.payer, n.payee, n.memo
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS n (key, transfer_id, purpose, payer, payee, memo)
ON CONFLICT (key) DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Note:
    """What a journal line means to the people on both sides of it."""

    key: UUID
    transfer: UUID | None
    purpose: Purpose
    payer: str
    payee: str
    memo: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a transfer ends; `reason` is the code of a failure."""

    transfer: UUID
    state: State
    reason: str | None = None


def add(tx: Tx, transfers: Sequence[Transfer], due: Sequence[datetime]) -> None:
    """Keep new transfers, their holds and the bills they claim."""
    if not transfers:
        return
    tx.many(ADD, [_row(transfer) for transfer in transfers])
    holds = [(t.id, t.waits_for_approval, at) for t, at in zip(transfers, due, strict=True)]
    tx.run(ADD_HOLDS, columns(holds))
    claims = [(t.bill, t.id) for t in transfers if t.bill is not None]
    if claims:
        tx.run(ADD_CLAIMS, columns(claims))


def _row(transfer: Transfer) -> tuple[object, ...]:
    to, amount = transfer.to, transfer.amount
    return (
        *(transfer.id, transfer.key, transfer.account, to.name, to.account, to.bank),
        *(amount.currency, amount.minor, transfer.purpose.value, transfer.memo, transfer.bill),
        *(sorted(pause.value for pause in transfer.pauses), transfer.on, transfer.made_by),
        *(transfer.made_at, transfer.pays_at),
    )


def by_key(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, Transfer]:
    """Transfers by their key."""
    return {row[1]: _transfer(row) for row in tx.rows(BY_KEY, (list(keys),))}


def by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Transfer]:
    """Transfers by their id."""
    return {row[0]: _transfer(row) for row in tx.rows(BY_ID, (list(ids),))}


def of_holder(tx: Tx, holder: str, limit: int, *, held: bool = False) -> list[Transfer]:
    """A holder's transfers, youngest first; only those that are held on demand."""
    fields = {"holder": holder, "limit": limit, "held": held}
    return [_transfer(row) for row in tx.rows(OF_HOLDER, fields)]


def _transfer(row: TupleRow) -> Transfer:
    identity, key, holder, account, name, number, bank, currency, amount = row[:9]
    purpose, memo, bill, pauses, on, by, made_at, pays_at, waits, kind, ended_at, reason = row[9:]
    return Transfer(
        id=identity,
        key=key,
        holder=holder,
        account=account,
        to=To(name, number, bank),
        amount=Money(amount, currency),
        purpose=Purpose(purpose),
        memo=memo,
        bill=bill,
        pauses=frozenset(map(Pause, pauses)),
        on=on,
        made_by=by,
        made_at=made_at,
        pays_at=pays_at,
        state=State.HELD if kind is None else State(kind),
        waits_for_approval=bool(waits),
        ended_at=ended_at,
        failed=reason,
    )


def lock(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Transfer]:
    """These transfers as they stand, their holds locked until the transaction ends."""
    tx.rows(LOCK, (sorted(ids),))
    return by_id(tx, ids)


def due(tx: Tx, at: datetime, limit: int) -> list[UUID]:
    """Held transfers whose time has come, oldest first."""
    return [row[0] for row in tx.rows(DUE, (at, limit))]


def end(tx: Tx, ended: Sequence[Ended], by: str, when: When) -> None:
    """End transfers that are locked; bills of unpaid ones are due again."""
    if not ended:
        return
    ids = [one.transfer for one in ended]
    tx.run(LET_GO, (ids,))
    kinds = [one.state.value for one in ended]
    tx.run(END, (by, when.on, when.at, ids, kinds, [one.reason for one in ended]))
    tx.run(UNCLAIM, ([one.transfer for one in ended if one.state is not State.PAID],))


def approve(tx: Tx, transfer: Transfer, by: str, at: datetime) -> None:
    """Note the guardian's consent to a transfer that is locked; then its window counts."""
    tx.run(APPROVE, (transfer.id, transfer.made_by, by, at))
    tx.run(APPROVED, (transfer.pays_at, transfer.id))


def spent(tx: Tx, holders: Sequence[str], on: date) -> dict[tuple[str, str], int]:
    """What holders' transfers of a day come to, by holder and currency (minor units).

    Held and paid ones count; what goes to an own account does not.
    """
    return {(row[0], row[1]): row[2] for row in tx.rows(SPENT, (list(holders), on))}


def paid_before(tx: Tx, holders: Sequence[str], numbers: Sequence[str]) -> set[tuple[str, str]]:
    """Which of these holders have paid which of these account numbers."""
    return {(row[0], row[1]) for row in tx.rows(PAID_BEFORE, (list(holders), list(numbers)))}


def add_notes(tx: Tx, notes: Sequence[Note]) -> None:
    """Say what journal lines mean."""
    if notes:
        rows = [(n.key, n.transfer, n.purpose.value, n.payer, n.payee, n.memo) for n in notes]
        tx.run(ADD_NOTES, columns(rows))
