"""Use cases of the applications desk: verified receivables apply, verdicts answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from heliu.credit.applications import store
from heliu.credit.applications.domain import Application, application_of, requested
from heliu.credit.products.api import Programme
from heliu.decisions.verdicts.api import DecisionCommand, Profile, Verdict, decide
from heliu.flows.confluence.api import Verified, documents_of, features
from heliu.flows.intake.api import Filed
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


@dataclass(frozen=True, slots=True)
class Policy:
    """Which release of rules and scorecard decides, and how strictly."""

    release_id: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Apply:
    """One receivable applies on its programme; `history` holds its seller's earlier invoices."""

    programme: Programme
    verified: Verified
    history: Sequence[Filed]
    on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """The application as recorded, and the verdict behind it."""

    application: Application
    verdict: Verdict


def apply(
    tx: Tx, actor: Actor, commands: Sequence[Apply], policy: Policy, now: datetime
) -> list[Answer]:
    """Decide each receivable, in order. The same evidence on the same day is the same verdict.

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
        application = application_of(command.programme, command.verified, decided, command.on)
        answers.append(Answer(application, decided))
    store.add(tx, [answer.application for answer in answers], now)
    tell(tx, [_fact(a, now) for a in answers if not a.verdict.approved])
    return answers


def _command(command: Apply, release_id: str, now: datetime) -> DecisionCommand:
    verified = command.verified
    enrolled = command.programme.supplier(verified.seller_tax_id) is not None
    return DecisionCommand(
        key=derived_id("decision", str(verified.id), release_id),
        subject_id=verified.receivable_id,
        decided_at=now,
        business_date=command.on,
        requested=requested(command.programme, verified),
        base_rate=command.programme.product.annual_rate,
        features=features(verified, command.history, enrolled=enrolled, on=command.on),
        evidence=tuple(sorted({filed.sha256 for filed in documents_of(verified.case)})),
        release_id=release_id,
    )


def _fact(answer: Answer, now: datetime) -> Fact:
    body = {
        "receivable_id": str(answer.application.receivable_id),
        "verdict_id": str(answer.verdict.id),
        "reasons": [reason.code for reason in answer.verdict.reasons],
    }
    identity = derived_id("fact", "refused", str(answer.verdict.id))
    return Fact(identity, "credit.receivable_refused.v1", body, now)
