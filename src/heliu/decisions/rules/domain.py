"""Hard rules: what must hold of the features before money may be lent. Pure.

A rule is a comparison in a closed form, with the reason told when it fails, the cure, its source
and the date from which it applies. What is not known fails (closed), unless the rule says that
the feature may be missing. In production a rule of regulation that nobody verified fails as well.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias

from heliu.ground.text import Text

Value: TypeAlias = int | Decimal | bool | str | date
"""A known feature; exact types only, so numbers compare exactly."""


class InvalidRule(ValueError):
    """A rule compares what cannot be compared: found when a release is read, never later."""


class Operator(StrEnum):
    """The only ways in which a feature may be compared with a threshold."""

    EQUAL = "="
    DIFFERENT = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    AMONG = "in"

    __hash__ = str.__hash__  # an Enum's own is a function in Python, and this is looked up a lot


class WhenMissing(StrEnum):
    """What an unknown feature means for a rule."""

    REFUSE = "refuse"
    ALLOW = "allow"


class Basis(StrEnum):
    """Whose rule it is: the house may change its policy, not the regulation."""

    POLICY = "policy"
    REGULATION = "regulation"


class Cause(StrEnum):
    """Why a rule does not let the case pass."""

    BROKEN = "broken"
    MISSING = "missing"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Condition:
    """`feature operator threshold`, all of one type; `in` takes a tuple of thresholds."""

    feature: str
    operator: Operator
    threshold: Value | tuple[Value, ...]

    def __post_init__(self) -> None:
        """Raises InvalidRule for an order among things that have none."""
        if (self.operator is Operator.AMONG) != isinstance(self.threshold, tuple):
            raise InvalidRule(f"{self.feature}: 'in' takes a list, the other operators one value")
        if self.operator in _ORDERING and isinstance(self.threshold, bool | str):
            raise InvalidRule(f"{self.feature}: {self.operator} needs a number or a date")

    def holds(self, value: Value) -> bool:
        """Whether the comparison is true of `value`, which has the threshold's type."""
        return _COMPARE[self.operator](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule; it applies to business dates from `effective_from` on."""

    code: str
    condition: Condition
    when_missing: WhenMissing
    reason: Text
    cure: Text
    basis: Basis
    source: str
    effective_from: date
    verified_by: str | None

    @property
    def unverified(self) -> bool:
        """A rule of regulation whose text nobody has checked against its source."""
        return self.basis is Basis.REGULATION and self.verified_by is None


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that refuses the case all by itself, and why."""

    rule: Rule
    cause: Cause


def failures(
    rules: Sequence[Rule], features: Mapping[str, Value | None], on: date, *, production: bool
) -> list[Failure]:
    """Every rule in force on business date `on` that refuses, in the order of the release."""
    return [
        Failure(rule, cause)
        for rule in rules
        if on >= rule.effective_from and (cause := _cause(rule, features, production=production))
    ]


def _cause(rule: Rule, features: Mapping[str, Value | None], *, production: bool) -> Cause | None:
    if production and rule.unverified:
        return Cause.UNVERIFIED
    value = features.get(rule.condition.feature)
    if value is None:
        return Cause.MISSING if rule.when_missing is WhenMissing.REFUSE else None
    return None if rule.condition.holds(value) else Cause.BROKEN


_ORDERING: Final = frozenset({Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST})
_COMPARE: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    Operator.EQUAL: operator.eq,
    Operator.DIFFERENT: operator.ne,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.AMONG: lambda value, listed: value in listed,
}
