"""SQL of the origination desk: applications, their events and states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple, get_args
from uuid import UUID

import msgspec

from heliu.credit.origination.domain.filing import Stage
from heliu.credit.origination.domain.happenings import Body, Event
from heliu.ground.db import Tx, columns

ADD: Final = """
INSERT INTO credit.loan_application
  (id, key, digest, borrower_kind, borrower, product_code, product_version, requirements,
   requirements_sha256, currency, amount_minor, filed_on, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING"""
FILED: Final = """
SELECT key, id, digest
FROM credit.loan_application
WHERE key = ANY(%s)"""
LOCK: Final = """
SELECT id, requirements, requirements_sha256
FROM credit.loan_application
WHERE id = ANY(%s)
ORDER BY id
FOR UPDATE"""
READ: Final = """
SELECT id, requirements, requirements_sha256
FROM credit.loan_application
WHERE id = ANY(%s)
ORDER BY id"""
EVENTS: Final = """
SELECT application, no, key, digest, kind, body, happened_on, recorded_by, recorded_at
FROM credit.loan_application_event
WHERE application = ANY(%s)
ORDER BY application, no"""
ADD_EVENTS: Final = """
INSERT INTO credit.loan_application_event
  (application, no, key, digest, kind, body, happened_on, recorded_at, recorded_by)
SELECT e.application, e.no, e.key, e.digest, e.kind, e.body::jsonb, e.happened_on, e.at, e.by
FROM unnest(
  %b::uuid[], %b::integer[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::date[],
  %b::timestamptz[], %b::text[]
) AS e (application, no, key, digest, kind, body, happened_on, at, by)
ORDER BY e.application, e.no"""
SET_STATES: Final = """
INSERT INTO credit.loan_application_state
  (application, stage, errand_at, stuck, offer_ends_on, offer_minor)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (application) DO UPDATE SET
  stage = excluded.stage,
  errand_at = excluded.errand_at,
  stuck = excluded.stuck,
  offer_ends_on = excluded.offer_ends_on,
  offer_minor = excluded.offer_minor"""
DUE: Final = """
SELECT application
FROM credit.loan_application_state
WHERE errand_at <= %s
ORDER BY errand_at, application
LIMIT %s"""
WAITING: Final = """
SELECT application
FROM credit.loan_application_state
WHERE
  stuck
  OR errand_at IS NOT NULL
ORDER BY stuck DESC, errand_at, application
LIMIT %s"""
ENDING: Final = """
SELECT application
FROM credit.loan_application_state
WHERE
  stage IN ('offered', 'accepted')
  AND offer_ends_on <= %s
ORDER BY offer_ends_on, application
LIMIT %s"""
OPEN: Final = """
SELECT application
FROM credit.loan_application_state
WHERE stage = ANY(%s)
ORDER BY application
LIMIT %s"""
GATHERING_OF: Final = """
SELECT a.id
FROM credit.loan_application a
JOIN credit.loan_application_state s ON s.application = a.id
WHERE
  a.borrower = ANY(%s)
  AND s.stage = 'gathering'
ORDER BY a.id"""
LOCK_BORROWERS: Final = """
SELECT id
FROM credit.loan_application
WHERE borrower IN (
  SELECT a.borrower
  FROM credit.loan_application a
  WHERE a.id = ANY(%s)
)
ORDER BY id
FOR UPDATE"""
PROMISED: Final = """
SELECT a.id, a.borrower, a.currency, s.offer_minor
FROM credit.loan_application a
JOIN credit.loan_application_state s ON s.application = a.id
WHERE
  a.borrower = ANY(%s)
  AND s.stage IN ('review', 'offered', 'accepted', 'signed', 'completed')
ORDER BY a.id"""

# A body's kind is its type's name in words, for ever: Filed -> filed, KybChecked -> kyb_checked.
KINDS: Final[Mapping[str, type]] = {
    "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_"): kind
    for kind in get_args(Body)
}
_WORDS: Final = {kind: word for word, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Header:
    """An application's id, and the requirements it was filed under."""

    id: UUID
    requirements: str
    requirements_sha256: str


class Promise(NamedTuple):
    """An offer that stands or was taken, in minor units."""

    application: UUID
    borrower: str
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Kept:
    """An event of an application, and the command that made it."""

    application: UUID
    key: UUID
    digest: str
    event: Event


def filed(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Of those of `keys` that filed an application: its id, and the digest of the command."""
    return {key: (found, digest) for key, found, digest in tx.rows(FILED, (list(keys),))}


def add(tx: Tx, rows: Sequence[Sequence[Any]]) -> None:
    """Record applications that are not there yet."""
    tx.many(ADD, rows)


def headers(tx: Tx, ids: Sequence[UUID], *, lock: bool) -> list[Header]:
    """The applications of `ids` by id, locked to the transaction's end if they are to change."""
    return [Header(*row) for row in tx.rows(LOCK if lock else READ, (list(ids),))]


def events(tx: Tx, ids: Sequence[UUID]) -> list[Kept]:
    """Every event of those applications, each application's in order."""
    return [
        Kept(application, key, digest, Event(no, read_body(kind, body), on, by, at))
        for application, no, key, digest, kind, body, on, by, at in tx.rows(EVENTS, (list(ids),))
    ]


def add_events(tx: Tx, kept: Sequence[Kept]) -> None:
    """Append events; each application's without a gap."""
    rows = [
        (
            *(one.application, one.event.no, one.key, one.digest, kind_of(one.event.body)),
            *(body_text(one.event.body), one.event.on, one.event.at, one.event.by),
        )
        for one in kept
    ]
    if rows:
        tx.later(ADD_EVENTS, columns(rows))


def set_states(tx: Tx, rows: Sequence[Sequence[Any]]) -> None:
    """Set what the events make: (application, stage, errand at, stuck, offer's end, offer)."""
    tx.many(SET_STATES, rows)


def due(tx: Tx, at: datetime, limit: int) -> list[UUID]:
    """Applications that may ask outside at `at`, the longest waiting first."""
    return [found for (found,) in tx.rows(DUE, (at, limit))]


def waiting(tx: Tx, limit: int) -> list[UUID]:
    """Applications with something to ask outside: stuck ones first, then the longest waiting."""
    return [found for (found,) in tx.rows(WAITING, (limit,))]


def ending(tx: Tx, on: date, limit: int) -> list[UUID]:
    """Applications whose offer or unsigned contract is over on `on`."""
    return [found for (found,) in tx.rows(ENDING, (on, limit))]


def in_stages(tx: Tx, stages: Sequence[Stage], limit: int) -> list[UUID]:
    """Applications that stand in one of `stages`, by id (the oldest first)."""
    return [found for (found,) in tx.rows(OPEN, ([stage.value for stage in stages], limit))]


def gathering_of(tx: Tx, borrowers: Sequence[str]) -> list[UUID]:
    """Applications of those borrowers that still gather."""
    return [found for (found,) in tx.rows(GATHERING_OF, (list(borrowers),))]


def lock_borrowers(tx: Tx, ids: Sequence[UUID]) -> None:
    """Hold every application of the borrowers of `ids`: what they are offered is one sum."""
    tx.run(LOCK_BORROWERS, (list(ids),))


def promised(tx: Tx, borrowers: Sequence[str]) -> list[Promise]:
    """Offers to those borrowers that stand or were taken."""
    return [Promise(*row) for row in tx.rows(PROMISED, (list(borrowers),))]


def kind_of(body: Body) -> str:
    """The word an event is kept under."""
    return _WORDS[type(body)]


def body_text(body: Body) -> str:
    """An event's body as it is kept (JSON, keys sorted)."""
    return msgspec.json.encode(body, order="sorted").decode()


def read_body(kind: str, body: object) -> Body:
    """An event's body from its JSON."""
    read: Body = msgspec.convert(body, KINDS[kind])
    return read
