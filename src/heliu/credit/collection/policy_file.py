"""The policy that ships, read once at the wall. A broken file is our own fault."""

from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta

from heliu.credit.collection.domain.policy import Policy, Remedy, Step
from heliu.ground.errors import Fault
from heliu.ground.text import Text

Word = Annotated[str, Meta(pattern=r"^[a-z][a-z_]*$")]


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    zh: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    step: Word
    from_days: Annotated[int, Meta(ge=0)]
    owner: Word
    remedies: list[Remedy]
    name: _Words
    do: Annotated[list[_Words], Meta(min_length=1)]


class _Policy(msgspec.Struct, forbid_unknown_fields=True):
    version: Annotated[int, Meta(gt=0)]
    channels: Annotated[list[Word], Meta(min_length=1)]
    results: Annotated[list[Word], Meta(min_length=1)]
    forbidden_on: list[date]
    steps: Annotated[list[_Step], Meta(min_length=1)]


@cache
def shipped() -> Policy:
    """The policy of this release of the software."""
    file = resources.files("heliu.credit.collection") / "policy.yaml"
    return parse(file.read_text(encoding="utf-8"))


def parse(text: str) -> Policy:
    """A policy from YAML. Raises Fault saying what is wrong."""
    try:
        said = msgspec.convert(yaml.safe_load(text), _Policy)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Fault(f"collection policy: {error}") from error
    starts = [step.from_days for step in said.steps]
    if starts[0] != 0 or any(b <= a for a, b in pairwise(starts)):
        raise Fault("collection policy: steps begin at 0 and ascend by from_days")
    missing = set(Remedy) - {remedy for step in said.steps for remedy in step.remedies}
    if missing:
        raise Fault(f"collection policy: no step allows {sorted(missing)}")
    return Policy(
        said.version,
        frozenset(said.channels),
        frozenset(said.results),
        frozenset(said.forbidden_on),
        tuple(_step(step) for step in said.steps),
    )


def _step(said: _Step) -> Step:
    return Step(
        said.step,
        said.from_days,
        said.owner,
        tuple(said.remedies),
        Text(said.name.zh, said.name.en),
        tuple(Text(words.zh, words.en) for words in said.do),
    )
