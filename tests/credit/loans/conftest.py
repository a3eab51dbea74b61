"""A bank of its own for each test of servicing."""

from collections.abc import Iterator

import pytest
from tests.credit.loans.receivables import OPENED, Receivables, at, opened

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database


@pytest.fixture
def bank(fresh: Database) -> Iterator[Receivables]:
    clock = FixedClock(at(OPENED, 1))
    with Ledger.open(fresh, clock) as ledger:
        yield opened(fresh, ledger, clock)
