"""Judging by columns is the verdicts desk's decision, case by case, and the laws of the ranking."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.books.evidence.api import decimal_text
from heliu.credit.acquisition.domain.columns import (
    CAPACITY,
    COUNTS,
    FLAGS,
    MAX_MINOR,
    NUMBERS,
    PURCHASES,
    Columns,
    columns_of,
)
from heliu.credit.acquisition.domain.explaining import catalogue, explain
from heliu.credit.acquisition.domain.judging import Judged, judge
from heliu.credit.acquisition.domain.plan import Plan, Terms, Unfit, compile_plan
from heliu.credit.acquisition.encoding import ranking
from heliu.decisions.rules.api import Basis, Condition, Operator, Rule, WhenMissing
from heliu.decisions.scorecards.api import Category, Direction, GradeTable, Interval, Scorecard
from heliu.decisions.verdicts.api import Profile, Release, packaged_release, read_release
from heliu.decisions.verdicts.domain.deciding import decide_inputs
from heliu.ground.text import Text

TEXT = packaged_release("scf-preapproval-1")
assert TEXT is not None
RELEASE = read_release(TEXT)
WHOLE = ("orders_12m", "invoices_12m", "payment_days", "age_days")
TERMS = Terms(date(2026, 3, 1), 200_000_000, Decimal("0.8"), 180, Profile.STANDARD)

rates = st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-4))
values: dict[str, st.SearchStrategy[Any]] = {
    "cooperation_years": st.integers(0, 120).map(lambda n: Decimal(n).scaleb(-1)),
    "orders_12m": st.one_of(st.integers(0, 40), st.integers(2**24 - 2, 10**9)),
    "invoices_12m": st.integers(0, 40),
    "returns_rate": st.one_of(rates, st.sampled_from([Decimal("0.005"), Decimal("0.15")])),
    "late_delivery_rate": rates,
    "payment_days": st.integers(0, 400),
    "age_days": st.integers(-10, 4000),
    "purchases_growth_permille": st.integers(-1000, 3000),
    "other_exposure_permille": st.integers(0, 1500),
}
amounts = st.one_of(
    st.integers(0, MAX_MINOR), st.integers(0, 10**9), st.sampled_from([0, 10**7, 10**8, MAX_MINOR])
)
case = st.fixed_dictionaries(
    {name: st.none() | strategy for name, strategy in values.items()}
    | dict.fromkeys(FLAGS, st.sampled_from([None, False, False, False, True]))
    | {"register_active": st.sampled_from([None, True, False]), PURCHASES: amounts}
)
rates_of_advance = st.sampled_from(
    [Decimal(1), Decimal("0.8"), Decimal("0.85"), Decimal("0.12345678"), Decimal("0.99999999")]
)


def columns(cases: list[dict[str, Any]]) -> Columns:
    known: dict[str, Any] = {
        name: np.array(
            [np.nan if c[name] is None else float(c[name]) for c in cases],
            np.float32 if name in COUNTS else np.float64,
        )
        for name in NUMBERS
    }
    known |= {
        name: np.array([-1 if c[name] is None else int(c[name]) for c in cases], np.int8)
        for name in FLAGS
    }
    return columns_of(known | {PURCHASES: np.array([c[PURCHASES] for c in cases], np.int64)})


def capacity(terms: Terms, one: dict[str, Any]) -> int:
    days = 30 if one["payment_days"] is None else one["payment_days"]
    rate, unit = terms.advance_rate.as_integer_ratio()
    return int(one[PURCHASES]) * min(days, terms.max_tenor_days) * rate // (365 * unit)


def plain(value: object) -> object:
    return decimal_text(value) if isinstance(value, Decimal) else value


def inputs(terms: Terms, one: dict[str, Any]) -> dict[str, Any]:
    features = one | {CAPACITY: capacity(terms, one)}
    return {
        "features": {name: plain(value) for name, value in features.items()},
        "requested": {"minor": terms.supplier_limit, "currency": "CNY"},
        "base_rate": "0.05",
        "business_date": terms.on.isoformat(),
        "profile": terms.profile.value,
    }


def codes(plan: Plan, cases: Columns, judged: Judged) -> list[list[str]]:
    told = catalogue(plan).told
    return [[told[n - 1].code for n in row if n] for row in explain(plan, cases, judged).T.tolist()]


@settings(max_examples=300)
@given(
    cases=st.lists(case, min_size=1, max_size=8),
    rate=rates_of_advance,
    limit=st.one_of(st.integers(1, 10**9), st.just(MAX_MINOR)),
    tenor=st.integers(1, 365),
)
def test_a_list_is_judged_as_the_verdicts_desk_judges_each_supplier(
    cases: list[dict[str, Any]], rate: Decimal, limit: int, tenor: int
) -> None:
    terms = Terms(date(2026, 3, 1), limit, rate, tenor, Profile.STANDARD)
    plan, known = compile_plan(RELEASE, terms), columns(cases)
    judged = judge(plan, known)
    expected = decide_inputs(RELEASE, [inputs(terms, one) for one in cases])
    assert judged.capacity.tolist() == [capacity(terms, one) for one in cases]
    assert judged.score.tolist() == [outcome.score for outcome in expected]
    assert judged.limit.tolist() == [outcome.amount.minor for outcome in expected]
    names = [grade.name for grade in RELEASE.grades.grades]
    assert [names[n] for n in judged.grade.tolist()] == [outcome.grade for outcome in expected]
    assert codes(plan, known, judged) == [[r.code for r in o.reasons] for o in expected]


@given(cases=st.lists(case, min_size=1, max_size=8))
def test_nobody_is_expected_to_draw_more_than_his_limit(cases: list[dict[str, Any]]) -> None:
    judged = judge(compile_plan(RELEASE, TERMS), columns(cases))
    assert ((judged.draw >= 0) & (judged.draw <= judged.limit)).all()
    assert ((judged.draw > 0) == (judged.limit > 0)).all()


@given(cases=st.lists(case, min_size=2, max_size=6), place=st.integers(0, 5))
def test_a_supplier_is_judged_alike_alone_and_among_others(
    cases: list[dict[str, Any]], place: int
) -> None:
    place %= len(cases)
    plan = compile_plan(RELEASE, TERMS)
    among, alone = judge(plan, columns(cases)), judge(plan, columns([cases[place]]))
    assert (among.score[place], among.limit[place], among.draw[place]) == (
        *(alone.score[0], alone.limit[0]),
        alone.draw[0],
    )
    assert among.failed[:, place].tolist() == alone.failed[:, 0].tolist()


@given(draws=st.lists(st.one_of(st.integers(0, 50), st.integers(0, 2**60)), max_size=40))
def test_the_largest_expected_draw_comes_first_and_equal_ones_as_listed(draws: list[int]) -> None:
    order = ranking(np.array(draws, np.int64)).tolist()
    assert order == sorted(range(len(draws)), key=lambda place: -draws[place])


def test_pieces_of_a_long_list_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    many: list[dict[str, Any]] = [
        {name: int(rng.integers(0, 30)) for name in values}
        | dict.fromkeys(FLAGS, False)
        | {"register_active": None, PURCHASES: int(rng.integers(10**7, 10**10))}
        for _ in range(25)
    ]
    plan, known = compile_plan(RELEASE, TERMS), columns(many)
    whole = judge(plan, known)
    told = explain(plan, known, whole)
    monkeypatch.setattr("heliu.credit.acquisition.domain.judging.PIECE", 7)
    monkeypatch.setattr("heliu.credit.acquisition.domain.explaining.PIECE", 7)
    assert judge(plan, known).draw.tolist() == whole.draw.tolist()
    assert explain(plan, known, whole).tolist() == told.tolist()


def rule(feature: str, operator: Operator, threshold: Any, missing: str = "refuse") -> Rule:
    text = Text("甲", "a")
    return Rule(
        *("asked", Condition(feature, operator, threshold), WhenMissing(missing), text, text),
        *(Basis.REGULATION, "a source", date(2026, 1, 1), None),
    )


def ruled(*rules: Rule) -> Release:
    return replace(RELEASE, rules=rules)


@pytest.mark.parametrize(
    ("feature", "operator", "threshold", "missing", "value", "passes"),
    [
        ("orders_12m", Operator.BELOW, 5, "refuse", 4, True),
        ("orders_12m", Operator.BELOW, 5, "refuse", 5, False),
        ("orders_12m", Operator.BELOW, 5, "refuse", None, False),
        ("orders_12m", Operator.BELOW, 5, "allow", None, True),
        ("orders_12m", Operator.ABOVE, 5, "allow", 5, False),
        ("orders_12m", Operator.AT_MOST, 5, "allow", 5, True),
        ("orders_12m", Operator.AT_LEAST, 5, "allow", 4, False),
        ("register_active", Operator.DIFFERENT, False, "refuse", None, False),
        ("register_active", Operator.DIFFERENT, False, "allow", None, True),
        ("register_active", Operator.DIFFERENT, False, "allow", False, False),
        ("register_active", Operator.EQUAL, True, "refuse", True, True),
    ],
)
def test_a_rule_passes_what_it_asks_and_treats_the_unknown_as_it_says(
    feature: str,
    operator: Operator,
    threshold: Any,
    missing: str,
    value: Any,
    passes: bool,  # noqa: FBT001
) -> None:
    one = dict.fromkeys(values, 1) | dict.fromkeys(FLAGS, False) | {PURCHASES: 10**9}
    plan = compile_plan(ruled(rule(feature, operator, threshold, missing)), TERMS)
    judged = judge(plan, columns([one | {feature: value}]))
    assert bool(judged.failed[0, 0] == 0) is passes


def test_in_production_an_unverified_rule_of_regulation_refuses_everybody() -> None:
    release = ruled(rule("orders_12m", Operator.AT_LEAST, 0))
    known = columns([dict.fromkeys(values, 1) | dict.fromkeys(FLAGS, False) | {PURCHASES: 10**9}])
    strict = compile_plan(release, replace(TERMS, profile=Profile.PRODUCTION))
    judged = judge(strict, known)
    assert judged.limit.tolist() == [0]
    assert codes(strict, known, judged) == [["unverified.asked"]]
    assert judge(compile_plan(release, TERMS), known).failed[0, 0] == 0


def test_a_rule_does_not_refuse_before_its_day() -> None:
    release = ruled(rule("orders_12m", Operator.ABOVE, 99))
    early = compile_plan(release, replace(TERMS, on=date(2025, 12, 31)))
    assert early.checks == ()


def test_a_rule_on_the_capacity_sees_the_capacity() -> None:
    one = dict.fromkeys(values, 1) | dict.fromkeys(FLAGS, False) | {PURCHASES: 0}
    plan, known = compile_plan(RELEASE, TERMS), columns([one])
    judged = judge(plan, known)
    assert "purchases_too_small" in codes(plan, known, judged)[0]


def scored(**changes: Any) -> Release:
    first = replace(RELEASE.scorecard.characteristics[0], **changes)
    return replace(RELEASE, scorecard=Scorecard(400, (first,)))


def graded(factor: str) -> Release:
    worst, lending = RELEASE.grades.grades[:2]
    return replace(RELEASE, grades=GradeTable((worst, replace(lending, factor=Decimal(factor)))))


WIDE = (Interval(None, Decimal(1), 0), Interval(Decimal(1), None, 300))


@pytest.mark.parametrize(
    ("release", "says"),
    [
        (replace(RELEASE, cap="payment_days"), "cap"),
        (ruled(rule("weather", Operator.AT_LEAST, 1)), "in order"),
        (ruled(rule("orders_12m", Operator.EQUAL, 1)), "in order"),
        (ruled(rule("stop_warning", Operator.AMONG, (True,))), "flag"),
        (ruled(rule(PURCHASES, Operator.AT_LEAST, Decimal("0.5"))), "whole"),
        (ruled(rule("orders_12m", Operator.AT_LEAST, 2**24)), "a count"),
        (ruled(rule("orders_12m", Operator.AT_LEAST, Decimal("0.5"))), "a count"),
        (ruled(*[rule("orders_12m", Operator.AT_LEAST, 1)] * 33), "at most"),
        (scored(bins=WIDE), "byte"),
        (scored(bins=(Category((True,), 1),), direction=Direction.FREE), "intervals"),
        (scored(feature="weather"), "not a number"),
        (graded("0.3333"), "per cents"),
    ],
)
def test_a_release_that_has_no_columns_is_unfit(release: Release, says: str) -> None:
    with pytest.raises(Unfit, match=says):
        compile_plan(release, TERMS)
