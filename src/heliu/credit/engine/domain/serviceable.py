"""Which servicing a loan can take as it stands, and which terms the bank's plan cannot hold."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from heliu.credit.engine import errors
from heliu.credit.engine.domain.calendar import known
from heliu.credit.engine.domain.dates import due_dates
from heliu.credit.engine.domain.events import (
    EventKind,
    Extension,
    InterestPause,
    LoanEvent,
    RateChange,
    Reschedule,
    Restructure,
)
from heliu.credit.engine.domain.prices import Discounting, discount
from heliu.credit.engine.domain.state import LoanState, Status
from heliu.credit.engine.domain.terms import Amortisation, DayCount, InterestType, Profile, Terms
from heliu.ground.errors import Refusal

# A rate above ten times the principal a year is a slip of the pen, not a price.
MAX_RATE: Final = Decimal(10)
MAX_INSTALMENTS: Final = 3660
MAX_ALLOWANCE: Final = 366
_MAY_BE_FLAT: Final = frozenset({Amortisation.EQUAL_INSTALMENT, Amortisation.EQUAL_PRINCIPAL})
_PLAIN: Final = frozenset(
    {
        EventKind.DISBURSE,
        EventKind.REPAY,
        EventKind.PAY_OFF,
        EventKind.DOWN_PAYMENT,
        EventKind.ADD_CHARGE,
    }
)


def unserviceable(terms: Terms, state: LoanState, new: LoanEvent) -> Refusal | None:
    """Why `new` makes no sense for a loan that stands at `state`, or None."""
    if terms.profile is Profile.PEER and new.kind not in _PLAIN:
        return errors.not_computed(f"{new.kind.value} ({Profile.PEER.value})")
    if state.status is Status.WRITTEN_OFF and new.kind is not EventKind.RECOVER:
        return errors.written_off(new.on)
    if terms.profile is Profile.PEER:
        return None
    asked = _ASKED.get(new.kind)
    return None if asked is None else asked(state, new)


def _disburse(state: LoanState, new: LoanEvent) -> Refusal | None:
    rows = state.instalments
    if not rows or any(row.due_date > new.on and not row.additional for row in rows):
        return None
    return errors.impossible_event(
        "on", "贷款已到期, 不能再放款", "the loan has matured: nothing more can be drawn"
    )


def _rate_change(_: LoanState, new: LoanEvent) -> Refusal | None:
    detail = new.detail
    assert isinstance(detail, RateChange), "checked before"
    return _rate(detail.annual_rate)


def _rate(rate: Decimal) -> Refusal | None:
    if rate.is_finite() and 0 <= rate <= MAX_RATE:
        return None
    return errors.impossible_event(
        "annual_rate", "年利率应在 0 与 1000% 之间", "the rate a year lies between 0 and 1000 %"
    )


def _reschedule(state: LoanState, new: LoanEvent) -> Refusal | None:
    detail = new.detail
    assert isinstance(detail, Reschedule), "checked before"
    later = [row for row in state.instalments if row.due_date > new.on and not row.additional]
    moved = next((row for row in later if row.due_date == detail.due_on), None)
    if moved is None:
        return errors.impossible_event(
            "due_on", "该日没有未到期的还款", "no instalment falls due on that day"
        )
    if detail.new_due_on <= max(new.on, moved.from_date):
        return errors.impossible_event(
            "new_due_on",
            "新还款日应晚于上一还款日与生效日",
            "the new date follows the instalment before and the event",
        )
    return None


def _extend(state: LoanState, new: LoanEvent) -> Refusal | None:
    detail = new.detail
    assert isinstance(detail, Extension), "checked before"
    if not 0 < detail.instalments <= MAX_INSTALMENTS:
        return _count()
    if not any(row.due_date > new.on and not row.additional for row in state.instalments):
        return errors.impossible_event(
            "on",
            "贷款已到期, 不能展期",
            "the loan has matured: it can be restructured, not extended",
        )
    return None


def _restructure(state: LoanState, new: LoanEvent) -> Refusal | None:
    detail = new.detail
    assert isinstance(detail, Restructure), "checked before"
    if not 0 < detail.instalments <= MAX_INSTALMENTS:
        return _count()
    if detail.observed_until <= new.on:
        return errors.impossible_event(
            "observed_until", "观察期应晚于重组日", "observation ends after the restructuring"
        )
    return _rate(detail.annual_rate) or _owing(state, new)


def _pause(_: LoanState, new: LoanEvent) -> Refusal | None:
    detail = new.detail
    assert isinstance(detail, InterestPause), "checked before"
    if detail.until > new.on:
        return None
    return errors.impossible_event(
        "until", "停息截止日应晚于起始日", "the pause ends after it begins"
    )


def _owing(state: LoanState, new: LoanEvent) -> Refusal | None:
    return None if state.status is Status.ACTIVE else errors.loan_closed(new.on)


def _recover(state: LoanState, new: LoanEvent) -> Refusal | None:
    return None if state.status is Status.WRITTEN_OFF else errors.not_written_off(new.on)


def _count() -> Refusal:
    return errors.impossible_event(
        "instalments", "期数应在 1 与 3660 之间", "between 1 and 3660 instalments"
    )


_ASKED: Final[Mapping[EventKind, Callable[[LoanState, LoanEvent], Refusal | None]]] = {
    EventKind.DISBURSE: _disburse,
    EventKind.RATE_CHANGE: _rate_change,
    EventKind.RESCHEDULE: _reschedule,
    EventKind.EXTEND: _extend,
    EventKind.RESTRUCTURE: _restructure,
    EventKind.INTEREST_PAUSE: _pause,
    EventKind.WRITE_OFF: _owing,
    EventKind.RECOVER: _recover,
    EventKind.PREPAY_FEE: _owing,
}


def unplanned(terms: Terms) -> Refusal | None:
    """Why the bank's plan cannot be drawn up on these terms, or None."""
    for field, holds, zh, en in (*_bounds_of_rates(terms), *_bounds_of_kind(terms)):
        if not holds:
            return errors.impossible_terms(field, zh, en)
    return None


