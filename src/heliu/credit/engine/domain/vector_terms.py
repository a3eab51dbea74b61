"""Terms as a schedule vector writes them, and where such terms are impossible or not supported."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from heliu.credit.engine.domain.terms import (
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
from heliu.ground.money import Money, exponent

T = TypeVar("T")
Plain = Mapping[str, object]


class Broken(ValueError):
    """A vector that is not written as one: where, and what is wrong there."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")
        self.place, self.what = place, what


class Unsupported(ValueError):
    """Terms that are written well but that this engine does not compute."""


_AMORTISATION: Final = {
    "equal_installments": Amortisation.EQUAL_INSTALMENT,
    "equal_principal_payments": Amortisation.EQUAL_PRINCIPAL,
}
_UNIT: Final = {"days": PeriodUnit.DAY, "weeks": PeriodUnit.WEEK, "months": PeriodUnit.MONTH}
_DAY_COUNT: Final = {
    ("360", "30"): DayCount.THIRTY_360,
    ("360", "actual"): DayCount.ACT_360,
    ("364", "actual"): DayCount.ACT_364,
    ("365", "actual"): DayCount.ACT_365F,
    ("actual", "actual"): DayCount.ACT_ACT,
}
_STRATEGY: Final = {
    "advanced_payment_allocation": Strategy.BUCKETS,
    "penalties_fees_interest_principal_order": Strategy.PENALTIES_FEES_INTEREST_PRINCIPAL,
    "due_penalty_interest_principal_fee_in_advance_penalty_interest_principal_fee": (
        Strategy.DUE_PENALTY_INTEREST_PRINCIPAL_FEE_THEN_SAME
    ),
    "due_penalty_fee_interest_principal_in_advance_principal_penalty_fee_interest": (
        Strategy.DUE_PENALTY_FEE_INTEREST_PRINCIPAL_THEN_PRINCIPAL
    ),
}
_FUTURE: Final = {
    "NEXT_INSTALLMENT": FutureRule.NEXT,
    "LAST_INSTALLMENT": FutureRule.LAST,
    "NEXT_LAST_INSTALLMENT": FutureRule.NEXT_LAST,
    "REAMORTIZATION": FutureRule.REAMORTIZATION,
}
_PRE_CLOSE: Final = {
    "TILL_PRE_CLOSE_DATE": PreClose.TILL_PRE_CLOSE_DATE,
    "TILL_REST_FREQUENCY_DATE": PreClose.TILL_REST_FREQUENCY_DATE,
}
_ON_ADVANCE: Final = {
    "ADJUST_LAST_UNPAID_PERIOD": OnAdvance.ADJUST_LAST_UNPAID,
    "REDUCE_EMI_AMOUNT": OnAdvance.REDUCE_INSTALMENT,
    "REDUCE_NUMBER_OF_INSTALLMENTS": OnAdvance.REDUCE_NUMBER,
}
_REST: Final = {"DAILY": Rest.DAILY, "SAME_AS_REPAYMENT": Rest.SAME_AS_REPAYMENT}
_COMPOUNDING: Final = {"NONE": Compounding.NONE, "INTEREST": Compounding.INTEREST}
_LEAP: Final = {strategy.value.upper(): strategy for strategy in LeapYear}
_LAST_YEAR: Final = 9000
_MODE: Final = {mode.name: RoundingMode(mode) for mode in RoundingMode}


