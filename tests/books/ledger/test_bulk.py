"""Bulk posting: the same answers as posting, several batches in flight, acknowledged in order."""

import psycopg
import pytest
from tests.books.ledger.bank import NOON, Bank

from heliu.books.ledger.api import Bulk, Phase, Ticket, Transfer, verify_ledger
from heliu.books.ledger.bulk import GROUP_ROWS
from heliu.books.ledger.domain.batch import batch_of
from heliu.ground.errors import Outage

CURRENCIES = {"CNY": 156, "USD": 840}
POSTED, DUPLICATE, REFUSED = 0, 1, 2


def answers(tickets: list[Ticket]) -> list[tuple[list[int], list[int]]]:
    found = [ticket.answers for ticket in tickets]
    return [(a.status.tolist(), a.seq.tolist()) for a in found if a is not None]


def submit(bulk: Bulk, *transfers: Transfer) -> Ticket:
    return bulk.submit(batch_of(transfers, CURRENCIES))


def laws(bank: Bank) -> list[object]:
    with bank.database.transaction() as tx:
        return list(verify_ledger(tx))


def test_batches_are_answered_in_order_and_readers_see_them(bank: Bank) -> None:
    with Bulk(bank.ledger) as bulk:
        tickets = [submit(bulk, bank.transfer("fund", "nostro", "wallet", 100))]
        tickets += [submit(bulk, bank.transfer(n, "wallet", "shop", 1)) for n in range(40)]
        tickets += [submit(bulk, bank.transfer("over", "wallet", "shop", 61))]
    assert answers(tickets) == [
        *(([POSTED], [seq]) for seq in range(1, 42)),
        ([REFUSED], [0]),
    ]
    with bank.database.transaction() as tx:
        rows = tx.rows("SELECT balance FROM books.balance_view WHERE name = 'wallet'")
    assert rows == [(60,)]
    assert laws(bank) == []


def test_many_rows_take_the_copy_way_and_cross_leaves(bank: Bank) -> None:
    sizes = [1, 16, 17, 300, 700, 2048, 2100]
    with Bulk(bank.ledger, lanes=3) as bulk:
        bank.ledger.leaf_size = 1000
        tickets = [
            submit(bulk, *(bank.transfer((size, n), "nostro", "wallet", 1) for n in range(size)))
            for size in sizes
        ]
    assert [set(status) for status, _ in answers(tickets)] == [{POSTED}] * len(sizes)
    assert bank.ledger.balance(bank.ids["wallet"]).posted == sum(sizes)
    bank.ledger.seal()
    assert laws(bank) == []
    with bank.database.transaction() as tx:
        (sealed,) = tx.rows("SELECT count(*) FROM books.leaf WHERE sealed_at IS NOT NULL")
        (full,) = tx.rows("SELECT count(*) FROM books.leaf WHERE end_seq <= %s", (sum(sizes),))
    assert sealed == full


def test_a_repeat_in_a_later_batch_answers_as_before(bank: Bank) -> None:
    with Bulk(bank.ledger) as bulk:
        first = submit(bulk, bank.transfer(1, "nostro", "wallet", 5))
        again = submit(
            bulk, bank.transfer(1, "nostro", "wallet", 5), bank.transfer(2, "nostro", "wallet", 5)
        )
    assert answers([first, again]) == [([POSTED], [1]), ([DUPLICATE, POSTED], [1, 2])]


def test_a_repeat_that_memory_has_forgotten_is_refused_by_the_database(bank: Bank) -> None:
    with Bulk(bank.ledger) as bulk:
        tickets = [submit(bulk, bank.transfer(n, "nostro", "wallet", 5)) for n in range(3)]
        bulk.drain()
        bulk.recent.forget()
        tickets += [submit(bulk, bank.transfer(n, "nostro", "wallet", 5)) for n in (9, 1, 10)]
        bulk.recent.forget()
        tickets += [submit(bulk, bank.transfer(n, "nostro", "wallet", 5)) for n in (2, 11)]
    assert [status for status, _ in answers(tickets)] == [
        *([POSTED],) * 3, [POSTED], [DUPLICATE], [POSTED], [DUPLICATE], [POSTED],
    ]  # fmt: skip
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 30
    assert laws(bank) == []


