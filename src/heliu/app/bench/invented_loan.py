"""Invented loans for the benches of the loan engine: plain terms and long, regular lives."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from heliu.credit.engine.api import (
    Allocation,
    AllocationRule,
    Amortisation,
    Bucket,
    BusinessDayConvention,
    Calendar,
    Compounding,
    DayCount,
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
    Rounding,
    RoundingMode,
    ScheduleType,
    StartRule,
    Strategy,
    Terms,
)

START: Final = date(2026, 1, 15)
PRINCIPAL: Final = 1_000_000_00
RATE: Final = Decimal("0.0485")
_NO_ID: Final = UUID(int=0)


def invented_terms(
    instalments: int, *, recalculated: bool = False, profile: Profile = Profile.PEER
) -> Terms:
    """Monthly equal instalments on ACT/360; `recalculated`: interest follows what is paid."""
    rule = AllocationRule(tuple(Bucket), FutureRule.NEXT)
    daily = Recalculation(
        PreClose.TILL_PRE_CLOSE_DATE,
        OnAdvance.ADJUST_LAST_UNPAID,
        Rest.DAILY,
        1,
        Compounding.NONE,
        disallow_on_past_due=False,
    )
    return Terms(
        currency="CNY",
        principal=PRINCIPAL,
        annual_rate=RATE,
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
        instalments=instalments,
        start_rule=StartRule.DISBURSEMENT,
        allocation=Allocation(Strategy.BUCKETS, Processing.HORIZONTAL, {PaymentKind.DEFAULT: rule}),
        rounding=Rounding(RoundingMode.HALF_UP, RemainderPlace.LAST, 1, 1, smooth=True),
        calendar=Calendar(MonthEnd.CLAMP, BusinessDayConvention.UNADJUSTED, None),
        recalculation=daily if recalculated else None,
        profile=profile,
    )


def invented_life(events: int, *, every_days: int, amount: int) -> list[LoanEvent]:
    """A disbursement and `events` - 1 repayments of `amount`, one each `every_days`."""
    life = [LoanEvent(1, EventKind.DISBURSE, START, START, _NO_ID, PRINCIPAL)]
    for no in range(2, events + 1):
        day = START + timedelta((no - 1) * every_days)
        life.append(LoanEvent(no, EventKind.REPAY, day, day, _NO_ID, amount))
    return life