class Reader:
    """Reads one JSON object by key and names the place of whatever is wrong."""

    def __init__(self, plain: object, place: str) -> None:
        if not isinstance(plain, Mapping):
            raise Broken(place, "must be an object")
        self.plain: Plain = plain
        self.place = place

    def at(self, key: str) -> str:
        """The place of a key."""
        return f"{self.place}.{key}"

    def value(self, key: str) -> object:
        """A value that must be there."""
        if key not in self.plain:
            raise Broken(self.at(key), "is missing")
        return self.plain[key]

    def inner(self, key: str) -> "Reader":
        """An object inside this one."""
        return Reader(self.value(key), self.at(key))

    def text(self, key: str) -> str:
        """A text."""
        value = self.value(key)
        if not isinstance(value, str):
            raise Broken(self.at(key), "must be a text")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false when the key is left out."""
        value = self.plain.get(key, False)
        if not isinstance(value, bool):
            raise Broken(self.at(key), "must be true or false")
        return value

    def count(self, key: str, *, default: int | None = None) -> int:
        """A whole number."""
        value = self.value(key) if default is None else self.plain.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Broken(self.at(key), "must be a whole number")
        return value

    def day(self, key: str) -> date:
        """A date, YYYY-MM-DD."""
        try:
            day = date.fromisoformat(self.text(key))
        except ValueError:
            raise Broken(self.at(key), "must be a date as 2026-01-31") from None
        if day.year >= _LAST_YEAR:
            raise Broken(self.at(key), f"must lie before the year {_LAST_YEAR}")
        return day

    def decimal(self, key: str) -> Decimal:
        """A finite decimal number, as a text or a whole number."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise Broken(self.at(key), "must be a number in quotes")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise Broken(self.at(key), f"is not a number: {value!r}") from None
        if not number.is_finite():
            raise Broken(self.at(key), "must be finite")
        return number

    def money(self, key: str, currency: str) -> int:
        """An amount in minor units."""
        amount = self.decimal(key)
        try:
            return Money.of(amount, currency).minor
        except (ValueError, AssertionError):
            raise Broken(self.at(key), f"is no amount of {currency}") from None

    def pick(self, key: str, known: Mapping[str, T]) -> T:
        """One of the known words."""
        word = str(self.value(key))
        if word not in known:
            raise Unsupported(f"{key} {word}")
        return known[word]


def terms_of(plain: object, place: str) -> Terms:
    """Terms from the `terms` of a vector. Raises Broken (not well written) or Unsupported."""
    read = Reader(plain, place)
    currency = read.text("currency")
    if read.count("currency_digits", default=exponent(currency)) != exponent(currency):
        raise Unsupported(f"{currency} with other than {exponent(currency)} digits")
    for key in ("fixed_length_days", "fixed_instalment"):
        if read.plain.get(key) is not None:
            raise Unsupported(key)
    count = (str(read.value("days_in_year")), str(read.value("days_in_month")))
    if count not in _DAY_COUNT:
        raise Unsupported(f"day count {count[1]}/{count[0]}")
    leap = read.plain.get("leap_year_strategy")
    every, unit = read.count("repay_every"), read.pick("repay_unit", _UNIT)
    return Terms(
        currency=currency,
        principal=read.money(
            "requested_principal"
            if read.plain.get("approved_principal") is None
            else "approved_principal",
            currency,
        ),
        annual_rate=_annual_rate(read, every, unit),
        submitted_on=read.day("submitted_on"),
        starts_on=read.day("expected_disbursement_on"),
        schedule_type=read.pick("schedule_type", {x.value: x for x in ScheduleType}),
        interest_type=read.pick("interest_type", {x.value: x for x in InterestType}),
        amortisation=read.pick("amortisation", _AMORTISATION),
        interest_calculation=read.pick(
            "interest_calculation_period", {x.value: x for x in InterestCalculation}
        ),
        partial_period_interest=read.flag("partial_period_interest"),
        day_count=_DAY_COUNT[count],
        leap_year=None if leap is None else read.pick("leap_year_strategy", _LEAP),
        repay_every=every,
        repay_unit=unit,
        instalments=read.count("number_of_instalments"),
        start_rule=read.pick(
            "repayment_start_date",
            {
                "DISBURSEMENT_DATE": StartRule.DISBURSEMENT,
                "SUBMITTED_ON_DATE": StartRule.SUBMITTED,
            },
        ),
        allocation=_allocation(read),
        rounding=_rounding(read, currency),
        calendar=Calendar(MonthEnd.CLAMP, BusinessDayConvention.UNADJUSTED, None),
        grace_principal=read.count("grace_principal_instalments", default=0),
        grace_interest=read.count("grace_interest_payment_instalments", default=0),
        interest_free=read.count("interest_free_instalments", default=0),
        down_payment=_down_payment(read),
        multi_disburse=read.flag("multi_disburse"),
        tranche_full_term=read.flag("tranche_full_term"),
        interest_on_disbursement_day=read.flag("interest_on_disbursement_day"),
        recalculation=_recalculation(read),
        profile=Profile.PEER,
    )


