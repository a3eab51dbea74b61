"""The office as a fixture: one family's life for the tests of a module."""

from collections.abc import Iterator

import pytest
from tests.channels.retail.branch_office import NOON, Office, open_office

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database


@pytest.fixture(scope="module")
def office(told: Database) -> Iterator[Office]:
    """The application on a database of the module's own."""
    clock = FixedClock(NOON)
    with Ledger.open(told, clock) as ledger:
        yield open_office(told, ledger, clock)
