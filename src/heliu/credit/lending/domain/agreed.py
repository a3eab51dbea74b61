"""From a product's terms profile and what was asked to the engine's terms of one contract. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from heliu.credit.benchmarks.api import Wanted
from heliu.credit.engine.api import (
    Allocation,
    AllocationRule,
    Amortisation,
    Bucket,
    BusinessDayConvention,
    Calendar,
    Compounding,
    DayCount,
    DownPayment,
    FutureRule,
    InterestCalculation,
    InterestType,
    LeapYear,
    MonthEnd,
    OnAdvance,
    PaymentKind,
    Penalty,
    PeriodUnit,
    PreClose,
    Processing,
    Recalculation,
    RemainderPlace,
    Repricing,
    RepricingRule,
    Rest,
    Rounding,
    RoundingMode,
    ScheduleType,
    StartRule,
    Strategy,
    Terms,
)
from heliu.credit.products.api import LoanProduct
from heliu.ground.money import Money

# Due in one sum: the periods asked for are one instalment's length.
_ONE_SUM: Final = frozenset({Amortisation.BULLET, Amortisation.DISCOUNT})
_AGES: Final = ("past_due", "due", "in_advance")
_ZERO: Final = Decimal(0)
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a contract adds to its product: amount, rate (a fraction a year), start, periods.

    `quoted` is the benchmark's quote that its rate is priced from, if the product names one.
    """

    principal: Money
    annual_rate: Decimal
    on: date
    periods: int
    quoted: Decimal | None = None


def priced_from(product: LoanProduct, on: date) -> Wanted | None:
    """The quote that a contract opened on `on` is priced from, if its product names one."""
    rate = (product.terms or {}).get("rate")
    return None if rate is None else Wanted(rate["benchmark"], rate["tenor"], on)


def agreed_terms(profile: Mapping[str, Any], asked: Asked) -> Terms:
    """The terms of a contract: the product's profile (valid by its schema) with what was asked."""
    amortisation = Amortisation(profile["amortisation"])
    every, instalments = profile["period"]["every"], asked.periods
    if amortisation in _ONE_SUM:
        every, instalments = every * asked.periods, 1
    day_count = DayCount[profile["day_count"].upper()]
    grace, calendar = profile["grace"], profile["calendar"]
    return Terms(
        currency=asked.principal.currency,
        principal=asked.principal.minor,
        annual_rate=asked.annual_rate,
        submitted_on=asked.on,
        starts_on=asked.on,
        schedule_type=ScheduleType(profile["schedule"]),
        interest_type=InterestType(profile["interest"]),
        amortisation=amortisation,
        interest_calculation=InterestCalculation.DAILY,
        partial_period_interest=True,
        day_count=day_count,
        leap_year=LeapYear.FULL_LEAP_YEAR if day_count is DayCount.ACT_ACT else None,
        repay_every=every,
        repay_unit=PeriodUnit(profile["period"]["unit"]),
        instalments=instalments,
        start_rule=StartRule.DISBURSEMENT,
        allocation=_allocation(profile["waterfall"]),
        rounding=_rounding(profile, asked.principal.currency),
        calendar=Calendar(
            MonthEnd(calendar["month_end"]),
            BusinessDayConvention(calendar["convention"]),
            calendar["code"],
        ),
        grace_principal=grace["principal"],
        grace_interest=grace["interest"],
        interest_free=grace["interest_free"],
        balloon=_share(profile.get("balloon"), asked.principal),
        down_payment=_down_payment(profile.get("down_payment")),
        multi_disburse=profile["draws"] != "single",
        revolving=profile["draws"] == "revolving",
        recalculation=_recalculation(profile["early_repayment"]),
        penalty=_penalty(profile, asked.annual_rate),
        repricing=_repricing(profile.get("rate"), asked),
        prepay_fee_rate=Decimal(profile["prepay_fee"]),
    )


def _repricing(rate: Mapping[str, Any] | None, asked: Asked) -> Repricing | None:
    """What the agreed rate lies above the quote of the day is the contract's spread for ever."""
    if rate is None:
        return None
    assert asked.quoted is not None, "a rate priced from a benchmark has its quote"
    spread = asked.annual_rate - asked.quoted
    return Repricing(rate["benchmark"], rate["tenor"], spread, RepricingRule(rate["repricing"]))


def _allocation(waterfall: Mapping[str, Any]) -> Allocation:
    order: Sequence[str] = waterfall["order"]
    buckets = tuple(Bucket(f"{age}_{part}") for age in _AGES for part in order)
    rule = AllocationRule(buckets, FutureRule(waterfall["surplus"]))
    return Allocation(Strategy.BUCKETS, Processing.HORIZONTAL, {PaymentKind.DEFAULT: rule})


def _rounding(profile: Mapping[str, Any], currency: str) -> Rounding:
    multiple = profile["instalment_multiple"]
    return Rounding(
        mode=RoundingMode[profile["rounding"].upper()],
        remainder=RemainderPlace(profile["remainder"]),
        instalment_multiple=1 if multiple is None else Money.of(multiple, currency).minor,
        amount_multiple=1,
        smooth=multiple is None,
    )


def _share(share: str | None, principal: Money) -> int:
    return 0 if share is None else principal.times(Decimal(share), mode=ROUND_DOWN).minor


def _down_payment(share: str | None) -> DownPayment | None:
    return None if share is None else DownPayment(Decimal(share) * _PERCENT, automatic=True)


def _recalculation(rule: str) -> Recalculation | None:
    if rule == "plan_stands":
        return None
    return Recalculation(
        pre_close=PreClose.TILL_PRE_CLOSE_DATE,
        on_advance=OnAdvance(rule),
        rest=Rest.DAILY,
        rest_interval=1,
        compounding=Compounding.NONE,
        # Overdue principal bears 罚息, not the contract's rate twice.
        disallow_on_past_due=True,
    )


def _penalty(profile: Mapping[str, Any], annual_rate: Decimal) -> Penalty | None:
    multiplier = Decimal(profile["penalty"]["multiplier"])
    if multiplier == 0:
        return None
    rate = annual_rate * multiplier
    compound = rate if profile["penalty"]["compound"] else _ZERO
    return Penalty(rate, compound, profile["allowance_days"])
