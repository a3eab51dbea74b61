"""From a product's profile to the engine's terms: every choice of the file reaches the contract."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from heliu.credit.engine.api import (
    Bucket,
    DayCount,
    DownPayment,
    FutureRule,
    LeapYear,
    OnAdvance,
    PaymentKind,
    Penalty,
    Terms,
    check_terms,
    schedule,
)
from heliu.credit.lending.domain.agreed import Asked, agreed_terms
from heliu.credit.products.api import CATALOGUE, read_loan_product
from heliu.ground.money import Money

ASKED = Asked(Money(120_000_00), Decimal("0.06"), date(2026, 1, 5), 12)


def terms(stem: str = "instalment_equal_instalment", **changes: Any) -> Terms:
    profile = read_loan_product(CATALOGUE / f"{stem}.yaml")[0].terms
    assert profile is not None
    return agreed_terms({**profile, **changes}, ASKED)


def test_a_profile_and_what_was_asked_make_terms() -> None:
    made = terms()
    assert (made.currency, made.principal, made.annual_rate) == ("CNY", 120_000_00, Decimal("0.06"))
    assert (made.repay_every, made.instalments, made.day_count) == (1, 12, DayCount.THIRTY_360)
    assert made.penalty == Penalty(Decimal("0.09"), Decimal("0.09"), 3)
    rule = made.allocation.rules[PaymentKind.DEFAULT]
    assert rule.order[:4] == (
        *(Bucket.PAST_DUE_PENALTY, Bucket.PAST_DUE_FEE),
        *(Bucket.PAST_DUE_INTEREST, Bucket.PAST_DUE_PRINCIPAL),
    )
    assert (len(set(rule.order)), rule.future) == (12, FutureRule.NEXT)
    assert check_terms(made) is None


def test_a_loan_due_in_one_sum_has_one_period_as_long_as_asked() -> None:
    made = terms("receivable_with_recourse")
    assert (made.repay_every, made.instalments) == (12, 1)
    assert [row.due_date for row in schedule(made).instalments] == [date(2026, 1, 17)]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"penalty": {"multiplier": "0", "compound": True}}, "penalty", None),
        (
            {"penalty": {"multiplier": "2", "compound": False}},
            "penalty",
            Penalty(Decimal("0.12"), Decimal(0), 3),
        ),
        ({"early_repayment": "plan_stands"}, "recalculation", None),
        ({"draws": "tranches"}, "multi_disburse", True),
        ({"draws": "tranches"}, "revolving", False),
        ({"draws": "revolving"}, "revolving", True),
        ({"down_payment": "0.25"}, "down_payment", DownPayment(Decimal(25), automatic=True)),
        ({"amortisation": "balloon", "balloon": "0.3"}, "balloon", 36_000_00),
        ({"day_count": "act_act"}, "leap_year", LeapYear.FULL_LEAP_YEAR),
        ({"prepay_fee": "0.01"}, "prepay_fee_rate", Decimal("0.01")),
        ({"grace": {"principal": 3, "interest": 2, "interest_free": 1}}, "grace_principal", 3),
    ],
)
def test_every_choice_of_the_file_reaches_the_contract(
    changes: dict[str, Any], field: str, value: object
) -> None:
    assert getattr(terms(**changes), field) == value


def test_instalments_are_rounded_to_the_multiple_in_major_units() -> None:
    assert terms(instalment_multiple="10").rounding.instalment_multiple == 10_00
    assert terms().rounding.instalment_multiple == 1


def test_an_early_repayment_makes_smaller_what_the_product_says() -> None:
    rules = terms(early_repayment="reduce_number").recalculation
    assert rules is not None
    assert rules.on_advance is OnAdvance.REDUCE_NUMBER
