"""The teller: what waits is one batch, one bad ask harms no other, too many are sent away."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from heliu.app.serve.teller import MAX_BATCH, Run, Teller
from heliu.books.ledger.api import Fenced
from heliu.credit.instants.api import ActKind, Answer, Ask
from heliu.ground.errors import Fault, Outage
from heliu.ground.ids import derived_id


def ask(name: str) -> Ask:
    key = derived_id("ask", name)
    return Ask(key, ActKind.FINANCING, bytes(32), None, key, None, None)


def answered(asks: Sequence[Ask]) -> list[Answer]:
    return [Answer(one.key, b"{}", None, replayed=False) for one in asks]


@contextmanager
def teller(run: Run, troubles: list[str] | None = None) -> Iterator[Teller]:
    heard = troubles if troubles is not None else []
    working = Teller(run, lambda: heard.append("trouble"))
    working.start()
    try:
        yield working
    finally:
        working.close()


class Gate:
    """Holds the first batch until it is opened, and remembers the size of every batch."""

    def __init__(self) -> None:
        self.open, self.begun, self.sizes = threading.Event(), threading.Event(), list[int]()

    def run(self, asks: Sequence[Ask]) -> list[Answer]:
        self.sizes.append(len(asks))
        self.begun.set()
        self.open.wait()
        return answered(asks)


async def behind_the_first(gate: Gate, working: Teller, names: Sequence[str]) -> list[object]:
    """The first ask is being answered while the others come; then the gate opens."""
    first = asyncio.create_task(working.ask([ask("first")]))
    await asyncio.to_thread(gate.begun.wait)
    others = [asyncio.create_task(working.ask([ask(name)])) for name in names]
    await asyncio.sleep(0)
    gate.open.set()
    return list(await asyncio.gather(first, *others, return_exceptions=True))


def test_everything_that_waits_is_answered_in_one_batch() -> None:
    gate = Gate()
    with teller(gate.run) as working:
        answers = asyncio.run(behind_the_first(gate, working, [str(n) for n in range(20)]))
    assert gate.sizes == [1, 20]
    assert all(isinstance(one, list) and len(one) == 1 for one in answers)


def test_one_ask_that_fails_harms_no_other_of_its_batch() -> None:
    poison = derived_id("ask", "poison")
    gate = Gate()

    def run(asks: Sequence[Ask]) -> list[Answer]:
        gate.run(asks)
        if any(one.key == poison for one in asks):
            raise Fault("a broken fold")
        return answered(asks)

    troubles: list[str] = []
    with teller(run, troubles) as working:
        first, good, bad, late = asyncio.run(
            behind_the_first(gate, working, ["good", "poison", "late"])
        )
    assert isinstance(bad, Fault)
    assert [type(one) for one in (first, good, late)] == [list] * 3
    assert troubles


def test_an_outage_is_told_to_everybody_who_waited() -> None:
    def run(asks: Sequence[Ask]) -> list[Answer]:
        raise Outage(f"no server for {len(asks)}")

    with teller(run) as working, pytest.raises(Outage, match="no server"):
        asyncio.run(working.ask([ask("one")]))


def test_a_deposed_writer_answers_nobody_any_more() -> None:
    def run(asks: Sequence[Ask]) -> list[Answer]:
        raise Fenced(f"another writer, {len(asks)}")

    async def twice(working: Teller) -> list[BaseException | Sequence[Answer]]:
        found: list[BaseException | Sequence[Answer]] = []
        for name in ("one", "two"):
            found += await asyncio.gather(working.ask([ask(name)]), return_exceptions=True)
        return found

    with teller(run) as working:
        first, second = asyncio.run(twice(working))
    assert isinstance(first, Fenced)
    assert isinstance(second, Outage)


def test_too_many_are_sent_away_at_once_and_those_inside_are_answered() -> None:
    gate = Gate()

    async def flood(working: Teller) -> tuple[int, int]:
        first = asyncio.create_task(working.ask([ask("first")]))
        await asyncio.to_thread(gate.begun.wait)
        asked = [asyncio.create_task(working.ask([ask(str(n))])) for n in range(MAX_BATCH + 100)]
        await asyncio.sleep(0)
        away = sum(task.done() for task in asked)
        gate.open.set()
        await asyncio.gather(first, *asked, return_exceptions=True)
        return away, sum(task.exception() is None for task in asked)

    with teller(gate.run) as working:
        away, inside = asyncio.run(flood(working))
    assert (away, inside) == (100, MAX_BATCH)


def test_what_waits_when_the_teller_closes_is_still_answered() -> None:
    gate = Gate()

    async def close_behind(working: Teller) -> list[object]:
        first = asyncio.create_task(working.ask([ask("first")]))
        await asyncio.to_thread(gate.begun.wait)
        second = asyncio.create_task(working.ask([ask("second")]))
        await asyncio.sleep(0)
        closing = asyncio.create_task(asyncio.to_thread(working.close))
        await asyncio.sleep(0)
        gate.open.set()
        await closing
        return [await first, await second]

    with teller(gate.run) as working:
        answers = asyncio.run(close_behind(working))
    assert len(answers) == 2
