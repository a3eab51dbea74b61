"""The receivable book (credit/loans) as positions: one period to the due date, two clocks.

Acts book interest when it is paid; what the end of day books before is what is earned and not yet
settled, and is taken back by the day on which it is. Without recourse there is one clock: the
supplier owes nothing. A discount loan that was extended before it was due has two periods, of which
the second bears interest: it is folded every day until the first is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from heliu.credit.classification.api import MILLION
from heliu.credit.closing import store_books
from heliu.credit.closing.domain.columns import (
    Columns,
    Position,
    Trait,
    day_of,
    number_of,
    replace,
)
from heliu.credit.closing.found import Asked, Book, Found
from heliu.credit.closing.store import AccountPair, Accounts
from heliu.credit.loans.api import (
    ALLOWANCE,
    Debt,
    Loan,
    LoanEvent,
    debt_on,
    events_of,
    loans_by_id,
)
from heliu.credit.products.api import DayCount, Part, ProductKind, interest
from heliu.ground.db import Tx

PRODUCT: Final = "receivable-finance"
_SEGMENTS: Final = {True: "receivable_recourse", False: "receivable_outright"}
_YEAR_DAYS: Final = {DayCount.ACT_360: 360, DayCount.ACT_365F: 365}


def _pair(debit: str, credit: str) -> AccountPair:
    return AccountPair(f"closing:{PRODUCT}:{debit}", debit, f"closing:{PRODUCT}:{credit}", credit)


ACCOUNTS: Final[Accounts] = {
    Part.INTEREST_ACCRUED: _pair("interest_receivable", "interest_income"),
    Part.DISCOUNT_EARNED: _pair("deferred_interest", "interest_income"),
    Part.PENALTY_ACCRUED: _pair("interest_receivable", "interest_income"),
    Part.COMPOUND_ACCRUED: _pair("interest_receivable", "interest_income"),
    Part.PROVISION: AccountPair(f"closing:{PRODUCT}:loss", "loss", ALLOWANCE, "provision"),
}


@dataclass(frozen=True, slots=True)
class _Case:
    """A loan, what is owed at the end of a day, and that day."""

    loan: Loan
    debt: Debt
    day: int

    @property
    def due(self) -> int:
        return number_of(self.debt.due_on)

    @property
    def prepaid_until(self) -> int:
        """Until when its interest was kept back; 0: it was not."""
        if self.loan.product.kind is ProductKind.DISCOUNT:
            return number_of(self.loan.due_on)
        return 0

    @property
    def traits(self) -> Trait:
        recourse = Trait.RECOURSE if self.loan.with_recourse else Trait(0)
        return Trait.BUYER_PAYS | recourse


def folded(tx: Tx, asked: Asked, daily: Sequence[UUID]) -> list[Found]:
    """Loans with events the day brought to light, each as its last event left it.

    `daily` ones as they stand at the end of the day.
    """
    changed = store_books.receivables_changed(tx, asked.day, asked.since, asked.known)
    ids = sorted({*changed, *daily})
    loans, events = loans_by_id(tx, ids), events_of(tx, ids)
    every_day = frozenset(daily)
    last = store_books.last_known(tx, ids, asked.known)
    known = {
        id_: [b.event for b in events[id_] if b.event.on <= asked.day and b.event.no <= last[id_]]
        for id_ in ids
    }
    return [_found(loans[id_], known[id_], asked, id_ in every_day) for id_ in ids if known[id_]]


def _found(loan: Loan, events: Sequence[LoanEvent], asked: Asked, every_day: bool) -> Found:  # noqa: FBT001 - said where it is called
    on = asked.day if every_day else max(event.on for event in events)
    told = position_of(loan, debt_on(loan, events, on), on)
    segment = asked.parameters.number(_SEGMENTS[loan.with_recourse])
    watched = asked.watch_tier if told.watch_until else 0
    return Found(
        *(Book.RECEIVABLE, loan.id, 0, PRODUCT, ACCOUNTS, loan.principal.currency, on),
        *(loan.supplier_uscc, loan.buyer_uscc),
        replace(told, segment=segment, watch_tier=watched),
    )


def position_of(loan: Loan, debt: Debt, on: date) -> Position:
    """The position at the end of day `on`, on which `debt` is owed.

    It lacks what the day's parameters say: the segment, and the class while under observation.
    """
    case = _Case(loan, debt, number_of(on))
    rate = _ppm(loan.product.annual_rate)
    year = _YEAR_DAYS[loan.product.day_count]
    settled = debt.total.minor == 0
    blank = dict.fromkeys(Columns.__slots__, 0)
    fields = blank | {
        "book": int(Book.RECEIVABLE),
        "traits": int(case.traits | (Trait.SETTLED if settled else Trait(0))),
        "rate_ppm": rate,
        "penalty_ppm": rate,  # simple interest goes on after the due date
        "year_days": year,
        "allowance": loan.product.grace_days,
        "maturity": case.due,
        "principal": case.debt.principal.minor,
        "penalty_rest": year * MILLION // 2,  # rounded half up
        "compound_rest": year * MILLION // 2,
        "charged_off": debt.lost.minor,
        "watch_until": number_of(debt.observed_until) if debt.observed_until else 0,
        "tier": 1,
        "stage": 1,
    }
    if settled:
        return Columns(**fields)
    return Columns(**fields | (_running(case) if case.day < case.due else _due(case)))


def _running(case: _Case) -> dict[str, int]:
    """Before the due date: what is left of the running period, on what principal is left."""
    if case.day < case.prepaid_until:
        return _prepaid(case)
    debt, terms = case.debt, case.loan.product
    owed = debt.interest.minor
    rest = interest(
        debt.principal, terms.annual_rate, day_of(case.day), debt.due_on, terms.day_count
    )
    # What was earned before the last event and not paid is carried as the opposite of paid ahead.
    return {
        "period_start": case.day,
        "period_end": case.due,
        "period_principal": debt.principal.minor,
        "period_interest": rest.minor,
        "period_paid": -owed,
        "accrued": owed,
        "interest_total": owed,
        "discount_total": case.loan.discount.minor,
    }


def _prepaid(case: _Case) -> dict[str, int]:
    """While the discount is earned."""
    start, end = number_of(case.loan.opened_on), case.prepaid_until
    discount, days, whole = case.loan.discount.minor, case.day - start, end - start
    earned = (2 * discount * days + whole) // (2 * whole)
    extended = case.due > end
    return {
        "traits": int(case.traits | Trait.PREPAID | (Trait.BY_ENGINE if extended else Trait(0))),
        "period_start": start,
        "period_end": end,
        "period_principal": 0 if extended else case.debt.principal.minor,
        "period_interest": discount,
        "accrued": earned,
        "discount_total": earned,
    }


def _due(case: _Case) -> dict[str, int]:
    """From the due date on: all is due; the supplier answers once the buyer's grace is over."""
    owed = case.debt.interest.minor
    discount = case.loan.discount.minor
    return {
        "interest_due": owed,
        "principal_due": case.debt.principal.minor,
        "interest_total": owed,
        "discount_total": discount,
        "own_due": case.due + case.loan.product.grace_days if case.loan.with_recourse else 0,
        "buyer_due": case.due if case.debt.claim.minor else 0,
    }


def _ppm(rate: Decimal) -> int:
    return int((rate * MILLION).to_integral_value())
