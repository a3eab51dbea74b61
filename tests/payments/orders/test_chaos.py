"""Whatever the rail does and wherever the bank is killed, nobody is paid twice."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.payments.orders.conftest import OneTransaction
from tests.payments.orders.till import Till, till

from heliu.books.ledger.api import Ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.payments.orders.api import Order, State, order_id, orders_by_id
from heliu.payments.rails.api import Faults, FileRail, Incoming, Outgoing, Profile, Rail, Simulator

ENDED = (State.SETTLED, State.REJECTED, State.RETURNED)


class Killed(BaseException):
    """The process died here; what was not committed or handed over is lost."""


class _RolledBack(Exception):
    pass


@dataclass
class MortalRail:
    """A rail whose bank dies when its fuse has burnt down: before, amid or after a call.

    All that a process does to the world outside its transactions are these calls, so dying inside
    a transaction is the same as dying at the call before it.
    """

    rail: FileRail
    fuse: int
    profile: Profile = field(init=False)

    def __post_init__(self) -> None:
        self.profile = self.rail.profile

    def burn(self) -> None:
        self.fuse -= 1
        if self.fuse == 0:
            raise Killed

    def send(self, messages: Sequence[Outgoing]) -> None:
        self.burn()
        half = len(messages) // 2
        self.rail.send(messages[:half])
        self.burn()
        self.rail.send(messages[half:])
        self.burn()

    def receive(self, limit: int) -> list[Incoming]:
        self.burn()
        came = self.rail.receive(limit)
        self.burn()
        return came

    def acknowledge(self, messages: Sequence[Incoming]) -> None:
        self.burn()
        half = len(messages) // 2
        self.rail.acknowledge(messages[:half])
        self.burn()
        self.rail.acknowledge(messages[half:])
        self.burn()


chances = st.sampled_from([0.0, 0.0, 0.2, 0.6])
faults = st.builds(
    Faults,
    delay=chances,
    lose_instruction=chances,
    lose_answer=chances,
    duplicate=chances,
    late=chances,
    wrong_amount=st.sampled_from([0.0, 0.0, 0.2]),
    reject=chances,
    give_back=chances,
    silent=st.sampled_from([0.0, 0.0, 0.2]),
)
turns = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([0.0, 1.0, 5.0, 12.0, 30.0]), st.booleans()),
    min_size=4,
    max_size=20,
)
# A question overtakes the instruction, which is handed over again and then arrives twice.
OVERTAKEN = ([100] * 5, Faults(delay=1.0), [(0, 12.0, False)] * 8, 0)


def live(bank: Till, rail: Rail, simulator: Simulator, seconds: float) -> None:
    """One turn of both sides; a killed bank is simply run again."""
    with suppress(Killed):
        bank.pump(rail)
    simulator.step()
    bank.wait(seconds)


def bring_to_an_end(bank: Till, simulator: Simulator) -> None:
    """The bank lives and time passes until nothing is done any more on either side."""
    quiet = 0
    while quiet < 4:
        pumped = bank.pump()
        worked = simulator.step()
        quiet = 0 if pumped.heard or pumped.overdue or pumped.handed or worked else quiet + 1
        bank.wait(60)


ANY_RAIL = (
    st.lists(st.integers(1, 30_000), min_size=1, max_size=5),
    faults,
    turns,
    st.integers(0, 999),
)


@dataclass(frozen=True)
class World:
    """What all stories of this module share: database, books and time."""

    database: Database
    books: Ledger
    clock: FixedClock


@pytest.fixture(scope="module")
def world(_shared: Database, books: Ledger, clock: FixedClock) -> World:
    return World(_shared, books, clock)


def tell(
    world: World,
    amounts: list[int],
    faults: Faults,
    turns: list[tuple[int, float, bool]],
    seed: int,
) -> None:
    """Place orders, live through the turns, come to an end, and see that all is well."""
    with (
        tempfile.TemporaryDirectory() as folder,
        suppress(_RolledBack),
        world.database.transaction() as tx,
    ):
        bank = till(OneTransaction(tx), world.books, world.clock, Path(folder))
        orders = [bank.order(f"order {n}", fen) for n, fen in enumerate(amounts)]
        simulator = bank.simulator(faults, seed)
        bank.place(*orders)
        for fuse, seconds, again in turns:
            live(bank, MortalRail(bank.rail(), fuse), simulator, seconds)
            bank.place(*orders[: again * len(orders)])
            assert bank.violations() == []
        bring_to_an_end(bank, simulator)
        assert_all_is_well(bank, simulator, orders)
        raise _RolledBack


@settings(max_examples=6)
@example(*OVERTAKEN)
@given(*ANY_RAIL)
def test_each_order_is_paid_once_or_not_at_all_and_the_books_agree(
    world: World,
    amounts: list[int],
    faults: Faults,
    turns: list[tuple[int, float, bool]],
    seed: int,
) -> None:
    tell(world, amounts, faults, turns, seed)


@pytest.mark.prove
@settings(max_examples=300)
@given(*ANY_RAIL)
def test_no_rail_of_hundreds_makes_the_bank_pay_twice(
    world: World,
    amounts: list[int],
    faults: Faults,
    turns: list[tuple[int, float, bool]],
    seed: int,
) -> None:
    tell(world, amounts, faults, turns, seed)


def assert_all_is_well(bank: Till, simulator: Simulator, asked: list[Order]) -> None:
    with bank.database.transaction() as tx:
        orders = orders_by_id(tx, [order_id(order.key) for order in asked]).values()
    opened = {case.order_id for case in bank.cases()}
    gone = held = 0
    for order in orders:
        amount, paid = order.order.amount, simulator.paid(order.end_to_end_id)
        assert paid in ([], [amount])
        assert order.state in ENDED or order.id in opened
        assert order.state not in (State.SETTLED, State.RETURNED) or paid
        assert order.state is not State.REJECTED or not paid
        gone += amount.minor * (order.state is State.SETTLED)
        held += amount.minor * (order.state not in ENDED)
    assert bank.violations() == []
    assert bank.balance() == (100_000 - gone, 100_000 - gone - held)
