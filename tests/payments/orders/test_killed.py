"""A bank whose process is really killed, again and again, beside a rail that loses things."""

import random
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from heliu.books.ledger.api import Ledger, Options, verify_ledger
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.payments.orders.api import (
    Patience,
    State,
    order_violations,
    orders_by_id,
    payment_cases,
    pump,
)
from heliu.payments.orders.domain.order import order_id
from heliu.payments.rails.api import Faults, FileRail, Pace, Simulator

ORDERS, KILLS, TURNS = 120, 25, 4_000
PATIENCE = Patience(timedelta(milliseconds=200), timedelta(seconds=1), questions=20, handings=20)
FAULTS = Faults(delay=0.2, lose_instruction=0.2, lose_answer=0.3, duplicate=0.2, reject=0.1)
# What the killed process does: place the same orders, a few at a time, and turn the loop.
BANK = """
import sys
from datetime import date, timedelta
from pathlib import Path
from heliu.books.ledger.api import Ledger, NewAccount, Options, Transfer
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.orders.api import Order, Patience, Payee, order_payments, pump
from heliu.payments.rails.api import FileRail

url, folder, orders = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
database, clock, rail, on = Database(url), SystemClock(), FileRail(folder), date(2026, 7, 20)
patience = Patience(timedelta(milliseconds=200), timedelta(seconds=1), questions=20, handings=20)
ledger = Ledger.open(database, clock, Options(take_over=True))
with database.transaction() as tx:
    payer, nostro = ledger.open_accounts(tx, [
        NewAccount("supplier:S:deposit:CNY", "customer_deposit", floor=0),
        NewAccount("nostro:CNY", "nostro"),
    ])
    funds = Transfer(key=derived_id("funds"), debit=nostro, credit=payer, amount=Money(10**9),
                     code=1, business_date=on)
    ledger.post(tx, [funds])
print("open", flush=True)
asked = [
    Order(derived_id("killed", str(n)), payer, Payee("Payee", f"6222{n:08d}"), Money(100 + n),
          derived_id("loan"), on)
    for n in range(orders)
]
while True:
    for start in range(0, orders, 10):
        with database.transaction() as tx:
            order_payments(tx, ledger, Actor("teller"), asked[start:start + 10], clock.now())
        print("placed", flush=True)
        pump(database, ledger, rail, clock, patience)
        print("pumped", flush=True)
"""


@pytest.mark.prove
def test_no_order_is_lost_or_paid_twice_by_a_bank_that_is_killed(
    fresh: Database, tmp_path: Path
) -> None:
    stop, chance = threading.Event(), random.Random(7)  # noqa: S311 - a dice, no secret
    simulator = Simulator(
        *(tmp_path, SystemClock()),
        faults=FAULTS,
        pace=Pace(timedelta(milliseconds=5), timedelta(milliseconds=600)),
        seed=7,
    )

    def play() -> None:
        while not stop.wait(0.01):
            simulator.step()

    rail = threading.Thread(target=play)
    rail.start()
    try:
        for _ in range(KILLS):
            live_and_die(fresh.url, tmp_path, lines=chance.randrange(1, 60))
        settle(fresh, tmp_path)
    finally:
        stop.set()
        rail.join()
    with fresh.transaction() as tx:
        orders = orders_by_id(tx, [order_id(key) for key in keys()])
        assert len(orders) == ORDERS
        assert payment_cases(tx) == []
        assert order_violations(tx) == []
        assert verify_ledger(tx) == []
    for order in orders.values():
        paid = simulator.paid(order.end_to_end_id)
        assert paid == [order.order.amount] * (order.state is State.SETTLED)
        assert order.state in (State.SETTLED, State.REJECTED)


def keys() -> list[UUID]:
    return [derived_id("killed", str(n)) for n in range(ORDERS)]


def live_and_die(url: str, folder: Path, *, lines: int) -> None:
    """Run the bank until it has said so many lines, then kill -9."""
    command = [sys.executable, "-c", BANK, url, str(folder), str(ORDERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as bank:
        assert bank.stdout is not None
        said = [bank.stdout.readline() for _ in range(lines)]
        bank.kill()
        assert said[0] == b"open\n"


def settle(database: Database, folder: Path) -> None:
    """Place what was never placed, and pump until every order has ended."""
    live_and_die(database.url, folder, lines=1 + 2 * ORDERS // 10)
    with Ledger.open(database, SystemClock(), Options(take_over=True)) as ledger:
        for _ in range(TURNS):
            pump(database, ledger, FileRail(folder), SystemClock(), PATIENCE)
            with database.transaction() as tx:
                states = [o.state for o in orders_by_id(tx, [order_id(k) for k in keys()]).values()]
            if all(state in (State.SETTLED, State.REJECTED) for state in states):
                return
