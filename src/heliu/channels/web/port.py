"""The bank as the channels see it; the running one is built by `heliu serve`, tests use a fake."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from heliu.credit.instants.api import ActKind, Answer, Ask
from heliu.flows.intake.api import Blob, Outcome, Unreadable
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx
from heliu.parties.access.api import Keyring


class Health(StrEnum):
    """Ready to act; standing by for another process of the same shard; or without its database."""

    READY = "ready"
    STANDBY = "standby"
    DOWN = "down"


class Reads(Protocol):
    """What is read back of the acts, ready-made as JSON; None for what `party` may not see.

    `party` is a USCC; None is the bank itself, which sees all.
    """

    def act(self, tx: Tx, kind: ActKind, id_: UUID, party: str | None) -> bytes | None:
        """The act of that kind and id, as it was answered."""
        ...

    def receivable(self, tx: Tx, id_: UUID, party: str | None) -> bytes | None:
        """One receivable, with what is available on it now."""
        ...

    def receivables(
        self, tx: Tx, party: str | None, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, bytes]]:
        """Up to `limit` receivables behind `after`, in order of id, each with its id."""
        ...


class Bank(Protocol):
    """What a channel works on."""

    @property
    def database(self) -> Database:
        """Where reads open their one transaction."""
        ...

    @property
    def clock(self) -> Clock:
        """The bank's time."""
        ...

    @property
    def keyring(self) -> Keyring:
        """Who may call, and the proof that he is who he says."""
        ...

    @property
    def reads(self) -> Reads:
        """What is read back of the acts."""
        ...

    def health(self) -> Health:
        """Whether this process can act now; answers at once."""
        ...

    async def act(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """One durable answer per ask, in order. Raises Outage when full or down: retry."""
        ...

    async def file(self, items: Sequence[Blob | Unreadable], actor: Actor) -> Sequence[Outcome]:
        """File documents; one durable outcome per item, in order. Raises Outage: retry."""
        ...
