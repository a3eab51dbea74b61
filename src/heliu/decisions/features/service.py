"""Use cases of the features desk: take what was filed into the folds, and answer for pairs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.decisions.features import store
from heliu.decisions.features.domain.attribution import follow_up, marked, payments
from heliu.decisions.features.domain.log import Event, EventKind, Group, group_id, groups_of
from heliu.decisions.features.domain.pair import Pair, PairFeatures
from heliu.decisions.features.domain.reading import Cash, cash_of, event_of
from heliu.decisions.features.domain.state import (
    Change,
    Marginal,
    PairState,
    advance,
    change,
    fold,
    no_marginal,
    take,
)
from heliu.decisions.features.domain.tally import Table
from heliu.decisions.features.replay import answer
from heliu.decisions.features.store import MarginalKey, Numbered
from heliu.flows.intake.api import Filed
from heliu.ground.db import Tx

SIDES: Final = ("supplier", "buyer")


@dataclass(slots=True)
class _New:
    """What a batch tells of one pair: its events, also by group, and the number of the last."""

    events: list[Event]
    groups: dict[Group, list[Event]]
    ids: dict[Group, UUID]
    version: int


def observe(tx: Tx, documents: Sequence[Filed], known_at: datetime) -> None:
    """Take filed documents into the features, in the transaction that files or lives them.

    `known_at` is the aware instant at which the bank learned of them. A document observed before
    does nothing. Observers wait for each other; take this before the lock of the evidence log.
    """
    assert known_at.tzinfo is not None, "instants are aware"
    told = {event.id: event for f in documents if (event := event_of(f, known_at))}
    money = {one.id: one for f in documents if (one := cash_of(f, known_at))}
    if not told and not money:
        return
    store.lock(tx)
    known = store.known_events(tx, list(told))
    events = _marked(tx, [event for event in told.values() if event.id not in known])
    seen = store.known_cash(tx, list(money))
    cash = [one for one in money.values() if one.id not in seen]
    paid = _payments(tx, events, cash, known_at)
    store.add_cash(tx, cash)
    _append(tx, [*events, *paid])


def follow(tx: Tx, invoices: Sequence[UUID], on: date, known_at: datetime) -> None:
    """From business day `on` the bank sees what is paid on these invoices (their document ids).

    Only invoices that are followed count in the features of payment: call it when a receivable is
    financed. An invoice followed before, or never observed, does nothing.
    """
    store.lock(tx)
    asked = {
        (invoice.pair, invoice.number): follow_up(invoice, on.toordinal(), known_at)
        for invoice in store.by_id(tx, invoices)
        if invoice.kind is EventKind.INVOICE
    }
    known = store.known_events(tx, [event.id for event in asked.values()])
    _append(tx, [event for event in asked.values() if event.id not in known])


def pair_features(
    tx: Tx, pairs: Sequence[Pair], on: date, known_at: datetime | None = None
) -> dict[Pair, PairFeatures]:
    """The features of each pair as of the end of business day `on`.

    With `known_at` (aware), as they would have been answered at that instant: from the log, which
    is slower. A pair nothing is known of has `state_version` 0.
    """
    return answer(tx, list(dict.fromkeys(pairs)), on.toordinal(), known_at)


def _marked(tx: Tx, events: Sequence[Event]) -> list[Event]:
    same = [event.print for event in events if event.print is not None]
    goods = [event.goods for event in events if event.goods is not None]
    return marked(events, *store.prints(tx, same, goods))


def _payments(
    tx: Tx, events: Sequence[Event], cash: Sequence[Cash], known_at: datetime
) -> list[Event]:
    new = [event for event in events if event.kind is EventKind.INVOICE]
    waiting = [*store.waiting_cash(tx, sorted({event.number for event in new})), *cash]
    if not waiting:
        return []
    words = sorted({word for one in waiting for word in one.words})
    known = [*store.invoices(tx, words), *new]
    numbered: dict[str, list[Event]] = {}
    for invoice in known:
        numbered.setdefault(invoice.number, []).append(invoice)
    return [
        payment
        for one in waiting
        for payment in payments(one, [i for w in one.words for i in numbered.get(w, ())], known_at)
    ]


def _append(tx: Tx, events: Sequence[Event]) -> None:
    """Append `events` to the log, in order, and take them into the folds."""
    if not events:
        return
    by_pair: dict[Pair, _New] = {}
    rows, links = [], []
    for event, no in zip(events, store.next_numbers(tx, len(events)), strict=True):
        rows.append(Numbered(event, no))
        pair = event.pair
        new = by_pair.setdefault(pair, _New([], {}, {}, no))
        new.events.append(event)
        new.version = no
        for group in groups_of(event):
            identity = new.ids.get(group) or new.ids.setdefault(group, group_id(pair, group))
            new.groups.setdefault(group, []).append(event)
            links.append((event, identity, no))
    before = store.of_groups(tx, list({(e.buyer, group): None for e, group, _ in links}))
    states = store.states(tx, list(by_pair))
    changes = [
        (pair, *_advanced(tx, pair, states.get(pair) or PairState(), new, before))
        for pair, new in by_pair.items()
    ]
    store.add(tx, rows, links)
    store.save(
        tx,
        {pair: state for pair, state, _ in changes},
        _marginals(tx, [(pair, state.currency, one) for pair, state, one in changes]),
    )


def _advanced(
    tx: Tx, pair: Pair, state: PairState, new: "_New", before: Mapping[UUID, Sequence[Event]]
) -> tuple[PairState, Change]:
    known = {group: before[i] for group, i in new.ids.items() if i in before}
    months = state.tables[Table.MONTHS]
    delta, exact = advance(state, known, new.groups, new.version)
    if not exact:
        past = store.of_pairs(tx, [pair]).get(pair, [])
        state = fold([*(event for event, _ in past), *new.events], new.version)
    return state, change(months, state, delta)


def _marginals(
    tx: Tx, changes: Iterable[tuple[Pair, str | None, Change]]
) -> dict[MarginalKey, Marginal]:
    """The marginals of both sides with the changes of their pairs taken in."""
    by_key: dict[MarginalKey, list[Change]] = {}
    for pair, currency, one in changes:
        if currency is not None:
            for party, side in zip((pair.supplier, pair.buyer), SIDES, strict=True):
                by_key.setdefault(MarginalKey(party, side, currency), []).append(one)
    stored = store.marginals(tx, list(by_key)) if by_key else {}
    for key, ones in by_key.items():
        take(stored.setdefault(key, no_marginal(key.side)), ones)
    return stored
