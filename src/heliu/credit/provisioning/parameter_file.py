"""Parameter files: YAML, validated at the wall. A broken one is our own fault."""

from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Annotated

import msgspec
import yaml
from msgspec import Meta

from heliu.credit.provisioning.domain.parameters import (
    Parameters,
    Scenario,
    Segment,
    contradictions,
)
from heliu.ground.errors import Fault
from heliu.ground.text import Text

Fraction = Annotated[str, Meta(pattern=r"^\d+(\.\d{1,6})?$")]


class _Scenario(msgspec.Struct, forbid_unknown_fields=True):
    scenario: str
    weight: Fraction
    pd: Fraction
    lgd: Fraction


class _Segment(msgspec.Struct, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=1, le=1000)]
    segment: Annotated[str, Meta(pattern=r"^[a-z_]+$")]
    pd_performing: Fraction
    pd_watched: Annotated[list[Fraction], Meta(min_length=1)]
    lgd: Fraction
    workout_days: Annotated[int, Meta(ge=0, le=3650)]


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    effective_from: date
    effective_to: date | None
    checked: str | None
    source: _Words
    scenarios: Annotated[list[_Scenario], Meta(min_length=1)]
    least_horizon_days: Annotated[int, Meta(ge=1, le=365)]
    segments: Annotated[list[_Segment], Meta(min_length=1)]


def parse(name: str, text: str) -> Parameters:
    """The parameters of one file. Raises Fault naming the file and what is wrong."""
    try:
        file = msgspec.convert(yaml.safe_load(text), _File)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Fault(f"parameter file {name}: {error}") from error
    made = Parameters(
        *(file.effective_from, file.effective_to, Text(file.source.zh, file.source.en)),
        file.checked,
        tuple(
            Scenario(s.scenario, Decimal(s.weight), Decimal(s.pd), Decimal(s.lgd))
            for s in file.scenarios
        ),
        file.least_horizon_days,
        tuple(
            Segment(
                *(s.number, s.segment, Decimal(s.pd_performing)),
                tuple(map(Decimal, s.pd_watched)),
                *(Decimal(s.lgd), s.workout_days),
            )
            for s in file.segments
        ),
    )
    if wrong := contradictions(made):
        raise Fault(f"parameter file {name}: {'; '.join(wrong)}")
    return made


@cache
def packaged() -> tuple[Parameters, ...]:
    """All parameters that travel with the package, by date. Raises Fault where two overlap."""
    folder = resources.files("heliu.credit.provisioning") / "parameters"
    found = [
        parse(file.name, file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    ]
    found.sort(key=lambda parameters: parameters.effective_from)
    for one, after in pairwise(found):
        if one.effective_to is None or one.effective_to > after.effective_from:
            raise Fault(f"provisioning parameters of {after.effective_from} are told twice")
    return tuple(found)
