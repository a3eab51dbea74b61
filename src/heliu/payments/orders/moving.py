"""Orders of one transaction on their way from state to state: locked, moved, saved once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.books.ledger.api import Ledger, Transfer
from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Tx
from heliu.ground.errors import Fault
from heliu.payments.orders import events, postings, store, store_read
from heliu.payments.orders.domain.machine import EventKind, Patience, Step, after, silence
from heliu.payments.orders.domain.order import PaymentOrder


@dataclass(slots=True)
class Moving:
    """The orders a transaction moves: where they stand, what happened, which cases opened."""

    now: datetime
    patience: Patience
    standing: dict[UUID, store.Standing]
    orders: Mapping[UUID, PaymentOrder]
    happened: list[store.Happening] = field(default_factory=list)
    cases: list[store.NewCase] = field(default_factory=list)

    @classmethod
    def of(cls, tx: Tx, orders: Sequence[UUID], now: datetime, patience: Patience) -> "Moving":
        """Lock these orders of a rail (in order of id) and load them."""
        wanted = sorted(set(orders))
        standing = store.lock_states(tx, wanted)
        return cls(now, patience, standing, store_read.orders_by_id(tx, wanted))

    @property
    def on(self) -> date:
        """The business date."""
        return self.now.astimezone(BANK_ZONE).date()

    def take(self, order: UUID, step: Step, cause: str, reason: str | None = None) -> None:
        """Make a step's events happen to `order` because of the message `cause`."""
        before = self.standing[order]
        progress, no = before.progress, before.events
        for kind, amount in step.events:
            progress, no = after(progress, kind, amount), no + 1
            keys = postings.keys_of(order, kind)
            self.happened.append(store.Happening(order, no, kind, amount, cause, reason, keys))
        if step.events:
            wait = silence(progress, self.patience)
            due_at = None if wait is None else self.now + wait
            self.standing[order] = store.Standing(order, progress, no, due_at)
        if step.case is not None:
            self.cases.append(store.NewCase(step.case, order))

    def book(self, tx: Tx, ledger: Ledger) -> None:
        """Post what the events mean for the books; what was held can be posted or voided."""
        money = [event for event in self.happened if event.transfers]
        if not money:
            return
        currencies = sorted({self.orders[e.order_id].order.amount.currency for e in money})
        named = store_read.accounts_named(tx, postings.names(currencies))
        ids = postings.accounts(tx, ledger, currencies, named)
        transfers: list[Transfer] = []
        for event in money:
            order = self.orders[event.order_id].order
            transfers += postings.booked(order, event.kind, self.on, ids, event.amount)
        for outcome in ledger.post(tx, transfers):
            if outcome.refusal is not None:
                code = outcome.refusal.code
                raise Fault(f"the ledger refused to settle a held payment: {code}")

    def save(self, tx: Tx) -> None:
        """Write events, folds and cases, prove what was settled, tell what others may know."""
        store.add_events(tx, self.happened, self.on, self.now)
        moved = {event.order_id for event in self.happened}
        store.set_states(tx, [self.standing[order] for order in sorted(moved)])
        store.add_cases(tx, self.cases, self.on, self.now)
        events.tell_cases(tx, self.cases, self.orders, self.now)
        news = [
            events.News(self.orders[e.order_id], events.FACT_OF[e.kind], e.reason, e.amount)
            for e in self.happened
            if e.kind in events.FACT_OF
        ]
        events.tell_news(tx, news, self.now)
        proofs = [
            events.proof_of_settlement(self.orders[e.order_id], e.cause)
            for e in self.happened
            if e.kind is EventKind.SETTLED
        ]
        record(tx, proofs)
