"""SQL of the console: files a job made, for the person who asked for them, for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.channels.console.tables import Kind
from heliu.ground.db import Tx

KEPT: Final = timedelta(days=1)
SWEEP: Final = "DELETE FROM channels.export WHERE until < %s"
KEEP: Final = """
INSERT INTO channels.export (id, person_id, name, kind, body, until)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
FIND: Final = """
SELECT id, person_id, name, kind, body
FROM channels.export
WHERE id = %s AND person_id = %s AND until >= %s"""


@dataclass(frozen=True, slots=True)
class Export:
    """A file of a table, and whose it is."""

    id: UUID
    person: UUID
    name: str
    kind: Kind
    body: bytes


def keep(tx: Tx, export: Export, now: datetime) -> None:
    """Keep a file for a day; what is older goes."""
    tx.run(SWEEP, (now,))
    said = (export.id, export.person, export.name, export.kind, export.body)
    tx.run(KEEP, (*said, now + KEPT))


def find(tx: Tx, id_: UUID, person: UUID, now: datetime) -> Export | None:
    """The file, if it is this person's and still kept."""
    row = tx.row(FIND, (id_, person, now))
    return Export(row[0], row[1], row[2], Kind(row[3]), bytes(row[4])) if row else None
