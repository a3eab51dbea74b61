"""A bank that lends, closes its days and collects."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from tests.credit.closing.conftest import Bank

from heliu.books.ledger.api import Ledger
from heliu.credit.closing.api import House
from heliu.credit.collection.api import Case, Law, Worked, open_cases, shipped, work_day
from heliu.credit.lending.api import Moment
from heliu.credit.regulation.api import Profile, Rules, in_force
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database

COLLECTOR, OFFICER = Actor("collector"), Actor("recovery officer")


@dataclass(frozen=True)
class Desk:
    """The collection desk of a bank whose days are closed."""

    bank: Bank

    def evening(self, day: date) -> Worked:
        """Close all days up to `day` and take it into cases."""
        self.bank.close(day)
        with self.bank.database.transaction() as tx:
            return work_day(tx, Actor("night"), day, shipped(), self.noon(day))

    def cases(self) -> list[Case]:
        with self.bank.database.transaction() as tx:
            return open_cases(tx)

    def noon(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)

    def moment(self, day: date) -> Moment:
        return self.bank.at(day)

    def rules(self, day: date) -> Rules:
        return in_force(day, Profile.STANDARD)

    def law(self, day: date) -> Law:
        return Law(self.rules(day), shipped())


@pytest.fixture
def desk(fresh: Database) -> Iterator[Desk]:
    clock = FixedClock(datetime(2026, 1, 5, 1, tzinfo=UTC))
    with Ledger.open(fresh, clock) as ledger:
        house = House(fresh, ledger, clock, Actor("night"), Profile.STANDARD)
        yield Desk(Bank(house, clock))


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def key(number: int) -> UUID:
    return UUID(int=10_000 + number)
