"""A till in one transaction that is rolled back, and one on a database of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.payments.orders.till import NOON, Till, till

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx


class OneTransaction(Database):
    """A database whose every transaction is the test's own, so that nothing is kept."""

    def __init__(self, tx: Tx) -> None:
        super().__init__("")
        self._tx = tx

    @contextmanager
    def transaction(self, *, hopeful: bool = False) -> Iterator[Tx]:
        assert not hopeful, "nothing is taken for granted here"
        yield self._tx
        self._tx.finish()


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    """Stands still until a test moves it; the ledger's time never runs back."""
    return FixedClock(NOON)


@pytest.fixture(scope="module")
def books(_shared: Database, clock: FixedClock) -> Iterator[Ledger]:
    """The ledger of the database that all tests share."""
    with Ledger.open(_shared, clock) as ledger:
        yield ledger


@pytest.fixture
def bank(tx: Tx, books: Ledger, clock: FixedClock, tmp_path: Path) -> Till:
    """Money on deposit, a rail that nobody answers yet; rolled back after the test."""
    return till(OneTransaction(tx), books, clock, tmp_path)
