"""The release file: YAML from people, checked by JSON Schema and by what the schema cannot say."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

from heliu.books.evidence.api import NotCanonical, plain
from heliu.decisions.rules.api import (
    Basis,
    Condition,
    InvalidRule,
    Operator,
    Rule,
    Value,
    WhenMissing,
)
from heliu.decisions.scorecards.api import (
    Adverse,
    Category,
    Characteristic,
    Direction,
    Grade,
    GradeTable,
    Interval,
    InvalidScorecard,
    Scorecard,
)
from heliu.decisions.verdicts.domain.release import (
    Answers,
    Feature,
    FeatureType,
    Release,
    Told,
    typed,
)
from heliu.decisions.verdicts.errors import ReleaseInvalid
from heliu.ground.text import Text

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{2,59}")
_NUMERIC: Final = (FeatureType.INTEGER, FeatureType.DECIMAL)
_MOST_MISTAKES: Final = 8


class _Mistake(ValueError):
    """A part of a release is well formed but cannot be meant."""


def packaged_release(name: str) -> bytes | None:
    """The text of the release `name` that travels with the package, if there is one."""
    if not _NAME.fullmatch(name):
        return None
    file = files("heliu.decisions.verdicts") / "releases" / f"{name}.yaml"
    return file.read_bytes() if file.is_file() else None


@cache
def read_release(text: bytes) -> Release:
    """The release in `text` (YAML, UTF-8). Raises ReleaseInvalid naming every mistake."""
    try:
        raw = plain(yaml.safe_load(text.decode("utf-8")))
    except (UnicodeDecodeError, yaml.YAMLError, NotCanonical) as error:
        raise ReleaseInvalid([str(error).replace("\n", " ")]) from error
    errors = sorted(_schema().iter_errors(raw), key=lambda e: [str(p) for p in e.absolute_path])
    if errors:
        raise ReleaseInvalid([f"{e.json_path}: {e.message}" for e in errors[:_MOST_MISTAKES]])
    try:
        return _release(raw, hashlib.sha256(text).hexdigest())  # type: ignore[arg-type] # the schema saw to it
    except (_Mistake, InvalidRule, InvalidScorecard) as error:
        raise ReleaseInvalid([str(error)]) from error


@cache
def _schema() -> Draft202012Validator:
    file = files("heliu.decisions.verdicts") / "release.schema.json"
    return Draft202012Validator(json.loads(file.read_bytes()))


def _release(raw: Mapping[str, Any], sha256: str) -> Release:
    features = {
        name: Feature(name, FeatureType(f["type"]), _text(f["label"]))
        for name, f in raw["features"].items()
    }
    _known(features, raw["amount"]["cap"], (FeatureType.INTEGER,))
    rules = tuple(_rule(rule, features) for rule in raw["rules"])
    if len({rule.code for rule in rules}) != len(rules):
        raise _Mistake("two rules have the same code")
    card = raw["scorecard"]
    release = Release(
        name=raw["release"],
        sha256=sha256,
        effective_from=_on(raw["effective_from"]),
        features=features,
        cap=raw["amount"]["cap"],
        minimum_minor=raw["amount"]["minimum_minor"],
        rules=rules,
        scorecard=Scorecard(
            card["base"], tuple(_characteristic(c, features) for c in card["characteristics"])
        ),
        grades=GradeTable(tuple(_grade(grade) for grade in raw["grades"])),
        answers=Answers(**{name: _told(told) for name, told in raw["answers"].items()}),
    )
    lending = next((g for g in release.grades.grades if g.factor), None)
    if lending is None or release.scorecard.best < (lending.min_score or 0):
        raise _Mistake("no case could ever be approved: a refusal would have no cure")
    return release


def _rule(raw: Mapping[str, Any], features: Mapping[str, Feature]) -> Rule:
    require = raw["require"]
    feature = _known(features, require["feature"], tuple(FeatureType))
    value = require["value"]
    threshold = (
        tuple(_threshold(feature, item) for item in value)
        if isinstance(value, list)
        else _threshold(feature, value)
    )
    return Rule(
        code=raw["code"],
        condition=Condition(feature.name, Operator(require["is"]), threshold),
        when_missing=WhenMissing(raw["when_missing"]),
        **_told(raw)._asdict(),
        basis=Basis(raw["basis"]),
        source=raw["source"],
        effective_from=_on(raw["effective_from"]),
        verified_by=raw.get("verified_by"),
    )


def _characteristic(raw: Mapping[str, Any], features: Mapping[str, Feature]) -> Characteristic:
    numeric = "from" in raw["bins"][0] or "to" in raw["bins"][0]
    categorical = (FeatureType.BOOLEAN, FeatureType.TEXT)
    feature = _known(features, raw["feature"], _NUMERIC if numeric else categorical)
    form: Callable[[Mapping[str, Any]], Any] = _interval if numeric else _category
    return Characteristic(
        code=raw["code"],
        feature=feature.name,
        direction=Direction(raw["direction"]),
        bins=tuple(form(b) for b in raw["bins"]),
        missing_points=raw["missing"]["points"],
        adverse=Adverse(*_told(raw)),
        adverse_missing=Adverse(*_told(raw["missing"])),
    )


def _interval(raw: Mapping[str, Any]) -> Interval:
    low, high = raw.get("from"), raw.get("to")
    return Interval(
        None if low is None else Decimal(low),
        None if high is None else Decimal(high),
        raw["points"],
    )


def _category(raw: Mapping[str, Any]) -> Category:
    return Category(tuple(raw.get("among", ())), raw["points"])


def _grade(raw: Mapping[str, Any]) -> Grade:
    return Grade(
        raw["grade"], raw.get("from_score"), Decimal(raw["factor"]), Decimal(raw["add_on_bp"])
    )


def _known(features: Mapping[str, Feature], name: str, types: tuple[FeatureType, ...]) -> Feature:
    feature = features.get(name)
    if feature is None:
        raise _Mistake(f"{name} is not among the features")
    if feature.type not in types:
        raise _Mistake(f"{name} is {feature.type}, wanted {' or '.join(types)}")
    return feature


def _threshold(feature: Feature, raw: Any) -> Value:
    value = typed(feature.type, raw)
    if value is None:
        raise _Mistake(f"{feature.name}: {raw!r} is no {feature.type}")
    return value


def _told(raw: Mapping[str, Any]) -> Told:
    return Told(_text(raw["reason"]), _text(raw["cure"]))


def _text(raw: Mapping[str, str]) -> Text:
    return Text(raw["zh"], raw["en"])


def _on(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise _Mistake(str(error)) from error
