"""An invoice table as columns of integers: what every detector reads.

Amounts become fen exactly (decimal, integer, text and float columns; a part of a fen is refused),
dates become days since 1970, names and numbers become codes. Nothing here walks row by row.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from heliu.flows.screening.errors import TableRefused

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

REQUIRED: Final = ("firm", "direction", "invoice_no", "date", "counterparty")
_OUT: Final = ("OUT", "SALE", "SALES", "销项", "销")
_IN: Final = ("IN", "PURCHASE", "PURCHASES", "进项", "进")
_VOID: Final = "VOID|作废|CANCEL"
# Fully digital invoices carry 20 digits: year, region, channel, then a running number of 15.
_SERIAL_DIGITS: Final = 15
_FEN: Final = pa.decimal128(38, 2)
# A float that is a whole number of fen is off by rounding noise only.
_FLOAT_NOISE: Final = 1e-3
_DAY_BITS: Final = 23


@dataclass(frozen=True, slots=True)
class Invoices:
    """Columns of one table, all of shape (n,). `net` and `total` are int64 fen, `day` int64 days.

    `seller` and `buyer` are codes in one name space; `pair` is a code of (firm, counterparty,
    direction): the same parties as one holder tells it. `number` is the code of the number as
    written (width, case and blanks aside), `skeleton` of what is left when dashes, leading zeros
    and look-alike letters are gone too; `serial` is its value (-1 if it has no digit).
    `live` rows are usable and not void.
    """

    ids: pa.Array
    out: Flags
    seller: Ints
    buyer: Ints
    pair: Ints
    number: Ints
    skeleton: Ints
    serial: Ints
    day: Ints
    net: Ints
    total: Ints
    usable: Flags
    live: Flags
    written: pa.Array
    names: pa.Array

    def __len__(self) -> int:
        return len(self.total)

    @property
    def holder(self) -> Ints:
        """Code of who tells the row: (firm, direction), shape (n,)."""
        return np.where(self.out, self.seller, self.buyer) * 2 + self.out

    @property
    def other(self) -> Ints:
        """Code of the counterparty, shape (n,)."""
        return np.asarray(np.where(self.out, self.buyer, self.seller), dtype=np.int64)

    def name_of(self, code: int) -> str:
        """The id of the party behind a code, for a reason's sentence."""
        return str(self.names[code].as_py())

    def number_of(self, position: int) -> str:
        """The invoice number of one row as written, for a reason's sentence."""
        return str(self.written[position].as_py())


