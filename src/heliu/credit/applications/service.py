"""Use cases of the applications desk: verified receivables apply, verdicts answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.credit.applications import store
from heliu.credit.applications.domain import (
    Application,
    Receivable,
    application_of,
    features_on,
)
from heliu.credit.products.api import Programme
from heliu.decisions.features.api import PairFeatures
from heliu.decisions.verdicts.api import (
    DecisionCommand,
    Profile,
    Verdict,
    decide,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.outbox import Fact, tell


@dataclass(frozen=True, slots=True)
class Policy:
    """Which release of rules and scorecard decides, and how strictly."""

    release_id: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Apply:
    """One receivable asks for `asked` on its programme; `key` makes the decision happen once.

    `pair` are the features of its (supplier, buyer) pair as of `on`; `enrolled` says whether the
    programme has its supplier.
    """

    key: UUID
    receivable: Receivable
    programme: Programme
    asked: Money
    pair: PairFeatures
    enrolled: bool
    on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """The application as recorded, and the verdict behind it."""

    application: Application
    verdict: Verdict


def apply(
    tx: Tx, actor: Actor, commands: Sequence[Apply], policy: Policy, now: datetime
) -> list[Answer]:
    """Decide each receivable, in order. The same key is the same verdict.

    Raises the verdict desk's Refusal if the policy's release is unknown or was edited: that is
    about the policy all commands share, not about one of them.
    """
    asked = [_command(command, policy.release_id, now) for command in commands]
    answers = []
    for command, decided in zip(
        commands, decide(tx, actor, asked, profile=policy.profile), strict=True
    ):
        if isinstance(decided, Refusal):
            raise decided
        application = application_of(
            command.programme, command.receivable, command.asked, decided, command.on
        )
        answers.append(Answer(application, decided))
    store.add(tx, [answer.application for answer in answers], now)
    refused = [
        _fact(answer, command.receivable, now)
        for command, answer in zip(commands, answers, strict=True)
        if not answer.verdict.approved
    ]
    tell(tx, refused)
    return answers


def _command(command: Apply, release_id: str, now: datetime) -> DecisionCommand:
    receivable = command.receivable
    return DecisionCommand(
        key=command.key,
        subject_id=receivable.id,
        decided_at=now,
        business_date=command.on,
        requested=command.asked,
        base_rate=command.programme.product.annual_rate,
        features=features_on(receivable, command.pair, command.on, enrolled=command.enrolled),
        evidence=receivable.evidence,
        release_id=release_id,
    )


def _fact(answer: Answer, receivable: Receivable, now: datetime) -> Fact:
    body = {
        "receivable_id": str(answer.application.receivable_id),
        "verdict_id": str(answer.verdict.id),
        "reasons": [reason.code for reason in answer.verdict.reasons],
        "parties": [receivable.supplier, receivable.buyer],
    }
    identity = derived_id("fact", "refused", str(answer.verdict.id))
    return Fact(identity, "credit.receivable_refused.v1", body, now)
