"""What may not be: impossible terms, and events that cannot happen to a loan as it stands."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from heliu.credit.engine import errors
from heliu.credit.engine.domain.events import DETAIL_OF, EventKind, LoanEvent, Reversal
from heliu.credit.engine.domain.fold import effective_on, fold, in_force
from heliu.credit.engine.domain.serviceable import (
    MAX_INSTALMENTS,
    MAX_RATE,
    unplanned,
    unserviceable,
)
from heliu.credit.engine.domain.state import LoanState, Status, TransactionKind
from heliu.credit.engine.domain.terms import (
    Amortisation,
    Bucket,
    FutureRule,
    PaymentKind,
    PeriodUnit,
    Processing,
    Profile,
    ScheduleType,
    Strategy,
    Terms,
)
from heliu.ground.errors import Refusal
from heliu.ground.money import MAX_MINOR

MAX_PRINCIPAL: Final = MAX_MINOR // 10_000
_WHOLE: Final = 100
_CODE_LENGTH: Final = 3
_LAST_YEAR: Final = 9000
_UNITS_A_YEAR: Final = {PeriodUnit.DAY: 365, PeriodUnit.WEEK: 52, PeriodUnit.MONTH: 12}
_MONEY: Final = {
    EventKind.DISBURSE,
    EventKind.REPAY,
    EventKind.PAY_OFF,
    EventKind.DOWN_PAYMENT,
    EventKind.ADD_CHARGE,
    EventKind.PREPAY_FEE,
    EventKind.REFUND,
    EventKind.RECOVER,
}
_PAYS: Final = {EventKind.REPAY, EventKind.PAY_OFF, EventKind.DOWN_PAYMENT}


class _Bound(NamedTuple):
    """One field of the terms, whether it holds, and what is so when it does not."""

    field: str
    holds: bool
    zh: str
    en: str


def check_terms(terms: Terms) -> Refusal | None:
    """Why a loan cannot be built on these terms, or None."""
    for bound in (*_bounds_of_money(terms), *_bounds_of_plan(terms)):
        if not bound.holds:
            return errors.impossible_terms(bound.field, bound.zh, bound.en)
    if _spreads_ahead_of_interest(terms):
        return errors.not_computed("vertical reamortization while interest follows payments")
    return unplanned(terms)


def _bounds_of_money(terms: Terms) -> tuple[_Bound, ...]:
    down = terms.down_payment
    has_balloon = terms.amortisation is Amortisation.BALLOON
    return (
        _Bound(
            "currency",
            _is_currency(terms.currency),
            "币种应为三个大写字母",
            "currency is a code of three capitals",
        ),
        _Bound(
            "principal",
            0 < terms.principal <= MAX_PRINCIPAL,
            "本金必须大于零且不超过上限",
            "principal must be above zero and below the ceiling",
        ),
        _Bound(
            "annual_rate",
            0 <= terms.annual_rate <= MAX_RATE,
            "年利率应在 0 与 1000% 之间",
            "the rate a year lies between 0 and 1000 %",
        ),
        _Bound(
            "balloon",
            0 <= terms.balloon <= (terms.principal if has_balloon else 0),
            "尾款不应超过本金, 且仅用于尾款贷款",
            "a balloon is at most the principal, and of a balloon loan only",
        ),
        _Bound(
            "rounding",
            terms.rounding.instalment_multiple > 0 and terms.rounding.amount_multiple > 0,
            "取整单位必须大于零",
            "rounding steps must be above zero",
        ),
        _Bound(
            "down_payment",
            down is None or 0 < down.percent < _WHOLE,
            "首付比例应在 0 与 100 之间",
            "the down payment lies between 0 and 100 %",
        ),
    )


def _bounds_of_plan(terms: Terms) -> tuple[_Bound, ...]:
    return (
        _Bound(
            "instalments",
            0 < terms.instalments <= MAX_INSTALMENTS,
            "期数应在 1 与 3660 之间",
            "between 1 and 3660 instalments",
        ),
        _Bound(
            "repay_every",
            0 < terms.repay_every <= MAX_INSTALMENTS,
            "还款周期应在 1 与 3660 之间",
            "the period is between 1 and 3660 units",
        ),
        _Bound(
            "grace_principal",
            0 <= terms.grace_principal < terms.instalments,
            "本金宽限期数应少于总期数",
            "fewer grace instalments than instalments",
        ),
        _Bound(
            "grace_interest",
            0 <= terms.grace_interest < terms.instalments,
            "利息宽限期数应少于总期数",
            "fewer grace instalments than instalments",
        ),
        _Bound(
            "first_due_on",
            terms.first_due_on is None or terms.first_due_on > terms.starts_on,
            "首期还款日应晚于起息日",
            "the first due date follows the start",
        ),
        _Bound(
            "starts_on",
            max(terms.starts_on, terms.submitted_on).year < _LAST_YEAR and _ends_in_time(terms),
            "贷款应在 9000 年之前到期",
            "the loan matures before the year 9000",
        ),
        _Bound(
            "allocation",
            _ranks_all(terms),
            "还款顺序必须包含全部十二项",
            "the allocation must rank all twelve buckets",
        ),
    )


def _ends_in_time(terms: Terms) -> bool:
    years = terms.instalments * terms.repay_every // _UNITS_A_YEAR[terms.repay_unit]
    return max(terms.starts_on, terms.submitted_on).year + years < _LAST_YEAR


def _spreads_ahead_of_interest(terms: Terms) -> bool:
    """Early money in equal parts, bucket by bucket, while each part changes the interest due.

    The parts would be paid on dues that are gone by then, and a pay-off would not close the loan.
    """
    allocation = terms.allocation
    futures = {rule.future for rule in allocation.rules.values()}
    return (
        terms.profile is Profile.PEER
        and terms.recalculation is not None
        and allocation.processing is Processing.VERTICAL
        and FutureRule.REAMORTIZATION in futures
    )


def _is_currency(code: str) -> bool:
    return len(code) == _CODE_LENGTH and code.isascii() and code.isalpha() and code.isupper()


def _ranks_all(terms: Terms) -> bool:
    rules = terms.allocation.rules
    if terms.allocation.strategy is not Strategy.BUCKETS:
        return True
    whole = all(set(rule.order) == set(Bucket) for rule in rules.values())
    return PaymentKind.DEFAULT in rules and whole


def check(terms: Terms, events: Sequence[LoanEvent], new: LoanEvent) -> Refusal | None:
    """Why `new` cannot happen to the loan of `terms` and `events`, or None."""
    refusal = _check_form(new)
    if refusal is not None:
        return refusal
    if any(event.no == new.no for event in events):
        return errors.impossible_event("no", "事件编号已被使用", "the number is taken")
    return _check_kind(terms, events, new) or _check_refunds(terms, events, new)


def _check_kind(terms: Terms, events: Sequence[LoanEvent], new: LoanEvent) -> Refusal | None:
    if isinstance(new.detail, Reversal):
        return _check_reversal(events, new.detail.of)
    played = in_force(events)
    if new.kind is EventKind.DISBURSE:
        return _check_disbursement(terms, played, new)
    return _check_timing(terms, events, new) or unserviceable(
        terms, fold(terms, events, new.on), new
    )


def _check_refunds(terms: Terms, events: Sequence[LoanEvent], new: LoanEvent) -> Refusal | None:
    """Whatever becomes known, what was paid back had been overpaid."""
    after = (*events, new)
    refunds = [event for event in in_force(after) if event.kind is EventKind.REFUND]
    if not refunds or new.kind is EventKind.REPAY:  # what comes in takes nothing away
        return None
    days = max(effective_on(event) for event in after)
    stated = [t for t in fold(terms, after, days).transactions if t.kind is TransactionKind.REFUND]
    taken = {t.no: t.overpaid for t in stated}
    short = [event for event in refunds if taken.get(event.no, 0) < event.money]
    if not short:
        return None
    if short[-1] is new:
        return errors.not_overpaid(new.money, taken.get(new.no, 0))
    return errors.paid_back(short[-1].no)


def _check_timing(terms: Terms, events: Sequence[LoanEvent], new: LoanEvent) -> Refusal | None:
    """Can it happen on that day, after what was paid out and paid back."""
    played = in_force(events)
    days = [event.on for event in played if event.kind is EventKind.DISBURSE]
    if not days or (min(days) > new.on and new.kind is not EventKind.ADD_CHARGE):
        return errors.not_disbursed(new.on)
    if new.kind in _PAYS:
        status = fold(terms, events, max(new.on, _latest(played))).status
        if status in (Status.CLOSED, Status.OVERPAID):
            return errors.loan_closed(new.on)
    if new.kind is EventKind.WRITE_OFF and max(days) > new.on:
        return errors.impossible_event("on", "其后仍有放款", "money was drawn after that day")
    return None


def _check_form(new: LoanEvent) -> Refusal | None:
    """Does the event say what its kind must say."""
    if new.kind in _MONEY and (new.amount is None or not 0 < new.amount <= MAX_MINOR):
        return errors.bad_amount(new.amount)
    if new.on.year >= _LAST_YEAR:
        return errors.impossible_event("on", "日期应早于 9000 年", "the day lies before 9000")
    wanted = DETAIL_OF.get(new.kind)
    if wanted is not None and not isinstance(new.detail, wanted):
        return errors.bad_detail(new.kind.value)
    return None


def _latest(events: Sequence[LoanEvent]) -> date:
    return max((event.on for event in events), default=date.min)


def _check_reversal(events: Sequence[LoanEvent], of: int) -> Refusal | None:
    named = next((event for event in events if event.no == of), None)
    if named is None:
        return errors.not_reversible(of, "没有这笔事件", "there is no such event")
    if named.kind is EventKind.REVERSE:
        return errors.not_reversible(of, "它本身是一笔冲销", "it is a reversal itself")
    if any(isinstance(e.detail, Reversal) and e.detail.of == of for e in events):
        return errors.not_reversible(of, "已被冲销", "it is reversed already")
    rest = [event for event in in_force(events) if event.no != of]
    if named.kind is EventKind.DISBURSE and any(_stands_on(event) for event in rest):
        first = min((e.on for e in rest if e.kind is EventKind.DISBURSE), default=None)
        if first is None or any(e.on < first for e in rest if _stands_on(e)):
            return errors.not_reversible(of, "其后仍有还款", "repayments stand on it")
    if named.kind is EventKind.WRITE_OFF and any(e.kind is EventKind.RECOVER for e in rest):
        return errors.not_reversible(of, "其后仍有收回", "recoveries stand on it")
    return None


def _stands_on(event: LoanEvent) -> bool:
    return event.kind in _PAYS


def _check_disbursement(
    terms: Terms, played: Sequence[LoanEvent], new: LoanEvent
) -> Refusal | None:
    paid_out = [event for event in played if event.kind is EventKind.DISBURSE]
    if paid_out and not (terms.multi_disburse or terms.revolving):
        return errors.single_disbursement()
    used = sum(event.money for event in paid_out)
    if terms.revolving and paid_out:
        used = fold(terms, played, max(new.on, _latest(played))).principal_outstanding
    left = terms.principal - used
    if new.money > left:
        return errors.limit_exceeded(new.money, left)
    state = fold(terms, played, new.on)
    if _ended_early(terms, state):
        return errors.not_computed("a drawing after all was repaid early (cumulative)")
    return unserviceable(terms, state, new)


def _ended_early(terms: Terms, state: LoanState) -> bool:
    """A cumulative plan that follows payments ends on the day on which all was repaid."""
    return (
        terms.profile is Profile.PEER
        and terms.schedule_type is ScheduleType.CUMULATIVE
        and terms.recalculation is not None
        and state.status is Status.CLOSED
    )