def read_invoices(table: pa.Table) -> Invoices:
    """The table's columns as integers. Raises TableRefused naming the column that will not do.

    `row_id` (default: position), `status` (default: valid) and two of amount, tax, total may be
    missing; a row with an empty cell in a needed column is carried but never suspected.
    """
    if missing := [name for name in REQUIRED if name not in table.column_names]:
        raise TableRefused(missing[0], "missing")
    out, known = _directions(_flat(table, "direction"))
    firms, others = _names(_flat(table, "firm")), _names(_flat(table, "counterparty"))
    named = _valid(firms) & _valid(others)
    parties = pa.concat_arrays([firms, others]).dictionary_encode()
    codes = pc.fill_null(parties.indices, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    firm, other = codes[: table.num_rows], codes[table.num_rows :]
    written = _text(_flat(table, "invoice_no"))
    number = _canonical(written)
    day, dated = _days(_flat(table, "date"))
    net, total, priced = _amounts(table)
    usable = known & named & dated & priced & _valid(written)
    return Invoices(
        ids=_ids(table),
        out=out,
        seller=np.where(out, firm, other),
        buyer=np.where(out, other, firm),
        pair=group(firm, other, out.astype(np.int64)),
        number=_codes(number),
        skeleton=_codes(_skeleton(number)),
        serial=_serials(number),
        day=day,
        net=net,
        total=total,
        usable=usable,
        live=usable & ~_voids(table),
        written=written,
        names=parties.dictionary,
    )


def group(*columns: Ints) -> Ints:
    """One dense code per distinct tuple of `columns` (each int64 of shape (n,))."""
    code = np.unique(columns[0], return_inverse=True)[1].astype(np.int64)
    for column in columns[1:]:
        values, inverse = np.unique(column, return_inverse=True)
        code = np.unique(code * len(values) + inverse, return_inverse=True)[1].astype(np.int64)
    return code


def sizes(code: Ints) -> Ints:
    """For every row, how many rows share its code (codes dense from 0)."""
    return np.bincount(code)[code] if len(code) else code


def keyed(code: Ints, day: Ints) -> Ints:
    """One sortable int64 per (code, day); days before 1970 count as 1970."""
    return np.asarray((code << _DAY_BITS) + np.clip(day, 0, (1 << _DAY_BITS) - 1), dtype=np.int64)


def _flat(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _ids(table: pa.Table) -> pa.Array:
    if "row_id" not in table.column_names:
        return pa.array(np.arange(table.num_rows))
    return _flat(table, "row_id")


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.cast(column, pa.string())


def _names(column: pa.Array) -> pa.Array:
    return pc.utf8_upper(pc.utf8_trim_whitespace(pc.utf8_normalize(_text(column), "NFKC")))


def _codes(texts: pa.Array) -> Ints:
    codes = pc.fill_null(texts.dictionary_encode().indices, -1)
    return np.asarray(codes.to_numpy(zero_copy_only=False), dtype=np.int64)


def _valid(column: pa.Array) -> Flags:
    return np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _directions(column: pa.Array) -> tuple[Flags, Flags]:
    names = _names(column)
    out = _member(names, _OUT)
    known = out | _member(names, _IN)
    if not known.all():
        raise TableRefused("direction", "neither 'in' nor 'out'")
    return out, known


def _member(names: pa.Array, allowed: tuple[str, ...]) -> Flags:
    isin = pc.is_in(names, value_set=pa.array(allowed))
    return np.asarray(isin.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _voids(table: pa.Table) -> Flags:
    if "status" not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.bool_)
    matches = pc.match_substring_regex(_names(_flat(table, "status")), _VOID)
    filled = pc.fill_null(matches, fill_value=False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _canonical(written: pa.Array) -> pa.Array:
    upper = pc.utf8_upper(pc.utf8_normalize(written, "NFKC"))
    return pc.replace_substring_regex(upper, r"\s+", "")


def _skeleton(number: pa.Array) -> pa.Array:
    bare = pc.replace_substring_regex(number, r"[^\p{L}\p{N}]+", "")
    for letters, digit in (("[OQD]", "0"), ("[IL]", "1"), ("Z", "2"), ("S", "5"), ("B", "8")):
        bare = pc.replace_substring_regex(bare, letters, digit)
    return pc.utf8_ltrim(bare, "0")


def _serials(number: pa.Array) -> Ints:
    digits = pc.replace_substring_regex(number, r"[^0-9]+", "")
    tail = pc.utf8_slice_codeunits(digits, -_SERIAL_DIGITS, None)
    filled = pc.if_else(pc.equal(pc.utf8_length(tail), 0), None, tail)
    values = pc.fill_null(pc.cast(filled, pa.int64()), -1)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.int64)


def _days(column: pa.Array) -> tuple[Ints, Flags]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = _parsed_dates(column)
    if not (pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)):
        raise TableRefused("date", f"of type {column.type}: give dates or ISO 8601 texts")
    days = pc.cast(pc.cast(column, pa.date32()), pa.int32())
    filled = pc.fill_null(days, 0).to_numpy(zero_copy_only=False)
    return np.asarray(filled, dtype=np.int64), _valid(days)


def _parsed_dates(column: pa.Array) -> pa.Array:
    text = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(pc.cast(column, pa.string())), 0, 10)
    text = pc.replace_substring_regex(text, r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3")
    text = pc.replace_substring_regex(text, r"[/.]", "-")
    text = pc.replace_substring_regex(text, r"-(\d)\b", r"-0\1")
    try:
        return pc.cast(text, pa.date32())
    except pa.ArrowInvalid as error:
        raise TableRefused("date", "not a date: write 2026-06-01") from error


def _amounts(table: pa.Table) -> tuple[Ints, Ints, Flags]:
    fen = {
        name: _fen(name, _flat(table, name))
        for name in ("amount", "tax", "total")
        if name in table.column_names
    }
    if "total" not in fen and not {"amount", "tax"} <= fen.keys():
        raise TableRefused("total", "missing, and not to be had from amount and tax")
    zero = np.zeros(table.num_rows, dtype=np.int64), np.ones(table.num_rows, dtype=np.bool_)
    if "total" in fen:
        total, priced = fen["total"]
        net, stated = fen.get("amount", (total - fen.get("tax", zero)[0], priced))
        return np.where(stated, net, total), total, priced
    net, stated = fen["amount"]
    tax, taxed = fen["tax"]
    return net, net + tax, stated & taxed


def _fen(name: str, column: pa.Array) -> tuple[Ints, Flags]:
    valid = _valid(column)
    if pa.types.is_floating(column.type):
        major = pc.fill_null(column, 0.0).to_numpy(zero_copy_only=False).astype(np.float64) * 100
        fen = np.rint(major)
        if not np.isfinite(major).all() or (np.abs(major - fen) > _FLOAT_NOISE).any():
            raise TableRefused(name, "not a finite number of whole fen")
        return fen.astype(np.int64), valid
    try:
        exact = pc.cast(_plain(column), _FEN)
    except pa.ArrowInvalid as error:
        raise TableRefused(name, "not an amount of at most two decimal places") from error
    words = np.frombuffer(exact.buffers()[1], dtype=np.int64)
    pairs = words[2 * exact.offset : 2 * (exact.offset + len(exact))].reshape(-1, 2)
    if (pairs[valid, 1] != pairs[valid, 0] >> 63).any():
        raise TableRefused(name, "larger than a bank can count")
    return np.where(valid, pairs[:, 0], 0), valid


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.replace_substring_regex(column, r"[,\s¥￥]", "")
    return column
