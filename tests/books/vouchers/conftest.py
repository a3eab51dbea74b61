"""A till with an open ledger, on a database of the test's own."""

from collections.abc import Iterator

import pytest
from tests.books.vouchers.house import NOON, Till

from heliu.books.ledger.api import Ledger, Options
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database


@pytest.fixture
def till(fresh: Database) -> Iterator[Till]:
    """Whoever opens it is the one writer of `fresh`."""
    with Ledger.open(fresh, FixedClock(NOON), Options(wait_seconds=0.2)) as ledger:
        yield Till(ledger)
