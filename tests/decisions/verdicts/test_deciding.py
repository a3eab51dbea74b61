"""The laws of a decision, on the shipped release."""

import decimal
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.books.evidence.api import plain_json
from heliu.decisions.rules.api import Rule
from heliu.decisions.scorecards.api import Characteristic, Interval, Scorecard
from heliu.decisions.verdicts.api import (
    MAX_REASONS,
    DecisionCommand,
    FeatureValue,
    Profile,
    Reason,
    Release,
    packaged_release,
    read_release,
)
from heliu.decisions.verdicts.domain.deciding import decide_inputs
from heliu.decisions.verdicts.domain.verdict import (
    Outcome,
    plain_inputs,
    plain_outcome,
    read_outcome,
)
from heliu.ground.money import Money

Case = Mapping[str, FeatureValue]
RELEASE = read_release(packaged_release("scf-receivable-1") or b"")
CHARACTERISTICS = {c.code: c for c in RELEASE.scorecard.characteristics}
# Cases with the outcomes they had when the release was published; decimals are strings there.
GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
NEW_SUPPLIER: Case = GOLDEN["new supplier"]["features"]
OLD_FRIEND: Case = GOLDEN["old friend"]["features"]
DAY = date(2026, 6, 1)

rates = st.none() | st.decimals(0, 1, places=4)
anything = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | rates
sound: st.SearchStrategy[dict[str, FeatureValue]] = st.fixed_dictionaries(
    {
        **{name: st.just(value) for name, value in NEW_SUPPLIER.items()},
        "eligible_minor": st.integers(1, 10**12),
        "match_ratio": st.decimals("0.5", 1, places=4),
        "buyer_approved": st.sampled_from([True, None]),
        "tenor_days": st.integers(1, 365),
        "days_since_invoice": st.integers(0, 365),
        "trade_count_12m": st.integers(0, 30),
        "relationship_days": st.integers(0, 900),
        **{
            name: st.none() | st.decimals(0, "0.25", places=4)
            for name in ("dilution_rate", "late_rate", "buyer_share", "void_rate", "red_rate")
        },
        "price_deviation": st.none() | st.decimals(0, "0.2", places=4),
        "receipt_lag_days": st.none() | st.integers(-3, 30),
    }
)
wild: st.SearchStrategy[dict[str, FeatureValue]] = st.builds(
    lambda case, changes, dropped: {
        name: value for name, value in {**case, **changes}.items() if name not in dropped
    },
    sound,
    st.dictionaries(st.sampled_from(sorted(NEW_SUPPLIER)), anything, max_size=5),
    st.sets(st.sampled_from(sorted(NEW_SUPPLIER)), max_size=2),
)
features: st.SearchStrategy[dict[str, FeatureValue]] = sound | wild
amounts = st.integers(0, 10**12).map(Money)


def inputs_of(
    case: Case,
    requested: Money = Money(7_200_000),  # noqa: B008 - frozen
    on: date = DAY,
    profile: Profile = Profile.STANDARD,
) -> dict[str, Any]:
    asked = DecisionCommand(
        key=UUID(int=1),
        subject_id=UUID(int=2),
        decided_at=datetime(2026, 6, 1, 2, 3, 4, 567, tzinfo=UTC),
        business_date=on,
        requested=requested,
        base_rate=Decimal("0.0485"),
        features=case,
        evidence=("ab" * 32, "cd" * 32),
        release_id=RELEASE.name,
    )
    return dict(plain_inputs(asked, profile))


def decided(
    case: Case,
    requested: Money = Money(7_200_000),  # noqa: B008 - frozen
    by: Release = RELEASE,
    on: date = DAY,
    profile: Profile = Profile.STANDARD,
) -> Outcome:
    return decide_inputs(by, [inputs_of(case, requested, on, profile)])[0]


def codes(outcome: Outcome) -> list[str]:
    return [reason.code for reason in outcome.reasons]


def best_value(told: Characteristic) -> Any:
    """A feature value that earns the characteristic's best points."""
    best = next((b for b in told.bins if b.points == told.best), None)
    if best is None:
        return None
    if isinstance(best, Interval):
        value = best.low if best.low is not None else (best.high or 0) - 1
        return int(value) if value == int(value) else value
    return best.members[0]


