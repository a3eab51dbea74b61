"""Use cases towards outside systems: what is to be asked, asking it, and recording the answers.

Three steps, because no transaction stays open while another's system is waited for: `errands`
reads, `run` asks (no database), `record_answers` writes. A crash between any two loses nothing: the
errand is still due, and its reference makes asking again the same question.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, assert_never
from uuid import UUID

from heliu.credit.origination import errors, store, store_papers, templating
from heliu.credit.origination.acting import Life, act, ages_of, consents_for, load
from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.commands import Act, Day
from heliu.credit.origination.domain.consent import Consent
from heliu.credit.origination.domain.filing import (
    ErrandKind,
    Registration,
    Report,
    Screening,
    Search,
)
from heliu.credit.origination.domain.happenings import (
    Body,
    ErrandFailed,
    PartyScreened,
    Registered,
    RegistrationChanged,
    RegistrySearched,
    ReportReceived,
)
from heliu.credit.origination.domain.law import months_after
from heliu.credit.origination.domain.outside import (
    Answer,
    Errand,
    Failed,
    Outside,
    agenda,
    next_try,
    reference_of,
    usable,
)
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Outage, Refusal
from heliu.ground.ids import derived_id
from heliu.parties.party.api import AsOf, Party, find_parties

log = logging.getLogger(__name__)

# Somebody else has registered the property: who comes first is for a person to judge.
_HOPELESS: Final = frozenset({"duplicate", "unknown_registration"})
# A registration outlives the loan, so that it does not lapse while the loan is collected.
_OUTLIVES: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Answered(Act):
    """An answer to an errand, as the outside system gave it."""

    errand: Errand
    answer: Answer


@dataclass(frozen=True, slots=True)
class Case:
    """An application that waits for the outside world, and for whom or what."""

    application: Application
    waiting: tuple[ErrandKind, ...]
    stuck: tuple[ErrandKind, ...]


def errands(tx: Tx, day: Day, limit: int = 1000) -> list[Errand]:
    """What may be asked outside now, the longest waiting applications first."""
    lives = load(tx, store.due(tx, day.now, limit), lock=False)
    consents = consents_for(tx, list(lives.values()), day.rules)
    borrowers = [life.now.filing.borrower for life in lives.values()]
    parties = find_parties(tx, borrowers, AsOf(day.on, day.now))
    return [
        errand
        for life in lives.values()
        for errand in _errands(
            life,
            consents.get(life.now.filing.borrower),
            parties.get(life.now.filing.borrower),
            day,
        )
    ]


def run(outside: Outside, asked: Sequence[Errand]) -> list[tuple[Errand, Answer]]:
    """Ask each errand of its system, in order; one that is down fails its own errands only."""
    return [(errand, _ask(outside, errand)) for errand in asked]


def record_answers(
    tx: Tx, actor: Actor, answered: Sequence[tuple[Errand, Answer]], day: Day
) -> list[Application | Refusal]:
    """Keep what came back; one outcome each, in order. An answer nobody waits for is refused.

    No usable answer is tried again later, with doubling waits; after the last try a person looks.
    """
    subjects = sorted({errand.subject for errand, _ in answered})
    stopped = store_papers.stopped(tx, subjects, day.on)
    lives = load(tx, [errand.application_id for errand, _ in answered], lock=True)
    consents = consents_for(tx, list(lives.values()), day.rules)
    commands = [
        Answered(_key(errand, answer, lives, day.rules), errand.application_id, errand, answer)
        for errand, answer in answered
    ]

    def recorded(life: Life, command: Answered) -> Body:
        errand, now = command.errand, life.now
        consent = consents.get(now.filing.borrower)
        if errand.reference != reference_of(now, errand.kind) or not _open(
            life, errand, day, consent
        ):
            raise errors.not_asked(now.id, errand.kind)
        answer = usable(errand, command.answer, day.on, ages_of(day.rules))
        if isinstance(answer, Screening) and errand.subject in stopped:
            answer = Screening((*answer.hits, "stop_warning"), answer.screened_on)
        return _body(now, errand, answer, day)

    return act(tx, actor, commands, day, recorded, lives)


def cases(tx: Tx, day: Day, limit: int = 1000) -> list[Case]:
    """Applications that wait for the outside world, stuck ones first, then the longest waiting."""
    lives = load(tx, store.waiting(tx, limit), lock=False)
    consents = consents_for(tx, list(lives.values()), day.rules)
    found = []
    for life in lives.values():
        due = agenda(
            *(life.now, life.asked, ages_of(day.rules)), consents.get(life.now.filing.borrower)
        )
        waiting = tuple(kind for kind in due if kind in life.now.attempts)
        found.append(Case(life.now, waiting, tuple(sorted(life.now.stuck))))
    return [case for case in found if case.waiting or case.stuck]


def _errands(
    life: Life, consent: Consent | None, party: Party | None, day: Day
) -> Iterator[Errand]:
    now = life.now
    due = agenda(now, life.asked, ages_of(day.rules), consent)
    for kind in sorted(kind for kind, at in due.items() if at <= day.now):
        said = (now.id, kind, reference_of(now, kind), now.filing.borrower)
        match kind:
            case ErrandKind.REPORT:
                # The bank asks about nobody without consent, whatever the rule in force says.
                if consent is not None and consent.holds(day.on):
                    yield Errand(*said, consent_id=consent.id)
            case ErrandKind.SCREENING:
                yield Errand(*said, names=_people(party))
            case ErrandKind.SEARCH:
                yield Errand(*said, about=_property(now))
            case ErrandKind.REGISTER:
                description = templating.description(life.asked, now)
                until = _registered_until(now, day.rules)
                yield Errand(*said, about=_property(now), description=description, until=until)
            case ErrandKind.EXTEND | ErrandKind.CANCEL:
                assert now.registration is not None, "only what is registered changes"
                asked = now.change_asked.until if now.change_asked else None
                yield Errand(*said, about=now.registration.number, until=asked)
            case _:
                assert_never(kind)


def _people(party: Party | None) -> tuple[str, ...]:
    if party is None:
        return ()
    known = (party.profile.legal_representative, *(r.name for r in party.profile.relations))
    return tuple(name for name in known if name)


def _property(now: Application) -> str:
    assert now.filing.property is not None, "what is registered has a property"
    return now.filing.property.reference


def _registered_until(now: Application, rules: Rules) -> date:
    wanted = rules.on + timedelta(now.filing.tenor_days) + _OUTLIVES
    least = months_after(rules.on, rules.whole("registry.term_min"))
    most = months_after(rules.on, rules.whole("registry.term_max"))
    return min(max(wanted, least), most)


def _ask(outside: Outside, errand: Errand) -> Answer:  # noqa: PLR0911 - a system a line
    try:
        match errand.kind:
            case ErrandKind.REPORT:
                return outside.reports.report(errand)
            case ErrandKind.SCREENING:
                return outside.lists.screen(errand)
            case ErrandKind.SEARCH:
                return outside.registry.search(errand)
            case ErrandKind.REGISTER:
                return outside.registry.register(errand)
            case ErrandKind.EXTEND:
                return outside.registry.extend(errand)
            case ErrandKind.CANCEL:
                return outside.registry.cancel(errand)
            case _:
                assert_never(errand.kind)
    except Outage:
        log.warning("%s for application %s: down", errand.kind, errand.application_id)
        return Failed("down")


def _key(errand: Errand, answer: Answer, lives: Mapping[UUID, Life], rules: Rules) -> UUID:
    """The same answer to the same question is one act; a further failure is another one."""
    life = lives.get(errand.application_id)
    failed = isinstance(usable(errand, answer, rules.on, ages_of(rules)), Failed)
    tries = life.now.attempts.get(errand.kind, 0) if life else 0
    return derived_id("answer", errand.reference, f"failed {tries}" if failed else "answered")


def _open(life: Life, errand: Errand, day: Day, consent: Consent | None) -> bool:
    due = agenda(life.now, life.asked, ages_of(day.rules), consent)
    return errand.kind in due and due[errand.kind] <= day.now


def _body(now: Application, errand: Errand, answer: Answer, day: Day) -> Body:
    match answer:
        case Failed():
            attempt = now.attempts.get(errand.kind, 0) + 1
            most = day.rules.whole("origination.max_attempts")
            again = None if answer.fault in _HOPELESS else next_try(attempt, most, day.now)
            return ErrandFailed(errand.kind, answer.fault, attempt, again)
        case Report():
            return ReportReceived(answer)
        case Search():
            return RegistrySearched(answer)
        case Screening():
            return PartyScreened(answer)
        case Registration():
            return Registered(answer)
        case None | date():
            return RegistrationChanged(answer)
        case _:
            assert_never(answer)
