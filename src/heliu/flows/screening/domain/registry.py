"""The uniqueness registry's keys: when two invoices are one receivable, and when they may be.

Canonical key: (seller, buyer, code, number, date, amount, currency), written in one way: full
width becomes half width, letters upper case, everything but letters and digits falls away, and so
do a number's leading zeros (spreadsheets eat them). Fingerprint: the same without code and number;
equal fingerprints under different numbers are what a renumbered duplicate looks like.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from heliu.flows.intake.api import Filed, PartyRef, Totals
from heliu.flows.screening.errors import Unclaimable
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

_SIGNS: Final = re.compile(r"[\W_]+")


class ClaimStatus(StrEnum):
    """How a claim ended: ours; another's receivable; or so like another's that a person decides."""

    WON = "won"
    TAKEN = "taken"
    LOOK_ALIKE = "look_alike"


@dataclass(frozen=True, slots=True)
class Receivable:
    """What is claimed: the invoice's identity. `amount` > 0, tax included."""

    seller: str
    buyer: str
    code: str
    number: str
    issued_on: date
    amount: Money
    document_id: UUID

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, "only a positive amount is a receivable"
        assert self.seller, "a receivable has a seller"
        assert self.buyer, "a receivable has a buyer"
        assert canonical_number(self.number), "a receivable has a number"

    @classmethod
    def of(cls, filed: Filed) -> "Receivable":
        """The receivable of a kept invoice. Raises Unclaimable if it does not identify one."""
        document = filed.document
        amount = face(document.totals)
        seller, buyer = party_key(document.seller), party_key(document.buyer)
        if not (seller and buyer and canonical_number(document.number)):
            raise Unclaimable(filed.id, "seller, buyer or number")
        if document.issued_on is None or document.currency is None:
            raise Unclaimable(filed.id, "date or currency")
        if amount is None or amount <= 0:
            raise Unclaimable(filed.id, "amount")
        money = Money.rounded(amount, document.currency)
        code, number = document.code or "", document.number
        return cls(seller, buyer, code, number, document.issued_on, money, filed.id)

    @property
    def canonical_key(self) -> UUID:
        """Equal for what is one receivable, however it is written."""
        return _canonical_key(self)

    @property
    def fingerprint(self) -> UUID:
        """Equal for invoices that differ in code and number alone."""
        return _fingerprint(self)

    def shared(self) -> tuple[str, ...]:
        """What a receivable and its renumbered twin have in common, in one writing."""
        parties = canonical(self.seller), canonical(self.buyer)
        return (*parties, self.issued_on.isoformat(), str(self.amount.minor), self.amount.currency)


@dataclass(frozen=True, slots=True)
class ClaimCommand:
    """Claim `receivable` for `holder_id` (an application, a loan); again changes nothing.

    `waiver` is a person's reason to let a look-alike pass; None or a text that says something.
    """

    receivable: Receivable
    holder_id: UUID
    at: datetime
    waiver: str | None = None

    def __post_init__(self) -> None:
        assert self.waiver is None or self.waiver.strip(), "a waiver has its reason"

    @classmethod
    def of(cls, filed: Filed, holder_id: UUID, at: datetime) -> "ClaimCommand":
        """The claim of a kept invoice's receivable. Raises Unclaimable if it has none."""
        return cls(Receivable.of(filed), holder_id, at)

    @property
    def key(self) -> tuple[UUID, UUID]:
        """What makes two commands one: the holder and the receivable."""
        return self.holder_id, self.receivable.canonical_key


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim that holds: won and not released."""

    id: UUID
    holder_id: UUID
    canonical_key: UUID
    fingerprint: UUID


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """What became of a claim. `opposed_by` is the standing claim it met, `refusal` why and cure."""

    claim_id: UUID
    status: ClaimStatus
    opposed_by: UUID | None = None
    refusal: Refusal | None = None


def met(command: ClaimCommand, standing: Sequence[Standing]) -> tuple[ClaimStatus, Standing] | None:
    """What `command` meets among claims of its fingerprint, oldest first; None if nothing."""
    key = command.receivable.canonical_key
    same = next((s for s in standing if s.canonical_key == key), None)
    if same is not None:
        ours = same.holder_id == command.holder_id
        return (ClaimStatus.WON if ours else ClaimStatus.TAKEN), same
    if command.waiver is None and standing:
        return ClaimStatus.LOOK_ALIKE, standing[0]
    return None


# Kept: a receivable is claimed long after it was first looked at, when every millisecond counts.
@lru_cache(maxsize=100_000)
def _canonical_key(receivable: Receivable) -> UUID:
    numbers = canonical_number(receivable.code), canonical_number(receivable.number)
    return derived_id("receivable", *numbers, *receivable.shared())


@lru_cache(maxsize=100_000)
def _fingerprint(receivable: Receivable) -> UUID:
    return derived_id("fingerprint", *receivable.shared())


def canonical(text: str) -> str:
    """Half width, upper case, letters and digits only."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).upper())


def face(totals: Totals) -> Decimal | None:
    """What an invoice bills, tax included, as stated (major units); None if it does not say."""
    return totals.gross if totals.gross is not None else totals.payable


def canonical_number(number: str) -> str:
    """A number or code in one writing, leading zeros gone."""
    return canonical(number).lstrip("0")


def party_key(party: PartyRef) -> str:
    """Who a party is: its tax id, else its name, in one writing; "" for nobody."""
    return canonical(party.tax_id or party.name or "")
