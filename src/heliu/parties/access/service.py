"""Use cases of the access desk: issue, renew and revoke connections, and what each may do."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.parties.access import errors, store
from heliu.parties.access.domain.connection import (
    MAX_NAME,
    OF_THE_BANK,
    Connection,
    IssueConnection,
    Permission,
    connection_id,
)
from heliu.parties.access.domain.signing import Credential
from heliu.parties.access.vault import Vault
from heliu.parties.party.api import valid_uscc


def issue(tx: Tx, actor: Actor, command: IssueConnection, now: datetime) -> Connection:
    """Issue a connection. Raises Refusal `connection.*` if it may not be as `command` says."""
    if refusal := _unfit(command, now):
        raise refusal
    connection = Connection(
        connection_id(uuid7(now)),
        command.party_uscc,
        command.name.strip(),
        command.permissions,
        now,
        command.expires_at,
    )
    store.add(tx, actor, connection)
    return connection


def renew(tx: Tx, actor: Actor, id_: str, now: datetime) -> Connection:
    """Give a connection the next generation of its secret; the one before is void at once.

    Raises Refusal `connection.unknown` or `connection.ended`.
    """
    (connection,) = _existing(tx, [id_])
    if connection.revoked_at is not None:
        raise errors.ended(id_)
    renewed = replace(connection, generation=connection.generation + 1)
    store.add_generation(tx, actor, renewed, now)
    return renewed


def revoke(tx: Tx, actor: Actor, ids: Sequence[str], now: datetime) -> None:
    """Revoke connections for good; one already revoked stays as it is.

    Raises Refusal `connection.unknown` if the bank does not know one of `ids`, and then none is
    revoked.
    """
    store.end(tx, actor, [c.id for c in _existing(tx, ids)], now)


def connections(tx: Tx) -> list[Connection]:
    """Every connection ever issued, with its end if it has one, in order of issue."""
    return store.connections(tx)


def require(connection: Connection, permission: Permission) -> None:
    """Raises Refusal `permission.denied` unless `connection` was granted `permission`."""
    if permission not in connection.permissions:
        raise errors.denied(permission)


def credential_of(vault: Vault, connection: Connection) -> Credential:
    """What its caller signs with: shown to him once, and derivable only with the master key."""
    return Credential(connection.id, secret_of(vault, connection))


def secret_of(vault: Vault, connection: Connection) -> str:
    """`hs_` and 43 letters of base64url."""
    raw = vault.secret_of("connection", connection.id, connection.generation)
    return "hs_" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _existing(tx: Tx, ids: Sequence[str]) -> list[Connection]:
    store.lock(tx, ids)
    known = {connection.id: connection for connection in store.connections(tx)}
    for id_ in ids:
        if id_ not in known:
            raise errors.unknown_connection(id_)
    return [known[id_] for id_ in ids]


def _unfit(command: IssueConnection, now: datetime) -> Refusal | None:
    if command.party_uscc is not None and not valid_uscc(command.party_uscc):
        return errors.party_invalid(command.party_uscc)
    if not 1 <= len(command.name.strip()) <= MAX_NAME:
        return errors.name_invalid()
    if not command.permissions:
        return errors.no_permission()
    if command.party_uscc is not None and (banks := command.permissions & OF_THE_BANK):
        return errors.bank_only(banks)
    if command.expires_at is not None and command.expires_at <= now:
        return errors.expiry_past()
    return None
