"""Use cases of the decision: decide by the release, a second person, and the end of an offer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from heliu.credit.origination import errors, store
from heliu.credit.origination.acting import Life, act, ages_of, consents_for, in_stage, load
from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.commands import Act, Day, Decide, Review
from heliu.credit.origination.domain.consent import Consent
from heliu.credit.origination.domain.deciding import (
    GOOD_GRADES,
    features,
    in_words,
    missing,
    needs_second,
)
from heliu.credit.origination.domain.filing import Manner, Offer, ReasonLine, Stage
from heliu.credit.origination.domain.happenings import Body, Decided, Expired, Reviewed
from heliu.credit.origination.domain.law import Reading, Standing, against_law, manner_of
from heliu.decisions.verdicts.api import DecisionCommand, Verdict
from heliu.decisions.verdicts.api import decide as ask_verdicts
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.rounds import rounds
from heliu.ground.text import Text
from heliu.parties.party.api import AsOf, Party, find_parties


class _Asked:
    """One command on its way to the rules: what law says, and the question if law allows it."""

    __slots__ = ("legal", "question", "reading", "standing")

    def __init__(self, standing: Standing, reading: Reading, legal: list[ReasonLine]) -> None:
        self.standing, self.reading, self.legal = standing, reading, legal
        self.question: DecisionCommand | None = None


def decide(
    tx: Tx, actor: Actor, commands: Sequence[Decide], day: Day, standings: Mapping[str, Standing]
) -> list[Application | Refusal]:
    """Decide applications that have everything; one outcome each, in order.

    `standings` say by borrower what the loan book has; who is not in it owes nothing. Refused, and
    nothing decided, while something is missing (`origination.incomplete`). What law forbids is
    refused without asking the rules. A large offer waits for a second person.
    """
    store.lock_borrowers(tx, [command.application_id for command in commands])
    lives = load(tx, [command.application_id for command in commands], lock=True)
    outcomes: dict[int, Application | Refusal] = {}
    known = [lives.get(command.application_id) for command in commands]
    # A borrower once in each round: his next loan counts the one before.
    for places in rounds([life.now.filing.borrower if life else "" for life in known]):
        batch = [commands[place] for place in places]
        its = {
            c.application_id: lives[c.application_id] for c in batch if c.application_id in lives
        }
        decided = _decide(tx, actor, (batch, its), day, standings)
        outcomes |= dict(zip(places, decided, strict=True))
    return [outcomes[place] for place in range(len(commands))]


def _decide(
    tx: Tx,
    actor: Actor,
    batch: tuple[Sequence[Decide], Mapping[UUID, Life]],
    day: Day,
    standings: Mapping[str, Standing],
) -> list[Application | Refusal]:
    commands, lives = batch
    asked = _prepare(tx, commands, lives, day, standings)
    questions = [one.question for one in asked.values() if isinstance(one, _Asked) and one.question]
    answers = ask_verdicts(tx, actor, questions, profile=day.rules.profile)
    by_key = {q.key: answer for q, answer in zip(questions, answers, strict=True)}

    def decided(life: Life, command: Decide) -> Body:
        in_stage(life.now, Stage.GATHERING)
        one = asked[command.key]
        if isinstance(one, Refusal):
            raise one
        if one.question is None:
            return Decided(None, None, tuple(one.legal), one.reading.cited(), None)
        verdict = by_key[one.question.key]
        if isinstance(verdict, Refusal):
            raise verdict
        return _decided(life, one, verdict, day)

    return act(tx, actor, commands, day, decided, lives)


def review(
    tx: Tx, actor: Actor, commands: Sequence[Review], day: Day
) -> list[Application | Refusal]:
    """Agree to large offers, or not; never by who filed or decided them."""

    def reviewed(life: Life, command: Review) -> Body:
        in_stage(life.now, Stage.REVIEW)
        if actor.id in life.now.hands:
            raise errors.same_person(life.now.id)
        days = day.rules.whole("origination.offer_valid_days")
        return Reviewed(day.on + timedelta(days) if command.agree else None)

    return act(tx, actor, commands, day, reviewed)


def expire(tx: Tx, actor: Actor, day: Day, limit: int = 1000) -> list[Application | Refusal]:
    """End up to `limit` offers and unsigned contracts whose day has come, the oldest first."""
    over = store.ending(tx, day.on, limit)

    def expired(life: Life, _command: Act) -> Body:
        in_stage(life.now, Stage.OFFERED, Stage.ACCEPTED)
        ends_on = life.now.offer_ends_on
        assert ends_on is not None, "an offer ends"
        if day.on < ends_on:  # changed between reading the list and locking it
            raise errors.wrong_stage(life.now.id, life.now.stage, [Stage.EXPIRED])
        return Expired()

    return act(tx, actor, [Act(derived_id("expired", str(o)), o) for o in over], day, expired)


def _prepare(
    tx: Tx,
    commands: Sequence[Decide],
    lives: Mapping[UUID, Life],
    day: Day,
    standings: Mapping[str, Standing],
) -> dict[UUID, _Asked | Refusal]:
    living = list(lives.values())
    borrowers = [life.now.filing.borrower for life in living]
    consents = consents_for(tx, living, day.rules)
    parties = find_parties(tx, borrowers, AsOf(day.on, day.now))
    promised: dict[str, list[store.Promise]] = {}
    for promise in store.promised(tx, borrowers):
        promised.setdefault(promise.borrower, []).append(promise)
    prepared: dict[UUID, _Asked | Refusal] = {}
    for command in commands:
        life = lives.get(command.application_id)
        if life is None or command.key in life.keys or life.now.stage is not Stage.GATHERING:
            continue
        borrower = life.now.filing.borrower
        try:
            standing = _standing(life.now, standings.get(borrower), promised.get(borrower, []))
            prepared[command.key] = _question(
                command, life, standing, (consents.get(borrower), parties.get(borrower)), day
            )
        except Refusal as refusal:
            prepared[command.key] = refusal
    return prepared


def _standing(
    now: Application, known: Standing | None, promised: Sequence[store.Promise]
) -> Standing:
    """What the borrower owes and was promised here, in the currency applied for."""
    currency = now.filing.amount.currency
    standing = known or Standing(Money(0, currency), existing=False)
    if standing.outstanding.currency != currency:
        raise errors.filing_invalid(Text("余额币种不一致", "the debts are in another currency"))
    offers = sum(
        one.minor
        for one in promised
        if one.currency == currency and one.application not in standing.opened
    )
    return replace(standing, outstanding=standing.outstanding + Money(offers, currency))


def _question(
    command: Decide,
    life: Life,
    standing: Standing,
    known: tuple[Consent | None, Party | None],
    day: Day,
) -> _Asked:
    consent, party = known
    now, asked = life.now, life.asked
    if lacking := missing(now, asked, ages_of(day.rules), consent, day.on):
        raise errors.incomplete([one.code for one in lacking], in_words(lacking))
    reading = Reading(day.rules)
    if asked.credit_report:
        reading.word("credit_report.consent")
    one = _Asked(standing, reading, against_law(now.filing, asked.laws, standing, reading))
    if one.legal:
        return one
    began = party.profile.registered_on if party else None
    age = (day.on - began).days if began else None
    one.question = DecisionCommand(
        key=derived_id("loan decision", str(command.key)),
        subject_id=now.id,
        decided_at=day.now,
        business_date=day.on,
        requested=now.filing.amount,
        base_rate=now.filing.base_rate,
        features=features(now, asked, standing, age),
        evidence=(now.report.sha256,) if now.report else (),
        release_id=asked.decision_release,
    )
    return one


def _decided(life: Life, one: _Asked, verdict: Verdict, day: Day) -> Decided:
    told = tuple(ReasonLine(r.code, r.text, r.cure) for r in verdict.reasons)
    if not verdict.approved or verdict.annual_rate is None:
        return Decided(verdict.id, None, told, one.reading.cited(), None)
    ordinary = not one.standing.existing and verdict.grade not in GOOD_GRADES
    filing, reading = life.now.filing, one.reading
    manner = manner_of(filing, life.asked.laws, verdict.amount, reading, ordinary=ordinary)
    if manner is Manner.ENTRUSTED and filing.payee is None:
        lacking = errors.payee_missing()
        line = ReasonLine(lacking.code, lacking.reason, lacking.cure)
        return Decided(verdict.id, None, (line, *told), reading.cited(), None)
    offer = Offer(verdict.amount, verdict.annual_rate, filing.tenor_days, manner)
    second = needs_second(offer, reading.policy_amount("origination.second_person_above"))
    days = reading.whole("origination.offer_valid_days")
    ends_on = None if second else day.on + timedelta(days)
    return Decided(verdict.id, offer, told, reading.cited(), ends_on)
