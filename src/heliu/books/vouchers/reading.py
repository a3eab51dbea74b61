"""Reads of the voucher desk: a voucher as it stands, what a party holds, and its proofs."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from heliu.books.evidence.api import InclusionProof, prove_inclusion
from heliu.books.vouchers import errors, store, store_laws
from heliu.books.vouchers.domain.event import LEAF_KIND, VoucherEvent, read_event
from heliu.books.vouchers.domain.register import (
    Financing,
    Fragment,
    Standing,
    Title,
    Voucher,
)
from heliu.ground.db import Tx
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class View:
    """A voucher with all its fragments (in order of birth), financings, titles and events."""

    voucher: Voucher
    fragments: tuple[Fragment, ...]
    financings: tuple[Financing, ...]
    titles: tuple[Title, ...]
    events: tuple[VoucherEvent, ...]

    def condition(self, fragment: Fragment, on: date) -> str:
        """What is so of a fragment on a business date, in one word of the trade."""
        if fragment.status is not Standing.HELD:
            return fragment.status.value
        financed = [f for f in self.financings if f.fragment == fragment.id and not f.released_on]
        if fragment.frozen_by is not None:
            return "frozen"
        if on > fragment.due_on:
            return "partially_paid" if fragment.paid else "overdue"
        if financed:
            return "pledged" if financed[0].kind == "pledge" else "financed"
        return "matured" if on == fragment.due_on else "held"


@dataclass(frozen=True, slots=True)
class Holding:
    """A fragment a party holds, and what is open on it."""

    fragment: UUID
    voucher: UUID
    open: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One event shown to a party: salt and payload, and the proof that their hash is in the log."""

    event: UUID
    salt: bytes
    payload: bytes
    proof: InclusionProof

    def to_json(self) -> dict[str, object]:
        """As it is printed; sha256(salt + payload) is the digest in the proof's leaf."""
        return {
            "event": str(self.event),
            "salt": self.salt.hex(),
            "payload": self.payload.decode(),
            "proof": self.proof.to_json(),
        }


def view(tx: Tx, voucher: UUID) -> View:
    """A voucher and all that belongs to it. Raises Refusal `voucher.unknown`."""
    loaded = store.load(tx, [voucher], all_=True)
    if not loaded.vouchers:
        raise errors.unknown(voucher)
    return View(
        loaded.vouchers[0],
        tuple(loaded.fragments),
        tuple(loaded.financings),
        tuple(store.titles(tx, [voucher])),
        tuple(read_event(payload) for _, _, payload in store_laws.events_of(tx, voucher)),
    )


def holdings(tx: Tx, party: str) -> list[Holding]:
    """What a party holds of record and is not paid yet, by due date."""
    return [
        Holding(fragment, voucher, Money(open_, currency), due_on)
        for fragment, voucher, open_, currency, due_on in store_laws.held_by(tx, party)
    ]


def currency_of(tx: Tx, fragment: UUID) -> str:
    """In which currency a fragment is. Raises Refusal `voucher.unknown`."""
    currency = store_laws.currency_of(tx, fragment)
    if currency is None:
        raise errors.unknown(fragment)
    return currency


def disclose(tx: Tx, voucher: UUID) -> list[Disclosure]:
    """Every event of a voucher with its salt, payload and inclusion proof, in order.

    Raises Refusal `voucher.unknown`. Show it to parties of the voucher only.
    """
    found = store_laws.events_of(tx, voucher)
    if not found:
        raise errors.unknown(voucher)
    return [
        Disclosure(event, salt, payload, prove_inclusion(tx, event, kind=LEAF_KIND))
        for event, salt, payload in found
    ]
