"""SQL of the lending desk for what goes back and what ends: sources, cancelled contracts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from heliu.credit.lending.domain.contract import Moment
from heliu.ground.actor import Actor
from heliu.ground.db import Tx

ADD_SOURCE: Final = """
INSERT INTO credit.repayment_source (event_id, name, account, recorded_at)
VALUES (%s, %s, %s, %s)"""
SOURCES: Final = """
SELECT s.event_id, s.name, s.account
FROM credit.repayment_source s
WHERE s.event_id = ANY(%s)"""
ADD_END: Final = """
INSERT INTO credit.contract_end
  (contract_no, id, digest, because, ended_on, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
KNOWN_ENDS: Final = """
SELECT e.id, e.digest, c.id
FROM credit.contract_end e
JOIN credit.contract c ON c.no = e.contract_no
WHERE e.id = ANY(%s)"""


class Source(NamedTuple):
    """The outside account a repayment came from. Never logged."""

    name: str
    account: str


class NewEnd(NamedTuple):
    """A contract to end: its number, the command's key and digest, and why."""

    contract_no: int
    key: UUID
    digest: bytes
    because: str


def add_sources(tx: Tx, new: Sequence[tuple[UUID, Source]], now: datetime) -> None:
    """Note where the money of repayments (by event id) came from."""
    tx.many(ADD_SOURCE, [(event, source.name, source.account, now) for event, source in new])


def sources(tx: Tx, events: Sequence[UUID]) -> dict[UUID, Source]:
    """Where the money of each of these events came from, as far as it is known."""
    rows = tx.rows(SOURCES, (list(events),))
    return {event: Source(name, account) for event, name, account in rows}


def add_ends(tx: Tx, new: Sequence[NewEnd], actor: Actor, at: Moment) -> None:
    """Record that contracts ended."""
    tx.many(ADD_END, [(*one, at.business_date, at.now, actor.id) for one in new])


def known_ends(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, tuple[bytes, UUID]]:
    """(digest, contract id) of each cancellation that is recorded, by its key."""
    return {row[0]: (bytes(row[1]), row[2]) for row in tx.rows(KNOWN_ENDS, (list(keys),))}
