"""The policy file: what ships is sound, and what is broken is told."""

from datetime import date
from importlib import resources

import pytest

from heliu.credit.collection.domain.policy import Remedy
from heliu.credit.collection.policy_file import parse, shipped
from heliu.ground.errors import Fault

TEXT = (resources.files("heliu.credit.collection") / "policy.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("days", "step"), [(0, "reminder"), (16, "demand"), (400, "recovery")])
def test_days_late_name_the_step(days: int, step: str) -> None:
    assert shipped().step_at(days).step == step


def test_steps_are_ranked_in_order() -> None:
    policy = shipped()
    assert [policy.rank(step) for step in ("reminder", "legal", "observation")] == [0, 3, -1]


def test_nothing_is_written_off_before_it_is_pursued() -> None:
    policy = shipped()
    assert not policy.allows(Remedy.WRITE_OFF, 90)
    assert policy.allows(Remedy.WRITE_OFF, 91)
    assert policy.first_day_of(Remedy.WRITE_OFF) == 91


def test_the_spring_festival_is_a_day_of_rest() -> None:
    assert date(2026, 2, 17) in shipped().forbidden_on


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("version: 2", "version: 0", "version"),
        ("from_days: 0", "from_days: 3", "begin at 0"),
        ("from_days: 31", "from_days: 16", "ascend"),
        ("owner: team_lead", "owner: Team Lead", "owner"),
        ("channels:", "canals:", "canals"),
        ("remedies: [extend]", "remedies: [forgive]", "remedies"),
        ("write_off, recover, ", "write_off, ", "recover"),
        ("version: 2", "version: [", "policy"),
    ],
)
def test_a_broken_policy_stops_the_bank_with_a_reason(right: str, wrong: str, said: str) -> None:
    with pytest.raises(Fault, match=said):
        parse(TEXT.replace(right, wrong))
