"""Rule files: YAML, a file a source, validated at the wall. A broken one is our own fault."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Final

import msgspec
import yaml
from msgspec import Meta

from heliu.credit.regulation.domain import Rule, Unit
from heliu.ground.errors import Fault
from heliu.ground.text import Text

_COUNTED: Final = (Unit.DAYS, Unit.MONTHS, Unit.COUNT)
_WORD: Final = re.compile(r"[a-z][a-z_]*")


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    zh: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]

    def text(self) -> Text:
        return Text(self.zh, self.en)


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern=r"^[a-z_]+(\.[a-z0-9_]+)+$")]
    value: int | str
    unit: Unit
    effective_from: date
    effective_to: date | None
    article: str | None
    verified: bool
    checked: Annotated[str, Meta(min_length=1)] | None
    note: _Words


class _File(msgspec.Struct, forbid_unknown_fields=True):
    source: _Words
    rules: Annotated[list[_Rule], Meta(min_length=1)]


def parse(name: str, text: str) -> list[Rule]:
    """The rules of one file, in its order. Raises Fault naming the file and what is wrong."""
    try:
        file = msgspec.convert(yaml.safe_load(text), _File)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError) as error:
        raise Fault(f"rule file {name}: {error}") from error
    return [_rule(name, file.source.text(), said) for said in file.rules]


def without_overlap(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """`rules` by id and date. Raises Fault where two of one id hold on the same day."""
    ordered = sorted(rules, key=lambda rule: (rule.id, rule.effective_from))
    for one, next_one in pairwise(ordered):
        if one.id == next_one.id and one.holds(next_one.effective_from):
            raise Fault(f"rule {one.id} is told twice for {next_one.effective_from}")
    return tuple(ordered)


def _rule(name: str, source: Text, said: _Rule) -> Rule:
    if said.verified != (said.checked is not None):
        raise Fault(f"rule file {name}, {said.id}: verified says where it was checked, or neither")
    if said.effective_to is not None and said.effective_to <= said.effective_from:
        raise Fault(f"rule file {name}, {said.id}: it ends before it begins")
    return Rule(
        said.id,
        _value(name, said),
        said.unit,
        said.effective_from,
        said.effective_to,
        source,
        said.article,
        said.checked,
        said.note.text(),
    )


def _value(name: str, said: _Rule) -> Decimal | int | str:
    match said.value, said.unit:
        case int() as number, unit if unit in _COUNTED and number >= 0:
            return number
        case str() as word, Unit.WORD if _WORD.fullmatch(word):
            return word
        case str() as digits, (Unit.RATIO | Unit.CNY) if re.fullmatch(r"\d+(\.\d+)?", digits):
            return Decimal(digits)
    raise Fault(f"rule file {name}, {said.id}: {said.value!r} is not a value in {said.unit.value}")
