"""What people type is read as they mean it; what is wrong stands beside its field."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.pages.api import Form, amount, yuan
from heliu.channels.pages.rendering import percent


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1234.50", 123_450),
        ("1,234.5", 123_450),
        (" ¥0.01 ", 1),
        ("１２３４．５０", 123_450),
        ("200", 20_000),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, fen: int) -> None:
    form = Form({"amount": [typed]})
    assert form.money("amount") == fen
    assert form.errors == {}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "this is needed"),
        ("two hundred", "write an amount such as 1234.50"),
        ("NaN", "write an amount such as 1234.50"),
        ("1e9999", "write an amount such as 1234.50"),
        ("Infinity", "write an amount such as 1234.50"),
        ("0.001", "an amount has at most two decimals"),
        ("-5", "at least 0.01 yuan"),
        ("9" * 40, "write an amount such as 1234.50"),
        ("500.01", "at most 500.00 yuan"),
    ],
)
def test_what_is_no_amount_is_told_beside_the_field(typed: str, why: str) -> None:
    form = Form({"amount": [typed]})
    assert form.money("amount", most=50_000) is None
    assert form.errors["amount"].en == why
    assert form.shown("amount") == typed


@given(st.integers(min_value=1, max_value=10**12))
def test_an_amount_shown_is_read_back(fen: int) -> None:
    assert Form({"a": [yuan(fen)]}).money("a") == fen


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_told_never_raised(typed: str) -> None:
    form = Form({"x": [typed]})
    readings = [
        form.money("x"),
        form.number("x"),
        form.date("x"),
        form.id("x"),
        form.choice("x", Colour),
    ]
    assert bool(form.errors) == any(reading is None for reading in readings)


def test_a_date_a_choice_and_a_long_text_are_read_or_refused() -> None:
    form = Form({"on": ["2026-03-31"], "colour": ["red"], "note": ["x" * 201]})
    assert form.date("on") == date(2026, 3, 31)
    assert form.choice("colour", Colour) is Colour.RED
    form.text("note")
    assert form.errors["note"].en == "at most 200 characters"


def test_below_zero_is_written_with_a_true_minus() -> None:
    assert (amount(-1), yuan(-123_456)) == ("\N{MINUS SIGN}0.01", "\N{MINUS SIGN}¥1,234.56")


def test_a_rate_is_written_as_a_percentage() -> None:
    assert percent(Decimal("0.0435")) == "4.35%"
