"""How anything happens to applications: lock, fold, decide each command, append, fold again.

Every use case that changes an application goes through `act`: one outcome per command, in order; a
refusal refuses its own command; the same key again answers as it did.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

import msgspec

from heliu.books.evidence.api import Entry, record
from heliu.credit.origination import errors, store, store_papers
from heliu.credit.origination.domain.application import Application, after, fold
from heliu.credit.origination.domain.commands import AnyAct, Day
from heliu.credit.origination.domain.consent import Consent, Scope, first_that_holds
from heliu.credit.origination.domain.filing import ErrandKind, Stage
from heliu.credit.origination.domain.happenings import Body, Event
from heliu.credit.origination.domain.outside import Ages, agenda
from heliu.credit.origination.domain.requirements import Requirements
from heliu.credit.origination.events import tell_lived
from heliu.credit.origination.requirements_file import as_filed
from heliu.credit.regulation.api import Rules
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id


@dataclass(slots=True)
class Life:
    """An application after each of its events, what was asked of it, and its requirements."""

    asked: Requirements
    lived: list[Application]
    keys: dict[UUID, tuple[str, int]] = field(default_factory=dict)

    @property
    def now(self) -> Application:
        """As it stands."""
        return self.lived[-1]


def act(
    tx: Tx,
    actor: Actor,
    commands: Sequence[AnyAct],
    day: Day,
    decide: Callable[[Life, AnyAct], Body],
    loaded: Mapping[UUID, Life] | None = None,
) -> list[Application | Refusal]:
    """Let each command happen; one outcome each, in order: the application after it, or why not.

    `decide` says what a command makes of an application; it raises Refusal where it cannot be.
    `loaded` are the applications if they are locked already; they live on as they are.
    """
    named = [command.application_id for command in commands]
    lives = load(tx, named, lock=True) if loaded is None else loaded
    new: list[tuple[Stage | None, store.Kept, Application]] = []
    outcomes: list[Application | Refusal] = []
    for command in commands:
        try:
            outcomes.append(
                _one(actor, command, day, lives.get(command.application_id), decide, new)
            )
        except Refusal as refusal:
            outcomes.append(refusal)
    changed = {kept.application for _, kept, _ in new}
    keep(tx, new, {one: life for one, life in lives.items() if one in changed}, day.rules)
    return outcomes


def _one(
    actor: Actor,
    command: AnyAct,
    day: Day,
    life: Life | None,
    decide: Callable[[Life, AnyAct], Body],
    new: list[tuple[Stage | None, store.Kept, Application]],
) -> Application:
    if life is None:
        raise errors.application_unknown(command.application_id)
    digest = digest_of(command)
    if (before := life.keys.get(command.key)) is not None:
        if before[0] != digest:
            raise errors.key_reused(command.key)
        return life.lived[before[1] - 1]
    was = life.now
    event = Event(was.no + 1, decide(life, command), day.on, actor.id, day.now)
    add(life, event)
    life.keys[command.key] = digest, event.no
    kept = store.Kept(command.application_id, command.key, digest, event)
    new.append((was.stage, kept, life.now))
    return life.now


def add(life: Life, event: Event) -> None:
    """Let an event (not the first) happen to a loaded application."""
    life.lived.append(replace(after(life.now, event), no=event.no))


def load(tx: Tx, ids: Sequence[UUID], *, lock: bool) -> dict[UUID, Life]:
    """The applications of `ids`, by id; locked in order of id if they are to change."""
    headers = {one.id: one for one in store.headers(tx, sorted(set(ids)), lock=lock)}
    lives: dict[UUID, Life] = {}
    kept = store.events(tx, list(headers))
    for application_id, group in groupby(kept, key=lambda one: one.application):
        header, events = headers[application_id], list(group)
        asked = as_filed(header.requirements, header.requirements_sha256)
        lived = fold(application_id, [e.event for e in events], must_register=asked.searches)
        lives[application_id] = Life(asked, lived, {e.key: (e.digest, e.event.no) for e in events})
    return lives


def keep(
    tx: Tx,
    new: Sequence[tuple[Stage | None, store.Kept, Application]],
    touched: dict[UUID, Life],
    rules: Rules,
) -> None:
    """Append what happened, prove it, tell it, and note where each application now stands."""
    store.add_events(tx, [kept for _, kept, _ in new])
    record(tx, [_evidence(kept) for _, kept, _ in new])
    tell_lived(tx, [(was, kept.event, now) for was, kept, now in new])
    note(tx, touched, rules)


def note(tx: Tx, lives: dict[UUID, Life], rules: Rules) -> None:
    """Fold where applications stand into the work lists."""
    ages, consents = ages_of(rules), consents_for(tx, list(lives.values()), rules)
    store.set_states(
        tx,
        [
            _state(life, agenda(life.now, life.asked, ages, consents.get(life.now.filing.borrower)))
            for life in lives.values()
        ],
    )


def consents_for(tx: Tx, lives: Sequence[Life], rules: Rules) -> dict[str, Consent]:
    """By borrower, the consent to a credit report that holds, or the next one that will."""
    borrowers = sorted({life.now.filing.borrower for life in lives if life.asked.credit_report})
    given: dict[str, list[Consent]] = {borrower: [] for borrower in borrowers}
    for one in store_papers.consents_of(tx, borrowers, Scope.CREDIT_REPORT) if borrowers else []:
        given[one.subject].append(one)
    found = {subject: first_that_holds(all_, rules.on) for subject, all_ in given.items()}
    return {subject: consent for subject, consent in found.items() if consent is not None}


def ages_of(rules: Rules) -> Ages:
    """How long outside answers may be relied on, by the bank's policy."""
    return Ages(
        rules.whole("credit_report.max_age_days"), rules.whole("kyb.screening_max_age_days")
    )


def digest_of(command: object) -> str:
    """SHA-256 (hex) of what was asked."""
    try:
        said = msgspec.json.encode(command, order="sorted")
    except UnicodeEncodeError:  # a lone surrogate: no text, but still the same command again
        said = ascii(command).encode()
    return hashlib.sha256(said).hexdigest()


def in_stage(now: Application, *stages: Stage) -> None:
    """Raises Refusal `origination.wrong_stage` unless `now` stands in one of `stages`."""
    if now.stage not in stages:
        raise errors.wrong_stage(now.id, now.stage, stages)


def _state(life: Life, due: Mapping[ErrandKind, datetime]) -> tuple[object, ...]:
    now = life.now
    at = min(due.values(), default=None)
    offered = now.offer.amount.minor if now.offer else None
    return now.id, now.stage.value, at, bool(now.stuck), now.offer_ends_on, offered


def _evidence(kept: store.Kept) -> Entry:
    body = store.body_text(kept.event.body)
    return Entry(
        "loan_application",
        derived_id("loan application", str(kept.application), str(kept.event.no)),
        {
            "application": str(kept.application),
            "no": kept.event.no,
            "kind": store.kind_of(kept.event.body),
            "on": kept.event.on.isoformat(),
            "body_sha256": hashlib.sha256(body.encode()).hexdigest(),
        },
    )
