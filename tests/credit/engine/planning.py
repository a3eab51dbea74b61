"""Loans on the bank's plan for the tests: terms with few words, events by their kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
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
    Detail,
    EventKind,
    FutureRule,
    InterestCalculation,
    InterestType,
    LoanEvent,
    MonthEnd,
    OnAdvance,
    PaymentKind,
    Penalty,
    PeriodUnit,
    PreClose,
    Processing,
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

AGES = ("past_due", "due", "in_advance")
PARTS = ("penalty", "fee", "interest", "principal")
START = date(2026, 1, 10)


def allocation(parts: Sequence[str] = PARTS) -> Allocation:
    """Instalment by instalment, in each the parts in this order."""
    buckets = tuple(Bucket(f"{age}_{part}") for age in AGES for part in parts)
    rule = AllocationRule(buckets, FutureRule.NEXT)
    return Allocation(Strategy.BUCKETS, Processing.HORIZONTAL, {PaymentKind.DEFAULT: rule})


FOLLOWS = Recalculation(
    PreClose.TILL_PRE_CLOSE_DATE,
    OnAdvance.REDUCE_INSTALMENT,
    Rest.DAILY,
    1,
    Compounding.NONE,
    disallow_on_past_due=True,
)
PLAIN = Terms(
    currency="CNY",
    principal=1_200_000,
    annual_rate=Decimal("0.06"),
    submitted_on=START,
    starts_on=START,
    schedule_type=ScheduleType.PROGRESSIVE,
    interest_type=InterestType.DECLINING_BALANCE,
    amortisation=Amortisation.EQUAL_PRINCIPAL,
    interest_calculation=InterestCalculation.DAILY,
    partial_period_interest=True,
    day_count=DayCount.ACT_360,
    leap_year=None,
    repay_every=1,
    repay_unit=PeriodUnit.MONTH,
    instalments=6,
    start_rule=StartRule.DISBURSEMENT,
    allocation=allocation(),
    rounding=Rounding(RoundingMode.HALF_UP, RemainderPlace.LAST, 1, 1, smooth=True),
    calendar=Calendar(MonthEnd.CLAMP, BusinessDayConvention.UNADJUSTED, None),
    recalculation=FOLLOWS,
    penalty=Penalty(Decimal("0.09"), Decimal("0.09"), 0),
)


@dataclass
class Book:
    """Numbers events as a recorder would."""

    events: list[LoanEvent]

    def add(
        self, kind: EventKind, on: date, amount: int | None = None, detail: Detail | None = None
    ) -> LoanEvent:
        """Record one event."""
        no = len(self.events) + 1
        event = LoanEvent(no, kind, on, on, UUID(int=no), amount, detail)
        self.events.append(event)
        return event


def drawn(terms: Terms, on: date = START, amount: int | None = None) -> Book:
    """A loan that was paid out."""
    book = Book([])
    book.add(EventKind.DISBURSE, on, terms.principal if amount is None else amount)
    return book


def plain(amortisation: Amortisation, **changed: object) -> Terms:
    """The plain loan with another amortisation and whatever else is changed."""
    return replace(PLAIN, amortisation=amortisation, **changed)  # type: ignore[arg-type]
