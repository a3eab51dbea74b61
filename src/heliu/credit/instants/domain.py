"""Asks and answers of the three instant acts: decide, draw, pay - or all of them at once. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from heliu.ground.errors import Refusal


class ActKind(StrEnum):
    """The three acts, and the one that is all of them on one receivable."""

    CREDIT_DECISION = "credit_decision"
    DRAWDOWN = "drawdown"
    PAYMENT = "payment"
    FINANCING = "financing"


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom a payment goes to, as the payer wrote it."""

    name: str
    account: str
    uscc: str | None


class Ask(NamedTuple):
    """One act asked for.

    `key` names the command: the same key again gets the same answer. `digest` is the SHA-256 (32
    bytes) of what was asked, so that a key with another request is found out. `party` is the USCC
    of who asks, None for the bank itself. `subject` is a receivable (decision, financing), a credit
    decision (drawdown) or a drawdown (payment). `amount` is a decimal string in major units; None
    asks for all there is.
    """

    key: UUID
    kind: ActKind
    digest: bytes
    party: str | None
    subject: UUID
    amount: str | None = None
    payee: Payee | None = None


class Answer(NamedTuple):
    """What came of an ask: the act's id and JSON, or a refusal; `replayed` if it was known."""

    id: UUID | None
    body: bytes
    refusal: Refusal | None
    replayed: bool
