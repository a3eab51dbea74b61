"""The vouchers' laws on the live database, and the register made again from the evidence log."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import msgspec

from heliu.books.evidence.api import Leaf, leaves_of_kind
from heliu.books.ledger.api import find_entries
from heliu.books.vouchers import store, store_laws
from heliu.books.vouchers.domain.event import LEAF_KIND, VoucherEvent, read_event, sealed
from heliu.books.vouchers.domain.register import Paid, Register
from heliu.books.vouchers.domain.waterfall import Payout
from heliu.ground.db import Tx
from heliu.ground.errors import Fault
from heliu.ground.money import Money

_CHUNK: Final = 1000


def rebuild(tx: Tx) -> Register:
    """The register folded from the leaves of the evidence log, each opened by its salted payload.

    Nothing else is read: order, number and content come from the log. Raises Fault if a leaf
    cannot be opened or the events do not continue each other.
    """
    register = Register()
    for event in _events_of_the_log(tx):
        voucher = register.vouchers.get(event.voucher)
        if event.no != (1 if voucher is None else voucher.last_no + 1):
            raise Fault(f"voucher event {event.id} does not continue its voucher")
        register.apply(event)
    return register


def stored(tx: Tx) -> Register:
    """The register as the tables hold it."""
    register = Register()
    vouchers = store_laws.all_vouchers(tx)
    for start in range(0, len(vouchers), _CHUNK):
        ids = vouchers[start : start + _CHUNK]
        loaded = store.load(tx, ids, all_=True)
        register.add(loaded.vouchers, loaded.fragments, loaded.financings)
        register.titles += store.titles(tx, ids)
        register.payouts += [
            Paid(event, no, Payout(fragment, payee, amount))
            for event, no, fragment, payee, amount in store.payouts(tx, ids)
        ]
    keys = {one.key for voucher in register.vouchers.values() for one in voucher.backing}
    register.used = store.used(tx, keys)
    register.registry_numbers = {one.registry_no for one in register.financings.values()}
    return register


def voucher_violations(tx: Tx) -> list[str]:
    """What breaks a law of vouchers, by law and id; empty when all hold.

    V1 to V6 by SQL, payouts against the journal, V7 by rebuilding the register from the evidence
    log. Reads every voucher: use a REPEATABLE READ transaction.
    """
    found = [f"{law}: {where}" for law, where in store_laws.broken(tx)]
    found += _payout_violations(tx)
    try:
        rebuilt = rebuild(tx)
    except Fault as fault:
        return [*found, f"V7 the log opens: {fault}"]
    logged = {leaf.subject_id for chunk in leaves_of_kind(tx, LEAF_KIND) for leaf in chunk}
    unproven = store_laws.all_events(tx) - logged
    found += [f"V7 every event is in the log: {event}" for event in sorted(unproven)]
    return found + differences(rebuilt, stored(tx))


def differences(rebuilt: Register, kept: Register) -> list[str]:
    """Where two registers differ: the thing and its id; empty when they are the same graph."""
    found: list[str] = []
    pairs: Sequence[tuple[str, dict[UUID, object], dict[UUID, object]]] = (
        ("voucher", dict(rebuilt.vouchers), dict(kept.vouchers)),
        ("fragment", dict(rebuilt.fragments), dict(kept.fragments)),
        ("financing", dict(rebuilt.financings), dict(kept.financings)),
        (
            "title of fragment",
            {_place(t.fragment, t.no): t for t in rebuilt.titles},
            {_place(t.fragment, t.no): t for t in kept.titles},
        ),
        (
            "payout of event",
            {_place(p.event, p.no): p for p in rebuilt.payouts},
            {_place(p.event, p.no): p for p in kept.payouts},
        ),
    )
    for what, ours, theirs in pairs:
        wrong = [name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)]
        found += [f"V7 the log makes the same graph: {what} {name}" for name in sorted(wrong)]
    if rebuilt.used != kept.used:
        found.append("V7 the log makes the same graph: invoices in use")
    return found


def _events_of_the_log(tx: Tx) -> Iterator[VoucherEvent]:
    for chunk in leaves_of_kind(tx, LEAF_KIND):
        shown = store_laws.events_by_id(tx, [leaf.subject_id for leaf in chunk])
        for leaf in chunk:
            yield _opened(leaf, shown)


def _opened(leaf: Leaf, shown: dict[UUID, tuple[bytes, bytes]]) -> VoucherEvent:
    said = msgspec.json.decode(leaf.data)
    salt, payload = shown.get(leaf.subject_id, (b"", b""))
    if not salt or sealed(salt, payload) != said.get("sha256"):
        raise Fault(f"leaf {leaf.position} is not opened by the payload that is kept")
    event = read_event(payload)
    if event.id != leaf.subject_id:
        raise Fault(f"leaf {leaf.position} names another event")
    return event


def _payout_violations(tx: Tx) -> list[str]:
    found = []
    expected = store_laws.transfer_keys(tx)
    for start in range(0, len(expected), _CHUNK):
        part = expected[start : start + _CHUNK]
        booked = {entry.key: entry.amount for entry in find_entries(tx, [row[0] for row in part])}
        found += [
            f"V6 what holders got is in the journal: event {event} payout {no}"
            for key, amount, event, no, currency in part
            if booked.get(key) != Money(amount, currency)
        ]
    return found


def _place(of: UUID, no: int) -> UUID:
    # One name for the pair; only compared within one table.
    return UUID(int=(of.int + no) % 2**128)
