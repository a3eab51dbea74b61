"""The redemption waterfall, told as small tables (amounts in fen)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.books.vouchers.domain.waterfall import Claim, Payout, spread

A, B, C = (UUID(int=n) for n in (1, 2, 3))

claims = st.lists(
    st.tuples(st.integers(1, 10**13), st.booleans(), st.none() | st.integers(0, 10**13)),
    min_size=1,
    max_size=20,
).map(
    lambda rows: [
        Claim(UUID(int=n), open_, f"holder {n}", frozen, None if cap is None else "bank", cap or 0)
        for n, (open_, frozen, cap) in enumerate(rows)
    ]
)


def got(cash: int, *claims: Claim) -> list[tuple[str, int]]:
    return [(payout.payee, payout.amount) for payout in spread(cash, claims).payouts]


@pytest.mark.parametrize(
    ("cash", "shares"),
    [
        (1000, [("mill", 500), ("foundry", 300), ("mine", 200)]),
        (10, [("mill", 5), ("foundry", 3), ("mine", 2)]),
        # 0.5, 0.3 and 0.2 fen: the largest part of a fen gets the whole.
        (1, [("mill", 1)]),
        # 1.5, 0.9 and 0.6.
        (3, [("mill", 1), ("foundry", 1), ("mine", 1)]),
    ],
)
def test_cash_is_shared_in_proportion_to_what_is_open_to_the_fen(
    cash: int, shares: list[tuple[str, int]]
) -> None:
    held = Claim(A, 500, "mill"), Claim(B, 300, "foundry"), Claim(C, 200, "mine")
    assert got(cash, *held) == shares


def test_a_spare_fen_between_equals_goes_to_the_fragment_born_first() -> None:
    assert got(1, Claim(A, 5, "mill"), Claim(B, 5, "mine")) == [("mill", 1)]


def test_a_pledgee_is_paid_before_the_holder_up_to_what_is_secured() -> None:
    pledged = Claim(A, 500, "mill", pledgee="bank", secured=300)
    assert got(200, pledged) == [("bank", 200)]
    assert got(500, pledged) == [("bank", 300), ("mill", 200)]


def test_a_frozen_share_stays_with_the_issuer_and_nobody_else_gets_it() -> None:
    shares = spread(10, [Claim(A, 5, "mill", frozen=True), Claim(B, 5, "mine")])
    assert shares.payouts == (Payout(B, "mine", 5),)
    assert shares.withheld == 5


@given(claims=claims, data=st.data())
def test_v6_no_fen_is_lost_and_nobody_is_overpaid(claims: list[Claim], data: st.DataObject) -> None:
    cash = data.draw(st.integers(1, sum(claim.open for claim in claims)))
    shares = spread(cash, claims)
    assert sum(payout.amount for payout in shares.payouts) + shares.withheld == cash
    by_fragment = {claim.fragment: claim for claim in claims}
    paid = dict.fromkeys(by_fragment, 0)
    for payout in shares.payouts:
        claim = by_fragment[payout.fragment]
        paid[payout.fragment] += payout.amount
        assert not claim.frozen
        assert payout.payee == claim.holder or payout.amount <= claim.secured
    assert all(paid[name] <= by_fragment[name].open for name in paid)


@given(claims=claims)
def test_v6_full_cash_pays_every_free_fragment_in_full(claims: list[Claim]) -> None:
    shares = spread(sum(claim.open for claim in claims), claims)
    paid: dict[UUID, int] = {}
    for payout in shares.payouts:
        paid[payout.fragment] = paid.get(payout.fragment, 0) + payout.amount
    assert paid == {claim.fragment: claim.open for claim in claims if not claim.frozen}
