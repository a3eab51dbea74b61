"""Parameter files: read whole or not at all, and refused where they cannot be true."""

from datetime import date
from importlib import resources

import pytest

from heliu.credit.provisioning import parameter_file
from heliu.credit.provisioning.api import packaged, parameters, presumptions
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.errors import Fault, Refusal

TEXT = (resources.files("heliu.credit.provisioning") / "parameters" / "2026-01.yaml").read_text(
    encoding="utf-8"
)


@pytest.mark.parametrize(
    ("said", "instead", "wrong"),
    [
        ('weight: "0.60"', 'weight: "0.50"', "weights do not sum to 1"),
        ("{number: 2,", "{number: 1,", "a number of its own"),
        ('lgd: "0.55"', 'lgd: "1.55"', "PD and LGD are fractions"),
        ('pd_watched: ["0.09"', 'pd_watched: ["0.001"', "a watched loan fails more often"),
        ("scenarios:", "senarios:", "senarios"),
        ("least_horizon_days: 30", "least_horizon_days: many", "least_horizon_days"),
    ],
)
def test_a_file_that_cannot_be_true_is_refused_with_the_place(
    said: str, instead: str, wrong: str
) -> None:
    with pytest.raises(Fault, match=wrong):
        parameter_file.parse("file.yaml", TEXT.replace(said, instead, 1))


def test_production_refuses_parameters_nobody_validated() -> None:
    day = date(2026, 5, 20)
    assert parameters(in_force(day, Profile.STANDARD)) == packaged()[0]
    with pytest.raises(Refusal, match=r"provisioning\.parameters_unverified"):
        parameters(in_force(day, Profile.PRODUCTION))


def test_a_date_before_all_parameters_has_none() -> None:
    with pytest.raises(Refusal, match=r"provisioning\.parameters_missing"):
        parameters(in_force(date(2025, 12, 31), Profile.STANDARD))


def test_presumptions_are_dated_rules() -> None:
    found = presumptions(in_force(date(2026, 5, 20), Profile.STANDARD))
    assert (found.watched_days, found.defaulted_days) == (30, 90)
