"""Use cases of the repricing desk: what is due for a new rate, and setting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.benchmarks.api import quotes_on
from heliu.credit.engine.api import EventKind, RateChange, rate_on
from heliu.credit.lending.api import Act, Done, Moment, book, glance, standing_of
from heliu.credit.regulation.api import Profile
from heliu.credit.repricing import store
from heliu.credit.repricing.domain import Change, Due, Missed, Why, decide, due_until
from heliu.credit.repricing.events import tell_missed, tell_repriced
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id


@dataclass(frozen=True, slots=True)
class Day:
    """The business date rates are set for, the instant, and the house's profile."""

    business_date: date
    now: datetime
    profile: Profile


@dataclass(frozen=True, slots=True)
class Repriced:
    """What a day did: rates set, and days on which the old rate stays."""

    changes: tuple[Change, ...]
    missed: tuple[Missed, ...]


def may_be_due(tx: Tx, day: date) -> list[int]:
    """Numbers of the contracts whose rate may be due by the end of `day`, ascending."""
    return store.may_be_due(tx, day)


def still_due(tx: Tx, day: date) -> list[Due]:
    """Rates that should have been set by the end of `day` and were not, by contract."""
    contracts = store.floating(tx, store.may_be_due(tx, day))
    return [due for contract in contracts for due in due_until(contract, day)]


def reprice(tx: Tx, ledger: Ledger, actor: Actor, numbers: Sequence[int], on: Day) -> Repriced:
    """Set the rates of these contracts that are due by `on`, each from its own day on.

    Takes the ledger, then the contracts by number. Once a contract and day: what is set stays set,
    and what was missed is tried again whenever this is called. A contract that cannot be repriced
    keeps its rate and hinders no other.
    """
    if not numbers:
        return Repriced((), ())
    ledger.hold(tx)
    contracts = store.floating(tx, numbers)
    dues = [due for one in contracts for due in due_until(one, on.business_date)]
    quotes = quotes_on(tx, [due.wanted for due in dues])
    decided = decide(dues, quotes, verified_only=on.profile is Profile.PRODUCTION)
    missed = [one for one in decided if isinstance(one, Missed)]
    changes = [one for one in decided if isinstance(one, Change)]
    before = _rates_before(tx, changes, on.business_date)
    acts = [_act(change) for change in changes]
    moment = Moment(on.business_date, on.now)
    rows: list[store.Row] = []
    for change, act, answer in zip(
        changes, acts, book(tx, ledger, actor, acts, moment), strict=True
    ):
        if isinstance(answer, Done):
            rows.append(store.Row(change, before[change.due.contract.id, change.due.on], act.key))
        else:
            missed.append(Missed(change.due, Why.REFUSED))
    store.add(tx, rows, (on.business_date, on.now, actor.id))
    seen = glance(tx, [row.change.due.contract.id for row in rows], on.business_date)
    tell_repriced(tx, rows, seen, on.now)
    tell_missed(tx, missed, on.now)
    return Repriced(tuple(row.change for row in rows), tuple(missed))


def _act(change: Change) -> Act:
    due = change.due
    key = derived_id("repricing", due.contract.id.hex, due.on.isoformat())
    detail = RateChange(change.rate)
    return Act(key, due.contract.id, EventKind.RATE_CHANGE, due.on, detail=detail)


def _rates_before(tx: Tx, changes: Sequence[Change], day: date) -> dict[tuple[UUID, date], Decimal]:
    """The rate each contract bore on the day it is set for, its days in order."""
    numbers = sorted({change.due.contract.no for change in changes})
    lives = {one.contract.id: one for one in standing_of(tx, day, numbers)}
    borne: dict[tuple[UUID, date], Decimal] = {}
    latest: dict[UUID, Decimal] = {}
    for change in changes:
        identity, on = change.due.contract.id, change.due.on
        life = lives[identity]
        known = latest.get(identity)
        borne[identity, on] = (
            rate_on(life.contract.terms, life.events, on) if known is None else known
        )
        latest[identity] = change.rate
    return borne


def set_last(tx: Tx, limit: int) -> list[store.SetRate]:
    """The rates set last, the youngest day first."""
    return store.set_last(tx, limit)
