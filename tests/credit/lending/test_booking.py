"""Booking the difference of two folds: any way to a target books the same, backwards included."""

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.lending.domain.booking import Move, after, moves
from heliu.credit.products.api import ACCRUED_FROM, CATALOGUE, Part, read_loan_product

POSTINGS = read_loan_product(CATALOGUE / "working_capital.yaml")[0].postings
BOOKED = [part for part in Part if part < ACCRUED_FROM and POSTINGS.row(part)]

targets = st.dictionaries(st.sampled_from(BOOKED), st.integers(0, 10**12))


def accounts(*batches: list[Move]) -> Counter[str]:
    """Net debit of every role, zeros left out."""
    net: Counter[str] = Counter()
    for batch in batches:
        for move in batch:
            net[move.debit] += move.amount
            net[move.credit] -= move.amount
    return Counter({role: amount for role, amount in net.items() if amount})


def shown(booked: Mapping[Part, int], target: Mapping[Part, int]) -> list[tuple[str, str, int]]:
    return [(move.debit, move.credit, move.amount) for move in moves(POSTINGS, booked, target)]


def test_a_draw_opens_the_loan_before_it_pays_out() -> None:
    drawn = {Part.PRINCIPAL_DISBURSED: 1000, Part.DISCOUNT_KEPT: 30, Part.PAID_OUT: 970}
    assert shown({}, drawn) == [
        ("principal", "clearing", 1000),
        ("clearing", "unearned", 30),
        ("clearing", "funds", 970),
    ]


def test_a_down_payment_out_of_a_draw_is_taken_when_the_draw_is_there() -> None:
    drawn = {Part.PRINCIPAL_DISBURSED: 1000, Part.PAID_OUT: 1000}
    assert shown({}, drawn | {Part.RECEIVED: 250, Part.PRINCIPAL_REPAID: 250}) == [
        ("principal", "clearing", 1000),
        ("clearing", "principal", 250),
        ("clearing", "funds", 1000),
        ("funds", "clearing", 250),
    ]


def test_a_repayment_comes_in_before_it_is_spread() -> None:
    paid = {Part.RECEIVED: 120, Part.PRINCIPAL_REPAID: 100, Part.INTEREST_REPAID: 20}
    assert shown({}, paid) == [
        ("funds", "clearing", 120),
        ("clearing", "principal", 100),
        ("clearing", "interest_receivable", 20),
    ]


def test_a_reversed_repayment_is_booked_backwards_with_the_loan_first() -> None:
    paid = {Part.RECEIVED: 120, Part.PRINCIPAL_REPAID: 100, Part.INTEREST_REPAID: 20}
    assert shown(paid, dict.fromkeys(paid, 0)) == [
        ("principal", "clearing", 100),
        ("interest_receivable", "clearing", 20),
        ("clearing", "funds", 120),
    ]


def test_a_shifted_split_moves_between_components_only() -> None:
    before = {Part.RECEIVED: 120, Part.PRINCIPAL_REPAID: 100, Part.INTEREST_REPAID: 20}
    now = {Part.RECEIVED: 120, Part.PRINCIPAL_REPAID: 95, Part.INTEREST_REPAID: 25}
    assert shown(before, now) == [
        ("principal", "clearing", 5),
        ("clearing", "interest_receivable", 5),
    ]


def test_what_time_earns_is_not_an_act_to_book() -> None:
    assert moves(POSTINGS, {}, {Part.INTEREST_ACCRUED: 77, Part.PROVISION: 5}) == []
    assert after({}, {Part.INTEREST_ACCRUED: 77, Part.RECEIVED: 1}) == {Part.RECEIVED: 1}


@given(st.lists(targets, min_size=1, max_size=6))
def test_any_way_to_a_target_books_what_the_straight_way_does(
    way: list[dict[Part, int]],
) -> None:
    booked: dict[Part, int] = {}
    steps = []
    for target in way:
        whole = {part: target.get(part, 0) for part in BOOKED}
        steps.append(moves(POSTINGS, booked, whole))
        booked = after(booked, whole)
    straight = moves(POSTINGS, {}, way[-1])
    assert accounts(*steps) == accounts(straight)
    assert booked == {part: amount for part, amount in way[-1].items() if amount}


@given(targets)
def test_debits_equal_credits_and_every_amount_is_positive(target: dict[Part, int]) -> None:
    booked = moves(POSTINGS, {}, target)
    assert sum(accounts(booked).values()) == 0
    assert all(move.amount > 0 for move in booked)
