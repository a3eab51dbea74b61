"""SQL of the features desk: the log of events, money that waits, and the folds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from heliu.decisions.features.domain.layout import MARGINAL, PAIR
from heliu.decisions.features.domain.log import Event, EventKind, LineQuantity, on_day
from heliu.decisions.features.domain.pair import Pair
from heliu.decisions.features.domain.reading import Cash
from heliu.decisions.features.domain.state import Marginal, PairState
from heliu.decisions.features.domain.tally import Table
from heliu.ground.db import Tx

# One observer at a time: numbers of the log rise in the order of its commits (number arbitrary).
LOCK: Final = "SELECT pg_advisory_xact_lock(726341)"
NUMBERS: Final = """
SELECT nextval('decisions.feature_no')
FROM generate_series(1, %s)"""
KNOWN_EVENTS: Final = """
SELECT id
FROM decisions.feature_event
WHERE id = ANY(%s)"""
KNOWN_CASH: Final = """
SELECT id
FROM decisions.feature_cash
WHERE id = ANY(%s)"""
BY_PRINT: Final = """
SELECT print, supplier, buyer, number
FROM decisions.feature_event
WHERE print = ANY(%s)"""
BY_GOODS: Final = """
SELECT goods, supplier, buyer, number
FROM decisions.feature_event
WHERE goods = ANY(%s)"""
WAITING_CASH: Final = """
SELECT c.id, c.document_id, c.paid_on, c.known_at, c.currency, c.amount, c.words,
  c.debtor_tax_id, c.debtor_name
FROM decisions.feature_cash c
WHERE c.words && %s::text[]
  AND NOT EXISTS (SELECT FROM decisions.feature_event e WHERE e.cash_id = c.id)
ORDER BY c.paid_on, c.id"""
INVOICES: Final = """
SELECT e.id, e.document_id, e.kind, e.supplier, e.buyer, e.number, e.event_on, e.known_at,
  e.currency, e.amount, e.due_on, e.void, e.repeats, e.refs, e.lines::text, e.buyer_name, e.print,
  e.goods, e.cash_id, e.no
FROM decisions.feature_event e
WHERE e.kind = 'invoice'
  AND e.number = ANY(%s)
ORDER BY e.no"""
BY_ID: Final = """
SELECT e.id, e.document_id, e.kind, e.supplier, e.buyer, e.number, e.event_on, e.known_at,
  e.currency, e.amount, e.due_on, e.void, e.repeats, e.refs, e.lines::text, e.buyer_name, e.print,
  e.goods, e.cash_id, e.no
FROM decisions.feature_event e
WHERE e.id = ANY(%s)
ORDER BY e.no"""
OF_GROUPS: Final = """
SELECT e.id, e.document_id, e.kind, e.supplier, e.buyer, e.number, e.event_on, e.known_at,
  e.currency, e.amount, e.due_on, e.void, e.repeats, e.refs, e.lines::text, e.buyer_name, e.print,
  e.goods, e.cash_id, e.no, l.group_id
FROM unnest(%s::text[], %s::uuid[]) AS k (buyer, group_id)
JOIN decisions.feature_link l ON l.buyer = k.buyer AND l.group_id = k.group_id
JOIN decisions.feature_event e
  ON e.buyer = l.buyer AND e.supplier = l.supplier AND e.no = l.no
ORDER BY e.no"""
OF_PAIRS: Final = """
SELECT e.id, e.document_id, e.kind, e.supplier, e.buyer, e.number, e.event_on, e.known_at,
  e.currency, e.amount, e.due_on, e.void, e.repeats, e.refs, e.lines::text, e.buyer_name, e.print,
  e.goods, e.cash_id, e.no
FROM unnest(%s::text[], %s::text[]) AS k (buyer, supplier)
JOIN decisions.feature_event e ON e.buyer = k.buyer AND e.supplier = k.supplier
ORDER BY e.no"""
OF_PARTIES: Final = """
SELECT e.id, e.document_id, e.kind, e.supplier, e.buyer, e.number, e.event_on, e.known_at,
  e.currency, e.amount, e.due_on, e.void, e.repeats, e.refs, e.lines::text, e.buyer_name, e.print,
  e.goods, e.cash_id, e.no