def test_a_new_supplier_with_sound_documents_is_financed_a_little_dearer() -> None:
    outcome = decided(NEW_SUPPLIER)
    assert (outcome.approved, outcome.grade, outcome.score) == (True, "D", 603)
    assert outcome.amount == Money(5_040_000)
    assert outcome.annual_rate == Decimal("0.0635")
    assert codes(outcome) == [
        "trade_history",
        "relationship_length",
        "missing.buyer_confirmation",
        "missing.buyer_late",
    ]


def test_the_buyer_s_confirmation_alone_lifts_the_new_supplier_a_grade() -> None:
    outcome = decided({**NEW_SUPPLIER, "buyer_approved": True})
    assert (outcome.grade, outcome.amount) == ("C", Money(6_120_000))


def test_an_old_friend_gets_all_he_asks_for_at_the_base_rate_and_no_reasons() -> None:
    outcome = decided(OLD_FRIEND)
    assert (outcome.grade, outcome.amount) == ("A", Money(7_200_000))
    assert (outcome.annual_rate, outcome.reasons) == (Decimal("0.0485"), ())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"supplier_enrolled": False}, ["supplier_not_enrolled"]),
        ({"supplier_active": False}, ["supplier_not_active"]),
        ({"duplicate_findings": 1}, ["duplicate_financing"]),
        ({"circular_findings": 2}, ["circular_trade"]),
        ({"related_party": True}, ["related_parties"]),
        ({"blocking_findings": 1}, ["evidence_contradicted"]),
        ({"eligible_minor": 0}, ["nothing_eligible"]),
        ({"match_ratio": Decimal("0.4999")}, ["mostly_unverified"]),
        ({"buyer_approved": False}, ["buyer_rejected"]),
        ({"cold_chain_alarm": True}, ["cold_chain_broken"]),
        ({"tenor_days": 0}, ["already_due"]),
        ({"tenor_days": 366}, ["tenor_too_long"]),
        ({"days_since_invoice": -1}, ["invoice_in_future"]),
        ({"days_since_invoice": 366}, ["invoice_too_old"]),
        ({"dilution_rate": Decimal("0.31")}, ["dilution_too_high"]),
        ({"void_rate": Decimal("0.41")}, ["voids_too_many"]),
        ({"red_rate": Decimal("0.41")}, ["reds_too_many"]),
        ({"price_deviation": Decimal("0.21")}, ["price_off"]),
        ({"tenor_days": None}, ["missing.tenor_days"]),
        ({"related_party": 0}, ["missing.related_party"]),
        ({"eligible_minor": Decimal("1.5")}, ["missing.eligible_minor"]),
    ],
)
def test_one_broken_rule_refuses_even_an_old_friend_and_is_the_reason(
    change: Case, told: list[str]
) -> None:
    outcome = decided({**OLD_FRIEND, **change})
    assert (outcome.approved, outcome.amount, outcome.annual_rate) == (False, Money(0), None)
    assert codes(outcome) == told


def test_a_poor_score_refuses_with_the_four_greatest_losses() -> None:
    poor = {
        **NEW_SUPPLIER,
        "match_ratio": Decimal("0.6"),
        "tenor_days": 300,
        "late_rate": Decimal("0.9"),
    }
    outcome = decided(poor)
    assert (outcome.approved, outcome.grade) == (False, "E")
    assert [(r.code, r.weight, r.value) for r in outcome.reasons] == [
        ("buyer_late", 80, "0.9"),
        ("trade_history", 50, "0"),
        ("verified_share", 45, "0.6"),
        ("relationship_length", 36, "0"),
    ]


def test_asking_for_more_than_is_eligible_is_cut_and_said() -> None:
    outcome = decided({**OLD_FRIEND, "eligible_minor": 5_000_001})
    assert (outcome.amount, codes(outcome)) == (Money(5_000_001), ["amount_capped"])


@pytest.mark.parametrize("requested", [0, 142])
def test_crumbs_are_not_lent(requested: int) -> None:
    outcome = decided(NEW_SUPPLIER, Money(requested))
    assert (outcome.approved, codes(outcome)) == (False, ["amount_too_small"])


def test_before_its_date_a_release_approves_nothing() -> None:
    outcome = decided(OLD_FRIEND, on=date(2024, 12, 31))
    assert (outcome.approved, codes(outcome)) == (False, ["release_not_in_force"])
    assert outcome.reasons[0].value == "2024-12-31"


def test_in_production_the_unverified_rule_blocks_everything() -> None:
    outcome = decided(OLD_FRIEND, profile=Profile.PRODUCTION)
    assert (outcome.approved, codes(outcome)) == (False, ["unverified.tenor_too_long"])
    assert "tenor_too_long" in outcome.reasons[0].text.zh


