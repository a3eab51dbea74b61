"""What was agreed: everything needed to build a loan, a snapshot that is never looked up again.

Every choice is an explicit enum member of the terms; nothing is defaulted out of sight. Amounts
are minor units of `Terms.currency`; rates are fractions a year (`Decimal("0.07")` is 7 %).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from enum import StrEnum


class InterestType(StrEnum):
    """What interest is charged on: what is still owed, or the first principal for ever."""

    DECLINING_BALANCE = "declining_balance"
    FLAT = "flat"


class Amortisation(StrEnum):
    """How principal comes back: 等额本息, 等额本金, 一次还本付息, 按期付息到期还本, 尾款, 贴现."""

    EQUAL_INSTALMENT = "equal_instalment"
    EQUAL_PRINCIPAL = "equal_principal"
    BULLET = "bullet"
    INTEREST_ONLY_THEN_BULLET = "interest_only_then_bullet"
    BALLOON = "balloon"
    DISCOUNT = "discount"


class DayCount(StrEnum):
    """Day-count conventions; THIRTY_360 is the peer's (a whole month is 1/12 of a year)."""

    THIRTY_360 = "30/360"
    THIRTY_360_BOND = "30/360-bond"
    THIRTY_E_360 = "30E/360"
    ACT_360 = "act/360"
    ACT_364 = "act/364"
    ACT_365F = "act/365f"
    ACT_ACT = "act/act"


class LeapYear(StrEnum):
    """ACT/ACT: a leap year has 366 days all through, or only in the period with 29 February."""

    FULL_LEAP_YEAR = "full_leap_year"
    FEB_29_PERIOD_ONLY = "feb_29_period_only"


class PeriodUnit(StrEnum):
    """The unit of the repayment period."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class MonthEnd(StrEnum):
    """A due date after the month's last day: clamp it; or: a start on month end stays month end."""

    CLAMP = "clamp"
    STICK = "stick"


class BusinessDayConvention(StrEnum):
    """Where a due date on a holiday moves to (ISDA 2006 definitions, section 4.12)."""

    UNADJUSTED = "unadjusted"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"


class RoundingMode(StrEnum):
    """Rounding to the minor unit; the values are those of the decimal module."""

    HALF_EVEN = ROUND_HALF_EVEN
    HALF_UP = ROUND_HALF_UP
    HALF_DOWN = ROUND_HALF_DOWN
    DOWN = ROUND_DOWN
    UP = ROUND_UP
    FLOOR = ROUND_FLOOR
    CEILING = ROUND_CEILING


class RemainderPlace(StrEnum):
    """Which instalment carries the rest that rounding leaves."""

    LAST = "last"
    FIRST = "first"


class ScheduleType(StrEnum):
    """Two engines: instalments solved anew at each change, or plans generated in one pass."""

    PROGRESSIVE = "progressive"
    CUMULATIVE = "cumulative"


class Profile(StrEnum):
    """Whose rules a loan is serviced by, where a peer and a bank differ."""

    BANK = "bank"  # any amortisation and event; overdue money bears 罚息, early money replans
    PEER = "peer"  # the peer's two engines (`ScheduleType`), to the cent, without servicing


class InterestCalculation(StrEnum):
    """Is interest counted by days, or does every repayment period count the same."""

    DAILY = "daily"
    SAME_AS_REPAYMENT_PERIOD = "same_as_repayment_period"


class StartRule(StrEnum):
    """The date that due dates are counted from."""

    DISBURSEMENT = "disbursement"
    SUBMITTED = "submitted"


class Processing(StrEnum):
    """Advanced allocation: instalment by instalment, or bucket by bucket over all instalments."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Strategy(StrEnum):
    """Who ranks the dues of a repayment."""

    BUCKETS = "buckets"  # the ordered buckets of `Allocation.rules`
    PENALTIES_FEES_INTEREST_PRINCIPAL = "penalties_fees_interest_principal"
    DUE_PENALTY_INTEREST_PRINCIPAL_FEE_THEN_SAME = "due_pipf_then_pipf"
    DUE_PENALTY_FEE_INTEREST_PRINCIPAL_THEN_PRINCIPAL = "due_pfip_then_ppfi"


class Bucket(StrEnum):
    """A part of the debt by age and component."""

    PAST_DUE_PENALTY = "past_due_penalty"
    PAST_DUE_FEE = "past_due_fee"
    PAST_DUE_PRINCIPAL = "past_due_principal"
    PAST_DUE_INTEREST = "past_due_interest"
    DUE_PENALTY = "due_penalty"
    DUE_FEE = "due_fee"
    DUE_PRINCIPAL = "due_principal"
    DUE_INTEREST = "due_interest"
    IN_ADVANCE_PENALTY = "in_advance_penalty"
    IN_ADVANCE_FEE = "in_advance_fee"
    IN_ADVANCE_PRINCIPAL = "in_advance_principal"
    IN_ADVANCE_INTEREST = "in_advance_interest"


class FutureRule(StrEnum):
    """Which instalments money beyond what is due goes to."""

    NEXT = "next"
    LAST = "last"
    NEXT_LAST = "next_last"  # the next instalment, then from the last backwards
    REAMORTIZATION = "reamortization"  # in equal parts to all that follow


class PaymentKind(StrEnum):
    """The kinds of payment that may have an allocation rule of their own."""

    DEFAULT = "default"
    REPAYMENT = "repayment"
    DOWN_PAYMENT = "down_payment"


class PreClose(StrEnum):
    """Up to when a full early repayment owes interest."""

    TILL_PRE_CLOSE_DATE = "till_pre_close_date"
    TILL_REST_FREQUENCY_DATE = "till_rest_frequency_date"


class OnAdvance(StrEnum):
    """What an early repayment makes smaller."""

    ADJUST_LAST_UNPAID = "adjust_last_unpaid"
    REDUCE_INSTALMENT = "reduce_instalment"
    REDUCE_NUMBER = "reduce_number"


class Rest(StrEnum):
    """The dates on which a recalculation takes account of what was paid."""

    DAILY = "daily"
    SAME_AS_REPAYMENT = "same_as_repayment"


class Compounding(StrEnum):
    """What an overdue part earns interest on top of principal."""

    NONE = "none"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class DownPayment:
    """A part of each disbursement (`percent` of 100) due on its day; automatic: paid out of it."""

    percent: Decimal
    automatic: bool


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Interest follows what was really owed, day by day, not the plan."""

    pre_close: PreClose
    on_advance: OnAdvance
    rest: Rest
    rest_interval: int
    compounding: Compounding
    disallow_on_past_due: bool  # an overdue instalment is not recalculated


