"""The release that rests on the features of pairs."""

from datetime import date

import pytest

from heliu.decisions.features.api import FEATURES, Pair, pair_features
from heliu.decisions.rules.api import failures
from heliu.decisions.scorecards.api import points_of
from heliu.decisions.verdicts.api import Release, packaged_release, read_release
from heliu.ground.db import Tx

# What verification and the day tell of one receivable; everything else is the pair's.
OF_THE_RECEIVABLE = {
    *("eligible_minor", "invoiced_minor", "match_ratio", "blocking_findings"),
    *("duplicate_findings", "circular_findings", "related_party", "supplier_active"),
    *("supplier_enrolled", "buyer_approved", "tenor_days", "days_since_invoice"),
    *("price_deviation", "receipt_lag_days", "cold_chain_alarm"),
}


@pytest.fixture(scope="module")
def release() -> Release:
    text = packaged_release("scf-receivable-2")
    assert text is not None
    return read_release(text)


def test_everything_it_asks_of_the_pair_is_told(release: Release) -> None:
    assert release.features.keys() - OF_THE_RECEIVABLE <= set(FEATURES)


def test_every_feature_it_names_counts(release: Release) -> None:
    used = {rule.condition.feature for rule in release.rules}
    used |= {characteristic.feature for characteristic in release.scorecard.characteristics}
    assert release.features.keys() - used == {"invoiced_minor"}


def test_a_pair_nothing_is_known_of_breaks_no_rule_about_its_history(
    release: Release, tx: Tx
) -> None:
    pair = Pair("nobody", "nowhere")
    values = pair_features(tx, [pair], date(2026, 5, 4))[pair].values
    broken = failures(release.rules, values, date(2026, 5, 4), production=False)
    assert {failure.rule.condition.feature for failure in broken} <= OF_THE_RECEIVABLE


@pytest.mark.parametrize(
    ("feature", "worse", "better"),
    [
        ("n_inv_365", 1, 13),
        ("rel_age_days", 0, 365),
        ("active_m12", 1, 8),
        ("late_rate_n", 1, 0),
        ("worst_open_days", 31, 0),
        ("dilution", 1, 0),
        ("void_rate", 1, 0),
        ("red_rate", 1, 0),
        ("eom_reversed", 1, 0),
        ("dup_hits", 3, 0),
        ("match3", 0, 1),
        ("dependence", 1, 0),
    ],
)
def test_a_better_history_earns_more_points_than_a_worse_or_an_unknown_one(
    release: Release, feature: str, worse: int, better: int
) -> None:
    values: list[int | None] = [worse, None, better]
    scores = points_of(release.scorecard, [{feature: value} for value in values]).sum(axis=1)
    assert scores[0] < scores[2]
    assert scores[1] < scores[2]
