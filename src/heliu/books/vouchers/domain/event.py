"""What happened to a voucher: one event, one canonical text, one leaf of the evidence log.

The leaf is SHA-256(salt of 32 bytes, then the payload): it tells nothing of parties or amounts.
Whoever is shown salt and payload can check them against the leaf.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from heliu.books.evidence.api import canonical_json
from heliu.books.vouchers.domain.command import FinancingKind
from heliu.books.vouchers.domain.invoice import Backing
from heliu.books.vouchers.domain.tenor import TenorRule
from heliu.books.vouchers.domain.waterfall import Payout
from heliu.ground.ids import derived_id

LEAF_KIND: Final = "voucher.event"
SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Drafted:
    """The core enterprise wrote a voucher; it binds nobody yet."""

    issuer: str
    payee: str
    currency: str
    amount: int
    issued_on: date
    due_on: date
    backing: tuple[Backing, ...]
    tenor: TenorRule
    usual_tenor: bool


@dataclass(frozen=True, slots=True)
class Approved:
    """A second person of the core enterprise confirmed the payable."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The payee holds the whole."""

    fragment: UUID
    deed: str


@dataclass(frozen=True, slots=True)
class Part:
    """A child and its amount."""

    id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Divided:
    """A fragment ended and its children began."""

    fragment: UUID
    children: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Transferred:
    """Title passed."""

    fragment: UUID
    transferor: str
    transferee: str
    deed: str
    basis: str


@dataclass(frozen=True, slots=True)
class Financed:
    """A financier took the fragment; nobody else may."""

    fragment: UUID
    kind: FinancingKind
    obligor: str
    financier: str
    amount: int
    registry_no: str
    deed: str
    basis: str


@dataclass(frozen=True, slots=True)
class Released:
    """The financing ended; `returned_to` got title back, if it had passed and is not spent."""

    fragment: UUID
    financing: UUID
    deed: str
    returned_to: str | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """An authority's order holds the fragment."""

    fragment: UUID
    order: str


@dataclass(frozen=True, slots=True)
class Unfrozen:
    """The order was lifted."""

    fragment: UUID
    order: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """The issuer paid `cash`: to these, less what was withheld for frozen fragments."""

    cash: int
    payouts: tuple[Payout, ...]
    withheld: int


@dataclass(frozen=True, slots=True)
class Voided:
    """The voucher ended unpaid."""

    reason: str


Body = (
    Drafted
    | Approved
    | Accepted
    | Divided
    | Transferred
    | Financed
    | Released
    | Frozen
    | Unfrozen
    | Redeemed
    | Voided
)
_BODIES: Final[dict[str, type[Body]]] = {
    body.__name__.lower(): body
    for body in (
        *(Drafted, Approved, Accepted, Divided, Transferred, Financed),
        *(Released, Frozen, Unfrozen, Redeemed, Voided),
    )
}


@dataclass(frozen=True, slots=True)
class VoucherEvent:
    """One event: the `no`th (from 1) of its voucher, on a business date, in a party's name."""

    voucher: UUID
    no: int
    key: UUID
    on: date
    by: str
    actor: str
    recorded_at: datetime
    body: Body

    @property
    def id(self) -> UUID:
        """Derived from voucher and number, so that a gap can be looked for."""
        return derived_id("voucher-event", str(self.voucher), str(self.no))

    @property
    def kind(self) -> str:
        """The event's name in payloads and listings."""
        return type(self.body).__name__.lower()

    def payload(self) -> bytes:
        """Canonical JSON (RFC 8785) of the event."""
        said = {**asdict(self), "kind": self.kind}
        return canonical_json(said)


@dataclass(frozen=True, slots=True)
class _Envelope:
    voucher: UUID
    no: int
    key: UUID
    on: date
    by: str
    actor: str
    recorded_at: datetime
    kind: str
    body: msgspec.Raw


def read_event(payload: bytes) -> VoucherEvent:
    """The event of a payload. Raises msgspec.ValidationError or KeyError for anything else."""
    e = msgspec.json.decode(payload, type=_Envelope)
    body = msgspec.json.decode(e.body, type=_BODIES[e.kind])
    return VoucherEvent(e.voucher, e.no, e.key, e.on, e.by, e.actor, e.recorded_at, body)


def sealed(salt: bytes, payload: bytes) -> str:
    """What the leaf holds: lower-case hex SHA-256 of salt and payload."""
    assert len(salt) == SALT_BYTES, "salts have one length, so that salt and payload cannot shift"
    return sha256(salt + payload).hexdigest()