FROM decisions.feature_event e
WHERE e.supplier = ANY(%s)
  OR e.buyer = ANY(%s)
ORDER BY e.no"""
ADD_EVENTS: Final = """
COPY decisions.feature_event
  (buyer, supplier, no, id, document_id, kind, number, event_on, known_at, currency, amount, due_on,
   void, repeats, refs, lines, buyer_name, print, goods, cash_id)
FROM STDIN"""
ADD_LINKS: Final = """
COPY decisions.feature_link (buyer, group_id, supplier, no)
FROM STDIN"""
ADD_CASH: Final = """
COPY decisions.feature_cash
  (id, document_id, paid_on, known_at, currency, amount, words, debtor_tax_id, debtor_name)
FROM STDIN"""
STATES: Final = """
SELECT p.buyer, p.supplier, p.currency, p.version, p.first_day, p.last_day, p.horizon, p.traded,
  p.days, p.paid, p.dues, p.lags, p.digits, p.months
FROM unnest(%s::text[], %s::text[]) AS k (buyer, supplier)
JOIN decisions.pair_state p ON p.buyer = k.buyer AND p.supplier = k.supplier"""
MARGINALS: Final = """
SELECT m.party, m.side, m.currency, m.version, m.horizon, m.trade, m.terms, m.shares
FROM unnest(%s::text[], %s::text[], %s::text[]) AS k (party, side, currency)
JOIN decisions.marginal_state m
  ON m.party = k.party AND m.side = k.side AND m.currency = k.currency"""
SAVE_STATES: Final = """
INSERT INTO decisions.pair_state
  (buyer, supplier, currency, version, first_day, last_day, horizon, traded, days, paid, dues, lags,
   digits, months)
SELECT s.buyer, s.supplier, s.currency, s.version, s.first_day, s.last_day, s.horizon, s.traded,
  s.days, s.paid, s.dues, s.lags, s.digits, s.months
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::integer[], %s::integer[],
  %s::integer[], %s::integer[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[],
  %s::bytea[]) AS s (buyer, supplier, currency, version, first_day, last_day, horizon, traded, days,
  paid, dues, lags, digits, months)
ON CONFLICT (buyer, supplier) DO UPDATE SET
  currency = EXCLUDED.currency,
  version = EXCLUDED.version,
  first_day = EXCLUDED.first_day,
  last_day = EXCLUDED.last_day,
  horizon = EXCLUDED.horizon,
  traded = EXCLUDED.traded,
  days = EXCLUDED.days,
  paid = EXCLUDED.paid,
  dues = EXCLUDED.dues,
  lags = EXCLUDED.lags,
  digits = EXCLUDED.digits,
  months = EXCLUDED.months"""
SAVE_MARGINALS: Final = """
INSERT INTO decisions.marginal_state
  (party, side, currency, version, horizon, trade, terms, shares)
SELECT s.party, s.side, s.currency, s.version, s.horizon, s.trade, s.terms, s.shares
FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::integer[], %s::bytea[],
  %s::bytea[], %s::bytea[]) AS s (party, side, currency, version, horizon, trade, terms, shares)
ON CONFLICT (party, side, currency) DO UPDATE SET
  version = EXCLUDED.version,
  horizon = EXCLUDED.horizon,
  trade = EXCLUDED.trade,
  terms = EXCLUDED.terms,
  shares = EXCLUDED.shares"""
_lines: Final = msgspec.json.Decoder(tuple[LineQuantity, ...])


class MarginalKey(NamedTuple):
    """Whose marginal: a party on one side, in one currency."""

    party: str
    side: str
    currency: str


class Numbered(NamedTuple):
    """An event and its number in the log."""

    event: Event
    no: int


def lock(tx: Tx) -> None:
    """Be the only observer until the end of the transaction."""
    tx.run(LOCK)


def next_numbers(tx: Tx, count: int) -> list[int]:
    """The next `count` numbers of the log, rising."""
    return [number for (number,) in tx.rows(NUMBERS, (count,))]


def known_events(tx: Tx, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these events are in the log."""
    return {identity for (identity,) in tx.rows(KNOWN_EVENTS, (list(ids),))}


