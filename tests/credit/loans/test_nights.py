"""A night over every act of servicing: positions, journal and general ledger say the same."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.credit.loans.receivables import (
    BULLET,
    DISCOUNT,
    DUE,
    LATE,
    OFFICER,
    OPENED,
    OUTRIGHT,
    Receivables,
)

from heliu.credit.closing.domain.columns import Trait, number_of
from heliu.credit.loans.api import ActKind, LoanAct, Serviced, Source
from heliu.ground.money import Money

DAY = timedelta(1)
START = DUE - timedelta(2)
AGREED = DUE + timedelta(60)


def act(number: int, loan: UUID, kind: ActKind, **said: object) -> LoanAct:
    return LoanAct(UUID(int=number), loan, kind, "as agreed", **said)  # type: ignore[arg-type]


def done(outcome: object) -> Serviced:
    assert isinstance(outcome, Serviced), outcome
    return outcome


@pytest.mark.parametrize("kind", [DISCOUNT, BULLET, OUTRIGHT])
def test_an_extension_before_the_due_date_goes_on_bearing_interest(
    bank: Receivables, kind: int
) -> None:
    loan = bank.lend(kind)
    bank.close(START)
    (made,) = bank.does(START + DAY, act(1, loan.id, ActKind.EXTEND, until=AGREED), by=OFFICER)
    assert done(made).event.observed_until is None
    for days in range(1, 8):
        bank.close(START + days * DAY)
    told = bank.position(loan, LATE + DAY)
    assert (told["buyer_due"], told["own_due"], told["maturity"]) == (0, 0, number_of(AGREED))
    for day in (LATE + DAY, AGREED - DAY, AGREED):
        bank.close(day)
        told = bank.position(loan, day)
        owed = told["accrued"] + told["interest_due"]
        assert owed == pytest.approx(bank.debt(loan, day).interest.minor, abs=2)
    assert (told["buyer_due"], told["principal_due"]) == (number_of(AGREED), loan.principal.minor)
    assert told["discount_total"] == loan.discount.minor


def test_a_late_loan_that_is_extended_by_two_is_observed(bank: Receivables) -> None:
    loan = bank.lend(BULLET)
    bank.close(LATE)
    extend = act(1, loan.id, ActKind.EXTEND, until=AGREED, proposed_by=OFFICER.id)
    (made,) = bank.does(LATE + DAY, extend)
    until = done(made).event.observed_until
    assert until is not None
    bank.close(LATE + DAY)
    told = bank.position(loan, LATE + DAY)
    assert (told["own_due"], told["buyer_due"], told["principal_due"]) == (0, 0, 0)
    assert told["watch_until"] == number_of(until)
    assert told["tier"] == told["watch_tier"] == 2


@pytest.mark.parametrize("kind", [DISCOUNT, BULLET])
def test_a_loan_that_is_bought_back_leaves_the_book(bank: Receivables, kind: int) -> None:
    loan = bank.lend(kind)
    bank.close(LATE)
    debt = bank.debt(loan, LATE + DAY)
    income = bank.balance("interest_income")
    buy = act(1, loan.id, ActKind.BUY_BACK, source=Source.NOSTRO)
    (made,) = bank.does(LATE + DAY, buy)
    assert done(made).event.principal == loan.principal.minor
    bank.close(LATE + DAY)
    told = bank.position(loan, LATE + DAY)
    assert Trait(told["traits"]) & Trait.SETTLED
    bank.close(LATE + 2 * DAY)
    assert bank.position(loan, LATE + 2 * DAY) == {}
    assert bank.balance("loan") == bank.balance("provision") == 0
    assert bank.balance("interest_receivable") == bank.balance("deferred_interest") == 0
    assert -bank.balance("interest_income") == debt.interest.minor + loan.discount.minor
    assert income <= 0


@pytest.mark.parametrize("kind", [DISCOUNT, BULLET, OUTRIGHT])
def test_a_loan_that_is_written_off_costs_what_it_was_and_what_comes_back_is_regained(
    bank: Receivables, kind: int
) -> None:
    loan = bank.lend(kind)
    bank.close(LATE)
    lost = bank.debt(loan, LATE + DAY).total.minor
    off = act(1, loan.id, ActKind.WRITE_OFF, proposed_by=OFFICER.id)
    done(bank.does(LATE + DAY, off)[0])
    bank.close(LATE + DAY)
    assert bank.position(loan, LATE + DAY)["charged_off"] == lost
    assert (bank.balance("loan"), bank.balance("provision")) == (0, 0)
    assert bank.balance("loss") == lost
    bank.close(LATE + 3 * DAY)
    back = act(2, loan.id, ActKind.RECOVER, source=Source.NOSTRO, amount=Money(100_000))
    done(bank.does(LATE + 4 * DAY, back)[0])
    bank.close(LATE + 4 * DAY)
    assert bank.balance("loss") == lost - 100_000
    bank.close(LATE + 6 * DAY)
    assert bank.balance("loss") == lost - 100_000
    assert bank.movements(OPENED, LATE + 6 * DAY) == {"WRITTEN_OFF": -lost, "RECOVERED": 100_000}


@pytest.mark.parametrize("kind", [DISCOUNT, BULLET])
@pytest.mark.parametrize("waited", [0, 1, 5])
def test_a_write_off_that_is_reversed_never_happened(
    bank: Receivables, kind: int, waited: int
) -> None:
    loan, twin = bank.lend(kind), bank.lend(kind + 6)
    bank.close(LATE)
    off = act(1, loan.id, ActKind.WRITE_OFF, proposed_by=OFFICER.id)
    done(bank.does(LATE + DAY, off)[0])
    day = LATE + DAY + waited * DAY
    bank.close(day) if waited else None
    undo = act(2, loan.id, ActKind.REVERSE_WRITE_OFF, proposed_by=OFFICER.id)
    done(bank.does(day + DAY, undo)[0])
    bank.close(day + DAY)
    bank.close(day + 9 * DAY)
    ours, other = bank.position(loan, day + 9 * DAY), bank.position(twin, day + 9 * DAY)
    same = ("own_due", "buyer_due", "tier", "stage", "charged_off", "discount_total")
    assert [ours[name] for name in same] == [other[name] for name in same]
    assert bank.debt(loan, day).due_on == bank.debt(twin, day).due_on
    assert bank.debt(loan, day + DAY).interest == bank.debt(twin, day + DAY).interest


def test_without_recourse_the_supplier_is_never_late(bank: Receivables) -> None:
    loan, other = bank.lend(OUTRIGHT), bank.lend(BULLET)
    far: date = LATE + timedelta(100)
    bank.close(far)
    ours, with_recourse = bank.position(loan, far), bank.position(other, far)
    assert (ours["own_due"], ours["buyer_due"]) == (0, number_of(DUE))
    assert with_recourse["own_due"] == number_of(DUE) + 3
    assert ours["segment"] != with_recourse["segment"]
    assert ours["ecl"] > 0
