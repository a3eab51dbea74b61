"""Value, haircut, coverage and margin calls, told as small tables (amounts in fen)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.collateral.domain.cover import (
    Coverage,
    CoverTerms,
    LotValue,
    Standing,
    cover,
    needed,
    value_of,
)
from heliu.credit.collateral.domain.goods import GoodsPolicy, Haircut
from heliu.credit.collateral.domain.margin import MarginKind, MarginState, steps
from heliu.credit.collateral.domain.price import Doubt, Judged, Known, Price, Quote, judge, quote
from heliu.ground.money import Money
from heliu.ground.text import Text

DAY = date(2026, 3, 2)
STEEL = GoodsPolicy(
    "STEEL",
    Text("钢", "steel"),
    "TNE",
    (Haircut(90, 2000), Haircut(180, 5000)),
    1000,
    5,
    1000,
    whole_units=False,
)
TERMS = CoverTerms(required_bp=12_000, trigger_bp=11_000, stop_bp=10_000, cure_days=3)


def price(amount: str, on: date = DAY) -> Price:
    return Price("STEEL", "TNE", "CNY", Decimal(amount), on, "EXCHANGE")


def standing(milli: int, found: Quote, age: int = 0) -> Standing:
    return Standing(UUID(int=1), milli, DAY - timedelta(days=age), STEEL, found)


def worth(lendable: int, debt: int) -> Coverage:
    value = LotValue(UUID(int=1), lendable, lendable, None, too_old=False)
    return Coverage(Money(debt), (value,), ())


@pytest.mark.parametrize(
    ("age", "doubt", "lendable", "too_old"),
    [
        (0, None, 308_520_00, False),  # 100 t at 3,856.50 less 20 %
        (89, None, 308_520_00, False),
        (90, None, 192_825_00, False),
        (179, None, 192_825_00, False),
        (180, None, 0, True),
        (0, Doubt.WILD, 269_955_00, False),  # 10 % more is cut
        (90, Doubt.STALE, 154_260_00, False),
    ],
)
def test_goods_are_cut_by_their_age_and_more_where_the_price_is_doubted(
    age: int, doubt: Doubt | None, lendable: int, *, too_old: bool
) -> None:
    value = value_of(standing(100_000, Quote(price("3856.50"), doubt), age), DAY, "CNY")
    assert (value.market, value.lendable, value.too_old) == (385_650_00, lendable, too_old)


def test_goods_without_any_price_are_worth_nothing() -> None:
    value = value_of(standing(100_000, quote(None, STEEL, DAY)), DAY, "CNY")
    assert (value.market, value.lendable, value.doubt) == (0, 0, Doubt.MISSING)


@pytest.mark.parametrize(
    ("last", "next_", "judged"),
    [
        (None, "9", Judged.GOOD),
        ("1000", "1100", Judged.GOOD),
        ("1000", "1100.01", Judged.WILD),
        ("1000", "900", Judged.GOOD),
        ("1000", "899.99", Judged.WILD),
        ("1000", "0.01", Judged.WILD),
    ],
)
def test_a_price_that_jumps_is_not_believed(last: str | None, next_: str, judged: Judged) -> None:
    known = price(last) if last else None
    assert judge(price(next_), known, STEEL) is judged


@pytest.mark.parametrize(
    ("age", "wild", "doubt"),
    [(0, False, None), (5, False, None), (6, False, Doubt.STALE), (0, True, Doubt.WILD)],
)
def test_a_quote_says_when_it_is_old_or_another_price_waits(
    age: int, doubt: Doubt | None, *, wild: bool
) -> None:
    last = price("1000", DAY - timedelta(days=age))
    assert quote(Known(last, wild), STEEL, DAY) == Quote(last, doubt)


@pytest.mark.parametrize(
    ("lendable", "debt", "ratio_bp", "met", "shortfall"),
    [
        (120, 100, 12_000, True, 0),
        (119, 100, 11_900, False, 1),
        (0, 0, None, True, 0),
        (5, 0, None, True, 0),
        (0, 7, 0, False, 9),  # 120 % of 7 is 8.4: nine fen are needed
    ],
)
def test_coverage_is_what_may_be_lent_over_what_is_owed(
    lendable: int, debt: int, ratio_bp: int | None, shortfall: int, *, met: bool
) -> None:
    found = worth(lendable, debt)
    assert found.ratio_bp == ratio_bp
    assert found.meets(12_000) is met
    assert found.shortfall(12_000) == Money(shortfall)


@pytest.mark.parametrize(
    ("state", "lendable", "days", "kinds"),
    [
        (MarginState(), 120, 0, []),
        (MarginState(), 110, 0, []),  # below the required line, not below the trigger
        (MarginState(), 109, 0, [MarginKind.CALLED]),
        (MarginState(), 99, 0, [MarginKind.CALLED, MarginKind.STOPPED]),
        (MarginState(DAY), 115, 0, []),  # better, but not cured
        (MarginState(DAY), 120, 0, [MarginKind.CURED]),
        (MarginState(DAY), 109, 0, []),  # the cure date itself still counts
        (MarginState(DAY), 109, 1, [MarginKind.BREACHED]),
        (MarginState(DAY), 99, 1, [MarginKind.STOPPED, MarginKind.BREACHED]),
        (MarginState(DAY, stopped=True), 99, 0, []),
        (MarginState(DAY, stopped=True, breached=True), 99, 9, []),
        (MarginState(DAY, stopped=True, breached=True), 120, 9, [MarginKind.CURED]),
    ],
)
def test_a_margin_call_runs_from_the_trigger_to_its_cure_or_its_breach(
    state: MarginState, lendable: int, days: int, kinds: list[MarginKind]
) -> None:
    moved = steps(state, TERMS, worth(lendable, 100), DAY + timedelta(days=days))
    assert [event.kind for event in moved] == kinds


def test_a_call_names_its_cure_date_and_what_lacks() -> None:
    (called,) = steps(MarginState(), TERMS, worth(105, 100), DAY)
    assert (called.cure_by, called.coverage_bp) == (date(2026, 3, 5), 10_500)
    assert called.shortfall == Money(15)


@given(
    lendables=st.lists(st.integers(0, 300), max_size=30),
    debt=st.integers(1, 200),
)
def test_the_same_day_again_moves_nothing_and_a_stop_stands_until_the_cure(
    lendables: list[int], debt: int
) -> None:
    state = MarginState()
    for day, lendable in enumerate(lendables):
        on, found = DAY + timedelta(days=day), worth(lendable, debt)
        for event in steps(state, TERMS, found, on):
            state = state.after(event)
        assert steps(state, TERMS, found, on) == ()
        assert state.cure_by is None or not found.meets(TERMS.required_bp)
        assert state.stopped or found.meets(TERMS.stop_bp)


@given(
    milli=st.integers(1, 10**9),
    fen=st.integers(1, 10**7),
    age=st.integers(0, 400),
    doubt=st.sampled_from([None, Doubt.STALE, Doubt.WILD]),
    debt=st.integers(0, 10**12),
)
def test_value_is_never_rounded_up_and_never_negative(
    milli: int, fen: int, age: int, doubt: Doubt | None, debt: int
) -> None:
    found = cover(
        Money(debt), [standing(milli, Quote(price(str(Decimal(fen) / 100)), doubt), age)], DAY
    )
    assert 0 <= found.lendable.minor <= found.market.minor
    assert found.market.minor * 1000 <= milli * fen < (found.market.minor + 1) * 1000
    assert found.meets(10_000) == (found.lendable.minor >= needed(Money(debt), 10_000).minor)
