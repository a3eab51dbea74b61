"""A rail as the bank sees it: messages go out, messages come in, each at least once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from heliu.payments.rails.domain.writing import Profile


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to the rail. Handed over again it has the same id and the same bytes."""

    id: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from the rail; `name` is how the link calls it until it is acknowledged."""

    name: str
    body: bytes = field(repr=False)


class Rail(Protocol):
    """A link to a clearing system or settlement bank.

    Both directions are at-least-once: the rail must treat a second message of one id as the same
    message (real ones do: duplicate checks by MsgId, InstrId or TxId), and the bank treats a
    second content of one hash as the same content.
    """

    profile: Profile

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Hand over; when it returns the rail has all of them. Raises Outage if it cannot."""
        ...

    def receive(self, limit: int) -> list[Incoming]:
        """Up to `limit` messages that are not acknowledged yet, the oldest first."""
        ...

    def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """What was received is kept by the bank: the rail need not offer it again."""
        ...
