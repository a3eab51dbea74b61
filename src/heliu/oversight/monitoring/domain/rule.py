"""Early-warning rules as data: what is measured, over which days, from which threshold on."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from heliu.ground.text import Text


class Measure(StrEnum):
    """What can be measured."""

    ORDER_DROP = "order_drop"
    RECEIPT_LAG = "receipt_lag"
    RETURN_RATE = "return_rate"
    DILUTION = "dilution"
    NEW_CYCLE = "new_cycle"
    BUYER_STRETCH = "buyer_stretch"
    MARGIN_CALL = "margin_call"
    PRICE_FALL = "price_fall"
    REGISTRY_HIT = "registry_hit"  # business is forbidden
    REGISTRY_NOTICE = "registry_notice"
    COVENANT_BREACH = "covenant_breach"


class Severity(StrEnum):
    """How pressing a warning is."""

    WATCH = "watch"
    SERIOUS = "serious"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; days are counted back from the day watched, which is in the window."""

    id: str
    measure: Measure
    severity: Severity
    window_days: int
    baseline_days: int
    least: int
    threshold: Decimal
    risen: bool
    owner: str
    name: Text
    playbook: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A version of all rules."""

    version: int
    rules: tuple[Rule, ...]

    @property
    def reach_days(self) -> int:
        """How many days back any rule looks."""
        return max(rule.window_days + rule.baseline_days for rule in self.rules)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, if this version has it."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
