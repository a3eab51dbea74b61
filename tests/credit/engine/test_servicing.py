"""Servicing on the bank's plan: what each event does, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.credit.engine.planning import FOLLOWS, PLAIN, START, Book, allocation, drawn, plain

from heliu.credit.engine.api import (
    Amortisation,
    BusinessDayConvention,
    Calendar,
    Charge,
    DayCount,
    Detail,
    DownPayment,
    EventKind,
    Extension,
    InterestPause,
    InterestType,
    LoanEvent,
    MonthEnd,
    OnAdvance,
    Penalty,
    Profile,
    RateChange,
    Repricing,
    RepricingRule,
    Reschedule,
    Restructure,
    Reversal,
    ScheduleType,
    Status,
    Terms,
    balances,
    check,
    check_terms,
    fold,
    quote,
    schedule,
)

K = EventKind
FEB, MAR, APR = date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 10)
EQUAL = plain(Amortisation.EQUAL_PRINCIPAL)
INSTALMENTS = plain(Amortisation.EQUAL_INSTALMENT)


def dues(terms: Terms, book: Book, on: date) -> list[tuple[int, int]]:
    return [(row.principal, row.interest) for row in fold(terms, book.events, on).instalments]


def test_early_principal_makes_the_instalments_smaller() -> None:
    book = drawn(EQUAL)
    book.add(K.REPAY, FEB, 206_200 + 500_000)
    assert dues(EQUAL, book, FEB)[:2] == [(700_000, 6200), (100_000, 2333)]


@pytest.mark.parametrize("rule", [OnAdvance.REDUCE_NUMBER, OnAdvance.ADJUST_LAST_UNPAID])
def test_or_ends_the_loan_earlier(rule: OnAdvance) -> None:
    terms = replace(EQUAL, recalculation=replace(FOLLOWS, on_advance=rule))
    book = drawn(terms)
    book.add(K.REPAY, FEB, 206_200 + 500_000)
    principal = [part for part, _ in dues(terms, book, FEB)]
    assert principal == [700_000, 200_000, 200_000, 100_000]


def test_where_the_plan_stands_early_money_pays_instalments_in_their_order() -> None:
    terms = replace(EQUAL, recalculation=None)
    book = drawn(terms)
    book.add(K.REPAY, START, 206_200 + 50_000)
    first, second, *_ = fold(terms, book.events, START).instalments
    assert (first.paid, second.interest_paid, second.principal_paid) == (206_200, 4667, 45_333)
    assert first.in_advance == 206_200


def test_a_rate_change_keeps_what_was_paid_ahead_on_a_plan_that_stands() -> None:
    terms = replace(INSTALMENTS, recalculation=None)
    book = drawn(terms)
    book.add(K.REPAY, START, 900_000)
    book.add(K.RATE_CHANGE, MAR, None, RateChange(Decimal("0.36")))
    state = fold(terms, book.events, MAR)
    assert sum(row.principal for row in state.instalments) == terms.principal
    assert all(row.principal >= row.principal_paid for row in state.instalments)


def test_money_beyond_the_debt_is_held_and_serves_what_comes_due_later() -> None:
    book = drawn(EQUAL)
    book.add(K.REPAY, FEB, 1_250_000)
    state = fold(EQUAL, book.events, FEB)
    assert (state.status, state.overpaid, state.closed_on) == (Status.OVERPAID, 43_800, FEB)
    book.add(K.ADD_CHARGE, MAR, 10_000, Charge(MAR, is_penalty=False, name="dunning"))
    book.add(K.ADD_CHARGE, MAR, 1_000, Charge(MAR, is_penalty=True))
    state = fold(EQUAL, book.events, MAR)
    assert (state.overpaid, [charge.paid for charge in state.charges]) == (32_800, [10_000, 1_000])


def test_charges_fall_into_their_instalment_or_after_maturity() -> None:
    book = drawn(EQUAL)
    book.add(K.ADD_CHARGE, START, 500, Charge(MAR, is_penalty=False))
    late = date(2026, 8, 1)
    book.add(K.ADD_CHARGE, START, 700, Charge(late, is_penalty=True))
    book.add(K.ADD_CHARGE, START, 300, Charge(date(2026, 8, 20), is_penalty=True))
    rows = fold(EQUAL, book.events, START).instalments
    assert rows[1].fees == 500
    assert (rows[-1].penalties, rows[-1].due_date, rows[-1].additional) == (
        1000, date(2026, 8, 20), True,
    )  # fmt: skip


def test_a_down_payment_is_due_at_once_and_the_rest_amortised() -> None:
    terms = replace(EQUAL, down_payment=DownPayment(Decimal(25), automatic=False))
    book = drawn(terms)
    book.add(K.DOWN_PAYMENT, START, 300_000)
    rows = fold(terms, book.events, START).instalments
    assert [row.principal for row in rows] == [300_000] + [150_000] * 6
    assert (rows[0].down_payment, rows[0].settled_on) == (True, START)


def test_a_line_may_be_drawn_again_after_it_was_repaid() -> None:
    terms = plain(Amortisation.INTEREST_ONLY_THEN_BULLET, revolving=True)
    book = drawn(terms, amount=1_200_000)
    book.add(K.REPAY, FEB, 806_200)
    book.add(K.DISBURSE, MAR, 300_000)
    state = fold(terms, book.events, MAR)
    assert [row.interest for row in state.instalments][:3] == [6200, 1867, 3617]
    assert state.principal_outstanding == 700_000


def test_money_drawn_after_the_plan_ended_is_due_at_once() -> None:
    terms = replace(EQUAL, multi_disburse=True)
    book = drawn(terms, amount=600_000)
    book.add(K.DISBURSE, date(2026, 9, 1), 1000)
    last = fold(terms, book.events, date(2026, 9, 1)).instalments[-1]
    assert (last.due_date, last.principal, last.additional) == (date(2026, 9, 1), 1000, True)


def test_a_moved_due_date_moves_all_later_ones() -> None:
    book = drawn(EQUAL)
    book.add(K.RESCHEDULE, FEB, None, Reschedule(MAR, date(2026, 3, 20)))
    rows = fold(EQUAL, book.events, FEB).instalments
    assert [row.due_date.day for row in rows[:3]] == [10, 20, 20]
    assert rows[1].interest == 6333  # 1,000,000 x 6 % x 38 / 360
    assert rows[2].from_date == rows[1].due_date


def test_a_bullet_is_extended_by_moving_its_day() -> None:
    terms = plain(Amortisation.BULLET, instalments=3)
    book = drawn(terms)
    book.add(K.EXTEND, MAR, None, Extension(1))
    (row,) = fold(terms, book.events, MAR).instalments
    assert (row.due_date, row.interest) == (date(2026, 5, 10), 24_000)


def test_an_extension_known_after_the_loan_matured_changes_nothing() -> None:
    book = drawn(EQUAL)
    book.add(K.EXTEND, date(2026, 8, 1), None, Extension(2))
    assert len(fold(EQUAL, book.events, date(2026, 8, 1)).instalments) == 6


def test_a_discount_is_extended_by_a_period_that_bears_interest() -> None:
    terms = plain(Amortisation.DISCOUNT, recalculation=None, instalments=1)
    book = drawn(terms)
    book.add(K.EXTEND, START, None, Extension(1))
    state = fold(terms, book.events, START)
    assert dues(terms, book, START) == [(0, 6200), (1_200_000, 5600)]
    assert quote(terms, book.events, START).interest == 5600
    assert balances(state, START).interest_accrued == 0


def test_what_was_charged_on_a_plan_that_was_restructured_falls_due_with_the_new_one() -> None:
    book = drawn(EQUAL)
    book.add(K.ADD_CHARGE, START, 500, Charge(APR, is_penalty=False))
    book.add(K.REPAY, date(2026, 2, 20), 250_000)
    agreed = Restructure(3, Decimal("0.03"), date(2027, 3, 1))
    book.add(K.RESTRUCTURE, date(2026, 3, 1), None, agreed)
    state = fold(EQUAL, book.events, date(2026, 3, 1))
    new = [row for row in state.instalments if row.from_date >= date(2026, 3, 1)]
    assert sum(row.principal for row in new) == state.principal_outstanding
    assert [row.fees for row in new] == [500, 0, 0]
    assert state.charges[0].amount == 500
    assert state.observed_until == date(2027, 3, 1)


def test_a_discount_can_be_restructured() -> None:
    terms = plain(Amortisation.DISCOUNT, recalculation=None, instalments=1)
    book = drawn(terms)
    book.add(K.RESTRUCTURE, START, None, Restructure(2, Decimal("0.06"), date(2027, 1, 1)))
    assert [row.principal for row in fold(terms, book.events, START).instalments][-1] == 1_200_000


def test_a_fee_on_early_repayment_stands_beside_the_plan() -> None:
    book = drawn(EQUAL)
    book.add(K.PREPAY_FEE, FEB, 900)
    last = fold(EQUAL, book.events, FEB).transactions[-1]
    assert (last.kind.value, last.fees, last.balance) == ("prepay_fee", 900, 1_200_000)


def test_a_write_off_gives_up_what_was_earned_in_the_running_period_too() -> None:
    book = drawn(EQUAL)
    book.add(K.WRITE_OFF, date(2026, 1, 25))
    lost = fold(EQUAL, book.events, date(2026, 1, 25)).transactions[-1]
    assert (lost.principal, lost.interest, lost.amount) == (1_200_000, 3000, 1_203_000)


def test_penalties_may_be_served_after_what_is_due() -> None:
    terms = replace(EQUAL, allocation=allocation(("principal", "interest", "fee", "penalty")))
    book = drawn(terms)
    book.add(K.REPAY, date(2026, 2, 20), 206_200)
    paid = fold(terms, book.events, date(2026, 2, 20)).transactions[-1]
    assert (paid.principal, paid.interest, paid.penalty_interest) == (200_000, 6200, 0)


def test_without_penalty_terms_nothing_accrues_on_what_is_overdue() -> None:
    terms = replace(EQUAL, penalty=None)
    state = fold(terms, drawn(terms).events, date(2027, 1, 1))
    assert (state.penalty_accrued, state.compound_accrued) == (0, 0)


def test_a_quote_before_the_money_is_out_is_nothing() -> None:
    assert quote(EQUAL, [], START).total == 0


def test_where_the_plan_stands_a_quote_asks_for_all_of_it() -> None:
    terms = replace(EQUAL, recalculation=None)
    asked = quote(terms, drawn(terms).events, START)
    assert (asked.principal, asked.interest) == (1_200_000, 21_067)


def test_a_plan_before_the_money_is_out_has_nothing_paid() -> None:
    assert {row.settled_on for row in schedule(EQUAL).instalments} == {None}


def test_early_money_on_the_day_of_the_down_payment_joins_the_first_instalment() -> None:
    terms = replace(EQUAL, down_payment=DownPayment(Decimal(25), automatic=False))
    book = drawn(terms)
    book.add(K.DOWN_PAYMENT, START, 400_000)
    rows = fold(terms, book.events, START).instalments
    assert [row.principal for row in rows][:3] == [300_000, 233_333, 133_333]


def test_early_money_on_a_discount_pays_principal_alone() -> None:
    terms = plain(Amortisation.DISCOUNT, instalments=1)
    book = drawn(terms)
    book.add(K.REPAY, date(2026, 1, 20), 200_000)
    state = fold(terms, book.events, date(2026, 1, 20))
    assert (state.principal_outstanding, state.transactions[-1].interest) == (1_000_000, 0)
    assert quote(terms, book.events, date(2026, 1, 20)).total == 1_000_000


def test_early_money_smaller_than_the_interest_earned_pays_that_alone() -> None:
    book = drawn(EQUAL)
    book.add(K.REPAY, date(2026, 1, 20), 100)
    state = fold(EQUAL, book.events, date(2026, 1, 20))
    assert (state.principal_outstanding, state.instalments[0].interest_paid) == (1_200_000, 100)


def test_a_loan_restructured_or_repriced_after_it_matured_keeps_what_it_owes() -> None:
    book = drawn(EQUAL)
    late = date(2026, 8, 1)
    book.add(K.RATE_CHANGE, late, None, RateChange(Decimal("0.01")))
    assert fold(EQUAL, book.events, late).principal_outstanding == 1_200_000
    book.add(K.REPAY, late, 2_000_000)
    assert fold(EQUAL, book.events, late).status is Status.OVERPAID


# -- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "on", "amount", "detail", "code"),
    [
        (K.REPAY, date(2026, 1, 9), 100, None, "engine.not_disbursed"),
        (K.REPAY, FEB, None, None, "engine.amount_invalid"),
        (K.REPAY, FEB, -5, None, "engine.amount_invalid"),
        (K.DISBURSE, FEB, 100, None, "engine.single_disbursement"),
        (K.RATE_CHANGE, FEB, None, None, "engine.detail_invalid"),
        (K.RATE_CHANGE, FEB, None, RateChange(Decimal("-0.01")), "engine.event_impossible"),
        (K.RATE_CHANGE, FEB, None, RateChange(Decimal("NaN")), "engine.event_impossible"),
        (K.RATE_CHANGE, FEB, None, RateChange(Decimal(11)), "engine.event_impossible"),
        (K.RESCHEDULE, FEB, None, Reschedule(date(2026, 3, 9), APR), "engine.event_impossible"),
        (K.RESCHEDULE, FEB, None, Reschedule(MAR, FEB), "engine.event_impossible"),
        (K.EXTEND, FEB, None, Extension(0), "engine.event_impossible"),
        (K.EXTEND, date(2026, 8, 1), None, Extension(1), "engine.event_impossible"),
        (K.RESTRUCTURE, FEB, None, Restructure(0, Decimal(0), APR), "engine.event_impossible"),
        (K.RESTRUCTURE, FEB, None, Restructure(3, Decimal(0), FEB), "engine.event_impossible"),
        (K.RESTRUCTURE, FEB, None, Restructure(3, Decimal(-1), APR), "engine.event_impossible"),
        (K.INTEREST_PAUSE, FEB, None, InterestPause(FEB), "engine.event_impossible"),
        (K.RECOVER, FEB, 100, None, "engine.not_written_off"),
        (K.REVERSE, FEB, None, Reversal(9), "engine.not_reversible"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_with_a_cure(
    kind: EventKind, on: date, amount: int | None, detail: Detail | None, code: str
) -> None:
    book = drawn(EQUAL)
    event = LoanEvent(2, kind, on, on, book.events[0].id, amount, detail)
    refusal = check(EQUAL, book.events, event)
    assert refusal is not None
    assert refusal.code == code
    assert all((refusal.reason.zh, refusal.reason.en, refusal.cure.zh, refusal.cure.en))


def refused(terms: Terms, book: Book, event: LoanEvent) -> str | None:
    refusal = check(terms, book.events[:-1], event)
    return None if refusal is None else refusal.code


def test_a_closed_loan_takes_no_repayment_restructuring_or_write_off() -> None:
    book = drawn(EQUAL)
    book.add(K.PAY_OFF, FEB, quote(EQUAL, book.events, FEB).total)
    agreed = Restructure(3, Decimal("0.06"), APR)
    assert refused(EQUAL, book, book.add(K.REPAY, MAR, 5)) == "engine.loan_closed"
    book.events.pop()
    assert refused(EQUAL, book, book.add(K.RESTRUCTURE, MAR, None, agreed)) == "engine.loan_closed"
    book.events.pop()
    assert refused(EQUAL, book, book.add(K.WRITE_OFF, MAR)) == "engine.loan_closed"


def test_a_loan_written_off_takes_recoveries_alone_and_keeps_them() -> None:
    book = drawn(EQUAL)
    book.add(K.WRITE_OFF, FEB)
    assert refused(EQUAL, book, book.add(K.REPAY, MAR, 5)) == "engine.written_off"
    book.events.pop()
    assert refused(EQUAL, book, book.add(K.RECOVER, MAR, 5)) is None
    undo = book.add(K.REVERSE, MAR, None, Reversal(2))
    assert refused(EQUAL, book, undo) == "engine.not_reversible"


def test_a_due_date_may_be_moved_before_it_falls_due() -> None:
    book = drawn(EQUAL)
    move = book.add(K.RESCHEDULE, FEB, None, Reschedule(MAR, date(2026, 3, 20)))
    assert refused(EQUAL, book, move) is None


def test_no_loan_is_written_off_before_its_last_draw() -> None:
    terms = replace(EQUAL, multi_disburse=True)
    book = drawn(terms, amount=1000)
    book.add(K.DISBURSE, MAR, 1000)
    assert refused(terms, book, book.add(K.WRITE_OFF, FEB)) == "engine.event_impossible"
    book.events.pop()
    assert refused(terms, book, book.add(K.WRITE_OFF, MAR)) is None


def test_nothing_is_drawn_after_maturity() -> None:
    terms = replace(EQUAL, multi_disburse=True)
    book = drawn(terms, amount=1000)
    late = book.add(K.DISBURSE, date(2027, 1, 1), 1000)
    assert refused(terms, book, late) == "engine.event_impossible"


def test_a_reversal_is_as_if_the_event_had_never_been() -> None:
    book = drawn(INSTALMENTS)
    before = fold(INSTALMENTS, book.events, APR)
    book.add(K.EXTEND, FEB, None, Extension(3))
    book.add(K.REVERSE, MAR, None, Reversal(2))
    assert fold(INSTALMENTS, book.events, APR) == before


@pytest.mark.parametrize("schedule_type", ScheduleType)
def test_the_peers_loans_are_not_serviced(schedule_type: ScheduleType) -> None:
    terms = replace(
        INSTALMENTS, profile=Profile.PEER, schedule_type=schedule_type, penalty=None,
        recalculation=None, day_count=DayCount.ACT_365F,
    )  # fmt: skip
    book = drawn(terms)
    change = book.add(K.RATE_CHANGE, MAR, None, RateChange(Decimal("0.05")))
    assert refused(terms, book, change) == "engine.unsupported"
    book.events.pop()
    assert refused(terms, book, book.add(K.REPAY, MAR, 50)) is None


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(EQUAL, currency="yuan"), "currency"),
        (replace(EQUAL, principal=0), "principal"),
        (replace(EQUAL, annual_rate=Decimal(-1)), "annual_rate"),
        (replace(EQUAL, instalments=0), "instalments"),
        (replace(EQUAL, penalty=Penalty(Decimal(-1), Decimal(0), 0)), "penalty"),
        (replace(EQUAL, penalty=Penalty(Decimal(0), Decimal(0), -1)), "penalty"),
        (replace(EQUAL, prepay_fee_rate=Decimal(2)), "prepay_fee_rate"),
        (
            replace(EQUAL, repricing=Repricing("LPR", "1Y", Decimal(2), RepricingRule.QUARTER)),
            "repricing",
        ),
        (
            replace(
                EQUAL, calendar=Calendar(MonthEnd.CLAMP, BusinessDayConvention.FOLLOWING, "NOWHERE")
            ),
            "calendar",
        ),
        (replace(EQUAL, day_count=DayCount.ACT_ACT), "leap_year"),
        (plain(Amortisation.BULLET, interest_type=InterestType.FLAT), "interest_type"),
        (plain(Amortisation.DISCOUNT, annual_rate=Decimal(5)), "annual_rate"),
    ],
)
def test_impossible_terms_name_their_field(terms: Terms, field: str) -> None:
    refusal = check_terms(terms)
    assert refusal is not None
    assert refusal.facts["field"] == field


def test_the_plain_loan_is_possible() -> None:
    assert check_terms(PLAIN) is None


def test_interest_that_was_put_off_and_paid_early_is_not_quoted_again() -> None:
    terms = replace(INSTALMENTS, grace_interest=1, multi_disburse=True)
    book = drawn(terms, amount=1_000_000)
    paid_on, again, later = (START + timedelta(days) for days in (6, 8, 9))
    book.add(K.PAY_OFF, paid_on, quote(terms, book.events, paid_on).total)
    book.add(K.DISBURSE, again, 60_000)
    told = quote(terms, book.events, later)
    assert (told.principal, told.interest) == (60_000, 10)
    book.add(K.PAY_OFF, later, told.total)
    state = fold(terms, book.events, later)
    assert (state.status, state.overpaid) == (Status.CLOSED, 0)


def put_off_and_paid() -> tuple[Terms, Book]:
    """Interest of the first month is put off, paid off early, and money is drawn again."""
    terms = replace(INSTALMENTS, grace_interest=1, multi_disburse=True)
    book = drawn(terms, amount=1_000_000)
    paid_on = START + timedelta(days=6)
    book.add(K.PAY_OFF, paid_on, quote(terms, book.events, paid_on).total)
    book.add(K.DISBURSE, START + timedelta(days=8), 60_000)
    return terms, book


def test_interest_that_was_put_off_and_paid_early_is_not_written_off() -> None:
    terms, book = put_off_and_paid()
    later = START + timedelta(days=9)
    book.add(K.WRITE_OFF, later, None)
    lost = fold(terms, book.events, later).transactions[-1]
    assert (lost.principal, lost.interest) == (60_000, 10)


def test_interest_that_was_put_off_and_paid_early_is_not_agreed_anew() -> None:
    terms, book = put_off_and_paid()
    later = START + timedelta(days=9)
    book.add(K.RESTRUCTURE, later, None, Restructure(3, terms.annual_rate, date(2027, 1, 1)))
    told = quote(terms, book.events, later)
    assert (told.principal, told.interest) == (60_000, 10)


def test_a_charge_known_early_does_not_hide_how_long_a_later_drawing_is_overdue() -> None:
    terms = replace(
        EQUAL,
        principal=2_000_000,
        multi_disburse=True,
        down_payment=DownPayment(Decimal(30), automatic=False),
    )
    book = drawn(terms, amount=1_000_000)
    day = [START + timedelta(n) for n in range(51)]
    book.add(K.REPAY, day[1], 1_000_000 + 1_000)
    book.add(K.ADD_CHARGE, day[40], 300, Charge(day[5], is_penalty=False))
    book.add(K.DISBURSE, day[10], 10_000)
    state = fold(terms, book.events, day[50])
    open_ = sum(row.outstanding for row in state.instalments if row.down_payment)
    assert open_ > 0
    assert state.penalty_units == 300_000 + open_ * 40  # the first down payment came a day late
