"""Balances at any past instant, statements, trial balance, reversal (amounts in fen)."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests.books.ledger.bank import DAY, NOON, Bank, opened

from heliu.books.ledger.api import (
    After,
    Ledger,
    Options,
    Phase,
    Side,
    accounts_by_id,
    accounts_of_type,
    balance_at,
    chart,
    find_entries,
    reversal,
    statement,
    trial_balance,
)
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

TOMORROW = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def month(told: Database) -> Iterator[Bank]:
    """100 in at noon; 30 out at 13h; 5 out at 14h, backdated a day; 20 held, 15 of it posted."""
    clock = FixedClock(NOON)
    with Ledger.open(told, clock, Options(leaf_size=3)) as ledger:
        bank = opened(told, clock, ledger)
        bank.fund(100)
        clock.advance(timedelta(hours=1))
        bank.post(bank.transfer(1, "wallet", "shop", 30))
        clock.advance(timedelta(hours=1))
        bank.post(bank.transfer(2, "wallet", "shop", 5, business_date=DAY - timedelta(days=1)))
        ledger.checkpoint()
        clock.advance(timedelta(hours=1))
        bank.post(bank.transfer("hold", "wallet", "shop", 20, phase=Phase.PENDING))
        bank.post(
            bank.transfer(
                *("part", "wallet", "shop", 15),
                phase=Phase.POST,
                pending="hold",
                business_date=TOMORROW,
            )
        )
        bank.post(bank.transfer("usd", "dollars", "dollar wallet", 70, currency="USD"))
        yield bank


@pytest.mark.parametrize(
    ("hours", "on", "fen"),
    [
        (-1, None, 0),
        (0, None, 100),
        (1, None, 70),
        (2, None, 65),
        (3, None, 50),
        (None, None, 50),
        (None, DAY - timedelta(days=2), 0),
        (None, DAY - timedelta(days=1), -5),
        (None, DAY, 65),
        (None, TOMORROW, 50),
        (1, DAY - timedelta(days=1), 0),
    ],
)
def test_a_balance_is_known_for_every_instant_and_day(
    month: Bank, hours: int | None, on: date | None, fen: int
) -> None:
    at = None if hours is None else NOON + timedelta(hours=hours)
    with month.database.transaction() as tx:
        assert balance_at(tx, month.ids["wallet"], recorded_until=at, on=on) == Money(fen)


def test_a_statement_runs_from_the_opening_to_the_closing_balance(month: Bank) -> None:
    with month.database.transaction() as tx:
        wallet = statement(tx, month.ids["wallet"], start=DAY, until=TOMORROW)
        nostro = statement(tx, month.ids["nostro"], start=date(2026, 1, 1), until=date.max)
    assert (wallet.opening, wallet.closing) == (Money(-5), Money(65))
    assert [(line.effect.minor, line.balance.minor) for line in wallet.lines] == [
        (100, 95),
        (-30, 65),
    ]
    assert [line.balance.minor for line in nostro.lines] == [100]


def test_the_trial_balance_balances_in_every_currency_and_at_every_instant(month: Bank) -> None:
    with month.database.transaction() as tx:
        now = trial_balance(tx)
        then = trial_balance(tx, recorded_until=NOON)
    assert [(x.type, x.debits, x.credits) for x in then] == [
        ("customer_deposit", Money(0), Money(100)),
        ("nostro", Money(100), Money(0)),
    ]
    assert {x.debits.currency for x in now} == {"CNY", "USD"}
    for currency in ("CNY", "USD"):
        lines = [x for x in now if x.debits.currency == currency]
        assert sum(x.debits.minor for x in lines) == sum(x.credits.minor for x in lines)


def test_accounts_of_a_kind_sum_to_its_line_of_the_trial_balance_at_every_instant(
    month: Bank,
) -> None:
    with month.database.transaction() as tx:
        for at in (NOON, None):
            for line in trial_balance(tx, recorded_until=at):
                held = accounts_of_type(tx, line.type, After(), recorded_until=at)
                same = [one for one in held if one.account.currency == line.debits.currency]
                assert sum(one.debits.minor for one in same) == line.debits.minor
                assert sum(one.credits.minor for one in same) == line.credits.minor


def test_accounts_of_a_kind_come_a_page_by_key(month: Bank) -> None:
    with month.database.transaction() as tx:
        whole = accounts_of_type(tx, "customer_deposit", After())
        first = accounts_of_type(tx, "customer_deposit", After(most=1))
        rest = accounts_of_type(tx, "customer_deposit", After(account=first[0].account.id))
        named = accounts_by_id(tx, [one.account.id for one in whole])
    assert [*first, *rest] == whole
    assert named == {one.account.id: one.account for one in whole}
    assert [one.balance for one in whole] == [one.credits - one.debits for one in whole]


def test_the_published_view_is_checkpoint_and_tail(month: Bank) -> None:
    with month.database.transaction() as tx:
        rows = tx.rows(
            "SELECT name, debits, credits, balance FROM books.balance_view ORDER BY account"
        )
    assert rows == [
        ("nostro", 100, 0, 100),
        ("wallet", 50, 100, 50),
        ("shop", 0, 50, 50),
        ("dollars", 70, 0, 70),
        ("dollar wallet", 0, 70, 70),
    ]


def test_a_reversal_swaps_the_sides_and_happens_once(bank: Bank) -> None:
    bank.fund(100)
    bank.post(bank.transfer(1, "wallet", "shop", 30))
    with bank.database.transaction() as tx:
        (entry,) = find_entries(tx, [derived_id("test", "1")])
    undo = reversal(entry, code=9, business_date=TOMORROW)
    assert [bank.post(undo)[0].status for _ in range(2)] == ["posted", "duplicate"]
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 100
    with bank.database.transaction() as tx:
        (back,) = find_entries(tx, [undo.key])
    assert (back.debit, back.credit, back.amount) == (entry.credit, entry.debit, entry.amount)


def test_the_chart_of_accounts_is_data_in_both_languages(month: Bank) -> None:
    with month.database.transaction() as tx:
        types = {line.code: line for line in chart(tx)}
    assert types["customer_deposit"].normal_side is Side.CREDIT
    assert types["loan"].normal_side is Side.DEBIT
    assert all(line.zh and line.en for line in types.values())
