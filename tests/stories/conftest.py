"""A bank with an empty database for one story."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.stories.trade_papers import Bank

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database


@pytest.fixture
def bank(fresh: Database) -> Iterator[Bank]:
    clock = FixedClock(datetime(2026, 1, 5, 2, tzinfo=UTC))
    with Ledger.open(fresh, clock) as ledger:
        yield Bank(fresh, ledger, clock)
