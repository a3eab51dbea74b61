"""A decision laid open: every rule with how it answered, every characteristic with its points.

Made from the stored inputs and the stored release, like the decision and its replay; pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from heliu.decisions.rules.api import Cause, Rule, failures
from heliu.decisions.scorecards.api import Characteristic, Grade, points_of
from heliu.decisions.verdicts.domain.deciding import features_of, shown
from heliu.decisions.verdicts.domain.release import Release
from heliu.decisions.verdicts.domain.verdict import Profile
from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class Input:
    """One feature: its name, its name for people, its value as stored (None: unknown)."""

    name: str
    label: Text
    value: str | None


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule; `cause` says why it refused, None that it passed or was not in force yet."""

    rule: Rule
    value: str | None
    cause: Cause | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class Points:
    """What one characteristic gave, and the most it could have given."""

    characteristic: Characteristic
    label: Text
    value: str | None
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision from its inputs to its grade. `score` is `base` and the points together."""

    inputs: tuple[Input, ...]
    rules: tuple[RuleAnswer, ...]
    base: int
    points: tuple[Points, ...]
    score: int
    grade: Grade


def explain(release: Release, case: Mapping[str, Any]) -> Explained:
    """How `release` came to its answer on the plain inputs `case`."""
    features = features_of(release, case["features"])
    on = date.fromisoformat(case["business_date"])
    production = case["profile"] == Profile.PRODUCTION
    broken = {
        failure.rule.code: failure.cause
        for failure in failures(release.rules, features, on, production=production)
    }
    card = release.scorecard
    got = points_of(card, [features]).tolist()[0]
    points = tuple(
        Points(
            one,
            release.features[one.feature].label,
            shown(features[one.feature]),
            given,
            one.best,
        )
        for one, given in zip(card.characteristics, got, strict=True)
    )
    score = card.base + sum(got)
    return Explained(
        tuple(Input(n, f.label, shown(features[n])) for n, f in release.features.items()),
        tuple(
            RuleAnswer(
                rule,
                shown(features[rule.condition.feature]),
                broken.get(rule.code),
                on >= rule.effective_from,
            )
            for rule in release.rules
        ),
        card.base,
        points,
        score,
        release.grades.of(score),
    )