@dataclass(frozen=True, slots=True)
class AllocationRule:
    """All twelve buckets in the order they are served, and where the surplus of today goes."""

    order: tuple[Bucket, ...]
    future: FutureRule


@dataclass(frozen=True, slots=True)
class Allocation:
    """How a repayment is spread. `rules` is empty unless the strategy is BUCKETS."""

    strategy: Strategy
    processing: Processing
    rules: Mapping[PaymentKind, AllocationRule]

    def rule(self, kind: PaymentKind) -> AllocationRule:
        """The rule of one kind of payment (its own, or the default)."""
        own = self.rules.get(kind)
        return own if own is not None else self.rules[PaymentKind.DEFAULT]


@dataclass(frozen=True, slots=True)
class Rounding:
    """To the minor unit by `mode`; instalments in whole multiples (minor units, 1 = none)."""

    mode: RoundingMode
    remainder: RemainderPlace
    instalment_multiple: int
    amount_multiple: int  # every amount of the plan in whole multiples (minor, 1 = none)
    smooth: bool  # spread a last row that is off by more than half a minor unit a row


@dataclass(frozen=True, slots=True)
class Calendar:
    """Due dates and holidays: the holiday calendar's code (None = every day is a business day)."""

    month_end: MonthEnd
    convention: BusinessDayConvention
    code: str | None


@dataclass(frozen=True, slots=True)
class Penalty:
    """罚息 and 复利, fractions a year on overdue principal and overdue interest, kept apart."""

    penalty_rate: Decimal
    compound_rate: Decimal
    allowance_days: int  # paid within these days after the due date: no penalty at all


class RepricingRule(StrEnum):
    """When a rate priced from a benchmark is set anew (重定价)."""

    ANNIVERSARY = "anniversary"  # 对年对月对日: each year on the day of the first draw
    NEW_YEAR = "new_year"  # each 1 January
    QUARTER = "quarter"  # each first day of a calendar quarter
    FIXED = "fixed"  # priced from the benchmark once


@dataclass(frozen=True, slots=True)
class Repricing:
    """A rate that is a benchmark's quote of a tenor plus `spread`, a fraction a year."""

    benchmark: str
    tenor: str
    spread: Decimal
    rule: RepricingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A loan as agreed: a snapshot that no later change of the product touches."""

    currency: str
    principal: int  # approved, minor units
    annual_rate: Decimal
    submitted_on: date
    starts_on: date  # expected disbursement: the plan's first day
    schedule_type: ScheduleType
    interest_type: InterestType
    amortisation: Amortisation
    interest_calculation: InterestCalculation
    partial_period_interest: bool
    day_count: DayCount
    leap_year: LeapYear | None
    repay_every: int
    repay_unit: PeriodUnit
    instalments: int
    start_rule: StartRule
    allocation: Allocation
    rounding: Rounding
    calendar: Calendar
    grace_principal: int = 0  # instalments without principal
    grace_interest: int = 0  # instalments whose interest is paid later
    interest_free: int = 0  # instalments that bear none
    balloon: int = 0  # principal left for the last instalment, minor units
    fixed_instalment: int | None = None
    first_due_on: date | None = None
    down_payment: DownPayment | None = None
    multi_disburse: bool = False
    tranche_full_term: bool = False  # each tranche runs the full number of instalments
    revolving: bool = False  # repaid principal may be drawn again
    interest_on_disbursement_day: bool = False
    recalculation: Recalculation | None = None
    penalty: Penalty | None = None
    repricing: Repricing | None = None
    prepay_fee_rate: Decimal = Decimal(0)  # fraction of principal repaid before its due date
    profile: Profile = Profile.BANK
