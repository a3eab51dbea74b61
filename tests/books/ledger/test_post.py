"""Posting inside the caller's transaction, as the bank sees it (amounts in fen)."""

from datetime import timedelta

import psycopg
import pytest
from tests.books.ledger.bank import CHART, NOON, Bank

from heliu.books.ledger.api import NewAccount, Phase, Status, Transfer, Why
from heliu.books.ledger.errors import REFUSALS
from heliu.ground.errors import Refusal

POSTED, DUPLICATE, REFUSED = Status


def test_money_moves_and_a_floor_holds_in_order(bank: Bank) -> None:
    bank.fund(100)
    outcomes = bank.post(
        bank.transfer(1, "wallet", "shop", 60),
        bank.transfer(2, "wallet", "shop", 60),
        bank.transfer(3, "wallet", "shop", 40),
    )
    assert [o.status for o in outcomes] == [POSTED, REFUSED, POSTED]
    assert outcomes[1].why is Why.FLOOR
    assert bank.ledger.balance(bank.ids["wallet"]) == (0, 0)
    assert bank.ledger.balance(bank.ids["shop"]) == (100, 100)
    assert bank.ledger.balance(bank.ids["nostro"]) == (100, 100)


def test_the_same_transfer_again_answers_as_before_and_other_content_is_refused(bank: Bank) -> None:
    first = bank.post(bank.transfer(1, "nostro", "wallet", 100))[0]
    again, other, late = bank.post(
        bank.transfer(1, "nostro", "wallet", 100),
        bank.transfer(1, "nostro", "wallet", 101),
        bank.transfer(1, "nostro", "wallet", 100),
    )
    assert (again.status, again.seq) == (DUPLICATE, first.seq)
    assert (other.status, other.why) == (REFUSED, Why.KEY_REUSED)
    assert (late.status, late.seq) == (DUPLICATE, first.seq)
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 100


def test_a_held_amount_repeats_as_before_even_after_its_expiry(bank: Bank) -> None:
    bank.fund(100)
    hold = bank.transfer(
        1, "wallet", "shop", 60, phase=Phase.PENDING, expires_at=NOON + timedelta(minutes=1)
    )
    first = bank.post(hold)[0]
    bank.clock.advance(timedelta(hours=1))
    assert (bank.post(hold)[0].status, bank.post(hold)[0].seq) == (DUPLICATE, first.seq)
    assert bank.post(bank.transfer(2, "wallet", "shop", 9, phase=Phase.PENDING,
                                   expires_at=NOON))[0].why is Why.EXPIRED  # fmt: skip


def test_a_pending_transfer_holds_then_posts_in_part_and_frees_the_rest(bank: Bank) -> None:
    bank.fund(100)
    bank.post(bank.transfer("hold", "wallet", "shop", 80, phase=Phase.PENDING))
    assert bank.ledger.balance(bank.ids["wallet"]) == (100, 20)
    assert bank.post(bank.transfer(1, "wallet", "shop", 30))[0].why is Why.FLOOR
    part = bank.transfer("part", "wallet", "shop", 50, phase=Phase.POST, pending="hold")
    assert bank.post(part)[0].status is POSTED
    assert bank.ledger.balance(bank.ids["wallet"]) == (50, 50)
    again = bank.transfer("again", "wallet", "shop", 10, phase=Phase.POST, pending="hold")
    assert bank.post(again)[0].why is Why.PENDING_NOT_OPEN
    assert bank.post(part)[0].status is DUPLICATE


def test_an_expired_hold_is_released_by_the_ledger_itself(bank: Bank) -> None:
    bank.fund(100)
    soon = NOON + timedelta(hours=1)
    bank.post(
        bank.transfer("hold", "wallet", "shop", 80, phase=Phase.PENDING, expires_at=soon),
        bank.transfer("kept", "wallet", "shop", 5, phase=Phase.PENDING),
    )
    bank.clock.advance(timedelta(hours=1))
    late = bank.transfer("late", "wallet", "shop", 80, phase=Phase.POST, pending="hold")
    assert bank.post(late)[0].why is Why.PENDING_NOT_OPEN
    assert bank.ledger.balance(bank.ids["wallet"]) == (100, 95)
    with bank.database.transaction() as tx:
        assert bank.ledger.expire(tx) == 0


def test_expiry_alone_books_what_is_due(bank: Bank) -> None:
    bank.fund(100)
    soon = NOON + timedelta(hours=1)
    bank.post(bank.transfer("hold", "wallet", "shop", 80, phase=Phase.PENDING, expires_at=soon))
    bank.clock.advance(timedelta(hours=2))
    with bank.database.transaction() as tx:
        assert bank.ledger.expire(tx) == 1
    assert bank.ledger.balance(bank.ids["wallet"]) == (100, 100)


