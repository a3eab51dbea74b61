"""Cash meets receivables: who paid, which loans, and what each fen is for (amounts in fen)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.credit.loans.test_loan import BULLET, DUE, loan

from heliu.credit.loans.domain.loan import Debt, Loan
from heliu.credit.loans.domain.settlement import (
    Allocation,
    CaseKind,
    CashIn,
    match_loans,
    references,
    settle,
)
from heliu.ground.money import Money

ACCOUNTS = {"b": "BUYER-ACCOUNT"}


def numbered(number: int) -> Loan:
    return replace(loan(BULLET), id=UUID(int=number), invoice_no=f"INV-{number}")


def cash(fen: int, text: str = "INV-1", payer: str = "BUYER-ACCOUNT", late: int = 0) -> CashIn:
    on = DUE + timedelta(days=late)
    return CashIn(UUID(int=9), UUID(int=8), Money(fen), payer, text, on)


def debt(interest: int = 120_000, principal: int = 8_000_000, claim: int = 10_000_000) -> Debt:
    return Debt(Money(interest), Money(principal), Money(claim), Money(0), Money(0), DUE)


ONE = numbered(1)


@pytest.mark.parametrize(
    ("fen", "interest", "principal", "residual", "unapplied", "cases"),
    [
        (10_000_000, 120_000, 8_000_000, 1_880_000, 0, []),
        (9_500_000, 120_000, 8_000_000, 1_380_000, 0, [(CaseKind.SHORT_PAYMENT, 500_000)]),
        (5_000_000, 120_000, 4_880_000, 0, 0, [(CaseKind.SHORT_PAYMENT, 5_000_000)]),
        (100_000, 100_000, 0, 0, 0, [(CaseKind.SHORT_PAYMENT, 9_900_000)]),
        (10_300_000, 120_000, 8_000_000, 1_880_000, 300_000, [(CaseKind.OVERPAYMENT, 300_000)]),
    ],
)
def test_cash_pays_interest_then_principal_then_the_supplier(
    fen: int,
    interest: int,
    principal: int,
    residual: int,
    unapplied: int,
    cases: list[tuple[CaseKind, int]],
) -> None:
    result = settle(cash(fen), [ONE], {ONE.id: debt()}, ACCOUNTS)
    parts = (Money(fen - unapplied), Money(interest), Money(principal), Money(residual))
    assert result.allocations == (Allocation(ONE.id, *parts),)
    assert result.unapplied == Money(unapplied)
    assert [(kind, amount.minor) for kind, _, amount in result.cases] == cases


def test_cash_from_another_account_than_the_buyers_is_kept_apart() -> None:
    result = settle(cash(10_000_000, payer="SUPPLIER"), [ONE], {ONE.id: debt()}, ACCOUNTS)
    assert (result.allocations, result.unapplied) == ((), Money(10_000_000))
    assert result.cases == ((CaseKind.WRONG_PAYER, ONE.id, Money(10_000_000)),)


def test_cash_without_a_known_invoice_waits_for_a_person() -> None:
    result = settle(cash(500, "payment for goods"), [], {}, ACCOUNTS)
    assert result.cases == ((CaseKind.UNIDENTIFIED, None, Money(500)),)


def test_cash_in_another_currency_finds_no_loan() -> None:
    dollars = CashIn(UUID(int=9), UUID(int=8), Money(5, "USD"), "BUYER-ACCOUNT", "INV-1", DUE)
    assert settle(dollars, [ONE], {ONE.id: debt()}, ACCOUNTS).unapplied == Money(5, "USD")


def test_a_payment_within_grace_is_not_late_and_one_day_more_is() -> None:
    for late, kinds in ((3, []), (4, [CaseKind.LATE_PAYMENT])):
        result = settle(cash(10_000_000, late=late), [ONE], {ONE.id: debt()}, ACCOUNTS)
        assert [kind for kind, _, _ in result.cases] == kinds


def test_after_dilution_the_debt_is_still_paid_first() -> None:
    result = settle(cash(8_120_000), [ONE], {ONE.id: debt(claim=7_000_000)}, ACCOUNTS)
    assert result.allocations[0].principal == Money(8_000_000)
    assert result.cases == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("INV-1", [1]),
        ("Payment inv-2, INV-1.", [2, 1]),
        ("支付发票INV-1货款", [1]),
        ("INV-12", []),
        ("INV-1 INV-1", [1]),
    ],
)
def test_a_remittance_text_names_invoices_as_whole_words(text: str, found: list[int]) -> None:
    loans = [numbered(1), numbered(2)]
    assert [loan.id.int for loan in match_loans(cash(1, text), loans, ACCOUNTS)] == found


def test_one_payment_may_settle_several_invoices_in_the_order_named() -> None:
    two = numbered(2)
    debts = {ONE.id: debt(), two.id: debt()}
    result = settle(cash(15_000_000), [two, ONE], debts, ACCOUNTS)
    assert [(a.loan_id.int, a.cash.minor) for a in result.allocations] == [
        (2, 10_000_000),
        (1, 5_000_000),
    ]


parts = st.integers(0, 10**10)


@given(
    fen=st.integers(1, 10**11),
    debts=st.lists(st.tuples(parts, parts, parts), min_size=1, max_size=4),
    late=st.integers(-10, 40),
)
def test_no_fen_of_a_receipt_is_lost_and_none_is_used_beyond_the_debt(
    fen: int, debts: list[tuple[int, int, int]], late: int
) -> None:
    loans = [numbered(n + 1) for n in range(len(debts))]
    owed = {loan.id: debt(*d) for loan, d in zip(loans, debts, strict=True)}
    result = settle(cash(fen, late=late), loans, owed, ACCOUNTS)
    assert all(amount.minor > 0 for _, _, amount in result.cases)
    used = sum(a.interest.minor + a.principal.minor + a.residual.minor for a in result.allocations)
    assert used + result.unapplied.minor == fen
    for allocation in result.allocations:
        assert allocation.interest <= owed[allocation.loan_id].interest
        assert allocation.principal <= owed[allocation.loan_id].principal


def test_references_keep_their_order_and_lose_their_punctuation() -> None:
    assert references("re: inv-1/2026, (po.7)") == ["RE", "INV-1/2026", "PO.7"]


def test_one_number_of_two_sellers_means_the_loan_whose_buyer_paid() -> None:
    ours = numbered(1)
    other = replace(numbered(2), invoice_no="INV-1", buyer_uscc="other")
    accounts = {"b": "BUYER-ACCOUNT", "other": "OTHER-ACCOUNT"}
    assert match_loans(cash(1), [other, ours], accounts) == [ours]
    assert match_loans(cash(1, payer="OTHER-ACCOUNT"), [other, ours], accounts) == [other]


def test_one_number_of_two_sellers_to_one_buyer_is_left_to_a_person() -> None:
    twin = replace(numbered(2), invoice_no="INV-1", supplier_uscc="another")
    assert match_loans(cash(1), [numbered(1), twin], ACCOUNTS) == []


def test_a_late_second_payment_of_a_settled_loan_is_an_overpayment_only() -> None:
    result = settle(cash(500, late=40), [ONE], {ONE.id: debt(0, 0, 0)}, ACCOUNTS)
    assert result.cases == ((CaseKind.OVERPAYMENT, ONE.id, Money(500)),)