def _bounds_of_rates(terms: Terms) -> tuple[tuple[str, bool, str, str], ...]:
    penalty, repricing = terms.penalty, terms.repricing
    overdue = (penalty.penalty_rate, penalty.compound_rate) if penalty else ()
    return (
        (
            "penalty",
            all(rate.is_finite() and 0 <= rate <= MAX_RATE for rate in overdue),
            "罚息与复利利率应在 0 与 1000% 之间",
            "penalty and compound rates lie between 0 and 1000 %",
        ),
        (
            "penalty",
            penalty is None or 0 <= penalty.allowance_days <= MAX_ALLOWANCE,
            "宽限天数应在 0 与 366 之间",
            "between 0 and 366 days of allowance",
        ),
        (
            "prepay_fee_rate",
            terms.prepay_fee_rate.is_finite() and 0 <= terms.prepay_fee_rate <= 1,
            "提前还款违约金比例应在 0 与 100% 之间",
            "the fee on early repayment lies between 0 and 100 %",
        ),
        (
            "repricing",
            repricing is None or (repricing.spread.is_finite() and abs(repricing.spread) <= 1),
            "加点应在 -100% 与 100% 之间",
            "the spread lies between -100 and 100 %",
        ),
    )


def _bounds_of_kind(terms: Terms) -> tuple[tuple[str, bool, str, str], ...]:
    return (
        (
            "calendar",
            terms.calendar.code is None or known(terms.calendar.code) is not None,
            "没有该假日日历",
            "there is no such holiday calendar",
        ),
        (
            "leap_year",
            terms.day_count is not DayCount.ACT_ACT or terms.leap_year is not None,
            "实际/实际计息须约定闰年规则",
            "actual/actual needs a rule for leap years",
        ),
        (
            "interest_type",
            terms.interest_type is InterestType.DECLINING_BALANCE
            or terms.amortisation in _MAY_BE_FLAT,
            "固定本金计息仅适用等额本息与等额本金",
            "flat interest goes with equal instalments or equal principal",
        ),
        (
            "annual_rate",
            terms.amortisation is not Amortisation.DISCOUNT or _pays_out(terms),
            "贴现息不应达到票面金额",
            "the discount must leave something to pay out",
        ),
    )


def _pays_out(terms: Terms) -> bool:
    dues = due_dates(terms, terms.starts_on, terms.instalments)
    paper = Discounting(
        terms.principal, terms.annual_rate, terms.starts_on, dues[-1],
        terms.day_count, terms.rounding.mode,
    )  # fmt: skip
    return discount(paper) < terms.principal