def known_cash(tx: Tx, ids: Sequence[UUID]) -> set[UUID]:
    """Which of this money was seen before."""
    return {identity for (identity,) in tx.rows(KNOWN_CASH, (list(ids),))}


def prints(
    tx: Tx, same: Sequence[int], goods: Sequence[int]
) -> tuple[dict[int, list[tuple[Pair, str]]], dict[int, list[tuple[Pair, str]]]]:
    """Who bears these prints: of the invoice itself, and of its delivered lines."""
    found: list[dict[int, list[tuple[Pair, str]]]] = []
    for rows in (
        tx.rows(BY_PRINT, (list(same),)) if same else [],
        tx.rows(BY_GOODS, (list(goods),)) if goods else [],
    ):
        bearers: dict[int, list[tuple[Pair, str]]] = {}
        for key, supplier, buyer, number in rows:
            bearers.setdefault(key, []).append((Pair(supplier, buyer), number))
        found.append(bearers)
    return found[0], found[1]


def waiting_cash(tx: Tx, numbers: Sequence[str]) -> list[Cash]:
    """Money that names any of these numbers and has paid nothing yet."""
    return [
        Cash(c[0], c[1], c[2].toordinal(), c[3], c[4], c[5], tuple(c[6]), c[7], c[8])
        for c in (tx.rows(WAITING_CASH, (list(numbers),)) if numbers else [])
    ]


def invoices(tx: Tx, numbers: Sequence[str]) -> list[Event]:
    """Every invoice that bears one of these numbers, in the order of the log."""
    return [_event(row) for row in tx.rows(INVOICES, (list(numbers),))]


def by_id(tx: Tx, ids: Sequence[UUID]) -> list[Event]:
    """The events of these documents, in the order of the log."""
    return [_event(row) for row in tx.rows(BY_ID, (list(ids),))]


def of_groups(tx: Tx, groups: Sequence[tuple[str, UUID]]) -> dict[UUID, list[Event]]:
    """The events of each group (buyer and group id), in the order of the log."""
    found: dict[UUID, list[Event]] = {}
    columns = ([buyer for buyer, _ in groups], [group for _, group in groups])
    for row in tx.rows(OF_GROUPS, columns):
        found.setdefault(row[20], []).append(_event(row))
    return found


def of_pairs(tx: Tx, pairs: Iterable[Pair]) -> dict[Pair, list[Numbered]]:
    """Every event of these pairs, in the order of the log."""
    wanted = list(pairs)
    columns = ([pair.buyer for pair in wanted], [pair.supplier for pair in wanted])
    return _by_pair(tx.rows(OF_PAIRS, columns) if wanted else [])


def of_parties(
    tx: Tx, suppliers: Sequence[str], buyers: Sequence[str]
) -> dict[Pair, list[Numbered]]:
    """Every event of every pair of these suppliers and buyers, in the order of the log."""
    return _by_pair(tx.rows(OF_PARTIES, (list(suppliers), list(buyers))))


def add(tx: Tx, events: Sequence[Numbered], links: Sequence[tuple[Event, UUID, int]]) -> None:
    """Append events, and which groups they tell of."""
    tx.copy(
        ADD_EVENTS,
        [
            (
                *(e.buyer, e.supplier, no, e.id, e.document_id, e.kind.value, e.number),
                *(on_day(e.day), e.known_at, e.currency, e.amount, e.due and on_day(e.due)),
                *(e.void, e.repeats, list(e.refs), _encoded(e.lines), e.buyer_name),
                *(e.print, e.goods, e.cash_id),
            )
            for e, no in events
        ],
    )
    tx.copy(ADD_LINKS, [(event.buyer, group, event.supplier, no) for event, group, no in links])


