"""Columns of texts, decimals or dates into exact values, vectorised: value and what is bad.

Every converter takes a pyarrow array of whatever type the table had and returns (values, bad):
`bad` is a numpy bool array, True where a cell is filled but cannot be read; blank cells are null
and not bad.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from heliu.flows.commercial.tabular_mapping import key

Bad = NDArray[np.bool_]

_GROUPED: Final = r"^[+-]?\d{1,3}(,\d{3}){1,4}(\.\d*)?$"
_DATE: Final = (
    r"^(?P<y>\d{4})(?:\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})|"
    r"(?P<m2>\d{2})(?P<d2>\d{2}))\s*日?(?:[ T].*|\d{6})?$"
)
_DRESSED: Final = r"^[(（]?\s*([+-]?)\s*[¥￥]?\s*([+-]?)(.*?)[)）]?$"
_DIGITS: Final = 38  # of a decimal128
_FIRST_DAY, _LAST_DAY = np.datetime64("1900-01-01"), np.datetime64("2199-12-31")
_BEIJING: Final = 8 * 3600
_MAX_EXACT: Final = 2**53
_FLOAT_NOISE: Final = 1e-3


def text(column: pa.Array) -> pa.Array:
    """Trimmed texts; blanks (and Excel's ="..." armour) removed, empty is null."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = _whole_floats(column)
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string(), safe=False)
    trimmed = pc.utf8_trim_whitespace(column)
    if pc.any(pc.starts_with(trimmed, '="')).as_py():
        trimmed = pc.replace_substring_regex(trimmed, r'^="(.*)"$', r"\1")
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def minor(column: pa.Array, exponent: int) -> tuple[pa.Array, Bad]:
    """Amounts as int64 minor units; more places than `exponent` (>= 0) are bad, not rounded."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return minor(column.cast(kind.value_type), exponent)
    if pa.types.is_floating(kind):
        return _float_minor(column, exponent)
    if pa.types.is_decimal128(kind) and _fits(kind, exponent):
        return _decimal_minor(column, exponent)
    written = text(column)
    places = rf"^[+-]?\d{{1,15}}(\.\d{{0,{exponent}}}0*)?$"
    good = pc.match_substring_regex(written, places)
    if not pc.all(good, min_count=0).as_py():
        return _written_minor(written, places, exponent)
    return _decimal_minor(written, exponent)[0], np.zeros(len(written), bool)


def dates(column: pa.Array) -> tuple[pa.Array, Bad]:
    """Calendar dates (date32): dates and instants as they are, texts in the usual ways."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return dates(column.cast(kind.value_type))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _calendar(column)
    written = text(column)
    parts = pc.extract_regex(written, _DATE)
    year, month, day = (
        _integers(pc.coalesce(*(_unless_empty(pc.struct_field(parts, name)) for name in names)))
        for names in (("y",), ("m", "m2"), ("d", "d2"))
    )
    possible = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1)  # noqa: PLR2004
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("M8[M]")
    days = months.astype("M8[D]") + np.where(possible, day - 1, 0)
    real = possible & (days.astype("M8[M]") == months) & (days >= _FIRST_DAY) & (days <= _LAST_DAY)
    values = pa.array(days, mask=~real).cast(pa.date32())
    return values, _filled(written) & ~real


def one_of(column: pa.Array, meanings: Mapping[Any, Sequence[str]]) -> tuple[pa.Array, Bad]:
    """Texts as one of the canonical values `meanings` lists spellings for (string)."""
    spellings = {key(name): meaning for meaning, names in meanings.items() for name in names}
    written = text(column)
    encoded = pc.dictionary_encode(written)
    meant = [spellings.get(key(word)) for word in encoded.dictionary.to_pylist()]
    values = pa.array(meant, pa.string()).take(encoded.indices)
    return values, _filled(written) & _null(values)


def _calendar(column: pa.Array) -> tuple[pa.Array, Bad]:
    """Dates and instants as days; an instant with a zone is the day it was in Beijing."""
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = pc.add(
            column.cast(pa.timestamp("s"), safe=False), pa.scalar(_BEIJING, pa.duration("s"))
        )
    days = column.cast(pa.date32(), safe=False)
    numbers = days.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype("M8[D]")
    bad = (numbers < _FIRST_DAY) | (numbers > _LAST_DAY)
    return pc.if_else(pa.array(bad), pa.scalar(None, pa.date32()), days), bad


def _written_minor(written: pa.Array, places: str, exponent: int) -> tuple[pa.Array, Bad]:
    """Amounts with currency signs, thousands commas or accountants' brackets for a minus."""
    negative = pc.match_substring_regex(written, r"^[(（].*[)）]$")
    bare = pc.replace_substring_regex(written, _DRESSED, r"\1\2\3")
    grouped = pc.match_substring_regex(bare, _GROUPED)
    bare = pc.if_else(grouped, pc.replace_substring(bare, ",", ""), bare)
    good = pc.match_substring_regex(bare, places)
    kept = pc.if_else(good, bare, pa.scalar(None, pa.string()))
    values, _ = _decimal_minor(kept, exponent)
    values = pc.if_else(pc.fill_null(negative, False), pc.negate(values), values)  # noqa: FBT003
    return values, _filled(written) & _null(values)


def _fits(kind: pa.Decimal128Type, exponent: int) -> bool:
    fits: bool = kind.scale <= exponent and kind.precision - kind.scale + exponent <= _DIGITS
    return fits


def _decimal_minor(column: pa.Array, exponent: int) -> tuple[pa.Array, Bad]:
    """Decimals, or texts of decimals, of at most `exponent` places that are not zero."""
    scaled = column.cast(pa.decimal128(38, exponent), safe=True)
    words = np.frombuffer(scaled.buffers()[1], np.int64).reshape(-1, 2)
    low, high = words[scaled.offset : scaled.offset + len(scaled)].T
    null = _null(scaled)
    huge = ~null & (high != (low >> 63))
    return pa.array(low, mask=null | huge), huge


def _float_minor(column: pa.Array, exponent: int) -> tuple[pa.Array, Bad]:
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    null = _null(column) | np.isnan(values)
    scaled = np.where(null, 0.0, values) * 10.0**exponent
    whole = np.rint(scaled)
    bad = ~null & ~((np.abs(scaled) < _MAX_EXACT) & (np.abs(scaled - whole) < _FLOAT_NOISE))
    return pa.array(np.where(bad, 0.0, whole).astype(np.int64), mask=null | bad), bad


def _whole_floats(column: pa.Array) -> pa.Array:
    """Numbers that a tool made floats of (3390939.0) as the integers they were."""
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    whole = np.isfinite(values) & (np.abs(values) < _MAX_EXACT) & (values == np.rint(values))
    integers = pa.array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
    return pc.if_else(pa.array(whole), integers, column.cast(pa.string()))


def _integers(column: pa.Array) -> NDArray[np.int64]:
    filled: NDArray[np.int64] = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
    return filled


def _unless_empty(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _filled(column: pa.Array) -> Bad:
    return ~_null(column)


def _null(column: pa.Array) -> Bad:
    nulls: Bad = pc.is_null(column).to_numpy(zero_copy_only=False)
    return nulls
