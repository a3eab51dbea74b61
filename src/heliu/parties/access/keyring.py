"""The keyring: tells in microseconds whose request this is, and that it did not come before.

Memory of nonces is lost with the process and bounded while it lives. What can no longer be told
from a replay is refused as `signature.before_start`, which the caller cures by signing again.
"""

import hmac
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from heliu.ground.errors import Refusal
from heliu.parties.access import errors
from heliu.parties.access.domain.connection import Connection
from heliu.parties.access.domain.signing import (
    WINDOW_SECONDS,
    Claim,
    Mac,
    Request,
    claim_of,
    signature_of,
)
from heliu.parties.access.service import secret_of
from heliu.parties.access.vault import Vault

# About 30 MB when full; a busier caller has a shorter past to sign from, never a forgotten nonce.
NONCES_KEPT: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Heard:
    """The last request this process heard in a connection's name; `refusal` None: it was proven."""

    at: datetime
    method: str
    target: bytes
    refusal: Refusal | None


class Keyring:
    """The connections, their secrets and the nonces each has used. Safe between threads."""

    def __init__(
        self,
        connections: Iterable[Connection],
        vault: Vault,
        started_at: datetime,
        *,
        nonces_kept: int = NONCES_KEPT,
    ) -> None:
        self.vault, self._kept = vault, nonces_kept
        # A stamp has whole seconds: one of the starting second may have been used before it.
        self._floor = int(started_at.timestamp()) + 1
        self._doors: dict[bytes, _Door] = {}
        self._lock = threading.Lock()
        self.refresh(connections)

    def refresh(self, connections: Iterable[Connection]) -> None:
        """Take over what connections are now; nonces already used stay used."""
        known, doors = self._doors, {}
        for connection in connections:
            key = connection.id.encode()
            before = known.get(key)
            nonces = before.nonces if before else _Nonces(self._floor, self._kept)
            mac = Mac(secret_of(self.vault, connection).encode())
            doors[key] = _Door(connection, mac, nonces, before.heard if before else None)
        self._doors = doors

    def heard(self, connection_id: str) -> Heard | None:
        """The last request in this connection's name since the process began."""
        door = self._doors.get(connection_id.encode())
        return door.heard if door else None

    def authenticate(
        self, method: str, target: bytes, headers: Mapping[bytes, bytes], body: bytes, now: datetime
    ) -> Connection:
        """The connection that signed this request, for the first time and in time.

        `target` is path with query as sent; `headers` have names in lower case. Raises Refusal
        `signature.missing`, `.unknown_key`, `.wrong`, `.stale`, `.before_start`, `.replayed`,
        `key.revoked` or `key.expired`.
        """
        claim = claim_of(headers)
        if claim is None:
            raise errors.signature_missing()
        door = self._doors.get(claim.key)
        if door is None:
            raise errors.unknown_key()
        request = Request(method, target, body, headers.get(b"idempotency-key", b""))
        try:
            self._prove(door, claim, request, now)
        except Refusal as refusal:
            door.heard = Heard(now, method, target, refusal)
            raise
        door.heard = Heard(now, method, target, None)
        return door.connection

    def _prove(self, door: "_Door", claim: Claim, request: Request, now: datetime) -> None:
        expected = signature_of(door.mac, claim.timestamp, claim.nonce, request)
        if not hmac.compare_digest(expected.hex().encode(), claim.signature):
            raise errors.wrong()
        connection = door.connection
        if not connection.live(now):
            raise errors.revoked() if connection.revoked_at else errors.expired()
        stamped, seconds = int(claim.timestamp), now.timestamp()
        if abs(seconds - stamped) > WINDOW_SECONDS:
            raise errors.stale(int(stamped - seconds))
        with self._lock:
            door.nonces.use(claim.nonce, stamped, int(seconds) - WINDOW_SECONDS)


class _Door:
    __slots__ = ("connection", "heard", "mac", "nonces")

    def __init__(
        self, connection: Connection, mac: Mac, nonces: "_Nonces", heard: Heard | None
    ) -> None:
        self.connection, self.mac, self.nonces, self.heard = connection, mac, nonces, heard


class _Nonces:
    """The nonces one connection used, by the second they were stamped with; `kept` at most.

    Every nonce stamped at `floor` or later is remembered; what is stamped earlier is refused.
    """

    __slots__ = ("_kept", "_of_second", "_used", "floor")

    def __init__(self, floor: int, kept: int) -> None:
        self.floor, self._kept = floor, kept
        self._used: set[int] = set()
        self._of_second: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._used)

    def use(self, nonce: bytes, stamped: int, oldest: int) -> None:
        """Use `nonce` up; stamps before `oldest` need not be remembered any more.

        Raises Refusal `signature.before_start` or `signature.replayed`.
        """
        if stamped < self.floor:
            raise errors.before_start()
        # Python's own keyed 64-bit hash: a chance equality costs its caller one more try.
        mark = hash(nonce)
        if mark in self._used:
            raise errors.replayed()
        second = self._of_second.get(stamped)
        if second is None:
            self._forget_before(oldest)
            second = self._of_second[stamped] = []
        second.append(mark)
        self._used.add(mark)
        while len(self._used) > self._kept:
            self._forget_before(min(self._of_second) + 1)

    def _forget_before(self, oldest: int) -> None:
        for second in [second for second in self._of_second if second < oldest]:
            self._used.difference_update(self._of_second.pop(second))
        self.floor = max(self.floor, oldest)
