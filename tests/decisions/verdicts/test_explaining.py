"""A decision laid open comes to the same score, grade and refusals as the decision."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from heliu.books.evidence.api import plain_json
from heliu.decisions.rules.api import Cause
from heliu.decisions.verdicts.api import (
    DecisionCommand,
    Profile,
    VerdictUnknown,
    decide,
    decided_by_span,
    decided_since,
    dossier,
    packaged_release,
    read_release,
    refused_for,
    search_verdicts,
)
from heliu.decisions.verdicts.domain.deciding import decide_inputs
from heliu.decisions.verdicts.domain.explaining import explain
from heliu.decisions.verdicts.domain.verdict import plain_inputs
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.money import Money

RELEASE = read_release(packaged_release("scf-receivable-1") or b"")
GOLDEN: dict[str, Any] = json.loads(
    Path(__file__).with_name("golden.json").read_text(encoding="utf-8")
)
DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def command(features: dict[str, Any], key: int = 1, at: datetime = NOON) -> DecisionCommand:
    return DecisionCommand(
        UUID(int=key),
        UUID(int=9),
        at,
        DAY,
        Money(1_000_000, "CNY"),
        Decimal("0.05"),
        features,
        (),
        RELEASE.name,
    )


def inputs(features: dict[str, Any]) -> dict[str, Any]:
    plain = plain_inputs(command(features), Profile.STANDARD)
    found: dict[str, Any] = msgspec.json.decode(plain_json(plain))
    return found


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_the_points_shown_make_the_score_that_decided(name: str) -> None:
    case = inputs(GOLDEN[name]["features"])
    shown = explain(RELEASE, case)
    (outcome,) = decide_inputs(RELEASE, [case])
    assert shown.base + sum(one.points for one in shown.points) == outcome.score == shown.score
    assert shown.grade.name == outcome.grade
    assert all(one.points <= one.most for one in shown.points)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_rule_that_refuses_is_among_the_reasons(name: str) -> None:
    case = inputs(GOLDEN[name]["features"])
    (outcome,) = decide_inputs(RELEASE, [case])
    broken = [one.rule.code for one in explain(RELEASE, case).rules if one.cause is Cause.BROKEN]
    told = {reason.code for reason in outcome.reasons}
    assert set(broken[: len(told)]) <= told
    assert outcome.approved <= (not broken)


def test_a_decision_is_found_counted_and_laid_open(tx: Tx) -> None:
    good: dict[str, Any] = GOLDEN["old friend"]["features"]
    bad: dict[str, Any] = {}
    actor = Actor("operations")
    commands = [command(good, 1), command(bad, 2, NOON + timedelta(minutes=1))]
    decided = decide(tx, actor, commands, profile=Profile.STANDARD)
    approved, refused = [one.id for one in decided if not isinstance(one, Exception)]
    listed = search_verdicts(tx, (None, None), None, 10)
    assert [one.id for one in listed] == [refused, approved]
    behind = (listed[0].at, listed[0].id)
    assert [one.id for one in search_verdicts(tx, (None, None), behind, 10)] == [approved]
    assert [one.id for one in search_verdicts(tx, (True, None), None, 10)] == [approved]
    (first, *_) = refused_for(tx, NOON)
    assert [one.id for one in search_verdicts(tx, (False, first.code), None, 10)] == [refused]
    assert search_verdicts(tx, (True, first.code), None, 10) == []
    assert decided_since(tx, NOON + timedelta(seconds=1)) == 1
    (span,) = decided_by_span(tx, NOON, timedelta(hours=1))
    assert (span.start, span.count, span.approved) == (NOON, 2, 1)
    found = dossier(tx, approved)
    assert found.verdict.id == approved
    assert found.explained.score == found.verdict.score
    assert found.by == actor.id


def test_what_was_never_decided_cannot_be_laid_open(tx: Tx) -> None:
    with pytest.raises(VerdictUnknown):
        dossier(tx, UUID(int=5))
