"""SQL of the monitoring desk: days, warnings, what people said of them, covenants."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from psycopg.rows import TupleRow

from heliu.ground.db import Tx
from heliu.oversight.monitoring.domain.rule import Severity
from heliu.oversight.monitoring.domain.sight import Subject, SubjectKind
from heliu.oversight.monitoring.domain.signals import Seen
from heliu.oversight.monitoring.domain.warning import Raised, WarningEvent, WarningEventKind

# One watcher at a time.
LOCK: Final = "SELECT pg_advisory_xact_lock(726361)"
LAST_DAY: Final = "SELECT max(d.business_date) FROM oversight.watched_day d"
DAY: Final = """
SELECT d.business_date, d.raised, d.cleared
FROM oversight.watched_day d
WHERE d.business_date = %s"""
ADD_DAY: Final = """
INSERT INTO oversight.watched_day
  (business_date, rules_version, raised, cleared, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s)"""
_WARNINGS: Final = """
SELECT w.id, w.rule, w.rules_version, w.severity, w.owner, w.subject, w.party_uscc, w.other_uscc,
  w.loan_id, w.raised_on, w.figures, w.evidence, w.loans
FROM oversight.warning w"""
_STANDS: Final = """
WHERE NOT EXISTS (
  SELECT 1
  FROM oversight.warning_event e
  WHERE e.warning_id = w.id AND e.kind = 'cleared'
)
ORDER BY w.raised_on, w.rule, w.subject_key"""
STANDING: Final = _WARNINGS + _STANDS
ALL: Final = _WARNINGS + " ORDER BY w.raised_on, w.rule, w.subject_key"
BY_ID: Final = _WARNINGS + " WHERE w.id = ANY(%s) ORDER BY w.id FOR UPDATE"
EVENTS: Final = """
SELECT e.warning_id, e.kind, e.reason, e.business_date, e.recorded_by
FROM oversight.warning_event e
WHERE e.warning_id = ANY(%s)
ORDER BY e.recorded_at, e.kind"""
ADD: Final = """
INSERT INTO oversight.warning
  (id, rule, rules_version, severity, owner, subject, party_uscc, other_uscc, loan_id, subject_key,
   raised_on, figures, evidence, loans, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
ADD_EVENT: Final = """
INSERT INTO oversight.warning_event
  (warning_id, kind, reason, business_date, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s)"""
BY_PARTY: Final = """
SELECT u.uscc, count(*)
FROM oversight.warning w
CROSS JOIN LATERAL (VALUES (w.party_uscc), (w.other_uscc)) AS u (uscc)
WHERE u.uscc IS NOT NULL
  AND NOT EXISTS (
    SELECT 1
    FROM oversight.warning_event e
    WHERE e.warning_id = w.id AND e.kind IN ('closed', 'cleared')
  )
GROUP BY u.uscc"""
_COVENANTS: Final = """
SELECT c.id, c.loan_id, c.feature, c.at_least, c.at_most, c.holds_from, c.holds_until
FROM oversight.covenant c"""
_IN_FORCE: Final = """
WHERE c.loan_id = ANY(%(loans)s) AND c.holds_from <= %(on)s AND %(on)s < c.holds_until
ORDER BY c.loan_id, c.feature, c.id"""
COVENANTS: Final = _COVENANTS + _IN_FORCE
KNOWN_COVENANTS: Final = _COVENANTS + " WHERE c.id = ANY(%s)"
ADD_COVENANT: Final = """
INSERT INTO oversight.covenant
  (id, loan_id, feature, at_least, at_most, holds_from, holds_until, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


class Watched(NamedTuple):
    """A watched business date: how many warnings were raised and cleared; `again`: before now."""

    business_date: date
    raised: int
    cleared: int
    again: bool = False


class Covenant(NamedTuple):
    """A feature of the pair of a loan must stay within one bound for [start, until)."""

    key: UUID
    loan_id: UUID
    feature: str
    at_least: Decimal | None
    at_most: Decimal | None
    start: date
    until: date


def lock(tx: Tx) -> None:
    """Be the only watcher until the end of the transaction."""
    tx.run(LOCK)


def last_day(tx: Tx) -> date | None:
    """The last date that was watched."""
    row = tx.row(LAST_DAY)
    return row[0] if row else None


def watched(tx: Tx, day: date) -> Watched | None:
    """A date that was watched, if it was."""
    row = tx.row(DAY, (day,))
    return None if row is None else Watched(row[0], row[1], row[2], again=True)


def add_day(tx: Tx, done: Watched, version: int, by: tuple[datetime, str]) -> None:
    """Keep that a date was watched."""
    tx.run(ADD_DAY, (done.business_date, version, done.raised, done.cleared, *by))


def standing(tx: Tx) -> list[Raised]:
    """Warnings that are not cleared, oldest first, with what people said of them."""
    return _with_events(tx, tx.rows(STANDING))


def all_warnings(tx: Tx) -> list[Raised]:
    """Every warning there ever was, oldest first."""
    return _with_events(tx, tx.rows(ALL))


def by_id(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Raised]:
    """Warnings by id, locked."""
    return {one.id: one for one in _with_events(tx, tx.rows(BY_ID, (list(ids),)))}


def add(tx: Tx, raised: Sequence[Raised], now: datetime) -> None:
    """Append new warnings."""
    tx.many(
        ADD,
        [
            (
                *(w.id, w.rule, w.rules_version, w.severity, w.owner, w.subject.kind),
                *(w.subject.party, w.subject.other, w.subject.loan, w.subject.key, w.raised_on),
                *(_json(w.seen), list(w.seen.evidence), list(w.loans), now),
            )
            for w in raised
        ],
    )


def add_events(tx: Tx, made: Sequence[tuple[UUID, WarningEvent]], now: datetime) -> None:
    """Append events of warnings."""
    rows = [(id_, event.kind, event.reason, event.on, now, event.by) for id_, event in made]
    tx.many(ADD_EVENT, rows)


def by_party(tx: Tx) -> dict[str, int]:
    """How many warnings that nobody closed stand against each party."""
    return dict(tx.rows(BY_PARTY))


def covenants(tx: Tx, loans: Collection[UUID], on: date) -> list[Covenant]:
    """Covenants of these loans in force on a day."""
    return [Covenant(*row) for row in tx.rows(COVENANTS, {"loans": list(loans), "on": on})]


def known_covenants(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, Covenant]:
    """Covenants by key."""
    return {row[0]: Covenant(*row) for row in tx.rows(KNOWN_COVENANTS, (list(keys),))}


def add_covenants(tx: Tx, made: Sequence[Covenant], by: tuple[datetime, str]) -> None:
    """Append covenants."""
    tx.many(ADD_COVENANT, [(*one, *by) for one in made])


def _json(seen: Seen) -> str:
    return msgspec.json.encode(seen.figures).decode()


def _with_events(tx: Tx, rows: Sequence[TupleRow]) -> list[Raised]:
    events: dict[UUID, list[WarningEvent]] = {}
    for id_, kind, *rest in tx.rows(EVENTS, ([row[0] for row in rows],)) if rows else []:
        events.setdefault(id_, []).append(WarningEvent(WarningEventKind(kind), *rest))
    return [_raised(row, tuple(events.get(row[0], ()))) for row in rows]


def _raised(row: TupleRow, events: tuple[WarningEvent, ...]) -> Raised:
    return Raised(
        *(row[0], row[1], row[2], Severity(row[3]), row[4]),
        Subject(SubjectKind(row[5]), row[6], row[7], row[8]),
        row[9],
        Seen(row[10], tuple(row[11])),
        tuple(row[12]),
        events,
    )
