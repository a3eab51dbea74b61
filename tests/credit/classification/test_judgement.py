"""Judgements are made by one person and, to be better than the rules, released by another."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from heliu.credit.classification.api import Judge, Tier, cutoffs, holding, judge, release
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ONE, OTHER = Actor("one"), Actor("other")
START, UNTIL = date(2026, 5, 20), date(2026, 6, 1)


def asked(loan: UUID, tier: Tier = Tier.DOUBTFUL, reason: str = "plant closed") -> Judge:
    return Judge(uuid4(), loan, tier, reason, START, UNTIL)


def codes(outcomes: list[UUID | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "done" for one in outcomes]


def test_a_judgement_holds_for_its_days_as_it_was_known(tx: Tx) -> None:
    loan = uuid4()
    command = asked(loan)
    assert judge(tx, ONE, [command], NOW) == [command.key]
    assert [(j.tier, j.released) for j in holding(tx, START, NOW)] == [(Tier.DOUBTFUL, False)]
    assert release(tx, OTHER, [command.key], LATER) == [command.key]
    assert [j.released for j in holding(tx, START, NOW)] == [False]
    assert [j.released for j in holding(tx, START, LATER)] == [True]
    assert holding(tx, UNTIL, LATER) == []


def test_the_younger_of_two_judgements_holds(tx: Tx) -> None:
    loan = uuid4()
    judge(tx, ONE, [asked(loan)], NOW)
    judge(tx, ONE, [asked(loan, Tier.LOSS)], LATER)
    assert [j.tier for j in holding(tx, START, LATER)] == [Tier.LOSS]


def test_the_same_judgement_twice_is_one_and_another_under_its_key_is_refused(tx: Tx) -> None:
    command = asked(uuid4())
    other = Judge(command.key, command.loan_id, Tier.LOSS, "worse", START, UNTIL)
    assert codes(judge(tx, ONE, [command, command, other], NOW)) == [
        *("done", "done", "classification.key_reused")
    ]
    assert codes(judge(tx, ONE, [command], NOW)) == ["done"]


def test_a_judgement_without_reason_or_days_is_refused_alone(tx: Tx) -> None:
    empty = Judge(uuid4(), uuid4(), Tier.LOSS, "late", UNTIL, START)
    outcomes = judge(tx, ONE, [asked(uuid4(), reason=" "), empty, asked(uuid4())], NOW)
    assert codes(outcomes) == [
        *("classification.reason_missing", "classification.period_empty", "done")
    ]


def test_who_judged_does_not_release(tx: Tx) -> None:
    command = asked(uuid4())
    judge(tx, ONE, [command], NOW)
    outcomes = release(tx, ONE, [command.key, uuid4()], LATER)
    assert codes(outcomes) == [*("classification.same_person", "classification.judgement_unknown")]
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        tx.run(
            "INSERT INTO credit.classification_release VALUES (%s, %s, %s)",
            (command.key, LATER, ONE.id),
        )


def test_cutoffs_come_from_dated_rules_and_production_refuses_unread_ones() -> None:
    assert cutoffs(in_force(START, Profile.STANDARD)).substandard_days == 90
    with pytest.raises(Refusal, match=r"regulation\.unverified"):
        cutoffs(in_force(START, Profile.PRODUCTION))
