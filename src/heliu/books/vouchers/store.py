"""SQL of the voucher desk: load the touched vouchers under their locks, save events and folds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from heliu.books.vouchers.domain.command import FinancingKind
from heliu.books.vouchers.domain.event import VoucherEvent, read_event
from heliu.books.vouchers.domain.invoice import Backing, Used
from heliu.books.vouchers.domain.register import (
    Financing,
    Fragment,
    Paid,
    Standing,
    Status,
    Title,
    Voucher,
)
from heliu.ground.db import Tx, columns

# The names of what has no row to lock yet: an invoice, a registry number, an issue's key. The
# guard of books.voucher_backing takes the same locks.
_NAMES: Final = 726371
LOCK_NAMES: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(n.name, %s))
FROM unnest(%s::text[]) AS n (name)"""
VOUCHERS_OF: Final = """
SELECT DISTINCT f.voucher_id
FROM books.voucher_fragment f
WHERE f.id = ANY(%s)"""
KNOWN: Final = """
SELECT e.key, e.command, e.payload
FROM books.voucher_event e
WHERE e.key = ANY(%s)"""
# Ordered by id, so that two batches that share vouchers never wait for each other in a circle.
LOCK_VOUCHERS: Final = """
SELECT v.id
FROM books.voucher v
WHERE v.id = ANY(%s)
ORDER BY v.id
FOR UPDATE"""
VOUCHERS: Final = """
SELECT v.id, v.issuer, v.payee, v.currency, v.amount, v.issued_on, v.due_on, v.drafted_by,
  v.approved_by, v.status, v.fragments, v.paid, v.last_no, v.last_on
FROM books.voucher v
WHERE v.id = ANY(%s)
ORDER BY v.id"""
BACKING: Final = """
SELECT b.voucher_id, b.invoice_key, b.check_digits, b.invoice_amount, b.amount, b.document_sha256
FROM books.voucher_backing b
WHERE b.voucher_id = ANY(%s)
ORDER BY b.voucher_id, b.invoice_key"""
FRAGMENTS: Final = """
SELECT f.id, f.voucher_id, f.place, f.parent_id, f.amount, f.due_on, f.holder, f.hops, f.status,
  f.paid, f.frozen_by
FROM books.voucher_fragment f
WHERE f.voucher_id = ANY(%s) AND (f.status = 'held' OR f.id = ANY(%s) OR %s)
ORDER BY f.voucher_id, f.place"""
FINANCINGS: Final = """
SELECT l.id, l.fragment_id, l.kind, l.obligor, l.financier, l.amount, l.paid, l.registry_no,
  l.financed_on, l.released_on
FROM books.voucher_financing l
WHERE l.fragment_id = ANY(%s)
ORDER BY l.id"""
TITLES: Final = """
SELECT t.fragment_id, t.no, t.event_id, t.transferor, t.transferee, t.deed_sha256, t.basis_sha256,
  t.passed_on
FROM books.voucher_title t
JOIN books.voucher_fragment f ON f.id = t.fragment_id
WHERE f.voucher_id = ANY(%s)
ORDER BY f.voucher_id, f.place, t.no"""
PAYOUTS: Final = """
SELECT p.event_id, p.no, p.fragment_id, p.payee, p.amount
FROM books.voucher_payout p
JOIN books.voucher_event e ON e.id = p.event_id
WHERE e.voucher_id = ANY(%s)
ORDER BY e.voucher_id, e.no, p.no"""
USED: Final = """
SELECT b.invoice_key, min(b.check_digits), min(b.invoice_amount), min(b.currency),
  sum(b.amount)::bigint
FROM books.voucher_backing b
JOIN books.voucher v ON v.id = b.voucher_id
WHERE b.invoice_key = ANY(%s) AND v.status <> 'void'
GROUP BY b.invoice_key"""
REGISTERED: Final = """
SELECT l.registry_no
FROM books.voucher_financing l
WHERE l.registry_no = ANY(%s)"""
ADD_EVENTS: Final = """
INSERT INTO books.voucher_event (id, voucher_id, no, key, command, salt, payload, recorded_at)
SELECT e.id, e.voucher_id, e.no, e.key, e.command, e.salt, e.payload, e.recorded_at
FROM unnest(
  %b::uuid[], %b::uuid[], %b::integer[], %b::uuid[], %b::bytea[], %b::bytea[], %b::bytea[],
  %b::timestamptz[]
) AS e (id, voucher_id, no, key, command, salt, payload, recorded_at)"""
ADD_VOUCHERS: Final = """
INSERT INTO books.voucher (
  id, issuer, payee, currency, amount, issued_on, due_on, drafted_by, approved_by, status,
  fragments, paid, last_no, last_on
)
SELECT n.id, n.issuer, n.payee, n.currency, n.amount, n.issued_on, n.due_on, n.drafted_by,
  n.approved_by, n.status, n.fragments, n.paid, n.last_no, n.last_on
FROM unnest(
  %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::date[], %b::date[],
  %b::text[], %b::text[], %b::text[], %b::integer[], %b::bigint[], %b::integer[], %b::date[]
) AS n (
  id, issuer, payee, currency, amount, issued_on, due_on, drafted_by, approved_by, status,
  fragments, paid, last_no, last_on
)"""
CHANGE_VOUCHERS: Final = """
UPDATE books.voucher v
SET approved_by = n.approved_by, status = n.status, fragments = n.fragments, paid = n.paid,
  last_no = n.last_no, last_on = n.last_on
FROM unnest(
  %b::uuid[], %b::text[], %b::text[], %b::integer[], %b::bigint[], %b::integer[], %b::date[]
) AS n (id, approved_by, status, fragments, paid, last_no, last_on)
WHERE v.id = n.id"""
ADD_BACKING: Final = """
INSERT INTO books.voucher_backing (
  voucher_id, invoice_key, check_digits, currency, invoice_amount, amount, document_sha256
)
SELECT b.voucher_id, b.invoice_key, b.check_digits, b.currency, b.invoice_amount, b.amount,
  b.document_sha256
FROM unnest(
  %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[], %b::text[]
) AS b (
  voucher_id, invoice_key, check_digits, currency, invoice_amount, amount, document_sha256
)"""
ADD_FRAGMENTS: Final = """
INSERT INTO books.voucher_fragment (
  id, voucher_id, place, parent_id, amount, due_on, holder, hops, status, paid, frozen_by
)
SELECT n.id, n.voucher_id, n.place, n.parent_id, n.amount, n.due_on, n.holder, n.hops, n.status,
  n.paid, n.frozen_by
FROM unnest(
  %b::uuid[], %b::uuid[], %b::integer[], %b::uuid[], %b::bigint[], %b::date[], %b::text[],
  %b::integer[], %b::text[], %b::bigint[], %b::text[]
) AS n (
  id, voucher_id, place, parent_id, amount, due_on, holder, hops, status, paid, frozen_by
)"""
CHANGE_FRAGMENTS: Final = """
UPDATE books.voucher_fragment f
SET holder = n.holder, hops = n.hops, status = n.status, paid = n.paid, frozen_by = n.frozen_by
FROM unnest(
  %b::uuid[], %b::text[], %b::integer[], %b::text[], %b::bigint[], %b::text[]
) AS n (id, holder, hops, status, paid, frozen_by)
WHERE f.id = n.id"""
ADD_TITLES: Final = """
INSERT INTO books.voucher_title (
  fragment_id, no, event_id, transferor, transferee, deed_sha256, basis_sha256, passed_on
)
SELECT t.fragment_id, t.no, t.event_id, t.transferor, t.transferee, t.deed, t.basis, t.passed_on
FROM unnest(
  %b::uuid[], %b::integer[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[], %b::date[]
) AS t (fragment_id, no, event_id, transferor, transferee, deed, basis, passed_on)"""
ADD_FINANCINGS: Final = """
INSERT INTO books.voucher_financing (
  id, fragment_id, kind, obligor, financier, amount, paid, registry_no, financed_on, released_on
)
SELECT n.id, n.fragment_id, n.kind, n.obligor, n.financier, n.amount, n.paid, n.registry_no,
  n.financed_on, n.released_on
FROM unnest(
  %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bigint[], %b::bigint[],
  %b::text[], %b::date[], %b::date[]
) AS n (
  id, fragment_id, kind, obligor, financier, amount, paid, registry_no, financed_on, released_on
)"""
CHANGE_FINANCINGS: Final = """
UPDATE books.voucher_financing l
SET paid = n.paid, released_on = n.released_on
FROM unnest(%b::uuid[], %b::bigint[], %b::date[]) AS n (id, paid, released_on)
WHERE l.id = n.id"""
ADD_PAYOUTS: Final = """
INSERT INTO books.voucher_payout (event_id, no, fragment_id, payee, amount, transfer_key)
SELECT p.event_id, p.no, p.fragment_id, p.payee, p.amount, p.transfer_key
FROM unnest(
  %b::uuid[], %b::integer[], %b::uuid[], %b::text[], %b::bigint[], %b::uuid[]
) AS p (event_id, no, fragment_id, payee, amount, transfer_key)"""