def add_cash(tx: Tx, cash: Sequence[Cash]) -> None:
    """Record money that came in."""
    tx.copy(
        ADD_CASH,
        [
            (
                *(c.id, c.document_id, on_day(c.day), c.known_at, c.currency, c.amount),
                *(list(c.words), c.debtor_tax_id, c.debtor_name),
            )
            for c in cash
        ],
    )


def states(tx: Tx, pairs: Sequence[Pair]) -> dict[Pair, PairState]:
    """The folds of these pairs, where there are any."""
    columns = ([pair.buyer for pair in pairs], [pair.supplier for pair in pairs])
    found = {}
    for buyer, supplier, currency, version, *days, a, b, c, d, e, f in binary_rows(
        tx, STATES, columns
    ):
        first, last, horizon, traded = days
        tables = dict(zip(PAIR, (a, b, c, d, e, f), strict=True))
        state = PairState(currency, version, first, last, horizon, traded, tables)
        found[Pair(supplier, buyer)] = state
    return found


def marginals(tx: Tx, keys: Sequence[MarginalKey]) -> dict[MarginalKey, Marginal]:
    """The folds of these marginals, where there are any."""
    columns = tuple([key[at] for key in keys] for at in range(3))
    return {
        MarginalKey(party, side, currency): Marginal(
            version, horizon, dict(zip(MARGINAL[side], (trade, terms), strict=False)), shares
        )
        for party, side, currency, version, horizon, trade, terms, shares in binary_rows(
            tx, MARGINALS, columns
        )
    }


def save(
    tx: Tx, pairs: Mapping[Pair, PairState], marginals: Mapping[MarginalKey, Marginal]
) -> None:
    """Write folds over what stood there."""
    if pairs:
        rows = [
            (pair.buyer, pair.supplier, *_scalars(state), *state.tables.values())
            for pair, state in sorted(pairs.items())
        ]
        tx.run(SAVE_STATES, [list(column) for column in zip(*rows, strict=True)])
    if marginals:
        folds = [
            (*key, whole.version, whole.horizon, *_marginal_tables(whole), whole.shares)
            for key, whole in sorted(marginals.items())
        ]
        tx.run(SAVE_MARGINALS, [list(column) for column in zip(*folds, strict=True)])


_scalars: Final[Callable[[PairState], tuple[str | int | None, ...]]] = attrgetter(
    "currency", "version", "first", "last", "horizon", "traded"
)


def _marginal_tables(marginal: Marginal) -> tuple[bytes, bytes]:
    return marginal.tables[Table.TRADE], marginal.tables.get(Table.TERMS, b"")


def binary_rows(tx: Tx, sql: LiteralString, columns: Sequence[Sequence[object]]) -> list[TupleRow]:
    """All rows of one query, sent in binary: bytes come as they lie."""
    with tx.cursor() as cursor:
        return cursor.execute(sql, columns, binary=True).fetchall()


def _by_pair(rows: Iterable[TupleRow]) -> dict[Pair, list[Numbered]]:
    found: dict[Pair, list[Numbered]] = {}
    for row in rows:
        event = _event(row)
        found.setdefault(event.pair, []).append(Numbered(event, row[19]))
    return found


def _event(row: TupleRow) -> Event:
    due = row[10]
    return Event(
        id=row[0],
        document_id=row[1],
        kind=EventKind(row[2]),
        supplier=row[3],
        buyer=row[4],
        number=row[5],
        day=row[6].toordinal(),
        known_at=row[7],
        currency=row[8],
        amount=row[9],
        due=due.toordinal() if due else None,
        void=row[11],
        repeats=row[12],
        refs=tuple(row[13]),
        lines=_lines.decode(row[14]) if row[14] != "[]" else (),
        buyer_name=row[15],
        print=row[16],
        goods=row[17],
        cash_id=row[18],
    )


def _encoded(lines: tuple[LineQuantity, ...]) -> str:
    return msgspec.json.encode(lines).decode() if lines else "[]"
