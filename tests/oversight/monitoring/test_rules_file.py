"""The rules file: what ships is sound, and what is broken is told."""

from importlib import resources

import pytest

from heliu.ground.errors import Fault
from heliu.oversight.monitoring.domain.rule import Measure
from heliu.oversight.monitoring.rules_file import parse, shipped

TEXT = (resources.files("heliu.oversight.monitoring") / "rules.yaml").read_text(encoding="utf-8")


def test_every_measure_has_a_rule_with_a_playbook_in_both_languages() -> None:
    rules = shipped().rules
    assert {rule.measure for rule in rules} == set(Measure)
    assert [rule.id for rule in rules if not all(all(step) for step in rule.playbook)] == []


def test_the_reach_covers_every_window_and_baseline() -> None:
    assert shipped().reach_days == 365
    assert shipped().rule("no_such_rule") is None


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("version: 1", "version: 0", "version"),
        ("id: receipt_lag", "id: order_drop", "told twice"),
        ("baseline_days: 90", "baseline_days: 0", "baseline_days"),
        ('threshold: "0.50"', 'threshold: "half"', "threshold"),
        ("severity: watch", "severity: mild", "severity"),
        ("measure: dilution", "measure: mood", "measure"),
        ("version: 1", "version: [", "warning rules"),
    ],
)
def test_a_broken_rule_stops_the_bank_with_a_reason(right: str, wrong: str, said: str) -> None:
    with pytest.raises(Fault, match=said):
        parse(TEXT.replace(right, wrong))
