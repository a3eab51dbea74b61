"""The decision itself: inputs and a release in, outcomes out; pure, exact, the same for ever.

It reads nothing but the plain inputs (what is stored) and the release (whose text is stored), so
the first decision and every replay are the same computation on the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from typing import Any, Final

from heliu.books.evidence.api import Plain, decimal_text
from heliu.decisions.rules.api import Cause, Failure, Value, failures
from heliu.decisions.scorecards.api import Grade, lost_points, points_of
from heliu.decisions.verdicts.domain.release import Release, Told, typed
from heliu.decisions.verdicts.domain.verdict import MAX_REASONS, Outcome, Profile, Reason
from heliu.ground.money import Money
from heliu.ground.text import Text

_BASIS_POINT: Final = Decimal("0.0001")
# Of our own, so that no caller's decimal context can change an outcome.
_EXACT: Final = Context(prec=200)
Features = Mapping[str, Value | None]


def decide_inputs(release: Release, cases: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """One outcome per case (plain inputs, see `plain_inputs`), in order."""
    known = [features_of(release, case["features"]) for case in cases]
    points = points_of(release.scorecard, known).tolist()
    return [
        _decide(release, case, features, got)
        for case, features, got in zip(cases, known, points, strict=True)
    ]


def features_of(release: Release, raw: Mapping[str, Plain]) -> Features:
    """The features of a case as values of their types; None where unknown."""
    return {name: typed(f.type, raw.get(name)) for name, f in release.features.items()}


def _decide(
    release: Release, case: Mapping[str, Any], features: Features, points: list[int]
) -> Outcome:
    score = release.scorecard.base + sum(points)
    grade = release.grades.of(score)
    requested = Money(case["requested"]["minor"], case["requested"]["currency"])
    cap = features[release.cap]
    ceiling = min(requested, Money(max(0, cap) if isinstance(cap, int) else 0, requested.currency))
    amount = _part(ceiling, grade)
    by_points = _point_reasons(release, features, points)
    if refusal := (
        _hard_reasons(release, case, features)
        or ([] if grade.factor else by_points)
        or _too_small(release, amount, features)
    ):
        nothing = Money(0, requested.currency)
        return _outcome(nothing, score, grade, None, refusal)
    capped = amount < _part(requested, grade)
    told = release.answers.amount_capped
    reasons = [_reason("amount_capped", told, release.cap, features)] if capped else []
    reasons += [] if grade == release.grades.best else by_points
    add_on = _EXACT.multiply(grade.add_on_bp, _BASIS_POINT)
    rate = _EXACT.add(Decimal(case["base_rate"]), add_on)
    return _outcome(amount, score, grade, rate, reasons)


def _part(whole: Money, grade: Grade) -> Money:
    # Rounded down: the bank never lends a fen more than the factor says.
    numerator, denominator = grade.factor.as_integer_ratio()
    return Money(whole.minor * numerator // denominator, whole.currency)


def _outcome(
    amount: Money, score: int, grade: Grade, rate: Decimal | None, reasons: list[Reason]
) -> Outcome:
    approved = rate is not None
    assert approved == (amount.minor > 0), "an approval lends something, a refusal nothing"
    assert approved or reasons, "a refusal has a reason"
    return Outcome(approved, amount, score, grade.name, rate, tuple(reasons[:MAX_REASONS]))


def _too_small(release: Release, amount: Money, features: Features) -> list[Reason]:
    if amount.minor >= release.minimum_minor:
        return []
    return [_reason("amount_too_small", release.answers.amount_too_small, release.cap, features)]


def _hard_reasons(release: Release, case: Mapping[str, Any], features: Features) -> list[Reason]:
    on = date.fromisoformat(case["business_date"])
    if on < release.effective_from:
        told = release.answers.not_in_force
        return [_reason("release_not_in_force", told, "business_date", {"business_date": on})]
    production = case["profile"] == Profile.PRODUCTION
    found = [
        _hard_reason(release, failure, features)
        for failure in failures(release.rules, features, on, production=production)
    ]
    # Two rules may miss the same feature: that is one reason.
    return list({reason.code: reason for reason in found}.values())


def _hard_reason(release: Release, failure: Failure, features: Features) -> Reason:
    rule, name = failure.rule, failure.rule.condition.feature
    match failure.cause:
        case Cause.BROKEN:
            return _reason(rule.code, Told(rule.reason, rule.cure), name, features)
        case Cause.MISSING:
            told = release.answers.feature_missing.of(release.features[name].label)
            return _reason(f"missing.{name}", told, name, features)
        case Cause.UNVERIFIED:
            told = release.answers.rule_unverified.of(Text(rule.code, rule.code))
            return _reason(f"unverified.{rule.code}", told, name, features)


def _point_reasons(release: Release, features: Features, points: list[int]) -> list[Reason]:
    found = []
    for lost in lost_points(release.scorecard, points, features)[:MAX_REASONS]:
        told, name = Told(lost.adverse.reason, lost.adverse.cure), lost.characteristic.feature
        code = f"missing.{lost.characteristic.code}" if lost.missing else lost.characteristic.code
        found.append(_reason(code, told, name, features, weight=lost.points))
    return found


def _reason(code: str, told: Told, feature: str, features: Features, *, weight: int = 0) -> Reason:
    value = features[feature]
    return Reason(code, told.reason, told.cure, weight, feature, shown(value))


def shown(value: Value | None) -> str | None:
    """A value as it is stored and told; None where unknown."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Decimal():
            return decimal_text(value)
        case _:
            return str(value)
