"""The cumulative engine on loans of our own: each plan reckoned by hand (amounts in cents)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.credit.engine.planning import PLAIN, Book, drawn

from heliu.credit.engine.api import (
    Allocation,
    Amortisation,
    Charge,
    Compounding,
    DayCount,
    DownPayment,
    EventKind,
    InterestCalculation,
    InterestType,
    OnAdvance,
    PeriodUnit,
    PreClose,
    Processing,
    Profile,
    Recalculation,
    RemainderPlace,
    Rest,
    Rounding,
    RoundingMode,
    ScheduleType,
    Status,
    Strategy,
    Terms,
    fold,
    quote,
)

K = EventKind
START, FEB, MAR, APR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
FOLLOWS = Recalculation(
    PreClose.TILL_PRE_CLOSE_DATE,
    OnAdvance.REDUCE_INSTALMENT,
    Rest.DAILY,
    1,
    Compounding.NONE,
    disallow_on_past_due=False,
)
WHOLE = Rounding(RoundingMode.HALF_EVEN, RemainderPlace.LAST, 100, 1, smooth=True)
TERMS = replace(
    PLAIN,
    currency="EUR",
    principal=120_000,
    annual_rate=Decimal("0.12"),
    submitted_on=START,
    starts_on=START,
    profile=Profile.PEER,
    schedule_type=ScheduleType.CUMULATIVE,
    amortisation=Amortisation.EQUAL_INSTALMENT,
    interest_calculation=InterestCalculation.SAME_AS_REPAYMENT_PERIOD,
    day_count=DayCount.ACT_ACT,
    instalments=3,
    rounding=WHOLE,
    penalty=None,
    recalculation=None,
    multi_disburse=True,
    allocation=Allocation(Strategy.PENALTIES_FEES_INTEREST_PRINCIPAL, Processing.VERTICAL, {}),
)
DAILY = replace(
    TERMS, interest_calculation=InterestCalculation.DAILY, partial_period_interest=False
)


def lent(terms: Terms, on: date = START, amount: int | None = None) -> Book:
    return drawn(terms, on, amount)


def plan(terms: Terms, book: Book, on: date = START) -> list[tuple[int, int]]:
    return [(row.principal, row.interest) for row in fold(terms, book.events, on).instalments]


@pytest.mark.parametrize(
    ("terms", "rows"),
    [
        # 120,000 at 1 % a month: an instalment of 408.03, in whole units 408.
        (TERMS, [(39_600, 1200), (39_996, 804), (40_404, 404)]),
        # By days: 31, 28, 31 of 365; the instalment by months of thirty days over 365.
        (DAILY, [(39_577, 1223), (40_060, 740), (40_363, 411)]),
        # Equal principal, unrounded.
        (
            replace(TERMS, amortisation=Amortisation.EQUAL_PRINCIPAL),
            [(40_000, 1200), (40_000, 800), (40_000, 400)],
        ),
        # Flat: 3 % of all, a third each.
        (replace(TERMS, interest_type=InterestType.FLAT), [(40_000, 1200)] * 3),
        # Flat by days: 90 of 365.
        (
            replace(DAILY, interest_type=InterestType.FLAT),
            [(40_016, 1184), (40_016, 1184), (39_968, 1183)],
        ),
        (
            replace(DAILY, interest_type=InterestType.FLAT, day_count=DayCount.ACT_360),
            [(40_000, 1200)] * 3,
        ),
        (
            replace(
                TERMS, interest_type=InterestType.FLAT, partial_period_interest=False,
                grace_principal=1, interest_free=1,
            ),
            [(0, 0), (60_000, 1200), (60_000, 1200)],
        ),
        # Grace: no principal in the first month; its interest falls due with the second.
        (
            replace(TERMS, grace_principal=1, grace_interest=1),
            [(0, 0), (58_500, 2400), (61_500, 615)],
        ),
        (replace(TERMS, interest_free=1), [(40_800, 0), (40_008, 792), (39_192, 392)]),
        # 30/360 by days: whole months of thirty days.
        (
            replace(DAILY, day_count=DayCount.THIRTY_360),
            [(39_600, 1200), (39_996, 804), (40_404, 404)],
        ),
        (
            replace(
                TERMS, partial_period_interest=False,
                rounding=replace(WHOLE, instalment_multiple=1),
            ),
            [(39_603, 1200), (39_999, 804), (40_398, 404)],
        ),
    ],
)  # fmt: skip
def test_the_plan_of_twelve_hundred(terms: Terms, rows: list[tuple[int, int]]) -> None:
    assert plan(terms, lent(terms)) == rows


def test_by_weeks_a_rate_is_a_fifty_second() -> None:
    terms = replace(TERMS, repay_unit=PeriodUnit.WEEK, annual_rate=Decimal("0.52"))
    assert plan(terms, lent(terms))[0][1] == 1200


def test_by_days_a_rate_is_a_three_hundred_and_sixty_fifth() -> None:
    terms = replace(TERMS, repay_unit=PeriodUnit.DAY, repay_every=10, annual_rate=Decimal("0.365"))
    assert plan(terms, lent(terms))[0][1] == 1200


def test_without_interest_the_last_instalment_takes_the_rest() -> None:
    terms = replace(TERMS, annual_rate=Decimal(0), principal=100_000)
    assert plan(terms, lent(terms)) == [(33_300, 0), (33_300, 0), (33_400, 0)]


def test_money_drawn_later_is_spread_over_what_is_left_of_the_plan() -> None:
    book = lent(TERMS, amount=60_000)
    book.add(K.DISBURSE, date(2026, 2, 15), 60_000)
    # 600.00 + 14 of 28 days of February on the second draw: 204.00 + 600.00 x 1 % / 2.
    first, second, third = plan(TERMS, book, date(2026, 2, 15))
    assert first == (40_200, 600)
    assert second == (40_302, 498)
    assert sum(principal for principal, _ in (first, second, third)) == 120_000


def test_money_drawn_after_maturity_falls_due_a_period_later() -> None:
    terms = replace(TERMS, annual_rate=Decimal(0), instalments=1)
    book = lent(terms, amount=60_000)
    book.add(K.DISBURSE, date(2026, 2, 10), 60_000)
    rows = fold(terms, book.events, date(2026, 2, 10)).instalments
    assert [(row.due_date, row.principal) for row in rows] == [(FEB, 60_000), (MAR, 60_000)]


def test_a_down_payment_stands_before_the_instalments() -> None:
    terms = replace(
        TERMS, annual_rate=Decimal(0), down_payment=DownPayment(Decimal(25), automatic=True)
    )
    book = lent(terms)
    book.add(K.DOWN_PAYMENT, START, 30_000)
    state = fold(terms, book.events, START)
    assert [row.principal for row in state.instalments] == [30_000] * 4
    assert state.instalments[0].settled_on == START


def test_a_payment_goes_to_the_oldest_instalment_and_the_surplus_is_held() -> None:
    book = lent(TERMS)
    book.add(K.ADD_CHARGE, START, 500, Charge(FEB, is_penalty=False))
    book.add(K.ADD_CHARGE, START, 700, Charge(date(2026, 5, 1), is_penalty=True))
    book.add(K.REPAY, FEB, 41_300)
    state = fold(TERMS, book.events, FEB)
    paid = state.transactions[-1]
    assert (paid.fees, paid.interest, paid.principal) == (500, 1200, 39_600)
    asked = quote(TERMS, book.events, FEB)
    book.add(K.PAY_OFF, FEB, asked.total + 5)
    state = fold(TERMS, book.events, FEB)
    assert (state.status, state.overpaid) == (Status.OVERPAID, 5)
    assert [charge.paid for charge in state.charges] == [500, 700]
    assert state.instalments[-1].additional


@pytest.mark.parametrize(
    ("strategy", "parts"),
    [
        (Strategy.DUE_PENALTY_INTEREST_PRINCIPAL_FEE_THEN_SAME, (200, 1200, 8600, 0)),
        (Strategy.DUE_PENALTY_FEE_INTEREST_PRINCIPAL_THEN_PRINCIPAL, (200, 0, 9800, 0)),
    ],
)
def test_a_penalty_that_is_due_goes_before_an_instalment_that_is_not(
    strategy: Strategy, parts: tuple[int, ...]
) -> None:
    terms = replace(TERMS, allocation=replace(TERMS.allocation, strategy=strategy))
    book = lent(terms)
    book.add(K.ADD_CHARGE, START, 200, Charge(date(2026, 1, 15), is_penalty=True))
    book.add(K.ADD_CHARGE, START, 300, Charge(date(2026, 1, 25), is_penalty=False))
    book.add(K.REPAY, date(2026, 1, 15), 10_000)
    paid = fold(terms, book.events, date(2026, 1, 15)).transactions[-1]
    assert (paid.penalties, paid.interest, paid.principal, paid.fees) == parts


def test_an_instalment_that_is_due_goes_before_the_charges_of_the_next() -> None:
    strategy = Strategy.DUE_PENALTY_FEE_INTEREST_PRINCIPAL_THEN_PRINCIPAL
    terms = replace(TERMS, allocation=replace(TERMS.allocation, strategy=strategy))
    book = lent(terms)
    book.add(K.ADD_CHARGE, START, 200, Charge(date(2026, 2, 10), is_penalty=True))
    book.add(K.REPAY, date(2026, 2, 10), 50_000)
    first, second, _ = fold(terms, book.events, date(2026, 2, 10)).instalments
    assert (first.outstanding, second.penalties_paid, second.principal_paid) == (0, 200, 9_000)


# -- interest that follows what was really paid ----------------------------------------------

REAL = replace(DAILY, recalculation=FOLLOWS, rounding=WHOLE)


def test_late_principal_goes_on_bearing_interest_until_today() -> None:
    book = lent(REAL)
    # All 120,000 for the first four days of February, 80,423 for the others: 158 + 635.
    late = fold(REAL, book.events, date(2026, 2, 5)).instalments
    assert [row.interest for row in late][:2] == [1223, 793]


def test_or_until_it_was_paid() -> None:
    book = lent(REAL)
    book.add(K.REPAY, date(2026, 2, 5), 40_800)
    rows = fold(REAL, book.events, date(2026, 2, 20)).instalments
    assert [row.interest for row in rows][:2] == [1223, 158 + 635]


def test_compounding_charges_interest_on_late_interest_too() -> None:
    terms = replace(REAL, recalculation=replace(FOLLOWS, compounding=Compounding.INTEREST))
    plain_, compounded = (
        fold(one, lent(one).events, date(2026, 2, 28)).instalments[1].interest
        for one in (REAL, terms)
    )
    assert compounded - plain_ == 11  # 1,223 x 12 % x 27 / 365


def test_early_money_lowers_the_balance_from_its_day() -> None:
    book = lent(REAL)
    book.add(K.REPAY, date(2026, 1, 16), 20_000)
    # 120,000 for fifteen days, 100,000 for sixteen: 592 + 526.
    first = fold(REAL, book.events, date(2026, 1, 16)).instalments[0]
    assert (first.interest, first.principal, first.in_advance) == (1118, 39_682, 20_000)


def test_or_from_the_next_rest_day() -> None:
    terms = replace(REAL, recalculation=replace(FOLLOWS, rest=Rest.SAME_AS_REPAYMENT))
    book = lent(terms)
    book.add(K.REPAY, date(2026, 1, 16), 20_000)
    assert fold(terms, book.events, date(2026, 1, 16)).instalments[0].interest == 1223


def test_more_than_the_instalment_makes_the_others_smaller() -> None:
    book = lent(REAL)
    book.add(K.REPAY, FEB, 60_800)
    rows = fold(REAL, book.events, FEB).instalments
    assert rows[0].principal == 59_577
    assert [row.due for row in rows[1:]] == [30_700, 30_588]


def test_early_money_beyond_the_instalment_does_so_too() -> None:
    book = lent(REAL)
    book.add(K.REPAY, date(2026, 1, 16), 60_000)
    rows = fold(REAL, book.events, date(2026, 1, 16)).instalments
    assert (rows[0].principal, rows[0].interest) == (60_000, 592 + 316)
    assert rows[1].due == 30_400


def test_or_ends_the_loan_earlier() -> None:
    terms = replace(REAL, recalculation=replace(FOLLOWS, on_advance=OnAdvance.REDUCE_NUMBER))
    book = lent(terms)
    book.add(K.REPAY, FEB, 90_000)
    assert len(fold(terms, book.events, FEB).instalments) == 2


def test_paid_off_inside_a_period_it_bears_interest_until_that_day() -> None:
    book, day = lent(REAL), date(2026, 1, 16)
    asked = quote(REAL, book.events, day)
    assert (asked.principal, asked.interest) == (120_000, 592)
    book.add(K.PAY_OFF, day, asked.total)
    state = fold(REAL, book.events, day)
    assert (state.status, state.instalments[-1].due_date, state.closed_on) == (
        Status.CLOSED, day, day,
    )  # fmt: skip


def test_paid_off_on_a_due_date_it_ends_there() -> None:
    book = lent(REAL)
    book.add(K.PAY_OFF, FEB, quote(REAL, book.events, FEB).total)
    state = fold(REAL, book.events, FEB)
    assert (state.status, len(state.instalments)) == (Status.CLOSED, 1)
