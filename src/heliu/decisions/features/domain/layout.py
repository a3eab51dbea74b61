"""Folds as bytes: rows of little-endian integers of 64 bits, sorted by key, one form per content.

They are stored so, NumPy reads them as they lie, and a batch patches the rows it touches: a row is
found by halving, what is old is a prefix. A row that is all zero does not exist.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from heliu.decisions.features.domain.tally import COLUMNS, Table

# A sum beyond this is no trade; it stands at the bound instead of stopping everybody's intake.
_MOST: Final = 2**62

Key = tuple[int, int]
Rows = Mapping[Key, Sequence[int]]
Tables = dict[Table, bytes]

# The numbers that make a row's key stand first: the due day and the day of settlement in DUES.
KEYS: Final = dict.fromkeys(Table, 1) | {Table.DUES: 2}
WIDTHS: Final = {table: KEYS[table] + COLUMNS[table] for table in Table}
_ROW: Final = {table: struct.Struct(f"<{WIDTHS[table]}q") for table in Table}
_KEY: Final = {table: struct.Struct(f"<{KEYS[table]}q") for table in Table}
PAIR: Final = (Table.DAYS, Table.PAID, Table.DUES, Table.LAGS, Table.DIGITS, Table.MONTHS)
MARGINAL: Final = {"supplier": (Table.TRADE,), "buyer": (Table.TRADE, Table.TERMS)}
SHARES: Final = np.dtype([("month", "<i8"), ("sum", "V16"), ("squares", "V16")])
_SHARES: Final = struct.Struct("<q16s16s")
_WIDE: Final = 16
_WIDEST: Final[int] = (1 << 8 * _WIDE) - 1


def patched(table: Table, packed: bytes, changes: Rows) -> bytes:
    """`packed` with `changes` added, row by row and column by column."""
    data, form, keys = bytearray(packed), _ROW[table], KEYS[table]
    for key, change in sorted(changes.items()):
        at = _place(table, data, key[:keys])
        row = form.unpack_from(data, at) if at < len(data) else ()
        if row[:keys] == key[:keys]:
            added = [_bound(a + b) for a, b in zip(row[keys:], change, strict=True)]
            data[at : at + form.size] = form.pack(*row[:keys], *added) if any(added) else b""
        elif any(change):
            data[at:at] = form.pack(*key[:keys], *map(_bound, change))
    return bytes(data)


def rows_upto(table: Table, packed: bytes, key: int) -> list[tuple[int, ...]]:
    """The rows whose first key is at most `key`, in order."""
    end = _place(table, packed, (key + 1, 0)[: KEYS[table]])
    return list(_ROW[table].iter_unpack(packed[:end]))


def without(table: Table, packed: bytes, rows: int) -> bytes:
    """`packed` without its first `rows` rows."""
    return packed[rows * _ROW[table].size :]


def packed_rows(table: Table, rows: Sequence[Sequence[int]]) -> bytes:
    """Rows (key and columns) as bytes, in the order given."""
    return b"".join([_ROW[table].pack(*row) for row in rows])


def months_of(packed: bytes) -> dict[int, int]:
    """By month, what MONTHS holds."""
    return dict(_ROW[Table.MONTHS].iter_unpack(packed))


def pack_shares(shares: Mapping[int, Sequence[int]]) -> bytes:
    """By month a sum and a sum of squares, of sixteen bytes each, as bytes."""
    return b"".join(
        [
            _SHARES.pack(month, _wide(one), _wide(squares))
            for month, (one, squares) in sorted(shares.items())
        ]
    )


def unpack_shares(packed: bytes) -> dict[int, list[int]]:
    """What `pack_shares` wrote."""
    return {
        month: [wide(one), wide(squares)] for month, one, squares in _SHARES.iter_unpack(packed)
    }


def wide(raw: bytes) -> int:
    """A number of sixteen bytes."""
    return int.from_bytes(raw, "little")


def _place(table: Table, data: bytes | bytearray, key: tuple[int, ...]) -> int:
    """Where the first row not before `key` stands, in bytes."""
    size, form = _ROW[table].size, _KEY[table]
    low, high = 0, len(data) // size
    while low < high:
        middle = (low + high) // 2
        if form.unpack_from(data, middle * size) < key:
            low = middle + 1
        else:
            high = middle
    return low * size


def _bound(amount: int) -> int:
    return amount if -_MOST < amount < _MOST else max(-_MOST, min(amount, _MOST))


def _wide(amount: int) -> bytes:
    return min(amount, _WIDEST).to_bytes(_WIDE, "little")
