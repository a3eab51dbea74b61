"""The decision itself: inputs and a release in, outcomes out; pure, exact, the same for ever.

It reads nothing but the plain inputs (what is stored) and the release (whose text is stored), so
the first decision and every replay are the same computation on the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from heliu.books.evidence.api import Plain, plain
from heliu.decisions.rules.api import Cause, Failure, Value, failures
from heliu.decisions.scorecards.api import Grade, lost_points, points_of
from heliu.decisions.verdicts.domain.release import Release, Told, typed
from heliu.decisions.verdicts.domain.verdict import MAX_REASONS, Outcome, Profile, Reason
from heliu.ground.money import Money
from heliu.ground.text import Text

_BASIS_POINT: Final = Decimal("0.0001")
Features = Mapping[str, Value | None]


def decide_inputs(release: Release, cases: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """One outcome per case (plain inputs, see `plain_inputs`), in order."""
    known = [_features(release, case["features"]) for case in cases]
    points = points_of(release.scorecard, known).tolist()
    return [
        _decide(release, case, features, got)
        for case, features, got in zip(cases, known, points, strict=True)
    ]


def _features(release: Release, raw: Mapping[str, Plain]) -> dict[str, Value | None]:
    return {name: typed(f.type, raw.get(name)) for name, f in release.features.items()}


def _decide(
    release: Release, case: Mapping[str, Any], features: Features, points: list[int]
) -> Outcome:
    score = release.scorecard.base + sum(points)
    grade = release.grades.of(score)
    requested = Money(case["requested"]["minor"], case["requested"]["currency"])
    cap = features[release.cap]
    ceiling = min(requested, Money(max(0, cap if isinstance(cap, int) else 0), requested.currency))
    amount = ceiling.times(grade.factor, mode=ROUND_DOWN)
    by_points = [
        _reason(release, features, lost.characteristic.feature, Told(lost.adverse.reason, lost.adverse.cure), lost.characteristic.code, lost.points)
        for lost in lost_points(release.scorecard, points, features)
    ]
    if hard := _hard_reasons(release, case, features):
        return _refused(requested, score, grade, hard)
    if not grade.factor:
        return _refused(requested, score, grade, by_points)
    if amount.minor < release.minimum_minor:
        told = release.answers.amount_too_small
        return _refused(requested, score, grade, [_about(release, features, told, "amount_too_small")])
    capped = [_about(release, features, release.answers.amount_capped, "amount_capped")]
    improvable = [] if grade == release.grades.best else by_points
    reasons = (capped if ceiling < requested else []) + improvable
    return Outcome(
        approved=True,
        amount=amount,
        score=score,
        grade=grade.name,
        annual_rate=Decimal(case["base_rate"]) + grade.add_on_bp * _BASIS_POINT,
        reasons=tuple(reasons[:MAX_REASONS]),
    )
