"""A small bank whose days are closed: contracts booked and committed, days closed one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from heliu.books.ledger.api import Ledger
from heliu.credit.closing.api import (
    Closed,
    House,
    TieLine,
    close_day,
    closing_violations,
    days_up_to,
    tie_out,
)
from heliu.credit.engine.api import Detail, EventKind
from heliu.credit.lending.api import Act, Done, Funds, Moment, Open, Opened, book, open_contracts
from heliu.credit.limits.api import Axis, LineKey, set_limits
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.credit.regulation.api import Profile
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.money import Money
from heliu.parties.party.api import complete_uscc

START = date(2026, 1, 5)
BORROWER, OTHER = complete_uscc("9112010112345678"), complete_uscc("9112010187654321")
CLERK, OFFICER = Actor("clerk"), Actor("officer")
INPUTS: dict[str, dict[str, Any]] = {
    "working-capital": {"months_trading": 24, "purpose_stated": True},
    "instalment-equal-instalment": {"months_trading": 24, "monthly_income_cover": "1.5"},
    "credit-line": {"months_trading": 24},
}


@dataclass
class Bank:
    """The house whose days are closed, and a clock that says which day it is."""

    house: House
    clock: FixedClock

    def __post_init__(self) -> None:
        self.keys = (UUID(int=n) for n in count(1000))

    @property
    def database(self) -> Database:
        return self.house.database

    def at(self, on: date) -> Moment:
        now = datetime(on.year, on.month, on.day, 2, tzinfo=UTC)
        self.clock.at = max(self.clock.at, now)
        return Moment(on, self.clock.now())

    def release(self, *stems: str) -> None:
        with self.database.transaction() as tx:
            for stem in stems:
                product, body = read_loan_product(CATALOGUE / f"{stem}.yaml")
                propose_loan_product(tx, CLERK, body, self.clock.now())
                release_loan_product(tx, OFFICER, product.code, product.version, self.clock.now())
            for uscc in (BORROWER, OTHER):
                set_limits(tx, [(LineKey(Axis.SUPPLIER, uscc, "CNY"), Money(10**12))])

    def lend(
        self, product: str, yuan: int, on: date = START, periods: int = 12, uscc: str = BORROWER
    ) -> UUID:
        """Open a contract and draw all of it."""
        command = Open(
            key=next(self.keys),
            product=product,
            borrower_uscc=uscc,
            principal=Money(yuan * 100),
            annual_rate=Decimal("0.06"),
            on=on,
            periods=periods,
            inputs=INPUTS[product],
        )
        with self.database.transaction() as tx:
            (opened,) = open_contracts(tx, CLERK, [command], self.at(on))
        assert isinstance(opened, Opened), opened
        self.act(opened.contract_id, EventKind.DISBURSE, on, yuan * 100)
        return opened.contract_id

    def act(
        self,
        contract: UUID,
        kind: EventKind,
        on: date,
        amount: int | None = None,
        *,
        detail: Detail | None = None,
        today: date | None = None,
    ) -> None:
        """Book one act, which may not be refused, on business date `today` (default: its day)."""
        money = None if amount is None else Money(amount)
        funds = Funds.DEPOSIT if kind is EventKind.DISBURSE else Funds.NOSTRO
        command = Act(next(self.keys), contract, kind, on, money, detail, funds)
        with self.database.transaction() as tx:
            (done,) = book(tx, self.house.ledger, CLERK, [command], self.at(today or on))
        assert isinstance(done, Done), done

    def close(self, until: date) -> list[Closed]:
        """Close all days up to `until`, on the morning after it."""
        self.at(until + timedelta(days=1))
        return [
            close_day(self.house, day, lambda *_: None) for day in days_up_to(self.house, until)
        ]

    def ties(self, day: date) -> list[TieLine]:
        with self.database.transaction() as tx:
            return tie_out(tx, day)

    def violations(self) -> list[str]:
        with self.database.transaction() as tx:
            return closing_violations(tx)

    def sound(self, day: date) -> None:
        """Every law of the end of day holds, and every account of the ledger ties."""
        assert self.violations() == []
        assert [line for line in self.ties(day) if not line.ties] == []

    def positions(self, day: date, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of a closed day by contract number."""
        query = f"SELECT {', '.join(columns)} FROM credit.day_position WHERE business_date = %s"  # noqa: S608 - our own columns
        with self.database.transaction() as tx:
            return tx.rows(f"{query} ORDER BY loan", (day,))

    def in_chunks_of(self, size: int) -> None:
        self.house = replace(self.house, chunk=size)


@pytest.fixture
def bank(fresh: Database) -> Iterator[Bank]:
    clock = FixedClock(datetime(2026, 1, 5, 1, tzinfo=UTC))
    with Ledger.open(fresh, clock) as ledger:
        yield Bank(House(fresh, ledger, clock, Actor("night"), Profile.STANDARD), clock)
