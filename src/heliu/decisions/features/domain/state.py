"""The folds kept up to date: one state a pair, one marginal state a supplier and a buyer.

A window looks back WINDOW days, so rows older than that before the newest day that was both dated
and known (`horizon`) are dropped. What the rows cannot take back exactly (an old group told anew,
the first invoice void) says so, and its pair is folded again from the log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from heliu.decisions.features.domain.groups import contribution
from heliu.decisions.features.domain.layout import (
    MARGINAL,
    PAIR,
    Tables,
    months_of,
    pack_shares,
    packed_rows,
    patched,
    rows_upto,
    unpack_shares,
    without,
)
from heliu.decisions.features.domain.log import Event, Group, groups_of
from heliu.decisions.features.domain.tally import (
    Cell,
    Day,
    Delta,
    Due,
    Table,
    Term,
    Trade,
    minus,
    month_of,
    rows_of,
)

WINDOW: Final = 365
MONTHS: Final = 12
# A marginal serves questions about days before its newest document too, for a month at least.
MARGINAL_DAYS: Final = 400
_PAIR_MONTHS: Final = 2 * MONTHS + 2
_MARGINAL_MONTHS: Final = MONTHS + 2
_TRADE: Final = {
    Day.ISSUED: Trade.ISSUED,
    Day.VOIDS: Trade.VOIDS,
    Day.GROSS: Trade.GROSS,
    Day.RED: Trade.RED,
}
_TERMS: Final = {
    Due.INVOICES: (Term.INVOICES, Term.TIMELY),
    Due.FACE: (Term.FACE, Term.TIMELY_FACE),
}

Events = Mapping[Group, Sequence[Event]]


@dataclass(slots=True)
class PairState:
    """The fold of a pair's events up to number `version`; days are ordinals, 0 where none.

    `first`: of the first valid invoice; `last`: the latest day of any event; `traded`: the latest
    day of a receipt or invoice whose row was dropped.
    """

    currency: str | None = None
    version: int = 0
    first: int = 0
    last: int = 0
    horizon: int = 0
    traded: int = 0
    tables: Tables = field(default_factory=lambda: dict.fromkeys(PAIR, b""))


@dataclass(slots=True)
class Marginal:
    """The fold over all pairs of a supplier or of a buyer (who alone has TERMS), in one currency.

    `shares`: by month, over the twelve months that end with it, the sum and the sum of squares of
    what each counterparty traded (net, never below 0).
    """

    version: int = 0
    horizon: int = 0
    tables: Tables = field(default_factory=dict)
    shares: bytes = b""


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch changed of one pair, for its marginals: cells, and sums of twelve months."""

    delta: Delta
    shares: Mapping[int, tuple[int, int]]  # month: (before, after)
    horizon: int
    version: int


def grouped(events: Iterable[Event]) -> dict[Group, list[Event]]:
    """Events of one pair by group, in their order."""
    groups: dict[Group, list[Event]] = {}
    for event in events:
        for group in groups_of(event):
            groups.setdefault(group, []).append(event)
    return groups


def stated_currency(known: str | None, events: Iterable[Event]) -> str | None:
    """The currency of a pair: the first that any of its documents states."""
    return known or next((event.currency for event in events if event.currency), None)


def fold(events: Sequence[Event], version: int, currency: str | None = None) -> PairState:
    """The state of a pair from all its events, in the order of the log."""
    state = PairState(stated_currency(currency, events), version)
    _add(state, _counted(events, state.currency))
    _reach(state, events)
    _prune(state)
    return state


def advance(
    state: PairState, before: Events, new: Mapping[Group, Sequence[Event]], version: int
) -> tuple[dict[Cell, int], bool]:
    """Take `new` events, by group, into `state`; `before` are the earlier ones of these groups.

    Returns what changed, and False if the state cannot tell: then it must be folded anew.
    """
    events = [event for members in new.values() for event in members]
    state.currency = stated_currency(state.currency, events)
    total: dict[Cell, int] = {}
    exact = True
    for group, members in new.items():
        known = before.get(group, ())
        old = contribution(group, known, state.currency) if known else {}
        delta = minus(contribution(group, [*known, *members], state.currency), old)
        exact = exact and not (old and _forgotten(state, delta))
        for cell, amount in delta.items():
            total[cell] = total.get(cell, 0) + amount
    exact = exact and not _first_is_void(state, total)
    if exact:
        _add(state, total)
        _reach(state, events)
        state.version = version
        _prune(state)
    return total, exact


def change(before: bytes, after: PairState, delta: Delta) -> Change:
    """What the marginals of a pair must take over; `before` were its MONTHS."""
    months = {
        cell.key + ahead for cell in delta if cell.table is Table.MONTHS for ahead in range(MONTHS)
    }
    was, now = months_of(before), months_of(after.tables[Table.MONTHS])
    shares = {
        month: (old, new)
        for month in sorted(months)
        if (old := _share(was, month)) != (new := _share(now, month))
    }
    return Change(delta, shares, after.horizon, after.version)


def take(marginal: Marginal, changes: Sequence[Change]) -> None:
    """Take the changes of some of its pairs into a marginal."""
    floor = marginal.horizon - MARGINAL_DAYS
    total: dict[Cell, int] = {}
    for one in changes:
        for cell, amount in one.delta.items():
            for mine in _of_marginals(cell):
                if mine.table in marginal.tables and mine.key > floor:
                    total[mine] = total.get(mine, 0) + amount
    for table, rows in rows_of(total).items():
        marginal.tables[table] = patched(table, marginal.tables[table], rows)
    month_floor = _month_floor(marginal.horizon, _MARGINAL_MONTHS)
    marginal.version = max((marginal.version, *(one.version for one in changes)))
    marginal.horizon = max((marginal.horizon, *(one.horizon for one in changes)))
    _drop(marginal.tables, marginal.horizon - MARGINAL_DAYS)
    marginal.shares = _shared(marginal, changes, month_floor)


