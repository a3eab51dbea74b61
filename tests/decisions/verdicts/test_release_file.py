"""Releases as people write them: every mistake is named before a decision is made by it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.books.evidence.api import Plain
from heliu.decisions.rules.api import Basis, Value
from heliu.decisions.verdicts.api import ReleaseInvalid, packaged_release, read_release
from heliu.decisions.verdicts.domain.release import FeatureType, Told, typed
from heliu.decisions.verdicts.domain.verdict import differences
from heliu.ground.text import Text

SHIPPED = packaged_release("scf-receivable-1") or b""
SMALL = """
release: small-1
effective_from: "2026-01-01"
features:
  eligible: {type: integer, label: {zh: 额, en: amount}}
  share: {type: decimal, label: {zh: 比, en: share}}
  sector: {type: text, label: {zh: 业, en: sector}}
  due: {type: date, label: {zh: 期, en: due date}}
amount: {cap: eligible, minimum_minor: 1}
rules:
  - code: sector_known
    require: {feature: sector, is: in, value: [steel, dairy]}
    when_missing: refuse
    reason: {zh: 行业, en: sector}
    cure: {zh: 无, en: none}
    basis: regulation
    source: a decree
    verified_by: legal 2026-01-01
    effective_from: 2026-01-01
  - code: due_soon
    require: {feature: due, is: "<", value: 2027-01-01}
    when_missing: allow
    reason: {zh: 期, en: due}
    cure: {zh: 无, en: none}
    basis: policy
    source: house
    effective_from: "2026-01-01"
scorecard:
  base: 0
  characteristics:
    - code: share
      feature: share
      direction: rising
      bins: [{to: "0.5", points: 1}, {from: "0.5", points: 9}]
      missing: {points: 0, reason: {zh: 无, en: none}, cure: {zh: 无, en: none}}
      reason: {zh: 低, en: low}
      cure: {zh: 升, en: raise}
grades:
  - {grade: E, factor: "0", add_on_bp: "10"}
  - {grade: A, from_score: 5, factor: "1", add_on_bp: "0"}
answers:
  feature_missing: &told {reason: {zh: "缺 {name}", en: "{name}?"}, cure: {zh: 补, en: add}}
  rule_unverified: *told
  not_in_force: *told
  amount_capped: *told
  amount_too_small: *told
