"""Cells of a supplier list into exact values, a column at a time, and which are no values.

Every reader takes trimmed texts, null where nothing is said, and tells what it cannot read.
"""

import re
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heliu.credit.acquisition.domain.columns import MAX_MINOR, Bools

__all__ = ["MAX_COUNT", "MAX_MINOR", "MAX_YEARS", "Read"]

MAX_COUNT: Final = 10**9
MAX_YEARS: Final = 300
_NOTHING: Final = pa.array(["", "-", "--", "/", "无", "n/a", "N/A", "NA", "null", "NULL"])
_DRESSING: Final = r"[,¥\s]"
_NUMBER: Final = r"^[+-]?\d{1,15}(\.\d{1,17})?(e-2)?$"
_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[ T].*)?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


class Read(NamedTuple):
    """A column's values, null where nothing is said, and where a filled cell is no value."""

    values: pa.Array
    unreadable: Bools


def cleaned(column: pa.Array) -> pa.Array:
    """Trimmed texts in plain width; what says nothing is null."""
    text = pc.utf8_trim_whitespace(column)
    if not pc.all(pc.string_is_ascii(text)).as_py():
        text = pc.utf8_normalize(text, form="NFKC")
    if pc.any(pc.starts_with(text, '="')).as_py():  # Excel's armour of long digits
        text = pc.replace_substring_regex(text, r'^="(.*)"$', r"\1")
    return pc.if_else(pc.is_in(text, _NOTHING), pa.scalar(None, pa.string()), text)


def none(text: pa.Array) -> Bools:
    """Every text can be read as text."""
    return np.zeros(len(text), np.bool_)


def amounts(text: pa.Array, minor_places: int, shift: int) -> Read:
    """Amounts in 10^shift major units as int64 minor units; a part of a fen is no amount."""
    places = minor_places + shift
    exact = _cast(text, pa.decimal128(38, places), rf"^[+-]?\d{{1,15}}(\.\d{{0,{places}}}0*)?$")
    words = np.frombuffer(exact.buffers()[1], np.int64)[2 * exact.offset :][: 2 * len(exact)]
    low, high = words[::2], words[1::2]
    fits = (high == low >> 63) & ~_null(exact)
    minor = pa.array(np.where(fits, low, 0), pa.int64(), mask=~fits)
    return Read(minor, ~_null(text) & ~fits)


def numbers(text: pa.Array, *, percent: bool) -> Read:
    """Numbers as the nearest double; with a % sign, or all if `percent`, they are hundredths."""
    bare, signed = text, pc.ends_with(text, "%")
    if percent or pc.any(signed).as_py():
        # An exponent instead of a division: the nearest double of the decimal that is meant.
        digits = pc.replace_substring(bare, "%", "")
        hundredths = pc.binary_join_element_wise(digits, "e-2", "")
        bare = hundredths if percent else pc.if_else(signed, hundredths, bare)
    found = _cast(bare, pa.float64(), _NUMBER)
    finite = pc.fill_null(pc.is_finite(found), False)  # noqa: FBT003 - arrow's signature
    found = pc.if_else(finite, found, pa.scalar(None, pa.float64()))
    return Read(found, ~_null(text) & _null(found))


def dates(text: pa.Array) -> Read:
    """Calendar dates in the usual ways of writing them; each distinct text is read once."""
    encoded = pc.dictionary_encode(text)
    known = pa.array([_date(word) for word in encoded.dictionary.to_pylist()], pa.date32())
    found = known.take(encoded.indices)
    return Read(found, ~_null(text) & _null(found))


def between(found: pa.Array, low: int, high: int) -> Bools:
    """Where a value is in [low, high], or there is none."""
    fits = pc.and_(pc.greater_equal(found, low), pc.less_equal(found, high))
    return _true(pc.fill_null(fits, True))  # noqa: FBT003


def whole(found: pa.Array) -> Bools:
    """Where a number has no fraction, or there is none."""
    return _true(pc.fill_null(pc.equal(found, pc.floor(found)), True))  # noqa: FBT003


def _date(word: str) -> date | None:
    if (match := _DATE.fullmatch(word)) is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def _cast(text: pa.Array, kind: pa.DataType, form: str) -> pa.Array:
    """`text` as `kind`; where that fails, what is left of it without commas, signs and spaces."""
    try:
        return pc.cast(text, kind)
    except pa.ArrowInvalid:
        bare = pc.replace_substring_regex(text, _DRESSING, "")
        good = pc.match_substring_regex(bare, form)
        return pc.cast(pc.if_else(good, bare, pa.scalar(None, pa.string())), kind)


def _null(array: pa.Array) -> Bools:
    return _true(pc.is_null(array))


def _true(array: pa.Array) -> Bools:
    return np.asarray(array.to_numpy(zero_copy_only=False), np.bool_)
