"""A ledger with a small chart: the bench of the ledger's tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from heliu.books.ledger.api import AccountId, Ledger, NewAccount, Options, Outcome, Transfer
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
DAY = date(2026, 5, 20)
CHART = [
    NewAccount("nostro", "nostro"),
    NewAccount("wallet", "customer_deposit", floor=0),
    NewAccount("shop", "customer_deposit", floor=0),
    NewAccount("dollars", "nostro", "USD"),
    NewAccount("dollar wallet", "customer_deposit", "USD", floor=0),
]


@dataclass
class Bank:
    """The open ledger and its accounts by name."""

    database: Database
    clock: FixedClock
    ledger: Ledger
    ids: dict[str, AccountId]

    def transfer(self, key: object, debit: str, credit: str, fen: int, **rest: Any) -> Transfer:
        names = {"code": 1, "business_date": DAY, **rest}
        if "pending" in names:
            names["pending_key"] = derived_id("test", str(names.pop("pending")))
        currency = names.pop("currency", "CNY")
        return Transfer(
            key=derived_id("test", str(key)),
            debit=self.ids[debit],
            credit=self.ids[credit],
            amount=Money(fen, currency),
            **names,
        )

    def post(self, *transfers: Transfer) -> list[Outcome]:
        with self.database.transaction() as tx:
            return self.ledger.post(tx, transfers)

    def fund(self, fen: int = 1000, key: object = "fund") -> None:
        assert self.post(self.transfer(key, "nostro", "wallet", fen))[0].seq

    def reopen(self, **options: Any) -> "Bank":
        ledger = Ledger.open(self.database, self.clock, Options(**options))
        return Bank(self.database, self.clock, ledger, self.ids)


def opened(database: Database, clock: FixedClock, ledger: Ledger) -> Bank:
    """The bank with its chart of accounts opened."""
    with database.transaction() as tx:
        ids = ledger.open_accounts(tx, CHART)
    return Bank(database, clock, ledger, {a.name: i for a, i in zip(CHART, ids, strict=True)})
