"""SQL of the closing desk: runs, chunks, sealed days, registers, postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg import sql

from heliu.credit.closing.domain.columns import NAMES
from heliu.credit.closing.encoding import HEADER, TRAILER
from heliu.ground.db import Tx, columns

# The sealed days that stand: not opened again.
_STANDING: Final = """
SELECT d.business_date, d.revision, d.loans, d.digest, r.known_until, d.sealed_at
FROM credit.closing_day d
JOIN credit.closing_run r USING (business_date, revision)
LEFT JOIN credit.closing_reopening o USING (business_date, revision)
WHERE o.revision IS NULL"""
LAST_DAY: Final = _STANDING + " ORDER BY d.business_date DESC LIMIT 1"
DAY: Final = _STANDING + " AND d.business_date = %s"
DAYS: Final = _STANDING + " ORDER BY d.business_date DESC LIMIT %s"
SINCE: Final = _STANDING + " AND d.business_date >= %s ORDER BY d.business_date DESC"
RUN: Final = """
SELECT r.business_date, r.revision, r.known_until, r.before_digest, r.begun_at
FROM credit.closing_run r
LEFT JOIN credit.closing_day d USING (business_date, revision)
WHERE r.business_date = %s AND d.revision IS NULL"""
LAST_REVISION: Final = """
SELECT coalesce(max(r.revision), 0)
FROM credit.closing_run r
WHERE r.business_date = %s"""
FIRST_RUN: Final = "SELECT min(r.business_date) FROM credit.closing_run r"
ADD_RUN: Final = """
INSERT INTO credit.closing_run
  (business_date, revision, known_until, before_digest, begun_at, begun_by)