@given(features, amounts)
def test_money_is_lent_only_within_request_and_eligible_amount_and_by_every_rule(
    case: Case, requested: Money
) -> None:
    outcome = decided(case, requested)
    assert outcome.approved == (outcome.amount.minor > 0) == (outcome.annual_rate is not None)
    assert len(outcome.reasons) <= MAX_REASONS
    assert len(set(codes(outcome))) == len(outcome.reasons)
    assert all(all(reason.text) and all(reason.cure) for reason in outcome.reasons)
    assert outcome.approved or outcome.reasons
    eligible = case.get("eligible_minor")
    ceiling = eligible if isinstance(eligible, int) else 0
    assert outcome.amount.minor <= max(0, min(requested.minor, ceiling))
    whole = {**case, "invoiced_minor": 10**13}
    assert not outcome.approved or all(decided(whole, by=only(r)).approved for r in RELEASE.rules)


def only(rule: Rule) -> Release:
    """The release with one rule, and no other way to be refused but asking for nothing."""
    free = Scorecard(10**5, RELEASE.scorecard.characteristics)
    return replace(RELEASE, rules=(rule,), scorecard=free, minimum_minor=1, cap="invoiced_minor")


def test_the_shipped_amounts_do_not_decide_the_single_rule_releases() -> None:
    assert decided(OLD_FRIEND, by=only(RELEASE.rules[0])).approved


@given(features)
def test_a_told_rule_refuses_all_by_itself(case: Case) -> None:
    outcome = decided(case)
    rules = {rule.code: rule for rule in RELEASE.rules}
    told = [rules[code] for code in codes(outcome) if code in rules]
    whole = {**case, "invoiced_minor": 10**9}
    assert all(codes(decided(whole, by=only(rule))) == [rule.code] for rule in told)


@given(sound)
def test_a_told_loss_is_real_curing_it_raises_the_score(case: Case) -> None:
    outcome = decided(case)
    for reason in outcome.reasons:
        assert gain(case, outcome, reason) == reason.weight


def gain(case: Case, outcome: Outcome, reason: Reason) -> int:
    told = CHARACTERISTICS.get(reason.code.removeprefix("missing."))
    if told is None:
        assert reason.code in ("amount_capped", "amount_too_small")
        return 0
    assert reason.feature == told.feature
    return decided({**case, told.feature: best_value(told)}).score - outcome.score


@given(sound, amounts)
def test_a_told_cap_is_real_more_evidence_lends_more(case: Case, requested: Money) -> None:
    outcome = decided(case, requested)
    freed = decided({**case, "eligible_minor": 10**13}, requested)
    assert ("amount_capped" in codes(outcome)) == (
        outcome.approved and outcome.amount < freed.amount
    )


@given(features, st.randoms())
def test_the_order_of_features_does_not_matter(case: Case, chance: Any) -> None:
    shuffled = list(case.items())
    chance.shuffle(shuffled)
    assert decided(dict(shuffled)) == decided(case)


@given(st.lists(features, max_size=6))
def test_a_batch_is_its_cases_one_by_one(batch: list[Case]) -> None:
    assert decide_inputs(RELEASE, [inputs_of(case) for case in batch]) == [
        decided(case) for case in batch
    ]


@given(features, amounts)
def test_what_is_stored_is_what_was_decided_to_the_byte(case: Case, requested: Money) -> None:
    inputs = inputs_of(case, requested)
    again = msgspec.json.decode(plain_json(inputs))
    (outcome,) = decide_inputs(RELEASE, [inputs])
    (replayed,) = decide_inputs(RELEASE, [again])
    stored = plain_json(plain_outcome(outcome))
    assert plain_json(plain_outcome(replayed)) == stored
    assert read_outcome(stored) == outcome == replayed


def test_no_caller_s_decimal_context_changes_an_outcome() -> None:
    with decimal.localcontext(decimal.Context(prec=3, rounding=ROUND_UP)):
        crude = decided(NEW_SUPPLIER, Money(7_654_321))
    assert crude == decided(NEW_SUPPLIER, Money(7_654_321))


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_cases_have_the_outcome_they_always_had(name: str) -> None:
    outcome = plain_outcome(decided(GOLDEN[name]["features"]))
    assert outcome == GOLDEN[name]["outcome"]
