"""Orders of one transaction on their way from state to state: locked, moved, saved once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from heliu.ground.clock import BANK_ZONE
from heliu.ground.db import Tx
from heliu.payments.orders import events, postings, store, store_read
from heliu.payments.orders.domain.machine import Patience, Step, after, silence
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

    def save(self, tx: Tx) -> None:
        """Write events, folds and cases, and tell what others may know."""
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