def _annual_rate(read: Reader, every: int, unit: PeriodUnit) -> Decimal:
    """The rate a year as a fraction; a rate a month is taken twelve times."""
    rate = read.decimal("rate_percent") / 100
    per = read.text("rate_per")
    if per == "whole_term":
        periods = {PeriodUnit.MONTH: 12, PeriodUnit.WEEK: 52, PeriodUnit.DAY: 365}[unit]
        return rate * periods / (every * max(read.count("number_of_instalments"), 1))
    known = {"year": 1, "month": 12, "week": 52, "day": 365}
    if per not in known:
        raise Unsupported(f"rate_per {per}")
    return rate * known[per]


def _down_payment(read: Reader) -> DownPayment | None:
    if read.plain.get("down_payment") is None:
        return None
    inner = read.inner("down_payment")
    return DownPayment(inner.decimal("percent"), inner.flag("automatic"))


def _recalculation(read: Reader) -> Recalculation | None:
    if read.plain.get("interest_recalculation") is None:
        return None
    inner = read.inner("interest_recalculation")
    if not inner.flag("enabled"):
        return None
    return Recalculation(
        pre_close=inner.pick("pre_close", _PRE_CLOSE),
        on_advance=inner.pick("on_advance_payment", _ON_ADVANCE),
        rest=inner.pick("rest", _REST),
        rest_interval=inner.count("rest_interval", default=1),
        compounding=inner.pick("compounding", _COMPOUNDING),
        disallow_on_past_due=inner.flag("disallow_on_past_due"),
    )


def _allocation(read: Reader) -> Allocation:
    inner = read.inner("allocation")
    strategy = inner.pick("strategy", _STRATEGY)
    processing = read.pick("processing", {x.value: x for x in Processing})
    rules = {}
    if strategy is Strategy.BUCKETS:
        own = inner.inner("rules")
        for kind in own.plain:
            rule = own.inner(kind)
            if kind.lower() not in set(PaymentKind):
                continue
            rules[PaymentKind(kind.lower())] = AllocationRule(
                _buckets(rule), rule.pick("future_instalment_rule", _FUTURE)
            )
        if PaymentKind.DEFAULT not in rules:
            raise Broken(own.at("DEFAULT"), "is missing")
    return Allocation(strategy, processing, rules)


def _buckets(rule: Reader) -> tuple[Bucket, ...]:
    names = rule.value("order")
    if not isinstance(names, list):
        raise Broken(rule.at("order"), "must be a list")
    known = {bucket.value.upper(): bucket for bucket in Bucket}
    if sorted(map(str, names)) != sorted(known):
        raise Broken(rule.at("order"), "must name each of the twelve buckets once")
    return tuple(known[str(name)] for name in names)


def _rounding(read: Reader, currency: str) -> Rounding:
    inner = read.inner("rounding")
    unit = 10 ** exponent(currency)
    step = inner.plain.get("instalment_in_multiples_of")
    amount_step = inner.count("amount_in_multiples_of", default=0)
    return Rounding(
        mode=inner.pick("mode", _MODE),
        remainder=RemainderPlace.LAST,
        instalment_multiple=1
        if step is None
        else max(inner.count("instalment_in_multiples_of"), 0) * unit or 1,
        amount_multiple=amount_step * unit or 1,
        smooth=True,
    )
