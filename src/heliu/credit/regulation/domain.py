"""Dated rules: what a threshold is, since when, by whose word, and whether that word was read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from heliu.credit.regulation import errors
from heliu.decisions.verdicts.api import Profile
from heliu.ground.money import Money
from heliu.ground.text import Text


class Unit(StrEnum):
    """What a rule's value counts."""

    DAYS = "days"
    MONTHS = "months"
    COUNT = "count"
    RATIO = "ratio"  # a fraction: 0.3 is 30 %
    CNY = "CNY"  # major units, exact to the fen
    WORD = "word"  # one word of a closed set the note explains


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for [effective_from, effective_to); `value` is an int, Decimal or str by its unit.

    `checked` says where the official text was read; None means unverified.
    """

    id: str
    value: Decimal | int | str
    unit: Unit
    effective_from: date
    effective_to: date | None
    source: Text
    article: str | None
    checked: str | None
    note: Text

    @property
    def verified(self) -> bool:
        """Whether somebody read this in the official text."""
        return self.checked is not None

    def holds(self, on: date) -> bool:
        """Whether it is in force on that business date."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    def plain(self) -> dict[str, object]:
        """As it is cited in reasons, records and JSON answers."""
        return {
            "id": self.id,
            "value": str(self.value),
            "unit": self.unit.value,
            "effective_from": self.effective_from.isoformat(),
            "effective_to": self.effective_to.isoformat() if self.effective_to else None,
            "source": self.source.plain(),
            "article": self.article,
            "verified": self.verified,
            "checked": self.checked,
            "note": self.note.plain(),
        }


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force on one business date, read under one profile."""

    on: date
    profile: Profile
    by_id: Mapping[str, Rule]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.by_id.values())

    def blocks(self, rule: Rule) -> bool:
        """Whether this profile refuses to rest on `rule`."""
        return self.profile is Profile.PRODUCTION and not rule.verified

    def get(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises Refusal `regulation.not_in_force` if there is none on that date, and
        `regulation.unverified` in production if nobody has read it in the official text.
        """
        rule = self.by_id.get(rule_id)
        if rule is None:
            raise errors.not_in_force(rule_id, self.on)
        if self.blocks(rule):
            raise errors.unverified(rule_id, rule.source, rule.article)
        return rule

    def whole(self, rule_id: str) -> int:
        """A rule counted in days, months or pieces. Raises as `get`."""
        value = self.get(rule_id).value
        assert type(value) is int, f"{rule_id} is counted"
        return value

    def ratio(self, rule_id: str) -> Decimal:
        """A rule that is a fraction (0.3 = 30 %). Raises as `get`."""
        rule = self.get(rule_id)
        assert rule.unit is Unit.RATIO and isinstance(rule.value, Decimal), f"{rule_id} is a ratio"  # noqa: PT018 - one thought
        return rule.value

    def amount(self, rule_id: str) -> Money:
        """A rule that is an amount in yuan. Raises as `get`."""
        rule = self.get(rule_id)
        assert rule.unit is Unit.CNY and isinstance(rule.value, Decimal), f"{rule_id} is money"  # noqa: PT018 - one thought
        return Money.of(rule.value)

    def word(self, rule_id: str) -> str:
        """A rule that is one word. Raises as `get`."""
        value = self.get(rule_id).value
        assert isinstance(value, str), f"{rule_id} is a word"
        return value
