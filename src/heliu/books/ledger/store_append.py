"""SQL of appending a batch: arrays in the writer's own transaction, COPY in a lane's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from heliu.books.ledger.domain.batch import Rows
from heliu.books.ledger.encoding import HEADER, TRAILER, key_order
from heliu.books.ledger.store import Leaf, Mark, Record
from heliu.ground.db import Tx
from heliu.ground.pipeline import column

FENCED_STATE: Final = "HL001"
COPY_JOURNAL: Final = """
COPY books.journal_{no:06d} (seq, key, debit, credit, amount, code, phase, business_date, shard)
FROM STDIN (FORMAT BINARY)"""
COPY_KEYS: Final = "COPY books.transfer_key (key, seq, shard) FROM STDIN (FORMAT BINARY)"
COPY_PENDING: Final = "COPY books.pending (seq, expires_at, shard) FROM STDIN (FORMAT BINARY)"
COPY_RESOLUTION: Final = """
COPY books.resolution (pending_seq, seq, shard) FROM STDIN (FORMAT BINARY)"""
ADD_KEYS: Final = """
INSERT INTO books.transfer_key (key, seq, shard)
SELECT k.key, k.seq, 0
FROM unnest(%b::uuid[], %b::bigint[]) AS k (key, seq)"""
ADD_JOURNAL: Final = """
INSERT INTO books.journal_{}
  (seq, key, debit, credit, amount, code, phase, business_date, shard)
SELECT j.seq, j.key, j.debit, j.credit, j.amount, j.code, j.phase, j.business_date, 0
FROM unnest(
  %b::bigint[], %b::uuid[], %b::bigint[], %b::bigint[], %b::bigint[], %b::smallint[],
  %b::smallint[], %b::date[]
) AS j (seq, key, debit, credit, amount, code, phase, business_date)"""
ADD_BATCH: Final = """
INSERT INTO books.batch (no, epoch, first_seq, n, recorded_at, prev, hash, shard)
VALUES (
  %b::bigint, %b::integer, %b::bigint, %b::integer, %b::timestamptz, %b::bytea, %b::bytea, 0
)"""
# The values below are numbers, hexadecimal digits and an instant of our own making.
_ADD_KEYS: Final = "INSERT INTO books.transfer_key (key, seq, shard) VALUES {}"
_ADD_JOURNAL: Final = """
INSERT INTO books.journal_{:06d}
  (seq, key, debit, credit, amount, code, phase, business_date, shard)
VALUES {}"""
_ADD_BATCH: Final = """
INSERT INTO books.batch (no, epoch, first_seq, n, recorded_at, prev, hash, shard)
VALUES ({}, {}, {}, {}, '{}', '\\x{}', '\\x{}', 0)"""


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch ready to be appended: statements, COPY bodies, then its row of books.batch.

    Without either, its rows all go into `leaf` as they are. `before` is the end of the journal
    that it continues.
    """

    rows: Rows
    statements: Sequence[str]
    copies: Sequence[tuple[str, bytes]]
    record: Record
    before: Mark
    leaf: Leaf | None = None

    @property
    def end_seq(self) -> int:
        """The first seq after it."""
        return self.record.first_seq + self.record.n

    @property
    def last_statement(self) -> str:
        """The statement that adds its row of books.batch."""
        at = self.record.recorded_at.isoformat()
        hashes = self.record.prev.hex(), self.record.hash.hex()
        return _ADD_BATCH.format(*self.record[:4], at, *hashes)


def append(tx: Tx, staged: Staged) -> None:
    """Append one staged batch in the transaction `tx`, which a deposed writer cannot commit."""
    for sql, body in staged.copies:
        with tx.cursor() as cursor, cursor.copy(sql.encode()) as copy:
            copy.write(b"".join((HEADER, body, TRAILER)))
    if staged.leaf is not None:
        _append_rows(tx, staged.rows, staged.leaf)
    tx.later(ADD_BATCH, staged.record)
    tx.push()  # from here on another writer waits for this transaction before it takes over


def _append_rows(tx: Tx, rows: Rows, leaf: Leaf) -> None:
    seq = np.arange(rows.first_seq, rows.end_seq)
    order = key_order(rows.key)  # so that the index is filled in one sweep
    tx.later(ADD_KEYS, (column(rows.key[order], "V16"), column(seq[order], ">i8")))
    numbers = (rows.debit, rows.credit, rows.amount)
    small = (rows.code, rows.phase)
    tx.later(
        ADD_JOURNAL.format(f"{leaf.no:06d}"),
        (
            *(column(seq, ">i8"), column(rows.key, "V16")),
            *(column(values, ">i8") for values in numbers),
            *(column(values, ">i2") for values in small),
            column(rows.day, ">i4"),
        ),
    )


def journal_copy(leaf: Leaf) -> str:
    """The COPY statement into one leaf."""
    return COPY_JOURNAL.format(no=leaf.no)


def insert_statements(rows: Rows, leaf: Leaf) -> list[str]:
    """The statements that add a few rows, all of one leaf."""
    seqs = range(rows.first_seq, rows.first_seq + len(rows))
    keys = [key.hex() for key in rows.key.tolist()]
    columns = (rows.debit, rows.credit, rows.amount, rows.code, rows.phase, rows.day)
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    journal = ",".join(
        f"({seq},'{key}',{debit},{credit},{amount},{code},{phase},DATE '2000-01-01'+{day},0)"
        for seq, key, (debit, credit, amount, code, phase, day) in zip(
            seqs, keys, numbers, strict=True
        )
    )
    guard = ",".join(f"('{key}',{seq},0)" for seq, key in zip(seqs, keys, strict=True))
    return [_ADD_KEYS.format(guard), _ADD_JOURNAL.format(leaf.no, journal)]
