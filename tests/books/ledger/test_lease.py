"""The writer's lease between processes: killed, deposed, cut off from the server."""

import subprocess
import sys
import time

import pytest
from tests.books.ledger.bank import Bank

from heliu.books.ledger.api import Bulk, Fenced, Lease, Ledger, LedgerBusy, Status
from heliu.books.ledger.domain.batch import batch_of
from heliu.books.ledger.lane import Lane
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Outage

END_ALL = """
SELECT pg_terminate_backend(a.pid, 5000)
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"""

WRITER = """
import sys, threading
from heliu.books.ledger.api import Ledger
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
ledger = Ledger.open(Database(sys.argv[1]), SystemClock())
print("writes", flush=True)
threading.Event().wait()
"""


def end_all_sessions(database: Database) -> None:
    with database.connect(autocommit=True) as admin:
        admin.execute(END_ALL)


def test_a_killed_writers_lease_is_free_at_once(fresh: Database) -> None:
    command = [sys.executable, "-c", WRITER, fresh.url]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writes\n"
    lease = Lease(fresh)
    with pytest.raises(LedgerBusy):
        lease.take(wait_seconds=0.1)
    writer.kill()
    killed = time.monotonic()
    lease.take(wait_seconds=10)
    with Ledger.open(fresh, SystemClock(), lease=lease) as ledger, fresh.transaction() as tx:
        ledger.hold(tx)
    assert time.monotonic() - killed < 5
    writer.communicate()


def test_a_writer_whose_sessions_all_ended_goes_on_by_itself(bank: Bank) -> None:
    bank.fund(100)
    with pytest.raises(Outage), bank.database.transaction() as tx:
        bank.ledger.post(tx, [bank.transfer(1, "wallet", "shop", 10)])
        end_all_sessions(bank.database)
    assert bank.post(bank.transfer(1, "wallet", "shop", 10))[0].status is Status.POSTED
    with pytest.raises(LedgerBusy):
        bank.reopen(wait_seconds=0.1)


def test_a_bulk_whose_sessions_all_ended_goes_on_with_what_was_not_answered(bank: Bank) -> None:
    bank.fund(100)
    batch = batch_of([bank.transfer(1, "wallet", "shop", 10)], {"CNY": 156})
    with Bulk(bank.ledger) as bulk:
        end_all_sessions(bank.database)
        with pytest.raises(Outage):
            bulk.submit(batch)
            bulk.drain()
        ticket = bulk.submit(batch)
        bulk.drain()
    assert ticket.answers is not None
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 90


def test_a_bulk_that_finds_no_server_leaves_no_booking_in_memory(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.fund(100)
    batch = batch_of([bank.transfer(1, "wallet", "shop", 10)], {"CNY": 156})

    def gone(_lane: Lane, _database: Database) -> None:
        raise Outage("no server")

    with pytest.raises(Outage), Bulk(bank.ledger) as bulk:
        end_all_sessions(bank.database)
        monkeypatch.setattr(Lane, "__init__", gone)
        bulk.submit(batch)
        bulk.drain()
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 100


def test_a_writer_that_lost_its_lease_to_another_is_fenced(bank: Bank) -> None:
    bank.fund(100)
    end_all_sessions(bank.database)
    bank.ledger.doubt()
    with bank.reopen().ledger, pytest.raises(Fenced):
        bank.post(bank.transfer(1, "wallet", "shop", 10))
    with pytest.raises(Fenced):
        bank.post(bank.transfer(1, "wallet", "shop", 10))


def test_a_lease_without_a_server_is_an_outage() -> None:
    with pytest.raises(Outage):
        Lease(Database("postgresql://heliu@/heliu?host=/nonexistent")).take(wait_seconds=1)
