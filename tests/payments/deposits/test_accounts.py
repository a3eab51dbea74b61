"""Account numbers, elders' age, and accounts as they are opened and explained."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.deposits.branch import FUNDS, OUTSIDE, Branch

from heliu.books.ledger.api import AccountId
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.deposits.api import (
    Holder,
    NewBill,
    OpenAccount,
    Purpose,
    account_of,
    accounts_of,
    billers,
    explain,
    file_bills,
    holder_named,
    is_elder,
    masked,
    number_of,
    open_accounts,
)

accounts = st.builds(
    lambda currency, serial: AccountId(currency * 10**12 + serial),
    st.integers(1, 999),
    st.integers(1, 10**12 - 1),
)


@given(account=accounts)
def test_an_account_has_one_number_and_the_number_names_it(account: AccountId) -> None:
    assert account_of(number_of(account)) == account


@given(account=accounts, place=st.integers(0, 17), digit=st.integers(0, 9))
def test_a_number_with_one_wrong_digit_is_no_account(
    account: AccountId, place: int, digit: int
) -> None:
    number = number_of(account)
    wrong = number[:place] + str(digit) + number[place + 1 :]
    assert wrong == number or account_of(wrong) is None


@pytest.mark.parametrize("number", ["", "88", "8" * 17, "x" * 18, "９" * 18, "6222000011112222"])
def test_what_is_not_spelled_like_ours_is_not_ours(number: str) -> None:
    assert account_of(number) is None


@pytest.mark.parametrize(
    ("born", "on", "elder"),
    [
        (date(1966, 11, 24), date(2026, 11, 24), True),
        (date(1966, 11, 25), date(2026, 11, 24), False),
        (date(1968, 2, 29), date(2028, 2, 28), False),
        (date(1968, 2, 29), date(2028, 2, 29), True),
        (None, date(2026, 11, 24), False),
    ],
)
def test_an_elder_has_completed_sixty_years(born: date | None, on: date, elder: bool) -> None:  # noqa: FBT001
    assert is_elder(born, on) is elder


def test_an_account_is_opened_once_and_a_firms_is_that_of_its_loans(bank: Branch) -> None:
    holder = Holder(bank.shop.holder, "Corner Shop")
    with bank.database.transaction() as tx:
        (again,) = open_accounts(tx, bank.ledger, [OpenAccount(holder)], bank.when)
        assert holder_named(tx, bank.shop.holder) == holder
        assert holder_named(tx, "person:none") is None
        rows = tx.rows("SELECT name FROM books.account WHERE id = %s", (bank.shop.ledger_account,))
    assert again == bank.shop
    assert rows == [(f"{bank.shop.holder}:deposit:CNY",)]
    assert masked(again.number) == again.number[-4:]


def test_what_is_available_is_what_the_ledger_says(bank: Branch) -> None:
    bank.made(bank.asks("a", 10_000), bank.asks("b", 7_000, OUTSIDE))
    bank.wait(10)
    bank.turn()
    bank.made(bank.asks("c", 500))
    with bank.database.transaction() as tx:
        mine, savings = accounts_of(tx, bank.elder.holder)
    ledger = bank.balance(bank.elder)
    assert (mine.posted.minor, mine.available.minor) == (ledger.posted, ledger.available)
    assert (ledger.posted, ledger.available) == (FUNDS - 10_000, FUNDS - 17_500)
    assert savings.posted == Money(0)


def test_a_balance_is_explained_down_to_its_journal_lines(bank: Branch) -> None:
    bank.made(replace(bank.asks("a", 10_000), purpose=Purpose.RENT, memo="11 月"))
    bank.wait(10)
    bank.turn()
    before = bank.when.at
    bank.wait(1)
    bank.made(bank.asks("b", 7_000))
    bank.wait(10)
    bank.turn()
    bank.made(bank.asks("c", 500))
    on = bank.when.on
    with bank.database.transaction() as tx:
        now = explain(tx, bank.elder, start=on, until=on + timedelta(1))
        then = explain(tx, bank.elder, start=on, until=on + timedelta(1), known_at=before)
        shops = explain(tx, bank.shop, start=on, until=on + timedelta(1))
    assert [line.effect.minor for line in now.lines] == [FUNDS, -10_000, -7_000]
    assert now.opening + sum((line.effect for line in now.lines), Money(0)) == now.posted
    assert now.available == now.posted - Money(500)
    assert [hold.to for hold in now.holds] == ["Corner Shop"]
    rent = now.lines[1]
    assert (rent.with_whom, rent.memo, rent.title.en) == ("Corner Shop", "11 月", "Rent")
    assert [line.effect.minor for line in then.lines] == [FUNDS, -10_000]
    assert (then.posted.minor, then.holds) == (FUNDS - 10_000, ())
    assert [line.with_whom for line in shops.lines] == ["Li Jianguo", "Li Jianguo"]


def test_a_day_without_lines_explains_itself_by_its_opening(bank: Branch) -> None:
    tomorrow = bank.when.on + timedelta(1)
    with bank.database.transaction() as tx:
        found = explain(tx, bank.elder, start=tomorrow, until=tomorrow + timedelta(1))
    assert (found.opening.minor, found.lines, found.posted.minor) == (FUNDS, (), FUNDS)


def test_a_bill_is_filed_once_and_a_wrong_one_says_why(bank: Branch) -> None:
    bank.bill(100)
    bank.bill(100)
    with bank.database.transaction() as tx:
        code = billers(tx)[0].code
        dates = date(2026, 10, 1), date(2026, 11, 1)
        holder = bank.elder.holder
        wrong = [
            NewBill(derived_id("1"), "nobody", holder, "1", Money(1), *dates),
            NewBill(derived_id("2"), code, "person:none", "1", Money(1), *dates),
            NewBill(derived_id("3"), code, holder, "1", Money(0), *dates),
        ]
        outcomes = file_bills(tx, wrong, bank.when)
    assert [one.code for one in outcomes if isinstance(one, Refusal)] == [
        "deposit.unknown_biller",
        "deposit.unknown_account",
        "deposit.amount_not_positive",
    ]
