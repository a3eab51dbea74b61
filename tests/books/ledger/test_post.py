"""Posting inside the caller's transaction."""

from datetime import UTC, date, datetime

from heliu.books.ledger.api import Ledger, NewAccount, Transfer
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

NOW = datetime(2026, 5, 20, 1, tzinfo=UTC)


def test_smoke(fresh: Database) -> None:
    clock = FixedClock(NOW)
    with Ledger.open(fresh, clock) as ledger:
        with fresh.transaction() as tx:
            a, b = ledger.open_accounts(
                tx,
                [
                    NewAccount("cash", "central_bank"),
                    NewAccount("dep", "customer_deposit", floor=0),
                ],
            )
        t = lambda n, d, c, amt: Transfer(
            key=derived_id(str(n)),
            debit=d,
            credit=c,
            amount=Money(amt),
            code=1,
            business_date=date(2026, 5, 20),
        )
        with fresh.transaction() as tx:
            out = ledger.post(tx, [t(1, a, b, 100), t(2, b, a, 60), t(3, b, a, 60)])
        assert [o.status for o in out] == ["posted", "posted", "refused"]
        with fresh.transaction() as tx:
            out = ledger.post(tx, [t(1, a, b, 100), t(2, b, a, 61)])
        assert [(o.status, o.why.name) for o in out] == [
            ("duplicate", "NONE"),
            ("refused", "KEY_REUSED"),
        ]
        assert ledger.balance(b) == (40, 40)
    with Ledger.open(fresh, clock) as ledger:
        assert ledger.balance(b) == (40, 40)
        ledger.doubt()
        with fresh.transaction() as tx:
            tx.run("DELETE FROM books.checkpoint")
        assert ledger.balance(b) == (40, 40)
