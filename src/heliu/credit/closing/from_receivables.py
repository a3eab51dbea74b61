"""The receivable book (credit/loans) as positions: one period to the due date, two clocks.

Acts book interest when it is paid; what the end of day books before is what is earned and not yet
settled, and is taken back by the day on which it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from heliu.credit.classification.api import MILLION
from heliu.credit.closing import store_books
from heliu.credit.closing.domain.columns import Columns, Position, Trait, day_of, number_of
from heliu.credit.closing.found import Asked, Book, Found
from heliu.credit.closing.store import AccountPair, Accounts
from heliu.credit.loans.api import Debt, Loan, LoanEvent, debt_on, events_of, loans_by_id
from heliu.credit.products.api import DayCount, Part, ProductKind, interest
from heliu.ground.db import Tx

PRODUCT: Final = "receivable-finance"
_SEGMENT: Final = "receivable_recourse"
_YEAR_DAYS: Final = {DayCount.ACT_360: 360, DayCount.ACT_365F: 365}


def _pair(debit: str, credit: str) -> AccountPair:
    return AccountPair(f"closing:{PRODUCT}:{debit}", debit, f"closing:{PRODUCT}:{credit}", credit)


ACCOUNTS: Final[Accounts] = {
    Part.INTEREST_ACCRUED: _pair("interest_receivable", "interest_income"),
    Part.DISCOUNT_EARNED: _pair("deferred_interest", "interest_income"),
    Part.PENALTY_ACCRUED: _pair("interest_receivable", "interest_income"),
    Part.COMPOUND_ACCRUED: _pair("interest_receivable", "interest_income"),
    Part.PROVISION: _pair("loss", "provision"),
}


@dataclass(frozen=True, slots=True)
class _Case:
    """A loan, what is owed after its last event, and the day of that event."""

    loan: Loan
    debt: Debt
    day: int
    segment: int

    @property
    def due(self) -> int:
        return number_of(self.loan.due_on)


def folded(tx: Tx, asked: Asked) -> list[Found]:
    """Loans with events the day brought to light, each as its last event left it."""
    ids = store_books.receivables_changed(tx, asked.day, asked.since, asked.known)
    loans, events = loans_by_id(tx, ids), events_of(tx, ids)
    segment = asked.parameters.number(_SEGMENT)
    last = store_books.last_known(tx, ids, asked.known)
    known = {
        id_: [b.event for b in events[id_] if b.event.on <= asked.day and b.event.no <= last[id_]]
        for id_ in ids
    }
    return [_found(loans[id_], known[id_], segment) for id_ in ids if known[id_]]


def _found(loan: Loan, events: Sequence[LoanEvent], segment: int) -> Found:
    on = max(event.on for event in events)
    return Found(
        *(Book.RECEIVABLE, loan.id, 0, PRODUCT, ACCOUNTS, loan.principal.currency, on),
        *(loan.supplier_uscc, loan.buyer_uscc),
        position_of(loan, events, segment),
    )


def position_of(loan: Loan, events: Sequence[LoanEvent], segment: int) -> Position:
    """The position at the end of the day of the last of `events` (at least one)."""
    on = max(event.on for event in events)
    case = _Case(loan, debt_on(loan, events, on), number_of(on), segment)
    rate = _ppm(loan.product.annual_rate)
    year = _YEAR_DAYS[loan.product.day_count]
    settled = case.debt.total.minor == 0
    traits = Trait.BUYER_PAYS | Trait.RECOURSE | (Trait.SETTLED if settled else Trait(0))
    blank = dict.fromkeys(Columns.__slots__, 0)
    fields = blank | {
        "book": int(Book.RECEIVABLE),
        "segment": segment,
        "traits": int(traits),
        "rate_ppm": rate,
        "penalty_ppm": rate,  # simple interest goes on after the due date
        "year_days": year,
        "allowance": loan.product.grace_days,
        "maturity": case.due,
        "principal": case.debt.principal.minor,
        "penalty_rest": year * MILLION // 2,  # rounded half up
        "compound_rest": year * MILLION // 2,
        "tier": 1,
        "stage": 1,
    }
    if settled:
        return Columns(**fields)
    return Columns(**fields | (_running(case) if case.day < case.due else _due(case)))


def _running(case: _Case) -> dict[str, int]:
    """Before the due date: what is left of the one period, on what principal is left."""
    loan, owed = case.loan, case.debt.interest.minor
    period = {"period_end": case.due, "period_principal": case.debt.principal.minor}
    if loan.product.kind is ProductKind.DISCOUNT:
        start = number_of(loan.opened_on)
        days, whole = case.day - start, case.due - start
        earned = (2 * loan.discount.minor * days + whole) // (2 * whole)
        return period | {
            "traits": int(Trait.BUYER_PAYS | Trait.RECOURSE | Trait.PREPAID),
            "period_start": start,
            "period_interest": loan.discount.minor,
            "accrued": earned,
            "discount_total": earned,
        }
    terms = loan.product
    rest = interest(
        case.debt.principal, terms.annual_rate, day_of(case.day), loan.due_on, terms.day_count
    )
    # What was earned before the last event and not paid is carried as the opposite of paid ahead.
    return period | {
        "period_start": case.day,
        "period_interest": rest.minor,
        "period_paid": -owed,
        "accrued": owed,
        "interest_total": owed,
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
        "own_due": case.due + case.loan.product.grace_days,
        "buyer_due": case.due if case.debt.claim.minor else 0,
    }


def _ppm(rate: Decimal) -> int:
    return int((rate * MILLION).to_integral_value())
