"""Two hands at once: one application is filed, one cap holds, nothing waits in a circle."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from tests.credit.origination.house import CLERK, CONSUMER, Desk, desk_on, key, outside_of, yuan

from heliu.credit.origination.api import (
    Decide,
    FileApplication,
    Stage,
    decide,
    find,
    listed,
)
from heliu.ground.db import Database, Tx

BIG = replace(CONSUMER, amount=yuan("120000"), turnover=yuan("2000000"))


def at_once(database: Database, *works: Callable[[Tx], object]) -> list[object]:
    def alone(work: Callable[[Tx], object]) -> object:
        own = Database(database.url)
        try:
            with own.transaction() as tx:
                return work(tx)
        finally:
            own.close()

    with ThreadPoolExecutor(len(works)) as hands:
        return list(hands.map(alone, works))


def test_two_hands_that_file_under_one_key_file_once(fresh: Database) -> None:
    with fresh.transaction() as tx:
        clock = desk_on(tx).clock
    command = FileApplication(key("one"), CONSUMER)
    hands = [lambda tx: Desk(tx, clock, outside_of(clock)).filed([command])] * 4
    answers = at_once(fresh, *hands)
    assert answers == [answers[0]] * 4
    with fresh.transaction() as tx:
        assert [listed(tx, [Stage.GATHERING])] == [answers[0]]


def test_loans_of_one_person_decided_at_once_stay_within_the_cap(fresh: Database) -> None:
    with fresh.transaction() as tx:
        desk = desk_on(tx)
        gathered = [desk.complete(BIG, name) for name in ("one", "two", "three")]
    day = desk.day
    hands = [
        lambda tx, one=one: decide(tx, CLERK, [Decide(key("d", one.id), one.id)], day, {})
        for one in gathered
    ]
    at_once(fresh, *hands)
    with fresh.transaction() as tx:
        stages = sorted(one.stage for one in find(tx, [one.id for one in gathered]).values())
    assert stages == [Stage.OFFERED, Stage.REFUSED, Stage.REFUSED]
