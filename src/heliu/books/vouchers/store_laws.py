"""SQL of the voucher desk's readers: events in order, what the laws compare, what is shown."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx

EVENTS_BY_ID: Final = """
SELECT e.id, e.salt, e.payload
FROM books.voucher_event e
WHERE e.id = ANY(%s)"""
EVENTS_OF: Final = """
SELECT e.id, e.salt, e.payload
FROM books.voucher_event e
WHERE e.voucher_id = %s
ORDER BY e.no"""
ALL_EVENTS: Final = "SELECT e.id FROM books.voucher_event e"
ALL_VOUCHERS: Final = "SELECT v.id FROM books.voucher v ORDER BY v.id"
TRANSFER_KEYS: Final = """
SELECT p.transfer_key, p.amount, p.event_id, p.no, v.currency
FROM books.voucher_payout p
JOIN books.voucher_event e ON e.id = p.event_id
JOIN books.voucher v ON v.id = e.voucher_id
ORDER BY p.event_id, p.no"""
# What the constraints guard, looked at once more from the outside.
BROKEN: Final = """
SELECT 'V1 children sum to the parent', f.id
FROM books.voucher_fragment f
LEFT JOIN books.voucher_fragment c ON c.parent_id = f.id
GROUP BY f.id
HAVING coalesce(sum(c.amount), 0) <> CASE f.status WHEN 'split' THEN f.amount ELSE 0 END
UNION ALL
SELECT 'V2 one financing stands', l.fragment_id
FROM books.voucher_financing l
WHERE l.released_on IS NULL
GROUP BY l.fragment_id
HAVING count(*) > 1
UNION ALL
SELECT 'V2 the last transferee holds', f.id
FROM books.voucher_fragment f
JOIN books.voucher v ON v.id = f.voucher_id
LEFT JOIN books.voucher_fragment p ON p.id = f.parent_id
LEFT JOIN books.voucher_title t ON t.fragment_id = f.id AND t.no = f.hops
WHERE f.holder <> coalesce(t.transferee, p.holder, v.issuer)
UNION ALL
SELECT 'V3 one maturity', f.id
FROM books.voucher_fragment f
JOIN books.voucher v ON v.id = f.voucher_id
WHERE f.due_on <> v.due_on
UNION ALL
SELECT 'V4 title is unbroken', t.fragment_id
FROM books.voucher_title t
JOIN books.voucher_fragment f ON f.id = t.fragment_id
JOIN books.voucher v ON v.id = f.voucher_id
LEFT JOIN books.voucher_fragment p ON p.id = f.parent_id
LEFT JOIN books.voucher_title b ON b.fragment_id = t.fragment_id AND b.no = t.no - 1
WHERE t.transferor <> coalesce(b.transferee, p.holder, v.issuer)
UNION ALL
SELECT 'V5 an invoice backs at most its amount', min(b.voucher_id::text)::uuid
FROM books.voucher_backing b
JOIN books.voucher v ON v.id = b.voucher_id
WHERE v.status <> 'void'
GROUP BY b.invoice_key
HAVING sum(b.amount) > min(b.invoice_amount)
UNION ALL
SELECT 'V6 what was paid is what holders got', f.id
FROM books.voucher_fragment f
LEFT JOIN books.voucher_payout p ON p.fragment_id = f.id
GROUP BY f.id
HAVING coalesce(sum(p.amount), 0) <> f.paid"""
HELD_BY: Final = """
SELECT f.id, f.voucher_id, f.amount - f.paid, v.currency, f.due_on
FROM books.voucher_fragment f
JOIN books.voucher v ON v.id = f.voucher_id
WHERE f.holder = %s AND f.status = 'held'
ORDER BY f.due_on, f.id"""

CURRENCY_OF: Final = """
SELECT v.currency
FROM books.voucher_fragment f
JOIN books.voucher v ON v.id = f.voucher_id
WHERE f.id = %s"""


def events_by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, tuple[bytes, bytes]]:
    """Salt and payload of events."""
    rows = tx.rows(EVENTS_BY_ID, (list(ids),))
    return {row[0]: (bytes(row[1]), bytes(row[2])) for row in rows}


def events_of(tx: Tx, voucher: UUID) -> list[tuple[UUID, bytes, bytes]]:
    """Id, salt and payload of a voucher's events, in order."""
    rows = tx.rows(EVENTS_OF, (voucher,))
    return [(row[0], bytes(row[1]), bytes(row[2])) for row in rows]


def all_events(tx: Tx) -> set[UUID]:
    """The ids of all events."""
    return {row[0] for row in tx.rows(ALL_EVENTS)}


def all_vouchers(tx: Tx) -> list[UUID]:
    """The ids of all vouchers, in order."""
    return [row[0] for row in tx.rows(ALL_VOUCHERS)]


def transfer_keys(tx: Tx) -> list[tuple[UUID, int, UUID, int, str]]:
    """Each payout: its transfer's key, amount, event, number and currency."""
    return [(row[0], row[1], row[2], row[3], row[4]) for row in tx.rows(TRANSFER_KEYS)]


def broken(tx: Tx) -> list[tuple[str, UUID]]:
    """Laws that do not hold, and where."""
    return [(row[0], row[1]) for row in tx.rows(BROKEN)]


def held_by(tx: Tx, party: str) -> list[tuple[UUID, UUID, int, str, date]]:
    """What a party holds: fragment, voucher, open amount, currency, due date."""
    return [(row[0], row[1], row[2], row[3], row[4]) for row in tx.rows(HELD_BY, (party,))]


def currency_of(tx: Tx, fragment: UUID) -> str | None:
    """The currency of a fragment, if there is one of that id."""
    row = tx.row(CURRENCY_OF, (fragment,))
    return None if row is None else row[0]
