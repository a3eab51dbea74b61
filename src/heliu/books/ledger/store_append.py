"""SQL of appending a batch: COPY for many rows, one text of statements for a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg

from heliu.books.ledger.domain.batch import Rows
from heliu.books.ledger.encoding import HEADER, TRAILER
from heliu.books.ledger.errors import Fenced
from heliu.books.ledger.store import Leaf, Mark, Record
from heliu.ground.db import Tx

FENCED_STATE: Final = "HL001"
COPY_JOURNAL: Final = """
COPY books.journal_{no:06d} (seq, key, debit, credit, amount, code, phase, business_date, shard)
FROM STDIN (FORMAT BINARY)"""
COPY_KEYS: Final = "COPY books.transfer_key (key, seq, shard) FROM STDIN (FORMAT BINARY)"
COPY_PENDING: Final = "COPY books.pending (seq, expires_at, shard) FROM STDIN (FORMAT BINARY)"
COPY_RESOLUTION: Final = """
COPY books.resolution (pending_seq, seq, shard) FROM STDIN (FORMAT BINARY)"""
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

    `before` is the end of the journal that it continues.
    """

    rows: Rows
    statements: Sequence[str]
    copies: Sequence[tuple[str, bytes]]
    record: Record
    before: Mark

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
    """Append one staged batch in the transaction `tx`. Raises Fenced for a deposed writer."""
    for sql, body in staged.copies:
        with tx.cursor() as cursor, cursor.copy(sql.encode()) as copy:
            copy.write(b"".join((HEADER, body, TRAILER)))
    text = ";".join((*staged.statements, staged.last_statement))
    try:
        tx.connection.execute(text.encode())
    except psycopg.DatabaseError as error:
        if error.sqlstate == FENCED_STATE:
            raise Fenced("another writer has taken the ledger over: start again") from error
        raise


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
