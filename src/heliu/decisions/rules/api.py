"""Door of the rules desk."""

from heliu.decisions.rules.domain import (
    Basis,
    Cause,
    Condition,
    Failure,
    InvalidRule,
    Operator,
    Rule,
    Value,
    WhenMissing,
    failures,
)

__all__ = [
    "Basis",
    "Cause",
    "Condition",
    "Failure",
    "InvalidRule",
    "Operator",
    "Rule",
    "Value",
    "WhenMissing",
    "failures",
]
