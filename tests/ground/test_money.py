"""Money: whole minor units, one currency at a time, nothing lost in a division."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.ground.money import CurrencyMismatch, Inexact, Money

amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


@given(minor=amounts, parts=weights)
def test_a_division_loses_no_fen(minor: int, parts: list[int]) -> None:
    shares = Money(minor).split(parts)
    assert sum(share.minor for share in shares) == minor


@given(minor=amounts, parts=weights)
def test_each_share_is_within_one_fen_of_its_exact_part(minor: int, parts: list[int]) -> None:
    shares = Money(minor).split(parts)
    exact = [Decimal(minor) * part / sum(parts) for part in parts]
    assert all(abs(share.minor - e) < 1 for share, e in zip(shares, exact, strict=True))


def test_two_currencies_do_not_meet() -> None:
    with pytest.raises(CurrencyMismatch, match="USD met CNY"):
        Money(1) + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        sorted([Money(1), Money(1, "USD")])


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("107.50", "GBP", 10750), ("1", "JPY", 1), ("1.234", "KWD", 1234), ("-0.01", "CNY", -1)],
)
def test_an_amount_as_written_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency) == Money(minor, currency)
    assert Money(minor, currency).amount == Decimal(text)


def test_a_part_of_a_fen_is_refused_and_rounding_names_its_mode() -> None:
    with pytest.raises(Inexact):
        Money.of("0.005")
    assert Money.rounded(Decimal("0.005")) == Money(1)
    assert Money.rounded(Decimal("0.005"), mode=ROUND_HALF_EVEN) == Money(0)


def test_money_is_read_aloud_with_its_places() -> None:
    assert [str(Money(123456789)), str(Money(-5, "JPY"))] == ["1,234,567.89 CNY", "-5 JPY"]


def test_a_product_does_not_depend_on_the_threads_decimal_context() -> None:
    factor = Decimal("0.123456789012345678")
    exact = Money(10**15 + 7).times(factor, mode=ROUND_HALF_EVEN)
    with localcontext() as context:
        context.prec = 5
        assert Money(10**15 + 7).times(factor, mode=ROUND_HALF_EVEN) == exact
