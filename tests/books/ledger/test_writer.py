"""One writer at a time, one booking per key: shown by breaking what normally prevents it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.books.ledger.bank import Bank

from heliu.books.ledger import store
from heliu.books.ledger.api import (
    Bulk,
    Fenced,
    LedgerBusy,
    Outcome,
    Status,
    verify_ledger,
)
from heliu.books.ledger.domain.batch import batch_of
from heliu.ground.errors import Fault, Outage

NEXT_BATCH = """
INSERT INTO books.batch (no, epoch, first_seq, n, recorded_at, prev, hash)
SELECT %s, %s, %s, 1, now() + interval '9 y', CASE %s WHEN 'prev' THEN prev ELSE hash END, hash
FROM books.batch
WHERE no = 1"""


def journal(bank: Bank) -> int:
    with bank.database.transaction() as tx:
        row = tx.row("SELECT count(*) FROM books.journal")
    assert row is not None
    return int(row[0])


def test_a_second_writer_waits_and_is_told(bank: Bank) -> None:
    with pytest.raises(LedgerBusy):
        bank.reopen(wait_seconds=0.1)
    bank.ledger.close()
    bank.reopen(wait_seconds=0.1).ledger.close()


def test_a_stale_writer_is_fenced_out_by_the_database(bank: Bank) -> None:
    bank.fund(100)
    with bank.reopen(take_over=True).ledger:
        with pytest.raises(Fenced):
            bank.post(bank.transfer(1, "wallet", "shop", 10))
        with pytest.raises(Fenced), Bulk(bank.ledger) as bulk:
            bulk.submit(batch_of([bank.transfer(2, "wallet", "shop", 10)], {"CNY": 156}))
    assert journal(bank) == 1


def test_a_stale_writers_bulk_is_fenced_out_by_the_database(bank: Bank) -> None:
    bank.fund(100)
    with bank.reopen(take_over=True).ledger, pytest.raises(Fenced), Bulk(bank.ledger) as bulk:
        bulk.submit(batch_of([bank.transfer(2, "wallet", "shop", 10)], {"CNY": 156}))
        bulk.drain()
    assert journal(bank) == 1


def test_without_the_fence_the_stale_writer_would_write(bank: Bank) -> None:
    bank.fund(100)
    with bank.database.connect(autocommit=True) as admin:
        admin.execute("ALTER TABLE books.batch DISABLE TRIGGER batch_guard")
    with bank.reopen(take_over=True).ledger:
        bank.post(bank.transfer(1, "wallet", "shop", 10))
    assert journal(bank) == 2


def test_a_writer_that_takes_over_waits_for_the_open_batch_of_the_last(bank: Bank) -> None:
    bank.fund(100)
    taken = threading.Event()

    def take() -> int:
        with bank.reopen(take_over=True).ledger as ledger:
            taken.set()
            return ledger.balance(bank.ids["wallet"]).posted

    with ThreadPoolExecutor(1) as pool:
        with bank.database.transaction() as tx:
            bank.ledger.post(tx, [bank.transfer(1, "wallet", "shop", 10)])
            found = pool.submit(take)
            assert not taken.wait(0.3)
        assert found.result() == 90


@pytest.mark.parametrize(
    ("no", "epoch", "first_seq", "prev", "state"),
    [
        (2, 0, 2, "hash", "HL001"),
        (3, 1, 2, "hash", "HL002"),
        (2, 1, 3, "hash", "HL002"),
        (2, 1, 2, "prev", "HL002"),
    ],
)
def test_the_database_refuses_what_does_not_continue_the_journal(
    bank: Bank, no: int, epoch: int, first_seq: int, prev: str, state: str
) -> None:
    bank.fund(100)
    with (
        pytest.raises(psycopg.DatabaseError) as caught,
        bank.database.connect(autocommit=True) as writer,
    ):
        writer.execute(NEXT_BATCH, (no, epoch, first_seq, prev))
    assert caught.value.sqlstate == state


def test_a_key_is_booked_once_even_if_the_writer_does_not_know_it(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.fund(100)
    pay = bank.transfer(1, "wallet", "shop", 10)
    bank.post(pay)
    monkeypatch.setattr(store, "known_transfers", lambda _tx, _keys: {})
    with pytest.raises(psycopg.errors.UniqueViolation):
        bank.post(pay)
    monkeypatch.undo()
    assert bank.post(pay)[0].status is Status.DUPLICATE
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 90


def test_without_the_key_guard_it_would_be_booked_twice_and_the_law_would_tell(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.fund(100)
    pay = bank.transfer(1, "wallet", "shop", 10)
    bank.post(pay)
    with bank.database.connect(autocommit=True) as admin:
        admin.execute("ALTER TABLE books.transfer_key DROP CONSTRAINT transfer_key_pkey")
    monkeypatch.setattr(store, "known_transfers", lambda _tx, _keys: {})
    assert bank.post(pay)[0].status is Status.POSTED
    with bank.database.transaction() as tx:
        assert {v.law for v in verify_ledger(tx)} == {"a key is booked once"}


def test_the_same_command_by_two_threads_at_once_is_booked_once(bank: Bank) -> None:
    bank.fund(100)
    start = threading.Barrier(4)

    def pay() -> Outcome:
        start.wait()
        return bank.post(bank.transfer(1, "wallet", "shop", 10))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = [each.result() for each in [pool.submit(pay) for _ in range(4)]]
    assert sorted(o.status for o in outcomes) == ["duplicate"] * 3 + ["posted"]
    assert len({o.seq for o in outcomes}) == 1


def test_threads_together_never_overdraw_an_account(bank: Bank) -> None:
    bank.fund(100)

    def pay(n: int) -> Outcome:
        return bank.post(bank.transfer(n, "wallet", "shop", 30))[0]

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(pay, range(8)))
    assert [o.status for o in outcomes].count(Status.POSTED) == 3
    assert bank.ledger.balance(bank.ids["wallet"]) == (10, 10)


def test_one_thread_with_two_open_transactions_is_told_of_its_fault(bank: Bank) -> None:
    with bank.database.transaction() as one:
        bank.ledger.post(one, [bank.transfer(1, "nostro", "wallet", 10)])
        with pytest.raises(Fault), bank.database.transaction() as two:
            bank.ledger.post(two, [bank.transfer(2, "nostro", "wallet", 10)])
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 10


def test_a_commit_whose_outcome_is_unknown_is_read_from_the_journal(bank: Bank) -> None:
    bank.fund(100)
    with pytest.raises(Outage), bank.database.transaction() as tx:
        bank.ledger.post(tx, [bank.transfer(1, "wallet", "shop", 10)])
        with bank.database.connect(autocommit=True) as admin:
            pid = tx.connection.info.backend_pid
            admin.execute("SELECT pg_terminate_backend(%s, 1000)", (pid,))
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 100
    assert bank.post(bank.transfer(1, "wallet", "shop", 10))[0].status is Status.POSTED


def test_a_writer_that_lost_its_session_takes_the_lease_again(bank: Bank) -> None:
    bank.fund(100)
    with bank.database.connect(autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    bank.ledger.doubt()
    assert bank.post(bank.transfer(1, "wallet", "shop", 10))[0].seq == 2
