"""Use case: a share of what merchants took repays their advances, settlement by settlement."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import EventKind, quote, taken_of
from heliu.credit.lending import errors, store, store_read
from heliu.credit.lending.domain.contract import Act, Moment
from heliu.credit.lending.domain.deciding import Life
from heliu.credit.lending.loading import load_lives
from heliu.credit.lending.service_book import Done, book
from heliu.credit.products.api import RepaidBy
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Taking:
    """What a settlement brought a merchant (> 0) on his account with us, on the day it counts."""

    id: UUID
    merchant_uscc: str
    amount: Money
    on: date


@dataclass(frozen=True, slots=True)
class Swept:
    """What a settlement repaid: an act on each of the merchant's advances, the oldest first.

    Empty where nothing is owed (any more), or the share is less than a minor unit.
    """

    taking_id: UUID
    acts: tuple[Done | Refusal, ...]


@dataclass(slots=True)
class _Book:
    """The advances of the batch's merchants with their share, and what is left of what they owe."""

    shares: Mapping[UUID, Decimal]
    lives: Mapping[UUID, Life]
    today: date
    taken: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    owed: dict[tuple[UUID, date], int] = field(default_factory=dict)

    def of(self, merchant: str, currency: str) -> list[Life]:
        """His advances in a currency, the oldest first."""
        found = [
            life
            for life in self.lives.values()
            if (life.contract.borrower_uscc, life.contract.currency) == (merchant, currency)
        ]
        return sorted(found, key=lambda life: life.contract.no)

    def left(self, life: Life, on: date) -> Money:
        """What is owed on `on` and still today, less what this batch takes already."""
        owed = min(self._quoted(life, on), self._quoted(life, self.today))
        return Money(max(0, owed - self.taken[life.contract.id]), life.contract.currency)

    def _quoted(self, life: Life, on: date) -> int:
        key = life.contract.id, on
        if key not in self.owed:
            self.owed[key] = quote(life.contract.terms, life.events, on).total
        return self.owed[key]


def sweep(
    tx: Tx, ledger: Ledger, actor: Actor, takings: Sequence[Taking], at: Moment
) -> list[Swept | Refusal]:
    """Repay advances by their agreed share of each settlement; one outcome each, in order.

    The share is the contract's `share_of_flow`, rounded half up to the minor unit and never more
    than is owed; it leaves the merchant's account with us and counts from the settlement's day. A
    settlement counts once, however often it is told; what it could not take (no money on the
    account) is refused, and taken when it is told again.
    """
    if not takings:
        return []
    ledger.hold(tx)
    advances = _load(tx, [taking.merchant_uscc for taking in takings], at)
    keys = {
        _key(taking, life): None
        for taking in takings
        for life in advances.of(taking.merchant_uscc, taking.amount.currency)
    }
    known = store.known_events(tx, list(keys))
    outcomes: list[Refusal | list[Act | Done | Refusal]] = []
    for taking in takings:
        refusal = _fault(taking, advances, at)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        parts = [
            _part(tx, taking, life, advances, known)
            for life in advances.of(taking.merchant_uscc, taking.amount.currency)
        ]
        outcomes.append([part for part in parts if part is not None])
    acts = [part for found in outcomes if isinstance(found, list) for part in found]
    fresh = list(dict.fromkeys(act for act in acts if isinstance(act, Act)))
    answers = iter(book(tx, ledger, actor, fresh, at))
    done = {act.key: next(answers) for act in fresh}
    return [
        found
        if isinstance(found, Refusal)
        else Swept(taking.id, tuple(done[p.key] if isinstance(p, Act) else p for p in found))
        for taking, found in zip(takings, outcomes, strict=True)
    ]


def _load(tx: Tx, merchants: Sequence[str], at: Moment) -> _Book:
    shares = store_read.shares_of_flow(tx, sorted(set(merchants)))
    lives, _ = load_lives(tx, store.lock(tx, list(shares)))
    flowing = {id_: life for id_, life in lives.items() if life.product.repaid_by is RepaidBy.FLOW}
    return _Book(shares, flowing, at.business_date)


def _key(taking: Taking, life: Life) -> UUID:
    return derived_id("sweep", taking.id.hex, life.contract.id.hex)


def _fault(taking: Taking, advances: _Book, at: Moment) -> Refusal | None:
    if taking.amount.minor <= 0:
        return errors.amount_not_positive()
    if taking.on > at.business_date:
        return errors.in_the_future(at.business_date)
    if not advances.of(taking.merchant_uscc, taking.amount.currency):
        return errors.no_advance()
    return None


def _part(
    tx: Tx,
    taking: Taking,
    life: Life,
    advances: _Book,
    known: Mapping[UUID, tuple[bytes, UUID, int]],
) -> Act | Done | Refusal | None:
    """What a settlement does to one advance; None: nothing."""
    contract, key = life.contract, _key(taking, life)
    share = advances.shares[contract.id]
    if key in known:
        no = known[key][2]
        event = life.events[no - 1]
        most = taken_of(taking.amount, share, taking.amount)
        if event.on != taking.on or event.money > most.minor:
            return errors.key_reused()
        return Done(contract.id, no, store.transfers_of(tx, contract.id, no), again=True)
    drawn = [event.on for event in life.events if event.kind is EventKind.DISBURSE]
    if life.cancelled or not drawn or taking.on < min(drawn):
        return None
    part = taken_of(taking.amount, share, advances.left(life, taking.on))
    if part.minor == 0:
        return None
    advances.taken[contract.id] += part.minor
    return Act(key, contract.id, EventKind.REPAY, taking.on, part)
