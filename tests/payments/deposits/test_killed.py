"""Recall against payment: by threads that race, and by a process that is really killed."""

import random
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.payments.deposits.branch import FUNDS, NOON, Branch, branch

from heliu.books.ledger.api import Ledger, Options, verify_ledger
from heliu.ground.clock import FixedClock, SystemClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.payments.deposits.api import State, Transfer, When, recall_transfers, transfers_of

TURNS = 400
# What the killed process does: order transfers that are due at once, and turn the loop.
BANK = """
import sys
from datetime import UTC, date, datetime, timedelta
from heliu.books.ledger.api import Ledger, Options
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.deposits.api import *

url, holder, account, name, number = sys.argv[1:6]
database, clock = Database(url), SystemClock()
ledger = Ledger.open(database, clock, Options(take_over=True))
print("open", flush=True)
from uuid import UUID
for n in range(60):
    # People's clock of the order runs eleven minutes late, so that all is due when the loop turns.
    now = When(clock.now() - timedelta(minutes=11), clock.today())
    key, to = derived_id("killed", str(n)), To(name, number)
    asked = MakeTransfer(key, holder, UUID(account), to, Money(100 + n))
    with database.transaction() as tx:
        (made,) = make_transfers(tx, ledger, Actor("me"), [asked], now)
    if n % 3 == 0:
        with database.transaction() as tx:
            recall_transfers(tx, ledger, Actor("me"), holder, [made.id], now)
    with database.transaction() as tx:
        pay_due(tx, ledger, When(clock.now(), clock.today()), 2)
print("done", flush=True)
"""


def test_a_transfer_is_recalled_or_paid_never_both_when_both_come_at_once(
    fresh: Database,
) -> None:
    clock = FixedClock(NOON)
    with Ledger.open(fresh, clock) as ledger:
        bank = branch(fresh, ledger, clock)
        made = bank.made(*(bank.asks(str(n), 100) for n in range(30)))
        bank.clock.advance(timedelta(minutes=10))
        late = bank.when
        start = threading.Barrier(3)
        answers: list[object] = []

        def pays() -> None:
            start.wait()
            while bank.turn():
                pass

        def recalls(order: int) -> None:
            start.wait()
            for one in made[order:] + made[:order]:
                # Half of the recalls come as of a minute before the window ended.
                before = late.at - timedelta(minutes=order)
                answers.extend(_recall(bank, one.id, before))

        threads = [
            threading.Thread(target=pays),
            *(threading.Thread(target=recalls, args=(n,)) for n in (0, 1)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with fresh.transaction() as tx:
            ended = transfers_of(tx, bank.elder.holder)
            assert verify_ledger(tx) == []
        paid = [one for one in ended if one.state is State.PAID]
        assert {one.state for one in ended} <= {State.PAID, State.RECALLED}
        assert bank.balance(bank.shop).posted == 100 * len(paid)
        assert bank.balance(bank.elder) == (FUNDS - 100 * len(paid),) * 2
        assert bank.violations() == []
        assert any(isinstance(one, Refusal) for one in answers)


def _recall(bank: Branch, transfer: UUID, at: datetime) -> list[Transfer | Refusal]:
    when = When(at, bank.when.on)
    with bank.database.transaction() as tx:
        return recall_transfers(tx, bank.ledger, bank.me, bank.elder.holder, [transfer], when)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.integers(1, FUNDS // 3)),
        st.tuples(st.just("wait"), st.integers(1, 12)),
        st.tuples(st.just("recall"), st.integers(0, 9)),
        st.tuples(st.just("turn"), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_no_fen_is_lost_by_any_order_of_making_recalling_and_paying(
    bank: Branch, steps: list[tuple[str, int]]
) -> None:
    bank = branch(bank.database, bank.ledger, bank.clock)
    made = []
    for place, (act, number) in enumerate(steps):
        match act:
            case "make":
                made += [
                    one
                    for one in bank.make(bank.asks(str(place), number))
                    if not isinstance(one, Refusal)
                ]
            case "wait":
                bank.wait(number)
            case "recall":
                bank.recall(*made[number : number + 1])
            case _:
                bank.turn()
        balance = bank.balance(bank.elder)
        assert 0 <= balance.available <= balance.posted
        assert balance.posted + bank.balance(bank.shop).posted == FUNDS
    assert bank.violations() == []


@pytest.mark.prove
def test_a_bank_that_is_killed_again_and_again_pays_each_transfer_once_or_not_at_all(
    fresh: Database,
) -> None:
    with Ledger.open(fresh, SystemClock()) as ledger:
        bank = branch(fresh, ledger, FixedClock(SystemClock().now()))
    rng, done, kills = random.Random(1), False, 0  # noqa: S311 - when to kill
    for _ in range(TURNS):
        args = [bank.elder.holder, str(bank.elder.id), "Corner Shop", bank.shop.number]
        process = subprocess.Popen(
            [sys.executable, "-c", BANK, fresh.url, *args], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            process.wait(timeout=rng.uniform(0.02, 0.6))
        except subprocess.TimeoutExpired:
            process.kill()
            kills += 1
            process.wait()
        done = done or process.returncode == 0
        process.stdout.close()
        if done:
            break
    assert done
    assert kills
    with Ledger.open(fresh, SystemClock(), Options(take_over=True)) as ledger:
        with fresh.transaction() as tx:
            ended = transfers_of(tx, bank.elder.holder, 100)
            assert verify_ledger(tx) == []
        paid = sum(one.amount.minor for one in ended if one.state is State.PAID)
        assert len(ended) == 60
        assert ledger.balance(bank.shop.ledger_account).posted == paid
        held = sum(one.amount.minor for one in ended if one.state is State.HELD)
        assert ledger.balance(bank.elder.ledger_account) == (FUNDS - paid, FUNDS - paid - held)
        bank.ledger = ledger
        assert bank.violations() == []