def no_marginal(side: str) -> Marginal:
    """The marginal of a supplier or a buyer of whom nothing is known."""
    return Marginal(tables=dict.fromkeys(MARGINAL[side], b""))


def marginal_of(
    pairs: Iterable[tuple[Sequence[Event], int]], currency: str, until: int, side: str
) -> Marginal:
    """The marginal over whole pairs: each its events in the order of the log, and their version.

    Pairs of another currency count elsewhere. Nothing that a window of a day from `until` on
    reaches is dropped.
    """
    marginal, changes = no_marginal(side), []
    for events, version in pairs:
        state = PairState(stated_currency(None, events), version)
        if state.currency == currency:
            delta = _counted(events, currency)
            _add(state, delta)
            _reach(state, events)
            state.horizon = min(state.horizon, until)
            changes.append(change(b"", state, delta))
    take(marginal, changes)
    return marginal


def _counted(events: Sequence[Event], currency: str | None) -> dict[Cell, int]:
    total: dict[Cell, int] = {}
    for group, members in grouped(events).items():
        for cell, amount in contribution(group, members, currency).items():
            total[cell] = total.get(cell, 0) + amount
    return total


def _shared(marginal: Marginal, changes: Iterable[Change], known_from: int) -> bytes:
    shares = unpack_shares(marginal.shares)
    for one in changes:
        for month, (old, new) in one.shares.items():
            if month > known_from:
                sums = shares.setdefault(month, [0, 0])
                sums[0] += new - old
                sums[1] += new * new - old * old
    floor = _month_floor(marginal.horizon, _MARGINAL_MONTHS)
    return pack_shares({m: sums for m, sums in shares.items() if m > floor and any(sums)})


def _add(state: PairState, delta: Delta) -> None:
    tables = rows_of(delta)
    for table, rows in tables.items():
        state.tables[table] = patched(table, state.tables[table], rows)
    valid = [
        day
        for (day, _), row in tables.get(Table.DAYS, {}).items()
        if row[Day.ISSUED] > row[Day.VOIDS]
    ]
    state.first = min([*filter(None, (state.first,)), *valid], default=0)


def _reach(state: PairState, events: Iterable[Event]) -> None:
    for event in events:
        state.last = max(state.last, event.day)
        state.horizon = max(state.horizon, event.reached)


def _prune(state: PairState) -> None:
    """Drop the rows that no window can reach any more."""
    floor = state.horizon - WINDOW
    for day, *row in rows_upto(Table.DAYS, state.tables[Table.DAYS], floor):
        if row[Day.RECEIPTS] or row[Day.ISSUED] > row[Day.VOIDS]:
            state.traded = max(state.traded, day)
    _drop(state.tables, floor)
    months = state.tables[Table.MONTHS]
    old = rows_upto(Table.MONTHS, months, _month_floor(state.horizon, _PAIR_MONTHS))
    state.tables[Table.MONTHS] = without(Table.MONTHS, months, len(old))


def _drop(tables: Tables, floor: int) -> None:
    for table in (Table.DAYS, Table.PAID, Table.DUES, Table.TRADE, Table.TERMS):
        packed = tables.get(table, b"")
        old = rows_upto(table, packed, floor)
        if old:
            # What is still open stays, however old it is.
            stays = [row for row in old if table is Table.DUES and not row[1]]
            tables[table] = packed_rows(table, stays) + without(table, packed, len(old))


def _first_is_void(state: PairState, delta: Delta) -> bool:
    issued = delta.get(Cell(Table.DAYS, state.first, Day.ISSUED), 0)
    return issued < delta.get(Cell(Table.DAYS, state.first, Day.VOIDS), 0)


def _forgotten(state: PairState, delta: Delta) -> bool:
    """Whether any number that changes may lie in a row that was dropped."""
    floor, month = state.horizon - WINDOW, _month_floor(state.horizon, _PAIR_MONTHS)
    return any(
        cell.key <= month if cell.table is Table.MONTHS else _below(cell, floor) for cell in delta
    )


def _of_marginals(cell: Cell) -> Iterator[Cell]:
    """Where marginals count what a pair counts in `cell`."""
    if cell.table is Table.DAYS and cell.column in _TRADE:
        yield Cell(Table.TRADE, cell.key, _TRADE[Day(cell.column)])
    elif cell.table is Table.DUES and cell.column in _TERMS:
        every, timely = _TERMS[Due(cell.column)]
        yield Cell(Table.TERMS, cell.key, every)
        if 0 < cell.second <= cell.key:
            yield Cell(Table.TERMS, cell.key, timely)


def _below(cell: Cell, floor: int) -> bool:
    match cell.table:
        case Table.DUES:
            return bool(cell.second) and cell.key <= floor
        case Table.LAGS | Table.DIGITS:
            return False
        case _:
            return cell.key <= floor


def _month_floor(horizon: int, kept: int) -> int:
    return month_of(horizon) - kept if horizon else 0


def _share(months: Mapping[int, int], month: int) -> int:
    """Net of the twelve months that end with `month`, not below 0."""
    return max(0, sum(months.get(month - back, 0) for back in range(MONTHS)))
