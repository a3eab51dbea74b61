"""Laws of the loan engine: nothing is lost or paid twice, the order of recording is nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from heliu.credit.engine.api import (
    Allocation,
    AllocationRule,
    Amortisation,
    Bucket,
    BusinessDayConvention,
    Calendar,
    Charge,
    Compounding,
    DayCount,
    DownPayment,
    EventKind,
    FutureRule,
    InterestCalculation,
    InterestType,
    LoanEvent,
    MonthEnd,
    OnAdvance,
    PaymentKind,
    PeriodUnit,
    PreClose,
    Processing,
    Profile,
    Recalculation,
    RemainderPlace,
    Rest,
    Reversal,
    Rounding,
    RoundingMode,
    ScheduleType,
    StartRule,
    Status,
    Strategy,
    Terms,
    accrued,
    balances,
    check,
    check_terms,
    event_from_json,
    event_to_json,
    fold,
    quote,
    schedule,
    terms_from_json,
    terms_to_json,
)

START = date(2026, 1, 31)
NO_ID = UUID(int=0)
DAILY = Recalculation(
    PreClose.TILL_PRE_CLOSE_DATE,
    OnAdvance.ADJUST_LAST_UNPAID,
    Rest.DAILY,
    1,
    Compounding.NONE,
    disallow_on_past_due=False,
)
PLAIN = Terms(
    currency="CNY",
    principal=10_000_00,
    annual_rate=Decimal("0.12"),
    submitted_on=START,
    starts_on=START,
    schedule_type=ScheduleType.PROGRESSIVE,
    interest_type=InterestType.DECLINING_BALANCE,
    amortisation=Amortisation.EQUAL_INSTALMENT,
    interest_calculation=InterestCalculation.DAILY,
    partial_period_interest=False,
    day_count=DayCount.ACT_360,
    leap_year=None,
    repay_every=1,
    repay_unit=PeriodUnit.MONTH,
    instalments=6,
    start_rule=StartRule.DISBURSEMENT,
    allocation=Allocation(
        Strategy.BUCKETS,
        Processing.HORIZONTAL,
        {PaymentKind.DEFAULT: AllocationRule(tuple(Bucket), FutureRule.NEXT)},
    ),
    rounding=Rounding(RoundingMode.HALF_EVEN, RemainderPlace.LAST, 1, 1, smooth=True),
    calendar=Calendar(MonthEnd.CLAMP, BusinessDayConvention.UNADJUSTED, None),
    multi_disburse=True,
    profile=Profile.PEER,
)


def ruled(future: FutureRule, processing: Processing, *, recalculated: bool) -> Terms:
    """The plain terms under another allocation, with or without interest recalculation."""
    rules = {PaymentKind.DEFAULT: AllocationRule(tuple(Bucket), future)}
    return replace(
        PLAIN,
        allocation=Allocation(Strategy.BUCKETS, processing, rules),
        recalculation=DAILY if recalculated else None,
    )


loans = st.builds(
    ruled, st.sampled_from(FutureRule), st.sampled_from(Processing), recalculated=st.booleans()
).flatmap(
    lambda terms: st.builds(
        replace,
        st.just(terms),
        instalments=st.integers(1, 8),
        annual_rate=st.sampled_from([Decimal(0), Decimal("0.0435"), Decimal("0.24")]),
        day_count=st.sampled_from([DayCount.THIRTY_360, DayCount.ACT_ACT, DayCount.ACT_365F]),
    )
)
moves = st.lists(
    st.tuples(
        st.sampled_from([EventKind.REPAY, EventKind.REPAY, EventKind.ADD_CHARGE]),
        st.integers(0, 300),
        st.integers(1, 3_000_00),
    ),
    max_size=8,
)


def life(moves: Sequence[tuple[EventKind, int, int]]) -> list[LoanEvent]:
    """A disbursement of everything, then payments and fees some days after the start."""
    events = [LoanEvent(1, EventKind.DISBURSE, START, START, NO_ID, PLAIN.principal)]
    for kind, days, amount in moves:
        day = START + timedelta(days)
        detail = Charge(day, is_penalty=False) if kind is EventKind.ADD_CHARGE else None
        events.append(LoanEvent(len(events) + 1, kind, day, day, NO_ID, amount, detail))
    return events


END = START + timedelta(400)


@settings(max_examples=60, deadline=None)
@given(loans, moves)
def test_principal_is_conserved_and_what_is_paid_is_paid_once(
    terms: Terms, moves: list[tuple[EventKind, int, int]]
) -> None:
    state = fold(terms, life(moves), END)
    paid = sum(row.principal_paid for row in state.instalments)
    assert sum(row.principal for row in state.instalments) == state.disbursed
    assert state.principal_outstanding == state.disbursed - paid
    received = sum(amount for kind, _, amount in moves if kind is EventKind.REPAY)
    assert sum(row.paid for row in state.instalments) + state.overpaid == received


@settings(max_examples=60, deadline=None)
@given(loans, moves)
def test_no_row_is_overpaid_and_a_surplus_means_that_nothing_is_open(
    terms: Terms, moves: list[tuple[EventKind, int, int]]
) -> None:
    state = fold(terms, life(moves), END)
    for row in state.instalments:
        parts = (row.principal, row.interest, row.fees, row.penalties)
        paid = (row.principal_paid, row.interest_paid, row.fees_paid, row.penalties_paid)
        assert all(0 <= mine <= due for mine, due in zip(paid, parts, strict=True))
    assert not state.overpaid or not state.outstanding


@settings(max_examples=60, deadline=None)
@given(loans, moves, st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(
    terms: Terms, moves: list[tuple[EventKind, int, int]], shuffle: st.DataObject
) -> None:
    events = life(sorted(moves, key=lambda move: move[1]))
    recorded = list(events)
    shuffle.shuffle(recorded)  # type: ignore[attr-defined]
    assert fold(terms, recorded, END) == fold(terms, events, END)


@settings(max_examples=60, deadline=None)
@given(loans, moves, st.integers(0, 7))
def test_what_is_reversed_never_happened(
    terms: Terms, moves: list[tuple[EventKind, int, int]], pick: int
) -> None:
    events = life(moves)
    later = [event for event in events if event.kind is not EventKind.DISBURSE]
    of = later[pick % len(later)].no if later else 1
    undo = LoanEvent(len(events) + 1, EventKind.REVERSE, END, END, NO_ID, None, Reversal(of))
    without = [event for event in events if event.no != of]
    assert fold(terms, [*events, undo], END) == fold(terms, without, END)


orders = st.permutations(list(Bucket)).map(tuple) | st.just(tuple(Bucket))
recalculations = st.none() | st.builds(
    replace,
    st.just(DAILY),
    pre_close=st.sampled_from(PreClose),
    on_advance=st.sampled_from(OnAdvance),
    disallow_on_past_due=st.booleans(),
)
odd_loans = st.builds(
    replace,
    loans,
    schedule_type=st.sampled_from(ScheduleType),
    recalculation=recalculations,
    allocation=st.builds(
        lambda order, future, processing: Allocation(
            *(Strategy.BUCKETS, processing),
            {PaymentKind.DEFAULT: AllocationRule(order, future)},
        ),
        *(orders, st.sampled_from(FutureRule), st.sampled_from(Processing)),
    ),
)


@settings(max_examples=120, deadline=None)
@given(odd_loans, moves, st.integers(0, 60))
def test_what_is_quoted_closes_the_loan_in_whatever_order_it_is_served(
    terms: Terms, moves: list[tuple[EventKind, int, int]], days: int
) -> None:
    assume(check_terms(terms) is None)
    events: list[LoanEvent] = []
    for event in sorted(life(moves), key=lambda event: event.on):
        events += [event] if check(terms, events, event) is None else []
    day = max(event.on for event in events) + timedelta(days)
    total = quote(terms, events, day).total
    assume(total)
    paid = LoanEvent(len(moves) + 2, EventKind.PAY_OFF, day, day, NO_ID, total)
    assert check(terms, events, paid) is None
    state = fold(terms, [*events, paid], day)
    assert (state.outstanding, state.principal_outstanding) == (0, 0)
    assert state.overpaid == fold(terms, events, day).overpaid


def test_money_drawn_after_the_end_of_a_settled_plan_is_asked_for_and_paid() -> None:
    late, paid_on = START + timedelta(300), START + timedelta(320)
    fee = Charge(START + timedelta(250), is_penalty=False)
    events = [
        LoanEvent(1, EventKind.DISBURSE, START, START, NO_ID, 5_000_00),
        LoanEvent(2, EventKind.ADD_CHARGE, START, START, NO_ID, 100, fee),
    ]
    total = quote(PLAIN, events, late).total
    events.append(LoanEvent(3, EventKind.PAY_OFF, late, late, NO_ID, total))
    events.append(LoanEvent(4, EventKind.DISBURSE, late, late, NO_ID, 1_000_00))
    assert quote(PLAIN, events, paid_on).total == 1_000_00
    events.append(LoanEvent(5, EventKind.PAY_OFF, paid_on, paid_on, NO_ID, 1_000_00))
    assert fold(PLAIN, events, paid_on).status is Status.CLOSED


def test_a_cumulative_plan_that_was_repaid_early_takes_no_more_draws() -> None:
    terms = replace(PLAIN, schedule_type=ScheduleType.CUMULATIVE, recalculation=DAILY)
    day = START + timedelta(40)
    events = [LoanEvent(1, EventKind.DISBURSE, START, START, NO_ID, 5_000_00)]
    total = quote(terms, events, day).total
    events.append(LoanEvent(2, EventKind.PAY_OFF, day, day, NO_ID, total))
    drawn = LoanEvent(3, EventKind.DISBURSE, day, day, NO_ID, 1_000_00)
    refused = check(terms, events, drawn)
    assert refused is not None
    assert "cumulative" in refused.reason.en


@settings(max_examples=60, deadline=None)
@given(loans)
def test_the_plan_returns_the_principal_in_rows_that_hang_together(terms: Terms) -> None:
    rows = schedule(terms).instalments
    assert sum(row.principal for row in rows) == terms.principal
    assert rows[-1].balance == 0
    assert all(one.due_date == other.from_date for one, other in pairwise(rows))
    assert all(row.principal >= 0 and row.interest >= 0 for row in rows)


@given(st.integers(0, 10**9), st.integers(1, 400))
def test_daily_accruals_sum_to_the_interest_of_the_period(interest: int, days: int) -> None:
    steps = [accrued(interest, day, days) for day in range(days + 1)]
    assert (steps[0], steps[-1]) == (0, interest)
    assert all(one <= other for one, other in pairwise(steps))


@settings(max_examples=40, deadline=None)
@given(loans, moves)
def test_terms_and_events_come_back_from_their_snapshots(
    terms: Terms, moves: list[tuple[EventKind, int, int]]
) -> None:
    assert terms_from_json(terms_to_json(terms)) == terms
    assert [event_from_json(event_to_json(event)) for event in life(moves)] == life(moves)


def test_balances_tell_what_is_due_what_runs_and_since_when_it_is_late() -> None:
    terms = replace(PLAIN, day_count=DayCount.THIRTY_360)
    on = date(2026, 3, 10)
    told = balances(fold(terms, life([]), on), on)
    rows = schedule(terms).instalments
    assert told.oldest_unpaid_due == rows[0].due_date == date(2026, 2, 28)
    assert told.interest_due == told.interest_overdue == rows[0].interest == 100_00
    assert told.principal_overdue == rows[0].principal
    assert told.interest_accrued == accrued(rows[1].interest, 10, 31)
    assert told.principal == terms.principal


def test_a_down_payment_falls_due_with_its_disbursement() -> None:
    terms = replace(PLAIN, down_payment=DownPayment(Decimal(20), automatic=False))
    first = schedule(terms).instalments[0]
    assert (first.down_payment, first.due_date, first.principal) == (True, START, 2_000_00)


IMPOSSIBLE = [
    ({"currency": "yuan"}, "currency"),
    ({"principal": 0}, "principal"),
    ({"annual_rate": Decimal("-0.01")}, "annual_rate"),
    ({"annual_rate": Decimal("10.01")}, "annual_rate"),
    ({"balloon": 1}, "balloon"),
    ({"rounding": replace(PLAIN.rounding, instalment_multiple=0)}, "rounding"),
    ({"down_payment": DownPayment(Decimal(100), automatic=False)}, "down_payment"),
    ({"instalments": 0}, "instalments"),
    ({"instalments": 100_000}, "instalments"),
    ({"repay_every": 0}, "repay_every"),
    ({"grace_principal": 6}, "grace_principal"),
    ({"grace_interest": -1}, "grace_interest"),
    ({"first_due_on": START}, "first_due_on"),
    ({"starts_on": date(9000, 1, 1)}, "starts_on"),
    ({"allocation": Allocation(Strategy.BUCKETS, Processing.VERTICAL, {})}, "allocation"),
]


@pytest.mark.parametrize(("change", "field"), IMPOSSIBLE)
def test_impossible_terms_are_refused_with_the_field_to_correct(
    change: dict[str, Any], field: str
) -> None:
    refusal = check_terms(replace(PLAIN, **change))
    assert refusal is not None
    assert refusal.facts["field"] == field


def test_good_terms_are_not_refused_and_one_odd_pair_of_rules_is_not_computed() -> None:
    odd = ruled(FutureRule.REAMORTIZATION, Processing.VERTICAL, recalculated=True)
    refusal = check_terms(odd)
    assert check_terms(PLAIN) is None
    assert refusal is not None
    assert refusal.code == "engine.unsupported"


REFUSED = [
    (EventKind.REPAY, -1, 100, None, "engine.not_disbursed"),
    (EventKind.REPAY, 1, 0, None, "engine.amount_invalid"),
    (EventKind.REPAY, 1, None, None, "engine.amount_invalid"),
    (EventKind.DISBURSE, 1, 1, None, "engine.principal_exceeded"),
    (EventKind.ADD_CHARGE, 1, 100, None, "engine.detail_invalid"),
    (EventKind.REVERSE, 1, None, Reversal(9), "engine.not_reversible"),
]


@pytest.mark.parametrize(("kind", "days", "amount", "detail", "code"), REFUSED)
def test_what_cannot_happen_is_refused_with_a_cure(
    kind: EventKind, days: int, amount: int | None, detail: Reversal | None, code: str
) -> None:
    day = START + timedelta(days)
    refusal = check(PLAIN, life([]), LoanEvent(2, kind, day, day, NO_ID, amount, detail))
    assert refusal is not None
    assert refusal.code == code
    assert refusal.cure.zh
    assert refusal.cure.en


def test_a_number_is_given_to_one_event_only() -> None:
    twin = LoanEvent(1, EventKind.REPAY, START, START, NO_ID, 1)
    refusal = check(PLAIN, life([]), twin)
    assert refusal is not None
    assert refusal.code == "engine.event_impossible"


def test_a_closed_loan_takes_no_payment_and_a_reversal_is_not_reversed() -> None:
    day = START + timedelta(1)
    paid = LoanEvent(2, EventKind.REPAY, day, day, NO_ID, 20_000_00)
    more = LoanEvent(3, EventKind.REPAY, day, day, NO_ID, 1)
    undo = LoanEvent(3, EventKind.REVERSE, day, day, NO_ID, None, Reversal(2))
    again = LoanEvent(4, EventKind.REVERSE, day, day, NO_ID, None, Reversal(3))
    twice = LoanEvent(4, EventKind.REVERSE, day, day, NO_ID, None, Reversal(2))
    events = [*life([]), paid]
    codes = [
        refusal.code if refusal else None
        for refusal in (
            check(PLAIN, events, more),
            check(PLAIN, events, undo),
            check(PLAIN, [*events, undo], again),
            check(PLAIN, [*events, undo], twice),
        )
    ]
    assert codes == ["engine.loan_closed", None, "engine.not_reversible", "engine.not_reversible"]
