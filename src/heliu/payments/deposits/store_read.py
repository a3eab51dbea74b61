"""SQL of the deposits desk that reads: lines of accounts with their meaning, holds, its laws."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from heliu.ground.db import Tx
from heliu.payments.deposits.domain.purpose import Purpose
from heliu.payments.deposits.store_transfer import Note

NOTES: Final = """
SELECT n.key, n.transfer_id, n.purpose, n.payer, n.payee, n.memo
FROM payments.posting_note n
WHERE n.key = ANY(%s)"""
OTHERS: Final = """
SELECT v.id, y.zh, y.en
FROM books.account_view v
JOIN books.account_type_view y ON y.code = v.type
WHERE v.id = ANY(%s)"""
BALANCES: Final = """
SELECT b.account, b.balance
FROM books.balance_view b
WHERE b.account = ANY(%s)"""
HOLDS: Final = """
SELECT a.ledger_account, t.amount, t.payee_name,
  CASE WHEN h.waits_for_approval THEN h.due_at ELSE t.pays_at END, t.id
FROM payments.transfer_hold h
JOIN payments.transfer t ON t.id = h.transfer_id
JOIN payments.deposit_account a ON a.id = t.account_id
WHERE a.ledger_account = ANY(%(accounts)s)
UNION ALL
SELECT o.payer, o.amount, o.payee_name, NULL, NULL
FROM payments.payment_order o
JOIN payments.order_state s ON s.order_id = o.id
WHERE o.payer = ANY(%(accounts)s) AND s.state NOT IN ('settled', 'rejected', 'returned')
ORDER BY 1, 4 NULLS LAST, 3"""
# What moved a holder's money between two dates, by what it was for and with whom. What went from
# one of his accounts to another is no spending. This is the query that an answer shows.
ASKED: Final = """
SELECT j.business_date, j.seq, j.key, d.id,
  CASE WHEN j.credit = d.ledger_account THEN j.amount ELSE -j.amount END AS effect,
  n.transfer_id, n.purpose, n.payer, n.payee, n.memo
FROM payments.deposit_account d
JOIN books.journal_view j ON d.ledger_account IN (j.debit, j.credit)
LEFT JOIN payments.posting_note n ON n.key = j.key
WHERE d.holder = %(holder)s AND d.currency = 'CNY' AND j.phase IN (0, 2)
  AND j.business_date >= %(start)s AND j.business_date < %(until)s
  AND (%(direction)s = 'both' OR (j.credit = d.ledger_account) = (%(direction)s = 'in'))
  AND (%(purposes)s::text[] = '{}' OR n.purpose = ANY(%(purposes)s::text[]))
  AND (%(who)s = '' OR strpos(n.payer, %(who)s) > 0 OR strpos(n.payee, %(who)s) > 0)
  AND NOT EXISTS (
    SELECT 1
    FROM payments.deposit_account o
    WHERE o.holder = d.holder AND o.id <> d.id AND o.ledger_account IN (j.debit, j.credit)
  )
ORDER BY j.business_date, j.seq"""
COUNTERPARTS: Final = """
SELECT DISTINCT t.payee_name
FROM payments.transfer t
JOIN payments.deposit_account a ON a.id = t.account_id
WHERE a.holder = %s
ORDER BY t.payee_name"""
# What is pending on the hold account is what is held, and nothing posted stays there.
HELD: Final = """
WITH pending AS (
  SELECT j.currency, sum(CASE j.phase WHEN 1 THEN j.amount ELSE -j.amount END)::bigint AS minor
  FROM books.journal_view j
  JOIN books.account_view a ON a.id = j.credit AND a.type = 'transfer_hold'
  WHERE j.phase BETWEEN 1 AND 4
  GROUP BY j.currency
), held AS (
  SELECT t.currency, sum(t.amount)::bigint AS minor
  FROM payments.transfer t
  JOIN payments.transfer_hold h ON h.transfer_id = t.id
  GROUP BY t.currency
)
SELECT b.currency, coalesce(p.minor, 0), coalesce(h.minor, 0), b.balance
FROM books.balance_view b
LEFT JOIN pending p ON p.currency = b.currency
LEFT JOIN held h ON h.currency = b.currency
WHERE b.type = 'transfer_hold'
  AND (coalesce(p.minor, 0) <> coalesce(h.minor, 0) OR b.balance <> 0)
