"""The rules that ship, read once at the wall. A broken file is our own fault."""

from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta

from heliu.ground.errors import Fault
from heliu.ground.text import Text
from heliu.oversight.monitoring.domain.rule import Measure, Rule, RuleBook, Severity

Word = Annotated[str, Meta(pattern=r"^[a-z][a-z_]*$")]


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    zh: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]

    def text(self) -> Text:
        return Text(self.zh, self.en)


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    id: Word
    measure: Measure
    severity: Severity
    window_days: Annotated[int, Meta(gt=0, le=1000)]
    baseline_days: Annotated[int, Meta(ge=0, le=1000)]
    least: Annotated[int, Meta(gt=0)]
    threshold: Annotated[str, Meta(pattern=r"^\d+(\.\d+)?$")]
    risen: bool
    owner: Word
    name: _Words
    playbook: Annotated[list[_Words], Meta(min_length=1)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: Annotated[int, Meta(gt=0)]
    rules: Annotated[list[_Rule], Meta(min_length=1)]


# Measures that compare with what was usual need days to learn it from.
_COMPARE = (Measure.ORDER_DROP, Measure.RECEIPT_LAG, Measure.BUYER_STRETCH)


@cache
def shipped() -> RuleBook:
    """The rules of this release of the software."""
    file = resources.files("heliu.oversight.monitoring") / "rules.yaml"
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> RuleBook:
    """Rules from YAML. Raises Fault saying what is wrong."""
    try:
        said = msgspec.convert(yaml.safe_load(text), _File)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Fault(f"warning rules: {error}") from error
    ids = [rule.id for rule in said.rules]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise Fault(f"warning rules: told twice: {', '.join(twice)}")
    for rule in said.rules:
        if (rule.measure in _COMPARE) != (rule.baseline_days > 0):
            raise Fault(f"warning rules: {rule.id}: baseline_days belongs to comparing measures")
    return RuleBook(said.version, tuple(_rule(rule) for rule in said.rules))


def _rule(said: _Rule) -> Rule:
    return Rule(
        *(said.id, said.measure, said.severity, said.window_days, said.baseline_days, said.least),
        *(Decimal(said.threshold), said.risen, said.owner, said.name.text()),
        tuple(words.text() for words in said.playbook),
    )
