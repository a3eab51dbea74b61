"""Use cases of the voucher desk: a batch decides in order, a refusal refuses only itself.

Locks, in order: the ledger (redemption only), names, vouchers by id; the evidence log last.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.books.ledger.api import AccountId, Ledger, Status, Transfer
from heliu.books.vouchers import errors, store
from heliu.books.vouchers.domain.command import (
    Command,
    Finance,
    FragmentCommand,
    Issue,
    Redeem,
    TitleCommand,
    voucher_id,
)
from heliu.books.vouchers.domain.decide import decide, target
from heliu.books.vouchers.domain.event import (
    LEAF_KIND,
    SALT_BYTES,
    Approved,
    Body,
    Divided,
    Drafted,
    Redeemed,
    Voided,
    VoucherEvent,
    sealed,
)
from heliu.books.vouchers.domain.register import Register, Voucher
from heliu.books.vouchers.domain.waterfall import Payout
from heliu.books.vouchers.postings import deposit, payout_key, redemption
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault, Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command became; `repeated` if it had become that before."""

    event: VoucherEvent
    repeated: bool

    @property
    def fragments(self) -> tuple[UUID, ...]:
        """The fragments that began or moved."""
        body = self.event.body
        if isinstance(body, Divided):
            return tuple(part.id for part in body.children)
        if isinstance(body, Drafted | Approved | Redeemed | Voided):
            return ()
        return (body.fragment,)

    @property
    def payouts(self) -> tuple[Payout, ...]:
        """Who was paid."""
        body = self.event.body
        return body.payouts if isinstance(body, Redeemed) else ()

    @property
    def marks(self) -> tuple[Text, ...]:
        """What was taken and is out of the usual: a tenor past what the rule calls usual."""
        body = self.event.body
        if not isinstance(body, Drafted) or body.usual_tenor:
            return ()
        months, source = body.tenor.usual_months, body.tenor.source
        return (
            Text(f"付款期限超过 {months} 个月 ({source.zh})",
                 f"the tenor is past the usual {months} months ({source.en})"),
        )  # fmt: skip


def carry_out(
    tx: Tx, actor: Actor, commands: Sequence[TitleCommand], now: datetime
) -> list[Done | Refusal]:
    """Issue, approve, accept, split, transfer, finance, release, freeze, unfreeze or void.

    In order, each on what those before it made: a batch may split a fragment and transfer the
    children (`child_fragment` names them). The same key again answers as before.
    """
    desk = _open(tx, actor, commands, now)
    answers = [desk.answer(command) for command in commands]
    desk.save(tx)
    return answers


def redeem(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[Redeem], now: datetime
) -> list[Done | Refusal]:
    """Pay holders of record (and pledgees before them) out of the issuer's account.

    Cash, titles and journal change in this transaction or not at all. Raises Fault if the ledger
    refuses a transfer that the desk found covered (a `Redeem.accounts` entry with a floor).
    """
    ledger.hold(tx)
    desk = _open(tx, actor, commands, now)
    counter = _Counter(ledger, _accounts(tx, ledger, desk, commands))
    answers = [desk.answer(command, counter) for command in commands]
    refused = [o for o in ledger.post(tx, counter.transfers) if o.status is Status.REFUSED]
    if refused:
        raise Fault(f"the ledger refused {len(refused)} transfers of a covered redemption")
    desk.save(tx)
    return answers


class _Counter:
    """Where redemptions are paid: accounts by party and currency, cover left, transfers made."""

    def __init__(self, ledger: Ledger, deposits: dict[tuple[str, str], AccountId]) -> None:
        self.transfers: list[Transfer] = []
        self._deposits = deposits
        self._left = {one: ledger.balance(one).available for one in deposits.values()}

    def pay(self, command: Redeem, voucher: Voucher, event: VoucherEvent, body: Redeemed) -> None:
        """Take the payouts in, or raise Refusal."""
        currency = voucher.currency
        parties = {voucher.issuer, *(payout.payee for payout in body.payouts)}
        accounts = {
            party: command.accounts.get(party) or self._deposits[party, currency]
            for party in parties
        }
        paying = accounts[voucher.issuer]
        if same := [p for p in parties - {voucher.issuer} if accounts[p] == paying]:
            raise errors.same_account(same)
        total = sum(payout.amount for payout in body.payouts)
        left = self._left.get(paying)
        if left is not None and left < total:
            raise errors.no_cover(Money(left, currency))
        terms = (currency, event.on)
        made = redemption(event.id, body.payouts, accounts, paying, terms)
        for transfer in made:
            for account, change in ((paying, -1), (transfer.credit, 1)):
                if account in self._left:
                    self._left[account] += change * transfer.amount.minor
        self.transfers += made