VALUES (%s, %s, %s, %s, %s, %s)"""
CHUNKS: Final = """
SELECT c.no, c.loans, c.first_loan, c.last_loan, c.digest
FROM credit.closing_chunk c
WHERE c.business_date = %s AND c.revision = %s
ORDER BY c.no"""
DIGEST_BEFORE: Final = """
SELECT r.before_digest
FROM credit.closing_run r
WHERE r.business_date = %s AND r.revision = %s"""
ADD_CHUNK: Final = """
INSERT INTO credit.closing_chunk
  (business_date, revision, no, loans, first_loan, last_loan, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
PREPARE: Final = "SELECT credit.prepare_positions(%s, %s::smallint)"
ATTACH: Final = "SELECT credit.attach_positions(%s, %s::smallint)"
DETACH: Final = "SELECT credit.detach_positions(%s, %s::smallint)"
ATTACHED: Final = """
SELECT c.relname
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'credit.day_position'::regclass"""
ADD_DAY: Final = """
INSERT INTO credit.closing_day (business_date, revision, loans, digest, sealed_at)
VALUES (%s, %s, %s, %s, %s)"""
ADD_REOPENING: Final = """
INSERT INTO credit.closing_reopening (business_date, revision, reason, reopened_at, reopened_by)
VALUES (%s, %s, %s, %s, %s)"""
ADD_PARTIES: Final = """
INSERT INTO credit.closing_party (uscc)
SELECT u.uscc
FROM unnest(%s::text[]) WITH ORDINALITY AS u (uscc, place)
ORDER BY u.place
ON CONFLICT (uscc) DO NOTHING"""
PARTIES: Final = "SELECT uscc, no FROM credit.closing_party WHERE uscc = ANY(%s)"
ADD_PRODUCTS: Final = """
INSERT INTO credit.closing_product (code, accounts)
SELECT p.code, p.accounts::jsonb
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS p (code, accounts, place)
ORDER BY p.place
ON CONFLICT (code) DO NOTHING"""
PRODUCTS: Final = "SELECT no, code, accounts FROM credit.closing_product ORDER BY no"
ADD_LOANS: Final = """
INSERT INTO credit.closing_loan (book, loan_id, source_no, registered_on)
SELECT l.book, l.loan_id, l.source_no, l.registered_on
FROM unnest(%s::smallint[], %s::uuid[], %s::bigint[], %s::date[]) WITH ORDINALITY
  AS l (book, loan_id, source_no, registered_on, place)
ORDER BY l.place
ON CONFLICT (loan_id) DO NOTHING"""
NUMBERS: Final = "SELECT loan_id, no FROM credit.closing_loan WHERE loan_id = ANY(%s)"
IDS: Final = "SELECT no, loan_id FROM credit.closing_loan WHERE no = ANY(%s)"
SOURCES: Final = "SELECT no, book, source_no, loan_id FROM credit.closing_loan WHERE no = ANY(%s)"
BY_SOURCE: Final = """
SELECT l.source_no, l.no
FROM credit.closing_loan l
WHERE l.book = 1 AND l.source_no = ANY(%s)"""
RETIRED: Final = """
SELECT DISTINCT ON (x.loan) x.loan, x.product, x.currency, x.interest_total, x.discount_total,
  x.penalty_total, x.compound_total, x.provision_total
FROM credit.closing_retired x
LEFT JOIN credit.closing_reopening o USING (business_date, revision)
WHERE o.revision IS NULL AND x.loan = ANY(%s) AND x.business_date < %s
ORDER BY x.loan, x.business_date DESC"""
ADD_RETIRED: Final = """
INSERT INTO credit.closing_retired
  (business_date, revision, loan, product, currency, interest_total, discount_total, penalty_total,
   compound_total, provision_total)
SELECT %s, %s, r.loan, r.product, r.currency, r.interest_total, r.discount_total, r.penalty_total,
  r.compound_total, r.provision_total
FROM unnest(
  %s::bigint[], %s::integer[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[],
  %s::bigint[], %s::bigint[]
) AS r (
  loan, product, currency, interest_total, discount_total, penalty_total, compound_total,
  provision_total
)"""
POSTED: Final = """
SELECT p.product, p.currency, p.part, sum(p.change)::bigint
FROM credit.closing_posting p
LEFT JOIN credit.closing_reopening o USING (business_date, revision)
WHERE o.revision IS NULL
GROUP BY p.product, p.currency, p.part"""
TRANSFERS: Final = """
SELECT p.transfer
FROM credit.closing_posting p
WHERE p.business_date = %s AND p.revision = %s
ORDER BY p.transfer"""
ADD_POSTINGS: Final = """
INSERT INTO credit.closing_posting
  (business_date, revision, product, currency, part, total, change, transfer)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""


class Sealed(NamedTuple):
    """A closed business date that stands."""

    business_date: date
    revision: int
    loans: int
    digest: bytes
    known_until: datetime
    sealed_at: datetime


class Run(NamedTuple):
    """A business date being closed."""

    business_date: date
    revision: int
    known_until: datetime
    before_digest: bytes
    begun_at: datetime


class Chunk(NamedTuple):
    """A chunk that is written."""

    no: int
    loans: int
    first_loan: int
    last_loan: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class AccountPair:
    """Between which accounts a part is posted; names still lack `:CURRENCY`."""

    debit: str
    debit_type: str
    credit: str
    credit_type: str


Accounts = dict[int, AccountPair]  # by part


class ProductRow(NamedTuple):
    """A product as positions number it."""

    no: int
    code: str
    accounts: Accounts


class Posting(NamedTuple):
    """What a day posts of one product, currency and part."""

    product: int
    currency: int
    part: int
    total: int
    change: int
    transfer: UUID


def last_day(tx: Tx) -> Sealed | None:
    """The last closed day."""
    row = tx.row(LAST_DAY)
    return None if row is None else Sealed(*row)


def sealed(tx: Tx, day: date) -> Sealed | None:
    """A closed day that stands, if it does."""
    row = tx.row(DAY, (day,))
    return None if row is None else Sealed(*row)


def sealed_days(tx: Tx, limit: int) -> list[Sealed]:
    """The last closed days, youngest first."""
    return [Sealed(*row) for row in tx.rows(DAYS, (limit,))]


def sealed_since(tx: Tx, day: date) -> list[Sealed]:
    """Closed days from `day` on, youngest first."""
    return [Sealed(*row) for row in tx.rows(SINCE, (day,))]


def run_of(tx: Tx, day: date) -> Run | None:
    """The run of a day that is not closed yet, if it was begun."""
    row = tx.row(RUN, (day,))
    return None if row is None else Run(*row)


def first_run(tx: Tx) -> date | None:
    """The first day that was ever begun."""
    row = tx.row(FIRST_RUN)
    return row[0] if row else None


def add_run(tx: Tx, run: Run, by: str) -> None:
    """Begin a run and make the table its positions go to."""
    tx.run(ADD_RUN, (*run, by))
    tx.run(PREPARE, (run.business_date, run.revision))


def last_revision(tx: Tx, day: date) -> int:
    """The last revision of a day, 0 if it was never begun."""
    row = tx.row(LAST_REVISION, (day,))
    assert row is not None, "an aggregate answers one row"
    return int(row[0])


def chunks(tx: Tx, day: date, revision: int) -> list[Chunk]:
    """The chunks of a day that are written, in order."""
    return [Chunk(*row) for row in tx.rows(CHUNKS, (day, revision))]


def digest_before(tx: Tx, day: date, revision: int) -> bytes:
    """The digest of the day before, as a run began on it."""
    row = tx.row(DIGEST_BEFORE, (day, revision))
    assert row is not None, "the run was begun"
    return bytes(row[0])


def write_chunk(tx: Tx, day: date, revision: int, chunk: Chunk, rows: memoryview) -> None:
    """Copy a chunk's rows and its marker: both or neither."""
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        _table(day, revision), sql.SQL(", ").join(map(sql.Identifier, NAMES))
    )
    with tx.cursor() as cursor, cursor.copy(command) as copy:
        for payload in (HEADER, rows, TRAILER):
            copy.write(payload)
    tx.run(ADD_CHUNK, (day, revision, *chunk))


