"""The hall as a fixture."""

import pytest
from tests.channels.pages.hall import Hall, open_hall

from heliu.ground.db import Database


@pytest.fixture
def hall(fresh: Database) -> Hall:
    """The application on a database of its own."""
    return open_hall(fresh)
