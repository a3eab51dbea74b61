"""Words on cases: they wait, may be taken back, are sent once, and their desk may refuse."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from heliu.channels.console import store_cases
from heliu.channels.console.case_words import (
    WAITS,
    Moment,
    Say,
    deliver,
    reason_fits,
    say,
    send_due,
    take_back,
    takes,
)
from heliu.channels.console.store_cases import CaseAct, How, Queue, Word
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal

NOON = datetime(2026, 3, 31, 4, tzinfo=UTC)
ME, OTHER = uuid4(), uuid4()
REASON = "looked at, nothing to do"


def told(queue: Queue = Queue.CASH, act: CaseAct = CaseAct.CLOSE, cases: int = 2) -> Say:
    return Say(uuid4(), queue, [uuid4() for _ in range(cases)], act, REASON)


def how(tx: Tx, key: UUID) -> set[How]:
    return {word.how for word in store_cases.batch(tx, key)}


def test_a_word_waits_ten_seconds(tx: Tx) -> None:
    said = told()
    say(tx, ME, said, NOON)
    words = store_cases.batch(tx, said.key)
    assert {word.sends_at for word in words} == {NOON + WAITS}
    assert store_cases.due(tx, NOON + WAITS - timedelta(milliseconds=1), 10) == []
    assert len(store_cases.due(tx, NOON + WAITS, 10)) == len(said.cases)


def test_the_same_form_sent_twice_says_it_once(tx: Tx) -> None:
    said = told()
    say(tx, ME, said, NOON)
    say(tx, ME, said, NOON + timedelta(seconds=3))
    assert len(store_cases.batch(tx, said.key)) == len(said.cases)


def test_what_is_taken_back_is_never_due(tx: Tx) -> None:
    said = told()
    say(tx, ME, said, NOON)
    assert take_back(tx, ME, said.key, NOON + timedelta(seconds=1)) == len(said.cases)
    assert how(tx, said.key) == {How.TAKEN_BACK}
    assert store_cases.due(tx, NOON + WAITS, 10) == []


def test_nobody_takes_back_what_a_colleague_said(tx: Tx) -> None:
    said = told()
    say(tx, ME, said, NOON)
    assert take_back(tx, OTHER, said.key, NOON) == 0
    assert how(tx, said.key) == {How.WAITING}


def test_what_was_sent_is_not_taken_back(tx: Tx) -> None:
    said = told(cases=1)
    say(tx, ME, said, NOON)
    ids = [word.id for word in store_cases.batch(tx, said.key)]
    assert store_cases.end(tx, ids, How.SENT, NOON + WAITS) == set(ids)
    assert take_back(tx, ME, said.key, NOON + WAITS) == 0
    assert how(tx, said.key) == {How.SENT}


def test_due_words_are_sent_and_a_desk_s_refusal_is_kept_with_its_reason(fresh: Database) -> None:
    kept, refused = told(Queue.CASH, cases=1), told(Queue.WARNINGS, cases=1)
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    with fresh.transaction() as tx:
        say(tx, ME, kept, long_ago)
        say(tx, ME, refused, long_ago)
    assert send_due(fresh, FixedClock(NOON)) == 2
    assert send_due(fresh, FixedClock(NOON)) == 0
    with fresh.transaction() as tx:
        assert how(tx, kept.key) == {How.SENT}
        (word,) = store_cases.batch(tx, refused.key)
    assert word.how is How.REFUSED
    assert word.why is not None


@pytest.mark.parametrize("queue", [Queue.WARNINGS, Queue.PAYMENTS])
def test_a_case_nobody_knows_is_refused_by_its_desk(tx: Tx, queue: Queue) -> None:
    word = Word(uuid4(), uuid4(), queue, uuid4(), CaseAct.CLOSE, REASON, ME, NOON, NOON)
    with pytest.raises(Refusal):
        deliver(tx, word, Moment(date(2026, 3, 31), NOON, NOON))


@pytest.mark.parametrize(
    ("act", "reason", "fits"),
    [
        (CaseAct.TAKE, "", True),
        (CaseAct.CLOSE, "", False),
        (CaseAct.CLOSE, "nine char", False),
        (CaseAct.CLOSE, "ten chars.", True),
    ],
)
def test_who_closes_a_case_says_why(act: CaseAct, reason: str, *, fits: bool) -> None:
    assert reason_fits(act, reason) is fits


def test_an_overdue_case_is_closed_by_being_paid_only() -> None:
    assert takes(Queue.COLLECTION, CaseAct.TAKE)
    assert not takes(Queue.COLLECTION, CaseAct.CLOSE)