@dataclass(slots=True)
class _Desk:
    """The touched vouchers as they were and as they become."""

    actor: Actor
    now: datetime
    register: Register
    known: dict[UUID, tuple[bytes, VoucherEvent]]
    written: list[store.Written] = field(default_factory=list)
    vouchers: dict[UUID, Voucher] = field(init=False)
    before: Register = field(init=False)

    def __post_init__(self) -> None:
        was = self.register
        self.before = Register(dict(was.vouchers), dict(was.fragments), dict(was.financings))

    def answer(
        self, command: TitleCommand | Redeem, counter: _Counter | None = None
    ) -> Done | Refusal:
        """Decide one command, and let it count."""
        digest = command.digest()
        if (known := self.known.get(command.key)) is not None:
            same = known[0] == digest
            return Done(known[1], repeated=True) if same else errors.key_reused(command.key)
        try:
            body = decide(self.register, command, self.actor)
            event = self._event(command, body)
            if counter is not None:
                assert isinstance(command, Redeem), "only redemptions move money"
                assert isinstance(body, Redeemed), "and become a payment"
                counter.pay(command, self.register.vouchers[event.voucher], event, body)
        except Refusal as refusal:
            return refusal
        self.register.apply(event)
        self.known[command.key] = (digest, event)
        salt, payload = secrets.token_bytes(SALT_BYTES), event.payload()
        self.written.append(store.Written(event, digest, salt, payload))
        return Done(event, repeated=False)

    def save(self, tx: Tx) -> None:
        """Events and folds, set by set; the leaves at the end of the transaction."""
        now, was = self.register, self.before
        store.add_events(tx, self.written)
        store.add_vouchers(tx, _new(was.vouchers, now.vouchers))
        store.change_vouchers(tx, _changed(was.vouchers, now.vouchers))
        store.add_fragments(tx, _new(was.fragments, now.fragments))
        store.add_titles(tx, now.titles)
        store.change_fragments(tx, _changed(was.fragments, now.fragments))
        store.add_financings(tx, _new(was.financings, now.financings))
        store.change_financings(tx, _changed(was.financings, now.financings))
        store.add_payouts(tx, [(paid, payout_key(paid.event, paid.no)) for paid in now.payouts])
        record(tx, [Entry(LEAF_KIND, w.event.id, sealed(w.salt, w.payload)) for w in self.written])

    def _event(self, command: Command, body: Body) -> VoucherEvent:
        voucher = target(self.register, command)  # type: ignore[arg-type] # one of the commands
        number = 1 if voucher is None else voucher.last_no + 1
        of = voucher_id(command.key) if voucher is None else voucher.id
        said = (command.key, command.on, command.by, self.actor.id, self.now)
        return VoucherEvent(of, number, *said, body)


def _open(
    tx: Tx, actor: Actor, commands: Sequence[TitleCommand] | Sequence[Redeem], now: datetime
) -> _Desk:
    fragments = {c.fragment for c in commands if isinstance(c, FragmentCommand)}
    named = {c.voucher for c in commands if not isinstance(c, FragmentCommand | Issue)}
    keys = [b.normal().key for c in commands if isinstance(c, Issue) for b in c.backing]
    numbers = [c.registry_no for c in commands if isinstance(c, Finance)]
    store.lock_names(
        tx,
        [
            *(f"invoice {key}" for key in keys),
            *(f"registry {number}" for number in numbers),
            *(f"issue {c.key}" for c in commands if isinstance(c, Issue)),
        ],
    )
    vouchers = named | set(store.vouchers_of(tx, list(fragments)))
    store.lock_vouchers(tx, vouchers)
    # Read under the locks: another writer may have moved these vouchers meanwhile.
    loaded = store.load(tx, vouchers, fragments)
    register = Register(used=store.used(tx, keys), registry_numbers=store.registered(tx, numbers))
    register.add(loaded.vouchers, loaded.fragments, loaded.financings)
    return _Desk(actor, now, register, store.known(tx, [c.key for c in commands]))


def _accounts(
    tx: Tx, ledger: Ledger, desk: _Desk, commands: Sequence[Redeem]
) -> dict[tuple[str, str], AccountId]:
    """The deposit accounts of all who may pay or be paid and have no other account named."""
    wanted = {}
    for command in commands:
        voucher = desk.register.vouchers.get(command.voucher)
        if voucher is None:
            continue
        claims = desk.register.claims(voucher.id)
        parties = {voucher.issuer, *(c.holder for c in claims), *(c.pledgee for c in claims)}
        for party in parties - {None, *command.accounts}:
            assert party is not None, "taken away before"
            wanted[party, voucher.currency] = deposit(party, voucher.currency)
    names = sorted(wanted)
    opened = ledger.open_accounts(tx, [wanted[name] for name in names])
    return dict(zip(names, opened, strict=True))


def _new(was: dict[UUID, T], now: dict[UUID, T]) -> list[T]:
    return [one for name, one in now.items() if name not in was]


def _changed(was: dict[UUID, T], now: dict[UUID, T]) -> list[T]:
    return [now[name] for name, one in was.items() if now[name] is not one]
