"""Hard rules: closed comparisons that fail closed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.decisions.rules.api import (
    Basis,
    Cause,
    Condition,
    InvalidRule,
    Operator,
    Rule,
    Value,
    WhenMissing,
    failures,
)
from heliu.ground.text import Text

DAY = date(2026, 6, 1)
ANY = Condition("x", Operator.AT_MOST, 5)


def rule(
    condition: Condition = ANY,
    *,
    missing: WhenMissing = WhenMissing.REFUSE,
    basis: Basis = Basis.POLICY,
    verified_by: str | None = None,
    effective_from: date = DAY,
) -> Rule:
    text = Text("一", "one")
    return Rule("r", condition, missing, text, text, basis, "house", effective_from, verified_by)


def causes(
    asked: Rule, value: Value | None, on: date = DAY, *, production: bool = False
) -> list[Cause]:
    return [f.cause for f in failures([asked], {"x": value}, on, production=production)]


@pytest.mark.parametrize(
    ("operator", "threshold", "passing", "failing"),
    [
        (Operator.EQUAL, True, [True], [False]),
        (Operator.DIFFERENT, "a", ["b"], ["a"]),
        (Operator.BELOW, 5, [4, -1], [5, 6]),
        (Operator.AT_MOST, Decimal("0.3"), [Decimal("0.30"), 0], [Decimal("0.300001"), 1]),
        (Operator.ABOVE, 0, [1], [0, -1]),
        (Operator.AT_LEAST, DAY, [DAY, date(2027, 1, 1)], [date(2026, 5, 31)]),
        (Operator.AMONG, ("a", "b"), ["a", "b"], ["c", ""]),
    ],
)
def test_a_condition_is_the_comparison_it_says(
    operator: Operator,
    threshold: Value | tuple[Value, ...],
    passing: list[Value],
    failing: list[Value],
) -> None:
    asked = rule(Condition("x", operator, threshold))
    assert [causes(asked, value) for value in passing] == [[]] * len(passing)
    assert [causes(asked, value) for value in failing] == [[Cause.BROKEN]] * len(failing)


@pytest.mark.parametrize(
    ("operator", "threshold"),
    [
        (Operator.BELOW, True),
        (Operator.AT_LEAST, "a"),
        (Operator.AMONG, "a"),
        (Operator.EQUAL, ("a", "b")),
    ],
)
def test_what_has_no_order_is_not_ordered(
    operator: Operator, threshold: Value | tuple[Value, ...]
) -> None:
    with pytest.raises(InvalidRule, match="x"):
        Condition("x", operator, threshold)


def test_what_is_not_known_refuses_unless_the_rule_allows_it() -> None:
    assert causes(rule(), None) == [Cause.MISSING]
    assert causes(rule(missing=WhenMissing.ALLOW), None) == []
    assert failures([rule()], {}, DAY, production=False)[0].cause is Cause.MISSING


@pytest.mark.parametrize(("on", "refused"), [(date(2026, 5, 31), []), (DAY, [Cause.BROKEN])])
def test_a_rule_applies_from_its_date_on(on: date, refused: list[Cause]) -> None:
    assert causes(rule(), 6, on) == refused


@pytest.mark.parametrize(
    ("basis", "verified_by", "refused"),
    [
        (Basis.POLICY, None, []),
        (Basis.REGULATION, "legal, 2026-05-01", []),
        (Basis.REGULATION, None, [Cause.UNVERIFIED]),
    ],
)
def test_in_production_an_unverified_regulatory_rule_blocks(
    basis: Basis, verified_by: str | None, refused: list[Cause]
) -> None:
    asked = rule(basis=basis, verified_by=verified_by)
    assert causes(asked, 1, production=True) == refused
    assert causes(asked, 1, production=False) == []


@given(st.lists(st.integers(0, 10) | st.none(), max_size=8))
def test_every_failing_rule_is_told_in_order_and_each_refuses_alone(
    values: list[int | None],
) -> None:
    rules = [rule(Condition(f"x{n}", Operator.AT_MOST, 5)) for n in range(len(values))]
    case: dict[str, Value | None] = {f"x{n}": value for n, value in enumerate(values)}
    found = failures(rules, case, DAY, production=False)
    alone = [f for asked in rules for f in failures([asked], case, DAY, production=False)]
    assert found == alone
    assert len(found) == sum(value is None or value > 5 for value in values)
