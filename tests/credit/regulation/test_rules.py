"""Regulation as dated data: what holds on a day, what a profile refuses, what a file may say."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.regulation.api import Profile, Rule, Rules, Unit, catalogue, in_force
from heliu.credit.regulation.rule_file import parse, without_overlap
from heliu.ground.errors import Fault, Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

TODAY = date(2026, 11, 24)
DEMO, PRODUCTION = Profile.STANDARD, Profile.PRODUCTION


def rule(since: date, until: date | None = None, *, checked: str | None = None) -> Rule:
    words = Text("某法", "some law")
    return Rule("some.days", 90, Unit.DAYS, since, until, words, None, checked, words)


def file(**changed: object) -> str:
    said: dict[str, object] = {
        "id": "some.days",
        "value": 90,
        "unit": "days",
        "effective_from": "2024-01-01",
        "effective_to": "null",
        "article": "null",
        "verified": "false",
        "checked": "null",
        "note": "{zh: 注, en: note}",
    } | changed
    lines = "\n    ".join(f"{name}: {value}" for name, value in said.items())
    return f"source: {{zh: 某法, en: some law}}\nrules:\n  - {lines}\n"


@pytest.mark.parametrize(
    ("rule_id", "value"),
    [
        ("classification.substandard_days", 90),
        ("classification.doubtful_days", 270),
        ("classification.loss_days", 360),
        ("restructured.observation_days", 365),
        ("voucher.tenor_usual", 6),
        ("voucher.tenor_max", 12),
    ],
)
def test_a_count_is_read_with_its_source_on_the_day_it_holds(rule_id: str, value: int) -> None:
    rules = in_force(TODAY, DEMO)
    assert rules.whole(rule_id) == value
    assert rules.get(rule_id).source.zh
    assert rules.get(rule_id).source.en


def test_a_ratio_an_amount_and_a_word_come_in_their_own_types() -> None:
    rules = in_force(TODAY, DEMO)
    assert rules.ratio("provision.ratio.doubtful") == Decimal("0.50")
    assert rules.amount("consumer.person_cap") == Money(20_000_000)
    assert rules.word("receivable.priority") == "registered_first"


def test_what_only_memory_vouches_for_is_unverified_and_blocks_production() -> None:
    remembered = in_force(TODAY, PRODUCTION)
    with pytest.raises(Refusal) as refused:
        remembered.whole("classification.substandard_days")
    assert refused.value.code == "regulation.unverified"
    assert refused.value.facts == {"rule": "classification.substandard_days"}
    assert remembered.whole("voucher.tenor_max") == 12


def test_a_rule_does_not_hold_before_its_day() -> None:
    with pytest.raises(Refusal) as refused:
        in_force(date(2025, 6, 14), DEMO).get("voucher.tenor_max")
    assert refused.value.code == "regulation.not_in_force"
    assert in_force(date(2025, 6, 15), DEMO).whole("voucher.tenor_max") == 12


def test_a_rule_ends_the_day_its_successor_begins() -> None:
    old, new = rule(date(2020, 1, 1), TODAY), rule(TODAY)
    assert [one.holds(TODAY) for one in (old, new)] == [False, True]
    assert [one.holds(TODAY - timedelta(1)) for one in (old, new)] == [True, False]
    assert without_overlap([new, old]) == (old, new)


@given(
    start=st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    days=st.lists(st.integers(1, 2000), min_size=1, max_size=6),
    on=st.dates(date(2000, 1, 1), date(2060, 1, 1)),
)
def test_of_a_rule_that_was_changed_exactly_one_version_holds_from_its_first_day(
    start: date, days: list[int], on: date
) -> None:
    ends = [start + timedelta(sum(days[: n + 1])) for n in range(len(days))]
    versions = [rule(a, b) for a, b in zip([start, *ends], [*ends, None], strict=True)]
    holding = [one for one in without_overlap(versions) if one.holds(on)]
    assert len(holding) == (1 if on >= start else 0)


def test_two_versions_of_one_rule_on_one_day_are_a_fault() -> None:
    with pytest.raises(Fault, match="told twice"):
        without_overlap([rule(date(2020, 1, 1)), rule(TODAY)])


def test_every_rule_of_the_bank_can_be_cited() -> None:
    cited = [one.plain() for one in catalogue()]
    assert all(one["note"] and one["source"] and one["id"] for one in cited)
    assert {one["verified"] for one in cited} == {True, False}
    assert catalogue() == without_overlap(catalogue())


def test_the_rules_of_a_day_are_listed_by_id_with_those_the_profile_blocks() -> None:
    rules = in_force(TODAY, PRODUCTION)
    assert [one.id for one in rules] == sorted(rules.by_id)
    assert [one.verified for one in rules] == [not rules.blocks(one) for one in rules]
    assert not any(in_force(TODAY, DEMO).blocks(one) for one in rules)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (file(value="-1"), "not a value in days"),
        (file(value="'x'"), "not a value in days"),
        (file(unit="ratio", value=1), "not a value in ratio"),
        (file(unit="ratio", value="'1e3'"), "not a value in ratio"),
        (file(unit="CNY", value="'-5'"), "not a value in CNY"),
        (file(unit="word", value="'Two words'"), "not a value in word"),
        (file(unit="fathoms"), "fathoms"),
        (file(verified="true"), "where it was checked"),
        (file(checked="'official gazette'"), "where it was checked"),
        (file(effective_to="2023-01-01"), "ends before it begins"),
        (file(effective_to="2024-02-30"), "out of range"),
        (file(surprise="1"), "surprise"),
        (file(id="Nonsense"), "id"),
        ("rules: [", "while parsing"),
        ("rules: []\nsource: {zh: 某法, en: law}", "length"),
    ],
)
def test_a_broken_rule_file_is_a_fault_that_names_the_file(broken: str, words: str) -> None:
    with pytest.raises(Fault, match=words) as fault:
        parse("some.yaml", broken)
    assert "some.yaml" in str(fault.value)


def test_a_sound_rule_file_is_read_as_written() -> None:
    (read,) = parse("some.yaml", file(verified="true", checked="'official gazette'"))
    assert (read.value, read.unit, read.verified) == (90, Unit.DAYS, True)
    assert Rules(TODAY, PRODUCTION, {read.id: read}).whole("some.days") == 90
