"""Canonical JSON: one sequence of bytes for one meaning, so that hashes can be compared.

RFC 8785 (JSON Canonicalization Scheme) restricted to strings, integers, booleans, null, arrays and
objects: floats do not exist here. Decimals, dates, instants, ids and digests become strings.
Two differences are wanted: integers are exact at any size, and keys sort by code point.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
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
    return plain_json(_written(value, _WRITTEN_AS_IS))


def plain_json(value: Plain) -> bytes:
    """The canonical UTF-8 bytes of plain data. Raises NotCanonical for a lone surrogate."""
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, OverflowError) as error:
        raise NotCanonical(str(error)) from error


def plain(value: object) -> Plain:
    """`value` in the types JSON has, without floats. Raises NotCanonical."""
    return _written(value, _AS_IS)


def _written(value: object, as_is: frozenset[type]) -> Plain:
    kind = type(value)
    if kind in as_is:
        return value  # type: ignore[return-value] # the set says so; this is a hot path
    if kind is dict:
        items = value.items()  # type: ignore[attr-defined] # it is a dict
        said = {k: item if type(item) in as_is else _written(item, as_is) for k, item in items}
        if not _STRINGS.issuperset(map(type, said)):
            raise NotCanonical("the keys of an object are strings")
        return said
    if kind is list or kind is tuple:
        return [item if type(item) in as_is else _written(item, as_is) for item in value]  # type: ignore[attr-defined] # it is a sequence
    if (exact := _EXACT_FORMS.get(kind)) is not None:
        return exact(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("the keys of an object are strings")
        return {str(key): plain(item) for key, item in value.items()}
    for family, form in _FORMS:
        if isinstance(value, family):
            return form(value)
    raise NotCanonical(f"{kind.__name__} has no canonical form")


# Equal decimals have equal texts, so the texts of those that come again and again are kept.
@lru_cache(maxsize=65536)
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


_AS_IS: Final[frozenset[type]] = frozenset({str, int, bool, type(None)})
# The encoder writes these as `plain` would.
_WRITTEN_AS_IS: Final[frozenset[type]] = _AS_IS | {UUID, date}
_STRINGS: Final = frozenset({str})
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
_EXACT_FORMS: Final[dict[type, Callable[[Any], Plain]]] = {
    kind: form for kind, form in _FORMS if kind in {Decimal, datetime, date, UUID, bytes}
}
