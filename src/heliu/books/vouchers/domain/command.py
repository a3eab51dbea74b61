"""What may be asked of the voucher desk. `by` is the party in whose name; the door proves it.

Every command has an idempotency `key` and a business date `on`. Deeds and documents are named by
the lower-case hex SHA-256 of their bytes; a deed is what all parties of the act signed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from uuid import UUID

from heliu.books.evidence.api import canonical_json
from heliu.books.ledger.api import AccountId
from heliu.books.vouchers.domain.invoice import Backing
from heliu.books.vouchers.domain.tenor import TenorRule
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


class FinancingKind(StrEnum):
    """A pledge leaves title with the holder; an assignment passes it to the financier."""

    PLEDGE = "pledge"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What all commands have."""

    key: UUID
    on: date
    by: str

    def digest(self) -> bytes:
        """SHA-256 of what is asked: the same key with another digest is another question."""
        return sha256(canonical_json({"asks": type(self).__name__, **self.plain()})).digest()

    def plain(self) -> dict[str, object]:
        """The command's content."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(Command):
    """Draft a voucher of issuer `by` for `payee`, backed by invoices that sum to it."""

    payee: str
    amount: Money
    due_on: date
    backing: tuple[Backing, ...]
    tenor: TenorRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Command):
    """A second person of the issuer confirms the payable: from now on it is offered."""

    voucher: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Command):
    """The payee takes the voucher and holds the whole of it."""

    voucher: UUID
    deed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Command):
    """The holder divides a fragment; amounts (minor units) sum to it, children are his."""

    fragment: UUID
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Command):
    """Title passes from holder `by` to `to`, on the basis of an invoice or contract."""

    fragment: UUID
    to: str
    deed: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finance(Command):
    """A financier takes the fragment for `amount` (minor units) secured or paid."""

    fragment: UUID
    financier: str
    kind: FinancingKind
    amount: int
    registry_no: str
    deed: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    """Financier `by` gives the fragment free; an assigned one goes back to who sold it."""

    fragment: UUID
    deed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Command):
    """Authority `by` orders that the fragment stay where it is and its money be kept back."""

    fragment: UUID
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfreeze(Command):
    """The order that froze the fragment is lifted by another one."""

    fragment: UUID
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Command):
    """The voucher ends unpaid: by issuer or payee before acceptance, later by who holds it all."""

    voucher: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem(Command):
    """Issuer `by` pays `cash` at or after maturity.

    `accounts`: where a party's money stands if that is not its deposit account here (a financing
    bank's own account, a clearing account the issuer's cash arrived on).
    """

    voucher: UUID
    cash: Money
    accounts: Mapping[str, AccountId] = field(default_factory=lambda: MappingProxyType({}))

    def plain(self) -> dict[str, object]:
        """The command's content; where accounts are does not change what is asked."""
        return {
            "key": self.key,
            "on": self.on,
            "by": self.by,
            "voucher": self.voucher,
            "cash": asdict(self.cash),
        }


TitleCommand = (
    Issue | Approve | Accept | Split | Transfer | Finance | Release | Freeze | Unfreeze | Void
)
FragmentCommand = Split | Transfer | Finance | Release | Freeze | Unfreeze


def voucher_id(issue_key: UUID) -> UUID:
    """The id of the voucher that the issue of that key drafts."""
    return derived_id("voucher", str(issue_key))


def whole_fragment(voucher: UUID) -> UUID:
    """The id of the fragment that is the whole voucher."""
    return derived_id("voucher-fragment", str(voucher), "1")


def child_fragment(split_key: UUID, number: int) -> UUID:
    """The id of the `number`th child (from 1) of the split of that key."""
    return derived_id("voucher-fragment", str(split_key), str(number))