"""


def test_the_shipped_release_is_valid_and_says_everything_in_both_languages() -> None:
    release = read_release(SHIPPED)
    told = [text for rule in release.rules for text in (*rule.reason, *rule.cure)]
    assert all(told)
    assert (len(release.features), len(release.rules)) == (22, 18)
    assert release.scorecard.worst < 560 < release.scorecard.best


def test_the_shipped_regulation_is_marked_as_unverified() -> None:
    regulation = [r for r in read_release(SHIPPED).rules if r.basis is Basis.REGULATION]
    assert [(rule.code, rule.unverified) for rule in regulation] == [("tenor_too_long", True)]
    assert "77号" in regulation[0].source


def test_a_release_is_read_as_it_is_written() -> None:
    release = read_release(SMALL.encode())
    assert [rule.condition.threshold for rule in release.rules] == [
        ("steel", "dairy"),
        date(2027, 1, 1),
    ]
    assert not release.rules[0].unverified
    assert release.answers.feature_missing.of(Text("额", "amount")).reason == ("缺 额", "amount?")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("release: small-1", "release: Small!", r"\$\.release"),
        ("release: small-1", "release: [", "flow"),
        ("base: 0", "base: 0.5", "float has no canonical form"),
        ("base: 0", "base: 0\n  basis: 1", "'basis' was unexpected"),
        ('effective_from: "2026-01-01"\nfeatures', 'effective_from: "2026-02-30"\nfeatures', "day"),
        ("{type: integer, label", "{type: money, label", "'money' is not one of"),
        ("cap: eligible", "cap: amount", "amount is not among the features"),
        ("cap: eligible", "cap: share", "share is decimal, wanted integer"),
        ("feature: share\n", "feature: sector\n", "sector is text, wanted integer or decimal"),
        ("feature: share\n", "feature: what\n", "what is not among the features"),
        ("code: due_soon", "code: sector_known", "two rules have the same code"),
        ("value: 2027-01-01", "value: soon", "'soon' is no date"),
        ('is: "<", value', 'is: "~", value', "'~' is not one of"),
        ("[steel, dairy]", "steel", "'in' takes a list"),
        ("[steel, dairy]", "[]", "is not valid under any|should be non-empty|oneOf"),
        ('due, is: "<", value: 2027-01-01', 'sector, is: "<", value: a', "needs a number"),
        ("verified_by: legal 2026-01-01", "note: x", "not valid|unexpected"),
        (
            "verified_by: legal 2026-01-01",
            "verified_by: legal\n    unverified: true",
            "valid under each of|more than one",
        ),
        ("basis: policy", "basis: policy\n    unverified: true", "False schema"),
        ('{to: "0.5", points: 1}', '{to: "0.4", points: 1}', "not followed"),
        ('{to: "0.5", points: 1}', '{to: "0.5", points: 10}', "not rising"),
        ("from_score: 5", "from_score: 10", "no case could ever be approved"),
        ('factor: "1"', 'factor: "0"', "no case could ever be approved"),
        ('factor: "1"', "factor: 1", "not of type 'string'"),
        ("en: raise", 'en: ""', "non-empty|too short"),
    ],
)  # fmt: skip
def test_every_mistake_is_named(old: str, new: str, fault: str) -> None:
    assert SMALL.count(old) >= 1
    with pytest.raises(ReleaseInvalid, match=fault):
        read_release(SMALL.replace(old, new, 1).encode())


def test_bytes_that_are_no_text_are_no_release() -> None:
    with pytest.raises(ReleaseInvalid, match="utf-8"):
        read_release(b"\xff\xfe")


@pytest.mark.parametrize("name", ["none-such-1", "../release.schema", "", "/etc/passwd"])
def test_only_shipped_releases_are_found_by_name(name: str) -> None:
    assert packaged_release(name) is None


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FeatureType.INTEGER, 5, 5),
        (FeatureType.INTEGER, "5", None),
        (FeatureType.INTEGER, True, None),
        (FeatureType.DECIMAL, 5, Decimal(5)),
        (FeatureType.DECIMAL, "0.50", Decimal("0.5")),
        (FeatureType.DECIMAL, "NaN", None),
        (FeatureType.DECIMAL, "1e999", None),
        (FeatureType.DECIMAL, "half", None),
        (FeatureType.DECIMAL, False, None),
        (FeatureType.BOOLEAN, False, False),
        (FeatureType.BOOLEAN, 0, None),
        (FeatureType.TEXT, "a", "a"),
        (FeatureType.TEXT, 1, None),
        (FeatureType.DATE, "2026-06-01", date(2026, 6, 1)),
        (FeatureType.DATE, "2026-06-31", None),
        (FeatureType.DATE, 20260601, None),
        (FeatureType.DATE, None, None),
    ],
)
def test_a_value_of_another_type_is_not_known(
    kind: FeatureType, raw: Plain, value: Value | None
) -> None:
    found = typed(kind, raw)
    assert (found, type(found)) == (value, type(value))


@given(st.sampled_from(FeatureType), st.integers() | st.text() | st.none() | st.booleans())
def test_reading_a_feature_never_fails(kind: FeatureType, raw: Plain) -> None:
    assert typed(kind, raw) is None or raw is not None


@pytest.mark.parametrize(
    ("one", "other", "places"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1, "b": [1, 2]}, {"a": 2, "b": [1, 3]}, ["/a", "/b/1"]),
        ({"a": 1}, {"b": 1}, ["/a", "/b"]),
        ({"a": [1]}, {"a": [1, 2]}, ["/a"]),
        (1, 2, ["/"]),
    ],
)
def test_differences_are_named_by_place(one: Plain, other: Plain, places: list[str]) -> None:
    assert differences(one, other) == places


def test_a_told_text_without_a_name_stays_as_it_is() -> None:
    told = Told(Text("一", "one"), Text("二", "two"))
    assert told.of(Text("x", "y")) == told