def test_a_linked_chain_is_booked_whole_or_not_at_all(bank: Bank) -> None:
    bank.fund(100)
    outcomes = bank.post(
        bank.transfer(1, "wallet", "shop", 60, linked=True),
        bank.transfer(2, "wallet", "shop", 60),
        bank.transfer(3, "wallet", "shop", 100, linked=True),
        bank.transfer(4, "shop", "wallet", 100),
        bank.transfer(5, "shop", "wallet", 1, linked=True),
    )
    assert [o.why for o in outcomes] == [
        Why.CHAIN_BROKEN, Why.FLOOR, Why.NONE, Why.NONE, Why.CHAIN_OPEN,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("debit", "credit", "fen", "currency", "why"),
    [
        ("nostro", "wallet", 0, "CNY", Why.AMOUNT),
        ("nostro", "wallet", -5, "CNY", Why.AMOUNT),
        ("nostro", "wallet", 10**14 + 1, "CNY", Why.AMOUNT),
        ("nostro", "nostro", 5, "CNY", Why.SAME_ACCOUNT),
        ("nobody", "wallet", 5, "CNY", Why.DEBIT_UNKNOWN),
        ("nostro", "nobody", 5, "CNY", Why.CREDIT_UNKNOWN),
        ("nostro", "dollar wallet", 5, "CNY", Why.CURRENCY),
        ("nostro", "wallet", 5, "USD", Why.CURRENCY),
        ("nostro", "wallet", 5, "XXX", Why.CURRENCY),
    ],
)
def test_what_cannot_be_booked_is_refused_in_both_languages(
    bank: Bank, debit: str, credit: str, fen: int, currency: str, why: Why
) -> None:
    bank.ids["nobody"] = type(bank.ids["wallet"])(156 * 10**12 + 999_999)
    outcome = bank.post(bank.transfer(1, debit, credit, fen, currency=currency))[0]
    assert outcome.why is why
    assert outcome.refusal is not None
    assert all((*outcome.refusal.reason, *outcome.refusal.cure))


def test_every_reason_has_its_texts_and_a_code_of_its_own() -> None:
    assert set(REFUSALS) == set(Why) - {Why.NONE}
    assert len({refused.code for refused in REFUSALS.values()}) == len(REFUSALS)


def test_a_rolled_back_caller_leaves_no_trace(bank: Bank) -> None:
    bank.fund(100)
    with pytest.raises(RuntimeError), bank.database.transaction() as tx:
        (account,) = bank.ledger.open_accounts(tx, [NewAccount("gone", "customer_deposit")])
        assert bank.ledger.post(tx, [bank.transfer(1, "wallet", "shop", 60)])[0].seq
        assert bank.ledger.balance(bank.ids["wallet"]).posted == 40
        raise RuntimeError
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 100
    assert bank.post(bank.transfer(1, "wallet", "shop", 70))[0].status is POSTED
    with bank.database.transaction() as tx:
        assert bank.ledger.open_accounts(tx, [NewAccount("other", "customer_deposit")]) == [account]


def test_a_caller_that_swallows_a_failed_statement_commits_nothing(bank: Bank) -> None:
    bank.fund(100)
    with bank.database.transaction() as tx:
        bank.ledger.post(tx, [bank.transfer(1, "wallet", "shop", 60)])
        tx.run("SAVEPOINT before")
        with pytest.raises(psycopg.Error):
            tx.run("SELECT 1 / 0")
        tx.run("ROLLBACK TO before")
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 40
    with pytest.raises(psycopg.Error), bank.database.transaction() as tx:
        tx.run("SAVEPOINT before")
        bank.ledger.post(tx, [bank.transfer(2, "wallet", "shop", 10)])
        tx.run("ROLLBACK TO before")
        # The journal lacks what memory has: the database refuses to go on.
        bank.ledger.post(tx, [bank.transfer(3, "wallet", "shop", 10)])
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 40


def test_accounts_are_opened_once_by_name(bank: Bank) -> None:
    with bank.database.transaction() as tx:
        assert bank.ledger.open_accounts(tx, CHART) == [bank.ids[a.name] for a in CHART]
    with pytest.raises(Refusal, match="account_differs"), bank.database.transaction() as tx:
        bank.ledger.open_accounts(tx, [NewAccount("wallet", "customer_deposit")])
    with pytest.raises(Refusal, match="account_type_unknown"), bank.database.transaction() as tx:
        bank.ledger.open_accounts(tx, [NewAccount("x", "treasure")])


def test_an_account_that_opened_with_its_first_transfer_survives_a_restart(bank: Bank) -> None:
    with bank.database.transaction() as tx:
        (new,) = bank.ledger.open_accounts(tx, [NewAccount("new", "customer_deposit", floor=0)])
        bank.ids["new"] = new
        bank.ledger.post(tx, [bank.transfer(1, "nostro", "new", 7)])
    bank.ledger.close()
    with bank.reopen().ledger as ledger:
        assert ledger.balance(new) == (7, 7)


def test_a_transfer_says_what_it_is() -> None:
    with pytest.raises(TypeError):
        Transfer()  # type: ignore[call-arg]
