"""The register of vouchers: the fold of their events, and nothing else.

The service decides on it, `rebuild` makes it again from the evidence log, and the tables hold it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from heliu.books.vouchers.domain.command import FinancingKind, whole_fragment
from heliu.books.vouchers.domain.event import (
    Accepted,
    Approved,
    Divided,
    Drafted,
    Financed,
    Frozen,
    Redeemed,
    Released,
    Transferred,
    Unfrozen,
    Voided,
    VoucherEvent,
)
from heliu.books.vouchers.domain.invoice import Backing, Used, basis_of
from heliu.books.vouchers.domain.waterfall import Claim, Payout


class Status(StrEnum):
    """The stage of a voucher."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    ACCEPTED = "accepted"
    VOID = "void"


class Standing(StrEnum):
    """What became of a fragment."""

    HELD = "held"
    SPLIT = "split"
    PAID = "paid"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Voucher:
    """A voucher; amounts in minor units, `fragments` born so far, `paid` by the issuer so far."""

    id: UUID
    issuer: str
    payee: str
    currency: str
    amount: int
    issued_on: date
    due_on: date
    drafted_by: str
    approved_by: str | None
    status: Status
    fragments: int
    paid: int
    last_no: int
    last_on: date
    backing: tuple[Backing, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a voucher (or all of it) and its holder of record; amounts in minor units."""

    id: UUID
    voucher: UUID
    place: int
    parent: UUID | None
    amount: int
    due_on: date
    holder: str
    hops: int
    status: Standing
    paid: int = 0
    frozen_by: str | None = None

    @property
    def open(self) -> int:
        """What the issuer still owes on it."""
        return self.amount - self.paid if self.status is Standing.HELD else 0


@dataclass(frozen=True, slots=True)
class Title:
    """One hop of a fragment's title: who gave, who got, the deed and the basis."""

    fragment: UUID
    no: int
    event: UUID
    transferor: str
    transferee: str
    deed: str
    basis: str
    passed_on: date


@dataclass(frozen=True, slots=True)
class Financing:
    """A financing by its event's id; `obligor` is who held the fragment before."""

    id: UUID
    fragment: UUID
    kind: FinancingKind
    obligor: str
    financier: str
    amount: int
    paid: int
    registry_no: str
    financed_on: date
    released_on: date | None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payout as the `no`th of its event."""

    event: UUID
    no: int
    payout: Payout


@dataclass(slots=True)
class Register:
    """Vouchers, fragments, financings by id; titles and payouts added; invoices in use."""

    vouchers: dict[UUID, Voucher] = field(default_factory=dict)
    fragments: dict[UUID, Fragment] = field(default_factory=dict)
    financings: dict[UUID, Financing] = field(default_factory=dict)
    titles: list[Title] = field(default_factory=list)
    payouts: list[Paid] = field(default_factory=list)
    used: dict[str, Used] = field(default_factory=dict)
    registry_numbers: set[str] = field(default_factory=set)
    _of_voucher: dict[UUID, list[UUID]] = field(default_factory=dict, compare=False)
    _lock: dict[UUID, UUID] = field(default_factory=dict, compare=False)

    def add(
        self,
        vouchers: Iterable[Voucher],
        fragments: Iterable[Fragment],
        financings: Iterable[Financing],
    ) -> None:
        """Put in what is known already; fragments of one voucher in order of birth."""
        for voucher in vouchers:
            self.vouchers[voucher.id] = voucher
        for fragment in fragments:
            self._put(fragment)
        for financing in financings:
            self._keep(financing)

    def fragments_of(self, voucher: UUID) -> list[Fragment]:
        """The voucher's fragments that are here, in order of birth."""
        return [self.fragments[one] for one in self._of_voucher.get(voucher, ())]

    def held_of(self, voucher: UUID) -> list[Fragment]:
        """Those on which something is still open."""
        return [one for one in self.fragments_of(voucher) if one.status is Standing.HELD]

    def financing_of(self, fragment: UUID) -> Financing | None:
        """The financing that stands on a fragment: there is one at most."""
        known = self._lock.get(fragment)
        return None if known is None else self.financings[known]

    def claims(self, voucher: UUID) -> list[Claim]:
        """What the waterfall spreads over, in order of birth."""
        return [self._claim(one) for one in self.held_of(voucher)]

    def apply(self, event: VoucherEvent) -> None:
        """Let an event count. It was decided on this register, so it fits."""
        body = event.body
        if isinstance(body, Drafted):
            self._draft(event, body)
            return
        voucher = self.vouchers[event.voucher]
        assert event.no == voucher.last_no + 1, "no event is missing and none counts twice"
        voucher = replace(voucher, last_no=event.no, last_on=event.on)
        if isinstance(body, Transferred | Financed | Released | Frozen | Unfrozen):
            self._on_fragment(event, body)
        else:
            voucher = self._on_voucher(event, voucher, body)
        self.vouchers[voucher.id] = voucher

    def _on_voucher(
        self,
        event: VoucherEvent,
        voucher: Voucher,
        body: Approved | Accepted | Divided | Redeemed | Voided,
    ) -> Voucher:
        match body:
            case Approved():
                return replace(voucher, status=Status.APPROVED, approved_by=event.actor)
            case Accepted():
                return self._accept(event, voucher, body)
            case Divided():
                return self._divide(voucher, body)
            case Redeemed():
                return self._redeem(event, voucher, body)
            case Voided():
                return self._void(voucher)
            case _:
                assert_never(body)

    def _on_fragment(
        self,
        event: VoucherEvent,
        body: Transferred | Financed | Released | Frozen | Unfrozen,
    ) -> None:
        match body:
            case Transferred():
                self._pass(event, body.fragment, body.transferee, body.deed, body.basis)
            case Financed():
                self._finance(event, body)
            case Released():
                self._release(event, body)
            case Frozen():
                self._put(replace(self.fragments[body.fragment], frozen_by=body.order))
            case Unfrozen():
                self._put(replace(self.fragments[body.fragment], frozen_by=None))
            case _:
                assert_never(body)

    def _draft(self, event: VoucherEvent, body: Drafted) -> None:
        assert event.no == 1, "a voucher begins once"
        self.vouchers[event.voucher] = Voucher(
            *(event.voucher, body.issuer, body.payee, body.currency, body.amount),
            *(body.issued_on, body.due_on, event.actor, None, Status.DRAFTED),
            *(0, 0, event.no, event.on, body.backing),
        )
        for one in body.backing:
            before = self.used.get(one.key)
            amount = one.amount + (before.amount if before else 0)
            self.used[one.key] = Used(one.check_digits, one.invoice_amount, body.currency, amount)

    def _accept(self, event: VoucherEvent, voucher: Voucher, body: Accepted) -> Voucher:
        whole = whole_fragment(voucher.id)
        terms = (voucher.id, 1, None, voucher.amount, voucher.due_on)
        self._put(Fragment(whole, *terms, voucher.issuer, 0, Standing.HELD))
        self._pass(event, whole, voucher.payee, body.deed, basis_of(voucher.backing))
        return replace(voucher, status=Status.ACCEPTED, fragments=1)

    def _divide(self, voucher: Voucher, body: Divided) -> Voucher:
        parent = self.fragments[body.fragment]
        self._put(replace(parent, status=Standing.SPLIT))
        for place, part in enumerate(body.children, start=voucher.fragments + 1):
            terms = (parent.voucher, place, parent.id, part.amount, parent.due_on)
            self._put(Fragment(part.id, *terms, parent.holder, 0, Standing.HELD))
        return replace(voucher, fragments=voucher.fragments + len(body.children))

    def _pass(self, event: VoucherEvent, fragment: UUID, to: str, deed: str, basis: str) -> None:
        before = self.fragments[fragment]
        hop = before.hops + 1
        self.titles.append(Title(fragment, hop, event.id, before.holder, to, deed, basis, event.on))
        self._put(replace(before, holder=to, hops=hop))

    def _finance(self, event: VoucherEvent, body: Financed) -> None:
        terms = (body.obligor, body.financier, body.amount, 0, body.registry_no)
        self._keep(Financing(event.id, body.fragment, body.kind, *terms, event.on, None))
        self.registry_numbers.add(body.registry_no)
        if body.kind is FinancingKind.ASSIGNMENT:
            self._pass(event, body.fragment, body.financier, body.deed, body.basis)

    def _release(self, event: VoucherEvent, body: Released) -> None:
        self._keep(replace(self.financings[body.financing], released_on=event.on))
        if body.returned_to is not None:
            self._pass(event, body.fragment, body.returned_to, body.deed, body.deed)

    def _redeem(self, event: VoucherEvent, voucher: Voucher, body: Redeemed) -> Voucher:
        for no, payout in enumerate(body.payouts, start=1):
            self.payouts.append(Paid(event.id, no, payout))
            fragment = self.fragments[payout.fragment]
            financing = self.financing_of(fragment.id)
            if financing is not None and _secures(financing, payout):
                self._keep(replace(financing, paid=financing.paid + payout.amount))
            paid = fragment.paid + payout.amount
            status = Standing.PAID if paid == fragment.amount else Standing.HELD
            self._put(replace(fragment, paid=paid, status=status))
        return replace(voucher, paid=voucher.paid + body.cash - body.withheld)

    def _void(self, voucher: Voucher) -> Voucher:
        for fragment in self.held_of(voucher.id):
            self._put(replace(fragment, status=Standing.VOID))
        for one in voucher.backing:
            before = self.used.get(one.key)
            if before is None:
                continue  # nobody asked for this invoice
            if left := before.amount - one.amount:
                self.used[one.key] = replace(before, amount=left)
            else:
                del self.used[one.key]
        return replace(voucher, status=Status.VOID)

    def _claim(self, fragment: Fragment) -> Claim:
        financing = self.financing_of(fragment.id)
        frozen = fragment.frozen_by is not None
        if financing is None or financing.kind is FinancingKind.ASSIGNMENT:
            return Claim(fragment.id, fragment.open, fragment.holder, frozen)
        left = financing.amount - financing.paid
        return Claim(fragment.id, fragment.open, fragment.holder, frozen, financing.financier, left)

    def _put(self, fragment: Fragment) -> None:
        if fragment.id not in self.fragments:
            self._of_voucher.setdefault(fragment.voucher, []).append(fragment.id)
        self.fragments[fragment.id] = fragment

    def _keep(self, financing: Financing) -> None:
        self.financings[financing.id] = financing
        if financing.released_on is None:
            self._lock[financing.fragment] = financing.id
        elif self._lock.get(financing.fragment) == financing.id:
            del self._lock[financing.fragment]


def fold(events: Iterable[VoucherEvent]) -> Register:
    """The register that `events`, in the order in which they happened, make."""
    register = Register()
    for event in events:
        register.apply(event)
    return register


def _secures(financing: Financing, payout: Payout) -> bool:
    return financing.kind is FinancingKind.PLEDGE and financing.financier == payout.payee
