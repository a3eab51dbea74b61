"""A ledger with a small chart, on a database of the test's own."""

from collections.abc import Iterator

import pytest
from tests.books.ledger.bank import NOON, Bank, opened

from heliu.books.ledger.api import Ledger, Options
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database


@pytest.fixture
def bank(fresh: Database) -> Iterator[Bank]:
    """Leaves hold eight transfers, so that every test that posts a few crosses one."""
    clock = FixedClock(NOON)
    with Ledger.open(fresh, clock, Options(wait_seconds=0.2, leaf_size=8)) as ledger:
        yield opened(fresh, clock, ledger)
