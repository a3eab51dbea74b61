"""Release on payment: what leaves is paid for, what stays covers the rest."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.collateral.domain.cover import Coverage, CoverTerms, Standing, cover
from heliu.credit.collateral.domain.goods import GoodsPolicy, Haircut
from heliu.credit.collateral.domain.lot import Holding, Lot, LotStatus
from heliu.credit.collateral.domain.price import Price, Quote
from heliu.credit.collateral.domain.releasing import (
    Paid,
    Stock,
    buy_back_amount,
    release_in_turn,
    release_quantities,
)
from heliu.ground.money import Money
from heliu.ground.text import Text

DAY = date(2026, 3, 2)
TERMS = CoverTerms(required_bp=10_000, trigger_bp=9_000, stop_bp=8_000, cure_days=3)
PLAIN = GoodsPolicy(
    "G", Text("货", "goods"), "TNE", (Haircut(360, 3000),), 1000, 5, 1000, whole_units=False
)

Rows = list[tuple[int, int]]  # thousandths pledged and price in fen, by lot


def holdings(stock: Rows) -> dict[UUID, Holding]:
    return {
        UUID(int=n): Holding(LotStatus.PLEDGED, milli, milli, held=True)
        for n, (milli, _) in enumerate(stock, start=1)
    }


def covered(stock: Rows, held: dict[UUID, Holding], debt: int) -> Coverage:
    prices = dict(zip(held, (fen for _, fen in stock), strict=True))
    standings = [
        Standing(
            *(id_, holding.covering_milli, DAY, PLAIN),
            Quote(Price("G", "TNE", "CNY", Decimal(prices[id_]) / 100, DAY, "X"), None),
        )
        for id_, holding in held.items()
        if holding.covering_milli
    ]
    return cover(Money(debt), standings, DAY)


def leaving(held: dict[UUID, Holding], step: int = 1) -> dict[UUID, Stock]:
    return {id_: Stock("G", step, holding) for id_, holding in held.items()}


def freed(rows: Rows, paid: int, financed: int, debt: int, step: int = 1) -> list[int]:
    held = holdings(rows)
    free = release_quantities(
        Paid(Money(financed), Money(paid), Money(debt)),
        *(TERMS, leaving(held, step), covered(rows, held, debt)),
    )
    return [free.get(id_, 0) for id_ in held]


def freed_in_turn(rows: Rows, paid: int, financed: int, debt: int, turn: list[int]) -> list[int]:
    held = holdings(rows)
    free = release_in_turn(
        Paid(Money(financed), Money(paid), Money(debt)),
        *(TERMS, leaving(held), covered(rows, held, debt), [UUID(int=n) for n in turn]),
    )
    return [free.get(id_, 0) for id_ in held]


@pytest.mark.parametrize(
    ("paid", "debt", "free"),
    [
        (0, 70_00, 0),
        (10_00, 60_00, 142),  # a seventh of a thousand, rounded down
        (35_00, 35_00, 500),
        (35_00, 70_00, 0),  # paid, but interest eats the cover: it stays
        (35_00, 60_00, 142),  # what is not needed to cover the rest
        (70_00, 0, 1000),
        (0, 0, 1000),  # nothing is owed any more
    ],
)
def test_a_payment_frees_its_share_as_far_as_the_rest_stays_covered(
    paid: int, debt: int, free: int
) -> None:
    # One ton at 100.00 less 30 % lends 70.00.
    (quantity,) = freed([(1000, 100_02)], paid, 70_00, debt)
    assert quantity == pytest.approx(free, abs=1)
    assert quantity <= free


def test_whole_units_leave_one_by_one() -> None:
    # Ten cars, half of them paid less a fen: four leave.
    assert freed([(10_000, 100_000_00)], 39_999_99, 80_000_00, 40_000_01, 1000) == [4000]


def test_goods_whose_custodian_kept_silent_wait_for_the_last_payment() -> None:
    held = {UUID(int=1): Holding(LotStatus.PLEDGED, 1000, 1000, held=False)}
    nothing = Coverage(Money(1), (), ())
    paid = Paid(Money(100), Money(99), Money(1))
    stock, first = leaving(held), [UUID(int=1)]
    assert release_quantities(paid, TERMS, stock, nothing) == {}
    assert release_in_turn(paid, TERMS, stock, nothing, first) == {}
    settled = Paid(Money(100), Money(100), Money(0))
    assert release_quantities(settled, TERMS, stock, nothing) == {UUID(int=1): 1000}
    assert release_in_turn(settled, TERMS, stock, nothing, []) == {UUID(int=1): 1000}


@pytest.mark.parametrize(
    ("paid", "debt", "turn", "free"),
    [
        (35_00, 35_00, [1, 2], [499, 0]),  # half of a ton of two, from the first lot alone
        (52_50, 17_50, [1, 2], [500, 249]),  # the first lot is gone, the second begins
        (52_50, 17_50, [2], [0, 500]),  # only what is named
        (52_50, 52_50, [2, 1], [0, 249]),  # what is owed all the same stays covered
        (70_00, 0, [2], [500, 500]),
    ],
)
def test_lots_leave_in_turn_as_far_as_the_goods_of_their_kind_are_paid(
    paid: int, debt: int, turn: list[int], free: list[int]
) -> None:
    # Two half tons at 100.00 a ton less 30 % lend 35.00 each.
    found = freed_in_turn([(500, 100_02)] * 2, paid, 70_00, debt, turn)
    assert found == pytest.approx(free, abs=1)


def test_goods_that_are_worth_nothing_leave_as_they_are_paid() -> None:
    assert freed_in_turn([(1000, 200_00), (500, 0)], 35_00, 70_00, 35_00, [2]) == [0, 500]


def leaves(
    paid: Paid, stock: dict[UUID, Stock], worth: Coverage, turn: list[int] | None
) -> dict[UUID, int]:
    if turn is None:
        return release_quantities(paid, TERMS, stock, worth)
    order = [UUID(int=n) for n in turn if UUID(int=n) in stock]
    return release_in_turn(paid, TERMS, stock, worth, order)


@given(
    stock=st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=5),
    financed=st.integers(1, 10**9),
    payments=st.lists(st.integers(1, 10**8), max_size=6),
    interest=st.integers(0, 10**6),
    step=st.sampled_from([1, 1000]),
    turn=st.none() | st.permutations(range(1, 6)),
)
def test_what_is_freed_is_paid_for_and_what_stays_covers_and_all_is_conserved(
    stock: Rows,
    financed: int,
    payments: list[int],
    interest: int,
    step: int,
    turn: list[int] | None,
) -> None:
    held, paid = holdings(stock), 0
    for payment in payments:
        paid = min(financed, paid + payment)
        debt = financed - paid + (interest if paid < financed else 0)
        before = covered(stock, held, debt)
        free = leaves(
            Paid(Money(financed), Money(paid), Money(debt)), leaving(held, step), before, turn
        )
        assert debt == 0 or all(quantity % step == 0 for quantity in free.values())
        assert all(0 < quantity <= held[id_].remaining_milli for id_, quantity in free.items())
        for id_, quantity in free.items():
            held[id_] = replace(held[id_], released_milli=held[id_].released_milli + quantity)
        after = covered(stock, held, debt)
        assert not free or after.meets(TERMS.required_bp)
        for holding in held.values():
            assert holding.released_milli + holding.remaining_milli == holding.pledged_milli
            own = holding.released_milli * financed <= holding.pledged_milli * paid
            assert debt == 0 or turn or own
        gone = sum(holding.released_milli for holding in held.values())
        assert debt == 0 or gone * financed <= paid * sum(h.pledged_milli for h in held.values())
        assert debt or all(holding.remaining_milli == 0 for holding in held.values())


@pytest.mark.parametrize(("debt", "rest", "amount"), [(900, 400, 400), (300, 400, 300), (9, 0, 0)])
def test_a_seller_buys_back_what_he_still_holds_and_no_more_than_is_owed(
    debt: int, rest: int, amount: int
) -> None:
    lot = Lot("A", "B", "yard", "1", 1, "G", "G", "TNE", 1000, "CNY", DAY, cost=Money(1000))
    assert buy_back_amount(Money(debt), [(lot, rest)]) == Money(amount)