ORDER BY b.currency"""
# A transfer is paid if and only if there is its payment order, which says the same.
PAID: Final = """
SELECT t.id
FROM payments.transfer t
LEFT JOIN payments.transfer_end e ON e.transfer_id = t.id
LEFT JOIN payments.payment_order o ON o.basis_id = t.id
GROUP BY t.id, t.amount, e.kind
HAVING (coalesce(e.kind, 'held') = 'paid') <> (count(o.id) = 1)
  OR count(o.id) > 1 OR bool_or(o.amount <> t.amount)
ORDER BY t.id"""
CLAIMS: Final = """
SELECT t.bill_id
FROM payments.transfer t
LEFT JOIN payments.transfer_end e ON e.transfer_id = t.id
LEFT JOIN payments.bill_claim c ON c.transfer_id = t.id
WHERE t.bill_id IS NOT NULL
  AND (coalesce(e.kind, 'paid') = 'paid') <> (c.bill_id IS NOT NULL)
ORDER BY t.bill_id"""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a question asks the books for: dates [start, until), direction, purposes, a name."""

    holder: str
    start: date
    until: date
    direction: str
    purposes: tuple[Purpose, ...] = ()
    who: str = ""

    def parameters(self) -> dict[str, object]:
        """As the query takes them."""
        return {
            "holder": self.holder,
            "start": self.start,
            "until": self.until,
            "direction": self.direction,
            "purposes": [purpose.value for purpose in self.purposes],
            "who": self.who,
        }


def notes(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, Note]:
    """What these journal lines mean, where a note says it."""
    return {row[0]: note_of(row) for row in tx.rows(NOTES, (list(keys),))}


def note_of(row: Sequence[object]) -> Note:
    """A note from key, transfer, purpose, payer, payee, memo."""
    key, transfer, purpose, payer, payee, memo = row
    assert isinstance(key, UUID), "a note has its journal line's key"
    assert transfer is None or isinstance(transfer, UUID), "a transfer has an id"
    return Note(key, transfer, Purpose(str(purpose)), str(payer), str(payee), str(memo))


def kinds(tx: Tx, accounts: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What kinds of account these are, zh and en."""
    return {row[0]: (row[1], row[2]) for row in tx.rows(OTHERS, (list(accounts),))}


def balances(tx: Tx, accounts: Sequence[int]) -> dict[int, int]:
    """Posted balances in minor units."""
    return {row[0]: row[1] for row in tx.rows(BALANCES, (list(accounts),))}


def holds(tx: Tx, accounts: Sequence[int]) -> list[TupleRow]:
    """What is held on these accounts: account, amount, name, until, transfer."""
    return tx.rows(HOLDS, {"accounts": list(accounts)})


def asked(tx: Tx, searched: Searched) -> list[TupleRow]:
    """The lines a question asks for."""
    return tx.rows(ASKED, searched.parameters())


def counterparts(tx: Tx, holder: str) -> list[str]:
    """The names a holder has ever ordered to be paid."""
    return [row[0] for row in tx.rows(COUNTERPARTS, (holder,))]


def violations(tx: Tx) -> list[str]:
    """What does not agree in transfers, orders and books; empty when all does."""
    broken = [
        f"transfers held in {currency}: pending {pending}, held {held}, posted {posted}"
        for currency, pending, held, posted in tx.rows(HELD)
    ]
    broken += [f"transfer {row[0]} and its payment order differ" for row in tx.rows(PAID)]
    broken += [f"bill {row[0]} and its claim differ" for row in tx.rows(CLAIMS)]
    return broken
