"""What law says of a loan: tenors, caps and who is paid, by dated rules that are cited."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.origination.house import CONSUMER, WORKING_CAPITAL, yuan

from heliu.credit.origination.api import Filing, Manner, Standing
from heliu.credit.origination.domain.law import (
    Reading,
    against_law,
    manner_of,
    months_after,
    needed_rules,
)
from heliu.credit.origination.domain.requirements import Law
from heliu.credit.origination.requirements_file import packaged
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

ON = date(2026, 3, 2)
NOTHING_OWED = Standing(yuan("0"), existing=False)


def reading(profile: Profile = Profile.STANDARD) -> Reading:
    return Reading(in_force(ON, profile))


def forbidden(filing: Filing, law: Law, standing: Standing = NOTHING_OWED) -> list[str]:
    return [line.code for line in against_law(filing, (law,), standing, reading())]


@pytest.mark.parametrize(
    ("law", "days", "allowed"),
    [
        (Law.WORKING_CAPITAL, 1096, True),  # 2029-03-02, three years to the day
        (Law.WORKING_CAPITAL, 1097, False),
        (Law.CONSUMER, 365, True),
        (Law.CONSUMER, 366, False),
        (Law.VOUCHER, 365, True),
        (Law.VOUCHER, 366, False),
        (Law.PERSONAL_BUSINESS, 3660, True),
    ],
)
def test_a_loan_ends_within_the_months_law_allows(law: Law, days: int, *, allowed: bool) -> None:
    filing = replace(CONSUMER, amount=yuan("1000"), tenor_days=days)
    assert forbidden(filing, law) == ([] if allowed else ["origination.tenor_too_long"])


@pytest.mark.parametrize(
    ("asked", "owed", "allowed"),
    [("200000", "0", True), ("200000.01", "0", False), ("60000", "140000", True),
     ("60000", "140000.01", False)],
)  # fmt: skip
def test_a_persons_consumer_credit_stays_within_the_cap_all_together(
    asked: str, owed: str, *, allowed: bool
) -> None:
    standing = Standing(yuan(owed), existing=True)
    found = forbidden(replace(CONSUMER, amount=yuan(asked)), Law.CONSUMER, standing)
    assert found == ([] if allowed else ["origination.person_cap"])


@pytest.mark.parametrize(
    ("law", "amount", "ordinary", "manner"),
    [
        (Law.WORKING_CAPITAL, "10000000", False, Manner.SELF),
        (Law.WORKING_CAPITAL, "10000000.01", False, Manner.ENTRUSTED),
        (Law.WORKING_CAPITAL, "1", True, Manner.ENTRUSTED),
        (Law.CONSUMER, "300000", True, Manner.SELF),
        (Law.CONSUMER, "300000.01", False, Manner.ENTRUSTED),
        (Law.PERSONAL_BUSINESS, "500000.01", False, Manner.ENTRUSTED),
        (Law.VOUCHER, "99999999", True, Manner.SELF),
    ],
)
def test_large_payments_and_new_ordinary_borrowers_are_paid_through_the_bank(
    law: Law, amount: str, *, ordinary: bool, manner: Manner
) -> None:
    paid = manner_of(WORKING_CAPITAL, (law,), yuan(amount), reading(), ordinary=ordinary)
    assert paid is manner


def test_without_a_named_payee_the_size_of_a_working_capital_loan_entrusts_nothing() -> None:
    alone = replace(WORKING_CAPITAL, payee=None)
    laws = (Law.WORKING_CAPITAL,)
    assert manner_of(alone, laws, yuan("99999999"), reading(), ordinary=False) is Manner.SELF


def test_law_in_yuan_is_not_read_for_dollars() -> None:
    dollars = replace(CONSUMER, amount=Money(100, "USD"), turnover=Money(100, "USD"))
    with pytest.raises(Refusal) as refused:
        forbidden(dollars, Law.CONSUMER, Standing(Money(0, "USD"), existing=False))
    assert refused.value.code == "origination.currency"


def test_every_rule_that_was_read_is_cited_once_with_its_source_and_mark() -> None:
    read = reading()
    for _ in range(2):
        against_law(CONSUMER, (Law.CONSUMER,), NOTHING_OWED, read)
    cited = read.cited()
    assert [one["id"] for one in cited] == ["consumer.person_cap", "consumer.bullet_tenor_max"]
    assert all(one["source"] and one["verified"] is False for one in cited)


def test_in_production_an_unverified_law_refuses_whoever_reads_it() -> None:
    with pytest.raises(Refusal) as refused:
        against_law(CONSUMER, (Law.CONSUMER,), NOTHING_OWED, reading(Profile.PRODUCTION))
    assert refused.value.code == "regulation.unverified"


@pytest.mark.parametrize("name", sorted(packaged()))
def test_every_rule_a_product_needs_is_in_force(name: str) -> None:
    rules = in_force(ON, Profile.STANDARD)
    assert all(rules.get(rule_id) for rule_id in needed_rules(packaged()[name]))


@given(start=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_months_last(start: date, months: int) -> None:
    end = months_after(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and months_after(end, 0) == end)
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
