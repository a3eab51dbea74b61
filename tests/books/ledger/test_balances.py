"""The arrays of balances: they grow, and they answer for accounts that exist only."""

import numpy as np

from heliu.books.ledger.api import Account, Side
from heliu.books.ledger.domain.account import account_id
from heliu.books.ledger.domain.balances import FREE, Balances


def account(serial: int, floor: int | None = 0) -> Account:
    return Account(account_id(156, serial), f"a{serial}", "any", "CNY", floor, Side.CREDIT)


def test_there_is_room_for_any_number_of_accounts() -> None:
    one_by_one, at_once = Balances(), Balances()
    for serial in range(1, 3001):
        one_by_one.add_account(account(serial))
    ids = np.array([account(serial).id for serial in range(1, 3001)], np.int64)
    at_once.add_accounts(ids, np.zeros(3000, np.int64), np.full(3000, -1, np.int64))
    for balances in (one_by_one, at_once):
        assert balances.slots(ids).tolist() == list(range(1, 3001))
        assert balances.available(3000) == 0


def test_an_unknown_account_has_no_place() -> None:
    balances = Balances()
    balances.add_account(account(7))
    foreign, beyond, never = account_id(840, 7), account_id(156, 10**9), account_id(156, 8)
    ids = np.array([foreign, beyond, never, 0, -5, account(7).id], np.int64)
    assert balances.slots(ids).tolist() == [0, 0, 0, 0, 0, 7]
    balances.drop_account(account(7))
    assert balances.slots(ids).tolist() == [0] * 6


def test_an_account_without_a_floor_may_give_without_end() -> None:
    balances = Balances()
    balances.add_account(account(1, floor=None))
    balances.add_account(account(2, floor=-50))
    assert balances.headroom[1:3].tolist() == [FREE, 50]
