"""SQL of the pages desk: forms already sent, forms that wait for their person."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.ground.db import Tx

_SENT: Final = """
SELECT a.path, a.location
FROM channels.page_act a
WHERE a.key = %s AND a.session_id = %s"""
_SEND: Final = """
INSERT INTO channels.page_act (key, session_id, path, location, at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (key) DO NOTHING"""
_PARK: Final = """
INSERT INTO channels.parked_form (id, path, fields, until)
VALUES (%s, %s, %s::jsonb, %s)"""
_PARKED: Final = """
SELECT p.fields
FROM channels.parked_form p
WHERE p.id = %s AND p.path = %s AND p.until > %s"""
_CLEAR: Final = """
DELETE FROM channels.parked_form
WHERE until < %s"""


def sent(tx: Tx, key: UUID, session: UUID) -> tuple[str, str] | None:
    """Where the form of `key` was sent to in this session and led to; None if it was not."""
    row = tx.row(_SENT, (key, session))
    return (row[0], row[1]) if row else None


def send(tx: Tx, key: UUID, session: UUID, path: str, location: str, now: datetime) -> None:
    """Remember that the form of `key` was sent to `path` and led to `location`."""
    tx.run(_SEND, (key, session, path, location, now))


def park(
    tx: Tx, id_: UUID, path: str, fields: Mapping[str, Sequence[str]], until: datetime
) -> None:
    """Keep what was typed for the page at `path` until `until`."""
    tx.run(_PARK, (id_, path, json.dumps({k: list(v) for k, v in fields.items()}), until))


def parked(tx: Tx, id_: UUID, path: str, now: datetime) -> dict[str, list[str]] | None:
    """What was typed for the page at `path`; None if it is not there or no more."""
    row = tx.row(_PARKED, (id_, path, now))
    return dict(row[0]) if row else None


def clear(tx: Tx, now: datetime) -> None:
    """Forget forms whose time is over."""
    tx.run(_CLEAR, (now,))
