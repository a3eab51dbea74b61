"""The desk of origination, at work on a database that is rolled back."""

import pytest
from tests.credit.origination.house import Desk, desk_on

from heliu.ground.db import Tx


@pytest.fixture
def desk(tx: Tx) -> Desk:
    return desk_on(tx)
