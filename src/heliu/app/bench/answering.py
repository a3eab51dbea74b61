"""A bank that answers every act at once, from memory: what is left is the price of the door.

For benchmarks of the door and tests of its clients. Documents it files for real; books it has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from heliu.books.ledger.api import Ledger
from heliu.channels.openapi.api import RECEIVABLE_VIEW, RESULT_EXAMPLES
from heliu.channels.web.api import Health
from heliu.credit.instants.api import ActKind, Answer, Ask
from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import Blob, Outcome, Unreadable, file_blobs
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock, SystemClock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Outage, Refusal
from heliu.ground.text import Text
from heliu.parties.access.api import Connection, Keyring, Permission, Vault

VAULT: Final = Vault(bytes(32))
_ALWAYS: Final = msgspec.json.encode(RESULT_EXAMPLES[ActKind.FINANCING])
_SUBJECT: Final = {
    ActKind.CREDIT_DECISION: "receivable",
    ActKind.DRAWDOWN: "credit_decision",
    ActKind.PAYMENT: "drawdown",
    ActKind.FINANCING: "receivable",
}


def connection(
    name: str, party: str | None, permissions: frozenset[Permission], clock: Clock
) -> Connection:
    """A connection as if issued, known to VAULT."""
    return Connection(f"hk_{name}", party, name, permissions, clock.now())


@dataclass(slots=True)
class Memory:
    """What a bank without books remembers: answers by key, whose they are, and receivables."""

    answers: dict[UUID, tuple[bytes, Answer]] = field(default_factory=dict)
    acts: dict[tuple[ActKind, UUID], tuple[bytes, str | None]] = field(default_factory=dict)
    suppliers: dict[UUID, str] = field(default_factory=dict)  # by receivable

    def act(self, tx: Tx, kind: ActKind, id_: UUID, party: str | None) -> bytes | None:
        """The act of that kind and id, if it is the party's."""
        del tx
        body, owner = self.acts.get((kind, id_), (None, None))
        return body if party in {None, owner} else None

    def receivable(self, tx: Tx, id_: UUID, party: str | None) -> bytes | None:
        """One receivable, if it is the party's."""
        del tx
        supplier = self.suppliers.get(id_)
        return _receivable(id_) if supplier and party in {None, supplier} else None

    def receivables(
        self, tx: Tx, party: str | None, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, bytes]]:
        """The party's receivables behind `after`, in order."""
        del tx
        own = sorted(i for i, supplier in self.suppliers.items() if party in {None, supplier})
        return [(i, _receivable(i)) for i in own if after is None or i > after][:limit]


@dataclass(slots=True)
class AnsweringBank:
    """Every act succeeds unless its subject is in `refusals`; a key that came before is replayed.

    With `keeps` off nothing is remembered, so that a benchmark measures no growing memory.
    """

    database: Database
    connections: tuple[Connection, ...]
    clock: Clock = field(default_factory=SystemClock)
    keeps: bool = True
    state: Health = Health.READY
    refusals: dict[UUID, Refusal] = field(default_factory=dict)
    reads: Memory = field(default_factory=Memory)
    ledger: Ledger | None = None
    keyring: Keyring = field(init=False)

    def __post_init__(self) -> None:
        started = self.clock.now() - timedelta(seconds=600)
        self.keyring = Keyring(self.connections, VAULT, started)

    def health(self) -> Health:
        """As `state` says."""
        return self.state

    async def act(self, asks: Sequence[Ask]) -> Sequence[Answer]:
        """One answer per ask. Raises Outage unless ready."""
        if self.state is not Health.READY:
            raise Outage("the bank is not ready")
        return [self._answer(ask) for ask in asks]

    async def file(self, items: Sequence[Blob | Unreadable], actor: Actor) -> Sequence[Outcome]:
        """One outcome per item. Raises Outage unless ready."""
        if self.state is not Health.READY:
            raise Outage("the bank is not ready")
        with self.database.transaction() as tx:
            return file_blobs(tx, actor, CONNECTORS, items, self.clock.now())

    def _answer(self, ask: Ask) -> Answer:
        if not self.keeps:
            return Answer(ask.key, _ALWAYS, None, replayed=False)
        known = self.reads.answers.get(ask.key)
        if known is not None:
            digest, answer = known
            if digest != ask.digest:
                return Answer(None, b"", _other_body(), replayed=False)
            return answer._replace(replayed=True)
        refusal = self.refusals.get(ask.subject)
        body = b"" if refusal else _body(ask)
        answer = Answer(None if refusal else ask.key, body, refusal, replayed=False)
        self.reads.answers[ask.key] = ask.digest, answer
        self.reads.acts[ask.kind, ask.key] = body, ask.party
        return answer


def _body(ask: Ask) -> bytes:
    said = {_SUBJECT[ask.kind]: ask.subject, **({"amount": ask.amount} if ask.amount else {})}
    return msgspec.json.encode({**RESULT_EXAMPLES[ask.kind], "id": ask.key, **said})


def _receivable(id_: UUID) -> bytes:
    return msgspec.json.encode({**RECEIVABLE_VIEW, "id": id_})


def _other_body() -> Refusal:
    return Refusal(
        "idempotency.other_body",
        Text("此键已用于另一请求", "this key was used for another request"),
        Text("新的操作使用新的键", "use a new key for a new act"),
    )
