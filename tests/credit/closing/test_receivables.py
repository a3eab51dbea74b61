"""The receivable book as positions: earned, due on two clocks, and taken back once it is paid."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from heliu.credit.closing.domain.columns import Position, Trait, in_columns, number_of, row
from heliu.credit.closing.domain.step import Rolls, step
from heliu.credit.closing.from_receivables import position_of
from heliu.credit.loans.api import EventKind, Loan, LoanEvent, debt_on
from heliu.credit.products.api import DayCount, Product, ProductKind
from heliu.ground.money import Money

OPENED, DUE = date(2026, 3, 2), date(2026, 5, 31)
NONE = np.zeros(0, np.int64)


def lent(kind: ProductKind) -> Loan:
    """A million yuan for ninety days at 6 % (act/360), five days of grace."""
    product = Product(kind, Decimal("0.06"), DayCount.ACT_360, 180, 5)
    discount = 15_000_00 if kind is ProductKind.DISCOUNT else 0
    return Loan(
        *(UUID(int=1), UUID(int=2), "INV-1", UUID(int=3), UUID(int=4), "core", 1, product),
        *("SUPPLIER", "BUYER", Money(1_000_000_00), Money(discount), Money(1_250_000_00)),
        *(OPENED, DUE),
    )


def event(no: int, kind: EventKind, on: date, principal: int, interest: int = 0) -> LoanEvent:
    return LoanEvent(UUID(int=1), no, kind, on, principal, interest)


DRAWN = event(1, EventKind.DISBURSED, OPENED, 1_000_000_00)


def brought(loan: Loan, events: list[LoanEvent], on: date) -> Position:
    """Its position after its last event, stepped on to a day."""
    last = max(e.on for e in events)
    book = in_columns([position_of(loan, debt_on(loan, events, last), last)])
    day = number_of(last)
    while day < number_of(on):
        day += 1
        book = step(book, day, Rolls(*(NONE,) * 5))
    return row(book, 0)


@pytest.mark.parametrize("days", [0, 1, 45, 89, 90, 91, 96, 200])
def test_what_a_bullet_loan_owes_is_what_the_loans_desk_says(days: int) -> None:
    loan, on = lent(ProductKind.BULLET), OPENED + timedelta(days=days)
    told = brought(loan, [DRAWN], on)
    owed = told.accrued + told.interest_due + told.penalty_total
    late = range(91, 96)  # in the days of grace the interest waits for the end of grace
    waits = (days - 90) * 166_67 if days in late else 0
    assert owed + waits == pytest.approx(debt_on(loan, [DRAWN], on).interest.minor, abs=2)


def test_a_discount_is_earned_by_days_and_whole_at_the_due_date() -> None:
    loan = lent(ProductKind.DISCOUNT)
    halfway = brought(loan, [DRAWN], OPENED + timedelta(days=45))
    assert (halfway.discount_total, halfway.interest_total) == (7_500_00, 0)
    due = brought(loan, [DRAWN], DUE)
    assert (due.discount_total, due.interest_due, due.principal_due) == (15_000_00, 0, 10**8)


def test_the_buyer_is_late_after_the_due_date_and_the_supplier_after_the_grace() -> None:
    told = brought(lent(ProductKind.BULLET), [DRAWN], DUE + timedelta(days=10))
    assert (told.buyer_due, told.own_due) == (number_of(DUE), number_of(DUE) + 5)


def test_a_part_paid_loan_earns_on_what_is_left() -> None:
    loan, on = lent(ProductKind.BULLET), OPENED + timedelta(days=30)
    paid = event(2, EventKind.REPAID, on, 400_000_00, 5_000_00)
    told = brought(loan, [DRAWN, paid], DUE)
    assert told.interest_due == debt_on(loan, [DRAWN, paid], DUE).interest.minor == 6_000_00
    assert told.principal_due == 600_000_00


def test_interest_that_was_not_paid_is_carried_into_the_rest_of_the_period() -> None:
    loan, on = lent(ProductKind.BULLET), OPENED + timedelta(days=30)
    paid = event(2, EventKind.REPAID, on, 0, 1_000_00)
    told = brought(loan, [DRAWN, paid], on)
    assert (told.accrued, told.interest_total) == (4_000_00, 4_000_00)
    assert brought(loan, [DRAWN, paid], DUE).interest_due == 14_000_00


def test_an_event_after_the_due_date_starts_from_what_is_owed_then() -> None:
    loan, on = lent(ProductKind.BULLET), DUE + timedelta(days=30)
    paid = event(2, EventKind.REPAID, on, 0, 15_000_00)
    told = brought(loan, [DRAWN, paid], on)
    assert (told.interest_due, told.principal_due, told.penalty_total) == (5_000_00, 10**8, 0)


def test_a_loan_that_is_paid_has_nothing_left_to_book() -> None:
    paid = event(2, EventKind.REPAID, DUE, 1_000_000_00, 15_000_00)
    loan = lent(ProductKind.BULLET)
    told = position_of(loan, debt_on(loan, [DRAWN, paid], DUE), DUE)
    assert told.traits & Trait.SETTLED
    assert (told.principal, told.interest_total, told.discount_total) == (0, 0, 0)
