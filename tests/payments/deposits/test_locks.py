"""Locks on one's own money: set at once, relaxed after 24 hours asked for in peace."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.deposits.branch import OUTSIDE, Branch

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.identity.api import risk_events
from heliu.payments.deposits.api import (
    AddPayee,
    Lock,
    LockKind,
    PayBill,
    To,
    add_payee,
    locks_of,
    pay_bills,
    relaxes,
    set_lock,
)
from heliu.payments.deposits.domain.locks import (
    RELAXED_AFTER,
    Change,
    Standing,
    all_in_force,
    change,
    in_force,
    night_holds,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
OFF = {kind: Lock(kind) for kind in LockKind}


def single(fen: int) -> Lock:
    return Lock(LockKind.SINGLE, locked=True, amount=Money(fen))


def night(start: time, end: time) -> Lock:
    return Lock(LockKind.NIGHT, locked=True, starts=start, ends=end)


def wish(bank: Branch, lock: Lock) -> Standing:
    with bank.database.transaction() as tx:
        return set_lock(tx, bank.me, bank.elder.holder, lock, bank.when)


@pytest.mark.parametrize(
    ("lock", "fen", "code"),
    [
        (single(9_999), 10_000, "deposit.locked_single"),
        (single(10_000), 10_000, "held"),
        (Lock(LockKind.DAILY, locked=True, amount=Money(9_999)), 10_000, "deposit.locked_daily"),
        (Lock(LockKind.PAYEES, locked=True), 1, "deposit.locked_payees"),
        (night(time(22), time(7)), 1, "held"),
        (night(time(11), time(13)), 1, "deposit.locked_night"),
    ],
)
def test_a_lock_stops_what_it_was_set_for(bank: Branch, lock: Lock, fen: int, code: str) -> None:
    wish(bank, lock)
    assert bank.code(bank.asks("a", fen)) == code


def test_a_daily_lock_counts_what_was_let_by_and_forgets_what_was_recalled(bank: Branch) -> None:
    wish(bank, Lock(LockKind.DAILY, locked=True, amount=Money(10_000)))
    first, second = bank.make(bank.asks("a", 6_000), bank.asks("b", 6_000))
    assert not isinstance(first, Refusal)
    assert isinstance(second, Refusal)
    assert second.facts == {"most": 10_000, "left": 4_000}
    bank.recall(first)
    assert bank.code(bank.asks("c", 10_000)) == "held"
    own = To("Li Jianguo", bank.savings.number)
    assert bank.code(bank.asks("d", 10_000, own)) == "paid"


def test_a_locked_list_lets_a_new_payee_through_after_a_day(bank: Branch) -> None:
    with bank.database.transaction() as tx:
        add_payee(tx, AddPayee(bank.elder.holder, bank.to_shop), bank.when)
    wish(bank, Lock(LockKind.PAYEES, locked=True))
    with bank.database.transaction() as tx:
        add_payee(tx, AddPayee(bank.elder.holder, bank.to_daughter), bank.when)
    assert bank.code(bank.asks("a", 1)) == "held"
    assert bank.code(bank.asks("b", 1, bank.to_daughter)) == "deposit.locked_payees"
    bank.wait(24 * 60)
    assert bank.code(bank.asks("c", 1, bank.to_daughter)) == "held"
    assert bank.code(bank.asks("d", 1, OUTSIDE)) == "deposit.locked_payees"


def test_a_bill_passes_a_locked_list(bank: Branch) -> None:
    wish(bank, Lock(LockKind.PAYEES, locked=True))
    bill = PayBill(bank.asks("a").key, bank.elder.holder, bank.elder.id, bank.bill(100))
    with bank.database.transaction() as tx:
        (outcome,) = pay_bills(tx, bank.ledger, bank.me, [bill], bank.when)
    assert not isinstance(outcome, Refusal)


def test_a_relaxation_waits_a_day_and_the_guardian_is_told(bank: Branch) -> None:
    bank.guard(limit=10**9)
    wish(bank, single(5_000))
    standing = wish(bank, single(20_000))
    assert standing.lock == single(5_000)
    assert standing.waiting is not None
    assert bank.code(bank.asks("a", 10_000)) == "deposit.locked_single"
    with bank.database.transaction() as tx:
        (told,) = risk_events(tx, bank.people[1])
    assert "relax" in told.text.en
    bank.wait(24 * 60)
    assert bank.code(bank.asks("b", 10_000)) == "held"
    assert wish(bank, single(20_000)) == Standing(single(20_000))


def test_who_asks_again_for_the_lock_in_force_drops_what_waited(bank: Branch) -> None:
    wish(bank, single(5_000))
    wish(bank, OFF[LockKind.SINGLE])
    bank.wait(60)
    wish(bank, single(5_000))
    bank.wait(24 * 60)
    with bank.database.transaction() as tx:
        standing = locks_of(tx, bank.elder.holder, bank.when.at)[LockKind.SINGLE]
    assert standing == Standing(single(5_000))


@pytest.mark.parametrize(
    ("before", "after", "relaxing"),
    [
        (OFF[LockKind.SINGLE], single(1), False),
        (single(1), OFF[LockKind.SINGLE], True),
        (single(1), single(2), True),
        (single(2), single(1), False),
        (night(time(22), time(7)), night(time(21), time(8)), False),
        (night(time(22), time(7)), night(time(23), time(8)), True),
        (Lock(LockKind.PAYEES, locked=True), Lock(LockKind.PAYEES, locked=True), False),
        (Lock(LockKind.PAYEES, locked=True), OFF[LockKind.PAYEES], True),
    ],
)
def test_only_what_lets_more_through_relaxes(before: Lock, after: Lock, relaxing: bool) -> None:  # noqa: FBT001
    assert relaxes(before, after) is relaxing


@pytest.mark.parametrize(
    ("clock", "held"),
    [
        (time(21, 59), False),
        (time(22), True),
        (time(0), True),
        (time(6, 59), True),
        (time(7), False),
    ],
)
def test_a_night_goes_past_midnight_and_ends_before_its_end(clock: time, held: bool) -> None:  # noqa: FBT001
    assert night_holds(night(time(22), time(7)), clock) is held
    assert not night_holds(OFF[LockKind.NIGHT], clock)


minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
nights = st.tuples(minutes, minutes).filter(lambda two: two[0] != two[1]).map(lambda t: night(*t))
amounts = st.integers(0, 10**7).map(single)
wishes = st.lists(st.tuples(st.integers(0, 60 * 60), amounts | st.just(OFF[LockKind.SINGLE])))


def told(asked: list[tuple[int, Lock]]) -> list[Change]:
    """Changes asked for after so many minutes each."""
    changes: list[Change] = []
    at = START
    for wait, lock in asked:
        at += timedelta(minutes=wait + 1)
        changes.append(change(in_force(lock.kind, changes, at), lock, at))
    return changes


@given(asked=wishes, look=st.integers(0, 6 * 24 * 60), back=st.integers(0, 24 * 60 - 1))
def test_no_lock_lets_more_through_than_was_wished_throughout_the_last_day(
    asked: list[tuple[int, Lock]], look: int, back: int
) -> None:
    changes = told(asked)
    at = START + timedelta(minutes=look)
    now = in_force(LockKind.SINGLE, changes, at).lock
    wished = [c.lock for c in changes if c.asked_at <= at - timedelta(minutes=back)]
    before = wished[-1] if wished else OFF[LockKind.SINGLE]
    assert not relaxes(before, now)


@given(asked=wishes)
def test_what_was_wished_last_is_in_force_a_day_later(asked: list[tuple[int, Lock]]) -> None:
    changes = told(asked)
    last = changes[-1].lock if changes else OFF[LockKind.SINGLE]
    end = (changes[-1].asked_at if changes else START) + RELAXED_AFTER
    assert in_force(LockKind.SINGLE, changes, end) == Standing(last)
    assert all_in_force(changes, end)[LockKind.NIGHT] == Standing(OFF[LockKind.NIGHT])


@given(before=nights, after=nights, clock=minutes)
def test_a_night_that_does_not_relax_stops_whatever_the_old_one_stopped(
    before: Lock, after: Lock, clock: time
) -> None:
    assert relaxes(before, after) or not night_holds(before, clock) or night_holds(after, clock)
