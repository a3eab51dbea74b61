"""Amortisation: every fen of a debt is placed, whatever the kind, the grace and the rounding."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.engine.api import Amortisation, RemainderPlace, Rounding, RoundingMode
from heliu.credit.engine.domain.amortisation import Debt, Slot, Spread, spread

ROUNDING = Rounding(RoundingMode.HALF_UP, RemainderPlace.LAST, 1, 1, smooth=True)
MONTH = Decimal("0.005")
factors = st.integers(0, 500).map(lambda n: Decimal(n) / 10_000)
slots = st.builds(Slot, factors, factors.map(lambda f: f * 1000), st.booleans(), st.booleans())
roundings = st.builds(
    Rounding,
    st.sampled_from(RoundingMode),
    st.sampled_from(RemainderPlace),
    st.sampled_from([1, 100, 10_000]),
    st.just(1),
    st.booleans(),
)
debts = st.builds(
    Debt,
    st.sampled_from(Amortisation),
    st.integers(0, 10**12),
    st.lists(slots, min_size=1, max_size=40),
    roundings,
    flat_on=st.none() | st.integers(1, 10**12),
    instalment=st.none() | st.integers(0, 10**11),
)


def debt(kind: Amortisation, count: int = 4, **changed: object) -> Debt:
    made = Debt(kind, 100_000, [Slot(MONTH)] * count, ROUNDING)
    return replace(made, **changed)  # type: ignore[arg-type]


def totals(made: Spread) -> list[int]:
    """The instalments."""
    return [sum(dues) for dues in zip(made.parts.principal, made.parts.interest, strict=True)]


@given(debts)
def test_the_principal_parts_are_the_debt_and_nothing_is_negative(made: Debt) -> None:
    parts = spread(made).parts
    assert sum(parts.principal) == made.balance
    assert min(*parts.principal, *parts.interest) >= 0
    assert parts.carried[-1] == 0


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (
            Amortisation.EQUAL_INSTALMENT,
            [(24813, 500), (24937, 376), (25062, 251), (25188, 126)],
        ),
        (Amortisation.EQUAL_PRINCIPAL, [(25000, 500), (25000, 375), (25000, 250), (25000, 125)]),
        (Amortisation.BULLET, [(0, 500), (0, 500), (0, 500), (100000, 500)]),
        (Amortisation.INTEREST_ONLY_THEN_BULLET, [(0, 500)] * 3 + [(100000, 500)]),
    ],
)
def test_a_thousand_at_half_a_percent_a_month_in_four(
    kind: Amortisation, parts: list[tuple[int, int]]
) -> None:
    made = spread(debt(kind)).parts
    assert list(zip(made.principal, made.interest, strict=True)) == parts


def test_a_balloon_stays_for_the_last_instalment() -> None:
    made = spread(debt(Amortisation.BALLOON, balloon=40_000))
    *before, last = totals(made)
    assert before == [made.instalment] * len(before)
    assert abs(last - 40_000 - made.instalment) <= (len(before) + 1) // 2


def test_flat_interest_is_charged_on_what_was_lent() -> None:
    made = spread(debt(Amortisation.EQUAL_INSTALMENT, flat_on=100_000))
    assert totals(made) == [25_500] * 4


def test_an_instalment_in_whole_yuan_leaves_the_rest_to_the_last() -> None:
    rounding = replace(ROUNDING, instalment_multiple=100)
    made = spread(debt(Amortisation.EQUAL_INSTALMENT, rounding=rounding))
    assert totals(made) == [25_300, 25_300, 25_300, 25_353]


def test_a_cent_that_rounds_away_stays_with_the_last_instalment() -> None:
    rounding = replace(ROUNDING, mode=RoundingMode.DOWN, remainder=RemainderPlace.FIRST)
    made = spread(debt(Amortisation.EQUAL_INSTALMENT, rounding=rounding))
    assert abs(made.parts.last - made.instalment) == 1


@pytest.mark.parametrize("kind", [Amortisation.EQUAL_INSTALMENT, Amortisation.EQUAL_PRINCIPAL])
def test_the_rest_may_go_to_the_first_instalment(kind: Amortisation) -> None:
    rounding = replace(ROUNDING, remainder=RemainderPlace.FIRST, instalment_multiple=1000)
    made = spread(debt(kind, 3, rounding=rounding, balance=100_000))
    principal = made.parts.principal
    _, second, last = principal if kind is Amortisation.EQUAL_PRINCIPAL else totals(made)
    assert abs(second - last) <= 2
    assert second == made.instalment
    assert sum(principal) == 100_000


def test_a_kept_instalment_ends_a_smaller_debt_early() -> None:
    parts = spread(debt(Amortisation.EQUAL_INSTALMENT, balance=40_000, instalment=25_313)).parts
    assert parts.principal == [25_113, 14_887, 0, 0]


def test_interest_put_off_falls_due_with_the_first_period_after_it() -> None:
    late = [Slot(MONTH, interest_later=True, no_principal=True), Slot(MONTH), Slot(MONTH)]
    parts = spread(debt(Amortisation.EQUAL_PRINCIPAL, slots=late)).parts
    assert list(zip(*parts, strict=True)) == [
        (0, 0, 500),
        (50_000, 1_000, 0),
        (50_000, 250, 0),
    ]


def test_a_debt_spared_all_its_principal_falls_due_at_the_end() -> None:
    spared = [Slot(MONTH, no_principal=True)] * 3
    parts = spread(debt(Amortisation.EQUAL_INSTALMENT, slots=spared)).parts
    assert parts.principal == [0, 0, 100_000]


def test_an_instalment_is_shifted_while_that_brings_the_last_one_nearer() -> None:
    # An instalment of 13.333.. a period without interest: 100 periods lose 33 cents to the last.
    smooth = debt(
        Amortisation.EQUAL_INSTALMENT, 300, balance=100_050, slots=[Slot(Decimal(0))] * 300
    )
    rough = replace(smooth, rounding=replace(ROUNDING, smooth=False))
    ends = [abs(s.parts.last - s.instalment) for s in map(spread, (smooth, rough))]
    assert ends[0] <= ends[1]


def test_an_even_division_leaves_nothing_to_the_first() -> None:
    rounding = replace(ROUNDING, remainder=RemainderPlace.FIRST)
    made = spread(
        debt(Amortisation.EQUAL_INSTALMENT, slots=[Slot(Decimal(0))] * 4, rounding=rounding)
    )
    assert totals(made) == [25_000] * 4
