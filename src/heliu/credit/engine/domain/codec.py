"""Terms and events as stable JSON: what is stored with a contract and read back for ever.

Version 1. Every field is written, whatever its value; enums as their values, dates in ISO 8601,
decimals as texts, amounts as whole minor units. A field that is missing on reading takes the
dataclass's default, an unknown one is a fault: the snapshot was written by a newer house.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from heliu.credit.engine.domain.events import DETAIL_OF, EventKind, LoanEvent
from heliu.credit.engine.domain.terms import Terms
from heliu.ground.errors import Fault

VERSION: Final = 1


def terms_to_json(terms: Terms) -> dict[str, object]:
    """The snapshot of terms: plain JSON values, keys in field order."""
    plain: dict[str, object] = {"version": VERSION}
    return plain | {field.name: _plain(getattr(terms, field.name)) for field in fields(terms)}


def terms_from_json(plain: Mapping[str, object]) -> Terms:
    """Terms from their snapshot. Raises Fault if the snapshot is not one of ours."""
    rest = {key: value for key, value in plain.items() if key != "version"}
    if plain.get("version") != VERSION:
        raise Fault(f"terms of version {plain.get('version')!r} are not known here")
    terms = _read(Terms, rest, "terms")
    assert isinstance(terms, Terms), "read as terms"
    return terms


def event_to_json(event: LoanEvent) -> dict[str, object]:
    """An event as plain JSON values."""
    plain = _plain(event)
    assert isinstance(plain, dict), "a dataclass is an object"
    return plain


def event_from_json(plain: Mapping[str, object]) -> LoanEvent:
    """An event read back; the detail's type follows from its kind. Raises Fault if it is broken."""
    kind = EventKind(str(plain.get("kind")))
    detail = plain.get("detail")
    rest = {key: value for key, value in plain.items() if key != "detail"}
    event = _read(LoanEvent, rest, "event")
    assert isinstance(event, LoanEvent), "read as an event"
    if detail is None:
        return event
    if kind not in DETAIL_OF:
        raise Fault(f"event.detail: {kind} carries none")
    told = _read(DETAIL_OF[kind], detail, "event.detail")
    return LoanEvent(event.no, kind, event.on, event.recorded_on, event.id, event.amount, told)


def _plain(value: object) -> object:
    match value:
        case StrEnum():
            plain: object = value.value
        case None | bool() | int() | str():
            plain = value
        case date():
            plain = value.isoformat()
        case Decimal() | UUID():
            plain = str(value)
        case tuple():
            plain = [_plain(item) for item in value]
        case Mapping():
            plain = {str(_plain(key)): _plain(item) for key, item in value.items()}
        case _:
            assert is_dataclass(value), f"{type(value).__name__} is not written to JSON"
            plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return plain


Reader = Callable[[Any, str], Any]  # a plain value and its place, for whoever must be told


def _read(kind: Any, value: Any, place: str) -> Any:
    return _reader(kind)(value, place)


# The annotation is a type, a union or a generic alias: the typing module has no type for that.
@cache
def _reader(kind: Any) -> Reader:
    """How a value of that annotation is read, worked out once: a night reads many contracts."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (inner,) = (_reader(arm) for arm in get_args(kind)[:1])
        return lambda value, place: None if value is None else inner(value, place)
    if origin is tuple:
        item = _reader(get_args(kind)[0])
        return lambda value, place: tuple([item(one, place) for one in value])
    if origin is not None:
        key, held = map(_reader, get_args(kind))
        return lambda value, place: {
            key(name, place): held(one, f"{place}.{name}") for name, one in value.items()
        }
    return _object_reader(kind) if is_dataclass(kind) else _leaf_reader(kind)


def _object_reader(kind: Any) -> Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(value: Any, place: str) -> Any:
        if not isinstance(value, Mapping) or not readers.keys() >= value.keys():
            raise Fault(f"{place}: not an object of {kind.__name__}")
        found = {key: readers[key](item, f"{place}.{key}") for key, item in value.items()}
        try:
            return kind(**found)
        except TypeError as missing:
            raise Fault(f"{place}: {missing}") from missing

    return read


def _leaf_reader(kind: Any) -> Reader:
    if kind in (int, bool, str):

        def plain(value: Any, place: str) -> Any:
            if type(value) is not kind:
                raise Fault(f"{place}: {value!r} is no {kind.__name__}")
            return value

        return plain
    made = date.fromisoformat if kind is date else kind

    def read(value: Any, place: str) -> Any:
        try:
            return made(value)
        except (ValueError, TypeError, ArithmeticError) as wrong:
            raise Fault(f"{place}: {value!r} is no {kind.__name__}") from wrong

    return read
