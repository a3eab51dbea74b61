"""A branch in one transaction that is rolled back, and one on a database of the test's own."""

from collections.abc import Iterator

import pytest
from tests.payments.deposits.branch import NOON, Branch, branch
from tests.payments.orders.conftest import OneTransaction

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx


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
def bank(tx: Tx, books: Ledger, clock: FixedClock) -> Branch:
    """An elder, his daughter and a shop with accounts; rolled back after the test."""
    return branch(OneTransaction(tx), books, clock)