def read_range(tx: Tx, day: date, revision: int, first: int, last: int) -> bytearray:
    """COPY rows of the loans in [first, last] of a closed day."""
    command = sql.SQL(
        "COPY (SELECT {} FROM {} WHERE business_date = {} AND loan BETWEEN {} AND {})"
        " TO STDOUT (FORMAT BINARY)"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, NAMES)),
        _table(day, revision),
        *map(sql.Literal, (day, first, last)),
    )
    body = bytearray()
    with tx.cursor() as cursor, cursor.copy(command) as copy:
        for part in copy:
            body += part
    return body


def with_trait(tx: Tx, day: date, revision: int, trait: int) -> list[int]:
    """Loans of a closed day that have a trait."""
    command = sql.SQL("SELECT loan FROM {} WHERE traits & {} <> 0 ORDER BY loan").format(
        _table(day, revision), sql.Literal(trait)
    )
    with tx.cursor() as cursor:
        return [loan for (loan,) in cursor.execute(command)]


def _table(day: date, revision: int) -> sql.Identifier:
    return sql.Identifier("credit", _name(day, revision))


def _name(day: date, revision: int) -> str:
    return f"day_position_{day:%Y%m%d}_{revision}"


def attached(tx: Tx, days: Sequence[Sealed]) -> list[Sealed]:
    """Those of `days` whose positions readers see."""
    names = {name for (name,) in tx.rows(ATTACHED)}
    return [day for day in days if _name(day.business_date, day.revision) in names]


def detach(tx: Tx, day: Sealed) -> None:
    """Take a day's positions out of what readers see; their table stays as it is."""
    tx.run(DETACH, (day.business_date, day.revision))


def seal(tx: Tx, day: date, revision: int, fields: tuple[int, bytes, datetime]) -> None:
    """Close a day: index its positions, show them, and keep (loans, digest, instant)."""
    tx.run(ATTACH, (day, revision))
    tx.run(ADD_DAY, (day, revision, *fields))


def reopen(tx: Tx, day: Sealed, reason: str, now: datetime, by: str) -> None:
    """Open a closed day again; its positions stay aside as they were."""
    tx.run(ADD_REOPENING, (day.business_date, day.revision, reason, now, by))
    if attached(tx, [day]):
        detach(tx, day)


def party_numbers(tx: Tx, usccs: Sequence[str]) -> dict[str, int]:
    """Numbers of parties, given to new ones in order."""
    tx.run(ADD_PARTIES, (list(usccs),))
    return dict(tx.rows(PARTIES, (list(usccs),)))


def register_products(tx: Tx, products: dict[str, Accounts]) -> None:
    """Number products that are new, in order."""
    texts = [msgspec.json.encode(accounts).decode() for accounts in products.values()]
    tx.run(ADD_PRODUCTS, (list(products), texts))


def products(tx: Tx) -> list[ProductRow]:
    """Every product, by number."""
    return [
        ProductRow(no, code, msgspec.convert(accounts, Accounts, strict=False))
        for no, code, accounts in tx.rows(PRODUCTS)
    ]


def register_loans(tx: Tx, rows: Sequence[tuple[int, UUID, int, date]]) -> None:
    """Number loans that are new, in order: book, id, source number, date."""
    if rows:
        tx.run(ADD_LOANS, columns(rows))


def loan_numbers(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Numbers of the loans that are registered."""
    return dict(tx.rows(NUMBERS, (list(ids),)))


def loan_ids(tx: Tx, numbers: Sequence[int]) -> dict[int, UUID]:
    """Ids of loans by number."""
    return dict(tx.rows(IDS, (list(numbers),)))


def sources(tx: Tx, numbers: Sequence[int]) -> list[tuple[int, int, int, UUID]]:
    """Number, book, source number and id of loans."""
    return [(row[0], row[1], row[2], row[3]) for row in tx.rows(SOURCES, (list(numbers),))]


def by_source(tx: Tx, contracts: Sequence[int]) -> dict[int, int]:
    """Numbers of loans by contract number."""
    return dict(tx.rows(BY_SOURCE, (list(contracts),)))


def retired(tx: Tx, loans: Sequence[int], before: date) -> list[tuple[int, ...]]:
    """What was booked of loans that left before a date, as they left last."""
    return tx.rows(RETIRED, (list(loans), before))


def add_retired(tx: Tx, day: date, revision: int, table: Sequence[list[int]]) -> None:
    """Keep what was booked of loans that leave, in columns."""
    if table[0]:
        tx.run(ADD_RETIRED, (day, revision, *table))


def posted(tx: Tx) -> dict[tuple[int, int, int], int]:
    """By product, currency and part: what the days that stand have posted."""
    return {(row[0], row[1], row[2]): row[3] for row in tx.rows(POSTED)}


def transfers(tx: Tx, day: Sealed) -> list[UUID]:
    """What a day posted."""
    return [key for (key,) in tx.rows(TRANSFERS, (day.business_date, day.revision))]


def add_postings(tx: Tx, day: date, revision: int, postings: Sequence[Posting]) -> None:
    """Keep what a day posted."""
    tx.many(ADD_POSTINGS, [(day, revision, *posting) for posting in postings])
