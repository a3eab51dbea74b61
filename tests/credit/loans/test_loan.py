"""A receivable loan as the fold of its events (amounts in fen)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.loans.domain.loan import Debt, EventKind, Loan, LoanEvent, debt_on, price
from heliu.credit.products.api import DayCount, Product, ProductKind, interest
from heliu.ground.money import Money

ID = UUID(int=1)
OPENED, DUE = date(2026, 3, 2), date(2026, 5, 31)  # 90 days
BULLET = Product(ProductKind.BULLET, Decimal("0.06"), DayCount.ACT_360, 180, 3)
DISCOUNT = Product(ProductKind.DISCOUNT, Decimal("0.06"), DayCount.ACT_360, 180, 3)


def loan(product: Product, principal: int = 8_000_000, claim: int = 10_000_000) -> Loan:
    return Loan(
        id=ID,
        receivable_id=ID,
        invoice_no="INV-1",
        application_id=ID,
        reservation_id=ID,
        programme="p",
        programme_version=1,
        product=product,
        supplier_uscc="s",
        buyer_uscc="b",
        principal=Money(principal),
        discount=price(product, Money(principal), OPENED, DUE),
        claim=Money(claim),
        opened_on=OPENED,
        due_on=DUE,
    )


def disbursed(of: Loan) -> LoanEvent:
    return LoanEvent(ID, 1, EventKind.DISBURSED, OPENED, of.principal.minor, 0)


def repaid(no: int, on: date, principal: int, earned: int) -> LoanEvent:
    cash = principal + earned
    return LoanEvent(ID, no, EventKind.REPAID, on, principal, earned, claim_change=-cash)


def owed(interest: int, principal: int, claim: int) -> Debt:
    """Nothing of it was given up, and it is due as agreed."""
    return Debt(Money(interest), Money(principal), Money(claim), Money(0), Money(0), DUE)


def test_a_bullet_loan_owes_simple_interest_for_its_days() -> None:
    of = loan(BULLET)
    # 80,000.00 x 6 % x 90/360 = 1,200.00
    assert debt_on(of, [disbursed(of)], DUE) == owed(120_000, 8_000_000, 10_000_000)
    assert of.proceeds == Money(8_000_000)


def test_a_discount_loan_has_paid_its_interest_until_it_is_late() -> None:
    of = loan(DISCOUNT)
    assert (of.discount, of.proceeds) == (Money(120_000), Money(7_880_000))
    assert debt_on(of, [disbursed(of)], DUE).interest == Money(0)
    assert debt_on(of, [disbursed(of)], DUE + timedelta(days=9)).interest == Money(12_000)


def test_after_a_part_payment_interest_runs_on_what_is_left() -> None:
    of = loan(BULLET)
    events = [disbursed(of), repaid(2, DUE, 4_000_000, 120_000)]
    later = DUE + timedelta(days=30)
    assert debt_on(of, events, later) == owed(20_000, 4_000_000, 5_880_000)


def test_a_credit_note_lowers_the_claim_and_not_the_debt() -> None:
    of = loan(BULLET)
    note = LoanEvent(ID, 2, EventKind.DILUTED, DUE, 0, 0, claim_change=-3_000_000)
    assert debt_on(of, [disbursed(of), note], DUE).claim == Money(7_000_000)
    assert debt_on(of, [disbursed(of), note], DUE).principal == Money(8_000_000)


def test_the_day_counts_differ_by_their_year() -> None:
    principal, rate = Money(36_500_000), Decimal("0.10")
    assert [
        interest(principal, rate, OPENED, OPENED + timedelta(days=36), count).minor
        for count in (DayCount.ACT_360, DayCount.ACT_365F)
    ] == [365_000, 360_000]


def test_events_after_the_day_do_not_count() -> None:
    of = loan(BULLET)
    events = [disbursed(of), repaid(2, DUE, 8_000_000, 120_000)]
    assert debt_on(of, events, DUE - timedelta(days=1)).principal == Money(8_000_000)


@given(
    principal=st.integers(1, 10**12),
    parts=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 100)), max_size=5),
)
def test_settling_all_interest_and_principal_leaves_nothing(
    principal: int, parts: list[tuple[int, int]]
) -> None:
    of = loan(BULLET, principal, 2 * principal)
    events, on = [disbursed(of)], OPENED
    for days, percent in parts:
        on += timedelta(days=days)
        debt = debt_on(of, events, on)
        share = debt.principal.minor * percent // 100
        events.append(repaid(len(events) + 1, on, share, debt.interest.minor))
    debt = debt_on(of, events, on)
    events.append(repaid(len(events) + 1, on, debt.principal.minor, debt.interest.minor))
    assert debt_on(of, events, on + timedelta(days=400)).total == Money(0)


@pytest.mark.parametrize("product", [BULLET, DISCOUNT])
def test_the_debt_never_shrinks_by_waiting(product: Product) -> None:
    of = loan(product)
    days = [OPENED + timedelta(days=n) for n in range(0, 200, 7)]
    debts = [debt_on(of, [disbursed(of)], day).total.minor for day in days]
    assert debts == sorted(debts)
