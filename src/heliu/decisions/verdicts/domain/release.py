"""A release: everything a decision is made from, in one dated, immutable piece."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from heliu.books.evidence.api import NotCanonical, Plain, decimal_text
from heliu.decisions.rules.api import Rule, Value
from heliu.decisions.scorecards.api import GradeTable, Scorecard
from heliu.ground.text import Text


class FeatureType(StrEnum):
    """The closed set of types a feature may have."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"

    __hash__ = str.__hash__  # an Enum's own is a function in Python, and this is looked up a lot


@dataclass(frozen=True, slots=True)
class Feature:
    """A named input of decisions, with its type and its name for people."""

    name: str
    type: FeatureType
    label: Text


class Told(NamedTuple):
    """A reason and its cure; `{name}` stands for the feature or rule that is meant."""

    reason: Text
    cure: Text

    def of(self, name: Text) -> "Told":
        """The same, naming `name`."""
        return Told(
            Text(
                self.reason.zh.replace("{name}", name.zh), self.reason.en.replace("{name}", name.en)
            ),
            Text(self.cure.zh.replace("{name}", name.zh), self.cure.en.replace("{name}", name.en)),
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """What is told when neither a rule nor a characteristic speaks for itself."""

    feature_missing: Told
    rule_unverified: Told
    not_in_force: Told
    amount_capped: Told
    amount_too_small: Told


@dataclass(frozen=True, slots=True)
class Release:
    """Rules, scorecard, grades and texts, in force for business dates from `effective_from` on.

    `cap` names the integer feature (minor units) beyond which nothing is lent; amounts below
    `minimum_minor` (> 0) are refused.
    """

    name: str
    sha256: str
    effective_from: date
    features: Mapping[str, Feature]
    cap: str
    minimum_minor: int
    rules: tuple[Rule, ...]
    scorecard: Scorecard
    grades: GradeTable
    answers: Answers


def typed(kind: FeatureType, raw: Plain) -> Value | None:
    """`raw` as a value of `kind`; None if it is unknown or no such value (closed, not open)."""
    return _READ[kind](raw)


def _boolean(raw: Plain) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _integer(raw: Plain) -> int | None:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def _text(raw: Plain) -> str | None:
    return raw if isinstance(raw, str) else None


def _decimal(raw: Plain) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return None
    return _sound_decimal(raw)


# Ratios and rates come again and again.
@lru_cache(maxsize=65536)
def _sound_decimal(raw: int | str) -> Decimal | None:
    try:
        value = Decimal(raw)
        decimal_text(value)
    except (InvalidOperation, NotCanonical):
        return None
    return value


def _date(raw: Plain) -> date | None:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


_READ: Final[Mapping[FeatureType, Callable[[Plain], Value | None]]] = {
    FeatureType.BOOLEAN: _boolean,
    FeatureType.INTEGER: _integer,
    FeatureType.DECIMAL: _decimal,
    FeatureType.TEXT: _text,
    FeatureType.DATE: _date,
}
