"""Eligibility inputs: what is missing, of another kind, or outside its rule, told by name."""

import pytest

from heliu.credit.products.api import Input, unknown_inputs, unmet
from heliu.credit.products.loan_product_eligibility import Value, rule_faults
from heliu.ground.text import Text

WHY = Text("因为", "because")


def asks(kind: str, **rule: int | str) -> Input:
    return Input("it", kind, WHY, WHY, **rule)


@pytest.mark.parametrize(
    ("wanted", "good", "bad"),
    [
        (asks("boolean", equals=True), [True], [False, 1, "true", None]),
        (asks("boolean"), [True, False], [None, 0]),
        (asks("integer", at_least=12), [12, 99], [11, True, "12", None]),
        (asks("integer", at_most=180), [180, -1], [181]),
        (asks("decimal", at_least="1.2"), ["1.2", "1.20", "9"], ["1.1999", "x", "NaN", 2]),
        (asks("text", equals="GB"), ["GB"], ["gb", 1]),
        (asks("date", at_least="2026-01-01"), ["2026-01-01"], ["2025-12-31", "2026-13-01", 5]),
    ],
)
def test_an_input_is_met_by_its_type_and_rule_alone(
    wanted: Input, good: list[Value], bad: list[Value | None]
) -> None:
    assert [value for value in good if unmet([wanted], {"it": value})] == []
    given = [{} if value is None else {"it": value} for value in bad]
    assert [said for said in given if not unmet([wanted], said)] == []


def test_what_the_product_does_not_ask_is_told() -> None:
    assert unknown_inputs([asks("text")], {"it": "x", "that": 1, "also": 2}) == ["also", "that"]


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ([asks("integer", at_least="12")], "at_least is not a integer"),
        ([asks("date", equals="soon")], "equals is not a date"),
        ([asks("text", at_most="m")], "a text has no order"),
        ([asks("text"), asks("text")], "an input is named twice"),
        ([asks("decimal", at_least="0.5")], ""),
    ],
)
def test_a_rule_that_nothing_could_meet_is_a_mistake(inputs: list[Input], says: str) -> None:
    assert says in " ".join(rule_faults(inputs))
    assert bool(rule_faults(inputs)) == bool(says)
