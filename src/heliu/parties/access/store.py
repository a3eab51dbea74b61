"""SQL of the access desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.parties.access.domain.connection import Connection, Permission

_ADD: Final = """
INSERT INTO parties.connection
  (id, party_uscc, name, permissions, issued_at, expires_at, issued_by)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""
_ADD_GENERATION: Final = """
INSERT INTO parties.connection_secret (connection_id, generation, issued_at, issued_by)
VALUES (%s, %s, %s, %s)"""
_END: Final = """
INSERT INTO parties.connection_end (connection_id, revoked_at, revoked_by)
SELECT e.id, %s, %s
FROM unnest(%s::text[]) AS e (id)
ORDER BY e.id
ON CONFLICT (connection_id) DO NOTHING"""
_LOCK: Final = """
SELECT c.id
FROM parties.connection c
WHERE c.id = ANY(%s)
ORDER BY c.id
FOR UPDATE"""
_CONNECTIONS: Final = """
SELECT c.id, c.party_uscc, c.name, c.permissions, c.issued_at, c.expires_at, e.revoked_at,
  (SELECT max(s.generation) FROM parties.connection_secret s WHERE s.connection_id = c.id)
FROM parties.connection c
LEFT JOIN parties.connection_end e ON e.connection_id = c.id
ORDER BY c.issued_at, c.id"""


def add(tx: Tx, actor: Actor, connection: Connection) -> None:
    """Append a connection with the first generation of its secret."""
    row = (
        connection.id,
        connection.party_uscc,
        connection.name,
        sorted(connection.permissions),
        connection.issued_at,
        connection.expires_at,
        actor.id,
    )
    tx.run(_ADD, row)
    add_generation(tx, actor, connection, connection.issued_at)


def add_generation(tx: Tx, actor: Actor, connection: Connection, now: datetime) -> None:
    """Append that the connection's secret is of its generation from `now`."""
    tx.run(_ADD_GENERATION, (connection.id, connection.generation, now, actor.id))


def end(tx: Tx, actor: Actor, ids: Sequence[str], now: datetime) -> None:
    """Append the end of each of `ids` that has none."""
    tx.run(_END, (now, actor.id, list(ids)))


def lock(tx: Tx, ids: Sequence[str]) -> None:
    """Hold the connections to the transaction's end."""
    tx.run(_LOCK, (list(ids),))


def connections(tx: Tx) -> list[Connection]:
    """Every connection, in order of issue."""
    return [
        Connection(id_, party, name, frozenset(map(Permission, permissions)), *rest)
        for id_, party, name, permissions, *rest in tx.rows(_CONNECTIONS)
    ]
