"""What a borrower may owe is proposed by one person and counts once another releases it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from heliu.credit.limits.api import (
    Axis,
    LimitProposal,
    LineKey,
    ProposeLimit,
    all_lines,
    limit_proposals,
    propose_limits,
    release_limits,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after
from heliu.parties.party.api import complete_uscc

NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)
BORROWER = complete_uscc("9112010112345678")
ANNE, BEN = Actor("anne"), Actor("ben")


def key(name: str) -> UUID:
    return derived_id("test", name)


def asked(name: str, fen: int = 2_000_000_00) -> ProposeLimit:
    return ProposeLimit(key(name), BORROWER, Money(fen), "两年审计报表")


def proposed(tx: Tx, *commands: ProposeLimit, actor: Actor = ANNE) -> list[str]:
    return codes(propose_limits(tx, actor, commands, NOW))


def released(tx: Tx, *names: str, actor: Actor = BEN) -> list[str]:
    return codes(release_limits(tx, actor, [key(name) for name in names], NOW))


def codes(outcomes: list[LimitProposal | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "done" for one in outcomes]


def limit(tx: Tx) -> int | None:
    lines = {line.key: line.amount for line in all_lines(tx)}
    return lines.get(LineKey(Axis.SUPPLIER, BORROWER, "CNY"))


def test_a_limit_counts_when_a_second_person_releases_it(tx: Tx) -> None:
    assert proposed(tx, asked("a")) == ["done"]
    assert limit(tx) is None
    assert released(tx, "a", actor=ANNE) == ["limit.same_person"]
    assert released(tx, "a", "a") == ["done", "done"]
    assert limit(tx) == 2_000_000_00
    (kept,) = limit_proposals(tx, BORROWER)
    assert (kept.proposed_by, kept.released_by) == ("anne", "ben")
    assert [fact.kind for fact in facts_after(tx, 0, 9)] == ["credit.borrower_limit_released.v1"]


def test_released_again_by_anybody_it_changes_nothing(tx: Tx) -> None:
    proposed(tx, asked("a"), asked("b", 1_00))
    assert released(tx, "a", "b") == ["done", "done"]
    assert released(tx, "a", actor=ANNE) == ["done"]
    assert limit(tx) == 1_00


def test_an_older_proposal_does_not_undo_a_later_one(tx: Tx) -> None:
    proposed(tx, asked("a"), asked("b", 1_00))
    assert released(tx, "b") == ["done"]
    assert released(tx, "a", "nobody's") == ["limit.superseded", "limit.proposal_unknown"]
    assert limit(tx) == 1_00


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"borrower_uscc": BORROWER[:-1]}, "limit.borrower_invalid"),
        ({"amount": Money(-1)}, "limit.amount_negative"),
        ({"amount": Money(0)}, "done"),
        ({"because": " "}, "limit.reason_needed"),
        ({"because": "x" * 501}, "limit.reason_needed"),
    ],
)
def test_a_proposal_names_a_borrower_an_amount_and_why(
    tx: Tx, changed: dict[str, object], code: str
) -> None:
    assert proposed(tx, replace(asked("a"), **changed), asked("b")) == [code, "done"]  # type: ignore[arg-type]  # a test's own table


def test_the_same_key_is_the_same_proposal(tx: Tx) -> None:
    assert proposed(tx, asked("a"), asked("a"), asked("a", 1)) == [
        *("done", "done", "limit.key_reused"),
    ]
    assert proposed(tx, asked("a"), actor=BEN) == ["done"]
    assert [one.proposed_by for one in limit_proposals(tx)] == ["anne"]


@pytest.mark.parametrize("by", ["anne", "ben"])
def test_the_database_itself_wants_two_persons(tx: Tx, by: str) -> None:
    proposed(tx, asked("a"))
    with pytest.raises(psycopg.errors.IntegrityError):
        tx.run("INSERT INTO credit.limit_release VALUES (%s, %s, 'anne', now())", (key("a"), by))


def test_nothing_asked_is_nothing_done(tx: Tx) -> None:
    assert proposed(tx) == released(tx) == []
