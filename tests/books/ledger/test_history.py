"""Posts, bulks, roll-backs, crashes and restarts in any order.

The ledger on real PostgreSQL answers and stands as a tiny one that books transfers one by one.
"""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.books.ledger.oracle import Book, Oracle
from tests.books.ledger.strategies import ACCOUNTS, CURRENCIES, NOW, histories

from heliu.books.ledger.api import (
    AccountId,
    Bulk,
    Ledger,
    NewAccount,
    Options,
    Side,
    Transfer,
    verify_ledger,
)
from heliu.books.ledger.domain.batch import batch_of
from heliu.books.ledger.domain.decide import outcomes_of
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database

Answer = tuple[str, int, int]


class History(RuleBasedStateMachine):
    """One ledger and one oracle; each example opens accounts and uses keys of its own."""

    database: Database
    lives = 0

    def __init__(self) -> None:
        super().__init__()
        History.lives += 1
        self.life = History.lives
        self.clock = FixedClock(NOW)
        self.ledger = self.open()
        types = {Side.DEBIT: "nostro", Side.CREDIT: "customer_deposit"}
        asked = [
            NewAccount(f"{self.life}:{a.name}", types[a.normal_side], a.currency, a.floor)
            for a in ACCOUNTS
        ]
        with self.database.transaction() as tx:
            ids = self.ledger.open_accounts(tx, asked)
        self.ids = dict(zip((a.id for a in ACCOUNTS), ids, strict=True))
        books: dict[int, Book] = {i: Book(a.currency, a.normal_side is Side.DEBIT, a.floor)
                 for i, a in zip(ids, ACCOUNTS, strict=True)}  # fmt: skip
        self.oracle = Oracle(books)
        with self.database.transaction() as tx:
            ((self.start,),) = tx.rows("SELECT upto_seq FROM books.prefix_view")

    def open(self) -> Ledger:
        return Ledger.open(self.database, self.clock, Options(leaf_size=16, wait_seconds=5))

    def own(self, transfers: list[Transfer]) -> list[Transfer]:
        def key(of: UUID) -> UUID:
            return UUID(int=self.life << 32 | of.int)

        return [
            Transfer(
                key=key(t.key),
                debit=self.ids.get(t.debit, AccountId(156 * 10**12 + 999_999)),
                credit=self.ids.get(t.credit, AccountId(156 * 10**12 + 999_999)),
                amount=t.amount, code=t.code, business_date=t.business_date, phase=t.phase,
                linked=t.linked, pending_key=key(t.pending_key) if t.pending_key else None,
                expires_at=t.expires_at,
            )
            for t in transfers
        ]  # fmt: skip

    def expected(self, transfers: list[Transfer]) -> list[Answer]:
        return [(s, seq + self.start if seq else 0, w) for s, seq, w in self.oracle.post(transfers)]

    @rule(batches=histories())
    def post(self, batches: list[list[Transfer]]) -> None:
        for batch in map(self.own, batches):
            with self.database.transaction() as tx:
                outcomes = self.ledger.post(tx, batch)
            found = [(o.status.value, o.seq or 0, int(o.why)) for o in outcomes]
            assert found == self.expected(batch)

    @rule(batches=histories(), forget=st.booleans())
    def post_in_bulk(self, batches: list[list[Transfer]], *, forget: bool) -> None:
        owned = [self.own(batch) for batch in batches]
        with Bulk(self.ledger) as bulk:
            tickets = []
            for batch in owned:
                tickets.append(bulk.submit(batch_of(batch, CURRENCIES)))
                bulk.recent.forget() if forget else None
        for batch, ticket in zip(owned, tickets, strict=True):
            assert ticket.answers is not None
            outcomes = outcomes_of(batch, ticket.answers)
            found = [(o.status.value, o.seq or 0, int(o.why)) for o in outcomes]
            assert found == self.expected(batch)

    @rule(batches=histories())
    def roll_back(self, batches: list[list[Transfer]]) -> None:
        with pytest.raises(ZeroDivisionError), self.database.transaction() as tx:
            for batch in batches:
                self.ledger.post(tx, self.own(batch))
            raise ZeroDivisionError

    @rule()
    def crash(self) -> None:
        self.ledger.doubt()

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        self.ledger = self.open()

    @invariant()
    def stands_as_the_oracle(self) -> None:
        books = self.oracle.books
        assert {i: self.ledger.balance(AccountId(i)) for i in books} == {
            i: (book.balance, book.available) for i, book in books.items()
        }

    def teardown(self) -> None:
        self.ledger.close()
        with self.database.transaction() as tx:
            assert verify_ledger(tx) == []
            rows = tx.rows("SELECT account, debits, credits FROM books.balance_view")
        mine = {row[0]: row[1:] for row in rows if row[0] in self.oracle.books}
        assert mine == {i: (b.debits, b.credits) for i, b in self.oracle.books.items()}


def test_every_history_books_what_one_by_one_would(fresh: Database) -> None:
    History.database = fresh
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=25,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.prove
def test_every_long_history_books_what_one_by_one_would(fresh: Database) -> None:
    History.database = fresh
    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=100,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
