"""A bank with a customer's deposit and a simulated rail, for the tests of payment orders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from heliu.books.ledger.api import AccountId, Balance, Ledger, NewAccount, Transfer
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.orders.api import (
    Order,
    Patience,
    Payee,
    PaymentCase,
    PaymentOrder,
    Pumped,
    State,
    history_of,
    order_payments,
    order_violations,
    orders_by_id,
    payment_cases,
    pump,
)
from heliu.payments.rails.api import Faults, FileRail, Pace, Profile, Rail, Simulator

NOON = datetime(2026, 7, 20, 4, 0, tzinfo=UTC)
TELLER = Actor("teller")
SUPPLIER, ONWARD = "91310000MA1FL00157", "91440300MA5DA0029D"
DEPOSIT, ONWARD_DEPOSIT = f"supplier:{SUPPLIER}:deposit:CNY", f"supplier:{ONWARD}:deposit:CNY"
OUTSIDE = Payee("Dongfeng Castings", "6222000011112222", ONWARD, "102100099996")
INSIDE = Payee("Dongfeng Castings", ONWARD_DEPOSIT, ONWARD)
PATIENCE = Patience(timedelta(seconds=10), timedelta(seconds=40), questions=3, handings=3)
_runs = count(1)


@dataclass(frozen=True, slots=True)
class Till:
    """The bank of one test: books, clock, rail and the customer's account."""

    database: Database
    ledger: Ledger
    clock: FixedClock
    folder: Path
    payer: AccountId
    onward: AccountId
    run: int

    def order(self, name: str, fen: int = 10_000, payee: Payee = OUTSIDE) -> Order:
        """An order under a key of this test's own."""
        return Order(
            key=derived_id("test order", str(self.run), name),
            payer=self.payer,
            payee=payee,
            amount=Money(fen),
            basis_id=derived_id("test loan", str(self.run)),
            on=self.clock.today(),
            parties=(SUPPLIER, ONWARD),
            payer_name="Haihe Parts <& Co>",
            payer_uscc=SUPPLIER,
        )

    def place(self, *orders: Order) -> list[PaymentOrder | Refusal]:
        """Place orders in a transaction of their own."""
        with self.database.transaction() as tx:
            return order_payments(tx, self.ledger, TELLER, orders, self.clock.now())

    def placed(self, *orders: Order) -> list[PaymentOrder]:
        """Place orders that must not be refused."""
        return [one for one in self.place(*orders) if isinstance(one, PaymentOrder)]

    def rail(self, profile: Profile | None = None) -> FileRail:
        """The bank's link to the rail."""
        return FileRail(self.folder, profile)

    def simulator(self, faults: Faults | None = None, seed: int = 0) -> Simulator:
        """The other end of the link; an ordinary answer comes at once."""
        pace = Pace(timedelta(0), timedelta(seconds=60))
        return Simulator(self.folder, self.clock, faults=faults, pace=pace, seed=seed)

    def pump(self, rail: Rail | None = None) -> Pumped:
        """One turn of the loop."""
        return pump(self.database, self.ledger, rail or self.rail(), self.clock, PATIENCE)

    def answer(self, *bodies: bytes) -> None:
        """Have the rail say these messages, and hear them."""
        self.rail()
        for body in bodies:
            (self.folder / "in" / f"{next(_runs):09d}.xml").write_bytes(body)
        self.pump()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(seconds=seconds))

    def state(self, order: PaymentOrder) -> State:
        """Where an order stands."""
        with self.database.transaction() as tx:
            return orders_by_id(tx, [order.id])[order.id].state

    def events(self, order: PaymentOrder) -> list[str]:
        """What happened to an order, in order."""
        with self.database.transaction() as tx:
            return [event.kind.value for event in history_of(tx, [order.id])]

    def cases(self, orders: Sequence[UUID] = ()) -> list[PaymentCase]:
        """The cases of these orders; all without."""
        with self.database.transaction() as tx:
            return [c for c in payment_cases(tx) if not orders or c.order_id in orders]

    def violations(self) -> list[str]:
        """What does not agree in orders and books."""
        with self.database.transaction() as tx:
            return order_violations(tx)

    def balance(self) -> Balance:
        """The customer's deposit: posted and available, in fen."""
        return self.ledger.balance(self.payer)

    def out(self) -> list[str]:
        """The names of the messages that the rail has not taken."""
        return sorted(path.name for path in (self.folder / "out").iterdir())


def till(database: Database, ledger: Ledger, clock: FixedClock, folder: Path) -> Till:
    """A till whose customer has 1,000 yuan; one database may hold many, each with its customer."""
    run = next(_runs)
    owner = f"{SUPPLIER}:{run}" if run > 1 else SUPPLIER
    with database.transaction() as tx:
        payer, onward, nostro = ledger.open_accounts(
            tx,
            [
                NewAccount(f"supplier:{owner}:deposit:CNY", "customer_deposit", floor=0),
                NewAccount(ONWARD_DEPOSIT, "customer_deposit", floor=0),
                NewAccount("nostro:CNY", "nostro"),
            ],
        )
        key = derived_id("test funds", str(run))
        funds = Transfer(
            key=key,
            debit=nostro,
            credit=payer,
            amount=Money(100_000),
            code=1,
            business_date=clock.today(),
        )
        ledger.post(tx, [funds])
    return Till(database, ledger, clock, folder, payer, onward, run)


def other(order: Order, fen: int) -> Order:
    """The same key with another amount."""
    return replace(order, amount=Money(fen))
