"""When one invoice number is another written anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.flows.screening.domain.numbers import rewritten

NUMBER = "08812345"


@pytest.mark.parametrize(
    "other",
    [
        "08812354",
        "08812346",
        "80812345",
        "088123456",
        "8812345",
        "08812345ABC",
        "R08812345",
        "0881235",
    ],
)
def test_one_slip_of_the_pen_is_a_rewriting(other: str) -> None:
    assert rewritten(NUMBER, other)


@pytest.mark.parametrize(
    "other", [NUMBER, "08812453", "18812346", "99999999", "088123450000", "0881", "45", "0882345A9"]
)
def test_more_than_a_slip_is_another_number(other: str) -> None:
    assert not rewritten(NUMBER, other)


digits = st.text("0123456789AB", max_size=10)


@given(digits, digits)
def test_rewriting_goes_both_ways(one: str, other: str) -> None:
    assert rewritten(one, other) == rewritten(other, one)
