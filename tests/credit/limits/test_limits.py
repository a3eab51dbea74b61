"""Limits: two phases, all axes at once, never beyond (amounts in fen)."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.credit.limits.api import (
    Axis,
    LimitExceeded,
    LimitLine,
    LineKey,
    Move,
    Reserve,
    Reserved,
    all_lines,
    cancel,
    expire,
    release,
    reserve,
    set_limits,
    utilise,
    violations,
)
from heliu.credit.limits.domain import decide_reservations
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Fault
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)
BUYER = LineKey(Axis.OBLIGOR, "buyer", "CNY")
SMALL = LineKey(Axis.SUPPLIER, "small", "CNY")
LARGE = LineKey(Axis.SUPPLIER, "large", "CNY")
LIMITS = [(BUYER, Money(1000)), (SMALL, Money(300)), (LARGE, Money(900))]


def key(name: str) -> UUID:
    return derived_id("test", name)


def draw(name: str, fen: int, *lines: LineKey, at_least: int | None = None) -> Reserve:
    floor = Money(at_least or fen)
    return Reserve(key(name), Money(fen), floor, lines, NOW + timedelta(hours=1))


def use(tx: Tx) -> dict[LineKey, tuple[int, int]]:
    return {line.key: (line.reserved, line.utilised) for line in all_lines(tx)}


def test_a_draw_is_reserved_on_every_axis_then_utilised_then_released(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    assert reserve(tx, [draw("a", 200, BUYER, SMALL)], NOW) == [Reserved(key("a"), Money(200))]
    assert use(tx) == {BUYER: (200, 0), SMALL: (200, 0), LARGE: (0, 0)}
    utilise(tx, [Move(key("a-use"), key("a"), Money(200))], NOW)
    release(tx, [Move(key("a-repay"), key("a"), Money(50))], NOW)
    assert use(tx) == {BUYER: (0, 150), SMALL: (0, 150), LARGE: (0, 0)}
    assert violations(tx) == []


def test_the_narrowest_axis_decides_and_is_named(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    outcomes = reserve(
        tx, [draw("a", 301, BUYER, SMALL), draw("b", 900, BUYER, LARGE, at_least=1)], NOW
    )
    assert outcomes == [
        LimitExceeded(key("a"), SMALL, Money(300)),
        Reserved(key("b"), Money(900)),
    ]


def test_a_draw_may_accept_less_but_not_less_than_it_said(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    outcomes = reserve(
        tx,
        [
            draw("a", 900, BUYER, LARGE),
            draw("b", 300, BUYER, SMALL, at_least=100),
            draw("c", 50, BUYER, LARGE),
        ],
        NOW,
    )
    assert outcomes == [
        Reserved(key("a"), Money(900)),
        Reserved(key("b"), Money(100)),
        LimitExceeded(key("c"), BUYER, Money(0)),
    ]


def test_an_axis_without_a_limit_has_no_room(tx: Tx) -> None:
    unknown = LineKey(Axis.PROGRAMME, "nobody", "CNY")
    assert reserve(tx, [draw("a", 1, unknown)], NOW) == [LimitExceeded(key("a"), unknown, Money(0))]


def test_the_same_command_twice_has_one_effect_and_the_same_answer(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    command = draw("a", 400, BUYER, SMALL, at_least=100)
    assert reserve(tx, [command], NOW) == reserve(tx, [command], NOW)
    for _ in range(2):
        utilise(tx, [Move(key("use"), key("a"), Money(300))], NOW)
    assert use(tx)[SMALL] == (0, 300)


def test_a_draw_made_in_one_breath_is_utilised_at_once_and_never_expires(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    command = Reserve(key("a"), Money(500), Money(100), (BUYER, SMALL), None)
    assert reserve(tx, [command, command], NOW) == [Reserved(key("a"), Money(300))] * 2
    assert use(tx)[SMALL] == (0, 300)
    assert expire(tx, NOW + timedelta(days=999)) == 0
    release(tx, [Move(key("back"), key("a"), Money(300))], NOW)
    assert use(tx)[BUYER] == (0, 0)


def test_more_than_is_held_cannot_be_moved(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    reserve(tx, [draw("a", 100, SMALL)], NOW)
    with pytest.raises(Fault, match="holds less"):
        utilise(tx, [Move(key("use"), key("a"), Money(101))], NOW)
    with pytest.raises(Fault, match="holds less"):
        release(tx, [Move(key("release"), key("a"), Money(1))], NOW)
    cancel(tx, [Move(key("cancel"), key("a"), Money(100))], NOW)
    assert use(tx)[SMALL] == (0, 0)


def test_an_expired_reservation_gives_its_room_back_once(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    reserve(tx, [draw("a", 100, BUYER, SMALL)], NOW)
    assert expire(tx, NOW) == 0
    later = NOW + timedelta(hours=1)
    assert [expire(tx, later), expire(tx, later)] == [1, 0]
    assert use(tx)[SMALL] == (0, 0)


def test_a_lowered_limit_allows_releases_only(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    reserve(tx, [draw("a", 300, BUYER, SMALL)], NOW)
    set_limits(tx, [(SMALL, Money(100))])
    assert isinstance(reserve(tx, [draw("b", 1, SMALL)], NOW)[0], LimitExceeded)
    cancel(tx, [Move(key("cancel"), key("a"), Money(50))], NOW)
    assert use(tx)[SMALL] == (250, 0)


def test_the_database_itself_refuses_an_exceeded_limit(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    with pytest.raises(psycopg.errors.CheckViolation, match="would be exceeded"):
        tx.run("UPDATE credit.limit_line SET utilised = 301 WHERE id = %s", (SMALL.id,))


def test_a_line_that_left_its_events_is_named(tx: Tx) -> None:
    set_limits(tx, LIMITS)
    tx.run("UPDATE credit.limit_line SET utilised = 5 WHERE id = %s", (SMALL.id,))
    assert violations(tx) == [(SMALL.id, "supplier", 0, 5, 0, 0)]


draws = st.lists(
    st.tuples(st.integers(1, 700), st.sampled_from([(BUYER, SMALL), (BUYER, LARGE), (LARGE,)])),
    max_size=12,
)


@given(wanted=draws)
def test_no_axis_is_exceeded_in_any_order_of_draws(
    wanted: list[tuple[int, tuple[LineKey, ...]]],
) -> None:
    lines = {k: LimitLine(k, amount.minor) for k, amount in LIMITS}
    commands = [
        draw(str(i), fen, *keys, at_least=max(1, fen // 2)) for i, (fen, keys) in enumerate(wanted)
    ]
    outcomes, changes, after = decide_reservations(commands, lines)
    assert all(line.reserved <= line.amount for line in after.values())
    assert [o.key for o in outcomes] == [c.key for c in commands]
    moved = sum(c.reserved * len(c.lines) for c in changes)
    assert moved == sum(line.reserved for line in after.values())


def test_parallel_draws_never_exceed_an_axis(fresh: Database) -> None:
    with fresh.transaction() as tx:
        set_limits(tx, [(BUYER, Money(1000)), (SMALL, Money(1000)), (LARGE, Money(1000))])
    granted: list[int] = []

    def worker(number: int) -> None:
        database = Database(fresh.url)
        for i in range(10):
            lines = (BUYER, SMALL) if number % 2 else (LARGE, BUYER)
            with database.transaction() as tx:
                outcome = reserve(tx, [draw(f"{number}-{i}", 70, *lines)], NOW)[0]
            granted.extend([70] if isinstance(outcome, Reserved) else [])
        database.close()

    threads = [threading.Thread(target=worker, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh.transaction() as tx:
        assert use(tx)[BUYER] == (980, 0)
        assert violations(tx) == []
    assert sum(granted) == 980


def test_without_the_lock_the_same_draws_would_collide(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "heliu.credit.limits.store.LOCK_LINES",
        "SELECT axis, subject, currency, amount, reserved, utilised "
        "FROM credit.limit_line WHERE id = ANY(%b::uuid[]) ORDER BY id",
    )
    with fresh.transaction() as tx:
        set_limits(tx, [(SMALL, Money(100))])
    first, second = Database(fresh.url), Database(fresh.url)
    with pytest.raises(psycopg.errors.CheckViolation, match="would be exceeded"):
        with first.transaction() as one:
            assert isinstance(reserve(one, [draw("one", 70, SMALL)], NOW)[0], Reserved)
            one.flush()
            blocked = threading.Timer(0.3, one.connection.commit)
            blocked.start()
            with second.transaction() as two:
                reserve(two, [draw("two", 70, SMALL)], NOW)
    first.close()
    second.close()
