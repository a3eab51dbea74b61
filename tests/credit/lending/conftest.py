"""A small bank for the loan book: products released, limits set, acts booked and read back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import Detail, EventKind
from heliu.credit.lending.api import (
    Act,
    Done,
    Funds,
    Glance,
    Moment,
    Open,
    Opened,
    book,
    glance,
    lending_violations,
    open_contracts,
)
from heliu.credit.limits.api import Axis, LineKey, set_limits
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.flows.commercial.api import CONNECTORS
from heliu.flows.intake.api import Blob, file_blobs
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.party.api import complete_uscc

BORROWER, BUYER = complete_uscc("9112010112345678"), complete_uscc("9112010187654321")
NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
START = date(2026, 1, 5)
CLERK, OFFICER = Actor("clerk"), Actor("officer")
ELIGIBLE: Mapping[str, Mapping[str, Any]] = {
    "working-capital": {"months_trading": 24, "purpose_stated": True},
    "instalment-equal-instalment": {"months_trading": 24, "monthly_income_cover": "1.5"},
    "instalment-equal-principal": {"months_trading": 24, "monthly_income_cover": "1.5"},
    "credit-line": {"months_trading": 24},
    "receivable-with-recourse": {"assignment_notified": True, "days_to_due": 90},
    "receivable-without-recourse": {
        "assignment_notified": True,
        "days_to_due": 90,
        "payable_confirmed": True,
    },
    "reverse-factoring": {"days_to_due": 90, "payable_confirmed": True},
}
PAPER = UUID(int=77)


def moment(on: date) -> Moment:
    return Moment(on, datetime(on.year, on.month, on.day, 2, tzinfo=UTC))


@dataclass
class Bank:
    """The ledger and a transaction that is never committed, unless the test opens its own."""

    tx: Tx
    ledger: Ledger

    def __post_init__(self) -> None:
        self.keys = (UUID(int=n) for n in count(1000))

    def release(self, *stems: str) -> None:
        """Propose and release products of the catalogue."""
        for stem in stems:
            product, body = read_loan_product(CATALOGUE / f"{stem}.yaml")
            propose_loan_product(self.tx, CLERK, body, NOW)
            release_loan_product(self.tx, OFFICER, product.code, product.version, NOW)

    def room(self, amount: int, uscc: str = BORROWER, axis: Axis = Axis.SUPPLIER) -> None:
        """Set a limit line in minor units."""
        set_limits(self.tx, [(LineKey(axis, uscc, "CNY"), Money(amount))])

    def ask(self, product: str, **changes: Any) -> Open:
        """A sound command to open a contract, but for `changes`."""
        asked: dict[str, Any] = {
            "key": next(self.keys),
            "product": product,
            "borrower_uscc": BORROWER,
            "principal": Money(1_200_000_00),
            "annual_rate": Decimal("0.06"),
            "on": START,
            "periods": 12,
            "inputs": ELIGIBLE.get(product, {}),
        }
        return Open(**asked | changes)

    def open(self, product: str, **changes: Any) -> UUID:
        """Open a contract."""
        return self.open_on(self.ask(product, **changes))

    def open_on(self, command: Open) -> UUID:
        """Open the contract of a command."""
        (opened,) = open_contracts(self.tx, CLERK, [command], moment(command.on))
        assert isinstance(opened, Opened), opened
        return opened.contract_id

    def act(
        self,
        contract: UUID,
        kind: EventKind,
        on: date,
        amount: int | None = None,
        detail: Detail | None = None,
        funds: Funds = Funds.DEPOSIT,
    ) -> Act:
        """A command on a contract, amounts in minor units."""
        money = None if amount is None else Money(amount)
        return Act(next(self.keys), contract, kind, on, money, detail, funds)

    def book(self, *acts: Act, on: date | None = None) -> list[Done | Refusal]:
        """Book acts on a business date (default: the last act's day)."""
        at = moment(on or max(act.on for act in acts))
        return book(self.tx, self.ledger, CLERK, acts, at)

    def done(self, *acts: Act, on: date | None = None) -> Sequence[Done]:
        """Book acts of which none may be refused."""
        outcomes = self.book(*acts, on=on)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert not refused, refused
        return [outcome for outcome in outcomes if isinstance(outcome, Done)]

    def draw(self, contract: UUID, amount: int, on: date = START) -> Done:
        """Draw money."""
        return self.done(self.act(contract, EventKind.DISBURSE, on, amount))[0]

    def repay(self, contract: UUID, amount: int, on: date, today: date | None = None) -> Done:
        """Repay with money from outside."""
        act = self.act(contract, EventKind.REPAY, on, amount, funds=Funds.NOSTRO)
        return self.done(act, on=today or on)[0]

    def glance(self, contract: UUID, on: date) -> Glance:
        """The contract as it stands."""
        return glance(self.tx, [contract], on)[contract]

    def balance(self, name: str) -> int:
        """The balance of an account by name on its normal side, minor units."""
        found = self.tx.row("SELECT balance FROM books.balance_view WHERE name = %s", (name,))
        return int(found[0]) if found else 0

    def sound(self) -> None:
        """No law of the loan book is broken."""
        assert lending_violations(self.tx) == []


def filed(
    tx: Tx,
    *numbers: str,
    total: str = "1000000.00",
    seller: str = BORROWER,
    buyer: str = BUYER,
) -> tuple[UUID, ...]:
    """Invoices of these numbers, of one party on another, as the register's file says them."""
    header = "发票号码,开票日期,购方名称,购方税号,销方名称,销方税号,价税合计,发票状态"
    parties = f"Buyer,{buyer},Supplier,{seller}"
    # Of one day and amount they would look like one invoice numbered twice.
    days = [f"2025-12-{1 + place:02}" for place in range(len(numbers))]
    rows = [
        f"{number},{day},{parties},{total},正常"
        for number, day in zip(numbers, days, strict=True)
    ]  # fmt: skip
    data = "\n".join([header, *rows]).encode()
    blob = Blob("register", "invoices.csv", sha256(data).hexdigest(), data)
    (outcome,) = file_blobs(tx, CLERK, CONNECTORS, [blob], NOW)
    assert len(outcome.documents) == len(numbers), outcome.complaints
    return outcome.documents


class _RolledBack(Exception):
    pass


@pytest.fixture(scope="module")
def ledger(told: Database) -> Iterator[Ledger]:
    """The one writer of a database that the tests of a module share."""
    with Ledger.open(told, FixedClock(NOW)) as opened:
        yield opened


@pytest.fixture
def bank(told: Database, ledger: Ledger) -> Iterator[Bank]:
    """A bank in one transaction, rolled back after the test."""
    with suppress(_RolledBack), told.transaction() as tx:
        yield Bank(tx, ledger)
        raise _RolledBack
