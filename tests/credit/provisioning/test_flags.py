"""Flags of risen risk: once each, for their days, as they were known."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from heliu.credit.provisioning.api import Flag, flag, flagged
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
START, UNTIL = date(2026, 5, 20), date(2026, 6, 1)
WATCH = Actor("watch")


def codes(outcomes: list[UUID | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "done" for one in outcomes]


def test_a_flag_holds_for_its_days_as_it_was_known(tx: Tx) -> None:
    loan = uuid4()
    flag(tx, WATCH, [Flag(uuid4(), loan, "warning.order_drop", START, UNTIL)], NOW)
    assert flagged(tx, START, NOW) == {loan}
    assert flagged(tx, UNTIL, NOW) == set()
    assert flagged(tx, START, NOW - timedelta(seconds=1)) == set()


def test_the_same_flag_twice_is_one_and_what_is_wrong_is_refused_alone(tx: Tx) -> None:
    one = Flag(uuid4(), uuid4(), "warning.order_drop", START, UNTIL)
    other = Flag(one.key, uuid4(), "warning.order_drop", START, UNTIL)
    wordy = Flag(uuid4(), uuid4(), "It smells", START, UNTIL)
    empty = Flag(uuid4(), uuid4(), "warning.order_drop", UNTIL, START)
    assert codes(flag(tx, WATCH, [one, one, other, wordy, empty], NOW)) == [
        *("done", "done", "provisioning.key_reused", "provisioning.cause_invalid"),
        "provisioning.period_empty",
    ]
    assert codes(flag(tx, WATCH, [one], NOW)) == ["done"]