@dataclass(frozen=True, slots=True)
class Written:
    """An event as it is stored: with the digest of its command and the salt of its leaf."""

    event: VoucherEvent
    command: bytes
    salt: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """Vouchers with what belongs to them; `fragments` in order of birth."""

    vouchers: list[Voucher]
    fragments: list[Fragment]
    financings: list[Financing]


def lock_names(tx: Tx, names: Iterable[str]) -> None:
    """Queue for names, in their order, until the transaction ends."""
    if asked := sorted(set(names)):
        tx.rows(LOCK_NAMES, (_NAMES, asked))


def vouchers_of(tx: Tx, fragments: Sequence[UUID]) -> list[UUID]:
    """The vouchers that fragments belong to."""
    return [row[0] for row in tx.rows(VOUCHERS_OF, (list(fragments),))]


def lock_vouchers(tx: Tx, vouchers: Collection[UUID]) -> None:
    """Queue for vouchers that exist, in their order, until the transaction ends."""
    tx.rows(LOCK_VOUCHERS, (list(vouchers),))


def known(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, tuple[bytes, VoucherEvent]]:
    """What commands became that were carried out before: digest of the command, and the event."""
    rows = tx.rows(KNOWN, (list(keys),))
    return {key: (bytes(digest), read_event(payload)) for key, digest, payload in rows}


