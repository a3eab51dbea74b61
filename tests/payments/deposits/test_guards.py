"""What the database refuses by itself, whatever the code above it does."""

import psycopg
import pytest
from tests.payments.deposits.branch import NOON, branch

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database

END = """
INSERT INTO payments.transfer_end (transfer_id, kind, ended_by, business_date, ended_at)
SELECT t.id, 'paid', 'me', t.business_date, t.made_at FROM payments.transfer t LIMIT 1"""
BREAKING = {
    "a transfer that is held does not end beside its hold": [END],
    "a transfer is not let go without an end": ["DELETE FROM payments.transfer_hold"],
    "a transfer ends once": ["DELETE FROM payments.transfer_hold", END, END],
    "what waits for approval is not paid without it": ["DELETE FROM payments.transfer_hold", END],
    "an end is not taken back": ["DELETE FROM payments.transfer"],
    "a relaxation does not come at once": [
        """
        INSERT INTO payments.lock_change
          (holder, kind, locked, relaxes, asked_by, asked_at, effective_at)
        SELECT h.holder, 'payees', FALSE, TRUE, 'me', h.since, h.since
        FROM payments.deposit_holder h LIMIT 1"""
    ],
    "nobody approves his own transfer": [
        """
        INSERT INTO payments.transfer_approval (transfer_id, made_by, approved_by, approved_at)
        SELECT t.id, t.made_by, t.made_by, t.made_at FROM payments.transfer t"""
    ],
}


@pytest.mark.parametrize("statements", BREAKING.values(), ids=BREAKING.keys())
def test_the_database_keeps_the_laws_of_transfers(fresh: Database, statements: list[str]) -> None:
    clock = FixedClock(NOON)
    with Ledger.open(fresh, clock) as ledger:
        bank = branch(fresh, ledger, clock)
        bank.guard()
        bank.made(bank.asks("a", 30_001))
    with pytest.raises(psycopg.Error), fresh.transaction() as tx:
        for statement in statements:
            tx.run(statement)
