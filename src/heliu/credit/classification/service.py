"""Use cases of the classification desk: judge, release, and the cut-offs of a date."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from heliu.credit.classification import errors, store
from heliu.credit.classification.domain.exact import MILLION
from heliu.credit.classification.domain.judgement import Judge
from heliu.credit.classification.domain.tiers import Cutoffs, Tier
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

_TIERS: Final = {tier.name.lower(): tier for tier in Tier}


def cutoffs(rules: Rules) -> Cutoffs:
    """The dated rules as numbers. Raises Refusal if one is not in force or may not be used."""
    return Cutoffs(
        special_mention_days=rules.whole("classification.special_mention_days"),
        substandard_days=rules.whole("classification.substandard_days"),
        doubtful_days=rules.whole("classification.doubtful_days"),
        loss_days=rules.whole("classification.loss_days"),
        default_ppm=_ppm(rules.ratio("classification.own_default_ratio")),
        watch_days=rules.whole("restructured.observation_days"),
        watch_tier=int(_TIERS[rules.word("restructured.initial_class")]),
    )


def judge(tx: Tx, actor: Actor, commands: Sequence[Judge], now: datetime) -> list[UUID | Refusal]:
    """Record judgements in `actor`'s name; each one's id, in order, or why it was refused."""
    known = store.judgements(tx, [command.key for command in commands])
    outcomes: list[UUID | Refusal] = []
    new: dict[UUID, Judge] = {}
    for command in commands:
        there = new.get(command.key) or (known[command.key][0] if command.key in known else None)
        if there is not None:
            outcomes.append(command.key if there == command else errors.key_reused())
        elif not command.reason.strip():
            outcomes.append(errors.reason_missing())
        elif command.until <= command.start:
            outcomes.append(errors.period_empty())
        else:
            new[command.key] = command
            outcomes.append(command.key)
    store.add_judgements(tx, list(new.values()), actor.id, now)
    return outcomes


def release(
    tx: Tx, actor: Actor, judgements: Sequence[UUID], now: datetime
) -> list[UUID | Refusal]:
    """Let judgements stand even where they are better than the rules; never by who made them."""
    known = store.judgements(tx, judgements)
    outcomes: list[UUID | Refusal] = []
    for judgement in judgements:
        if judgement not in known:
            outcomes.append(errors.judgement_unknown())
        elif known[judgement][1] == actor.id:
            outcomes.append(errors.same_person())
        else:
            outcomes.append(judgement)
    store.add_releases(tx, [i for i in outcomes if isinstance(i, UUID)], actor.id, now)
    return outcomes


def _ppm(ratio: Decimal) -> int:
    scaled = ratio * MILLION
    assert scaled == int(scaled), "ratios have at most six decimals"
    return int(scaled)
