"""Canonical JSON: one sequence of bytes for one meaning, so that hashes can be compared.

RFC 8785 (JSON Canonicalization Scheme) restricted to strings, integers, booleans, null, arrays and
objects: floats do not exist here. Decimals, dates, instants, ids and digests become strings.
Two differences are wanted: integers are exact at any size, and keys sort by code point.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

# A decimal beyond this many places either way is an attack or a bug, never a rate or an amount.
_MAX_EXPONENT: Final = 64
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"


class NotCanonical(TypeError):
    """A value has no canonical form (a float, a naive instant, an unknown type): a caller's bug."""


def canonical_json(value: object) -> bytes:
    """The canonical UTF-8 bytes of `value`. Raises NotCanonical."""
    return plain_json(plain(value))


def plain_json(value: Plain) -> bytes:
    """The canonical UTF-8 bytes of plain data. Raises NotCanonical for a lone surrogate."""
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, OverflowError) as error:
        raise NotCanonical(str(error)) from error


def plain(value: object) -> Plain:
    """`value` in the types JSON has, without floats. Raises NotCanonical."""
    if value is None or type(value) in _AS_IS:
        return value  # type: ignore[return-value] # the set says so; this is a hot path
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("the keys of an object are strings")
        return {str(key): plain(item) for key, item in value.items()}
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def decimal_text(value: Decimal) -> str:
    """Plain digits without an exponent or trailing zeros: equal numbers have equal texts."""
    places = value.as_tuple().exponent
    sane = isinstance(places, int) and places >= -_MAX_EXPONENT
    if not sane or value.adjusted() > _MAX_EXPONENT:
        raise NotCanonical("only finite decimals of a sane size have a canonical form")
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise NotCanonical("instants are aware")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_AS_IS: Final = frozenset({str, int, bool})
# In this order: an instant is also a date, a text enum also a str, bytes also a sequence.
_FORMS: Final[tuple[tuple[type, Callable[[Any], Plain]], ...]] = (
    (Enum, lambda value: plain(value.value)),
    (str, str),
    (int, int),
    (Decimal, decimal_text),
    (datetime, _instant_text),
    (date, date.isoformat),
    (UUID, str),
    (bytes, bytes.hex),
    (Sequence, lambda value: [plain(item) for item in value]),
)
