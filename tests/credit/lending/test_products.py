"""A story of every product the house lends on: from its papers to a closed loan and its journal."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.credit.lending.conftest import (
    BORROWER,
    BUYER,
    CLERK,
    NOW,
    PAPER,
    START,
    Bank,
    filed,
    moment,
)
from tests.credit.products.test_programme_file import BUYER as CORE
from tests.credit.products.test_programme_file import SELLER
from tests.credit.products.test_programme_file import TEXT as PROGRAMME

from heliu.credit.engine.api import EventKind, RateChange, Restructure, Status
from heliu.credit.lending.api import Funds, journal, open_contracts, standing
from heliu.credit.limits.api import Axis, LineKey, all_lines, programme_limits, set_limits
from heliu.credit.products.api import Part, parse_programme, release_programmes
from heliu.ground.actor import SYSTEM
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

FEB, MAR, DUE = date(2026, 2, 5), date(2026, 3, 5), START + timedelta(days=90)


@pytest.fixture(autouse=True)
def _room(bank: Bank) -> None:
    bank.room(10_000_000_00)


def papers(
    bank: Bank, seller: str = BORROWER, buyer: str = BUYER
) -> Mapping[str, tuple[UUID, ...]]:
    """An invoice that was filed, and what else the products ask for."""
    invoice = filed(bank.tx, "1", seller=seller, buyer=buyer)
    return {"invoice": invoice, "receipt": (PAPER,), "confirmation": (PAPER,)}


def receivable(bank: Bank, product: str, **changes: Any) -> UUID:
    """A contract of 90 days on a receivable of 1,000,000 yuan."""
    asked: dict[str, Any] = {
        "obligor_uscc": BUYER,
        "principal": Money(800_000_00),
        "evidence": papers(bank),
        "base_value": Money(1_000_000_00),
        "periods": 90,
    }
    return bank.open(product, **asked | changes)


def parts(bank: Bank, loan: UUID, on: date) -> Mapping[Part, int]:
    (one,) = standing(bank.tx, on, ids=[loan])
    return one.parts


def rows(bank: Bank, loan: UUID, event: int) -> list[tuple[str, str, int]]:
    return [(r.debit, r.credit, r.amount) for r in journal(bank.tx, loan) if r.event_no == event]


def test_working_capital_bears_interest_by_days_and_is_repaid_in_one_sum(bank: Bank) -> None:
    bank.release("working_capital")
    loan = bank.open("working-capital", principal=Money(1_000_000_00), periods=3)
    bank.draw(loan, 1_000_000_00)
    plan = bank.glance(loan, START).plan
    # 1,000,000 x 6 % by days over 360: 31, 28 and 31 days.
    assert [row.interest for row in plan] == [5_166_67, 4_666_67, 5_166_67]
    assert [row.principal for row in plan] == [0, 0, 1_000_000_00]
    for row in plan:
        bank.repay(loan, row.principal + row.interest, row.due_date)
    assert bank.glance(loan, DUE).status is Status.CLOSED
    assert parts(bank, loan, DUE)[Part.INTEREST_ACCRUED] == 15_000_01
    bank.sound()


def test_late_principal_bears_penalty_interest_apart_from_the_contracts(bank: Bank) -> None:
    bank.release("working_capital")
    loan = bank.open("working-capital", principal=Money(1_000_000_00), periods=1)
    bank.draw(loan, 1_000_000_00)
    late = FEB + timedelta(days=10)
    now = parts(bank, loan, late)
    assert now[Part.PENALTY_ACCRUED] == 2_500_00  # 10 days at 1.5 times 6 % over 360
    assert now[Part.COMPOUND_ACCRUED] == 12_92  # the same on 5,166.67 of interest
    bank.done(bank.act(loan, EventKind.PAY_OFF, late, funds=Funds.NOSTRO))
    assert rows(bank, loan, 2) == [
        ("funds", "clearing", 1_007_679_59),
        ("clearing", "principal", 1_000_000_00),
        ("clearing", "interest_receivable", 5_166_67),
        ("clearing", "penalty_receivable", 2_500_00),
        ("clearing", "compound_receivable", 12_92),
    ]
    assert bank.glance(loan, late).status is Status.CLOSED
    bank.sound()


def test_equal_principal_pays_the_same_principal_every_month(bank: Bank) -> None:
    bank.release("instalment_equal_principal")
    loan = bank.open("instalment-equal-principal", principal=Money(120_000_00))
    bank.draw(loan, 120_000_00)
    plan = bank.glance(loan, START).plan
    assert {row.principal for row in plan} == {10_000_00}
    assert plan[0].interest == 620_00  # 120,000 x 6 % x 31 / 360
    for row in plan:
        bank.repay(loan, row.principal + row.interest, row.due_date)
    assert bank.glance(loan, plan[-1].due_date).status is Status.CLOSED
    bank.sound()


def test_the_supplier_pays_what_the_buyer_did_not(bank: Bank) -> None:
    bank.release("receivable_with_recourse")
    loan = receivable(bank, "receivable-with-recourse")
    bank.draw(loan, 800_000_00)
    bank.repay(loan, 700_000_00, DUE)  # the buyer pays short
    late = DUE + timedelta(days=3)  # within the allowance: no penalty
    bank.done(bank.act(loan, EventKind.PAY_OFF, late))  # recourse: from the supplier's account
    assert bank.glance(loan, late).status is Status.CLOSED
    assert bank.balance("nostro:CNY") == 700_000_00
    assert bank.balance(f"supplier:{BORROWER}:deposit:CNY") == 800_000_00 - 112_000_00
    assert parts(bank, loan, late)[Part.PENALTY_ACCRUED] == 0
    bank.sound()


def test_a_receivable_bought_is_paid_less_its_discount_and_earned_by_days(bank: Bank) -> None:
    bank.release("receivable_without_recourse")
    loan = receivable(bank, "receivable-without-recourse")
    bank.draw(loan, 800_000_00)
    # 800,000 x 6 % x 90 / 360
    assert rows(bank, loan, 1) == [
        ("principal", "clearing", 800_000_00),
        ("clearing", "unearned", 12_000_00),
        ("clearing", "funds", 788_000_00),
    ]
    third = START + timedelta(days=30)
    assert parts(bank, loan, third)[Part.DISCOUNT_EARNED] == 4_000_00
    assert parts(bank, loan, third)[Part.INTEREST_ACCRUED] == 0
    bank.repay(loan, 800_000_00, DUE)
    assert parts(bank, loan, DUE)[Part.DISCOUNT_EARNED] == 12_000_00
    assert bank.glance(loan, DUE).status is Status.CLOSED
    assert bank.balance("lending:receivable-without-recourse:unearned:CNY") == 12_000_00
    bank.sound()


def test_confirming_uses_every_limit_of_its_programme_and_frees_it(bank: Bank) -> None:
    bank.release("reverse_factoring")
    programme = parse_programme(PROGRAMME, "programme")
    release_programmes(bank.tx, SYSTEM, [programme], NOW)
    own = LineKey(Axis.PRODUCT, "reverse-factoring", "CNY")
    supplier = (LineKey(Axis.SUPPLIER, SELLER, "CNY"), Money(10_000_000_00))
    shared = [(key, Money(10_000_000_00)) for key, _ in programme_limits(programme)]
    set_limits(bank.tx, [*shared, (own, Money(10_000_000_00)), supplier])
    loan = receivable(
        bank,
        "reverse-factoring",
        borrower_uscc=SELLER,
        obligor_uscc=CORE,
        programme=programme.code,
        principal=Money(1_000_000_00),
        evidence=papers(bank, SELLER, CORE),
    )
    bank.draw(loan, 1_000_000_00)
    used = {line.key.axis for line in all_lines(bank.tx) if line.utilised == 1_000_000_00}
    assert used == set(Axis)
    bank.repay(loan, 1_000_000_00, DUE)
    assert sum(line.utilised for line in all_lines(bank.tx)) == 0
    assert bank.glance(loan, DUE).status is Status.CLOSED
    bank.sound()


def test_a_lost_loan_leaves_the_books_and_what_comes_in_later_is_recovered(bank: Bank) -> None:
    bank.release("working_capital")
    loan = bank.open("working-capital", principal=Money(1_000_000_00), periods=1)
    bank.draw(loan, 1_000_000_00)
    lost = FEB + timedelta(days=400)
    bank.done(bank.act(loan, EventKind.WRITE_OFF, lost))
    account = "lending:working-capital:{}:CNY".format
    assert bank.balance(f"contract:{loan}:principal") == 0
    assert bank.glance(loan, lost).status is Status.WRITTEN_OFF
    assert bank.balance(account("provision")) < -1_005_166_67
    written_off = bank.balance(account("provision"))
    bank.done(bank.act(loan, EventKind.RECOVER, lost, 50_000_00, funds=Funds.NOSTRO))
    assert bank.balance(account("provision")) == written_off + 50_000_00
    assert bank.balance("nostro:CNY") == 50_000_00
    bank.sound()


def test_a_rate_change_and_a_restructuring_change_the_plan_and_post_nothing(bank: Bank) -> None:
    bank.release("instalment_equal_principal")
    loan = bank.open("instalment-equal-principal", principal=Money(120_000_00))
    bank.draw(loan, 120_000_00)
    before = bank.glance(loan, FEB).plan
    (changed,) = bank.done(
        bank.act(loan, EventKind.RATE_CHANGE, FEB, detail=RateChange(Decimal("0.05")))
    )
    after = bank.glance(loan, FEB).plan
    assert sum(row.interest for row in after) < sum(row.interest for row in before)
    anew = Restructure(24, Decimal("0.04"), date(2027, 3, 5))
    (agreed,) = bank.done(bank.act(loan, EventKind.RESTRUCTURE, MAR, detail=anew))
    assert len([row for row in bank.glance(loan, MAR).plan if row.due_date > MAR]) == 24
    assert (changed.transfers, agreed.transfers) == ((), ())
    bank.sound()


def test_confirming_needs_the_programme_whose_limits_it_uses(bank: Bank) -> None:
    bank.release("reverse_factoring")
    command = bank.ask(
        "reverse-factoring",
        obligor_uscc=BUYER,
        evidence=papers(bank),
        base_value=Money(1_000_000_00),
        periods=90,
    )
    (refused,) = open_contracts(bank.tx, CLERK, [command], moment(START))
    assert isinstance(refused, Refusal)
    assert refused.reason.en == "a programme in force is missing"