def load(
    tx: Tx, vouchers: Collection[UUID], fragments: Collection[UUID] = (), *, all_: bool = False
) -> Loaded:
    """Those vouchers with their held fragments, and the named ones or all of them."""
    ids = list(vouchers)
    backing: dict[UUID, list[Backing]] = {}
    for voucher, key, *rest in tx.rows(BACKING, (ids,)):
        code, _, number = key.partition(":")
        backing.setdefault(voucher, []).append(Backing(code, number, *rest))
    found = [
        Voucher(*(*row[:9], Status(row[9]), *row[10:], tuple(backing[row[0]])))
        for row in tx.rows(VOUCHERS, (ids,))
    ]
    pieces = [
        Fragment(*(*row[:8], Standing(row[8]), *row[9:]))
        for row in tx.rows(FRAGMENTS, (ids, list(fragments), all_))
    ]
    rows = tx.rows(FINANCINGS, ([one.id for one in pieces],))
    financings = [Financing(*(*row[:2], FinancingKind(row[2]), *row[3:])) for row in rows]
    return Loaded(found, pieces, financings)


def titles(tx: Tx, vouchers: Collection[UUID]) -> list[Title]:
    """Every hop of title in those vouchers, fragments in order of birth."""
    return [Title(*row) for row in tx.rows(TITLES, (list(vouchers),))]