def test_pending_and_linked_transfers_go_in_bulk_too(bank: Bank) -> None:
    with Bulk(bank.ledger) as bulk:
        tickets = [
            submit(bulk, bank.transfer("fund", "nostro", "wallet", 100)),
            submit(bulk, bank.transfer("hold", "wallet", "shop", 80, phase=Phase.PENDING)),
            submit(bulk, bank.transfer("x", "wallet", "shop", 30)),
            submit(
                bulk,
                bank.transfer("y", "wallet", "shop", 10, linked=True),
                bank.transfer("z", "wallet", "shop", 99),
            ),
            submit(
                bulk, bank.transfer("p", "wallet", "shop", 70, phase=Phase.POST, pending="hold")
            ),
        ]
    assert [status for status, _ in answers(tickets)] == [
        [POSTED], [POSTED], [REFUSED], [REFUSED, REFUSED], [POSTED],
    ]  # fmt: skip
    assert bank.ledger.balance(bank.ids["wallet"]) == (30, 30)


def test_a_hold_that_expires_between_two_batches_is_released(bank: Bank) -> None:
    with Bulk(bank.ledger) as bulk:
        submit(bulk, bank.transfer("fund", "nostro", "wallet", 100))
        expires = NOON.replace(hour=NOON.hour + 1)
        submit(
            bulk,
            bank.transfer("h", "wallet", "shop", 80, phase=Phase.PENDING, expires_at=expires),
        )
        bank.clock.at = expires
        last = submit(bulk, bank.transfer(1, "wallet", "shop", 100))
    assert answers([last]) == [([POSTED], [4])]


def test_a_lost_connection_stops_the_bulk_and_the_journal_tells_the_rest(bank: Bank) -> None:
    with pytest.raises(Outage), Bulk(bank.ledger) as bulk:
        submit(bulk, bank.transfer("fund", "nostro", "wallet", 100))
        bulk.drain()
        with bank.database.connect(autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        submit(bulk, bank.transfer(1, "wallet", "shop", 10))
        submit(bulk, bank.transfer(2, "wallet", "shop", 10))
    bank.database.close()
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 100
    assert bank.post(bank.transfer(1, "wallet", "shop", 10))[0].seq == 2


def test_an_interrupted_bulk_leaves_only_what_was_committed(bank: Bank) -> None:
    bank.fund(10 * GROUP_ROWS)
    with pytest.raises(KeyboardInterrupt), Bulk(bank.ledger) as bulk:
        for n in range(20):
            submit(bulk, bank.transfer(n, "wallet", "shop", 1))
        raise KeyboardInterrupt
    with bank.database.transaction() as tx:
        rows = tx.rows("SELECT balance FROM books.balance_view WHERE name = 'shop'")
    assert rows == [(bank.ledger.balance(bank.ids["shop"]).posted,)]
    assert laws(bank) == []


def test_another_thread_cannot_post_into_a_running_bulk(bank: Bank) -> None:
    with Bulk(bank.ledger) as bulk:
        submit(bulk, bank.transfer(1, "nostro", "wallet", 5))
        bulk.drain()
        # The bulk's own thread may post in between.
        assert bank.post(bank.transfer(2, "nostro", "wallet", 5))[0].seq == 2
        submit(bulk, bank.transfer(3, "nostro", "wallet", 5))
    assert bank.ledger.balance(bank.ids["wallet"]).posted == 15


def test_the_schema_guards_every_row_the_copy_brings(bank: Bank) -> None:
    bank.fund()
    with bank.database.connect(autocommit=True) as writer:
        for debit, credit, amount in ((156, 156, 5), (156, 840, 5), (156, 157, 0)):
            with pytest.raises(psycopg.errors.CheckViolation):
                writer.execute(
                    "INSERT INTO books.journal (seq, key, debit, credit, amount, code, phase,"
                    " business_date) VALUES (5, gen_random_uuid(), %s::bigint * 1000000000000 + 1,"
                    " %s::bigint * 1000000000000 + 1, %s, 1, 0, now())",
                    (debit, credit, amount),
                )
