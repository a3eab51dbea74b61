"""Eligibility: whether what is known of an application meets a product's inputs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from heliu.ground.text import Text

Value = bool | int | str
Given = Mapping[str, Value]

_TYPES: Final[Mapping[str, type]] = {"boolean": bool, "integer": int, "text": str}


@dataclass(frozen=True, slots=True)
class Input:
    """One eligibility input: what must be known, its rule, why, and what would cure its failing."""

    input: str
    type: str
    why: Text
    cure: Text
    equals: Value | None = None
    at_least: int | str | None = None
    at_most: int | str | None = None


def unmet(inputs: Sequence[Input], given: Given) -> list[Input]:
    """The inputs that are missing, of another type, or outside their rule, in the product's order.

    Decimals and dates are given as text (ISO 8601); numbers are compared as numbers.
    """
    return [wanted for wanted in inputs if not _is_met(wanted, given.get(wanted.input))]


def unknown_inputs(inputs: Sequence[Input], given: Given) -> list[str]:
    """What was given and the product does not ask for, sorted."""
    return sorted(set(given) - {wanted.input for wanted in inputs})


def rule_faults(inputs: Sequence[Input]) -> list[str]:
    """Rules that nothing could ever meet: of another type than their input, or without an order."""
    wrong = []
    for wanted in inputs:
        place = f"eligibility.{wanted.input}"
        rules = {
            "equals": wanted.equals,
            "at_least": wanted.at_least,
            "at_most": wanted.at_most,
        }
        said = {name: rule for name, rule in rules.items() if rule is not None}
        wrong += [
            f"{place}: {name} is not a {wanted.type}"
            for name, rule in said.items()
            if _read(wanted.type, rule) is None
        ]
        if wanted.type in {"boolean", "text"} and said.keys() - {"equals"}:
            wrong.append(f"{place}: a {wanted.type} has no order")
    names = [wanted.input for wanted in inputs]
    if len(set(names)) < len(names):
        wrong.append("eligibility: an input is named twice")
    return wrong


def _is_met(wanted: Input, said: Value | None) -> bool:
    value = _read(wanted.type, said)
    if value is None:
        return False
    kind = wanted.type
    return (
        (wanted.equals is None or value == _read(kind, wanted.equals))
        and (wanted.at_least is None or _reaches(_read(kind, wanted.at_least), value))
        and (wanted.at_most is None or _reaches(value, _read(kind, wanted.at_most)))
    )


def _reaches(low: Value | Decimal | date | None, high: Value | Decimal | date | None) -> bool:
    if isinstance(low, date) and isinstance(high, date):
        return low <= high
    assert isinstance(low, int | Decimal), "only numbers and dates have an order"
    assert isinstance(high, int | Decimal), "only numbers and dates have an order"
    return low <= high


def _read(kind: str, said: Value | None) -> Value | Decimal | date | None:
    """The value as its type; None where it is missing or not of the type."""
    if kind in _TYPES:
        # A bool is an int to Python, not to a bank.
        return said if type(said) is _TYPES[kind] else None
    if not isinstance(said, str):
        return None
    try:
        if kind == "decimal":
            number = Decimal(said)
            return number if number.is_finite() else None
        return date.fromisoformat(said)
    except (InvalidOperation, ValueError):
        return None
