"""Use cases: watch a business date, answer warnings, agree covenants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.credit.collateral.api import margin_states
from heliu.decisions.features import api as features
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.oversight.monitoring import errors, store, store_sight
from heliu.oversight.monitoring.domain.rule import RuleBook
from heliu.oversight.monitoring.domain.sight import Call, LiveLoan, Pair, Sight, Undertaken
from heliu.oversight.monitoring.domain.signals import look
from heliu.oversight.monitoring.domain.warning import (
    Raised,
    WarningEvent,
    WarningEventKind,
    day_moves,
)
from heliu.oversight.monitoring.events import tell_cleared, tell_raised
from heliu.oversight.monitoring.store import Covenant, Watched


@dataclass(frozen=True, slots=True)
class Answer:
    """A person acknowledges or closes a warning, and says why."""

    warning: UUID
    kind: WarningEventKind
    reason: str


def watch_day(tx: Tx, actor: Actor, on: date, book: RuleBook, now: datetime) -> Watched:
    """Look at every live loan as of the end of business date `on`: raise and clear warnings.

    A date is watched once and only forward: one watched before, or before the last one watched,
    answers what it did then (nothing, if it was passed over) and changes nothing.
    """
    store.lock(tx)
    last = store.last_day(tx)
    if last is not None and on <= last:
        return store.watched(tx, on) or Watched(on, 0, 0, again=True)
    signals = look(book, sight_of(tx, on, book))
    raised, cleared = day_moves(store.standing(tx), signals, book.version, on)
    store.add(tx, raised, now)
    over = WarningEvent(WarningEventKind.CLEARED, "over", on, actor.id)
    store.add_events(tx, [(one.id, over) for one in cleared], now)
    done = Watched(on, len(raised), len(cleared))
    store.add_day(tx, done, book.version, (now, actor.id))
    tell_raised(tx, raised, now)
    tell_cleared(tx, cleared, on, now)
    record(tx, [Entry("early_warning", one.id, _body(one)) for one in raised])
    return done


def sight_of(tx: Tx, on: date, book: RuleBook) -> Sight:
    """What day `on` shows of the loans that are live, as far back as the rules look."""
    loans = store_sight.live_loans(tx)
    start = on - timedelta(days=book.reach_days)
    pairs = {Pair(loan.borrower, loan.buyer) for loan in loans if loan.buyer}
    parties = {uscc for loan in loans for uscc in (loan.borrower, loan.buyer) if uscc}
    ids = [loan.id for loan in loans]
    calls = {
        loan: Call(state.cure_by, state.breached)
        for loan, (_, state) in margin_states(tx, ids).items()
        if state.cure_by is not None
    }
    return Sight(
        on,
        loans,
        store_sight.trades(tx, pairs, start, on),
        store_sight.cycles(tx, pairs, start, on),
        *store_sight.hits(tx, parties, start, on),
        store_sight.prices(tx, ids, start, on),
        calls,
        _covenants(tx, loans, on),
    )


def answer(
    tx: Tx, actor: Actor, commands: Sequence[Answer], on: date, now: datetime
) -> list[Raised | Refusal]:
    """Acknowledge or close warnings, in order; the warning after it, or why not.

    The same word of the same person twice is one; a warning that is over takes none.
    """
    known = store.by_id(tx, [command.warning for command in commands])
    made: list[tuple[UUID, WarningEvent]] = []
    outcomes: list[Raised | Refusal] = []
    for command in commands:
        warning = known.get(command.warning)
        event = WarningEvent(command.kind, command.reason, on, actor.id)
        refusal = _answer_fault(warning, event)
        if refusal is not None or warning is None:
            outcomes.append(refusal or errors.warning_unknown())
            continue
        if warning.event(command.kind) is None:
            made.append((warning.id, event))
            warning = _after(warning, event)
            known[warning.id] = warning
        outcomes.append(warning)
    store.add_events(tx, made, now)
    return outcomes


def agree_covenants(
    tx: Tx, actor: Actor, commands: Sequence[Covenant], now: datetime
) -> list[UUID | Refusal]:
    """Record covenants of live loans, in order; each one's key, or why it was refused."""
    buyers = {loan.id: loan.buyer for loan in store_sight.live_loans(tx)}
    known = store.known_covenants(tx, [command.key for command in commands])
    made: list[Covenant] = []
    outcomes: list[UUID | Refusal] = []
    for command in commands:
        if (there := known.get(command.key)) is not None:
            outcomes.append(command.key if there == command else errors.key_reused())
        elif command.feature not in features.FEATURES:
            outcomes.append(errors.feature_unknown(command.feature))
        elif buyers.get(command.loan_id) is None:
            outcomes.append(errors.loan_unknown())
        elif (command.at_least is None) == (command.at_most is None) or (
            command.until <= command.start
        ):
            outcomes.append(errors.covenant_unsound())
        else:
            known[command.key] = command
            made.append(command)
            outcomes.append(command.key)
    store.add_covenants(tx, made, (now, actor.id))
    return outcomes


def _covenants(tx: Tx, loans: Sequence[LiveLoan], on: date) -> dict[UUID, list[Undertaken]]:
    agreed = store.covenants(tx, [loan.id for loan in loans], on)
    if not agreed:
        return {}
    asked = {one.loan_id for one in agreed}
    pairs = {
        loan.id: features.Pair(loan.borrower, loan.buyer)
        for loan in loans
        if loan.id in asked and loan.buyer
    }
    values = features.pair_features(tx, sorted(set(pairs.values())), on)
    found: dict[UUID, list[Undertaken]] = {}
    for one in agreed:
        value = values[pairs[one.loan_id]].values[one.feature]
        term = Undertaken(one.key, one.feature, one.at_least, one.at_most, value)
        found.setdefault(one.loan_id, []).append(term)
    return found


def _answer_fault(warning: Raised | None, event: WarningEvent) -> Refusal | None:
    assert event.kind is not WarningEventKind.CLEARED, "only a day clears"
    if warning is None:
        return errors.warning_unknown()
    if not event.reason.strip():
        return errors.reason_missing()
    there = warning.event(event.kind)
    if there is not None and (there.reason, there.by) == (event.reason, event.by):
        return None
    final = warning.event(WarningEventKind.CLOSED) or not warning.stands
    if there is not None or final:
        return errors.said_already(warning.status)
    return None


def _after(warning: Raised, event: WarningEvent) -> Raised:
    events = (*warning.events, event)
    return Raised(
        *(warning.id, warning.rule, warning.rules_version, warning.severity, warning.owner),
        *(warning.subject, warning.raised_on, warning.seen, warning.loans, events),
    )


def _body(one: Raised) -> dict[str, object]:
    return {
        "rule": one.rule,
        "rules_version": one.rules_version,
        "severity": one.severity.value,
        "on": one.raised_on.isoformat(),
        "figures": dict(one.seen.figures),
        "evidence": [str(id_) for id_ in one.seen.evidence],
        "loans": [str(id_) for id_ in one.loans],
    }
