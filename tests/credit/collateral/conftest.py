"""Fixtures of the collateral tests."""

import pytest
from tests.credit.collateral.yard import BOOK, House

from heliu.credit.collateral.api import GoodsBook, read_book
from heliu.ground.db import Tx


@pytest.fixture(scope="session")
def book() -> GoodsBook:
    return read_book(BOOK)


@pytest.fixture
def house(tx: Tx, book: GoodsBook) -> House:
    return House(tx, book)