def payouts(tx: Tx, vouchers: Collection[UUID]) -> list[tuple[Any, ...]]:
    """Every payout of those vouchers: event, number, fragment, payee, amount."""
    return list(tx.rows(PAYOUTS, (list(vouchers),)))


def used(tx: Tx, keys: Collection[str]) -> dict[str, Used]:
    """What standing vouchers say of those invoices."""
    return {row[0]: Used(*row[1:]) for row in tx.rows(USED, (list(keys),))}


def registered(tx: Tx, numbers: Sequence[str]) -> set[str]:
    """Which registry numbers are taken."""
    return {row[0] for row in tx.rows(REGISTERED, (list(numbers),))}


def add_events(tx: Tx, written: Sequence[Written]) -> None:
    """Append events with their salts."""
    rows = [
        (e.id, e.voucher, e.no, e.key, w.command, w.salt, w.payload, e.recorded_at)
        for w in written
        for e in (w.event,)
    ]
    _each(tx, ADD_EVENTS, rows)


def add_vouchers(tx: Tx, vouchers: Sequence[Voucher]) -> None:
    """New vouchers with their backing."""
    rows = [
        (
            *(v.id, v.issuer, v.payee, v.currency, v.amount, v.issued_on, v.due_on, v.drafted_by),
            *(v.approved_by, v.status, v.fragments, v.paid, v.last_no, v.last_on),
        )
        for v in vouchers
    ]
    _each(tx, ADD_VOUCHERS, rows)
    backing = [
        (v.id, b.key, b.check_digits, v.currency, b.invoice_amount, b.amount, b.document_sha256)
        for v in vouchers
        for b in v.backing
    ]
    _each(tx, ADD_BACKING, backing)


def change_vouchers(tx: Tx, vouchers: Sequence[Voucher]) -> None:
    """The fold of vouchers that were there."""
    rows = [
        (v.id, v.approved_by, v.status, v.fragments, v.paid, v.last_no, v.last_on) for v in vouchers
    ]
    _each(tx, CHANGE_VOUCHERS, rows)


def add_fragments(tx: Tx, fragments: Sequence[Fragment]) -> None:
    """New fragments."""
    rows = [
        (
            *(f.id, f.voucher, f.place, f.parent, f.amount, f.due_on, f.holder, f.hops),
            *(f.status, f.paid, f.frozen_by),
        )
        for f in fragments
    ]
    _each(tx, ADD_FRAGMENTS, rows)


def change_fragments(tx: Tx, fragments: Sequence[Fragment]) -> None:
    """The fold of fragments that were there."""
    rows = [(f.id, f.holder, f.hops, f.status, f.paid, f.frozen_by) for f in fragments]
    _each(tx, CHANGE_FRAGMENTS, rows)


def add_titles(tx: Tx, added: Sequence[Title]) -> None:
    """Hops of title."""
    rows = [
        (t.fragment, t.no, t.event, t.transferor, t.transferee, t.deed, t.basis, t.passed_on)
        for t in added
    ]
    _each(tx, ADD_TITLES, rows)


def add_financings(tx: Tx, financings: Sequence[Financing]) -> None:
    """New financings."""
    rows = [
        (
            *(n.id, n.fragment, n.kind, n.obligor, n.financier, n.amount, n.paid, n.registry_no),
            *(n.financed_on, n.released_on),
        )
        for n in financings
    ]
    _each(tx, ADD_FINANCINGS, rows)


def change_financings(tx: Tx, financings: Sequence[Financing]) -> None:
    """The fold of financings that were there."""
    _each(tx, CHANGE_FINANCINGS, [(n.id, n.paid, n.released_on) for n in financings])


def add_payouts(tx: Tx, paid: Sequence[tuple[Paid, UUID]]) -> None:
    """Payouts, each with the key of its transfer."""
    rows = [
        (p.event, p.no, p.payout.fragment, p.payout.payee, p.payout.amount, key) for p, key in paid
    ]
    _each(tx, ADD_PAYOUTS, rows)


def _each(tx: Tx, sql: Any, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        tx.later(sql, columns(rows))
